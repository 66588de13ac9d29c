"""Stripe's webhooks: a signed time with every body, one event each, the same fact under several names."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.signing import is_signed_sha256
from payments.failures import SignatureInvalid, WebhookUnreadable
from payments.provider_values import (
    DisputeState,
    EventKind,
    PaymentIds,
    ProviderEvent,
    RefundState,
    Trust,
)
from payments.providers import stripe_answers as answers
from payments.webhook_bodies import Readers, amount_of, json_body, read_event
from payments.wire import Json, header, inner, instant, secret_values, text

_TOLERANCE = timedelta(seconds=300)  # docs.stripe.com/webhooks; we hold to it for the future too

_SESSION_KINDS = {
    "checkout.session.async_payment_succeeded": EventKind.PAYMENT_SUCCEEDED,
    "checkout.session.async_payment_failed": EventKind.PAYMENT_FAILED,
    "checkout.session.expired": EventKind.PAYMENT_EXPIRED,
}
_INTENT_KINDS = {
    "payment_intent.succeeded": EventKind.PAYMENT_SUCCEEDED,
    "payment_intent.processing": EventKind.PAYMENT_PROCESSING,
    "payment_intent.payment_failed": EventKind.PAYMENT_FAILED,
    "payment_intent.canceled": EventKind.PAYMENT_CANCELLED,
}
_REFUND_KINDS = {RefundState.SUCCEEDED: EventKind.REFUND_SUCCEEDED, RefundState.FAILED: EventKind.REFUND_FAILED}
_DISPUTE_KINDS = {DisputeState.WON: EventKind.DISPUTE_WON, DisputeState.LOST: EventKind.DISPUTE_LOST}
_PAYOUT_KINDS = {
    "payout.paid": EventKind.PAYOUT_PAID,
    "payout.failed": EventKind.PAYOUT_FAILED,
    "payout.canceled": EventKind.PAYOUT_FAILED,
}


def verify(raw: bytes, headers: Mapping[str, str], now: datetime, secrets: Mapping[str, str]) -> None:
    pairs = [part.strip().partition("=") for part in header(headers, "stripe-signature").split(",")]
    signed_at = next((value for name, _, value in pairs if name == "t"), "")
    signatures = [value for name, _, value in pairs if name == "v1"]
    when = instant(int(signed_at)) if signed_at.isascii() and signed_at.isdigit() and len(signed_at) < 13 else None
    if when is None or abs(now.replace(microsecond=0) - when) > _TOLERANCE:
        raise SignatureInvalid("no time, or not of these minutes", code="time")
    signed = f"{signed_at}.".encode() + raw
    keys = [value.encode() for value in secret_values(secrets, "webhook_secret")]
    if not any(is_signed_sha256(key, signed, signature) for key in keys for signature in signatures):
        raise SignatureInvalid("no signature of this account", code="signature")


def parse(raw: bytes) -> list[ProviderEvent]:
    body = json_body(raw)
    if not text(body.get("id")) or not text(body.get("type")):
        raise WebhookUnreadable("no event", code="shape")
    event = ProviderEvent(
        text(body["id"]),
        EventKind.UNKNOWN,
        text(body["type"]),
        Trust.FULL,
        occurred_at=instant(body.get("created")),
    )
    return [read_event(event, _READERS, inner(inner(body.get("data")).get("object")))]


def _session(kind: str, body: Json) -> dict[str, Any]:
    """Completed is not paid: a slow method reports its money later."""
    is_paid = body.get("payment_status") in ("paid", "no_payment_required")
    completed = EventKind.PAYMENT_SUCCEEDED if is_paid else EventKind.PAYMENT_PROCESSING
    known = completed if kind == "checkout.session.completed" else _SESSION_KINDS.get(kind, EventKind.UNKNOWN)
    amount = amount_of(answers.money, body.get("amount_total"), body.get("currency"))
    return {"kind": known, "payment": answers.session_ids(body), "amount": amount}


def _intent(kind: str, body: Json) -> dict[str, Any]:
    return {"kind": _INTENT_KINDS.get(kind, EventKind.UNKNOWN), "payment": answers.intent_ids(body)}


def _charge_refunded(kind: str, body: Json) -> dict[str, Any]:
    """Says how much of the charge was refunded in all, not by which refund: only reading tells."""
    return {"kind": EventKind.REFUND_SUCCEEDED, "payment": answers.charge_ids(body), "trust": Trust.TRIGGER}


def _refund(kind: str, body: Json) -> dict[str, Any]:
    state = answers.REFUND_STATES.get(text(body.get("status")), RefundState.UNKNOWN)
    return {
        "kind": _REFUND_KINDS.get(state, EventKind.REFUND_PENDING),
        "payment": PaymentIds(provider_ref=text(body.get("payment_intent"))),
        "refund_id": text(body.get("id")),
        "refund_key": text(inner(body.get("metadata")).get("refund_key")),
        "amount": amount_of(answers.money, body.get("amount"), body.get("currency")),
    }


def _dispute(kind: str, body: Json) -> dict[str, Any]:
    state = answers.DISPUTE_STATES.get(text(body.get("status")), DisputeState.OPEN)
    running = EventKind.DISPUTE_OPENED if kind.endswith(".created") else EventKind.DISPUTE_UPDATED
    return {
        "kind": _DISPUTE_KINDS.get(state, running),
        "payment": PaymentIds(provider_ref=text(body.get("payment_intent"))),
        "dispute_id": text(body.get("id")),
        "amount": amount_of(answers.money, body.get("amount"), body.get("currency")),
    }


def _payout(kind: str, body: Json) -> dict[str, Any]:
    return {
        "kind": _PAYOUT_KINDS.get(kind, EventKind.UNKNOWN),
        "payout_id": text(body.get("id")),
        "payout_reference": text(inner(body.get("metadata")).get("reference")),
        "amount": amount_of(answers.money, body.get("amount"), body.get("currency")),
    }


_READERS: Readers = {
    "checkout.session.": _session,
    "payment_intent.": _intent,
    "charge.refunded": _charge_refunded,
    "charge.refund.": _refund,
    "refund.": _refund,
    "charge.dispute.": _dispute,
    "payout.": _payout,
}
