"""Sending refunds: the provider is asked what became of the last try before there is another."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from core import failpoints
from core.errors import PermanentError, UnknownOutcomeError
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from payments import ledger
from payments.accounts import PaymentAccount, attempt_with_account
from payments.attempts import Attempt
from payments.cases import CaseKind, close_cases_of, open_case
from payments.failures import AuthError, Retryable
from payments.holders import holder
from payments.ledger import Source
from payments.payment import count, get, lock
from payments.provider_values import ProviderRefund, RefundRequest, RefundState
from payments.refund_hindrances import Hindrance, hindrance
from payments.refund_returns import next_look
from payments.refunds import ANSWERED_WITHIN, COLUMNS, Refund, RefundStatus, get_refund, refund_from, refund_key
from payments.retrying import CASE_AFTER, LATER, LEASE, pause

# Most arrive within hours, cards at once; what takes longer has got stuck.
_STUCK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Task:
    refund: Refund
    attempt: Attempt
    account: PaymentAccount
    hindrance: Hindrance | None

    @property
    def request(self) -> RefundRequest:
        """Another idempotency key for each try: a failure is replayed to the same one for a day. What an earlier try
        did is looked up by `key` first."""
        key = refund_key(self.refund.id, self.attempt.reference)
        return RefundRequest(key, f"{key}-{self.refund.tries}", self.attempt.ids, self.refund.money, self.refund.reason)


async def send_refund(runtime: Runtime, tenant_id: int, refund_id: int) -> None:
    """Submits it, or asks what became of it; any number of times, at any moment. One at a time does."""
    task = await in_unit(runtime, tenant_id, lambda uow: _claim(uow, refund_id))
    if task is None:
        return
    if task.account.is_by_hand:
        await in_unit(runtime, tenant_id, partial(_leave_to_people, task=task))
        return
    failpoints.hit("refund.claimed")
    try:
        found = await _ask_or_send(runtime, task)
    except (Retryable, AuthError) as error:  # who has changed the keys there changes them here, too
        work = partial(_wait, task=task, status=task.refund.status, code=error.code)
    except UnknownOutcomeError as error:
        work = partial(_wait, task=task, status=RefundStatus.UNKNOWN, code=error.code)
    except PermanentError as error:
        work = partial(_fail, task=task, why=str(error))
    else:
        work = partial(_keep, task=task, found=found) if found else partial(_hold_back, task=task)
    failpoints.hit("refund.sent")
    await in_unit(runtime, tenant_id, work)
    failpoints.hit("refund.kept")


_CLAIM = f"""
UPDATE refunds SET status = CASE WHEN status = 'approved' THEN 'unknown' ELSE status END, tries = tries + 1,
    try_at = $3::timestamptz + $4::interval
WHERE tenant_id = $1 AND id = $2 AND status IN ('approved', 'unknown', 'submitted') AND try_at <= $3
RETURNING {COLUMNS}
"""


async def _claim(uow: UnitOfWork, refund_id: int) -> _Task | None:
    """Marked as sent before it is: a crash in between leaves `unknown`, and the provider is asked before a next try."""
    row = await uow.driver.fetchrow(_CLAIM, uow.tenant_id, refund_id, uow.runtime.clock.now(), LEASE)
    if row is None:
        return None
    refund = refund_from(row)
    return _Task(refund, *await attempt_with_account(uow, refund.attempt_id), await hindrance(uow, refund))


async def _ask_or_send(runtime: Runtime, task: _Task) -> ProviderRefund | None:
    """None where the provider knows of none, and it is not to be sent."""
    adapter, at, known = task.account.adapter, task.account.at(runtime), None
    if task.refund.provider_id:
        known = await adapter.fetch_refund(at, task.refund.provider_id)
        if known is None:  # it was taken once: never sent anew
            raise Retryable("the provider does not find its own refund", code="gone")
    elif task.refund.tries > 1:
        known = await adapter.find_refund(at, task.attempt.ids, task.request.refund_key)
    if known is None and task.hindrance is None:
        return await adapter.create_refund(at, task.request)
    return known


_CHANGE = f"""
UPDATE refunds SET status = $3, provider_id = coalesce($4, provider_id), try_at = $5,
    done_at = CASE WHEN $3 IN ('succeeded', 'failed') THEN $6::timestamptz END
WHERE tenant_id = $1 AND id = $2 AND status IN ('submitted', 'unknown') RETURNING {COLUMNS}
"""


async def _change(
    uow: UnitOfWork, task: _Task, status: RefundStatus, *, provider_id: str = "", try_at: datetime | None = None
) -> Refund | None:
    """None when another has settled it meanwhile."""
    now = uow.runtime.clock.now()
    await lock(uow, task.refund.payment_id)
    row = await uow.driver.fetchrow(_CHANGE, uow.tenant_id, task.refund.id, status, provider_id or None, try_at, now)
    return refund_from(row) if row else None


async def _wait(uow: UnitOfWork, task: _Task, status: RefundStatus, code: str) -> None:
    now = uow.runtime.clock.now()
    refund = await _change(uow, task, status, try_at=now + pause(task.refund.tries))
    if refund is not None and refund.tries >= CASE_AFTER:
        await _open_case(uow, task, f"the provider does not take it ({code}): it is tried again every hour", now)


async def _keep(uow: UnitOfWork, task: _Task, found: ProviderRefund) -> None:
    now = uow.runtime.clock.now()
    if found.state is RefundState.FAILED:
        return await _fail(uow, task, f"the provider says {found.raw_status}", found.provider_id)
    if found.state is RefundState.SUCCEEDED:
        look_at = next_look(now, now)
        if await _change(uow, task, RefundStatus.SUCCEEDED, provider_id=found.provider_id, try_at=look_at):
            await _done(uow, task.refund, task.attempt, by="provider")
        return None
    await _change(
        uow, task, RefundStatus.SUBMITTED, provider_id=found.provider_id, try_at=now + pause(task.refund.tries)
    )
    age = now - task.refund.created_at
    if found.state is RefundState.NEEDS_ATTENTION:
        await _open_case(uow, task, f"the provider needs details ({found.raw_status}): give them in its dashboard", now)
    elif age >= _STUCK and task.refund.tries >= CASE_AFTER:
        await _open_case(uow, task, f"{age.days} days on it is {found.raw_status}: ask the provider", now)
    return None


async def _hold_back(uow: UnitOfWork, task: _Task) -> None:
    """Till the customer's bank has decided. What it has taken is not paid back once more; that is a case already."""
    now, refund = uow.runtime.clock.now(), task.refund
    if task.hindrance is Hindrance.DISPUTED:
        await _change(uow, task, refund.status, try_at=now + LATER)
    elif await _change(uow, task, RefundStatus.REJECTED):
        await _take_back(uow, task, "called_off", now)


async def _take_back(uow: UnitOfWork, task: _Task, kind: str, now: datetime) -> None:
    """It is not on its way any more."""
    refund = task.refund
    entries = ledger.refund_failed(refund.money, holder=holder(await get(uow, refund.payment_id), task.attempt))
    await ledger.post(uow, Source("refund", refund.id, kind), entries, currency=refund.currency, now=now)


async def _done(uow: UnitOfWork, refund: Refund, attempt: Attempt, *, by: str) -> None:
    now = uow.runtime.clock.now()
    entries = ledger.refund_done(attempt.provider, refund.money)
    await ledger.post(uow, Source("refund", refund.id, "done"), entries, currency=refund.currency, now=now)
    await close_cases_of(uow, CaseKind.REFUND, f"refund:{refund.id}", by=by, now=now)
    await count(uow, refund.payment_id, now=now)


async def _leave_to_people(uow: UnitOfWork, task: _Task) -> None:
    """The merchants were asked to give it back; where none of them says that it was done, a case."""
    now = uow.runtime.clock.now()
    is_new = task.refund.status is RefundStatus.UNKNOWN
    await _change(uow, task, RefundStatus.SUBMITTED, try_at=now + ANSWERED_WITHIN if is_new else None)
    if not is_new:
        await _open_case(uow, task, "nobody has said that it was given back: ask the merchants", now)


async def is_by_hand(uow: UnitOfWork, refund: Refund) -> bool:
    return (await attempt_with_account(uow, refund.attempt_id))[1].is_by_hand


async def given_back(uow: UnitOfWork, refund_id: int, *, by: str) -> Refund | None:
    """A merchant says that the customer has it; None where it was said before, or is not to be given back by hand."""
    refund = await get_refund(uow, refund_id)
    await lock(uow, refund.payment_id)
    attempt, account = await attempt_with_account(uow, refund.attempt_id)
    if not account.is_by_hand:
        return None
    now = uow.runtime.clock.now()
    row = await uow.driver.fetchrow(_CHANGE, uow.tenant_id, refund_id, RefundStatus.SUCCEEDED, by, None, now)
    if row is None:
        return None
    await _done(uow, refund, attempt, by=by)
    return refund_from(row)


async def _fail(uow: UnitOfWork, task: _Task, why: str, provider_id: str = "") -> None:
    """The money is the customer's still: a person sends it in another way."""
    now = uow.runtime.clock.now()
    if await _change(uow, task, RefundStatus.FAILED, provider_id=provider_id):
        await _take_back(uow, task, "failed", now)
        await _open_case(uow, task, f"it failed ({why}): pay it back in another way", now)


async def _open_case(uow: UnitOfWork, task: _Task, what: str, now: datetime) -> None:
    refund = task.refund
    note = f"refund {refund.id} of {refund.amount} {refund.currency}: {what}"
    await open_case(uow, CaseKind.REFUND, f"refund:{refund.id}", note, payment_id=refund.payment_id, now=now)
