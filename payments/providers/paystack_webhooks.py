"""Paystack's webhooks: signed with the API key, without time or event id, and mostly of good news only."""

from collections.abc import Mapping
from typing import Any

from core.signing import fingerprint, is_signed_sha512
from payments.failures import SignatureInvalid, WebhookUnreadable
from payments.provider_values import DisputeState, EventKind, PaymentIds, ProviderEvent, RefundState, Trust
from payments.providers import paystack_answers as answers
from payments.webhook_bodies import Readers, amount_of, json_body, read_event
from payments.wire import Json, header, inner, instant, secret_values, text

_REFUND_KINDS = {RefundState.SUCCEEDED: EventKind.REFUND_SUCCEEDED, RefundState.FAILED: EventKind.REFUND_FAILED}
_DISPUTE_KINDS = {DisputeState.WON: EventKind.DISPUTE_WON, DisputeState.LOST: EventKind.DISPUTE_LOST}
_PAYOUT_KINDS = {
    "transfer.success": EventKind.PAYOUT_PAID,
    "transfer.failed": EventKind.PAYOUT_FAILED,
    "transfer.reversed": EventKind.PAYOUT_REVERSED,
}


def verify(raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    signature = header(headers, "x-paystack-signature")
    keys = [value.encode() for value in secret_values(secrets, "secret_key")]
    if not any(is_signed_sha512(key, raw, signature) for key in keys):
        raise SignatureInvalid("no signature of this account", code="signature")


def parse(raw: bytes) -> list[ProviderEvent]:
    body = json_body(raw)
    if not text(body.get("event")) or not isinstance(body.get("data"), dict):
        raise WebhookUnreadable("no event", code="shape")
    kind, data = text(body["event"]), inner(body["data"])
    when = instant(data.get("paid_at") or data.get("updatedAt") or data.get("createdAt"))
    event = ProviderEvent(_dedupe_key(kind, data, raw), EventKind.UNKNOWN, kind, Trust.FULL, occurred_at=when)
    return [read_event(event, _READERS, data)]


def _dedupe_key(kind: str, data: Json, raw: bytes) -> str:
    """The same fact again is the same key, however its other fields came to differ."""
    names = ("id", "refund_reference", "transfer_code", "reference", "transaction_reference")
    named = next((text(data.get(name)) for name in names if text(data.get(name))), "")
    return f"{kind}:{named}:{text(data.get('status'))}"[:200] if named else f"sha256:{fingerprint(raw)}"


def _charge(kind: str, data: Json) -> dict[str, Any]:
    known = {"charge.success": EventKind.PAYMENT_SUCCEEDED, "charge.failed": EventKind.PAYMENT_FAILED}
    return {
        "kind": known.get(kind, EventKind.UNKNOWN),
        "payment": PaymentIds(text(data.get("reference")), provider_ref=text(data.get("id"))),
        "amount": amount_of(answers.money, data.get("amount"), data.get("currency")),
    }


def _refund(kind: str, data: Json) -> dict[str, Any]:
    """The event's name is the status here; the id is not in every one of them."""
    state = answers.REFUND_STATES.get(kind.removeprefix("refund."), RefundState.UNKNOWN)
    return {
        "kind": _REFUND_KINDS.get(state, EventKind.REFUND_PENDING),
        "payment": answers.transaction_ids(data),
        "refund_id": text(data.get("id")),
        "refund_key": answers.refund_key(data),
        "amount": amount_of(answers.money, data.get("amount"), data.get("currency")),
    }


def _dispute(kind: str, data: Json) -> dict[str, Any]:
    running = EventKind.DISPUTE_OPENED if kind.endswith(".create") else EventKind.DISPUTE_UPDATED
    return {
        "kind": _DISPUTE_KINDS.get(answers.dispute_state(data), running),
        "payment": answers.transaction_ids(data),
        "dispute_id": text(data.get("id")),
        "amount": amount_of(answers.money, data.get("refund_amount"), data.get("currency")),
    }


def _payout(kind: str, data: Json) -> dict[str, Any]:
    return {
        "kind": _PAYOUT_KINDS.get(kind, EventKind.UNKNOWN),
        "payout_id": text(data.get("transfer_code")) or text(data.get("id")),
        "payout_reference": text(data.get("reference")),
        "amount": amount_of(answers.money, data.get("amount"), data.get("currency")),
    }


_READERS: Readers = {
    "charge.dispute.": _dispute,
    "charge.": _charge,
    "refund.": _refund,
    "transfer.": _payout,
}
