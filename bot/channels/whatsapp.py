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


async def _post(line: Line, body: dict[str, Any]) -> dict[str, Any]:
    url = f"{line.runtime.settings.whatsapp.api_url.rstrip('/')}/{line.account.external_id}/messages"
    try:
        answer = await http.request(
            line.runtime.http,
            "POST",
            url,
            headers={"Authorization": f"Bearer {line.account.secrets.get('access_token', '')}"},
            json_body=orjson.dumps({"messaging_product": "whatsapp", **body}),
            timeout_s=line.timeout_s,
        )
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
