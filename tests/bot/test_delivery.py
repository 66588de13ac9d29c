"""What holds for every channel: each message once, in order, whatever the vendor does."""

import asyncio

import pytest
from aiohttp.test_utils import TestServer, unused_port

from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.messages import Reply
from standins.bot_api import BotApi
from standins.faults import Sent
from standins.graph_api import GraphApi
from tests.support.outbox import CHOICES, Outbox, with_vendors
from tests.support.tenants import TenantFixture


async def test_a_message_is_sent_once_and_the_vendors_id_is_kept(outbox: Outbox) -> None:
    row_id = await outbox.put(Reply("Choisissez", CHOICES))
    for _ in range(3):
        await outbox.deliver()
    row = await outbox.row(row_id)
    assert (row["status"], row["attempts"], row["error"]) == ("sent", 1, None)
    assert row["vendor_id"] == outbox.api.received[0].answer_id
    assert outbox.texts() == ["Choisissez"]


async def test_messages_of_a_conversation_go_out_in_their_order(outbox: Outbox) -> None:
    for number in range(5):
        await outbox.put(f"message {number}")
    await asyncio.gather(*(outbox.deliver() for _ in range(4)))
    assert outbox.texts() == [f"message {number}" for number in range(5)]


async def test_a_failing_message_holds_its_conversation_and_no_other(outbox: Outbox, connected: Runtime) -> None:
    other = await Outbox(connected, outbox.tenant, outbox.channel, outbox.api).open()
    first, second = await outbox.put("first"), await outbox.put("second")
    outbox.refuse_next("broken")
    await outbox.deliver()
    await other.put("elsewhere")
    await other.deliver()
    assert outbox.texts() == ["elsewhere"]
    assert [await outbox.status(row) for row in (first, second)] == ["pending", "pending"]
    await outbox.deliver_when_due()
    assert outbox.texts() == ["elsewhere", "first", "second"]


async def test_an_error_of_the_vendor_is_tried_again_soon(outbox: Outbox) -> None:
    row_id = await outbox.put()
    outbox.api.faults.is_down = True
    await outbox.deliver()
    row = await outbox.row(row_id)
    assert row["status"] == "pending"
    assert 0 < row["due_in_s"] < 3
    await outbox.deliver()
    assert (await outbox.row(row_id))["attempts"] == 1, "not before it is due"
    outbox.api.faults.is_down = False
    await outbox.deliver_when_due()
    assert (await outbox.row(row_id))["status"] == "sent"
    assert len(outbox.texts()) == 1


async def test_tries_grow_further_apart_but_stay_within_a_minute(outbox: Outbox) -> None:
    row_id = await outbox.put()
    outbox.api.faults.is_down = True
    waits = []
    for _ in range(9):
        await outbox.deliver_when_due()
        waits.append((await outbox.row(row_id))["due_in_s"])
    assert waits[0] < 3 < waits[4] < waits[-1] <= 75


async def test_a_refused_connection_is_tried_again_when_the_vendor_is_back(
    runtime: Runtime, tenant: TenantFixture, graph: GraphApi
) -> None:
    port = unused_port()
    apart = with_vendors(runtime, f"http://127.0.0.1:{port}/v25.0", "")
    outbox = await Outbox(apart, tenant, "whatsapp", graph).open()
    row_id = await outbox.put()
    await outbox.deliver()
    assert await outbox.status(row_id) == "pending"
    async with TestServer(graph.app, port=port):
        await outbox.deliver_when_due()
    assert await outbox.status(row_id) == "sent"
    assert len(graph.received) == 1


async def test_a_slow_vendor_is_waited_for(outbox: Outbox) -> None:
    row_id = await outbox.put()
    outbox.api.faults.delay_s = 0.3
    await outbox.deliver()
    assert await outbox.status(row_id) == "sent"


async def test_a_lost_answer_leaves_the_message_in_doubt_for_a_minute(outbox: Outbox) -> None:
    row_id, later = await outbox.put(), await outbox.put("later")
    outbox.api.faults.drop_after_accept = 1
    await outbox.deliver()
    row = await outbox.row(row_id)
    assert row["status"] == "unknown"
    assert 50 < row["due_in_s"] <= 60
    await outbox.deliver()
    assert await outbox.status(later) == "pending", "order is kept while in doubt"


async def test_without_news_a_message_in_doubt_is_sent_again(outbox: Outbox) -> None:
    row_id = await outbox.put()
    outbox.api.faults.drop_after_accept = 1
    await outbox.deliver()
    await outbox.deliver_when_due()
    assert await outbox.status(row_id) == "sent"
    assert len(outbox.texts()) == 2


async def test_no_answer_in_time_is_a_doubt_too(outbox: Outbox) -> None:
    row_id = await outbox.put()
    outbox.api.faults.delay_s = 0.3
    await outbox.deliver(timeout_s=0.1)
    assert await outbox.status(row_id) == "unknown"


async def test_a_doubt_that_returns_is_given_up_after_five_copies(outbox: Outbox) -> None:
    row_id = await outbox.put()
    outbox.api.faults.drop_after_accept = 100
    for _ in range(8):
        await outbox.deliver_when_due()
    row = await outbox.row(row_id)
    assert (row["status"], row["attempts"]) == ("failed", 6)


async def test_a_row_that_cannot_be_read_is_given_up_and_the_next_one_goes(outbox: Outbox) -> None:
    broken = await outbox.put("never to be seen")
    async with unit_of_work(outbox.runtime, outbox.tenant.tenant_id) as uow:
        await uow.driver.execute("UPDATE outbox_messages SET payload = '{}' WHERE id = $1", broken)
    await outbox.put("next")
    await outbox.deliver()
    assert await outbox.status(broken) == "failed"
    assert outbox.texts() == ["next"]


async def test_a_refused_message_fails_and_the_next_one_goes(outbox: Outbox) -> None:
    bad, good = await outbox.put("bad"), await outbox.put("good")
    outbox.refuse_next("invalid")
    await outbox.deliver()
    assert [await outbox.status(row) for row in (bad, good)] == ["failed", "sent"]


@pytest.mark.parametrize("kind", ["reply", "interim"])
async def test_when_a_person_has_taken_over_the_bot_keeps_silent(outbox: Outbox, kind: str) -> None:
    row_id, notice = await outbox.put(kind=kind), await outbox.put("Votre rendez-vous", kind="notice")
    await outbox.change("next_attempt_at = clock_timestamp()")
    await _set_mode(outbox, "human")
    await outbox.deliver()
    assert [await outbox.status(row) for row in (row_id, notice)] == ["dropped", "sent"]
    assert outbox.texts() == ["Votre rendez-vous"]


async def _set_mode(outbox: Outbox, mode: str) -> None:
    async with unit_of_work(outbox.runtime, outbox.tenant.tenant_id) as uow:
        await uow.driver.execute("UPDATE conversations SET mode = $2 WHERE id = $1", outbox.conversation_id, mode)


async def test_a_late_interim_is_dropped(outbox: Outbox) -> None:
    row_id = await outbox.put("Je réserve…", kind="interim", in_reply_to="wamid.x")
    await outbox.change("created_at = clock_timestamp() - interval '1 minute'")
    await outbox.deliver()
    assert (await outbox.status(row_id), outbox.sent()) == ("dropped", [])


async def test_a_failed_interim_is_not_tried_again_and_the_reply_follows(outbox: Outbox) -> None:
    interim = await outbox.put("Je réserve…", kind="interim", in_reply_to="wamid.x")
    reply = await outbox.put("C'est réservé", replaces=interim)
    outbox.refuse_next("broken")
    await outbox.deliver()
    assert [await outbox.status(row) for row in (interim, reply)] == ["dropped", "sent"]
    assert outbox.texts() == ["C'est réservé"]


async def test_a_wrong_token_pauses_and_loses_nothing(outbox: Outbox) -> None:
    row_id = await outbox.put()
    outbox.refuse_next("token")
    await outbox.deliver()
    row = await outbox.row(row_id)
    assert row["status"] == "pending"
    assert row["due_in_s"] > 180
    await outbox.deliver_when_due()
    assert await outbox.status(row_id) == "sent"


async def test_a_person_who_shut_the_bot_out_is_not_tried_again(outbox: Outbox) -> None:
    rows = [await outbox.put("one"), await outbox.put("two"), await outbox.put("three", kind="reminder")]
    outbox.refuse_next("shut_out")
    await outbox.deliver()
    assert [await outbox.status(row) for row in rows] == ["failed"] * 3
    assert (len(outbox.api.refused), await outbox.is_blocked()) == (1, True)
    await outbox.put("four", kind="notice")
    await outbox.deliver()
    assert (len(outbox.api.refused), outbox.sent()) == (1, [])


async def test_whoever_writes_again_is_answered_and_let_in(outbox: Outbox) -> None:
    await outbox.put()
    outbox.refuse_next("shut_out")
    await outbox.deliver()
    reply = await outbox.put("Rebonjour")
    await outbox.deliver()
    assert (await outbox.status(reply), await outbox.is_blocked()) == ("sent", False)


async def test_a_long_text_goes_out_in_parts_and_each_part_once(outbox: Outbox) -> None:
    text = "\n\n".join(f"{number} " + "mot " * 500 for number in range(5))
    row_id = await outbox.put(Reply(text, CHOICES))
    outbox.api.faults.drop_after_accept = 0
    await outbox.deliver()
    whole = len(outbox.texts())
    assert whole >= 3
    assert await outbox.status(row_id) == "sent"
    assert [text[0] for text in outbox.texts()] == sorted(text[0] for text in outbox.texts())


async def test_a_fault_between_the_parts_repeats_only_the_part_that_failed(outbox: Outbox) -> None:
    row_id = await outbox.put("\n\n".join("mot " * 900 for _ in range(3)))
    await outbox.change("payload = payload || '{\"parts_sent\": 1}'")
    await outbox.deliver()
    assert await outbox.status(row_id) == "sent"
    assert len(outbox.texts()) == 2


async def test_a_sender_that_died_is_found_by_its_expired_claim(
    whatsapp: Outbox, telegram: Outbox, bot_api: BotApi
) -> None:
    rows = [await whatsapp.put(), await telegram.put()]
    for outbox in (whatsapp, telegram):
        await outbox.change("status = 'sending', attempts = 1, claimed_until = clock_timestamp() + interval '9 s'")
        await outbox.deliver()
    assert [await whatsapp.status(row) for row in rows] == ["sending", "sending"], "the claim still holds"
    for outbox in (whatsapp, telegram):
        await outbox.change("claimed_until = clock_timestamp() - interval '1 s'")
        await outbox.deliver()
    assert [await whatsapp.status(row) for row in rows] == ["unknown", "sent"], "WhatsApp may still tell"
    await whatsapp.deliver_when_due()
    assert await whatsapp.status(rows[0]) == "sent"


async def test_a_sender_whose_claim_ran_out_marks_nothing(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put()

    async def claim_again(_: Sent) -> None:
        await whatsapp.change("attempts = attempts + 1, vendor_id = 'of another sender'")

    whatsapp.api.on_sent = claim_again
    await whatsapp.deliver()
    row = await whatsapp.row(row_id)
    assert (row["status"], row["vendor_id"]) == ("sending", "of another sender")
