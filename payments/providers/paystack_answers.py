"""Paystack's objects, read: their words for a state by one table each, what is not expected kept raw.

Functions raise KeyError, TypeError or ValueError where an object lacks what makes it usable.
"""

from datetime import datetime
from typing import Any

from core.money import Money
from payments import units
from payments.failures import AmountOutOfRange
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
from payments.wire import Json, inner, instant, text, whole

# A hundredth of the currency's whole, whether or not it has such a coin (XOF has none).
_EXPONENT = 2
_CURRENCIES = frozenset({"NGN", "GHS", "ZAR", "KES", "USD", "XOF"})

_PAYMENT_STATES = {
    "success": PaymentState.PAID,
    "failed": PaymentState.FAILED,
    "abandoned": PaymentState.PENDING,  # nobody has finished it, and it can still be paid
    "queued": PaymentState.PENDING,
    "ongoing": PaymentState.PROCESSING,
    "pending": PaymentState.PROCESSING,
    "processing": PaymentState.PROCESSING,
    "reversed": PaymentState.REVERSED,
}
REFUND_STATES = {
    "pending": RefundState.PENDING,
    "processing": RefundState.PENDING,
    "processed": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "needs-attention": RefundState.NEEDS_ATTENTION,
}
# Of a resolved one; a resolution we do not know leaves it open.
_RESOLUTIONS = {
    "declined": DisputeState.WON,
    "merchant-accepted": DisputeState.LOST,
    "auto-accepted": DisputeState.LOST,
}
_PAYOUT_STATES = {
    "success": PayoutState.PAID,
    "pending": PayoutState.PENDING,
    "received": PayoutState.PENDING,
    "queued": PayoutState.PENDING,
    "processing": PayoutState.PENDING,
    "otp": PayoutState.PENDING,
    "failed": PayoutState.FAILED,
    "abandoned": PayoutState.FAILED,
    "blocked": PayoutState.FAILED,
    "rejected": PayoutState.FAILED,
    "reversed": PayoutState.REVERSED,
}


def to_units(amount: Money) -> int:
    _check(amount.currency)
    return units.to_units(amount, _EXPONENT)


def from_units(amount_units: int, currency: str) -> Money:
    _check(currency)
    return units.from_units(amount_units, _EXPONENT, currency)


def _check(currency: str) -> None:
    if currency not in _CURRENCIES:
        raise AmountOutOfRange(f"{currency} is not offered here", code="currency")


def money(amount: Any, currency: Any) -> Money:
    return from_units(whole(amount), str(currency).upper())


def checkout(data: Json, reference: str) -> Checkout:
    url = str(data["authorization_url"])
    if not url:
        raise ValueError("a transaction without its page")
    return Checkout(PaymentIds(reference, text(data.get("access_code"))), url, None, data)


def payment(data: Json) -> ProviderPayment:
    """A transaction. `amount` is what was paid once it is; `requested_amount` what was asked for, where it is told."""
    raw_status = text(data.get("status"))
    state = _PAYMENT_STATES.get(raw_status, PaymentState.UNKNOWN)
    paid = money(data["amount"], data["currency"])
    asked = money(data["requested_amount"], data["currency"]) if data.get("requested_amount") else paid
    has_come = state in (PaymentState.PAID, PaymentState.REVERSED)
    if state is PaymentState.PAID and paid.minor < asked.minor:
        state = PaymentState.PARTIAL
    return ProviderPayment(
        ids=PaymentIds(text(data.get("reference")), provider_ref=text(data.get("id"))),
        state=state,
        raw_status=raw_status,
        asked=asked,
        captured=paid if has_come else None,
        captured_at=_first_instant(data, "paid_at", "paidAt") if has_come else None,
        fee=units.nearest(whole(data["fees"]), _EXPONENT, paid.currency) if has_come and data.get("fees") else None,
        raw=data,
    )


def refund(data: Json, payment: PaymentIds | None = None) -> ProviderRefund:
    """`payment` where it is known already."""
    raw_status = text(data.get("status"))
    return ProviderRefund(
        provider_id=text(data.get("id")) or str(data["id"]),
        state=REFUND_STATES.get(raw_status, RefundState.UNKNOWN),
        raw_status=raw_status,
        amount=money(data["amount"], data["currency"]),
        payment=payment or transaction_ids(data),
        refund_key=refund_key(data),
        created_at=_first_instant(data, "createdAt", "created_at"),
        raw=data,
    )


def refund_key(data: Json) -> str:
    """Ours is the first word of the merchant's note; a person may have written another one there."""
    note = text(data.get("merchant_note")).split()
    return note[0] if note else ""


def transaction_ids(data: Json) -> PaymentIds:
    """Of a refund or dispute: its transaction is an object, an id, or a reference in one of two fields."""
    transaction = data.get("transaction")
    named = (
        inner(transaction).get("reference"),
        data.get("transaction_reference"),
        data.get("merchant_transaction_reference"),
    )
    return PaymentIds(next(filter(None, map(text, named)), ""), provider_ref=text(transaction))


def dispute(data: Json) -> ProviderDispute:
    raw_status, resolution = text(data.get("status")), text(data.get("resolution"))
    transaction = inner(data.get("transaction"))
    currency = data.get("currency") or transaction["currency"]
    asked_back = money(data["refund_amount"], currency) if data.get("refund_amount") is not None else None
    return ProviderDispute(
        provider_id=text(data.get("id")) or str(data["id"]),
        state=dispute_state(data),
        raw_status=f"{raw_status}/{resolution}" if resolution else raw_status,
        # of one that was declined nothing is asked back: it was of all
        amount=asked_back if asked_back and asked_back.minor else money(transaction["amount"], currency),
        payment=transaction_ids(data),
        opened_at=_first_instant(data, "createdAt", "created_at"),
        due_by=_first_instant(data, "dueAt", "due_at"),
        raw=data,
    )


def dispute_state(data: Json) -> DisputeState:
    is_resolved = data.get("status") == "resolved"
    return _RESOLUTIONS.get(text(data.get("resolution")), DisputeState.OPEN) if is_resolved else DisputeState.OPEN


def payout(data: Json) -> ProviderPayout:
    raw_status = text(data.get("status"))
    return ProviderPayout(
        provider_id=text(data.get("transfer_code")) or text(data.get("id")),
        state=_PAYOUT_STATES.get(raw_status, PayoutState.UNKNOWN),
        raw_status=raw_status,
        amount=money(data["amount"], data["currency"]),
        reference=text(data.get("reference")),
        created_at=_first_instant(data, "createdAt", "created_at"),
        raw=data,
    )


def _first_instant(data: Json, *names: str) -> datetime | None:
    return next((found for name in names if (found := instant(data.get(name)))), None)
