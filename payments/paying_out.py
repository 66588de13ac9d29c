"""Sending payouts: the provider is asked what became of the last try before there is another, and for days after it
said paid."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from core import failpoints
from core.errors import PermanentError, UnknownOutcomeError
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from payments import ledger
from payments.accounts import PaymentAccount, get_account
from payments.cases import CaseKind, close_cases_of, open_case
from payments.failures import AuthError, DuplicateReference, KeySpent, Retryable
from payments.ledger import Entry, Source
from payments.payouts import COLUMNS, UNDER_WAY, Payout, PayoutStatus, payout_from
from payments.provider_values import PayoutRequest, PayoutState, ProviderPayout
from payments.retrying import CASE_AFTER, LATER, LEASE, SOON, pause

# Banks take days; what takes longer has got stuck. What is settled may come back within a week.
_STUCK = timedelta(days=5)
_AGAIN = timedelta(days=1)
_WATCHED = timedelta(days=7)
_SETTLED = {
    PayoutState.PAID: PayoutStatus.PAID,
    PayoutState.FAILED: PayoutStatus.FAILED,
    PayoutState.REVERSED: PayoutStatus.REVERSED,
}


@dataclass(frozen=True, slots=True)
class _Task:
    """`was` is the status before this look: nobody has heard of a draft yet. `is_due`: nobody has taken of the money
    since it was drafted, as a dispute does."""

    payout: Payout
    was: PayoutStatus
    account: PaymentAccount
    is_due: bool

    @property
    def request(self) -> PayoutRequest:
        """The same idempotency key each time, until the provider answers a failure to it whatever is sent."""
        payout = self.payout
        key = f"{payout.reference}-{payout.spent_keys}" if payout.spent_keys else payout.reference
        return PayoutRequest(payout.reference, payout.recipient, payout.money, idempotency_key=key)


async def send_payout(runtime: Runtime, tenant_id: int, payout_id: int) -> None:
    """Submits it, or asks what became of it; any number of times, at any moment. One at a time does."""
    task = await in_unit(runtime, tenant_id, lambda uow: _claim(uow, payout_id))
    if task is None:
        return
    failpoints.hit("payout.claimed")
    if task.was is PayoutStatus.DRAFT and not task.is_due:
        await in_unit(
            runtime, tenant_id, partial(_settle, task=task, status=PayoutStatus.FAILED, why="less is due now")
        )
        return
    try:
        found = await _ask_or_send(runtime, task)
    except (UnknownOutcomeError, Retryable, AuthError, DuplicateReference) as error:
        work = partial(_wait, task=task, code=error.code, spent=isinstance(error, KeySpent))
    except PermanentError as error:
        work = partial(_settle, task=task, status=PayoutStatus.FAILED, why=str(error))
    else:
        work = partial(_keep, task=task, found=found)
    failpoints.hit("payout.sent")
    await in_unit(runtime, tenant_id, work)
    failpoints.hit("payout.kept")


_CLAIM = f"""
UPDATE payouts o SET status = CASE WHEN o.status = 'draft' THEN 'unknown' ELSE o.status END, tries = o.tries + 1,
    try_at = $3::timestamptz + $4::interval
FROM (SELECT id, status FROM payouts WHERE tenant_id = $1 AND id = $2 AND try_at <= $3 FOR UPDATE) was
WHERE o.tenant_id = $1 AND o.id = was.id
RETURNING {", ".join(f"o.{name}" for name in COLUMNS.split(", "))}, was.status AS was
"""


async def _claim(uow: UnitOfWork, payout_id: int) -> _Task | None:
    """Marked as sent before it is: a crash in between leaves `unknown`, and the provider is asked before a next try."""
    row = await uow.driver.fetchrow(_CLAIM, uow.tenant_id, payout_id, uow.runtime.clock.now(), LEASE)
    if row is None:
        return None
    payout = payout_from(row)
    payable = (await ledger.balances(uow, payout.currency)).get(ledger.PAYABLE, 0)
    return _Task(payout, PayoutStatus(row["was"]), await get_account(uow, payout.account_id), is_due=payable <= 0)


async def _ask_or_send(runtime: Runtime, task: _Task) -> ProviderPayout | None:
    """None of what is settled and the provider does not know. A refusal after an earlier try is believed only when the
    provider still knows of nothing: the earlier one may have taken the money that is missing now."""
    known = None if task.was is PayoutStatus.DRAFT else await _ask(runtime, task)
    if known or task.was not in UNDER_WAY:
        return known
    try:
        return await task.account.adapter.create_payout(task.account.at(runtime), task.request)
    except (AuthError, DuplicateReference):
        raise
    except PermanentError:
        known = None if task.was is PayoutStatus.DRAFT else await _ask(runtime, task)
        if known is None:
            raise
        return known


async def _ask(runtime: Runtime, task: _Task) -> ProviderPayout | None:
    """What it refuses to tell is not known: never a failure of the payout."""
    payout = task.payout
    try:
        return await task.account.adapter.fetch_payout(
            task.account.at(runtime), reference=payout.reference, provider_id=payout.provider_id or ""
        )
    except PermanentError as error:
        raise Retryable(str(error), code=error.code) from error


_CHANGE = f"""
UPDATE payouts SET status = $4, provider_id = coalesce($5, provider_id), try_at = $6, unanswered = $7, spent_keys = $8,
    done_at = CASE WHEN $4 IN ('paid', 'failed', 'reversed') THEN coalesce(done_at, $9::timestamptz) END
WHERE tenant_id = $1 AND id = $2 AND tries = $3 RETURNING {COLUMNS}
"""


async def _change(
    uow: UnitOfWork, payout: Payout, status: PayoutStatus, *, provider_id: str = "", try_at: datetime | None
) -> Payout | None:
    """None when another look has begun meanwhile: that one knows better."""
    row = await uow.driver.fetchrow(
        _CHANGE,
        *(uow.tenant_id, payout.id, payout.tries, status, provider_id or None, try_at),
        *(payout.unanswered, payout.spent_keys, uow.runtime.clock.now()),
    )
    return payout_from(row) if row else None


async def _wait(uow: UnitOfWork, task: _Task, code: str, spent: bool) -> None:
    now = uow.runtime.clock.now()
    unanswered = task.payout.unanswered + 1
    payout = replace(task.payout, unanswered=unanswered, spent_keys=task.payout.spent_keys + int(spent))
    changed = await _change(uow, payout, payout.status, try_at=now + pause(unanswered))
    if changed and unanswered >= CASE_AFTER and changed.status in UNDER_WAY:
        await _open_case(uow, changed, f"the provider does not answer ({code}): it is tried again every hour", now)


async def _keep(uow: UnitOfWork, task: _Task, found: ProviderPayout | None) -> None:
    status = _SETTLED.get(found.state) if found else None
    if found is not None and status is not None:
        return await _settle(uow, task, status, f"the provider says {found.raw_status}", found.provider_id)
    if task.was in UNDER_WAY and found is not None:
        return await _go_on(uow, task, found)
    return await _settle(uow, task, task.was, "")


async def _go_on(uow: UnitOfWork, task: _Task, found: ProviderPayout) -> None:
    """Asked about less often the longer it takes."""
    now = uow.runtime.clock.now()
    age = now - task.payout.created_at
    again = min(max(age, SOON), LATER)
    payout = replace(task.payout, unanswered=0)
    status = PayoutStatus.SUBMITTED
    changed = await _change(uow, payout, status, provider_id=found.provider_id, try_at=now + again)
    if changed and age >= _STUCK:
        await _open_case(uow, changed, f"{age.days} days on it is {found.raw_status}: ask the provider", now)


async def _settle(uow: UnitOfWork, task: _Task, status: PayoutStatus, why: str, provider_id: str = "") -> None:
    """Also anew, as banks do: the ledger follows from where the money was to where it is."""
    now, payout = uow.runtime.clock.now(), replace(task.payout, unanswered=0)
    is_watched = now + _AGAIN <= payout.created_at + _WATCHED
    changed = await _change(uow, payout, status, provider_id=provider_id, try_at=now + _AGAIN if is_watched else None)
    if changed is None or _is_back(status) is _is_back(task.was):
        return
    entries = _entries(task.was, status, task.account.provider, payout)
    source = Source("payout", payout.id, f"{status}:{payout.tries}")
    await ledger.post(uow, source, entries, currency=payout.currency, now=now)
    if status is PayoutStatus.PAID:
        await close_cases_of(uow, CaseKind.PAYOUT, _subject(payout), by="provider", now=now)
    else:
        await _open_case(uow, changed, f"it failed ({why}): see why, then close this", now)


def _is_back(status: PayoutStatus) -> bool | None:
    """None while it is under way."""
    return None if status in UNDER_WAY else status is not PayoutStatus.PAID


def _entries(was: PayoutStatus, status: PayoutStatus, provider: str, payout: Payout) -> list[Entry]:
    if was in UNDER_WAY:
        is_paid = status is PayoutStatus.PAID
        return ledger.payout_arrived(provider, payout.money) if is_paid else ledger.payout_failed(payout.money)
    if was is PayoutStatus.PAID:
        return ledger.payout_returned(provider, payout.money)
    return ledger.payout_arrived_after_all(provider, payout.money)


def _subject(payout: Payout) -> str:
    return f"payout:{payout.id}"


async def _open_case(uow: UnitOfWork, payout: Payout, what: str, now: datetime) -> None:
    note = f"payout {payout.id} of {payout.amount} {payout.currency} ({payout.reference}): {what}"
    await open_case(uow, CaseKind.PAYOUT, _subject(payout), note, payment_id=None, now=now)
