"""Disputes: the money in question is set apart, a person looks at it, refunds of it wait."""

from datetime import datetime

from core.uow import UnitOfWork
from payments import ledger
from payments.attempts import Attempt, find_attempt
from payments.cases import close_cases_of, open_case
from payments.ledger import Source
from payments.payment import lock
from payments.provider_values import DisputeState, ProviderDispute

_RECORD = """
INSERT INTO disputes (tenant_id, attempt_id, provider_id, status, said, amount, currency, opened_at, due_by, closed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $4 <> 'open' THEN $10::timestamptz END)
ON CONFLICT (tenant_id, attempt_id, provider_id) DO UPDATE SET said = EXCLUDED.said, due_by = EXCLUDED.due_by,
    status = EXCLUDED.status, closed_at = EXCLUDED.closed_at
WHERE disputes.status = 'open' OR EXCLUDED.status <> 'open'
RETURNING id, status
"""


async def record(uow: UnitOfWork, account_id: int, dispute: ProviderDispute) -> bool:
    """What the provider says of it now; out of order too: a closed one is not opened again. False where the payment is
    not one of this account's."""
    attempt = await find_attempt(uow, account_id, dispute.payment)
    if attempt is None:
        return False
    now = uow.runtime.clock.now()
    await lock(uow, attempt.payment_id)
    row = await uow.driver.fetchrow(
        _RECORD,
        *(uow.tenant_id, attempt.id, dispute.provider_id, dispute.state, dispute.raw_status),
        *(dispute.amount.minor, dispute.amount.currency, dispute.opened_at or now, dispute.due_by, now),
    )
    if row is None:
        return True
    is_new = await _set_apart(uow, row["id"], attempt, dispute, now)
    subject, what = f"dispute:{row['id']}", f"dispute of {dispute.amount.minor} {dispute.amount.currency}"
    if dispute.state is DisputeState.OPEN:
        until = f", answer before {dispute.due_by:%Y-%m-%d}" if dispute.due_by else ""
        note = f"{what} ({dispute.raw_status}){until}"
        await open_case(uow, "dispute", subject, note, payment_id=attempt.payment_id, now=now)
    else:
        await close_cases_of(uow, "dispute", subject, by="provider", now=now)
    if dispute.state is DisputeState.LOST and is_new:
        note = f"lost {what}: the money is gone, decide about what it had paid for"
        await open_case(uow, "dispute_lost", subject, note, payment_id=attempt.payment_id, now=now)
    return True


async def _set_apart(
    uow: UnitOfWork, dispute_id: int, attempt: Attempt, dispute: ProviderDispute, now: datetime
) -> bool:
    """Also of a dispute that is first heard of when it is over: what happened to the money is written in full. False
    when all of it was known."""
    steps = [("opened", ledger.dispute_opened(dispute.amount))]
    if dispute.state is DisputeState.WON:
        steps.append(("closed", ledger.dispute_won(dispute.amount)))
    elif dispute.state is DisputeState.LOST:
        steps.append(("closed", ledger.dispute_lost(attempt.provider, dispute.amount)))
    is_new = False
    for kind, entries in steps:
        source = Source("dispute", dispute_id, kind)
        is_new = await ledger.post(uow, source, entries, currency=dispute.amount.currency, now=now)
    return is_new
