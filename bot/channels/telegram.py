"""Telegram Bot API: secret header, typed calls by python-telegram-bot over the one HTTP client of the process."""

from collections.abc import Awaitable, Mapping
from typing import Any

import orjson
import telegram
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.channel import Arrival, Blocked, DeliveryFault, Fault, Line, Receipt, Wire
from bot.channels import telegram_events, telegram_render
from bot.channels.telegram_faults import classify
from bot.reading import as_dict, as_key
from core import http
from core.errors import TransientError, UnknownOutcomeError
from core.settings import Settings
from core.signing import is_same_secret
from dialog.messages import InboundMessage, Reply
from tenants.channel_accounts import ChannelAccount


class Telegram:
    key = "telegram"
    has_account_in_url = True
    confirms_sending = False
    has_reply_window = False

    def answer_handshake(self, settings: Settings, query: Mapping[str, str]) -> str | None:
        return None

    def is_genuine(
        self, settings: Settings, account: ChannelAccount | None, headers: Mapping[str, str], raw: bytes
    ) -> bool:
        expected = account.secrets.get("secret_token", "") if account else ""
        return is_same_secret(expected, headers.get("X-Telegram-Bot-Api-Secret-Token", ""))

    def split(self, body: dict[str, Any], account_key: str) -> list[Arrival]:
        return telegram_events.split(body, account_key)

    def parse(self, kind: str, payload: dict[str, Any], event_id: int) -> InboundMessage | None:
        return telegram_events.parse(kind, payload, event_id)

    def read_receipt(self, kind: str, payload: dict[str, Any]) -> Receipt | Blocked | None:
        return telegram_events.read_receipt(kind, payload)

    def tap_to_acknowledge(self, kind: str, payload: dict[str, Any]) -> str | None:
        return as_key(as_dict(payload.get("callback_query")).get("id")) if kind == "callback_query" else None

    def render(self, reply: Reply, *, as_template: bool = False) -> list[Wire]:
        return telegram_render.render(reply)

    async def send(self, line: Line, recipient: str, wire: Wire, *, tag: str, replaces: str | None) -> str:
        bot, look = _bot(line), _look(wire)
        if "file" in wire:
            content, name = wire["file"]["content"].encode(), wire["file"]["filename"]
            message = await _call(bot.send_document(recipient, telegram.InputFile(content, name)))
            return str(message.message_id)
        if replaces is None:
            message = await _call(bot.send_message(recipient, wire["text"], **look))
            return str(message.message_id)
        try:
            await _call(bot.edit_message_text(wire["text"], chat_id=recipient, message_id=int(replaces), **look))
        except DeliveryFault as fault:
            if fault.fault is Fault.UNKNOWN:  # an edit may be repeated: the second time it is "not modified"
                raise DeliveryFault(Fault.RETRY, fault.code) from fault
            if fault.code != "not_modified":
                raise
        return replaces

    async def show_progress(self, line: Line, recipient: str, reply: Reply, in_reply_to: str | None) -> str | None:
        """The words are sent, and edited into the result; without words somebody types, for five seconds."""
        if not reply.text:
            await _call(_bot(line).send_chat_action(recipient, "typing"))
            return None
        return await self.send(line, recipient, self.render(reply)[0], tag="", replaces=None)

    async def acknowledge_tap(self, line: Line, tap_id: str) -> None:
        await _call(_bot(line).answer_callback_query(tap_id))


class _SharedRequest(BaseRequest):
    """The library's calls over our client. Stateless: any number of bots share the connections."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def read_timeout(self) -> float:
        return self._line.timeout_s

    async def initialize(self) -> None:
        """The client is opened and closed with the runtime."""

    async def shutdown(self) -> None:
        """The client is opened and closed with the runtime."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Raises DeliveryFault, which the library wraps; `_call` takes it out again."""
        try:
            answer = await http.request(
                self._line.runtime.http, method, url, **_body(request_data), timeout_s=self._line.timeout_s
            )
        except UnknownOutcomeError as error:
            raise DeliveryFault(Fault.UNKNOWN, error.code) from error
        except TransientError as error:
            raise DeliveryFault(Fault.RETRY, error.code) from error
        if answer.status >= 300:
            raise classify(answer.status, answer.body)
        return answer.status, answer.body


def _body(data: RequestData | None) -> dict[str, Any]:
    """A file goes as a form, all else as JSON."""
    if data is None or not data.contains_files:
        return {"json_body": orjson.dumps(data.parameters if data else {})}
    return {"form_body": http.form(data.json_parameters, data.multipart_data)}


def _bot(line: Line) -> telegram.Bot:
    """Made per call: with a shared request a Bot costs microseconds, and nothing has to be kept in step."""
    shared = _SharedRequest(line)
    base_url = f"{line.runtime.settings.telegram.api_url.rstrip('/')}/bot"
    token = line.account.secrets.get("bot_token", "") or "-"
    return telegram.Bot(token, base_url=base_url, request=shared, get_updates_request=shared)


async def _call(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except TelegramError as error:
        if isinstance(error.__cause__, DeliveryFault):
            raise error.__cause__ from None
        raise DeliveryFault(Fault.UNKNOWN, "unreadable_answer") from error


def _look(wire: Wire) -> dict[str, Any]:
    """The keyboard; and no previews, for which Telegram would read the addresses that people are sent."""
    rows = [[telegram.InlineKeyboardButton(**button) for button in row] for row in wire.get("keyboard", ())]
    return {
        "reply_markup": telegram.InlineKeyboardMarkup(rows) if rows else None,
        "link_preview_options": telegram.LinkPreviewOptions(is_disabled=True),
    }


CHANNEL = Telegram()
