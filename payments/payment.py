"""A payment: what is to be paid for a booking, and the one table that says which status may follow which.

Failed, expired and cancelled are not final for money: a payment that comes late is real. The captured and refunded
amounts follow from attempts and refunds, the status of what was paid from these two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.money import Money
from core.uow import UnitOfWork


class PaymentStatus(StrEnum):
    CREATED = "created"
    LINK_SENT = "link_sent"
    PENDING = "pending"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_S = PaymentStatus
_UNPAID = frozenset({_S.CREATED, _S.LINK_SENT, _S.PENDING, _S.FAILED, _S.EXPIRED, _S.CANCELLED})
_MONEY = frozenset({_S.PAID, _S.PARTIALLY_REFUNDED, _S.REFUNDED})
TRANSITIONS: Mapping[PaymentStatus, frozenset[PaymentStatus]] = {
    _S.CREATED: frozenset({_S.LINK_SENT, _S.PENDING, _S.FAILED, _S.EXPIRED, _S.CANCELLED}) | _MONEY,
    _S.LINK_SENT: frozenset({_S.PENDING, _S.FAILED, _S.EXPIRED, _S.CANCELLED}) | _MONEY,
    _S.PENDING: frozenset({_S.FAILED, _S.EXPIRED, _S.CANCELLED}) | _MONEY,
    _S.FAILED: frozenset({_S.PENDING, _S.EXPIRED, _S.CANCELLED}) | _MONEY,
    _S.EXPIRED: _MONEY,
    _S.CANCELLED: _MONEY,
    _S.PAID: frozenset({_S.PARTIALLY_REFUNDED, _S.REFUNDED}),
    _S.PARTIALLY_REFUNDED: frozenset({_S.PAID, _S.REFUNDED}),  # a refund may turn out to have failed
    _S.REFUNDED: frozenset({_S.PAID, _S.PARTIALLY_REFUNDED}),  # so may the last; a second payment may come in
}


@dataclass(frozen=True, slots=True)
class Payment:
    """Amounts are in ISO minor units of `currency`; `amount` is what is asked for. `hold_cap` is how long the time may
    be kept for somebody who is paying, once it was."""

    id: int
    booking_id: int
    customer_id: int
    purpose: str
    amount: int
    currency: str
    status: PaymentStatus
    captured_amount: int
    refunded_amount: int
    expires_at: datetime
    superseded_by: int | None
    paid_at: datetime | None
    hold_cap: datetime | None
    released_at: datetime | None
    created_at: datetime

    @property
    def asked(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def captured(self) -> Money:
        return Money(self.captured_amount, self.currency)

    @property
    def is_paid(self) -> bool:
        """Enough has come in, whatever has gone back since."""
        return self.captured_amount >= self.amount

    @property
    def may_be_paid(self) -> bool:
        return self.superseded_by is None and self.status in _UNPAID - {_S.EXPIRED, _S.CANCELLED}


COLUMNS = ", ".join(field.name for field in fields(Payment))


def payment_from(row: Mapping[str, Any]) -> Payment:
    values = {field.name: row[field.name] for field in fields(Payment)}
    return Payment(**values | {"status": PaymentStatus(row["status"])})


_LIVE = f"""
SELECT {COLUMNS} FROM payments
WHERE tenant_id = $1 AND booking_id = $2 AND purpose = $3 AND superseded_by IS NULL
"""
_ASK = f"""
INSERT INTO payments (tenant_id, booking_id, customer_id, purpose, amount, currency, status, expires_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 'created', $7, $8)
ON CONFLICT (tenant_id, booking_id, purpose) WHERE superseded_by IS NULL DO NOTHING RETURNING {COLUMNS}
"""


async def ask(
    uow: UnitOfWork,
    *,
    booking_id: int,
    customer_id: int,
    purpose: str,
    amount: Money,
    expires_at: datetime,
    now: datetime,
) -> Payment:
    """The payment of this booking and purpose: asking twice gives the same one."""
    what = (booking_id, customer_id, purpose, amount.minor, amount.currency, expires_at, now)
    row = await uow.driver.fetchrow(_ASK, uow.tenant_id, *what)
    row = row or await uow.driver.fetchrow(_LIVE, uow.tenant_id, booking_id, purpose)
    return payment_from(row)


_GET = f"SELECT {COLUMNS} FROM payments WHERE tenant_id = $1 AND id = $2"
_OF_BOOKING = f"SELECT {COLUMNS} FROM payments WHERE tenant_id = $1 AND booking_id = $2 ORDER BY id"


async def get(uow: UnitOfWork, payment_id: int) -> Payment:
    """Raises LookupError when this tenant has no such payment."""
    row = await uow.driver.fetchrow(_GET, uow.tenant_id, payment_id)
    if row is None:
        raise LookupError(f"there is no payment {payment_id}")
    return payment_from(row)


async def lock(uow: UnitOfWork, payment_id: int) -> Payment:
    """Whoever else works on this payment is waited for; the row and all that follows show their work. Raises
    LookupError when this tenant has no such payment."""
    row = await uow.driver.fetchrow(f"{_GET} FOR UPDATE", uow.tenant_id, payment_id)
    if row is None:
        raise LookupError(f"there is no payment {payment_id}")
    return payment_from(row)


_LOCK_OF_ATTEMPT = f"""
SELECT {COLUMNS} FROM payments
WHERE tenant_id = $1 AND id = (SELECT payment_id FROM payment_attempts WHERE tenant_id = $1 AND id = $2) FOR UPDATE
"""


async def lock_of_attempt(uow: UnitOfWork, attempt_id: int) -> Payment:
    """The same by one of its attempts. Raises LookupError when this tenant has no such attempt."""
    row = await uow.driver.fetchrow(_LOCK_OF_ATTEMPT, uow.tenant_id, attempt_id)
    if row is None:
        raise LookupError(f"there is no payment attempt {attempt_id}")
    return payment_from(row)


_LATEST = f"""
SELECT {COLUMNS} FROM payments WHERE tenant_id = $1 AND customer_id = $2 AND created_at > $3 ORDER BY id DESC LIMIT 1
"""


async def latest_of(uow: UnitOfWork, customer_id: int, *, since: datetime) -> Payment | None:
    row = await uow.driver.fetchrow(_LATEST, uow.tenant_id, customer_id, since)
    return payment_from(row) if row else None


_LOCK_OF_BOOKING = "SELECT id FROM payments WHERE tenant_id = $1 AND booking_id = $2 ORDER BY id FOR UPDATE"


async def lock_of_booking(uow: UnitOfWork, booking_id: int) -> bool:
    """False where nothing was ever to be paid, as for most bookings."""
    return bool(await uow.driver.fetch(_LOCK_OF_BOOKING, uow.tenant_id, booking_id))


async def of_booking(uow: UnitOfWork, booking_id: int) -> list[Payment]:
    return [payment_from(row) for row in await uow.driver.fetch(_OF_BOOKING, uow.tenant_id, booking_id)]


_UNPAID_OF = """
SELECT id FROM payments
WHERE tenant_id = $1 AND booking_id = ANY ($2::bigint[]) AND status IN ('created', 'link_sent', 'pending', 'failed')
"""


async def unpaid_of(uow: UnitOfWork, booking_ids: Sequence[int]) -> list[int]:
    if not booking_ids:
        return []
    return [row["id"] for row in await uow.driver.fetch(_UNPAID_OF, uow.tenant_id, list(booking_ids))]


_MOVE = f"UPDATE payments SET status = $3 WHERE tenant_id = $1 AND id = $2 AND status = ANY ($4) RETURNING {COLUMNS}"


async def move(uow: UnitOfWork, payment_id: int, target: PaymentStatus) -> Payment | None:
    """Along the table of transitions; None where it is not in a status from which `target` may follow."""
    origins = [status for status, targets in TRANSITIONS.items() if target in targets]
    row = await uow.driver.fetchrow(_MOVE, uow.tenant_id, payment_id, target, origins)
    return payment_from(row) if row else None


_PROLONG = f"""
WITH linked AS (
    UPDATE payment_links SET expires_at = $3 WHERE tenant_id = $1 AND payment_id = $2 AND ended_at IS NULL
)
UPDATE payments SET expires_at = $3, hold_cap = $4, reminded_at = NULL
WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}
"""


async def prolong(uow: UnitOfWork, payment: Payment, until: datetime, *, hold_cap: datetime) -> Payment:
    """With its link; the new end is seen to like the first. The caller holds the payment locked and has the booking
    held as long."""
    row = await uow.driver.fetchrow(_PROLONG, uow.tenant_id, payment.id, until, hold_cap)
    return payment_from(row)


_REMIND = """
UPDATE payments SET reminded_at = $3
WHERE tenant_id = $1 AND id = $2 AND reminded_at IS NULL AND expires_at > $3
    AND status IN ('created', 'link_sent', 'pending', 'failed') RETURNING id
"""


async def is_to_be_reminded(uow: UnitOfWork, payment_id: int, *, now: datetime) -> bool:
    """Once: whoever gets True writes it, in this transaction."""
    return await uow.driver.fetchval(_REMIND, uow.tenant_id, payment_id, now) is not None


_RELEASED = f"UPDATE payments SET released_at = $3 WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}"


async def mark_released(uow: UnitOfWork, payment_id: int, *, now: datetime) -> Payment:
    """See payments/releases.py; the caller holds the payment locked."""
    return payment_from(await uow.driver.fetchrow(_RELEASED, uow.tenant_id, payment_id, now))


# Every status may become each of those of money (TRANSITIONS); while not enough came in the attempts say which it is.
_COUNT = f"""
UPDATE payments p SET captured_amount = c.minor, refunded_amount = r.minor,
    status = CASE WHEN r.minor > 0 THEN CASE WHEN r.minor >= c.minor THEN 'refunded' ELSE 'partially_refunded' END
                  WHEN c.minor >= p.amount THEN 'paid' ELSE p.status END,
    paid_at = coalesce(p.paid_at, CASE WHEN c.minor >= p.amount THEN $3::timestamptz END)
FROM (SELECT coalesce(sum(captured_amount), 0)::bigint AS minor FROM payment_attempts
      WHERE tenant_id = $1 AND payment_id = $2) c,
     (SELECT coalesce(sum(amount), 0)::bigint AS minor FROM refunds
      WHERE tenant_id = $1 AND payment_id = $2 AND status = 'succeeded') r
WHERE p.tenant_id = $1 AND p.id = $2
RETURNING {", ".join(f"p.{name}" for name in COLUMNS.split(", "))}
"""


async def count(uow: UnitOfWork, payment_id: int, *, now: datetime) -> Payment:
    """Adds attempts and refunds up anew; the caller holds the payment locked. The amounts never come from an event."""
    return payment_from(await uow.driver.fetchrow(_COUNT, uow.tenant_id, payment_id, now))
