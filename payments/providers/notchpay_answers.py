"""Notch Pay's objects, read: several shapes for the same thing, two spellings of a word, unknown statuses kept raw.

Functions raise KeyError, TypeError or ValueError where an object lacks what makes it usable.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.money import Money
from payments import units
from payments.provider_values import (
    Checkout,
    PaymentIds,
    PaymentState,
    PayoutState,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundState,
)
from payments.wire import Json, inner, instant, text, whole

_EXPONENTS = {"XAF": 0, "XOF": 0, "USD": 2, "EUR": 2, "GHS": 2, "NGN": 2}
# Their names (trx.…, trx_…, pay_…) have one of these; our references never do.
_THEIRS = frozenset("._")
_COMPLETED = {"complete": PaymentState.PAID, "completed": PaymentState.PAID, "success": PaymentState.PAID}
PAYMENT_STATES = {
    **_COMPLETED,
    "pending": PaymentState.PENDING,
    "created": PaymentState.PENDING,
    "processing": PaymentState.PROCESSING,
    "incomplete": PaymentState.PARTIAL,
    "partially-pay": PaymentState.PARTIAL,
    "canceled": PaymentState.CANCELLED,
    "cancelled": PaymentState.CANCELLED,
    "failed": PaymentState.FAILED,
    "rejected": PaymentState.FAILED,
    "abandoned": PaymentState.FAILED,
    "expired": PaymentState.EXPIRED,
    "refunded": PaymentState.REVERSED,
    "partialy-refunded": PaymentState.PAID,
    "partially-refunded": PaymentState.PAID,
}
_REFUND_STATES = {
    "pending": RefundState.PENDING,
    "created": RefundState.PENDING,
    "processing": RefundState.PENDING,
    "complete": RefundState.SUCCEEDED,
    "completed": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
}
_PAYOUT_STATES = {
    "pending": PayoutState.PENDING,
    "created": PayoutState.PENDING,
    "processing": PayoutState.PENDING,
    "sent": PayoutState.PENDING,
    "complete": PayoutState.PAID,
    "completed": PayoutState.PAID,
    "failed": PayoutState.FAILED,
    "canceled": PayoutState.FAILED,
    "cancelled": PayoutState.FAILED,
    "reversed": PayoutState.REVERSED,
}


def to_units(amount: Money) -> int:
    return units.to_units(amount, _exponent_of(amount.currency))


def from_units(amount_units: int, currency: str) -> Money:
    return units.from_units(amount_units, _exponent_of(currency), currency)


def _exponent_of(currency: str) -> int:
    return units.exponent_in(_EXPONENTS, currency)


def money(amount: Any, currency: Any) -> Money:
    return from_units(whole(amount), str(currency).upper())


def body_of(body: Json, *names: str) -> Json:
    """The object itself: under one of its names, at the root or in `data`; or it is `data`, or the whole answer."""
    data = inner(body.get("data"))
    found = (inner(place.get(name)) for name in names for place in (body, data))
    return next((place for place in (*found, data) if place), body)


def checkout(body: Json, reference: str) -> Checkout:
    """The link is at the root; `transaction` is an object, or only its name."""
    data = inner(body.get("data"))
    named = body.get("transaction") or data.get("transaction") or body.get("reference") or ""
    found = inner(named) or data
    urls = (body.get("authorization_url"), data.get("authorization_url"), found.get("authorization_url"))
    url = next((text(value) for value in urls if text(value)), "")
    if not url:
        raise ValueError("a payment without its page")
    theirs = ids(found, reference).provider_id or (text(named) if isinstance(named, str) else "")
    return Checkout(PaymentIds(reference, theirs), url, _first_instant(found, "expires_at", "expired_at"), body)


def payment(body: Json, reference: str = "") -> ProviderPayment:
    """`reference` where it is known whose payment was asked for."""
    raw_status = text(body.get("status"))
    state = PAYMENT_STATES.get(raw_status.lower().replace("_", "-"), PaymentState.UNKNOWN)
    currency = body["currency"]
    asked = money(body["amount"], currency)
    received = next((body[name] for name in _RECEIVED if body.get(name) is not None), None)
    has_come = state in (PaymentState.PAID, PaymentState.REVERSED)
    captured = asked if has_come else None
    if received is not None and (has_come or state is PaymentState.PARTIAL):
        captured = money(received, currency)
    if state is PaymentState.PAID and captured is not None and captured.minor < asked.minor:
        state = PaymentState.PARTIAL
    fee = body.get("fee") if body.get("fee") is not None else body.get("fees")
    return ProviderPayment(
        ids=ids(body, reference),
        state=state,
        raw_status=raw_status,
        asked=asked,
        captured=captured,
        captured_at=_first_instant(body, "completed_at", "paid_at", "updated_at") if captured else None,
        fee=money(fee, currency) if captured and isinstance(fee, int | float | str) and fee != "" else None,
        url=text(body.get("authorization_url")),
        raw=body,
    )


# What came in, where it may differ from `amount`, which is what was asked for. None of these is documented.
_RECEIVED = ("amount_received", "amount_paid", "received_amount", "paid_amount")


def ids(body: Json, reference: str = "") -> PaymentIds:
    """Ours may come back as trxref or merchant_reference while `reference` is theirs, or the other way round."""
    names = [text(body.get(name)) for name in ("trxref", "merchant_reference", "reference")]
    ours = reference or next((name for name in names if name and not _THEIRS & set(name)), "")
    others = [name for name in (*reversed(names), text(body.get("id"))) if name and name != ours]
    return PaymentIds(ours, next((name for name in others if _THEIRS & set(name)), "") or next(iter(others), ""))


def refund(body: Json, asked: Money | None = None) -> ProviderRefund:
    """`asked` where the answer may leave out how much."""
    raw_status = text(body.get("status"))
    amount = body.get("amount")
    return ProviderRefund(
        provider_id=_name(body),
        state=_REFUND_STATES.get(raw_status.lower(), RefundState.UNKNOWN),
        raw_status=raw_status,
        amount=asked if asked is not None and amount is None else money(amount, body.get("currency") or _of(asked)),
        payment=refunded_payment(body),
        refund_key=refund_key(body),
        created_at=_first_instant(body, "created_at"),
        raw=body,
    )


def _of(asked: Money | None) -> str:
    return asked.currency if asked else ""


def refunded_payment(body: Json) -> PaymentIds:
    paid = body.get("payment") or body.get("transaction")
    return ids(paid) if isinstance(paid, Mapping) else ids({"reference": paid})


def refund_key(body: Json) -> str:
    """Ours is the first word of the reason."""
    words = text(body.get("reason") or body.get("description")).split()
    return words[0] if words else ""


def payout(body: Json, reference: str = "") -> ProviderPayout:
    raw_status = text(body.get("status"))
    return ProviderPayout(
        provider_id=_name(body),
        state=_PAYOUT_STATES.get(raw_status.lower(), PayoutState.UNKNOWN),
        raw_status=raw_status,
        amount=money(body["amount"], body["currency"]),
        reference=reference or text(body.get("trxref")) or text(body.get("merchant_reference")) or _name(body),
        created_at=_first_instant(body, "created_at"),
        raw=body,
    )


def _name(body: Json) -> str:
    name = text(body.get("id")) or text(body.get("reference"))
    if not name:
        raise ValueError("an object without a name")
    return name


def _first_instant(body: Json, *names: str) -> datetime | None:
    return next((found for name in names if (found := instant(body.get(name)))), None)
