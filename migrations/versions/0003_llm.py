"""What the model costs and may cost: calls, quotas, usage by day, and how each endpoint wants to be asked.

Revision ID: 0003
Revises: 0002
"""

from migrations.security import allow_app, define_claim_functions, protect_table, run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Money is micro-dollars. A limit that is null is none; a tenant without a row may not call at all. The row without a
# tenant is the platform's own. `day` and `month` say of which period the counters are; `next_request_at` is the
# theoretical arrival time of the rate limit.
QUOTAS = """
CREATE TABLE llm_quotas (
    tenant_id bigint REFERENCES tenants (id) ON DELETE CASCADE,
    tokens_per_day bigint CHECK (tokens_per_day >= 0),
    cost_per_month_u bigint CHECK (cost_per_month_u >= 0),
    requests_per_minute int CHECK (requests_per_minute > 0),
    turns_per_hour int CHECK (turns_per_hour > 0),
    day date,
    day_tokens bigint NOT NULL DEFAULT 0,
    day_reserved bigint NOT NULL DEFAULT 0,
    month date,
    month_cost_u bigint NOT NULL DEFAULT 0,
    month_reserved_u bigint NOT NULL DEFAULT 0,
    next_request_at timestamptz,
    warned_day date,
    warned_month date,
    UNIQUE NULLS NOT DISTINCT (tenant_id)
);
INSERT INTO llm_quotas (tenant_id) VALUES (NULL);
"""

# The owner of the tables is bound by row-level security as well; a migration speaks for every tenant.
FILL = """
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
INSERT INTO llm_quotas (tenant_id, tokens_per_day, cost_per_month_u, requests_per_minute, turns_per_hour)
SELECT id, (llm ->> 'tokens_per_day')::bigint, ((llm ->> 'cost_per_month_usd')::numeric * 1000000)::bigint,
    (llm ->> 'requests_per_minute')::int, 30 FROM tenants ORDER BY id;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
"""

# `est_…` is what was reserved, `tokens` and `cost_u` what counts: the reservation until the call is settled, then
# what was used. A call that was refused before it was sent reserved nothing. `reserved_at` is real time, for the
# sweep; `created_at` the business clock's.
CALLS = """
CREATE TABLE llm_calls (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    conversation_id bigint,
    turn_key text,
    purpose text NOT NULL CHECK (purpose IN ('interpret', 'repair', 'playground', 'eval')),
    status text NOT NULL CHECK (status IN
        ('reserved', 'ok', 'quota', 'busy', 'breaker_open', 'timeout', 'no_connection', 'unauthorised',
         'no_credit', 'rate_limited', 'bad_request', 'unsupported', 'server_error', 'http_error', 'garbled',
         'no_choices', 'refusal', 'length', 'filtered', 'parse_error', 'schema_error', 'cancelled', 'lost')),
    error_code text,
    http_status int,
    endpoint text NOT NULL,
    key_owner text NOT NULL CHECK (key_owner IN ('platform', 'tenant')),
    provider text NOT NULL,
    model_requested text NOT NULL,
    model_served text,
    mode text,
    attempt int NOT NULL DEFAULT 1,
    prompt_version text NOT NULL,
    day date NOT NULL,
    month date NOT NULL,
    est_tokens int NOT NULL DEFAULT 0,
    est_prompt_tokens int NOT NULL DEFAULT 0,
    est_cost_u bigint NOT NULL DEFAULT 0,
    tokens bigint NOT NULL DEFAULT 0,
    prompt_tokens bigint NOT NULL DEFAULT 0,
    cached_tokens bigint NOT NULL DEFAULT 0,
    completion_tokens bigint NOT NULL DEFAULT 0,
    reasoning_tokens bigint NOT NULL DEFAULT 0,
    cost_u bigint NOT NULL DEFAULT 0,
    cost_source text CHECK (cost_source IN ('provider', 'table', 'override', 'ceiling', 'estimate')),
    price_version text,
    latency_ms double precision,
    provider_request_id text,
    created_at timestamptz NOT NULL,
    reserved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at timestamptz,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id)
);
CREATE INDEX llm_calls_by_day ON llm_calls (tenant_id, day);
CREATE INDEX llm_calls_by_month ON llm_calls (tenant_id, month);
CREATE INDEX llm_calls_of_conversation ON llm_calls (conversation_id, created_at) WHERE conversation_id IS NOT NULL;
CREATE INDEX llm_calls_by_time ON llm_calls (created_at) WHERE key_owner = 'platform';
CREATE INDEX llm_calls_open ON llm_calls (reserved_at) WHERE status = 'reserved';

CREATE TABLE usage_daily (
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    day date NOT NULL,
    purpose text NOT NULL,
    model text NOT NULL,
    calls bigint NOT NULL DEFAULT 0,
    ok bigint NOT NULL DEFAULT 0,
    prompt_tokens bigint NOT NULL DEFAULT 0,
    cached_tokens bigint NOT NULL DEFAULT 0,
    completion_tokens bigint NOT NULL DEFAULT 0,
    cost_u bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, purpose, model)
);

CREATE TABLE llm_modes (
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    endpoint text NOT NULL,
    model text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('json_schema', 'tool', 'json_object', 'text')),
    learned_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, endpoint, model)
);
"""

CLAIM_GRANTS = "GRANT SELECT ON llm_calls TO booka_claim; GRANT SELECT, UPDATE ON llm_quotas TO booka_claim"
CLAIM_FUNCTIONS = """
-- The platform's own cap, for a call that is written down in this transaction already. A day that is not the counted
-- one begins with what its calls say, but for this one.
CREATE FUNCTION reserve_platform_tokens(p_day date, p_tokens bigint, p_limit bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE llm_quotas SET day = p_day, day_reserved = 0, day_tokens = (
        SELECT greatest(0, coalesce(sum(c.tokens), 0) - p_tokens) FROM llm_calls c WHERE c.key_owner = 'platform'
            AND c.created_at >= p_day::timestamp AT TIME ZONE 'UTC'
            AND c.created_at < (p_day + 1)::timestamp AT TIME ZONE 'UTC')
    WHERE tenant_id IS NULL AND day IS DISTINCT FROM p_day;
    UPDATE llm_quotas SET day_tokens = day_tokens + p_tokens
    WHERE tenant_id IS NULL AND day = p_day AND day_tokens + p_tokens <= p_limit;
    RETURN FOUND;
END
$$;

CREATE FUNCTION settle_platform_tokens(p_day date, p_reserved bigint, p_used bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE llm_quotas SET day_tokens = greatest(0, day_tokens - p_reserved + p_used)
    WHERE tenant_id IS NULL AND day = p_day;
    RETURN FOUND;
END
$$;

-- Tenants with calls that nobody settled, or with four fifths of a quota spent that nobody was told of.
CREATE FUNCTION llm_chores(p_older_than interval, p_limit int) RETURNS TABLE (tenant_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT t.tenant_id FROM (
        SELECT c.tenant_id FROM llm_calls c
        WHERE c.status = 'reserved' AND c.reserved_at < clock_timestamp() - p_older_than
        UNION
        SELECT q.tenant_id FROM llm_quotas q WHERE q.tenant_id IS NOT NULL AND (
            (q.day_tokens > 0 AND q.day_tokens * 5 >= q.tokens_per_day * 4 AND q.warned_day IS DISTINCT FROM q.day)
            OR (q.month_cost_u > 0 AND q.month_cost_u * 5 >= q.cost_per_month_u * 4
                AND q.warned_month IS DISTINCT FROM q.month))) t
    WHERE NOT is_resting(t.tenant_id, 'llm_quota', t.tenant_id) LIMIT p_limit
$$;

CREATE FUNCTION leaked_llm_calls(p_tenant bigint, p_older_than interval) RETURNS TABLE (call_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT c.id FROM llm_calls c WHERE c.tenant_id = p_tenant AND c.status = 'reserved'
      AND c.reserved_at < clock_timestamp() - p_older_than ORDER BY c.id
$$;
"""

NEW_TABLES = ("llm_quotas", "llm_calls", "usage_daily", "llm_modes")


def upgrade() -> None:
    for script in (QUOTAS, FILL, CALLS):
        run_script(script)
    for table in NEW_TABLES:
        protect_table(table)
    allow_app(NEW_TABLES)
    run_script(CLAIM_GRANTS)
    define_claim_functions(CLAIM_FUNCTIONS)


def downgrade() -> None:
    """Back to the second schema; what the model did and cost is lost."""
    run_script("""
        DROP FUNCTION reserve_platform_tokens, settle_platform_tokens, llm_chores, leaked_llm_calls;
        DROP TABLE llm_modes, usage_daily, llm_calls, llm_quotas;
    """)
