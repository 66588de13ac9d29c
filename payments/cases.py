"""What no rule decides: cases for a person, one open at a time for each subject. docs/payments.md tells what to do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.uow import UnitOfWork


class CaseKind(StrEnum):
    ACCOUNT = "account"
    UNMATCHED = "unmatched"
    PARTIAL = "partial"
    WRONG_CURRENCY = "wrong_currency"
    REFUND = "refund"
    REFUND_OUTSIDE = "refund_outside"
    PAYOUT = "payout"
    DISPUTE = "dispute"
    DISPUTE_LOST = "dispute_lost"
    CHARGEBACK_WARNING = "chargeback_warning"
    CHARGEBACK_RATE = "chargeback_rate"
    DRIFT_WARNING = "drift_warning"
    DRIFT = "drift"
    MISSING_HERE = "reconciliation_missing_here"
    MISSING_THERE = "reconciliation_missing_there"
    AMOUNT = "reconciliation_amount"
    STATUS = "reconciliation_status"
    FEE = "reconciliation_fee"
    INCOMPLETE = "reconciliation_incomplete"


@dataclass(frozen=True, slots=True)
class Case:
    id: int
    kind: str
    payment_id: int | None
    booking_id: int | None
    reference: str | None
    note: str
    opened_at: datetime


_OPEN = """
INSERT INTO payment_cases (tenant_id, kind, subject, payment_id, note, opened_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, kind, subject) WHERE closed_at IS NULL DO NOTHING RETURNING id
"""
_HAS_DECIDED = """
SELECT 1 FROM payment_cases WHERE tenant_id = $1 AND kind = $2 AND subject = $3 AND closed_by <> ALL ($4) LIMIT 1
"""
_CLOSE = """
UPDATE payment_cases SET closed_at = $3, closed_by = $4
WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL RETURNING id
"""
_OPEN_AT = """
SELECT kind, subject FROM payment_cases WHERE tenant_id = $1 AND closed_at IS NULL AND starts_with(subject, $2)
"""
_CLOSE_OF = """
UPDATE payment_cases SET closed_at = $4, closed_by = $5
WHERE tenant_id = $1 AND kind = $2 AND subject = $3 AND closed_at IS NULL
"""
# Who closes what settles itself; all others are people.
PROVIDER, RECONCILIATION = "provider", "reconciliation"
_LIST = """
SELECT c.id, c.kind, c.payment_id, p.booking_id, c.note, c.opened_at,
    (SELECT a.reference FROM payment_attempts a WHERE a.tenant_id = $1 AND a.payment_id = c.payment_id
     ORDER BY a.captured_at DESC NULLS LAST, a.id DESC LIMIT 1) AS reference
FROM payment_cases c LEFT JOIN payments p ON p.tenant_id = $1 AND p.id = c.payment_id
WHERE c.tenant_id = $1 AND c.closed_at IS NULL ORDER BY c.id
"""


async def open_case(
    uow: UnitOfWork, kind: CaseKind, subject: str, note: str, *, payment_id: int | None, now: datetime
) -> bool:
    """False when one of this kind and subject is open already. The note says what happened and what to do."""
    return await uow.driver.fetchval(_OPEN, uow.tenant_id, kind, subject, payment_id, note, now) is not None


async def open_unless_decided(
    uow: UnitOfWork, kind: CaseKind, subject: str, note: str, *, payment_id: int | None, now: datetime
) -> bool:
    """For what is found again by each look: not once a person has closed it."""
    by_itself = [PROVIDER, RECONCILIATION]
    if await uow.driver.fetchval(_HAS_DECIDED, uow.tenant_id, kind, subject, by_itself) is not None:
        return False
    return await open_case(uow, kind, subject, note, payment_id=payment_id, now=now)


async def close_case(uow: UnitOfWork, case_id: int, *, by: str, now: datetime) -> bool:
    return await uow.driver.fetchval(_CLOSE, uow.tenant_id, case_id, now, by) is not None


async def close_cases_of(uow: UnitOfWork, kind: CaseKind, subject: str, *, by: str, now: datetime) -> None:
    """What was open has settled itself."""
    await uow.driver.execute(_CLOSE_OF, uow.tenant_id, kind, subject, now, by)


async def open_subjects(uow: UnitOfWork, beginning: str) -> set[tuple[CaseKind, str]]:
    """Kind and subject of the open cases whose subject begins so."""
    return {
        (CaseKind(row["kind"]), row["subject"]) for row in await uow.driver.fetch(_OPEN_AT, uow.tenant_id, beginning)
    }


async def list_cases(uow: UnitOfWork) -> list[Case]:
    """The open ones, oldest first."""
    return [Case(**dict(row)) for row in await uow.driver.fetch(_LIST, uow.tenant_id)]
