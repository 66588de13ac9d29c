"""`booka payments`: cases for a person, refunds on their way, and the provider's side of a day against ours."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson

from core.errors import InputError
from core.runtime import Runtime
from core.uow import UnitOfWork, all_tenants, in_unit
from payments.cases import close_case, list_cases
from payments.provider import Window
from payments.runs import latest
from tenants.definition import find_tenant
from tenants.tenant import get_tenant
from workers.reconciliation import Outcome, reconcile_window, window_of

_OPEN_REFUNDS = """
SELECT r.id, r.payment_id, p.booking_id, r.amount, r.currency, r.status, r.reason, r.tries, r.created_at
FROM refunds r JOIN payments p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id
WHERE r.tenant_id = $1 AND (r.status NOT IN ('succeeded', 'rejected', 'failed')
    OR r.status = 'failed' AND r.done_at > $2 AND EXISTS (SELECT FROM payment_cases c WHERE c.tenant_id = $1
        AND c.kind = 'refund' AND c.subject = 'refund:' || r.id AND c.closed_at IS NULL))
ORDER BY r.id
"""
_FAILED_FOR = timedelta(days=30)
_ACCOUNTS = "SELECT id, account FROM payment_accounts WHERE tenant_id = $1 AND provider <> 'manual' ORDER BY id"
_RUNS_SHOWN = 50


async def show_cases(runtime: Runtime, tenant: str | None) -> str:
    """One open case a line as JSON."""

    async def read(uow: UnitOfWork) -> list[str]:
        key = (await get_tenant(uow)).key
        return [as_line({"tenant": key} | asdict(case)) for case in await list_cases(uow)]

    return await lines_of(runtime, tenant, read)


async def end_case(runtime: Runtime, tenant: str, case_id: int, author: str) -> str:
    now = runtime.clock.now()
    tenant_id = await tenant_named(runtime, tenant)
    if not await in_unit(runtime, tenant_id, lambda uow: close_case(uow, case_id, by=author, now=now)):
        raise InputError([f"{tenant} has no open case {case_id}"])
    return f"case {case_id} is closed"


async def show_refunds(runtime: Runtime, tenant: str | None) -> str:
    """One refund a line as JSON: those that wait for a person or for the provider, and those that failed of late and
    that nobody has seen to."""
    since = runtime.clock.now() - _FAILED_FOR

    async def read(uow: UnitOfWork) -> list[str]:
        key = (await get_tenant(uow)).key
        rows = await uow.driver.fetch(_OPEN_REFUNDS, uow.tenant_id, since)
        return [as_line({"tenant": key} | dict(row)) for row in rows]

    return await lines_of(runtime, tenant, read)


async def reconcile_day(runtime: Runtime, tenant: str | None, day: str | None) -> str:
    """A UTC day (default: yesterday) of each account; one line as JSON for each stored run. What could not be listed
    to its end is incomplete, never equal. Raises InputError for a day that has not begun."""
    window = _window(runtime, day)
    lines = []
    async for tenant_id in _tenants(runtime, tenant):
        for account in await in_unit(runtime, tenant_id, _listed_accounts):
            outcomes = await reconcile_window(runtime, tenant_id, account["id"], window)
            lines += [as_line(_said(account["account"], outcome)) for outcome in outcomes]
    return "\n".join(lines)


def refuse_incomplete(said: str) -> None:
    """After the lines of runs: raises InputError where a day was not compared."""
    runs = [orjson.loads(line) for line in said.splitlines()]
    problems = [
        f"{run['account']}: {_day_before(run['until'])} could not be listed to its end ({run['error']}), so nothing was"
        " compared: see whether the provider answers (booka doctor), then run this again"
        for run in runs
        if run["status"] == "incomplete"
    ]
    if problems:
        raise InputError(problems)


def _day_before(until: str) -> date:
    return (datetime.fromisoformat(until) - timedelta(days=1)).date()


async def _listed_accounts(uow: UnitOfWork) -> list[Mapping[str, Any]]:
    return list(await uow.driver.fetch(_ACCOUNTS, uow.tenant_id))


def _said(account: str, outcome: Outcome) -> dict[str, object]:
    run = outcome.run
    said = {"run": run.id, "account": account, "currency": run.currency, "status": run.status}
    said |= {"from": run.window_start, "until": run.window_end}
    if not run.is_complete:
        return {**said, "error": run.error}
    differing = [
        {"kind": one.kind, "cls": one.cls, "reference": one.reference, "theirs": one.theirs, "ours": one.ours}
        for one in outcome.report.differing
    ]
    return {**said, "drift": run.drift, "ratio": run.ratio, "verdict": run.verdict, "differing": differing}


async def show_runs(runtime: Runtime, tenant: str | None) -> str:
    """The last runs of each tenant, the newest first, one a line as JSON."""

    async def read(uow: UnitOfWork) -> list[str]:
        key = (await get_tenant(uow)).key
        return [as_line({"tenant": key} | dict(run)) for run in await latest(uow, _RUNS_SHOWN)]

    return await lines_of(runtime, tenant, read)


def _window(runtime: Runtime, day: str | None) -> Window:
    try:
        first = date.fromisoformat(day) if day else runtime.clock.now().date() - timedelta(days=1)
    except ValueError as error:
        raise InputError([f"{day!r} is not a day such as 2026-03-02"]) from error
    if first > runtime.clock.now().date():
        raise InputError([f"{first} has not begun (in UTC): there is nothing to compare"])
    return window_of(datetime.combine(first + timedelta(days=1), time(), UTC))


async def lines_of(runtime: Runtime, tenant: str | None, read: Callable[[UnitOfWork], Awaitable[list[str]]]) -> str:
    """Of one tenant, or of each."""
    return "\n".join([line async for id in _tenants(runtime, tenant) for line in await in_unit(runtime, id, read)])


async def _tenants(runtime: Runtime, tenant: str | None) -> AsyncIterator[int]:
    if tenant is not None:
        yield await tenant_named(runtime, tenant)
        return
    for tenant_id in await all_tenants(runtime):
        yield tenant_id


async def tenant_named(runtime: Runtime, key: str) -> int:
    """Raises InputError where there is none."""
    found = await find_tenant(runtime, key)
    if found is None:
        raise InputError([f"there is no tenant {key!r}"])
    return found


def as_line(said: Mapping[str, object]) -> str:
    return orjson.dumps(dict(said)).decode()
