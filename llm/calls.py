"""The rows of every call: what was reserved for it, how it ended, what it used. No words of anybody."""

from sqlalchemy import BigInteger, Column, Date, Double, Integer, Table, Text

from core.tables import instant, metadata

llm_calls = Table(
    "llm_calls",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("conversation_id", BigInteger),
    Column("turn_key", Text),
    Column("purpose", Text),
    Column("status", Text),
    Column("error_code", Text),
    Column("http_status", Integer),
    Column("endpoint", Text),
    Column("key_owner", Text),
    Column("provider", Text),
    Column("model_requested", Text),
    Column("model_served", Text),
    Column("mode", Text),
    Column("attempt", Integer),
    Column("prompt_version", Text),
    Column("day", Date),
    Column("month", Date),
    Column("est_tokens", Integer),
    Column("est_prompt_tokens", Integer),
    Column("est_cost_u", BigInteger),
    Column("tokens", BigInteger),
    Column("prompt_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("completion_tokens", BigInteger),
    Column("reasoning_tokens", BigInteger),
    Column("cost_u", BigInteger),
    Column("cost_source", Text),
    Column("price_version", Text),
    Column("latency_ms", Double),
    Column("provider_request_id", Text),
    instant("created_at"),
    instant("reserved_at"),
    instant("settled_at"),
)

usage_daily = Table(
    "usage_daily",
    metadata,
    Column("tenant_id", BigInteger, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("calls", BigInteger),
    Column("ok", BigInteger),
    Column("prompt_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("completion_tokens", BigInteger),
    Column("cost_u", BigInteger),
)

llm_modes = Table(
    "llm_modes",
    metadata,
    Column("tenant_id", BigInteger, primary_key=True),
    Column("endpoint", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("mode", Text),
    instant("learned_at"),
)
