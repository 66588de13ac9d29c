"""Disputes: the money in question is set apart, a person looks at it, refunds of it wait, payouts pause."""

from dataclasses import dataclass
from datetime import datetime

from core.money import Money
from core.uow import UnitOfWork
from payments import ledger
from payments.attempts import Attempt, find_attempt, lock_attempt
from payments.cases import CaseKind, close_cases_of, open_case
from payments.chargebacks import check_rate
from payments.holders import holder
from payments.ledger import Source
from payments.payment import Payment
from payments.provider_values import DisputeState, ProviderDispute
from payments.refunds import drop_requested


@dataclass(frozen=True, slots=True)
class Recorded:
    """A dispute of ours as it is now. `is_news`: it was heard of for the first time, or it has ended since."""

    id: int
    payment: Payment
    state: DisputeState
    amount: Money
    due_by: datetime | None
    is_news: bool


_BEFORE = "SELECT status FROM disputes WHERE tenant_id = $1 AND attempt_id = $2 AND provider_id = $3"
_RECORD = """
INSERT INTO disputes (tenant_id, attempt_id, provider_id, status, said, amount, currency, opened_at, due_by, closed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $4 <> 'open' THEN $10::timestamptz END)
ON CONFLICT (tenant_id, attempt_id, provider_id) DO UPDATE SET said = EXCLUDED.said, due_by = EXCLUDED.due_by,
    status = EXCLUDED.status, closed_at = EXCLUDED.closed_at
WHERE disputes.status = 'open'
RETURNING id, amount, currency, opened_at
"""
_GET = "SELECT id, amount, currency FROM disputes WHERE tenant_id = $1 AND attempt_id = $2 AND provider_id = $3"


async def record(uow: UnitOfWork, account_id: int, dispute: ProviderDispute) -> Recorded | None:
    """What the provider says of it now; out of order too: a closed one stays as it is. None where the payment is not
    one of this account's."""
    found = await find_attempt(uow, account_id, dispute.payment)
    if found is None:
        return None
    now = uow.runtime.clock.now()
    payment, attempt = await lock_attempt(uow, found.id)
    before = await uow.driver.fetchval(_BEFORE, uow.tenant_id, attempt.id, dispute.provider_id)
    row = await uow.driver.fetchrow(
        _RECORD,
        *(uow.tenant_id, attempt.id, dispute.provider_id, dispute.state, dispute.raw_status),
        *(dispute.amount.minor, dispute.amount.currency, dispute.opened_at or now, dispute.due_by, now),
    )
    kept = row or await uow.driver.fetchrow(_GET, uow.tenant_id, attempt.id, dispute.provider_id)
    is_news = row is not None and dispute.state != before
    told = Recorded(
        kept["id"], payment, dispute.state, Money(kept["amount"], kept["currency"]), dispute.due_by, is_news
    )
    if is_news:
        await _set_apart(uow, told, attempt, now)
        await _see_to(uow, told, dispute.raw_status, now)
        if told.state is DisputeState.LOST:
            await drop_requested(uow, payment, attempt, by="provider")
    await _charge(uow, told, attempt, dispute, now)
    if row is not None and before is None:
        await check_rate(uow, attempt.provider, kept["currency"], kept["opened_at"], now=now)
    return told


async def _set_apart(uow: UnitOfWork, told: Recorded, attempt: Attempt, now: datetime) -> None:
    """Also of a dispute that is first heard of when it is over: what happened to the money is written in full."""
    held_by = holder(told.payment, attempt)
    steps = [("opened", ledger.dispute_opened(told.amount, holder=held_by))]
    if told.state is DisputeState.WON:
        steps.append(("closed", ledger.dispute_won(told.amount, holder=held_by)))
    elif told.state is DisputeState.LOST:
        steps.append(("closed", ledger.dispute_lost(attempt.provider, told.amount)))
    for kind, entries in steps:
        source = Source("dispute", told.id, kind)
        await ledger.post(uow, source, entries, currency=told.amount.currency, now=now)


_CHARGE = """
UPDATE disputes d SET fee = $3 FROM (SELECT id, fee FROM disputes WHERE tenant_id = $1 AND id = $2) was
WHERE d.tenant_id = $1 AND d.id = was.id AND was.fee <> $3 RETURNING was.fee
"""


async def _charge(uow: UnitOfWork, told: Recorded, attempt: Attempt, dispute: ProviderDispute, now: datetime) -> None:
    """The provider's fee is the business's to bear, as soon as it is known."""
    fee, currency = dispute.fee, told.amount.currency
    if fee is None or fee.currency != currency:
        return
    before = await uow.driver.fetchval(_CHARGE, uow.tenant_id, told.id, fee.minor)
    if before is not None:
        entries = ledger.dispute_charged(attempt.provider, Money(fee.minor - before, currency))
        await ledger.post(uow, Source("dispute", told.id, f"fee:{fee.minor}"), entries, currency=currency, now=now)


async def _see_to(uow: UnitOfWork, told: Recorded, said: str, now: datetime) -> None:
    """Until the bank has decided it is a case; of one that was lost another stays: what it paid for stands."""
    subject, what = f"dispute:{told.id}", f"dispute of {told.amount.minor} {told.amount.currency}"
    if told.state is DisputeState.OPEN:
        until = f", answer before {told.due_by:%Y-%m-%d}" if told.due_by else ""
        await open_case(uow, CaseKind.DISPUTE, subject, f"{what} ({said}){until}", payment_id=told.payment.id, now=now)
        return
    await close_cases_of(uow, CaseKind.DISPUTE, subject, by="provider", now=now)
    if told.state is DisputeState.LOST:
        note = f"lost {what}: the money is gone, decide about what it had paid for"
        await open_case(uow, CaseKind.DISPUTE_LOST, subject, note, payment_id=told.payment.id, now=now)
