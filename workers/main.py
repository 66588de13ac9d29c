"""Every job and every sweep of the worker process, in two tables."""

from collections.abc import Awaitable, Callable
from functools import partial

from bot.delivery import deliver
from bot.inbound import handle
from bot.receipts import apply_receipt
from core.liveness import signs_of_life
from core.metrics import metrics_server
from core.queue import Cron, Job, run_worker
from core.runtime import Runtime, spare_what_is_loaded
from core.uow import call_across_tenants
from dialog.words import warm_up
from llm import gateway
from workers import (
    completions,
    holds,
    invariants,
    llm_quotas,
    payments,
    payouts,
    reconciliation,
    refunds,
    reminders,
    sweeps,
    waitlist,
)

_BURY = "SELECT bury_job($1, $2, $3, $4, $5)"

Work = Callable[[Runtime, int, int], Awaitable[None]]

JOBS: dict[str, Work] = {
    "turn": handle,
    "relay": deliver,
    "receipt": apply_receipt,
    "reminder": reminders.send,
    "expiry": holds.expire,
    "completion": completions.complete,
    "waitlist": waitlist.move_on,
    "check": invariants.check,
    "llm_quota": llm_quotas.settle_and_warn,
    "payment": payments.sync,
    "payment_event": payments.handle_event,
    "payment_end": payments.see_to_end,
    "refund": refunds.send_refund,
    "reconciliation": reconciliation.reconcile_due,
    "release": payouts.release,
    "payout_account": payouts.take_turn,
    "payout": payouts.send,
}

# Each finds rows that are due or that a lost wake-up left behind, and wakes their jobs.
SWEEPS: dict[str, tuple[Callable[[Runtime], Awaitable[None]], int]] = {
    "unanswered": (sweeps.wake_unanswered, 2),
    "unsent": (sweeps.wake_unsent, 2),
    "receipts": (sweeps.wake_receipts, 5),
    "reminders": (reminders.wake_due, 2),
    "holds": (holds.wake_expired, 2),
    "completions": (completions.wake_ended, 30),
    "waitlists": (waitlist.wake_lists, 30),
    "checks": (invariants.wake_checks, 300),
    "llm_quotas": (llm_quotas.wake_chores, 10),
    "payments": (payments.wake_due, 2),
    "reconciliations": (reconciliation.wake_due, 60),
    "payouts": (payouts.wake_due, 10),
    "releases": (payouts.wake_releases, 60),
}


async def run(runtime: Runtime) -> None:
    """Works until it is cancelled."""
    warm_up(runtime.clock.now())
    await gateway.warm_up(runtime)
    spare_what_is_loaded()
    with metrics_server(runtime.settings):
        async with signs_of_life(runtime):
            await _run(runtime)


async def _run(runtime: Runtime) -> None:
    await run_worker(
        runtime.queue,
        {name: _bound(work, runtime) for name, work in JOBS.items()},
        [Cron(name, partial(sweep, runtime), every_s) for name, (sweep, every_s) in SWEEPS.items()],
        partial(_bury, runtime),
    )


def _bound(work: Work, runtime: Runtime) -> Job:
    return partial(work, runtime)


async def _bury(runtime: Runtime, job: str, tenant_id: int, subject_id: int, error: BaseException, tries: int) -> None:
    """A job that failed for good is a row for a person to look at. The error's class only: it may quote words."""
    await call_across_tenants(runtime, _BURY, tenant_id, job, subject_id, type(error).__name__, tries)
