"""Notch Pay's webhooks: signed without a time, in an old and a new envelope. Whatever they say, the API is read."""

from collections.abc import Mapping
from typing import Any

from core.signing import fingerprint, is_signed_sha256
from payments.failures import SignatureInvalid, WebhookUnreadable
from payments.provider_values import EventKind, ProviderEvent, Trust
from payments.providers import notchpay_answers as answers
from payments.webhook_bodies import Readers, json_body, read_event
from payments.wire import Json, header, inner, instant, secret_values, text

_PAYMENT_KINDS = {
    "complete": EventKind.PAYMENT_SUCCEEDED,
    "completed": EventKind.PAYMENT_SUCCEEDED,
    "captured": EventKind.PAYMENT_SUCCEEDED,
    "processing": EventKind.PAYMENT_PROCESSING,
    "partially_pay": EventKind.PAYMENT_PARTIAL,
    "incomplete": EventKind.PAYMENT_PARTIAL,
    "failed": EventKind.PAYMENT_FAILED,
    "expired": EventKind.PAYMENT_EXPIRED,
    "canceled": EventKind.PAYMENT_CANCELLED,
    "cancelled": EventKind.PAYMENT_CANCELLED,
}
_REFUND_KINDS = {
    "complete": EventKind.REFUND_SUCCEEDED,
    "completed": EventKind.REFUND_SUCCEEDED,
    "failed": EventKind.REFUND_FAILED,
}
_PAYOUT_KINDS = {"complete": EventKind.PAYOUT_PAID, "failed": EventKind.PAYOUT_FAILED}


def verify(raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    signature = header(headers, "x-notch-signature")
    keys = [value.encode() for value in secret_values(secrets, "hash_key")]
    if not any(is_signed_sha256(key, raw, signature) for key in keys):
        raise SignatureInvalid("no signature of this account", code="signature")


def parse(raw: bytes) -> list[ProviderEvent]:
    body = json_body(raw)
    kind = text(body.get("type")) or text(body.get("event"))
    if not kind:
        raise WebhookUnreadable("no event", code="shape")
    event = ProviderEvent(
        _dedupe_key(body, raw),
        EventKind.UNKNOWN,
        kind,
        Trust.TRIGGER,
        occurred_at=instant(body.get("created_at")),
    )
    return [read_event(event, _READERS, inner(body.get("data")))]


def _dedupe_key(body: Json, raw: bytes) -> str:
    """The event's id; that of the old envelope (whk.…) may be the webhook's own, the same in all that it sends."""
    name, is_old = text(body.get("id")), not text(body.get("type"))
    return name if name and not is_old else f"{name or 'sha256'}:{fingerprint(raw)}"


def _payment(kind: str, data: Json) -> dict[str, Any]:
    word = kind.removeprefix("payment.")
    ids = answers.ids(answers.body_of({"data": data}, "transaction"))
    return {"kind": _PAYMENT_KINDS.get(word, EventKind.UNKNOWN), "payment": ids}


def _refund(kind: str, data: Json) -> dict[str, Any]:
    refund = answers.body_of({"data": data}, "refund")
    return {
        "kind": _REFUND_KINDS.get(kind.removeprefix("refund."), EventKind.REFUND_PENDING),
        "payment": answers.refunded_payment(refund),
        "refund_id": text(refund.get("id")) or text(refund.get("reference")),
        "refund_key": answers.refund_key(refund),
    }


def _payout(kind: str, data: Json) -> dict[str, Any]:
    transfer = answers.body_of({"data": data}, "transfer")
    names = ("trxref", "merchant_reference", "reference")
    return {
        "kind": _PAYOUT_KINDS.get(kind.removeprefix("transfer."), EventKind.UNKNOWN),
        "payout_id": text(transfer.get("id")),
        "payout_reference": next((text(transfer.get(name)) for name in names if text(transfer.get(name))), ""),
    }


_READERS: Readers = {"payment.": _payment, "refund.": _refund, "transfer.": _payout}
