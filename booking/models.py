"""The tables of agreements: group sessions, bookings, reminders, results of commands. Constraints: migrations."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from core.tables import instant, metadata

# One row per start of a service for several customers; `taken` counts the seats of its live bookings.
group_sessions = Table(
    "group_sessions",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("service_id", BigInteger),
    Column("staff_id", BigInteger),
    instant("starts_at"),
    instant("ends_at"),
    Column("capacity", Integer),
    Column("taken", Integer),
)

# `sequence` grows at each change, as calendar programs expect. `hold_until` is null once nothing can run out.
bookings = Table(
    "bookings",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("status", Text),
    Column("customer_id", BigInteger),
    Column("service_id", BigInteger),
    Column("staff_id", BigInteger),
    Column("location_id", BigInteger),
    Column("group_session_id", BigInteger),
    Column("conversation_id", BigInteger),
    Column("party_size", Integer),
    instant("starts_at"),
    instant("ends_at"),
    Column("price_minor", BigInteger),
    Column("currency", Text),
    instant("hold_until"),
    Column("sequence", Integer),
    instant("created_at"),
    instant("confirmed_at"),
    instant("cancelled_at"),
    Column("cancelled_by", Text),
)

command_results = Table(
    "command_results",
    metadata,
    Column("tenant_id", BigInteger, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("result", JSONB),
    instant("created_at"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("booking_id", BigInteger),
    Column("hours_before", Integer),
    instant("starts_at"),
    instant("due_at"),
    Column("status", Text),
    instant("done_at"),
)
