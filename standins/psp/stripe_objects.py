"""Stripe's objects as its API shows them, and the expansion of the ids in them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from standins.psp.books import Books, Dispute, Payment, Payout, Refund, Refused, Status

Json = dict[str, Any]

_SESSION = {
    Status.OPEN: ("open", "unpaid"),
    Status.PROCESSING: ("complete", "unpaid"),
    Status.PAID: ("complete", "paid"),
    Status.PARTIAL: ("complete", "paid"),
    Status.FAILED: ("complete", "unpaid"),
    Status.EXPIRED: ("expired", "unpaid"),
    Status.CANCELLED: ("expired", "unpaid"),
}
_INTENT = {Status.PROCESSING: "processing", Status.PAID: "succeeded", Status.PARTIAL: "succeeded"}
_DISPUTE = {"open": "needs_response", "won": "won", "lost": "lost"}
_REFUND = {"needs_attention": "requires_action"}
_PAYOUT = {"reversed": "failed"}


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def intent_id(payment: Payment) -> str:
    return f"pi_{payment.number}"


def session(payment: Payment, url: str) -> Json:
    status, payment_status = _SESSION[payment.status]
    return {
        "id": payment.id,
        "object": "checkout.session",
        "amount_subtotal": payment.amount,
        "amount_total": payment.amount,
        "cancel_url": payment.return_url,
        "client_reference_id": payment.reference,
        "created": seconds(payment.created_at),
        "currency": payment.currency.lower(),
        "expires_at": seconds(payment.expires_at) if payment.expires_at else None,
        "livemode": False,
        "locale": payment.language,
        "metadata": payment.asked.get("metadata", {}),
        "mode": "payment",
        "payment_intent": intent_id(payment) if _has_intent(payment) else None,
        "payment_status": payment_status,
        "status": status,
        "success_url": payment.return_url,
        "url": url if status == "open" else None,
    }


def _has_intent(payment: Payment) -> bool:
    return payment.status in (*_INTENT, Status.FAILED)


def intent(payment: Payment) -> Json:
    return {
        "id": intent_id(payment),
        "object": "payment_intent",
        "amount": payment.amount,
        "amount_received": payment.received,
        "created": seconds(payment.created_at),
        "currency": payment.currency.lower(),
        "latest_charge": f"ch_{payment.number}" if payment.received else None,
        "livemode": False,
        "metadata": payment.asked.get("intent_metadata", {}),
        "status": _INTENT.get(payment.status, "requires_payment_method"),
    }


def charge(books: Books, payment: Payment) -> Json:
    returned = books.returned(payment)
    assert payment.paid_at is not None
    return {
        "id": f"ch_{payment.number}",
        "object": "charge",
        "amount": payment.received,
        "amount_captured": payment.received,
        "amount_refunded": returned,
        "balance_transaction": f"txn_{payment.number}",
        "created": seconds(payment.paid_at),
        "currency": payment.currency.lower(),
        "disputed": bool(books.disputes_of(payment)),
        "livemode": False,
        "metadata": payment.asked.get("intent_metadata", {}),
        "paid": True,
        "payment_intent": intent_id(payment),
        "refunded": returned == payment.received,
        "status": "succeeded",
    }


def balance_line(payment: Payment) -> Json:
    assert payment.paid_at is not None
    return _line(f"txn_{payment.number}", "charge", payment.received, payment.fee, payment, payment.paid_at, "ch_")


def refund_line(refund: Refund) -> Json:
    return _line(
        f"txn_re{refund.number}", "refund", -refund.amount, 0, refund.payment, refund.created_at, "", refund.id
    )


def _line(
    name: str, kind: str, amount: int, fee: int, payment: Payment, at: datetime, prefix: str, source: str = ""
) -> Json:
    return {
        "id": name,
        "object": "balance_transaction",
        "amount": amount,
        "created": seconds(at),
        "currency": payment.currency.lower(),
        "fee": fee,
        "net": amount - fee,
        "source": source or f"{prefix}{payment.number}",
        "status": "available",
        "type": kind,
    }


def refund(entry: Refund) -> Json:
    return {
        "id": entry.id,
        "object": "refund",
        "amount": entry.amount,
        "charge": f"ch_{entry.payment.number}",
        "created": seconds(entry.created_at),
        "currency": entry.payment.currency.lower(),
        "metadata": entry.asked.get("metadata", {}),
        "payment_intent": intent_id(entry.payment),
        "reason": entry.note or None,
        "status": _REFUND.get(entry.status, entry.status),
    }


def dispute(entry: Dispute) -> Json:
    return {
        "id": entry.id,
        "object": "dispute",
        "amount": entry.amount,
        "balance_transactions": [],
        "charge": f"ch_{entry.payment.number}",
        "created": seconds(entry.created_at),
        "currency": entry.payment.currency.lower(),
        "evidence_details": {"due_by": seconds(entry.due_by), "has_evidence": False, "submission_count": 0},
        "livemode": False,
        "metadata": {},
        "payment_intent": intent_id(entry.payment),
        "reason": "general",
        "status": _DISPUTE[entry.status],
    }


def payout(entry: Payout) -> Json:
    return {
        "id": entry.id,
        "object": "payout",
        "amount": entry.amount,
        "arrival_date": seconds(entry.created_at),
        "created": seconds(entry.created_at),
        "currency": entry.currency.lower(),
        "livemode": False,
        "metadata": {"reference": entry.reference},
        "status": _PAYOUT.get(entry.status, entry.status),
        "type": "bank_account",
    }


def event(name: str, kind: str, body: Json, at: datetime, version: str) -> Json:
    return {
        "id": name,
        "object": "event",
        "api_version": version,
        "created": seconds(at),
        "data": {"object": body},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def expand(books: Books, body: Json, paths: Iterable[str]) -> Json:
    """Each path, such as payment_intent.latest_charge, leads over ids to the objects that take their place."""
    for path in paths:
        _expand(books, body, path.split("."))
    return body


def _expand(books: Books, body: Json, path: list[str]) -> None:
    name, rest = path[0], path[1:]
    value = body.get(name)
    if isinstance(value, list):
        for entry in value:
            _expand(books, entry, rest)
        return
    if isinstance(value, str):
        value = body[name] = _by_id(books, value)
    if isinstance(value, dict) and rest:
        _expand(books, value, rest)


def _by_id(books: Books, name: str) -> Json:
    prefix, _, number = name.partition("_")
    if prefix == "re" and name in books.refunds:
        return refund(books.refunds[name])
    payment = books.find(number)
    if payment is None:
        raise Refused("resource_missing", f"No such object: {name}", status=404)
    shapes = {"pi": intent, "txn": balance_line}
    return shapes[prefix](payment) if prefix in shapes else charge(books, payment)
