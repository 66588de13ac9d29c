"""A local server that speaks the part of the Telegram Bot API that Booka uses, limits and errors included."""

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from core.clock import Clock
from standins.bot_limits import BotError, bad_request, check_keyboard, check_text
from standins.faults import Faults, OnSent, Refused, Sent, unavailable, uploaded

_JSON_FIELDS = frozenset({"reply_markup", "entities", "link_preview_options", "allowed_updates", "commands"})
_ACTIONS = frozenset({"typing", "upload_document", "upload_photo", "find_location"})


class BotApi:
    """Serve `app`; the API's base URL is `http://host:port`, `/bot{token}/{method}` follows it.

    `block(chat_id)` plays a person who blocked the bot; `expired_queries` are callback ids that are too old.
    """

    def __init__(self, *, clock: Clock | None = None, on_sent: OnSent | None = None) -> None:
        self.clock = clock or Clock()
        self.received: list[Sent] = []
        self.refused: list[Refused] = []
        self.faults = Faults()
        self.on_sent = on_sent
        self.expired_queries: set[str] = set()
        self.webhooks: dict[str, dict[str, Any]] = {}
        self._blocked: set[str] = set()
        self._messages: dict[tuple[str, str, int], dict[str, Any]] = {}
        self._last_id: defaultdict[str, int] = defaultdict(int)
        self.app = web.Application(client_max_size=50 * 2**20)
        self.app.router.add_route("*", "/bot{token}/{method}", self._call)

    def fail_next(
        self, status: int = 500, description: str = "", *, retry_after: int | None = None, times: int = 1
    ) -> None:
        """The next calls are refused, e.g. `fail_next(429, retry_after=3)` or `fail_next(403)` (blocked)."""
        words = description or _DESCRIPTIONS.get(status, "Internal Server Error")
        if status == 429:
            retry_after = retry_after or 1
            words = description or f"Too Many Requests: retry after {retry_after}"
        self.faults.plan(BotError(status, words, retry_after), times)

    def block(self, chat_id: int | str) -> None:
        self._blocked.add(str(chat_id))

    def unblock(self, chat_id: int | str) -> None:
        self._blocked.discard(str(chat_id))

    def next_message_id(self, token: str) -> int:
        """Also for the messages that people write: both sides share the ids, which rise over all chats of a bot."""
        self._last_id[token] += 1
        return self._last_id[token]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], request.match_info["method"]
        parameters: dict[str, Any] = {}
        await self.faults.lag()
        if self.faults.is_down:
            return unavailable()
        try:
            parameters = await _parameters(request)
            result = await self._answer(token, method, parameters)
        except BotError as error:
            self._note_refusal(token, method, parameters, error)
            return web.json_response(error.to_json(), status=error.status)
        self.faults.lose_answer(request)
        return web.json_response({"ok": True, "result": result})

    async def _answer(self, token: str, method: str, parameters: dict[str, Any]) -> Any:
        planned = self.faults.take()
        if planned is not None:
            raise planned
        handler = self._methods().get(method.lower())
        if handler is None:
            raise BotError(404, "Not Found")
        return await handler(token, parameters)

    def _methods(self) -> dict[str, Callable[[str, dict[str, Any]], Awaitable[Any]]]:
        return {
            "getme": self._get_me,
            "sendmessage": self._send_message,
            "senddocument": self._send_document,
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_markup,
            "answercallbackquery": self._answer_query,
            "sendchataction": self._chat_action,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
        }

    async def _get_me(self, token: str, _: dict[str, Any]) -> dict[str, Any]:
        return {**_bot(token), "can_join_groups": True, "can_read_all_group_messages": False}

    async def _send_message(self, token: str, parameters: dict[str, Any]) -> dict[str, Any]:
        chat = self._chat(parameters)
        text, markup = check_text(parameters), check_keyboard(parameters)
        return await self._store(token, chat, "sendMessage", parameters, {"text": text}, markup)

    async def _send_document(self, token: str, parameters: dict[str, Any]) -> dict[str, Any]:
        chat = self._chat(parameters)
        given = parameters.get("document")
        if not given:
            raise bad_request("there is no document in the request")
        if len(str(parameters.get("caption") or "")) > 1024:
            raise bad_request("message caption is too long")
        file = given if isinstance(given, dict) else {"filename": str(given)}
        document = {"file_id": "standin", "file_unique_id": "standin", "file_name": file["filename"]}
        content: dict[str, Any] = {"document": document}
        if parameters.get("caption"):
            content["caption"] = parameters["caption"]
        return await self._store(token, chat, "sendDocument", parameters, content, check_keyboard(parameters))

    async def _store(
        self,
        token: str,
        chat: str,
        method: str,
        parameters: dict[str, Any],
        content: dict[str, Any],
        markup: dict[str, Any] | None,
    ) -> dict[str, Any]:
        message: dict[str, Any] = {
            "message_id": self.next_message_id(token),
            "from": _bot(token),
            "chat": {"id": int(chat), "type": "private", "first_name": "Person"},
            "date": int(self.clock.now().timestamp()),
            **content,
        }
        if markup:
            message["reply_markup"] = markup
        self._messages[token, chat, message["message_id"]] = message
        await self._record(token, chat, method, parameters, str(message["message_id"]))
        return message

    async def _edit_text(self, token: str, parameters: dict[str, Any]) -> dict[str, Any]:
        text, markup = check_text(parameters, is_edit=True), check_keyboard(parameters)
        return await self._edit(token, "editMessageText", parameters, {"text": text}, markup)

    async def _edit_markup(self, token: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return await self._edit(token, "editMessageReplyMarkup", parameters, {}, check_keyboard(parameters))

    async def _edit(
        self,
        token: str,
        method: str,
        parameters: dict[str, Any],
        content: dict[str, Any],
        markup: dict[str, Any] | None,
    ) -> dict[str, Any]:
        chat = self._chat(parameters)
        key = (token, chat, _integer(parameters.get("message_id")))
        message = self._messages.get(key)
        if message is None:
            raise bad_request("message to edit not found")
        edited = {k: v for k, v in message.items() if k not in ("reply_markup", "edit_date")} | content
        if markup:
            edited["reply_markup"] = markup
        if edited == {k: v for k, v in message.items() if k != "edit_date"}:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        edited["edit_date"] = int(self.clock.now().timestamp())
        self._messages[key] = edited
        await self._record(token, chat, method, parameters, str(key[2]))
        return edited

    async def _answer_query(self, token: str, parameters: dict[str, Any]) -> bool:
        query = str(parameters.get("callback_query_id") or "")
        if not query or query in self.expired_queries:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        if len(str(parameters.get("text") or "")) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        await self._record(token, "", "answerCallbackQuery", parameters, query)
        return True

    async def _chat_action(self, token: str, parameters: dict[str, Any]) -> bool:
        chat = self._chat(parameters)
        if parameters.get("action") not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        await self._record(token, chat, "sendChatAction", parameters, "")
        return True

    async def _set_webhook(self, token: str, parameters: dict[str, Any]) -> bool:
        self.webhooks[token] = parameters
        return True

    async def _delete_webhook(self, token: str, _: dict[str, Any]) -> bool:
        self.webhooks.pop(token, None)
        return True

    async def _webhook_info(self, token: str, _: dict[str, Any]) -> dict[str, Any]:
        url = str(self.webhooks.get(token, {}).get("url", ""))
        return {"url": url, "has_custom_certificate": False, "pending_update_count": 0}

    def _chat(self, parameters: dict[str, Any]) -> str:
        chat = str(parameters.get("chat_id") or "")
        if not chat:
            raise bad_request("chat_id is empty")
        if not chat.lstrip("-").isdigit():
            raise bad_request("chat not found")
        if chat in self._blocked:
            raise BotError(403, "Forbidden: bot was blocked by the user")
        return chat

    async def _record(self, token: str, chat: str, method: str, parameters: dict[str, Any], answer_id: str) -> None:
        sent = Sent(self.clock.now(), token, chat, method, parameters, answer_id)
        self.received.append(sent)
        if self.on_sent is not None:
            await self.on_sent(sent)

    def _note_refusal(self, token: str, method: str, parameters: dict[str, Any], error: BotError) -> None:
        chat = str(parameters.get("chat_id") or "")
        self.refused.append(Refused(self.clock.now(), token, chat, method, parameters, error.status, error.description))


_DESCRIPTIONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    502: "Bad Gateway",
}


def _bot(token: str) -> dict[str, Any]:
    head = token.split(":", 1)[0]
    number = int(head) if head.isdigit() else int(hashlib.sha256(token.encode()).hexdigest()[:8], 16)
    return {"id": number, "is_bot": True, "first_name": "Booka", "username": f"booka_{number}_bot"}


def _integer(value: object) -> int:
    return int(str(value)) if str(value or "").isdigit() else 0


async def _parameters(request: web.Request) -> dict[str, Any]:
    """Query, JSON or form, as the Bot API takes them; structures inside a form are JSON text."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        return given | _json_object(await request.read())
    for name, value in (await request.post()).items():
        given[name] = uploaded(value) if isinstance(value, web.FileField) else value
    return {name: _parsed(value) if name in _JSON_FIELDS else value for name, value in given.items()}


def _json_object(raw: bytes) -> dict[str, Any]:
    body = _parsed(raw.decode("utf-8", "replace") or "{}")
    return body if isinstance(body, dict) else {}


def _parsed(value: Any) -> Any:
    try:
        return orjson.loads(value) if isinstance(value, str) else value
    except orjson.JSONDecodeError:
        raise bad_request("can't parse JSON object") from None
