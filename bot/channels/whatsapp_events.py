"""WhatsApp's webhooks: one POST is many events, perhaps of several tenants; each is read without ever failing."""

from collections.abc import Callable
from typing import Any

from bot.channel import Arrival, Blocked, DeliveryFault, Receipt
from bot.channels.whatsapp_faults import classify
from bot.reading import as_dict, as_instant, as_key, as_text, content_key, dicts
from dialog.messages import InboundMessage

_TAPS = ("button_reply", "list_reply")
_NOTHING_TO_ANSWER = frozenset({"reaction", "system", "revoke"})
_DELIVERIES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}


def split(body: dict[str, Any]) -> list[Arrival]:
    arrivals = [
        arrival
        for entry in dicts(body.get("entry"))
        for change in dicts(entry.get("changes"))
        for arrival in _split_change(as_key(entry.get("id")) or "", change)
    ]
    return arrivals or [Arrival("", content_key(body), "other", body)]


def _split_change(business: str, change: dict[str, Any]) -> list[Arrival]:
    value = as_dict(change.get("value"))
    metadata = as_dict(value.get("metadata"))
    scope = as_key(metadata.get("phone_number_id")) or business
    arrivals = []
    if change.get("field") == "messages":
        contacts = dicts(value.get("contacts"))
        arrivals += [_message(scope, metadata, contacts, message) for message in dicts(value.get("messages"))]
        arrivals += [_status(scope, status) for status in dicts(value.get("statuses"))]
    return arrivals or [Arrival(scope, f"{as_key(change.get('field'))}:{content_key(change)}", "other", change)]


def _message(scope: str, metadata: dict[str, Any], contacts: list[dict[str, Any]], message: dict[str, Any]) -> Arrival:
    contact = _contact_of(message, contacts)
    payload: dict[str, Any] = {"message": message, "metadata": metadata}
    if contact:
        payload["contact"] = contact
    sender = None if message.get("group_id") else _sender(message, contact)
    return Arrival(
        scope,
        as_key(message.get("id")) or content_key(message),
        "message" if sender else "other",
        payload,
        sender,
        _is_tap(message),
        as_instant(message.get("timestamp")),
    )


def _contact_of(message: dict[str, Any], contacts: list[dict[str, Any]]) -> dict[str, Any]:
    """Contacts are not in the order of the messages: matched by address, or the only one of a nameless message."""
    phone, user_id = message.get("from"), message.get("from_user_id")
    for contact in contacts:
        if (phone and contact.get("wa_id") == phone) or (user_id and contact.get("user_id") == user_id):
            return contact
    return contacts[0] if len(contacts) == 1 and not phone and not user_id else {}


def _sender(message: dict[str, Any], contact: dict[str, Any]) -> str | None:
    """The phone while WhatsApp shows it, else the business-scoped user id."""
    candidates = (message.get("from"), contact.get("wa_id"), message.get("from_user_id"), contact.get("user_id"))
    return next(filter(None, map(as_key, candidates)), None)


def _is_tap(message: dict[str, Any]) -> bool:
    if message.get("type") == "button":
        return True
    interactive = as_dict(message.get("interactive"))
    return any(name in interactive for name in _TAPS)


def _status(scope: str, status: dict[str, Any]) -> Arrival:
    wamid = as_key(status.get("id")) or content_key(status)
    key = f"{wamid}:{as_key(status.get('status'))}"
    return Arrival(scope, key, "status", {"status": status}, occurred_at=as_instant(status.get("timestamp")))


def parse(kind: str, payload: dict[str, Any], event_id: int) -> InboundMessage | None:
    message = as_dict(payload.get("message"))
    if kind != "message" or as_text(message.get("type")) in _NOTHING_TO_ANSWER:
        return None
    edit = as_dict(message.get("edit"))
    is_edit = message.get("type") == "edit"
    what, text, choice_id, detail = _content(as_dict(edit.get("message")) if is_edit else message)
    return InboundMessage(
        event_id,
        what,
        text,
        choice_id,
        vendor_id=as_key(edit.get("original_message_id") if is_edit else message.get("id")),
        occurred_at=as_instant(message.get("timestamp")),
        is_edit=is_edit,
        display_name=as_text(as_dict(as_dict(payload.get("contact")).get("profile")).get("name")) or None,
        phone=_phone(message, as_dict(payload.get("contact"))),
        detail=detail,
    )


def _phone(message: dict[str, Any], contact: dict[str, Any]) -> str | None:
    """As WhatsApp writes it; it is never normalised, replies go to exactly this address."""
    digits = as_text(message.get("from")) or as_text(contact.get("wa_id"))
    return f"+{digits}" if digits.isascii() and digits.isdigit() else None


_Content = tuple[str, str, str | None, str | None]


def _content(message: dict[str, Any]) -> _Content:
    """(kind, text, choice id, detail). A caption is words; what is neither words nor a tap is unsupported."""
    name = as_text(message.get("type"))
    body = as_dict(message.get(name))
    if name in _READERS and (read := _READERS[name](body)):
        return read
    if caption := as_text(body.get("caption")).strip():
        return "text", caption, None, name
    return "unsupported", "", None, as_text(body.get("type")) or name or "unknown"


def _read_text(body: dict[str, Any]) -> _Content | None:
    text = as_text(body.get("body"))
    return ("text", text, None, None) if text.strip() else None


def _read_interactive(body: dict[str, Any]) -> _Content | None:
    for name in _TAPS:
        tapped = as_dict(body.get(name))
        if choice_id := as_text(tapped.get("id")):
            return "choice", as_text(tapped.get("title")), choice_id, None
    return None


def _read_template_button(body: dict[str, Any]) -> _Content | None:
    """The quick reply of a template: its payload is the id that we gave the button."""
    label, choice_id = as_text(body.get("text")), as_text(body.get("payload"))
    if choice_id:
        return "choice", label, choice_id, None
    return ("text", label, None, None) if label else None


def _read_welcome(_: dict[str, Any]) -> _Content | None:
    return "start", "", None, None


_READERS: dict[str, Callable[[dict[str, Any]], _Content | None]] = {
    "text": _read_text,
    "interactive": _read_interactive,
    "button": _read_template_button,
    "request_welcome": _read_welcome,
}


def read_receipt(kind: str, payload: dict[str, Any]) -> Receipt | Blocked | None:
    status = as_dict(payload.get("status"))
    delivery = _DELIVERIES.get(as_text(status.get("status")))
    vendor_id = as_key(status.get("id"))
    if kind != "status" or not delivery or not vendor_id:
        return None
    return Receipt(
        vendor_id,
        as_key(status.get("biz_opaque_callback_data")),
        delivery,
        _fault_of(status) if delivery == "failed" else None,
    )


def _fault_of(status: dict[str, Any]) -> DeliveryFault:
    error = next(iter(dicts(status.get("errors"))), {})
    return classify(200, error)
