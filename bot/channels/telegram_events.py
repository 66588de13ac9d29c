"""Telegram's updates, read from the raw fields: the typed model refuses a whole update for one missing field."""

import re
from typing import Any

from bot.channel import Arrival, Blocked, Receipt
from bot.reading import as_dict, as_instant, as_key, as_text, content_key, dicts
from dialog.messages import InboundMessage

_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_MEDIA = (
    *("voice", "audio", "photo", "video", "video_note", "animation", "document", "sticker", "paid_media"),
    *("location", "venue", "contact", "poll", "dice", "game", "story", "invoice", "checklist", "rich_message"),
)
# Notices that Telegram itself writes into a chat: nobody waits for an answer to them.
_SERVICE = (
    *("pinned_message", "message_auto_delete_", "connected_website", "write_access_allowed", "successful_payment"),
    *("refunded_payment", "users_shared", "chat_shared", "passport_data", "boost_added", "chat_background_set"),
    *("web_app_data", "gift", "unique_gift", "checklist_tasks_", "direct_message_price_", "paid_message_price_"),
    *(
        "delete_chat_photo",
        "new_chat_",
        "left_chat_",
        "chat_owner_",
        "group_chat_",
        "supergroup_chat_",
        "channel_chat_",
    ),
    *("community_chat_", "migrate_", "poll_option_", "proximity_alert_", "forum_topic_", "general_forum_topic_"),
    *("giveaway", "video_chat_", "suggested_post_", "managed_bot"),
)


def split(body: dict[str, Any], account_key: str) -> list[Arrival]:
    kind = next((name for name in _KINDS if isinstance(body.get(name), dict)), "other")
    content = as_dict(body.get(kind))
    chat_id = _private_chat(kind, content)
    is_turn = chat_id is not None and kind != "my_chat_member"
    return [
        Arrival(
            account_key,
            as_key(body.get("update_id")) or content_key(body),
            kind if chat_id else "other",
            body,
            chat_id if is_turn else None,
            kind == "callback_query" or as_text(content.get("text")).startswith("/start"),
            as_instant(content.get("edit_date") or content.get("date")),
        )
    ]


def _private_chat(kind: str, content: dict[str, Any]) -> str | None:
    """None in groups and channels. In private the chat has the person's id, so a tap needs no message."""
    if kind == "callback_query":
        chat = as_dict(as_dict(content.get("message")).get("chat"))
        return None if chat.get("type", "private") != "private" else as_key(as_dict(content.get("from")).get("id"))
    chat = as_dict(content.get("chat"))
    return as_key(chat.get("id")) if chat.get("type") == "private" else None


def parse(kind: str, payload: dict[str, Any], event_id: int) -> InboundMessage | None:
    content = as_dict(payload.get(kind))
    if kind == "callback_query":
        return _parse_tap(content, event_id)
    if kind not in ("message", "edited_message") or _is_service(content):
        return None
    is_edit = kind == "edited_message"
    if is_edit and "location" in content:
        return None  # a live location that moved on
    what, text, detail = _content(content)
    return InboundMessage(
        event_id,
        what,
        text,
        vendor_id=as_key(content.get("message_id")),
        occurred_at=as_instant(content.get("edit_date") or content.get("date")),
        is_edit=is_edit,
        display_name=_name(as_dict(content.get("from"))),
        phone=_own_phone(content),
        detail=detail,
    )


def _parse_tap(tap: dict[str, Any], event_id: int) -> InboundMessage | None:
    choice_id = as_text(tap.get("data"))
    if not choice_id:
        return None
    return InboundMessage(
        event_id,
        "choice",
        _label_of(as_dict(tap.get("message")), choice_id),
        choice_id,
        vendor_id=as_key(tap.get("id")),
        display_name=_name(as_dict(tap.get("from"))),
    )


def _label_of(message: dict[str, Any], choice_id: str) -> str:
    rows = as_dict(message.get("reply_markup")).get("inline_keyboard")
    buttons = (
        [button for row in rows if isinstance(row, list) for button in dicts(row)] if isinstance(rows, list) else []
    )
    return next((as_text(button.get("text")) for button in buttons if button.get("callback_data") == choice_id), "")


def _is_service(message: dict[str, Any]) -> bool:
    return any(key.startswith(_SERVICE) for key in message)


def _content(message: dict[str, Any]) -> tuple[str, str, str | None]:
    """(kind, text, detail). `/start x` carries x in detail: a deep link's payload is no word of the person's."""
    text = as_text(message.get("text")) or as_text(message.get("caption"))
    if command := _COMMAND.fullmatch(text.strip()):
        name, rest = command[1].lower(), (command[2] or "").strip()
        if name == "start":
            return "start", "", rest or None
        return "text", f"{name.replace('_', ' ')} {rest}".strip(), None
    medium = next((name for name in _MEDIA if name in message), None)
    if text.strip():
        return "text", text, medium
    return "unsupported", "", medium or "unknown"


def _own_phone(message: dict[str, Any]) -> str | None:
    """Only a contact that carries the sender's own id proves whose number it is."""
    contact = as_dict(message.get("contact"))
    digits = as_text(contact.get("phone_number")).lstrip("+")
    is_own = contact.get("user_id") is not None and contact["user_id"] == as_dict(message.get("from")).get("id")
    return f"+{digits}" if is_own and digits.isascii() and digits.isdigit() else None


def _name(person: dict[str, Any]) -> str | None:
    return " ".join(filter(None, (as_text(person.get("first_name")), as_text(person.get("last_name"))))) or None


def read_receipt(kind: str, payload: dict[str, Any]) -> Receipt | Blocked | None:
    change = as_dict(payload.get("my_chat_member"))
    external_id = as_key(as_dict(change.get("chat")).get("id"))
    status = as_dict(change.get("new_chat_member")).get("status")
    if kind != "my_chat_member" or not external_id or status not in ("kicked", "member"):
        return None
    return Blocked(external_id, is_blocked=status == "kicked")
