"""A refund that had arrived may come back: it is looked at again after a day and after a week, and whenever the
provider tells of it. Then it has failed after all, and the money is where it was before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import PermanentError, TransientError
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from payments import ledger
from payments.accounts import PaymentAccount, attempt_with_account
from payments.attempts import Attempt
from payments.cases import CaseKind, open_case
from payments.holders import holder
from payments.ledger import Source
from payments.payment import count, lock
from payments.provider_values import ProviderRefund, RefundState
from payments.refunds import COLUMNS, Refund, refund_from

_LOOKS = (timedelta(days=1), timedelta(days=7))
# Also where the provider does not answer.
_AGAIN = timedelta(hours=1)


def next_look(done_at: datetime, now: datetime) -> datetime | None:
    """None when it is not to be expected back any more."""
    return next((done_at + after for after in _LOOKS if done_at + after > now), None)


@dataclass(frozen=True, slots=True)
class _Look:
    refund: Refund
    attempt: Attempt
    account: PaymentAccount


async def look_back(runtime: Runtime, tenant_id: int, refund_id: int) -> None:
    """At one that has gone and is due; any number of times."""
    look = await in_unit(runtime, tenant_id, lambda uow: _claim(uow, refund_id))
    if look is None or look.refund.provider_id is None:
        return
    try:
        found = await look.account.adapter.fetch_refund(look.account.at(runtime), look.refund.provider_id)
    except TransientError:
        return
    except PermanentError:
        found = None
    await in_unit(runtime, tenant_id, lambda uow: _keep(uow, look, found))


_CLAIM = f"""
UPDATE refunds SET try_at = $4 WHERE tenant_id = $1 AND id = $2 AND status = 'succeeded' AND try_at <= $3
RETURNING {COLUMNS}
"""
_NEXT = "UPDATE refunds SET try_at = $3 WHERE tenant_id = $1 AND id = $2 AND status = 'succeeded'"
_CAME_BACK = """
UPDATE refunds SET status = 'failed', done_at = $3, try_at = NULL
WHERE tenant_id = $1 AND id = $2 AND status = 'succeeded' RETURNING id
"""


async def _claim(uow: UnitOfWork, refund_id: int) -> _Look | None:
    now = uow.runtime.clock.now()
    row = await uow.driver.fetchrow(_CLAIM, uow.tenant_id, refund_id, now, now + _AGAIN)
    if row is None:
        return None
    refund = refund_from(row)
    return _Look(refund, *await attempt_with_account(uow, refund.attempt_id))


async def _keep(uow: UnitOfWork, look: _Look, found: ProviderRefund | None) -> None:
    """What the provider does not know any more is for the reconciliation of its day to tell."""
    refund, now = look.refund, uow.runtime.clock.now()
    payment = await lock(uow, refund.payment_id)
    if found is None or found.state is not RefundState.FAILED:
        await uow.driver.execute(_NEXT, uow.tenant_id, refund.id, next_look(refund.done_at or now, now))
        return
    if await uow.driver.fetchval(_CAME_BACK, uow.tenant_id, refund.id, now) is None:
        return
    entries = ledger.refund_returned(look.attempt.provider, refund.money, holder=holder(payment, look.attempt))
    await ledger.post(uow, Source("refund", refund.id, "returned"), entries, currency=refund.currency, now=now)
    await count(uow, refund.payment_id, now=now)
    note = (
        f"refund {refund.id} of {refund.amount} {refund.currency} came back after it had arrived ({found.raw_status}):"
        " pay it back in another way"
    )
    await open_case(uow, CaseKind.REFUND, f"refund:{refund.id}", note, payment_id=refund.payment_id, now=now)
