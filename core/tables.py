"""The metadata that every table of the product joins, and the tables of the inbox, the outbox and dead jobs."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def instant(name: str) -> Column[object]:
    """A column of an instant: UTC in, aware out."""
    return Column(name, DateTime(timezone=True))


inbound_events = Table(
    "inbound_events",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("account_id", BigInteger),
    Column("conversation_id", BigInteger),
    Column("channel", Text),
    Column("scope", Text),
    Column("event_key", Text),
    Column("kind", Text),
    Column("urgent", Boolean),
    instant("occurred_at"),
    instant("received_at"),
    Column("payload", JSONB),
    Column("status", Text),
    Column("attempts", Integer),
    instant("handled_at"),
    Column("turn_id", BigInteger),
)

outbox_messages = Table(
    "outbox_messages",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("conversation_id", BigInteger),
    Column("account_id", BigInteger),
    Column("channel", Text),
    Column("recipient", Text),
    Column("dedupe_key", Text),
    Column("kind", Text),
    Column("payload", JSONB),
    Column("status", Text),
    Column("attempts", Integer),
    instant("next_attempt_at"),
    instant("claimed_until"),
    Column("claimed_by", Integer),
    Column("vendor_id", Text),
    Column("delivery", Text),
    Column("error", Text),
    instant("created_at"),
    instant("sent_at"),
)

dead_jobs = Table(
    "dead_jobs",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("job", Text),
    Column("subject_id", BigInteger),
    Column("error", Text),
    Column("attempts", Integer),
    instant("created_at"),
    instant("buried_at"),
    instant("resolved_at"),
)
