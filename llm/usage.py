"""What was used: calls that were never sent, calls that nobody settled, counters made anew, and the month's report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from core.uow import UnitOfWork
from llm import quota
from llm.call import Endpoint

_NOTE = """
INSERT INTO llm_calls (tenant_id, status, error_code, conversation_id, turn_key, purpose, endpoint, key_owner, provider,
    model_requested, prompt_version, day, month, created_at, settled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
"""

_LEAKED = "SELECT call_id FROM leaked_llm_calls($1, interval '30 s')"

# The same sums as the settlements made one by one. A reservation is no use yet.
_REBUILD_DAILY = """
INSERT INTO usage_daily AS u (tenant_id, day, purpose, model, calls, ok, prompt_tokens, cached_tokens,
    completion_tokens, cost_u)
SELECT tenant_id, day, purpose, model_requested, count(*), count(*) FILTER (WHERE status = 'ok'), sum(prompt_tokens),
    sum(cached_tokens), sum(completion_tokens), sum(cost_u)
FROM llm_calls WHERE tenant_id = $1 AND status <> 'reserved' AND est_tokens > 0 GROUP BY 1, 2, 3, 4
ON CONFLICT (tenant_id, day, purpose, model) DO UPDATE SET calls = excluded.calls, ok = excluded.ok,
    prompt_tokens = excluded.prompt_tokens, cached_tokens = excluded.cached_tokens,
    completion_tokens = excluded.completion_tokens, cost_u = excluded.cost_u
"""

_DRIFT = """
SELECT q.day_tokens - coalesce(d.tokens, 0) AS tokens, q.day_reserved - coalesce(d.reserved, 0) AS reserved,
       q.month_cost_u - coalesce(m.cost_u, 0) AS cost_u, q.month_reserved_u - coalesce(m.reserved_u, 0) AS reserved_u
FROM llm_quotas q,
     LATERAL (SELECT sum(tokens) FILTER (WHERE status <> 'reserved') AS tokens,
                     sum(tokens) FILTER (WHERE status = 'reserved') AS reserved
              FROM llm_calls WHERE tenant_id = $1 AND day = q.day) d,
     LATERAL (SELECT sum(cost_u) FILTER (WHERE status <> 'reserved') AS cost_u,
                     sum(cost_u) FILTER (WHERE status = 'reserved') AS reserved_u
              FROM llm_calls WHERE tenant_id = $1 AND month = q.month) m
WHERE q.tenant_id = $1
"""

# Each period once; the conditions are those of llm_chores() in the migrations.
_WARN_OF_TOKENS = """
UPDATE llm_quotas SET warned_day = day
WHERE tenant_id = $1 AND day_tokens > 0 AND day_tokens * 5 >= tokens_per_day * 4 AND warned_day IS DISTINCT FROM day
RETURNING day AS period, day_tokens AS used, tokens_per_day AS allowed
"""
_WARN_OF_COST = """
UPDATE llm_quotas SET warned_month = month
WHERE tenant_id = $1 AND month_cost_u > 0 AND month_cost_u * 5 >= cost_per_month_u * 4
    AND warned_month IS DISTINCT FROM month
RETURNING month AS period, month_cost_u AS used, cost_per_month_u AS allowed
"""

_BY_MODEL = """
SELECT model, sum(calls)::bigint AS calls, sum(ok)::bigint AS ok, sum(prompt_tokens)::bigint AS prompt_tokens,
    sum(cached_tokens)::bigint AS cached_tokens, sum(completion_tokens)::bigint AS completion_tokens,
    sum(cost_u)::bigint AS cost_u
FROM usage_daily WHERE tenant_id = $1 AND day >= $2 AND day < $3 GROUP BY model ORDER BY 7 DESC, 1
"""
_FAILURES = """
SELECT CASE WHEN error_code IS NULL OR status <> 'quota' THEN status ELSE status || ' ' || error_code END AS failure,
    count(*) AS count
FROM llm_calls WHERE tenant_id = $1 AND day >= $2 AND day < $3 AND status NOT IN ('ok', 'reserved')
GROUP BY 1 ORDER BY 2 DESC, 1
"""
_ASKED = """
SELECT count(DISTINCT turn_key) AS turns,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY prompt_tokens) FILTER (WHERE status = 'ok') AS median,
    coalesce(sum(cost_u), 0)::bigint AS cost_u
FROM llm_calls WHERE tenant_id = $1 AND day >= $2 AND day < $3 AND purpose IN ('interpret', 'repair')
    AND turn_key NOT LIKE 'eval:%'
"""
_TRIED = """
SELECT count(*) AS calls, coalesce(sum(cost_u), 0)::bigint AS cost_u
FROM llm_calls WHERE tenant_id = $1 AND day >= $2 AND day < $3 AND turn_key LIKE 'eval:%'
"""
_LIMITS = """
SELECT tokens_per_day, day, day_tokens, day_reserved, cost_per_month_u, month, month_cost_u, month_reserved_u
FROM llm_quotas WHERE tenant_id = $1
"""


@dataclass(frozen=True, slots=True)
class NearLimit:
    """Four fifths of a limit are used: tokens of a day, or micro-dollars of a month."""

    of: Literal["tokens", "cost"]
    period: date
    used: int
    allowed: int


@dataclass(frozen=True, slots=True)
class ModelUse:
    model: str
    calls: int
    ok: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost_u: int


@dataclass(frozen=True, slots=True)
class Limits:
    """As they stand: limits that are None are none; counters are of `day` and `month`."""

    tokens_per_day: int | None
    day: date | None
    day_tokens: int
    day_reserved: int
    cost_per_month_u: int | None
    month: date | None
    month_cost_u: int
    month_reserved_u: int


@dataclass(frozen=True, slots=True)
class Report:
    """`turns_asked` is how many turns wanted a model, whether or not it was reached; `median_prompt_tokens` of the
    calls in which it answered (None without one), `turns_cost_u` what they cost; the rest was evaluation. `failures`
    by kind."""

    models: Sequence[ModelUse]
    failures: dict[str, int]
    turns_asked: int
    turns_cost_u: int
    median_prompt_tokens: int | None
    trial_calls: int
    trial_cost_u: int
    limits: Limits | None


async def note_unsent(
    uow: UnitOfWork,
    endpoint: Endpoint,
    *,
    status: str,
    code: str,
    purpose: str,
    conversation_id: int | None,
    turn_key: str | None,
    prompt_version: str,
    period: tuple[date, date],
    now: datetime,
) -> None:
    """A call that was refused by ourselves is written down too; it reserved and used nothing."""
    await uow.driver.execute(
        _NOTE,
        *(uow.tenant_id, status, code or None, conversation_id, turn_key or "", purpose, endpoint.base_url),
        *(endpoint.owner, endpoint.provider, endpoint.model, prompt_version, *period, now),
    )


async def settle_leaked(uow: UnitOfWork, now: datetime) -> int:
    """What a process left reserved when it died counts as sent and unanswered; how many there were."""
    rows = await uow.driver.fetch(_LEAKED, uow.tenant_id)
    for row in rows:
        await quota.settle_lost(uow, row["call_id"], now)
    return len(rows)


async def take_warnings(uow: UnitOfWork) -> list[NearLimit]:
    """What the merchants are to be told now; each is taken once a period."""
    kinds: tuple[tuple[Literal["tokens", "cost"], str], ...] = (("tokens", _WARN_OF_TOKENS), ("cost", _WARN_OF_COST))
    rows = [(of, await uow.driver.fetchrow(sql, uow.tenant_id)) for of, sql in kinds]
    return [NearLimit(of, **dict(row)) for of, row in rows if row is not None]


async def rebuild(uow: UnitOfWork, now: datetime, timezone: str) -> None:
    """Quota counters and usage by day, from the calls. May run while calls are made."""
    await quota.turn_over(uow, *quota.period_of(now, timezone), again=True)
    await uow.driver.execute(_REBUILD_DAILY, uow.tenant_id)


async def find_drift(uow: UnitOfWork) -> dict[str, int]:
    """By how much each counter differs from its calls; nothing where all is well."""
    row = await uow.driver.fetchrow(_DRIFT, uow.tenant_id)
    return {name: int(value) for name, value in row.items() if value} if row else {}


async def report(uow: UnitOfWork, first: date, after: date) -> Report:
    """Of the tenant's days from `first`, before `after`."""
    models = await uow.driver.fetch(_BY_MODEL, uow.tenant_id, first, after)
    failures = await uow.driver.fetch(_FAILURES, uow.tenant_id, first, after)
    asked = await uow.driver.fetchrow(_ASKED, uow.tenant_id, first, after)
    limits = await uow.driver.fetchrow(_LIMITS, uow.tenant_id)
    trials = await uow.driver.fetchrow(_TRIED, uow.tenant_id, first, after)
    assert asked is not None
    assert trials is not None
    return Report(
        models=[ModelUse(**dict(row)) for row in models],
        failures={row["failure"]: row["count"] for row in failures},
        turns_asked=asked["turns"],
        turns_cost_u=asked["cost_u"],
        median_prompt_tokens=asked["median"],
        trial_calls=trials["calls"],
        trial_cost_u=trials["cost_u"],
        limits=Limits(**dict(limits)) if limits else None,
    )
