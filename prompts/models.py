"""The tables of prompts: versions, the labels that point at them, test cases and runs of them."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from core.tables import instant, metadata

prompt_versions = Table(
    "prompt_versions",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("kind", Text),
    Column("key", Text),
    Column("number", Integer),
    Column("content_hash", Text),
    Column("source", Text),
    Column("author", Text),
    instant("created_at"),
)

prompt_labels = Table(
    "prompt_labels",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("kind", Text),
    Column("key", Text),
    Column("label", Text),
    Column("serial", Integer),
    Column("version_id", BigInteger),
    Column("action", Text),
    Column("author", Text),
    Column("reason", Text),
    instant("moved_at"),
)

prompt_cases = Table(
    "prompt_cases",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("name", Text),
    Column("says", Text),
    Column("language", Text),
    instant("said_at"),
    Column("state", JSONB),
    Column("commands", JSONB),
    Column("script", JSONB),
    Column("ends", JSONB),
    Column("turn_id", BigInteger),
    Column("author", Text),
    instant("created_at"),
    instant("removed_at"),
)

prompt_runs = Table(
    "prompt_runs",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("set_hash", Text),
    Column("cases_hash", Text),
    Column("total", Integer),
    Column("passed", Integer),
    Column("times", Integer),
    Column("results", JSONB),
    Column("author", Text),
    instant("ran_at"),
)
