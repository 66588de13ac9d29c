"""What only Telegram has: edits, blocking, flood waits, spinners."""

import pytest

from bot.channel import DeliveryFault, Fault, Line
from bot.delivery import accounts_of
from bot.registry import CHANNELS
from dialog.messages import Reply
from standins.bot_api import BotApi
from tests.support.channels import new_number, tg_update
from tests.support.outbox import CHOICES, Outbox


async def test_reserving_is_edited_into_the_result(telegram: Outbox) -> None:
    interim = await telegram.put(Reply("Je réserve…", is_interim=True), kind="interim", in_reply_to="77")
    await telegram.deliver()
    reply = await telegram.put(Reply("C'est réservé", CHOICES), replaces=interim)
    await telegram.deliver()
    sent, edited = telegram.api.received
    assert (sent.type, edited.type) == ("sendMessage", "editMessageText")
    assert edited.body["message_id"] == int(sent.answer_id)
    assert edited.body["reply_markup"]["inline_keyboard"][0][0] == {"text": "10:30", "callback_data": "a:1"}
    assert (await telegram.row(reply))["vendor_id"] == sent.answer_id


async def test_without_words_somebody_types_and_the_reply_is_a_message_of_its_own(telegram: Outbox) -> None:
    await telegram.put(Reply("", is_interim=True), kind="interim", in_reply_to="77")
    await telegram.deliver()
    await telegram.put(Reply("Bonjour"))
    await telegram.deliver()
    typing, sent = telegram.api.received
    assert (typing.type, typing.body["action"]) == ("sendChatAction", "typing")
    assert (sent.type, sent.body["text"]) == ("sendMessage", "Bonjour")


async def test_an_edit_that_changes_nothing_is_a_success(telegram: Outbox) -> None:
    interim = await telegram.put("C'est réservé", kind="interim")
    reply = await telegram.put("C'est réservé", replaces=interim)
    await telegram.deliver()
    assert await telegram.status(reply) == "sent"


async def test_an_edit_whose_answer_was_lost_is_simply_repeated(telegram: Outbox) -> None:
    interim = await telegram.put("Je réserve…", kind="interim")
    await telegram.deliver()
    reply = await telegram.put("C'est réservé", replaces=interim)
    telegram.api.faults.drop_after_accept = 1
    await telegram.deliver()
    assert await telegram.status(reply) == "pending"
    await telegram.deliver_when_due()
    assert await telegram.status(reply) == "sent"
    assert [call.type for call in telegram.api.received] == ["sendMessage", "editMessageText"]


async def test_when_the_message_to_edit_is_gone_a_new_one_is_sent(telegram: Outbox, bot_api: BotApi) -> None:
    interim = await telegram.put("Je réserve…", kind="interim")
    await telegram.deliver()
    reply = await telegram.put("C'est réservé", replaces=interim)
    bot_api.fail_next(400, "Bad Request: message to edit not found")
    await telegram.deliver()
    assert await telegram.status(reply) == "sent"
    assert [call.type for call in telegram.api.received] == ["sendMessage", "sendMessage"]


async def test_a_flood_wait_is_obeyed(telegram: Outbox, bot_api: BotApi) -> None:
    row_id = await telegram.put()
    bot_api.fail_next(429, retry_after=17)
    await telegram.deliver()
    row = await telegram.row(row_id)
    assert row["status"] == "pending"
    assert 16 < row["due_in_s"] < 18
    await telegram.deliver_when_due()
    assert await telegram.status(row_id) == "sent"


@pytest.mark.parametrize(
    "words",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: bot can't initiate conversation with a user",
    ],
)
async def test_whoever_cannot_be_reached_is_tried_once(telegram: Outbox, bot_api: BotApi, words: str) -> None:
    row_id = await telegram.put(kind="notice")
    bot_api.fail_next(403, words)
    await telegram.deliver()
    await telegram.deliver_when_due()
    assert (await telegram.status(row_id), await telegram.is_blocked()) == ("failed", True)
    assert len(telegram.api.refused) == 1


async def test_a_chat_that_does_not_exist_is_unreachable(telegram: Outbox, bot_api: BotApi) -> None:
    await telegram.put(kind="notice")
    bot_api.fail_next(400, "Bad Request: chat not found")
    await telegram.deliver()
    assert await telegram.is_blocked()


async def test_blocking_and_letting_in_are_told_by_the_chat_member_update(telegram: Outbox) -> None:
    for status, is_blocked in (("kicked", True), ("kicked", True), ("member", False)):
        change = {
            "chat": {"id": int(telegram.recipient), "type": "private"},
            "new_chat_member": {"status": status},
        }
        key = str(new_number())
        assert await telegram.receive("my_chat_member", key, tg_update("my_chat_member", change)) == "handled"
        assert await telegram.is_blocked() is is_blocked


async def test_a_spinner_is_stopped_and_a_stale_one_is_a_fault_that_nobody_minds(
    telegram: Outbox, bot_api: BotApi
) -> None:
    account = await accounts_of(telegram.runtime).get(telegram.tenant.tenant_id, telegram.account_id)
    line = Line(telegram.runtime, account, 3.0)
    await CHANNELS["telegram"].acknowledge_tap(line, "cb1")
    assert [call.type for call in bot_api.received] == ["answerCallbackQuery"]
    bot_api.expired_queries.add("cb2")
    with pytest.raises(DeliveryFault) as caught:
        await CHANNELS["telegram"].acknowledge_tap(line, "cb2")
    assert caught.value.fault is Fault.PERMANENT


async def test_no_token_appears_in_a_fault(telegram: Outbox) -> None:
    account = await accounts_of(telegram.runtime).get(telegram.tenant.tenant_id, telegram.account_id)
    telegram.api.faults.is_down = True
    with pytest.raises(DeliveryFault) as caught:
        await CHANNELS["telegram"].send(Line(telegram.runtime, account, 3.0), "1", {"text": "a"}, tag="", replaces=None)
    assert telegram.tenant.bot_token not in repr(caught.value) + str(caught.value)
