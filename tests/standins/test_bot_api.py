"""The local Bot API refuses what Telegram refuses, and python-telegram-bot understands its answers."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import telegram
from aiohttp.test_utils import TestServer
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from core.clock import FixedClock
from standins.bot_api import BotApi
from tests.conftest import NOW

CHAT = 5_000_000_001


@pytest.fixture
def api() -> BotApi:
    return BotApi(clock=FixedClock(NOW))


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[telegram.Bot]:
    server = TestServer(api.app)
    await server.start_server()
    async with telegram.Bot("7001:standin", base_url=str(server.make_url("/bot"))) as bot:
        yield bot
    await server.close()


def keyboard(*data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(f"Button {n}", callback_data=d)] for n, d in enumerate(data)])


async def test_a_message_is_recorded_under_the_id_that_was_answered(api: BotApi, bot: telegram.Bot) -> None:
    message = await bot.send_message(CHAT, "Hello", reply_markup=keyboard("a", "b"))
    sent = api.received[-1]
    assert (sent.account, sent.recipient, sent.type) == ("7001:standin", str(CHAT), "sendMessage")
    assert sent.answer_id == str(message.message_id)
    assert sent.body["reply_markup"]["inline_keyboard"][1][0]["callback_data"] == "b"


@pytest.mark.parametrize(
    ("words", "data", "error"),
    [
        (" ", "a", "(?i)message text is empty"),
        ("x" * 4097, "a", "(?i)message is too long"),
        ("Hello", "é" * 32 + "x", "(?i)button_data_invalid"),
    ],
)
async def test_messages_over_a_limit_are_refused(
    api: BotApi, bot: telegram.Bot, words: str, data: str, error: str
) -> None:
    with pytest.raises(BadRequest, match=error):
        await bot.send_message(CHAT, words, reply_markup=keyboard(data))
    assert api.received == []
    assert api.refused[0].code == 400


async def test_an_edit_needs_a_known_message_and_a_change(bot: telegram.Bot) -> None:
    message = await bot.send_message(CHAT, "Reserving…")
    edited = await bot.edit_message_text("Confirmed", CHAT, message.message_id, reply_markup=keyboard("a"))
    assert isinstance(edited, telegram.Message)
    assert edited.text == "Confirmed"
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("Confirmed", CHAT, message.message_id, reply_markup=keyboard("a"))
    with pytest.raises(BadRequest, match="to edit not found"):
        await bot.edit_message_text("Confirmed", CHAT, 9_999)


async def test_a_person_who_blocked_the_bot_cannot_be_written_to(api: BotApi, bot: telegram.Bot) -> None:
    api.block(CHAT)
    with pytest.raises(Forbidden):
        await bot.send_message(CHAT, "Hello")
    api.unblock(CHAT)
    await bot.send_message(CHAT, "Hello")


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_flood_control_names_the_seconds(api: BotApi, bot: telegram.Bot) -> None:
    api.fail_next(429, retry_after=3)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(CHAT, "Hello")
    assert caught.value._retry_after == timedelta(seconds=3)


async def test_old_taps_cannot_be_answered(api: BotApi, bot: telegram.Bot) -> None:
    assert await bot.answer_callback_query("q1")
    api.expired_queries.add("q2")
    with pytest.raises(BadRequest, match="too old"):
        await bot.answer_callback_query("q2")


async def test_typing_and_webhooks_are_answered(api: BotApi, bot: telegram.Bot) -> None:
    assert await bot.send_chat_action(CHAT, "typing")
    assert await bot.set_webhook("https://booka.example/webhooks/telegram/x", secret_token="s")
    assert api.webhooks["7001:standin"]["secret_token"] == "s"


async def test_an_outage_and_a_lost_answer_are_network_errors(api: BotApi, bot: telegram.Bot) -> None:
    api.faults.is_down = True
    with pytest.raises(NetworkError):
        await bot.send_message(CHAT, "Hello")
    api.faults.clear()
    api.faults.drop_after_accept = 1
    with pytest.raises(NetworkError):
        await bot.send_message(CHAT, "Hello")
    assert api.received[-1].type == "sendMessage"


async def test_a_document_is_accepted_with_its_name(api: BotApi, bot: telegram.Bot) -> None:
    message = await bot.send_document(CHAT, b"BEGIN:VCALENDAR", filename="booking.ics", caption="Yours")
    assert message.document is not None
    assert message.document.file_name == "booking.ics"
