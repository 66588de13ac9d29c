"""What a provider holds for one account: payments, refunds, disputes, payouts, and the balance that follows from them.

Amounts are in the vendor's own units, whatever those are: a mistake of conversion shows here as wrong money.
"""

import heapq
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

_FEE_PERCENT = 2


class Refused(Exception):
    """What the provider says no to; each dialect has its own words for `code`."""

    def __init__(self, code: str, message: str, *, status: int = 400, field_name: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.field_name = code, message, status, field_name


class Status(StrEnum):
    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    PARTIAL = "partial"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass
class Payment:
    id: str
    reference: str
    amount: int
    currency: str
    created_at: datetime
    expires_at: datetime | None
    return_url: str
    description: str
    language: str
    asked: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    status: Status = Status.OPEN
    received: int = 0
    fee: int = 0
    paid_at: datetime | None = None
    was_declined: bool = False

    @property
    def is_payable(self) -> bool:
        return self.status in (Status.OPEN, Status.PROCESSING)


@dataclass
class Refund:
    id: str
    payment: Payment
    amount: int
    note: str
    created_at: datetime
    status: str = "pending"  # pending | succeeded | failed | needs_attention
    asked: dict[str, Any] = field(default_factory=dict)
    number: int = 0


@dataclass
class Dispute:
    id: str
    payment: Payment
    amount: int
    created_at: datetime
    due_by: datetime
    status: str = "open"  # open | won | lost
    number: int = 0


@dataclass
class Payout:
    id: str
    reference: str
    amount: int
    currency: str
    recipient: str
    created_at: datetime
    status: str = "pending"  # pending | paid | failed | reversed
    number: int = 0


class Books:
    def __init__(self) -> None:
        self.payments: dict[str, Payment] = {}
        self.refunds: dict[str, Refund] = {}
        self.disputes: dict[str, Dispute] = {}
        self.payouts: dict[str, Payout] = {}
        self._by_name: dict[str, Payment] = {}
        self._refunds_of: defaultdict[str, list[Refund]] = defaultdict(list)
        self._ends: list[tuple[datetime, str]] = []

    def find(self, name: str) -> Payment | None:
        """By the vendor's id, our reference or the vendor's number."""
        return self._by_name.get(name)

    def payment(self, name: str) -> Payment:
        found = self.find(name)
        if found is None:
            raise Refused("not_found", "Not found.", status=404)
        return found

    def open(self, payment: Payment, *, unique: bool) -> Payment:
        if payment.amount <= 0:
            raise Refused("amount", "Invalid amount", field_name="amount")
        if unique and payment.reference in self._by_name:
            raise Refused("duplicate", "Duplicate Transaction Reference", field_name="reference")
        return self.add(payment)

    def add(self, payment: Payment) -> Payment:
        self.payments[payment.id] = payment
        for name in filter(None, (payment.id, payment.reference, str(payment.number))):
            self._by_name[name] = payment
        if payment.expires_at is not None and payment.status is Status.OPEN:
            heapq.heappush(self._ends, (payment.expires_at, payment.id))
        return payment

    def receive(self, payment: Payment, amount: int, at: datetime) -> None:
        payment.received = amount
        payment.fee = amount * _FEE_PERCENT // 100
        payment.paid_at = at
        payment.status = Status.PAID if amount >= payment.amount else Status.PARTIAL

    def refund(self, refund: Refund) -> Refund:
        payment = refund.payment
        if not payment.received:
            raise Refused("not_paid", "There is nothing to refund.")
        if any(dispute.status != "won" for dispute in self.disputes_of(payment)):
            raise Refused("disputed", "The payment is disputed.")
        if not 0 < refund.amount <= payment.received - self.refunded(payment):
            raise Refused("too_much", "The refund is greater than what is left of the payment.", field_name="amount")
        return self.add_refund(refund)

    def add_refund(self, refund: Refund) -> Refund:
        self.refunds[refund.id] = refund
        self._refunds_of[refund.payment.id].append(refund)
        return refund

    def pay_out(self, payout: Payout) -> Payout:
        if any(other.reference == payout.reference for other in self.payouts.values()):
            raise Refused("duplicate", "Duplicate Transfer Reference", field_name="reference")
        if not 0 < payout.amount <= self.balance(payout.currency):
            raise Refused("balance", "The balance is not enough.", field_name="amount")
        self.payouts[payout.id] = payout
        return payout

    def refunded(self, payment: Payment) -> int:
        """Gone or about to go: what failed stays here."""
        return sum(refund.amount for refund in self.refunds_of(payment) if refund.status != "failed")

    def returned(self, payment: Payment) -> int:
        """What has reached the customer."""
        return sum(refund.amount for refund in self.refunds_of(payment) if refund.status == "succeeded")

    def balance(self, currency: str) -> int:
        paid = [payment for payment in self.payments.values() if payment.currency == currency]
        held = sum(payment.received - payment.fee - self.refunded(payment) for payment in paid)
        disputed = sum(d.amount for d in self.disputes.values() if d.status != "won" and d.payment.currency == currency)
        out = sum(p.amount for p in self.payouts.values() if p.currency == currency and p.status in ("pending", "paid"))
        return held - disputed - out

    def refunds_of(self, payment: Payment) -> list[Refund]:
        return self._refunds_of.get(payment.id, [])

    def disputes_of(self, payment: Payment) -> list[Dispute]:
        return [dispute for dispute in self.disputes.values() if dispute.payment is payment]

    def due(self, now: datetime) -> list[Payment]:
        """Nobody began to pay these in time. Each is told once."""
        ended = []
        while self._ends and self._ends[0][0] <= now:
            payment = self.payments[heapq.heappop(self._ends)[1]]
            if payment.status is Status.OPEN:
                ended.append(payment)
        return ended


def new_id(prefix: str) -> str:
    """Never used before, also after a restart that forgot all."""
    return f"{prefix}{secrets.token_hex(12)}"


def new_number() -> int:
    return 1_000_000_000 + secrets.randbits(40)


def due_after(at: datetime) -> datetime:
    return at + timedelta(days=7)
