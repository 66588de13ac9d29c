"""Refunds that somebody made in the provider's own dashboard: written down as what they are, and shown to a person."""

from datetime import datetime

from core.uow import UnitOfWork
from payments import ledger
from payments.attempts import find_attempt, lock_attempt
from payments.cases import CaseKind, open_case
from payments.holders import holder
from payments.ledger import Source
from payments.payment import count
from payments.provider_values import ProviderRefund
from payments.refund_returns import next_look
from payments.refunds import COLUMNS, GONE, Refund, RefundStatus, drop_requested, refund_from, refunds_of

REASON = "outside"
_BY = "provider"

_ADD = f"""
INSERT INTO refunds (tenant_id, payment_id, attempt_id, amount, currency, status, reason, key, requested_by, decided_by,
    provider_id, created_at, done_at, try_at)
VALUES ($1, $2, $3, $4, $5, 'succeeded', '{REASON}', $6, '{_BY}', '{_BY}', $7, $8, $9, $10)
ON CONFLICT (tenant_id, key) DO NOTHING RETURNING {COLUMNS}
"""


async def record(uow: UnitOfWork, account_id: int, found: ProviderRefund) -> Refund | None:
    """One that has gone and is none of ours. None where its payment is not ours either, where it is more than came in,
    or where one of ours is on its way that it may turn out to be: then it stays a difference, till that has settled.

    Whoever was to decide on the same money need not any more.
    """
    known = await find_attempt(uow, account_id, found.payment)
    if known is None or known.currency != found.amount.currency:
        return None
    now = uow.runtime.clock.now()
    payment, attempt = await lock_attempt(uow, known.id)
    others = [one for one in await refunds_of(uow, payment.id) if one.attempt_id == attempt.id]
    going = [one for one in others if one.status not in (*GONE, RefundStatus.REQUESTED)]
    left = attempt.captured_amount - sum(one.amount for one in going)
    if found.amount.minor > left or any(one.provider_id is None for one in going):
        return None
    key = f"{REASON}:{account_id}:{found.provider_id}"
    values = (payment.id, attempt.id, found.amount.minor, attempt.currency, key, found.provider_id)
    row = await uow.driver.fetchrow(_ADD, uow.tenant_id, *values, found.created_at or now, now, next_look(now, now))
    if row is None:
        return None
    refund = refund_from(row)
    await drop_requested(uow, payment, attempt, by=_BY)
    await _write_down(uow, refund, attempt.provider, holder(payment, attempt), now)
    return refund


async def _write_down(uow: UnitOfWork, refund: Refund, provider: str, taken_from: str, now: datetime) -> None:
    """As any other: asked for and done."""
    for kind, entries in (
        ("asked", ledger.refund_asked(refund.money, holder=taken_from)),
        ("done", ledger.refund_done(provider, refund.money)),
    ):
        await ledger.post(uow, Source("refund", refund.id, kind), entries, currency=refund.currency, now=now)
    await count(uow, refund.payment_id, now=now)
    note = (
        f"{refund.amount} {refund.currency} were paid back in the provider's dashboard ({refund.provider_id}) and are"
        " written down: see whether the booking is to stand, and close this"
    )
    await open_case(uow, CaseKind.REFUND_OUTSIDE, f"refund:{refund.id}", note, payment_id=refund.payment_id, now=now)
