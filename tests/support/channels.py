"""Deliveries as the vendors shape them, in words and numbers of our own, and the rows they leave."""

import itertools
from typing import Any

import orjson

from core.runtime import Runtime
from core.signing import hmac_sha256_hex
from tests.conftest import APP_SECRET
from tests.support.reading import fetch

_ids = itertools.count(1)


def new_id(prefix: str = "wamid.test") -> str:
    return f"{prefix}{next(_ids):08d}"


def new_number() -> int:
    """A chat id, a message id, an update id."""
    return 700_000_000 + next(_ids)


def wa_message(kind: str, content: Any, *, sender: str = "237699000001", **extra: Any) -> dict[str, Any]:
    return {"from": sender, "id": new_id(), "timestamp": "1772438400", "type": kind, kind: content} | extra


def wa_text(body: str, *, sender: str = "237699000001", **extra: Any) -> dict[str, Any]:
    return wa_message("text", {"body": body}, sender=sender, **extra)


def wa_status(wamid: str, status: str, **extra: Any) -> dict[str, Any]:
    return {"id": wamid, "status": status, "timestamp": "1772438401", "recipient_id": "237699000001"} | extra


def wa_value(phone_number_id: str, *, messages: Any = (), statuses: Any = (), **extra: Any) -> dict[str, Any]:
    senders = {message["from"]: None for message in messages if "from" in message}
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "237222000000", "phone_number_id": phone_number_id},
    }
    if messages:
        value["messages"] = list(messages)
        value["contacts"] = [{"wa_id": sender, "profile": {"name": "Mireille"}} for sender in senders]
    if statuses:
        value["statuses"] = list(statuses)
    return value | extra


def wa_webhook(*values: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    """Each value in an entry of its own."""
    entries = [{"id": "waba-1", "changes": [{"field": field, "value": value}]} for value in values]
    return {"object": "whatsapp_business_account", "entry": entries}


def signed(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": f"sha256={hmac_sha256_hex(secret.encode(), body)}"}


def tg_person(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "is_bot": False, "first_name": "Paul", "last_name": "Essomba", "language_code": "fr"}


def tg_message(chat_id: int, *, chat_type: str = "private", **content: Any) -> dict[str, Any]:
    return {
        "message_id": new_number(),
        "from": tg_person(chat_id),
        "chat": {"id": chat_id, "type": chat_type, "first_name": "Paul"},
        "date": 1772438400,
    } | content


def tg_update(kind: str, content: Any) -> dict[str, Any]:
    return {"update_id": new_number(), kind: content}


def tg_tap(chat_id: int, data: str, *, label: str = "", **changes: Any) -> dict[str, Any]:
    keyboard = {"inline_keyboard": [[{"text": label, "callback_data": data}]]}
    message = tg_message(chat_id, text="?", reply_markup=keyboard)
    tap = {"id": new_id("cb"), "from": tg_person(chat_id), "message": message, "chat_instance": "1", "data": data}
    return tg_update("callback_query", tap | changes)


def dumps(body: Any) -> bytes:
    return orjson.dumps(body)


async def stored_events(runtime: Runtime, **where: Any) -> list[dict[str, Any]]:
    """Rows of the inbox of any tenant, also of none, in the order in which they came."""
    conditions = " AND ".join(f"{column} IS NOT DISTINCT FROM ${index}" for index, column in enumerate(where, 1))
    sql = f"SELECT * FROM inbound_events WHERE {conditions or 'true'} ORDER BY id"
    rows = await fetch(runtime.reading_url, sql, *where.values())
    return [dict(row) | {"payload": orjson.loads(row["payload"])} for row in rows]
