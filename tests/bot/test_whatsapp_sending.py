"""What only WhatsApp has: the window and its templates, status webhooks, typing, addresses without a phone."""

import pytest

from core.runtime import Runtime
from dialog.messages import Reply
from standins.faults import Sent
from standins.graph_api import GraphApi
from tests.support.channels import new_number
from tests.support.outbox import CHOICES, TEMPLATE, Outbox
from tests.support.tenants import TenantFixture

NOTICE = Reply("Nouveau rendez-vous", template=TEMPLATE)


async def test_a_message_carries_its_outbox_id_as_tag(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put()
    await whatsapp.deliver()
    (body,) = whatsapp.sent()
    assert (body["to"], body["biz_opaque_callback_data"]) == (whatsapp.recipient, str(row_id))


async def test_a_person_without_a_phone_is_written_to_by_the_business_scoped_id(whatsapp: Outbox) -> None:
    await whatsapp.put()
    await whatsapp.change("recipient = 'CM.8814120'")
    await whatsapp.deliver()
    (body,) = whatsapp.sent()
    assert (body["recipient"], "to" in body) == ("CM.8814120", False)


async def test_an_interim_shows_typing_and_ticks_on_the_persons_message(whatsapp: Outbox) -> None:
    interim = await whatsapp.put("Je réserve…", kind="interim", in_reply_to="wamid.inbound")
    await whatsapp.put("C'est réservé", replaces=interim)
    await whatsapp.deliver()
    typing, reply = whatsapp.sent()
    assert (typing["status"], typing["message_id"]) == ("read", "wamid.inbound")
    assert typing["typing_indicator"] == {"type": "text"}
    assert reply["text"]["body"] == "C'est réservé"


async def test_an_interim_that_answers_nothing_makes_no_call(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put("Je réserve…", kind="interim")
    await whatsapp.deliver()
    assert (await whatsapp.status(row_id), whatsapp.sent()) == ("sent", [])


@pytest.mark.parametrize(("has_window", "kind"), [(True, "text"), (False, "template")])
async def test_outside_the_window_the_template_goes_out(
    connected: Runtime, tenant: TenantFixture, graph: GraphApi, has_window: bool, kind: str
) -> None:
    outbox = await Outbox(connected, tenant, "whatsapp", graph).open(has_window=has_window)
    await outbox.put(NOTICE, kind="notice")
    await outbox.deliver()
    assert [call.type for call in graph.received] == [kind]


async def test_a_message_refused_for_the_window_is_sent_once_as_template(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put(NOTICE, kind="notice")
    whatsapp.api.fail_next(131047)
    await whatsapp.deliver()
    assert await whatsapp.status(row_id) == "sent"
    assert [call.type for call in whatsapp.api.received] == ["template"]


async def test_without_a_template_a_closed_window_is_final(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put("Bonjour", kind="notice")
    whatsapp.api.fail_next(131047)
    await whatsapp.deliver()
    row = await whatsapp.row(row_id)
    assert (row["status"], row["error"]) == ("failed", "131047")


@pytest.mark.parametrize(("code", "wait_s"), [(131056, 4), (130429, 4), (131048, 3600), (190, 225)])
async def test_limits_are_waited_out(whatsapp: Outbox, code: int, wait_s: int) -> None:
    row_id = await whatsapp.put()
    whatsapp.api.fail_next(code)
    await whatsapp.deliver()
    row = await whatsapp.row(row_id)
    assert row["status"] == "pending"
    assert wait_s - 1 < row["due_in_s"] <= wait_s * 1.7


async def test_a_status_with_the_tag_settles_a_doubt_without_a_second_copy(whatsapp: Outbox) -> None:
    row_id, later = await whatsapp.put(), await whatsapp.put("later")
    whatsapp.api.faults.drop_after_accept = 1
    await whatsapp.deliver()
    wamid = whatsapp.api.received[0].answer_id
    await whatsapp.receive_status(wamid, "sent", biz_opaque_callback_data=str(row_id))
    row = await whatsapp.row(row_id)
    assert (row["status"], row["vendor_id"], row["delivery"]) == ("sent", wamid, "sent")
    await whatsapp.deliver()
    assert await whatsapp.status(later) == "sent"
    assert whatsapp.texts() == ["Bonjour", "later"]


async def test_a_status_that_overtakes_the_answer_is_kept(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put()

    async def overtake(sent: Sent) -> None:
        await whatsapp.receive_status(sent.answer_id, "delivered", biz_opaque_callback_data=str(row_id))

    whatsapp.api.on_sent = overtake
    whatsapp.api.faults.drop_after_accept = 1
    await whatsapp.deliver()
    row = await whatsapp.row(row_id)
    assert (row["status"], row["delivery"]) == ("sent", "delivered"), "the doubt was settled before it arose"


async def test_a_message_taken_in_spite_of_an_error_is_not_sent_again(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put()
    whatsapp.api.faults.is_down = True
    await whatsapp.deliver()
    await whatsapp.receive_status("wamid.taken", "sent", biz_opaque_callback_data=str(row_id))
    whatsapp.api.faults.is_down = False
    await whatsapp.deliver_when_due()
    assert (await whatsapp.status(row_id), whatsapp.sent()) == ("sent", [])


async def test_statuses_only_climb(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put()
    await whatsapp.deliver()
    wamid = whatsapp.api.received[0].answer_id
    seen = []
    for status in ("delivered", "sent", "read", "failed", "delivered"):
        await whatsapp.receive_status(wamid, status, errors=[{"code": 131026}])
        seen.append((await whatsapp.row(row_id))["delivery"])
    assert seen == ["delivered", "delivered", "read", "read", "read"]


async def test_a_message_refused_afterwards_for_the_window_is_sent_once_as_template(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put(NOTICE, kind="notice")
    await whatsapp.deliver()
    refused = whatsapp.api.received[0].answer_id
    tag = {"biz_opaque_callback_data": str(row_id)}
    await whatsapp.receive_status(refused, "failed", errors=[{"code": 131047}], **tag)
    await whatsapp.receive_status(refused, "sent", **tag)
    await whatsapp.deliver()
    assert [call.type for call in whatsapp.api.received] == ["text", "template"]
    template = whatsapp.api.received[1].answer_id
    await whatsapp.receive_status(template, "failed", errors=[{"code": 131047}], **tag)
    await whatsapp.deliver()
    assert len(whatsapp.api.received) == 2
    assert await whatsapp.status(row_id) == "failed"


async def test_a_refusal_that_overtakes_the_answer_is_not_forgotten(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put(NOTICE, kind="notice")

    async def overtake(sent: Sent) -> None:
        whatsapp.api.on_sent = None
        await whatsapp.receive_status(
            sent.answer_id, "failed", errors=[{"code": 131047}], biz_opaque_callback_data=str(row_id)
        )

    whatsapp.api.on_sent = overtake
    await whatsapp.deliver()
    assert await whatsapp.status(row_id) == "sent"
    assert [call.type for call in whatsapp.api.received] == ["text", "template"]


async def test_an_undeliverable_message_marks_the_person_as_unreachable(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put()
    await whatsapp.deliver()
    wamid = whatsapp.api.received[0].answer_id
    await whatsapp.receive_status(wamid, "failed", errors=[{"code": 131026}])
    assert (await whatsapp.status(row_id), await whatsapp.is_blocked()) == ("failed", True)


async def test_a_message_that_failed_afterwards_for_a_passing_reason_is_sent_again(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put()
    for copies in (1, 2, 3, 4):
        await whatsapp.deliver_when_due()
        assert len(whatsapp.api.received) == copies
        wamid = whatsapp.api.received[-1].answer_id
        await whatsapp.receive_status(wamid, "failed", errors=[{"code": 131016}], biz_opaque_callback_data=str(row_id))
    assert await whatsapp.status(row_id) == "failed"


async def test_a_status_of_somebody_elses_message_changes_nothing(whatsapp: Outbox) -> None:
    for tag in (None, "our other system", "0", "9" * 30, "12.x", str(new_number())):
        extra = {"biz_opaque_callback_data": tag} if tag else {}
        assert await whatsapp.receive_status(f"wamid.{new_number()}", "sent", **extra) == "ignored"


async def test_news_about_the_account_are_kept_and_done_with(whatsapp: Outbox) -> None:
    assert await whatsapp.receive("other", f"account_update:{new_number()}", {"field": "account_update"}) == "ignored"


async def test_a_status_of_an_early_part_settles_only_that_part(whatsapp: Outbox) -> None:
    row_id = await whatsapp.put(Reply("\n\n".join("mot " * 900 for _ in range(2)), CHOICES))
    whatsapp.api.faults.drop_after_accept = 1
    await whatsapp.deliver()
    first = whatsapp.api.received[0]
    assert first.body["biz_opaque_callback_data"] == f"{row_id}.0"
    await whatsapp.receive_status(first.answer_id, "sent", biz_opaque_callback_data=f"{row_id}.0")
    await whatsapp.deliver()
    assert await whatsapp.status(row_id) == "sent"
    assert [call.type for call in whatsapp.api.received] == ["text", "interactive"]
