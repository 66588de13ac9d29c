"""The tables of agreements: group sessions, bookings and their appointments, reminders, the waiting list, feeds.

Constraints: migrations.
"""

from sqlalchemy import BigInteger, Column, Date, Integer, LargeBinary, Table, Text
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
# Service, staff and location are those of the first appointment; `series` is common to bookings that recur; `fee_minor`
# is what a late cancellation or a no-show costs; `moved_from` the appointments of before a request to move.
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
    Column("series", Text),
    Column("fee_minor", BigInteger),
    Column("moved_from", JSONB),
)

# One block of one person's time, without buffers. Those of one `position` are the whole team at once.
appointments = Table(
    "appointments",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("booking_id", BigInteger),
    Column("position", Integer),
    Column("service_id", BigInteger),
    Column("variant", Text),
    Column("add_ons", JSONB),
    Column("staff_id", BigInteger),
    instant("starts_at"),
    instant("ends_at"),
)

# Who waits for a time: local dates, wall times of the start ("HH:MM", null: any), anybody where no staff is named.
# `queue_at` is the place in the line, `passed` the starts that were offered and not taken, `booking_id` the offer.
waitlist_entries = Table(
    "waitlist_entries",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("customer_id", BigInteger),
    Column("conversation_id", BigInteger),
    Column("service_id", BigInteger),
    Column("variant", Text),
    Column("add_ons", JSONB),
    Column("staff_id", BigInteger),
    Column("location_id", BigInteger),
    Column("party_size", Integer),
    Column("from_date", Date),
    Column("to_date", Date),
    Column("from_time", Text),
    Column("to_time", Text),
    Column("status", Text),
    Column("booking_id", BigInteger),
    Column("passed", JSONB),
    instant("queue_at"),
    instant("created_at"),
)

# A calendar that programs may subscribe to: of a person or a location. The token is its address.
calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("staff_id", BigInteger),
    Column("location_id", BigInteger),
    Column("token_hash", LargeBinary),
    Column("token_sealed", Text),
    Column("content_hash", LargeBinary),
    instant("changed_at"),
    instant("created_at"),
    instant("revoked_at"),
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
