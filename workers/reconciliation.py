"""Each day of each account is held against the provider's listing: what differs is settled, what is left is a case."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from core.errors import PermanentError, TransientError
from core.runtime import Runtime
from core.uow import UnitOfWork, call_across_tenants, in_unit
from payments import differences, reconcile, runs
from payments.accounts import PaymentAccount, get_account
from payments.attempts import AttemptStatus, find_attempt
from payments.own_side import own_entries
from payments.provider import Window
from payments.provider_values import PaymentIds, PaymentState, RefundState
from payments.reconcile import Listing
from payments.reconciliation import Class, Item, Kind, Report, compare
from payments.runs import Run
from tenants.tenant import get_tenant
from workers import metrics
from workers.payments import record_dispute, sync
from workers.refunds import follow_refund
from workers.sweeps import wake_rows

_DUE = "SELECT DISTINCT tenant_id, account_id AS id FROM due_reconciliations($1, $2, NULL, $3)"
_DUE_DAYS = "SELECT day_end FROM due_reconciliations($1, $2, $3, $4)"
_LIMIT = 500
_DAY = timedelta(days=1)
# What happened at midnight may be listed a little later, and is looked for a little earlier.
_SETTLES_IN = timedelta(hours=1)
_OVERLAP = timedelta(hours=2)
# A job has to end well before it is ended; what is settled by then stays so.
_PATIENCE_S = 20.0
_AT_ONCE = 4


def window_of(day_end: datetime) -> Window:
    """The UTC day that ends then."""
    return Window(day_end - _DAY - _OVERLAP, day_end)


def last_day_end(now: datetime) -> datetime:
    """Of the last day that is over long enough."""
    return (now - _SETTLES_IN).replace(hour=0, minute=0, second=0, microsecond=0)


async def wake_due(runtime: Runtime) -> None:
    now = runtime.clock.now()
    await wake_rows(runtime, "reconciliation", _DUE, last_day_end(now), now, _LIMIT)


async def reconcile_due(runtime: Runtime, tenant_id: int, account_id: int) -> None:
    """The oldest day that is due; the next one is woken."""
    now = runtime.clock.now()
    due = await call_across_tenants(runtime, _DUE_DAYS, last_day_end(now), now, account_id, _LIMIT)
    if not due:
        return
    await reconcile_window(runtime, tenant_id, account_id, window_of(due[0]["day_end"]), patience_s=_PATIENCE_S)
    if len(due) > 1:
        await runtime.queue.wake("reconciliation", tenant_id, account_id)


@dataclass(frozen=True, slots=True)
class Outcome:
    run: Run
    report: Report


async def reconcile_window(
    runtime: Runtime, tenant_id: int, account_id: int, window: Window, *, patience_s: float | None = None
) -> list[Outcome]:
    """One run for each currency, stored with what differs and its cases. What could not be listed to its end, or
    settled in time, is one incomplete run."""
    account = await in_unit(runtime, tenant_id, lambda uow: get_account(uow, account_id))
    try:
        async with asyncio.timeout(patience_s):
            listing = await _settled(runtime, tenant_id, account, window)
    except (TransientError, PermanentError, TimeoutError) as error:
        why = f"{type(error).__name__} {getattr(error, 'code', '')}".strip()
        outcomes = [await in_unit(runtime, tenant_id, partial(_give_up, account=account, window=window, why=why))]
    else:
        work = partial(_conclude, account=account, window=window, listing=listing)
        outcomes = await in_unit(runtime, tenant_id, work)
    for outcome in outcomes:
        _count(account, outcome)
    return outcomes


async def _settled(runtime: Runtime, tenant_id: int, account: PaymentAccount, window: Window) -> Listing:
    """The listing, with what was ours alone asked for one by one, after all that differs was asked about again."""
    listing = await reconcile.fetch(runtime, account, window)
    found = await _differing(runtime, tenant_id, account, window, listing)
    if lonely := [item for item in found if item.cls is Class.MISSING_THERE]:
        for item in lonely:
            listing += await reconcile.look_up(runtime, account, item)
        found = await _differing(runtime, tenant_id, account, window, listing)
    await _each(_settling(runtime, tenant_id, account, listing, found))
    return listing


async def _differing(
    runtime: Runtime, tenant_id: int, account: PaymentAccount, window: Window, listing: Listing
) -> list[Item]:
    work = partial(_compared, account=account, window=window, listing=listing)
    return [item for report in (await in_unit(runtime, tenant_id, work)).values() for item in report.differing]


async def _compared(uow: UnitOfWork, account: PaymentAccount, window: Window, listing: Listing) -> Mapping[str, Report]:
    """By what is stored now."""
    listed = reconcile.entries(listing)
    ours = await own_entries(uow, account, window, listed)
    return compare(listed, ours, but_for=(await get_tenant(uow)).currency)


def _settling(
    runtime: Runtime, tenant_id: int, account: PaymentAccount, listing: Listing, found: list[Item]
) -> Iterable[Callable[[], Awaitable[object]]]:
    names = {(item.kind, name) for item in found for name in item.names}
    for item in found:
        if item.kind is Kind.PAYMENT and item.own and item.own.row_id and item.theirs > item.ours:
            yield partial(sync, runtime, tenant_id, item.own.row_id)
    for payment in listing.payments:
        if payment.state is PaymentState.PARTIAL and not payment.captured:
            yield partial(_sync_named, runtime, tenant_id, account, payment.ids)
    for refund in listing.refunds:
        if refund.state is RefundState.FAILED or (Kind.REFUND, refund.provider_id) in names:
            yield partial(follow_refund, runtime, tenant_id, account, refund)
    for dispute in listing.disputes:
        if (Kind.DISPUTE, dispute.provider_id) in names:
            yield partial(in_unit, runtime, tenant_id, partial(record_dispute, account_id=account.id, dispute=dispute))


async def _each(works: Iterable[Callable[[], Awaitable[object]]]) -> None:
    """A few at a time, all of them."""
    waiting = iter(list(works))

    async def work() -> None:
        for one in waiting:
            await one()

    for ended in await asyncio.gather(*(work() for _ in range(_AT_ONCE)), return_exceptions=True):
        if ended is not None:
            raise ended


async def _sync_named(runtime: Runtime, tenant_id: int, account: PaymentAccount, ids: PaymentIds) -> None:
    attempt = await in_unit(runtime, tenant_id, partial(find_attempt, account_id=account.id, ids=ids))
    if attempt is not None and attempt.status is not AttemptStatus.CAPTURED:
        await sync(runtime, tenant_id, attempt.id)


async def _conclude(uow: UnitOfWork, account: PaymentAccount, window: Window, listing: Listing) -> list[Outcome]:
    outcomes = []
    for currency, report in (await _compared(uow, account, window, listing)).items():
        run = await runs.store(uow, account, window, currency, report)
        await differences.see_to(uow, account, run, report)
        outcomes.append(Outcome(run, report))
    return outcomes


async def _give_up(uow: UnitOfWork, account: PaymentAccount, window: Window, why: str) -> Outcome:
    run = await runs.store_incomplete(uow, account, window, why)
    await differences.see_to_incomplete(uow, account, run)
    return Outcome(run, Report(()))


def _count(account: PaymentAccount, outcome: Outcome) -> None:
    run = outcome.run
    metrics.RECONCILIATIONS.labels(account.provider, run.status).inc()
    if run.ratio is not None:
        metrics.DRIFT.labels(account.provider, run.currency).observe(run.ratio)
    for item in outcome.report.items:
        metrics.RECONCILED.labels(account.provider, item.kind, item.cls).inc()
