"""What a tenant may spend: reserved before a call by one conditional update, settled after it by another.

Nothing is checked first and added later, so that any number of callers together stay within a limit. A reservation
whose owner died is settled by a sweep (workers/llm_quotas.py).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from core.uow import UnitOfWork
from llm.call import Endpoint, Usage
from llm.failures import Kind, LlmError
from llm.prices import Priced, Source, charged, cost_u

# A server that says it used more than so many times what was expected has miscounted, and would lock a tenant out.
_BELIEVED = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """One call as it is written down before it is made. `day` and `month` are the tenant's."""

    conversation_id: int | None
    turn_key: str | None
    purpose: str
    endpoint: Endpoint
    mode: str
    attempt: int
    prompt_version: str
    prompt_tokens: int
    max_tokens: int
    priced: Priced
    now: datetime
    day: date
    month: date

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.max_tokens

    @property
    def cost_u(self) -> int:
        return cost_u(self.priced.price, self.prompt_tokens, self.max_tokens)


@dataclass(frozen=True, slots=True)
class Reservation:
    call_id: int
    wish: Wish
    platform_day: date | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended. `usage` None: nobody said; `was_sent` then tells whether the prompt may have been read."""

    status: str
    usage: Usage | None = None
    was_sent: bool = True
    code: str = ""
    http_status: int | None = None
    model: str | None = None
    request_id: str | None = None
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    usage: Usage
    cost_u: int


# The rate limit is one instant: that at which the calls so far would have been due, had they come evenly. Far from now
# it is another clock's.
_RESERVE = """
WITH new AS (
    SELECT $1::bigint AS tenant_id, $2::date AS day, $3::date AS month, $4::bigint AS tokens, $5::bigint AS cost_u,
        $6::timestamptz AS now, $6::timestamptz + interval '1 min' AS soon, $7::bigint AS conversation_id,
        $8::text AS turn_key
), taken AS (
    UPDATE llm_quotas q SET day_reserved = q.day_reserved + n.tokens, month_reserved_u = q.month_reserved_u + n.cost_u,
        next_request_at = coalesce(greatest(n.now, CASE WHEN q.next_request_at <= n.soon THEN q.next_request_at END)
            + interval '1 min' / q.requests_per_minute, q.next_request_at)
    FROM new n WHERE q.tenant_id = n.tenant_id AND q.day = n.day AND q.month = n.month
      AND (q.tokens_per_day IS NULL OR q.day_tokens + q.day_reserved + n.tokens <= q.tokens_per_day)
      AND (q.cost_per_month_u IS NULL OR q.month_cost_u + q.month_reserved_u + n.cost_u <= q.cost_per_month_u)
      AND (q.requests_per_minute IS NULL OR q.next_request_at IS NULL OR q.next_request_at > n.soon
           OR q.next_request_at <= n.soon - interval '1 min' / q.requests_per_minute)
      AND (q.turns_per_hour IS NULL OR q.turns_per_hour > (
           SELECT count(DISTINCT c.turn_key) FROM llm_calls c WHERE c.conversation_id = n.conversation_id
             AND c.created_at BETWEEN n.now - interval '1 h' AND n.now
             AND c.est_tokens > 0 AND c.turn_key <> n.turn_key))
    RETURNING n.*
)
INSERT INTO llm_calls (status, tenant_id, day, month, est_tokens, tokens, est_cost_u, cost_u, created_at,
    conversation_id, turn_key, purpose, endpoint, key_owner, provider, model_requested, mode, attempt, prompt_version,
    est_prompt_tokens, price_version)
SELECT 'reserved', tenant_id, day, month, tokens, tokens, cost_u, cost_u, now, conversation_id, turn_key,
    $9, $10, $11, $12, $13, $14, $15, $16, $17, $18
FROM taken RETURNING id
"""

_LOCK = "SELECT FROM llm_quotas WHERE tenant_id = $1 FOR UPDATE"

# Another day or month than the counted one begins with what its calls say.
_TURN_OVER = """
UPDATE llm_quotas q SET day = $2, month = $3, day_tokens = d.tokens, day_reserved = d.reserved,
    month_cost_u = m.cost_u, month_reserved_u = m.reserved_u
FROM (SELECT coalesce(sum(tokens) FILTER (WHERE status <> 'reserved'), 0) AS tokens,
             coalesce(sum(tokens) FILTER (WHERE status = 'reserved'), 0) AS reserved
      FROM llm_calls WHERE tenant_id = $1 AND day = $2) d,
     (SELECT coalesce(sum(cost_u) FILTER (WHERE status <> 'reserved'), 0) AS cost_u,
             coalesce(sum(cost_u) FILTER (WHERE status = 'reserved'), 0) AS reserved_u
      FROM llm_calls WHERE tenant_id = $1 AND month = $3) m
WHERE q.tenant_id = $1 AND ($4 OR q.day IS DISTINCT FROM $2 OR q.month IS DISTINCT FROM $3)
"""

_WHY_NOT = """
SELECT CASE WHEN day_tokens + day_reserved + $2 > tokens_per_day THEN 'tokens_per_day'
            WHEN month_cost_u + month_reserved_u + $3 > cost_per_month_u THEN 'cost_per_month'
            WHEN next_request_at > $4::timestamptz + interval '1 min' - interval '1 min' / requests_per_minute
                THEN 'requests_per_minute'
            ELSE 'turns_per_hour' END
FROM llm_quotas WHERE tenant_id = $1
"""

_LOST = """
SELECT est_tokens, est_prompt_tokens, est_cost_u, key_owner, created_at FROM llm_calls
WHERE tenant_id = $1 AND id = $2 AND status = 'reserved'
"""

_RESERVE_PLATFORM = "SELECT reserve_platform_tokens($1, $2, $3)"
_SETTLE_PLATFORM = "SELECT settle_platform_tokens($1, $2, $3)"

# Once: a call that is settled is passed over. The counters of a period that is over are past correcting.
_SETTLE = """
WITH settled AS (
    UPDATE llm_calls SET status = $3, error_code = nullif($4, ''), http_status = $5, model_served = $6,
        provider_request_id = $7, latency_ms = $8, tokens = $9, prompt_tokens = $10, cached_tokens = $11,
        completion_tokens = $12, reasoning_tokens = $13, cost_u = $14, cost_source = $15, settled_at = $16
    WHERE tenant_id = $1 AND id = $2 AND status = 'reserved'
    RETURNING *
), counted AS (
    UPDATE llm_quotas q SET
        day_reserved = q.day_reserved - CASE WHEN q.day = s.day THEN s.est_tokens ELSE 0 END,
        day_tokens = q.day_tokens + CASE WHEN q.day = s.day THEN s.tokens ELSE 0 END,
        month_reserved_u = q.month_reserved_u - CASE WHEN q.month = s.month THEN s.est_cost_u ELSE 0 END,
        month_cost_u = q.month_cost_u + CASE WHEN q.month = s.month THEN s.cost_u ELSE 0 END
    FROM settled s WHERE q.tenant_id = s.tenant_id
    RETURNING s.*
)
INSERT INTO usage_daily AS u (tenant_id, day, purpose, model, calls, ok, prompt_tokens, cached_tokens,
    completion_tokens, cost_u)
SELECT tenant_id, day, purpose, model_requested, 1, (status = 'ok')::int, prompt_tokens, cached_tokens,
    completion_tokens, cost_u FROM counted
ON CONFLICT (tenant_id, day, purpose, model) DO UPDATE SET calls = u.calls + 1, ok = u.ok + excluded.ok,
    prompt_tokens = u.prompt_tokens + excluded.prompt_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
    completion_tokens = u.completion_tokens + excluded.completion_tokens, cost_u = u.cost_u + excluded.cost_u
RETURNING 1
"""


async def reserve(uow: UnitOfWork, wish: Wish, *, platform_limit: int | None) -> Reservation:
    """Raises LlmError (quota) naming the limit in its code; the unit is then to be rolled back."""
    call_id = await _take(uow, wish)
    if call_id is None:  # perhaps of another period; another caller may have turned it over meanwhile
        await turn_over(uow, wish.day, wish.month)
        call_id = await _take(uow, wish)
    if call_id is None:
        why = await uow.driver.fetchval(_WHY_NOT, uow.tenant_id, wish.tokens, wish.cost_u, wish.now)
        raise LlmError(Kind.QUOTA, why or "no_row")
    platform_day = None
    if platform_limit is not None and wish.endpoint.tenant_id is None:
        platform_day = wish.now.date()
        if not await uow.driver.fetchval(_RESERVE_PLATFORM, platform_day, wish.tokens, platform_limit):
            raise LlmError(Kind.QUOTA, "platform")
    return Reservation(call_id, wish, platform_day)


async def settle(uow: UnitOfWork, reservation: Reservation, outcome: Outcome, now: datetime) -> Charge | None:
    """None when it was settled before. What nobody told is counted as the prompt that was sent."""
    wish = reservation.wish
    usage, (cost, source) = _used(wish, outcome)
    is_first = await uow.driver.fetchval(
        _SETTLE,
        *(uow.tenant_id, reservation.call_id, outcome.status, outcome.code, outcome.http_status, outcome.model),
        *(outcome.request_id, outcome.latency_ms, usage.tokens, usage.prompt_tokens, usage.cached_tokens),
        *(usage.completion_tokens, usage.reasoning_tokens, cost, source, now),
    )
    if is_first and reservation.platform_day is not None:
        await uow.driver.fetchval(_SETTLE_PLATFORM, reservation.platform_day, wish.tokens, usage.tokens)
    return Charge(usage, cost) if is_first else None


async def settle_lost(uow: UnitOfWork, call_id: int, now: datetime) -> None:
    """Of a call whose owner died: as if the prompt was read, at the price of all that was reserved."""
    row = await uow.driver.fetchrow(_LOST, uow.tenant_id, call_id)
    if row is None:
        return
    read = row["est_prompt_tokens"]
    used = (read, read, 0, 0, 0, row["est_cost_u"], "estimate", now)
    is_first = await uow.driver.fetchval(_SETTLE, uow.tenant_id, call_id, "lost", "", None, None, None, None, *used)
    if is_first and row["key_owner"] == "platform" and uow.runtime.settings.openai.tokens_per_day is not None:
        day = row["created_at"].astimezone(UTC).date()
        await uow.driver.fetchval(_SETTLE_PLATFORM, day, row["est_tokens"], read)


async def turn_over(uow: UnitOfWork, day: date, month: date, *, again: bool = False) -> None:
    """Counts the period from its calls, where the counters are of another one (`again`: in any case); nobody else's
    call begins or ends meanwhile."""
    await uow.driver.execute(_LOCK, uow.tenant_id)
    await uow.driver.execute(_TURN_OVER, uow.tenant_id, day, month, again)


def period_of(now: datetime, timezone: str) -> tuple[date, date]:
    """The tenant's day, and the first of its month."""
    day = now.astimezone(ZoneInfo(timezone)).date()
    return day, day.replace(day=1)


async def _take(uow: UnitOfWork, wish: Wish) -> int | None:
    endpoint = wish.endpoint
    call_id: int | None = await uow.driver.fetchval(
        _RESERVE,
        *(uow.tenant_id, wish.day, wish.month, wish.tokens, wish.cost_u, wish.now, wish.conversation_id),
        *(wish.turn_key or "", wish.purpose, endpoint.base_url, endpoint.owner, endpoint.provider, endpoint.model),
        *(wish.mode, wish.attempt, wish.prompt_version, wish.prompt_tokens, wish.priced.version),
    )
    return call_id


def _used(wish: Wish, outcome: Outcome) -> tuple[Usage, tuple[int, Source]]:
    if outcome.usage is not None and outcome.usage.tokens <= wish.tokens * _BELIEVED:
        return outcome.usage, charged(wish.priced, outcome.usage)
    prompt_tokens = wish.prompt_tokens if outcome.was_sent else 0
    return Usage(prompt_tokens, 0), (cost_u(wish.priced.price, prompt_tokens, 0), "estimate")
