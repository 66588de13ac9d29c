"""Refunds: asked for under the payment's lock, never more than came in, sent once whatever happens in between.

A refund belongs to the attempt whose money goes back. It is approved by rule or by a person, then submitted: written as
submitted only when the provider has answered, asked about first where an earlier answer was lost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.errors import ExpectedError
from core.money import Money
from core.uow import UnitOfWork
from payments import ledger
from payments.attempts import Attempt, attempts_of, lock_attempt
from payments.cases import CaseKind, close_cases_of, open_case
from payments.holders import holder
from payments.ledger import Source
from payments.payment import Payment


class RefundStatus(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


GONE = (RefundStatus.REJECTED, RefundStatus.FAILED)
# What merchants are asked and do not answer in this time is a case.
ANSWERED_WITHIN = timedelta(days=7)


class RefundTooLargeError(ExpectedError):
    """More than what came in and is not on its way back already; `facts["refundable"]` in minor units."""

    reply_key = "payment.refund_too_large"


class RefundDecidedError(ExpectedError):
    """Somebody else has approved or rejected it; `facts["status"]`."""

    reply_key = "payment.refund_decided"


class RefundDisputedError(ExpectedError):
    """The customer's bank is asking for the same money."""

    reply_key = "payment.refund_disputed"


@dataclass(frozen=True, slots=True)
class Refund:
    id: int
    payment_id: int
    attempt_id: int
    amount: int
    currency: str
    status: RefundStatus
    reason: str
    key: str
    requested_by: str
    decided_by: str | None
    provider_id: str | None
    created_at: datetime
    done_at: datetime | None
    tries: int

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


COLUMNS = ", ".join(field.name for field in fields(Refund))


def refund_from(row: Mapping[str, Any]) -> Refund:
    values = {field.name: row[field.name] for field in fields(Refund)}
    return Refund(**values | {"status": RefundStatus(row["status"])})


_OF_PAYMENT = f"SELECT {COLUMNS} FROM refunds WHERE tenant_id = $1 AND payment_id = $2 ORDER BY id"
_BY_KEY = f"""
SELECT {COLUMNS} FROM refunds WHERE tenant_id = $1 AND starts_with(key, $2 || ':') ORDER BY id
"""
_ADD = f"""
INSERT INTO refunds (tenant_id, payment_id, attempt_id, amount, currency, status, reason, key, requested_by, decided_by,
    created_at, try_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING {COLUMNS}
"""
_HAS_DISPUTE = """
SELECT 1 FROM disputes d JOIN payment_attempts a ON a.tenant_id = d.tenant_id AND a.id = d.attempt_id
WHERE d.tenant_id = $1 AND a.payment_id = $2 AND d.status = 'open' LIMIT 1
"""


async def is_disputed(uow: UnitOfWork, payment_id: int) -> bool:
    """While a bank is asking for it nothing is paid back: the same money might go twice."""
    return await uow.driver.fetchval(_HAS_DISPUTE, uow.tenant_id, payment_id) is not None


async def refunds_of(uow: UnitOfWork, payment_id: int) -> list[Refund]:
    return [refund_from(row) for row in await uow.driver.fetch(_OF_PAYMENT, uow.tenant_id, payment_id)]


async def refundable(uow: UnitOfWork, payment: Payment) -> Money:
    """What came in and is not back or on its way, be it by a bank; the caller holds the payment locked."""
    left = await left_of_each(uow, payment)
    return Money(max(sum(minor for _, minor in left), 0), payment.currency)


_LOST = """
SELECT d.attempt_id, sum(d.amount)::bigint AS minor FROM disputes d
JOIN payment_attempts a ON a.tenant_id = d.tenant_id AND a.id = d.attempt_id
WHERE d.tenant_id = $1 AND a.payment_id = $2 AND d.status = 'lost' GROUP BY d.attempt_id
"""


async def left_of_each(uow: UnitOfWork, payment: Payment) -> list[tuple[Attempt, int]]:
    """Of each attempt that brought money; below zero where a bank took what was to go back too."""
    refunds = [refund for refund in await refunds_of(uow, payment.id) if refund.status not in GONE]
    lost = {row["attempt_id"]: row["minor"] for row in await uow.driver.fetch(_LOST, uow.tenant_id, payment.id)}
    return [
        (
            attempt,
            attempt.captured_amount
            - lost.get(attempt.id, 0)
            - sum(refund.amount for refund in refunds if refund.attempt_id == attempt.id),
        )
        for attempt in await attempts_of(uow, payment.id)
        if attempt.captured_amount
    ]


async def request(
    uow: UnitOfWork,
    payment: Payment,
    amount: Money,
    *,
    reason: str,
    key: str,
    by: str,
    is_approved: bool,
    now: datetime,
) -> list[Refund]:
    """One for each attempt whose money goes back, the newest first; the same key again gives the same ones.

    The caller holds the payment locked. `is_approved`: by rule, nobody has to decide; but never under an open dispute,
    when the same money might go back twice. Raises RefundTooLargeError.
    """
    done = [refund_from(row) for row in await uow.driver.fetch(_BY_KEY, uow.tenant_id, key)]
    if done:
        return done
    left = await refundable(uow, payment)
    if amount.currency != payment.currency or not 0 < amount.minor <= left.minor:
        raise RefundTooLargeError(refundable=left.minor)
    approved = is_approved and not await is_disputed(uow, payment.id)
    made = []
    for attempt, minor in await _shares(uow, payment, amount.minor):
        row = await uow.driver.fetchrow(
            _ADD,
            *(uow.tenant_id, payment.id, attempt.id, minor, payment.currency),
            RefundStatus.APPROVED if approved else RefundStatus.REQUESTED,
            *(reason, f"{key}:{attempt.id}", by, "rule" if approved else None, now, now),
        )
        made.append(refund_from(row))
        if approved:
            await _set_out(uow, made[-1], holder(payment, attempt), now)
        else:
            uow.wake("refund", made[-1].id)  # to ask who may decide
    return made


async def _shares(uow: UnitOfWork, payment: Payment, minor: int) -> list[tuple[Attempt, int]]:
    """A second payment goes back before the first is touched."""
    shares = []
    left = await left_of_each(uow, payment)
    for attempt, most in sorted(left, key=lambda one: (one[0].captured_at, one[0].id), reverse=True):
        share = min(minor, most)
        if share > 0:
            shares.append((attempt, share))
            minor -= share
    return shares


async def _set_out(uow: UnitOfWork, refund: Refund, taken_from: str, now: datetime) -> None:
    """From now on this money is on its way back, and nobody's."""
    entries = ledger.refund_asked(refund.money, holder=taken_from)
    await ledger.post(uow, Source("refund", refund.id, "asked"), entries, currency=refund.currency, now=now)
    uow.wake("refund", refund.id)


_DECIDE = f"""
UPDATE refunds SET status = $3, decided_by = $4, try_at = $5, tries = 0
WHERE tenant_id = $1 AND id = $2 AND status = 'requested' RETURNING {COLUMNS}
"""
_GET = f"SELECT {COLUMNS} FROM refunds WHERE tenant_id = $1 AND id = $2"


async def get_refund(uow: UnitOfWork, refund_id: int) -> Refund:
    """Raises LookupError when this tenant has no such refund."""
    row = await uow.driver.fetchrow(_GET, uow.tenant_id, refund_id)
    if row is None:
        raise LookupError(f"there is no refund {refund_id}")
    return refund_from(row)


async def decide(uow: UnitOfWork, refund_id: int, *, is_approved: bool, by: str, now: datetime) -> Refund:
    """requested → approved or rejected, once: RefundDecidedError. Not approved while the same money may go back by a
    dispute: RefundDisputedError."""
    payment, attempt = await lock_attempt(uow, (await get_refund(uow, refund_id)).attempt_id)
    if is_approved and await is_disputed(uow, payment.id):
        raise RefundDisputedError
    status = RefundStatus.APPROVED if is_approved else RefundStatus.REJECTED
    row = await uow.driver.fetchrow(_DECIDE, uow.tenant_id, refund_id, status, by, now if is_approved else None)
    if row is None:
        raise RefundDecidedError(status=(await get_refund(uow, refund_id)).status)
    refund = refund_from(row)
    await close_cases_of(uow, CaseKind.REFUND, f"refund:{refund_id}", by=by, now=now)
    if is_approved:
        await _set_out(uow, refund, holder(payment, attempt), now)
    return refund


_DROP = """
UPDATE refunds SET status = 'rejected', decided_by = $3, try_at = NULL
WHERE tenant_id = $1 AND attempt_id = $2 AND status = 'requested' RETURNING id
"""


async def drop_requested(uow: UnitOfWork, payment: Payment, attempt: Attempt, *, by: str) -> None:
    """Nobody has to decide any more on what went back in another way; the caller holds the payment locked."""
    left = await left_of_each(uow, payment)
    if any(one.id == attempt.id and minor < 0 for one, minor in left):
        now = uow.runtime.clock.now()
        for row in await uow.driver.fetch(_DROP, uow.tenant_id, attempt.id, by):
            await close_cases_of(uow, CaseKind.REFUND, f"refund:{row['id']}", by=by, now=now)


_FIND = f"""
SELECT {", ".join(f"r.{name}" for name in COLUMNS.split(", "))}, a.reference FROM refunds r
JOIN payment_attempts a ON a.tenant_id = r.tenant_id AND a.id = r.attempt_id
WHERE r.tenant_id = $1 AND a.account_id = $2 AND (r.id = $3 OR r.provider_id = $4 AND $4 <> '')
"""
_KEY = re.compile(r"refund-([0-9]{12,18})-[a-z0-9-]{1,12}")
_LOOK_NOW = "UPDATE refunds SET try_at = $3 WHERE tenant_id = $1 AND id = $2 AND status = ANY ($4)"
_UNDER_WAY = (RefundStatus.SUBMITTED, RefundStatus.UNKNOWN)


def refund_key(refund_id: int, reference: str) -> str:
    """What the provider keeps with it, so that it is found again; as references have to be."""
    return f"refund-{refund_id:012d}-{reference[-12:]}"


def refund_in(key: str) -> int | None:
    """Whose key it would be; anybody may have written it."""
    found = _KEY.fullmatch(key)
    return int(found[1]) if found else None


async def find_refund(uow: UnitOfWork, account_id: int, key: str, provider_id: str) -> Refund | None:
    """By our key or the provider's name, as a webhook or a listing gives them; of this account only."""
    for row in await uow.driver.fetch(_FIND, uow.tenant_id, account_id, refund_in(key), provider_id):
        refund = refund_from(row)
        if (provider_id and refund.provider_id == provider_id) or refund_key(refund.id, row["reference"]) == key:
            return refund
    return None


_ASKED = """
UPDATE refunds SET tries = tries + 1, try_at = CASE WHEN tries = 0 THEN $3::timestamptz + $4::interval END
WHERE tenant_id = $1 AND id = $2 AND status = 'requested' AND try_at <= $3 RETURNING payment_id, amount, currency, tries
"""


async def is_to_be_asked(uow: UnitOfWork, refund_id: int) -> bool:
    """Once: whoever gets True asks, in this transaction. Where nobody has answered within days it is a case."""
    now = uow.runtime.clock.now()
    row = await uow.driver.fetchrow(_ASKED, uow.tenant_id, refund_id, now, ANSWERED_WITHIN)
    if row is not None and row["tries"] > 1:
        note = (
            f"refund {refund_id} of {row['amount']} {row['currency']}: nobody has said whether it is to be paid back:"
            " ask the merchants"
        )
        await open_case(uow, CaseKind.REFUND, f"refund:{refund_id}", note, payment_id=row["payment_id"], now=now)
    return row is not None and row["tries"] == 1


async def look_now(uow: UnitOfWork, refund_id: int, *, is_failed: bool) -> None:
    """The provider has news of it; of one that has gone only failure is news."""
    statuses = (*_UNDER_WAY, RefundStatus.SUCCEEDED) if is_failed else _UNDER_WAY
    await uow.driver.execute(_LOOK_NOW, uow.tenant_id, refund_id, uow.runtime.clock.now(), statuses)
