"""Release: the service is done and nobody complained, so what is left of its payment is the business's.

What the provider kept and what the platform takes for it are charged to the business at that moment, also where all
was paid back: that may leave it owing a little.
"""

from collections.abc import Sequence
from datetime import datetime

from core.money import Money
from core.uow import UnitOfWork
from payments import ledger
from payments.accounts import get_account
from payments.attempts import Attempt, attempts_of
from payments.holders import holder
from payments.ledger import Source
from payments.payment import Payment, lock, mark_released
from payments.refunds import GONE, Refund, RefundStatus, refunds_of

_KEPT_OUT = """
SELECT attempt_id, sum(amount)::bigint AS minor FROM disputes
WHERE tenant_id = $1 AND attempt_id = ANY ($2::bigint[]) AND status <> 'won' GROUP BY attempt_id
"""


async def release(uow: UnitOfWork, payment_id: int) -> bool:
    """Once, under the payment's lock: False where it was done before, or somebody has yet to decide on a refund.

    What is in dispute, or on its way back, is left where it is. The caller knows that the service is over.
    """
    now = uow.runtime.clock.now()
    payment, refunds = await lock(uow, payment_id), await refunds_of(uow, payment_id)
    if payment.released_at is not None or any(refund.status is RefundStatus.REQUESTED for refund in refunds):
        return False
    attempts = [attempt for attempt in await attempts_of(uow, payment.id) if attempt.captured_amount]
    left = await _left(uow, attempts, refunds)
    payment = await mark_released(uow, payment.id, now=now)
    for attempt in attempts:
        await _release(uow, attempt, left[attempt.id], holder(payment, attempt), now)
    return True


async def pass_on(
    uow: UnitOfWork, payment: Payment, attempt: Attempt, came: Money, fee: Money, *, now: datetime
) -> None:
    """What comes in after the release is the business's at once, with its fee; nothing is taken for it. `attempt` as it
    is with it; the caller holds the payment locked."""
    if payment.released_at is not None:
        nothing = Money(0, came.currency)
        entries = ledger.released(came, fee=fee, commission=nothing, holder=holder(payment, attempt))
        source = Source("release", attempt.id, f"late:{attempt.captured_amount}:{attempt.fee}")
        await ledger.post(uow, source, entries, currency=came.currency, now=now)


async def _left(uow: UnitOfWork, attempts: Sequence[Attempt], refunds: Sequence[Refund]) -> dict[int, int]:
    """What escrow holds of each: below zero where a bank took what had gone back already."""
    rows = await uow.driver.fetch(_KEPT_OUT, uow.tenant_id, [attempt.id for attempt in attempts])
    disputed = {row["attempt_id"]: row["minor"] for row in rows}
    back = [refund for refund in refunds if refund.status not in GONE]
    return {
        attempt.id: attempt.captured_amount
        - sum(refund.amount for refund in back if refund.attempt_id == attempt.id)
        - disputed.get(attempt.id, 0)
        for attempt in attempts
    }


async def _release(uow: UnitOfWork, attempt: Attempt, left: int, holder: str, now: datetime) -> None:
    account = await get_account(uow, attempt.account_id)
    entries = ledger.released(
        Money(left, attempt.currency),
        fee=Money(attempt.fee, attempt.currency),
        commission=Money(max(left, 0), attempt.currency).percent(account.commission_percent),
        holder=holder,
    )
    source = Source("release", attempt.id, "released")
    await ledger.post(uow, source, entries, currency=attempt.currency, now=now)
