from typing import Any

import pytest
from yarl import URL

from core.runtime import Runtime
from tests.support.channels import new_number, stored_events, tg_message, tg_tap, tg_update
from tests.support.tenants import TenantFixture, make_tenant
from tests.webhooks.conftest import Web


async def test_a_message_is_stored_under_the_bots_account(web: Web, runtime: Runtime, tenant: TenantFixture) -> None:
    chat_id = new_number()
    update = tg_update("message", tg_message(chat_id, text="bonjour"))
    assert await web.telegram(tenant, update) == 200
    (event,) = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert (event["scope"], event["event_key"]) == (tenant.telegram_account, str(update["update_id"]))
    assert (event["kind"], event["urgent"], event["payload"]) == ("message", False, update)
    assert event["conversation_id"] is not None


@pytest.mark.parametrize("name", ["nobody", "%00", "no%2Fbody", "x" * 5000])
async def test_an_unknown_account_is_not_found(web: Web, name: str) -> None:
    url = URL(f"/webhooks/telegram/{name}", encoded=True)
    async with web.client.post(url, json={"update_id": 1}) as answer:
        assert answer.status == 404


async def test_the_secret_must_be_that_of_this_very_bot(web: Web, runtime: Runtime, tenant: TenantFixture) -> None:
    other = await make_tenant(runtime)
    update = tg_update("message", tg_message(new_number(), text="bonjour"))
    for secret in ("", "wrong", other.telegram_secret):
        assert await web.telegram(tenant, update, secret=secret) in (401, 403)
    async with web.client.post(f"/webhooks/telegram/{tenant.telegram_account}", json=update) as answer:
        assert answer.status in (401, 403)
    assert await stored_events(runtime, tenant_id=tenant.tenant_id) == []


async def test_an_update_delivered_again_is_stored_once(web: Web, runtime: Runtime, tenant: TenantFixture) -> None:
    update = tg_tap(new_number(), "svc:cut")
    for _ in range(5):
        assert await web.telegram(tenant, update) == 200
    (event,) = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert (event["kind"], event["urgent"]) == ("callback_query", True)


async def test_two_bots_may_count_their_updates_alike(web: Web, runtime: Runtime, tenant: TenantFixture) -> None:
    other = await make_tenant(runtime)
    update = tg_update("message", tg_message(new_number(), text="bonjour"))
    assert await web.telegram(tenant, update) == await web.telegram(other, update) == 200
    assert len(await stored_events(runtime, event_key=str(update["update_id"]))) == 2


@pytest.mark.parametrize(
    ("update", "kind", "has_conversation"),
    [
        (tg_update("edited_message", tg_message(1, text="x")), "edited_message", True),
        (tg_update("message", tg_message(-100, chat_type="supergroup", text="x")), "other", False),
        (tg_update("channel_post", tg_message(-100, chat_type="channel", text="x")), "other", False),
        (tg_update("inline_query", {"id": "1"}), "other", False),
        (tg_update("my_chat_member", {"chat": {"id": 1, "type": "private"}}), "my_chat_member", False),
        (tg_update("my_chat_member", {"chat": {"id": -1, "type": "group"}}), "other", False),
        ({"update_id": 3, "callback_query": {"id": "1", "from": {"id": 7}, "data": "a"}}, "callback_query", True),
        ({"update_id": None, "message": "x"}, "other", False),
        ({}, "other", False),
    ],
)
async def test_only_private_words_and_taps_open_a_conversation(
    web: Web, runtime: Runtime, tenant: TenantFixture, update: dict[str, Any], kind: str, has_conversation: bool
) -> None:
    assert await web.telegram(tenant, update) == 200
    (event,) = await stored_events(runtime, tenant_id=tenant.tenant_id)
    assert (event["kind"], event["conversation_id"] is not None) == (kind, has_conversation)
