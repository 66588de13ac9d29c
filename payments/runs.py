"""Runs of reconciliation as they are stored: one for each look at a window and currency, with what differed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from core.uow import UnitOfWork
from payments.accounts import PaymentAccount
from payments.provider import Window
from payments.reconciliation import Report, Verdict, verdict
from tenants.tenant import get_tenant


@dataclass(frozen=True, slots=True)
class Run:
    """Sums of both sides in minor units. An incomplete one says nothing of drift: it has none, not zero."""

    id: int
    account_id: int
    currency: str
    window_start: datetime
    window_end: datetime
    status: str
    error: str | None
    theirs: int
    ours: int
    drift: int
    started_at: datetime

    @property
    def is_complete(self) -> bool:
        return self.status == "complete"

    @property
    def ratio(self) -> float | None:
        return self.drift / max(self.theirs, 1) if self.is_complete else None

    @property
    def verdict(self) -> Verdict:
        return verdict(self.drift, self.theirs)


COLUMNS = ", ".join(field.name for field in fields(Run))
_ADD = f"""
INSERT INTO reconciliation_runs (tenant_id, account_id, currency, window_start, window_end, status, error, theirs, ours,
    drift, started_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING {COLUMNS}
"""
_ADD_ITEMS = """
INSERT INTO reconciliation_items (tenant_id, run_id, kind, class, reference, theirs, ours)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
"""
_LARGEST = """
SELECT max(drift) FROM reconciliation_runs
WHERE tenant_id = $1 AND account_id = $2 AND currency = $3 AND window_end = $4 AND id < $5
"""
_LATEST = f"""
SELECT {", ".join(f"r.{name}" for name in COLUMNS.split(", "))}, a.account, a.provider,
    (SELECT count(*) FROM reconciliation_items i WHERE i.tenant_id = $1 AND i.run_id = r.id) AS differing
FROM reconciliation_runs r JOIN payment_accounts a ON a.tenant_id = r.tenant_id AND a.id = r.account_id
WHERE r.tenant_id = $1 ORDER BY r.id DESC LIMIT $2
"""


async def store(uow: UnitOfWork, account: PaymentAccount, window: Window, currency: str, report: Report) -> Run:
    """What matched is in its sums alone."""
    sums = (report.theirs, report.ours, report.drift)
    run = await _add(uow, account, window, currency, "complete", None, *sums)
    differing = [(one.kind, one.cls, one.reference, one.theirs, one.ours) for one in report.differing]
    if differing:
        await uow.driver.execute(
            _ADD_ITEMS, uow.tenant_id, run.id, *(list(row) for row in zip(*differing, strict=True))
        )
    return run


async def store_incomplete(uow: UnitOfWork, account: PaymentAccount, window: Window, error: str) -> Run:
    """Nothing is known of any currency; it stands under the tenant's."""
    currency = (await get_tenant(uow)).currency
    return await _add(uow, account, window, currency, "incomplete", error, 0, 0, 0)


async def has_grown(uow: UnitOfWork, run: Run) -> bool:
    """Further apart than at any look at this window before."""
    what = (run.account_id, run.currency, run.window_end, run.id)
    return run.drift > (await uow.driver.fetchval(_LARGEST, uow.tenant_id, *what) or 0)


async def latest(uow: UnitOfWork, limit: int) -> list[Mapping[str, Any]]:
    """The newest first: a run's columns, its account and how many things differed. An incomplete one has no sums."""
    rows = await uow.driver.fetch(_LATEST, uow.tenant_id, limit)
    return [{**dict(row), **_sums(Run(**{name: row[name] for name in COLUMNS.split(", ")}))} for row in rows]


def _sums(run: Run) -> dict[str, float | None]:
    sums = {"theirs": run.theirs, "ours": run.ours, "drift": run.drift, "ratio": run.ratio}
    return sums if run.is_complete else dict.fromkeys(sums)


async def _add(uow: UnitOfWork, account: PaymentAccount, window: Window, *what: object) -> Run:
    currency, *rest = what
    span = (window.starts_at, window.ends_at)
    now = uow.runtime.clock.now()
    row = await uow.driver.fetchrow(_ADD, uow.tenant_id, account.id, currency, *span, *rest, now)
    return Run(**dict(row))
