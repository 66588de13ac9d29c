"""Files beside messages: sent as documents, tried a few times, never in the way of a message."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.receipts import apply_receipt
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.messages import Document, Reply
from standins.bot_api import BotApi
from standins.graph_api import GraphApi
from tests.conftest import APP_SECRET
from tests.support.calendars import parsed
from tests.support.channels import stored_events
from tests.support.outbox import Outbox, with_vendors
from tests.support.phone import Phone, query
from tests.support.tenants import TenantFixture
from webhooks.app import create_app

FILE = Document("calendar:1:1", "Coupe 2026-03-03.ics", "BEGIN:VCALENDAR\r\nSUMMARY:Coupe à 10h\r\nEND:VCALENDAR\r\n")


async def put_file(outbox: Outbox) -> int:
    return await outbox.put(Reply("", document=FILE), kind="attachment")


def documents(outbox: Outbox) -> list[tuple[str, str]]:
    """Name and content of what the vendor showed, in order; no words beside it."""
    if isinstance(outbox.api, BotApi):
        bodies = outbox.sent("sendDocument")
        assert not [body for body in bodies if body.keys() - {"chat_id", "document"}]
        return [(body["document"]["filename"], body["document"]["content"]) for body in bodies]
    shown = [body["document"] for body in outbox.sent("document")]
    assert not [document for document in shown if document.keys() != {"id", "filename"}]
    return [(document["filename"], outbox.api.media[document["id"]]["content"]) for document in shown]


async def test_a_file_goes_out_after_its_message_under_its_name(outbox: Outbox) -> None:
    message, file = await outbox.put("C'est réservé"), await put_file(outbox)
    await outbox.deliver()
    assert [await outbox.status(row) for row in (message, file)] == ["sent", "sent"]
    assert documents(outbox) == [(FILE.filename, FILE.content)]
    assert [call.type for call in outbox.api.received][-1] in ("document", "sendDocument")
    assert (await outbox.row(file))["vendor_id"] == outbox.api.received[-1].answer_id


async def test_meta_is_told_the_one_type_of_text_that_it_takes(whatsapp: Outbox, graph: GraphApi) -> None:
    await put_file(whatsapp)
    await whatsapp.deliver()
    assert [file["mime_type"] for file in graph.media.values()] == ["text/plain"]


@pytest.mark.parametrize("fault", ["invalid", "token", "shut_out"])
async def test_a_file_that_is_refused_is_dropped_at_once_and_tells_nothing_of_the_person(
    outbox: Outbox, fault: str
) -> None:
    file, later = await put_file(outbox), await outbox.put("À demain")
    outbox.refuse_next(fault)
    await outbox.deliver()
    assert [await outbox.status(row) for row in (file, later)] == ["dropped", "sent"]
    assert (documents(outbox), outbox.texts(), await outbox.is_blocked()) == ([], ["À demain"], False)


async def test_a_file_is_tried_three_times_while_later_messages_pass(outbox: Outbox) -> None:
    file = await put_file(outbox)
    for attempt in range(1, 4):
        outbox.refuse_next("broken")
        if attempt == 1:
            later = await outbox.put("À demain")
            await outbox.deliver()
            assert await outbox.status(later) == "sent"
        else:
            await outbox.deliver_when_due()
        row = await outbox.row(file)
        assert (row["attempts"], row["status"]) == (attempt, "dropped" if attempt == 3 else "pending")
        assert row["due_in_s"] < 15
    await outbox.put("Bonjour")
    await outbox.deliver()
    assert (documents(outbox), outbox.texts()) == ([], ["À demain", "Bonjour"])


async def test_a_second_try_may_do(outbox: Outbox) -> None:
    file = await put_file(outbox)
    outbox.refuse_next("broken")
    await outbox.deliver()
    await outbox.deliver_when_due()
    assert (await outbox.status(file), len(documents(outbox))) == ("sent", 1)


async def test_a_file_never_overtakes_its_message(outbox: Outbox) -> None:
    message, file = await outbox.put("C'est réservé"), await put_file(outbox)
    outbox.refuse_next("broken")
    await outbox.deliver()
    assert [await outbox.status(row) for row in (message, file)] == ["pending", "pending"]
    assert documents(outbox) == []
    await outbox.deliver_when_due()
    assert [await outbox.status(row) for row in (message, file)] == ["sent", "sent"]


async def test_in_doubt_a_file_is_not_sent_twice(telegram: Outbox, bot_api: BotApi) -> None:
    file, later = await put_file(telegram), await telegram.put("À demain")
    bot_api.faults.drop_after_accept = 1
    await telegram.deliver()
    assert [await telegram.status(row) for row in (file, later)] == ["dropped", "sent"]
    assert len(documents(telegram)) == 1


async def test_an_upload_whose_answer_was_lost_is_repeated(connected: Runtime, tenant: TenantFixture) -> None:
    """Nobody has seen anything of it yet."""
    graph = GraphApi(clock=connected.clock)
    async with TestServer(graph.app) as server:
        runtime = with_vendors(connected, str(server.make_url("/v25.0")), "")
        whatsapp = await Outbox(runtime, tenant, "whatsapp", graph).open()
        file = await put_file(whatsapp)
        graph.faults.delay_s = 0.5
        await whatsapp.deliver(timeout_s=0.05)
        assert await whatsapp.status(file) == "pending"
        graph.faults.delay_s = 0.0
        await whatsapp.deliver_when_due()
        assert (await whatsapp.status(file), len(documents(whatsapp))) == ("sent", 1)


async def test_outside_the_window_a_file_is_dropped_without_a_call(
    connected: Runtime, tenant: TenantFixture, graph: GraphApi
) -> None:
    whatsapp = await Outbox(connected, tenant, "whatsapp", graph).open(has_window=False)
    file = await put_file(whatsapp)
    await whatsapp.deliver()
    row = await whatsapp.row(file)
    assert (row["status"], row["error"], graph.received, graph.media) == ("dropped", "outside_window", [], {})


async def test_what_meta_refuses_afterwards_is_dropped_too(whatsapp: Outbox) -> None:
    file = await put_file(whatsapp)
    await whatsapp.deliver()
    wamid = (await whatsapp.row(file))["vendor_id"]
    await whatsapp.receive_status(wamid, "failed", errors=[{"code": 131000}])
    row = await whatsapp.row(file)
    assert (row["status"], row["delivery"], await whatsapp.is_blocked()) == ("dropped", "failed", False)


@pytest.mark.parametrize(
    "happens",
    [
        "UPDATE conversations SET mode = 'human' WHERE external_id = $1",
        "UPDATE channel_identities SET blocked_at = created_at WHERE external_id = $1",
    ],
)
async def test_where_nobody_wants_it_no_file_is_sent(outbox: Outbox, happens: str) -> None:
    file = await put_file(outbox)
    async with unit_of_work(outbox.runtime, outbox.tenant.tenant_id) as uow:
        await uow.driver.execute(happens, outbox.recipient)
    await outbox.deliver()
    assert (await outbox.status(file), documents(outbox)) == ("dropped", [])


async def test_a_sender_that_died_with_a_file_is_replaced_a_few_times(outbox: Outbox) -> None:
    file = await put_file(outbox)
    died = "status = 'sending', claimed_until = clock_timestamp() - interval '1 s', attempts"
    await outbox.change(f"{died} = 1")
    await outbox.deliver()
    assert (await outbox.status(file), len(documents(outbox))) == ("sent", 1)
    file = await put_file(outbox)
    await outbox.change(f"{died} = 3")
    await outbox.deliver()
    assert (await outbox.status(file), len(documents(outbox))) == ("dropped", 1)


@pytest.fixture(params=[True, False], ids=["", "no media route"])
async def town(
    request: pytest.FixtureRequest, runtime: Runtime, bot_api: BotApi
) -> "AsyncIterator[tuple[TestClient[Any, Any], Runtime, GraphApi]]":
    """The web application, and vendors that report to it; with and without a way to upload files."""
    async with TestClient(TestServer(create_app(runtime))) as web, TestServer(bot_api.app) as bot_server:
        callback = str(web.make_url("/webhooks/whatsapp"))
        graph = GraphApi(
            clock=runtime.clock, callback_url=callback, app_secret=APP_SECRET, takes_media=bool(request.param)
        )
        async with TestServer(graph.app) as graph_server:
            connected = with_vendors(runtime, str(graph_server.make_url("/v25.0")), str(bot_server.make_url("")))
            yield web, connected, graph


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
async def test_from_the_yes_to_the_vendors_recordings(
    town: "tuple[TestClient[Any, Any], Runtime, GraphApi]", bot_api: BotApi, tenant: TenantFixture, channel: str
) -> None:
    """Exactly one message confirms, whether or not the vendor takes files."""
    web, runtime, graph = town
    phone = Phone(runtime, web, tenant, channel=channel)
    api = graph if channel == "whatsapp" else bot_api
    await phone.writes("Haircut with Nadia tomorrow at 3pm")
    assert "confirmed" in await phone.writes("yes")
    (row,) = await query(runtime, "SELECT id FROM conversations WHERE external_id = $1", phone.address)
    outbox = Outbox(runtime, tenant, channel, api)
    outbox.conversation_id = row["id"]
    await outbox.deliver()
    await graph.drain_statuses()
    for event in await stored_events(runtime, tenant_id=tenant.tenant_id, kind="status"):
        await apply_receipt(runtime, tenant.tenant_id, event["id"])
    assert sum("confirmed" in text for text in outbox.texts()) == 1
    is_taken = channel == "telegram" or bool(graph.media)
    assert [name for name, _ in documents(outbox)] == ["Haircut 2026-03-03.ics"] * is_taken
    for _, content in documents(outbox):
        (event,) = parsed(content).events
        assert event.start.hour == 14
    open_rows = await query(
        runtime,
        "SELECT kind, status FROM outbox_messages WHERE conversation_id = $1 AND status <> 'sent'",
        outbox.conversation_id,
    )
    dropped = [] if is_taken else [("attachment", "dropped")]
    assert [tuple(row) for row in open_rows if row["kind"] != "interim"] == dropped
