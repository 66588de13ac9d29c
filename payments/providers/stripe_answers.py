"""Stripe's objects, read: their words for a state by one table each, what is not expected kept raw.

Functions raise KeyError, TypeError or ValueError where an object lacks what makes it usable.
"""

from collections.abc import Mapping
from typing import Any

from core.money import Money
from payments.provider_values import (
    Checkout,
    DisputeState,
    PaymentIds,
    PaymentState,
    PayoutState,
    ProviderDispute,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundState,
)
from payments.providers.stripe_currencies import from_units
from payments.wire import Json, inner, instant, text, whole

REFUND_STATES = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.NEEDS_ATTENTION,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
# Open too: the needs_response, under_review, warning_… and appeal_… ones, and what comes to be added.
DISPUTE_STATES = {
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
}
PAYOUT_STATES = {
    "pending": PayoutState.PENDING,
    "in_transit": PayoutState.PENDING,
    "paid": PayoutState.PAID,
    "failed": PayoutState.FAILED,
    "canceled": PayoutState.FAILED,
}
# Once the customer has acted: what the session says, then what its intent says.
_PAID = ("paid", "no_payment_required")
_OF_INTENT = {
    "processing": PaymentState.PROCESSING,
    "requires_payment_method": PaymentState.FAILED,
    "canceled": PaymentState.CANCELLED,
}


def money(amount: Any, currency: Any) -> Money:
    return from_units(whole(amount), str(currency).upper())


def checkout(body: Json, reference: str) -> Checkout:
    ids = PaymentIds(reference, str(body["id"]), text(body.get("payment_intent")))
    if not text(body["url"]):
        raise ValueError("a session without its page")
    return Checkout(ids, str(body["url"]), instant(body.get("expires_at")), body)


def payment(session: Json) -> ProviderPayment:
    """A session with its intent, charge and balance transaction, where Stripe has expanded them."""
    intent = inner(session.get("payment_intent"))
    charge = inner(intent.get("latest_charge"))
    balance = inner(charge.get("balance_transaction"))
    currency = session["currency"]
    asked = money(session["amount_total"], currency)
    state = _state(session, intent)
    captured = money(intent.get("amount_received") or session["amount_total"], currency)
    is_paid = state is PaymentState.PAID
    if is_paid and captured.minor < asked.minor:
        state = PaymentState.PARTIAL
    return ProviderPayment(
        ids=session_ids(session),
        state=state,
        raw_status=f"{session.get('status')}/{session.get('payment_status')}",
        asked=asked,
        captured=captured if is_paid else None,
        captured_at=instant(charge.get("created")) if is_paid else None,
        fee=money(balance["fee"], balance["currency"]) if balance else None,
        refunded=money(charge.get("amount_refunded") or 0, currency) if charge else None,
        url=text(session.get("url")),
        raw=session,
    )


def session_ids(session: Json) -> PaymentIds:
    return PaymentIds(
        text(session.get("client_reference_id")), text(session.get("id")), text(session.get("payment_intent"))
    )


def _state(session: Json, intent: Json) -> PaymentState:
    if session.get("payment_status") in _PAID:
        return PaymentState.PAID
    if session.get("status") == "open":
        is_moving = intent.get("status") == "processing"
        return PaymentState.PROCESSING if is_moving else PaymentState.PENDING
    if session.get("status") == "expired":
        return PaymentState.EXPIRED
    if session.get("status") == "complete":
        return _OF_INTENT.get(text(intent.get("status")), PaymentState.PROCESSING)
    return PaymentState.UNKNOWN


def moved(balance: Json) -> ProviderPayment:
    """A line of the balance: amount and currency are those of the charge, the fee is in the balance's currency."""
    charge = inner(balance.get("source"))
    return ProviderPayment(
        ids=PaymentIds(_reference(charge), "", text(charge.get("payment_intent"))),
        state=PaymentState.PAID,
        raw_status=text(charge.get("status")) or "succeeded",
        captured=money(charge.get("amount", balance["amount"]), charge.get("currency", balance["currency"])),
        captured_at=instant(balance.get("created")),
        fee=money(balance["fee"], balance["currency"]),
        refunded=money(charge.get("amount_refunded") or 0, charge["currency"]) if charge else None,
        raw=balance,
    )


def refund(body: Json) -> ProviderRefund:
    raw_status = text(body.get("status"))
    return ProviderRefund(
        provider_id=str(body["id"]),
        state=REFUND_STATES.get(raw_status, RefundState.UNKNOWN),
        raw_status=raw_status,
        amount=money(body["amount"], body["currency"]),
        payment=PaymentIds(provider_ref=text(body.get("payment_intent"))),
        refund_key=text(inner(body.get("metadata")).get("refund_key")),
        created_at=instant(body.get("created")),
        raw=body,
    )


def dispute(body: Json) -> ProviderDispute:
    raw_status = text(body.get("status"))
    return ProviderDispute(
        provider_id=str(body["id"]),
        state=DISPUTE_STATES.get(raw_status, DisputeState.OPEN),
        raw_status=raw_status,
        amount=money(body["amount"], body["currency"]),
        payment=PaymentIds(provider_ref=text(body.get("payment_intent"))),
        fee=_dispute_fee(body),
        opened_at=instant(body.get("created")),
        due_by=instant(inner(body.get("evidence_details")).get("due_by")),
        raw=body,
    )


def _dispute_fee(body: Json) -> Money | None:
    """Of the lines that took the money and, when it was won, gave it back."""
    lines = [inner(line) for line in body.get("balance_transactions") or ()]
    fees = [money(line["fee"], line["currency"]) for line in lines if "fee" in line]
    return sum(fees[1:], fees[0]) if fees else None


def payout(body: Json) -> ProviderPayout:
    raw_status = text(body.get("status"))
    return ProviderPayout(
        provider_id=str(body["id"]),
        state=PAYOUT_STATES.get(raw_status, PayoutState.UNKNOWN),
        raw_status=raw_status,
        amount=money(body["amount"], body["currency"]),
        reference=text(inner(body.get("metadata")).get("reference")),
        created_at=instant(body.get("created")),
        raw=body,
    )


def _reference(body: Mapping[str, Any]) -> str:
    """What we put on the intent, which Stripe copies to its charge."""
    return text(inner(body.get("metadata")).get("reference"))


def intent_ids(intent: Json) -> PaymentIds:
    return PaymentIds(_reference(intent), "", text(intent.get("id")))


def charge_ids(charge: Json) -> PaymentIds:
    return PaymentIds(_reference(charge), "", text(charge.get("payment_intent")))
