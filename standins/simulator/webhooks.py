"""What people do, as the webhooks that the vendors would send: genuine shapes, signed, over HTTP to the real routes."""

from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from core.clock import Clock
from core.ids import new_token
from core.signing import hmac_sha256_hex
from standins.simulator.people import SimAccount

_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST to a webhook: what was sent, the status that came back (0: none) and how long that took."""

    path: str
    body: dict[str, Any]
    status: int
    duration_ms: float


@dataclass(frozen=True, slots=True)
class Sender:
    """The person as the vendor names them."""

    external_id: str
    name: str


class Postman:
    def __init__(self, base_url: str, app_secret: str) -> None:
        self._base_url, self._app_secret = base_url, app_secret
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15))

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def post_whatsapp(self, body: dict[str, Any]) -> Delivery:
        raw = orjson.dumps(body)
        signature = f"sha256={hmac_sha256_hex(self._app_secret.encode(), raw)}"
        return await self._post("/webhooks/whatsapp", body, raw, {"X-Hub-Signature-256": signature})

    async def post_telegram(self, account: SimAccount, body: dict[str, Any]) -> Delivery:
        secret = {"X-Telegram-Bot-Api-Secret-Token": account.secret_token}
        return await self._post(f"/webhooks/telegram/{account.account}", body, orjson.dumps(body), secret)

    async def _post(self, path: str, body: dict[str, Any], raw: bytes, headers: dict[str, str]) -> Delivery:
        assert self._http is not None
        started = Clock.monotonic()
        try:
            async with self._http.post(self._base_url + path, data=raw, headers=_JSON | headers) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        return Delivery(path, body, status, (Clock.monotonic() - started) * 1000)


def new_wamid() -> str:
    return f"wamid.{new_token(24)}"


def whatsapp_webhook(
    phone_number_id: str, sender: Sender, message_id: str, timestamp: int, content: dict[str, Any]
) -> dict[str, Any]:
    """`content` is the message's type and the object of that name, and its context if it answers one."""
    user_id = f"CM.{sender.external_id}"
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": phone_number_id, "phone_number_id": phone_number_id},
        "contacts": [{"profile": {"name": sender.name}, "wa_id": sender.external_id, "user_id": user_id}],
        "messages": [
            {
                "from": sender.external_id,
                "from_user_id": user_id,
                "id": message_id,
                "timestamp": str(timestamp),
                **content,
            }
        ],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": f"waba-{phone_number_id}", "changes": [{"field": "messages", "value": value}]}],
    }


def whatsapp_text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text}}


def whatsapp_tap(style: str, choice: dict[str, str], phone_number_id: str, answers: str) -> dict[str, Any]:
    """A tap on a reply button, a list row, or a template's quick reply (which has a type of its own)."""
    context = {"from": phone_number_id, "id": answers}
    if style == "template":
        return {"type": "button", "button": {"payload": choice["id"], "text": choice["label"]}, "context": context}
    kind = "list_reply" if style == "list" else "button_reply"
    reply = {"id": choice["id"], "title": choice["label"]}
    if kind == "list_reply" and choice.get("description"):
        reply["description"] = choice["description"]
    return {"type": "interactive", "interactive": {"type": kind, kind: reply}, "context": context}


def whatsapp_attachment(kind: str) -> dict[str, Any]:
    if kind == "location":
        return {"type": "location", "location": {"latitude": 4.0511, "longitude": 9.7679}}
    return {"type": "audio", "audio": {"id": "1", "mime_type": "audio/ogg; codecs=opus", "voice": True}}


def telegram_message(
    update_id: int, message_id: int, sender: Sender, language: str, timestamp: int, content: dict[str, Any]
) -> dict[str, Any]:
    return {
        "update_id": update_id,
        "message": {
            "message_id": message_id,
            "from": _user(sender, language),
            "chat": _chat(sender),
            "date": timestamp,
            **content,
        },
    }


def telegram_text(text: str) -> dict[str, Any]:
    if not text.startswith("/"):
        return {"text": text}
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]}


def telegram_attachment(kind: str) -> dict[str, Any]:
    if kind == "location":
        return {"location": {"latitude": 4.0511, "longitude": 9.7679}}
    return {"voice": {"file_id": "1", "file_unique_id": "1", "duration": 3, "mime_type": "audio/ogg"}}


def telegram_tap(update_id: int, sender: Sender, language: str, data: str, message: dict[str, Any]) -> dict[str, Any]:
    """`message` is the bot's message that carries the keyboard."""
    query = {"id": new_token(), "from": _user(sender, language), "chat_instance": "1", "data": data, "message": message}
    return {"update_id": update_id, "callback_query": query}


def bot_message(message_id: int, sender: Sender, timestamp: int, text: str) -> dict[str, Any]:
    bot = {"id": 1, "is_bot": True, "first_name": "Booka"}
    return {"message_id": message_id, "from": bot, "chat": _chat(sender), "date": timestamp, "text": text}


def _user(sender: Sender, language: str) -> dict[str, Any]:
    return {
        "id": int(sender.external_id),
        "is_bot": False,
        "first_name": sender.name,
        "language_code": language,
    }


def _chat(sender: Sender) -> dict[str, Any]:
    return {"id": int(sender.external_id), "type": "private", "first_name": sender.name}
