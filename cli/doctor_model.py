"""The doctor's look at the model: whether its server takes the key, how calls of the last hour went, what is left."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, timedelta

from cli.doctor_reach import Finding
from core.errors import TransientError
from core.http import request
from core.runtime import Runtime
from core.uow import all_tenants, unit_of_work

_CALLS = """
SELECT count(*) FILTER (WHERE created_at > $2 AND status <> 'reserved') AS calls,
    count(*) FILTER (WHERE created_at > $2 AND status = 'ok') AS answered,
    count(*) FILTER (WHERE created_at > $2 AND status = 'breaker_open') AS "left alone",
    count(*) FILTER (WHERE created_at > $2 AND status = 'quota') AS "without quota",
    coalesce(sum(tokens) FILTER (WHERE created_at >= $3 AND key_owner = 'platform'), 0)::bigint AS tokens
FROM llm_calls WHERE tenant_id = $1 AND created_at > least($2, $3)
"""
# A limit of nothing is a wish, not a shortage.
_NEAR = """
SELECT count(*) FROM llm_quotas q JOIN tenants t ON t.id = q.tenant_id
WHERE q.tenant_id = $1 AND (
    (q.tokens_per_day > 0 AND q.day_tokens * 5 >= q.tokens_per_day * 4
        AND q.day = ($2::timestamptz AT TIME ZONE t.timezone)::date)
    OR (q.cost_per_month_u > 0 AND q.month_cost_u * 5 >= q.cost_per_month_u * 4
        AND q.month = date_trunc('month', $2::timestamptz AT TIME ZONE t.timezone)::date))
"""
# So many calls in a row without an answer are no accident.
_ENOUGH = 5


async def check_model(runtime: Runtime) -> AsyncIterator[Finding]:
    yield await _server(runtime)
    yield await _calls(runtime)


async def _server(runtime: Runtime) -> Finding:
    """Of the installation's own endpoint; those of tenants are theirs."""
    ours = runtime.settings.openai
    key = ours.api_key.get_secret_value()
    if not key:
        return "model", True, "no key: rules alone read, but for tenants with endpoints of their own"
    url = f"{ours.base_url.rstrip('/')}/models"
    try:
        answer = await request(runtime.http, "GET", url, headers={"Authorization": f"Bearer {key}"}, timeout_s=5)
    except TransientError as error:
        return "model", not runtime.settings.in_production, f"{url} cannot be reached ({error})"
    is_refused = answer.status in (401, 402, 403)
    told = "the key is refused" if is_refused else f"HTTP {answer.status}"
    return "model", not is_refused and answer.status < 500, f"{ours.model} at {ours.base_url}: {told}"


async def _calls(runtime: Runtime) -> Finding:
    """Not well where a model was asked and never answered, or where no token of the day is left."""
    found = await _count(runtime)
    facts = [f"{found['calls']} in the last hour", f"{found['answered']} answered"]
    facts += [f"{found[name]} {name}" for name in ("left alone", "without quota") if found[name]]
    if found["near"]:
        facts.append(f"tenants near a limit: {found['near']}")
    cap, is_left = runtime.settings.openai.tokens_per_day, True
    if cap is not None:
        is_left = found["tokens"] < cap
        facts.append(f"{max(0, cap - found['tokens']):,} of {cap:,} tokens left today")
    is_dead = found["calls"] >= _ENOUGH and not found["answered"]
    return "model calls", is_left and not is_dead, ", ".join(facts)


async def _count(runtime: Runtime) -> Counter[str]:
    now = runtime.clock.now()
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    found: Counter[str] = Counter()
    for tenant_id in await all_tenants(runtime):
        async with unit_of_work(runtime, tenant_id) as uow:
            calls = await uow.driver.fetchrow(_CALLS, uow.tenant_id, now - timedelta(hours=1), midnight)
            near = await uow.driver.fetchval(_NEAR, uow.tenant_id, now)
            found.update({**dict(calls or {}), "near": near})
    return found
