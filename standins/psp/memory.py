"""The books of an account as JSON and back: what a demo remembers over a restart."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from standins.psp.books import Books, Dispute, Payment, Payout, Refund, Status

_TIMES = frozenset({"created_at", "expires_at", "paid_at", "due_by"})


def as_json(books: Books) -> dict[str, Any]:
    return {
        "payments": [asdict(payment) for payment in books.payments.values()],
        "refunds": [_with_payment(refund) for refund in books.refunds.values()],
        "disputes": [_with_payment(dispute) for dispute in books.disputes.values()],
        "payouts": [asdict(payout) for payout in books.payouts.values()],
    }


def from_json(kept: dict[str, Any]) -> Books:
    """Refunds and payouts that were under way when all stopped are done by now."""
    books = Books()
    for entry in kept.get("payments", ()):
        known = _read(entry)
        books.add(Payment(**(known | {"status": Status(known["status"])})))
    for entry in kept.get("refunds", ()):
        refund = Refund(**_read(entry) | {"payment": books.payments[entry["payment"]]})
        refund.status = "succeeded" if refund.status == "pending" else refund.status
        books.add_refund(refund)
    for entry in kept.get("disputes", ()):
        books.disputes[entry["id"]] = Dispute(**_read(entry) | {"payment": books.payments[entry["payment"]]})
    for entry in kept.get("payouts", ()):
        payout = Payout(**_read(entry))
        payout.status = "paid" if payout.status == "pending" else payout.status
        books.payouts[payout.id] = payout
    return books


def _with_payment(entry: Refund | Dispute) -> dict[str, Any]:
    return {field.name: getattr(entry, field.name) for field in fields(entry)} | {"payment": entry.payment.id}


def _read(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name in _TIMES and value else value for name, value in entry.items()}
