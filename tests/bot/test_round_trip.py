"""From a vendor's delivery to what the vendor receives, over real HTTP on both sides."""

from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from bot.inbound import handle
from bot.receipts import apply_receipt
from core.runtime import Runtime
from standins.bot_api import BotApi
from standins.graph_api import GraphApi
from tests.conftest import APP_SECRET
from tests.support.channels import dumps, signed, stored_events, tg_tap, wa_text, wa_value, wa_webhook
from tests.support.outbox import Outbox, with_vendors
from tests.support.tenants import TenantFixture
from webhooks.app import create_app


async def _tap_and_answer(telegram: Outbox, tap: dict[str, Any]) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": telegram.tenant.telegram_secret}
    await _post(telegram, f"/webhooks/telegram/{telegram.tenant.telegram_account}", dumps(tap), headers)


async def _post(outbox: Outbox, path: str, raw: bytes, headers: dict[str, str]) -> None:
    """Delivers, takes the turn and sends what it wrote."""
    app = create_app(outbox.runtime)
    async with TestClient(TestServer(app)) as web, web.post(path, data=raw, headers=headers) as answer:
        assert answer.status == 200
    await handle(outbox.runtime, outbox.tenant.tenant_id, outbox.conversation_id)
    await outbox.deliver()


async def test_a_tap_is_answered_and_its_spinner_stopped_once(telegram: Outbox, bot_api: BotApi) -> None:
    tap = tg_tap(int(telegram.recipient), "menu", label="Menu")
    for _ in range(3):
        await _tap_and_answer(telegram, tap)
    assert [call.type for call in bot_api.received] == ["answerCallbackQuery", "sendMessage"]
    assert bot_api.received[0].body["callback_query_id"] == tap["callback_query"]["id"]


async def test_a_stale_tap_is_answered_all_the_same(telegram: Outbox, bot_api: BotApi) -> None:
    tap = tg_tap(int(telegram.recipient), "menu")
    bot_api.expired_queries.add(tap["callback_query"]["id"])
    await _tap_and_answer(telegram, tap)
    assert [call.type for call in bot_api.received] == ["sendMessage"]


async def test_a_reaction_is_kept_and_not_answered(whatsapp: Outbox) -> None:
    message = wa_text("", sender=whatsapp.recipient) | {"type": "reaction", "reaction": {"emoji": "👍"}}
    raw = dumps(wa_webhook(wa_value(whatsapp.tenant.phone_number_id, messages=[message])))
    await _post(whatsapp, "/webhooks/whatsapp", raw, signed(raw))
    (event,) = await stored_events(whatsapp.runtime, conversation_id=whatsapp.conversation_id)
    assert (event["status"], whatsapp.sent()) == ("ignored", [])


async def test_a_lost_answer_is_made_good_by_the_status_webhooks(runtime: Runtime, tenant: TenantFixture) -> None:
    async with TestServer(create_app(runtime)) as web:
        graph = GraphApi(
            clock=runtime.clock, callback_url=str(web.make_url("/webhooks/whatsapp")), app_secret=APP_SECRET
        )
        async with TestServer(graph.app) as server:
            connected = with_vendors(runtime, str(server.make_url("/v25.0")), "")
            outbox = await Outbox(connected, tenant, "whatsapp", graph).open()
            row_id = await outbox.put("C'est réservé")
            graph.faults.drop_after_accept = 1
            await outbox.deliver()
            await graph.drain_statuses()
            for event in await stored_events(runtime, tenant_id=tenant.tenant_id, kind="status"):
                await apply_receipt(runtime, tenant.tenant_id, event["id"])
            await outbox.deliver_when_due()
            row = await outbox.row(row_id)
    assert (row["status"], row["delivery"], len(graph.received)) == ("sent", "read", 1)
