"""The attempts of a payment: one try at one provider each, under a reference of ours that no other try has."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.ids import new_reference
from core.money import Money
from core.uow import UnitOfWork
from payments.payment import Payment, lock_of_attempt
from payments.provider_values import PaymentIds


class AttemptStatus(StrEnum):
    CREATED = "created"  # written down; whether the provider knows it is not known yet
    OPEN = "open"
    PROCESSING = "processing"
    CAPTURED = "captured"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


OPEN = (AttemptStatus.CREATED, AttemptStatus.OPEN, AttemptStatus.PROCESSING)

# A lost webhook is found by asking: soon at first, then every hour, for as long as a late payment is to be expected.
_FIRST_POLLS = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 10, 20, 40))
_HOUR = timedelta(hours=1)
_POLLED_FOR = timedelta(hours=72)
_QUOTED = 8


@dataclass(frozen=True, slots=True)
class Attempt:
    """`captured_amount` is what came in before any refund, `fee` what the provider kept of it; minor units."""

    id: int
    payment_id: int
    account_id: int
    provider: str
    reference: str
    provider_id: str | None
    provider_ref: str | None
    url: str | None
    status: AttemptStatus
    amount: int
    currency: str
    expires_at: datetime | None
    captured_amount: int
    fee: int
    captured_at: datetime | None
    created_at: datetime

    @property
    def ids(self) -> PaymentIds:
        return PaymentIds(self.reference, self.provider_id or "", self.provider_ref or "", self.created_at)

    @property
    def quoted(self) -> str:
        """Of the reference, what people say and type; enough to find it by."""
        return self.reference[-_QUOTED:].upper()

    @property
    def asked(self) -> Money:
        return Money(self.amount, self.currency)


COLUMNS = ", ".join(field.name for field in fields(Attempt))


def attempt_from(row: Mapping[str, Any]) -> Attempt:
    values = {field.name: row[field.name] for field in fields(Attempt)}
    return Attempt(**values | {"status": AttemptStatus(row["status"])})


def next_poll(created_at: datetime, now: datetime) -> datetime | None:
    """None when nothing is to be expected any more."""
    for after in _FIRST_POLLS:
        if created_at + after > now:
            return created_at + after
    return now + _HOUR if now + _HOUR <= created_at + _POLLED_FOR else None


_BEGIN = f"""
INSERT INTO payment_attempts (tenant_id, payment_id, account_id, provider, reference, status, amount, currency,
    expires_at, created_at, poll_at)
VALUES ($1, $2, $3, $4, $5, 'created', $6, $7, $8, $9, $10) RETURNING {COLUMNS}
"""


async def begin(
    uow: UnitOfWork, payment: Payment, *, account_id: int, provider: str, expires_at: datetime | None, now: datetime
) -> Attempt:
    """Written down before the provider is called. The caller holds the payment locked, and no attempt is open."""
    row = await uow.driver.fetchrow(
        _BEGIN,
        *(uow.tenant_id, payment.id, account_id, provider, new_reference("pay"), payment.amount, payment.currency),
        *(expires_at, now, next_poll(now, now)),
    )
    return attempt_from(row)


_GET = f"SELECT {COLUMNS} FROM payment_attempts WHERE tenant_id = $1 AND id = $2"
_FIND = f"""
SELECT {COLUMNS} FROM payment_attempts
WHERE tenant_id = $1 AND account_id = $2
    AND (reference = $3 OR provider_id = $4 AND $4 <> '' OR provider_ref = $5 AND $5 <> '') ORDER BY id LIMIT 2
"""
_OF_PAYMENT = f"SELECT {COLUMNS} FROM payment_attempts WHERE tenant_id = $1 AND payment_id = $2 ORDER BY id"


async def get_attempt(uow: UnitOfWork, attempt_id: int) -> Attempt:
    """Raises LookupError when this tenant has no such attempt."""
    row = await uow.driver.fetchrow(_GET, uow.tenant_id, attempt_id)
    if row is None:
        raise LookupError(f"there is no payment attempt {attempt_id}")
    return attempt_from(row)


async def lock_attempt(uow: UnitOfWork, attempt_id: int) -> tuple[Payment, Attempt]:
    """With its payment, both as whoever worked on them before has left them."""
    return await lock_of_attempt(uow, attempt_id), await get_attempt(uow, attempt_id)


async def find_attempt(uow: UnitOfWork, account_id: int, ids: PaymentIds) -> Attempt | None:
    """By our reference or the provider's names, of this account only; None where nothing or more than one fits."""
    names = (ids.reference, ids.provider_id, ids.provider_ref)
    rows = await uow.driver.fetch(_FIND, uow.tenant_id, account_id, *names) if any(names) else []
    return attempt_from(rows[0]) if len(rows) == 1 else None


async def attempts_of(uow: UnitOfWork, payment_id: int) -> list[Attempt]:
    return [attempt_from(row) for row in await uow.driver.fetch(_OF_PAYMENT, uow.tenant_id, payment_id)]


_CHANGE = f"""
UPDATE payment_attempts SET status = $3, provider_id = coalesce($4, provider_id),
    provider_ref = coalesce($5, provider_ref), url = coalesce($6, url),
    expires_at = coalesce($7, expires_at), poll_at = $8
WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}
"""


async def change(
    uow: UnitOfWork,
    attempt: Attempt,
    status: AttemptStatus,
    *,
    poll_at: datetime | None,
    ids: PaymentIds | None = None,
    url: str = "",
    expires_at: datetime | None = None,
) -> Attempt:
    """What is not said stays; the caller holds the payment locked."""
    names = (ids.provider_id or None, ids.provider_ref or None) if ids else (None, None)
    row = await uow.driver.fetchrow(
        _CHANGE, uow.tenant_id, attempt.id, status, *names, url or None, expires_at, poll_at
    )
    return attempt_from(row)


_CAPTURE = f"""
UPDATE payment_attempts SET captured_amount = $3, fee = $4, captured_at = coalesce(captured_at, $5)
WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}
"""


async def capture(uow: UnitOfWork, attempt: Attempt, captured: int, fee: int, at: datetime) -> Attempt:
    row = await uow.driver.fetchrow(_CAPTURE, uow.tenant_id, attempt.id, captured, fee, at)
    return attempt_from(row)


_POLLED = "UPDATE payment_attempts SET polls = polls + 1, poll_at = $3 WHERE tenant_id = $1 AND id = $2"


async def polled(uow: UnitOfWork, attempt: Attempt, *, poll_at: datetime | None) -> None:
    await uow.driver.execute(_POLLED, uow.tenant_id, attempt.id, poll_at)
