"""`booka payments`: cases for a person, refunds on their way, and the provider's side of a day against ours."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta

import orjson

from core.errors import InputError, PermanentError, TransientError
from core.runtime import Runtime
from core.uow import UnitOfWork, call_across_tenants, in_unit
from payments import reconcile
from payments.accounts import get_account
from payments.cases import close_case, list_cases
from payments.provider import Window
from tenants.definition import find_tenant
from tenants.tenant import get_tenant
from workers.payments import sync

_TENANTS = "SELECT tenant_id FROM list_tenants() ORDER BY 1"
_OPEN_REFUNDS = """
SELECT r.id, r.payment_id, p.booking_id, r.amount, r.currency, r.status, r.reason, r.tries, r.created_at
FROM refunds r JOIN payments p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id
WHERE r.tenant_id = $1 AND r.status NOT IN ('succeeded', 'rejected', 'failed') ORDER BY r.id
"""
_ACCOUNTS = "SELECT id FROM payment_accounts WHERE tenant_id = $1 AND provider <> 'manual' ORDER BY id"
# What happened at midnight may be listed a little later.
_OVERLAP = timedelta(hours=2)


async def show_cases(runtime: Runtime, tenant: str | None) -> str:
    """One open case a line as JSON."""

    async def read(uow: UnitOfWork) -> list[str]:
        key = (await get_tenant(uow)).key
        return [_line({"tenant": key} | asdict(case)) for case in await list_cases(uow)]

    return await _lines(runtime, tenant, read)


async def end_case(runtime: Runtime, tenant: str, case_id: int, author: str) -> str:
    now = runtime.clock.now()
    tenant_id = await _tenant(runtime, tenant)
    if not await in_unit(runtime, tenant_id, lambda uow: close_case(uow, case_id, by=author, now=now)):
        raise InputError([f"{tenant} has no open case {case_id}"])
    return f"case {case_id} is closed"


async def show_refunds(runtime: Runtime, tenant: str | None) -> str:
    """One refund a line as JSON: those that wait for a person or for the provider."""

    async def read(uow: UnitOfWork) -> list[str]:
        key = (await get_tenant(uow)).key
        rows = await uow.driver.fetch(_OPEN_REFUNDS, uow.tenant_id)
        return [_line({"tenant": key} | dict(row)) for row in rows]

    return await _lines(runtime, tenant, read)


async def reconcile_day(runtime: Runtime, tenant: str | None, day: str | None) -> str:
    """A UTC day (default: yesterday) of each account; one line as JSON each. What could not be listed to its end is
    incomplete, never equal."""
    window = _window(runtime, day)
    lines = []
    async for tenant_id in _tenants(runtime, tenant):
        accounts = await in_unit(runtime, tenant_id, lambda uow: uow.driver.fetch(_ACCOUNTS, uow.tenant_id))
        lines += [await _reconcile(runtime, tenant_id, row["id"], window) for row in accounts]
    return "\n".join(lines)


async def _reconcile(runtime: Runtime, tenant_id: int, account_id: int, window: Window) -> str:
    account = await in_unit(runtime, tenant_id, lambda uow: get_account(uow, account_id))
    said = {"account": account.account, "from": window.starts_at, "until": window.ends_at}
    try:
        listing = await reconcile.fetch(runtime, account, window)
    except (TransientError, PermanentError) as error:
        return _line({**said, "status": "incomplete", "error": type(error).__name__})
    for attempt_id in await in_unit(runtime, tenant_id, lambda uow: reconcile.unsettled(uow, account_id, listing)):
        await sync(runtime, tenant_id, attempt_id)

    async def compare(uow: UnitOfWork) -> dict[str, object]:
        currency = (await get_tenant(uow)).currency
        reports = await reconcile.compare(uow, account_id, currency, window, listing)
        await reconcile.open_cases(uow, account, reports, runtime.clock.now())
        differing = [asdict(item) for report in reports for item in report.differing]
        drift, theirs = sum(report.drift for report in reports), sum(report.theirs for report in reports)
        return {"status": "complete", "drift": drift, "ratio": drift / max(theirs, 1), "differing": differing}

    return _line({**said, **await in_unit(runtime, tenant_id, compare)})


def _window(runtime: Runtime, day: str | None) -> Window:
    try:
        first = date.fromisoformat(day) if day else runtime.clock.now().date() - timedelta(days=1)
    except ValueError as error:
        raise InputError([f"{day!r} is not a day such as 2026-03-02"]) from error
    start = datetime.combine(first, time(), UTC)
    return Window(start - _OVERLAP, start + timedelta(days=1))


async def _lines(runtime: Runtime, tenant: str | None, read: Callable[[UnitOfWork], Awaitable[list[str]]]) -> str:
    return "\n".join([line async for id in _tenants(runtime, tenant) for line in await in_unit(runtime, id, read)])


async def _tenants(runtime: Runtime, tenant: str | None) -> AsyncIterator[int]:
    if tenant is not None:
        yield await _tenant(runtime, tenant)
        return
    for row in await call_across_tenants(runtime, _TENANTS):
        yield row["tenant_id"]


async def _tenant(runtime: Runtime, key: str) -> int:
    found = await find_tenant(runtime, key)
    if found is None:
        raise InputError([f"there is no tenant {key!r}"])
    return found


def _line(said: Mapping[str, object]) -> str:
    return orjson.dumps(dict(said)).decode()
