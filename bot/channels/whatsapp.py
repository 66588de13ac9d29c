"""WhatsApp Cloud API: signature, handshake, and the one endpoint that sends."""

from collections.abc import Mapping
from typing import Any

import orjson

from bot.channel import Arrival, Blocked, DeliveryFault, Fault, Line, Receipt, Wire
from bot.channels import whatsapp_events, whatsapp_render
from bot.channels.whatsapp_faults import classify
from bot.reading import as_dict, as_key, dicts
from core import http
from core.errors import TransientError, UnknownOutcomeError
from core.settings import Settings
from core.signing import is_same_secret, is_signed_sha256
from dialog.messages import InboundMessage, Reply
from tenants.channel_accounts import ChannelAccount

_TEXT_FILE = "text/plain"


class WhatsApp:
    key = "whatsapp"
    has_account_in_url = False
    confirms_sending = True
    has_reply_window = True

    def answer_handshake(self, settings: Settings, query: Mapping[str, str]) -> str | None:
        expected = settings.whatsapp.verify_token.get_secret_value()
        is_ours = is_same_secret(expected, query.get("hub.verify_token", ""))
        return query.get("hub.challenge", "") if is_ours and query.get("hub.mode") == "subscribe" else None

    def is_genuine(
        self, settings: Settings, account: ChannelAccount | None, headers: Mapping[str, str], raw: bytes
    ) -> bool:
        """The secret is that of the Meta app, one for all tenants, so the signature says nothing about the account."""
        scheme, _, signature = headers.get("X-Hub-Signature-256", "").partition("=")
        secret = settings.whatsapp.app_secret.get_secret_value().encode()
        return is_signed_sha256(secret, raw, signature) and scheme == "sha256"

    def split(self, body: dict[str, Any], account_key: str) -> list[Arrival]:
        return whatsapp_events.split(body)

    def parse(self, kind: str, payload: dict[str, Any], event_id: int) -> InboundMessage | None:
        return whatsapp_events.parse(kind, payload, event_id)

    def read_receipt(self, kind: str, payload: dict[str, Any]) -> Receipt | Blocked | None:
        return whatsapp_events.read_receipt(kind, payload)

    def tap_to_acknowledge(self, kind: str, payload: dict[str, Any]) -> str | None:
        return None

    def render(self, reply: Reply, *, as_template: bool = False) -> list[Wire]:
        return whatsapp_render.render(reply, as_template=as_template)

    async def send(self, line: Line, recipient: str, wire: Wire, *, tag: str, replaces: str | None) -> str:
        """WhatsApp edits nothing that was sent: `replaces` gives way to a message of its own."""
        if "file" in wire:
            wire = await _uploaded(line, wire["file"])
        answer = await _post(line, {**_address(recipient), **wire, "biz_opaque_callback_data": tag})
        return as_key(next(iter(dicts(answer.get("messages"))), {}).get("id")) or ""

    async def show_progress(self, line: Line, recipient: str, reply: Reply, in_reply_to: str | None) -> str | None:
        """Ticks and "typing…", which last until the answer or for 25 s; they hang on a message of the person's."""
        if in_reply_to:
            await _post(line, {"status": "read", "message_id": in_reply_to, "typing_indicator": {"type": "text"}})
        return None

    async def acknowledge_tap(self, line: Line, tap_id: str) -> None:
        """WhatsApp shows no spinner."""


def _address(recipient: str) -> dict[str, str]:
    """A phone goes into `to`; a business-scoped user id (`CM.…`) into `recipient`."""
    if "." in recipient:
        return {"recipient": recipient}
    return {"recipient_type": "individual", "to": recipient.lstrip("+")}


async def _uploaded(line: Line, file: Wire) -> Wire:
    """The message of a file that Meta keeps for it. A link would have Meta read it from us, at an address of ours that
    it can reach, and tell of failures later; its own documentation advises against it.

    Of texts Meta takes text/plain alone (error 100 names the types); phones go by the ending of the file's name.
    """
    fields = {"messaging_product": "whatsapp", "type": _TEXT_FILE}
    form = http.form(fields, {"file": (file["filename"], file["content"].encode(), _TEXT_FILE)})
    try:
        answer = await _request(line, "media", form_body=form)
    except DeliveryFault as fault:
        if fault.fault is Fault.UNKNOWN:  # nothing was shown to anybody yet
            raise DeliveryFault(Fault.RETRY, fault.code) from fault
        raise
    media_id = as_key(answer.get("id"))
    if media_id is None:
        raise DeliveryFault(Fault.PERMANENT, "no_media_id")
    return {"type": "document", "document": {"id": media_id, "filename": file["filename"]}}


async def _post(line: Line, body: dict[str, Any]) -> dict[str, Any]:
    return await _request(line, "messages", json_body=orjson.dumps({"messaging_product": "whatsapp", **body}))


async def _request(line: Line, path: str, **body: Any) -> dict[str, Any]:
    url = f"{line.runtime.settings.whatsapp.api_url.rstrip('/')}/{line.account.external_id}/{path}"
    headers = {"Authorization": f"Bearer {line.account.secrets.get('access_token', '')}"}
    try:
        answer = await http.request(line.runtime.http, "POST", url, headers=headers, timeout_s=line.timeout_s, **body)
    except UnknownOutcomeError as error:
        raise DeliveryFault(Fault.UNKNOWN, error.code) from error
    except TransientError as error:
        raise DeliveryFault(Fault.RETRY, error.code) from error
    content = _json(answer.body)
    if answer.status >= 300 or "error" in content:
        raise classify(answer.status, as_dict(content.get("error")))
    return content


def _json(raw: bytes) -> dict[str, Any]:
    try:
        return as_dict(orjson.loads(raw))
    except orjson.JSONDecodeError:
        return {}


CHANNEL = WhatsApp()
