"""`booka usage`: what the model did and cost for a tenant in a month, and how many turns needed it."""

from collections.abc import Iterator
from datetime import date, timedelta

from core.errors import InputError
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from llm import usage
from llm.quota import period_of
from llm.usage import Limits, ModelUse, Report
from tenants.definition import find_tenant
from tenants.tenant import Tenant, get_tenant

# Turns of words: buttons never reach a reader.
_TURNS = """
SELECT count(*) AS worded, count(*) FILTER (WHERE source = 'llm') AS by_model FROM turns
WHERE tenant_id = $1 AND source <> 'button'
  AND (created_at AT TIME ZONE $4)::date >= $2 AND (created_at AT TIME ZONE $4)::date < $3
"""


async def show_usage(runtime: Runtime, key: str, *, month: str | None, rebuild: bool) -> str:
    """Of the month (YYYY-MM, by default the present one). Raises InputError for an unknown tenant or a bad month."""
    tenant_id = await find_tenant(runtime, key)
    if tenant_id is None:
        raise InputError([f"there is no tenant {key!r}"])
    async with unit_of_work(runtime, tenant_id) as uow:
        tenant = await get_tenant(uow)
        now = runtime.clock.now()
        if rebuild:
            await usage.rebuild(uow, now, tenant.timezone)
        first = _first_of(month) if month else period_of(now, tenant.timezone)[1]
        after = (first + timedelta(days=32)).replace(day=1)
        report = await usage.report(uow, first, after)
        lines = [*_models(tenant, first, report), *await _turns(uow, tenant, first, after, report), *_limits(report)]
    return "\n".join(lines)


def _first_of(month: str) -> date:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise InputError([f"{month!r} is not a month such as 2026-03"]) from error


def _models(tenant: Tenant, first: date, report: Report) -> Iterator[str]:
    yield f"{tenant.key} · {first:%Y-%m} · {tenant.timezone}"
    for used in report.models:
        yield f"  {used.model}: {_model(used)}"
    if not report.models:
        yield "  no model was asked"
    for failure, count in report.failures.items():
        yield f"  {failure.replace('_', ' ')}: {count}"


def _model(used: ModelUse) -> str:
    tokens = f"{used.prompt_tokens:,} tokens in ({used.cached_tokens:,} cached), {used.completion_tokens:,} out"
    return f"{used.calls} calls, {used.ok} answered, {tokens}, {_dollars(used.cost_u)}"


async def _turns(uow: UnitOfWork, tenant: Tenant, first: date, after: date, report: Report) -> list[str]:
    row = await uow.driver.fetchrow(_TURNS, uow.tenant_id, first, after, tenant.timezone)
    assert row is not None
    share = f" ({report.turns_asked / row['worded']:.1%})" if row["worded"] else ""
    cost = report.turns_cost_u
    each = f", {_dollars(cost // report.turns_asked)} each" if report.turns_asked and cost else ""
    trials = f"  test cases: {report.trial_calls} calls, {_dollars(report.trial_cost_u)}"
    return [
        f"  turns in words: {row['worded']}; needed a model: {report.turns_asked}{share}{each}; "
        f"read by it: {row['by_model']}",
        *([trials] if report.trial_calls else []),
        *([f"  tokens in, median of a call: {report.median_prompt_tokens:,}"] if report.median_prompt_tokens else []),
    ]


def _limits(report: Report) -> Iterator[str]:
    limits = report.limits
    if limits is None:
        yield "  no quota: no model may be asked"
        return
    yield f"  today ({limits.day or '–'}): {_used_tokens(limits)}"
    cost = "no limit" if limits.cost_per_month_u is None else f"of {_dollars(limits.cost_per_month_u)}"
    yield f"  this month ({f'{limits.month:%Y-%m}' if limits.month else '–'}): {_dollars(limits.month_cost_u)} {cost}"


def _used_tokens(limits: Limits) -> str:
    allowed = "no limit" if limits.tokens_per_day is None else f"of {limits.tokens_per_day:,}"
    reserved = f", {limits.day_reserved:,} reserved" if limits.day_reserved else ""
    return f"{limits.day_tokens:,} tokens {allowed}{reserved}"


def _dollars(micro: int) -> str:
    """$5.00, $0.000485."""
    whole, _, rest = f"{micro / 1_000_000:.6f}".partition(".")
    return f"${whole}.{rest.rstrip('0').ljust(2, '0')}"
