"""What the booking engine has to know beyond a first booking: appointments, variants, limits, waiting list, feeds.

Revision ID: 0002
Revises: 0001
"""

from migrations.security import allow_app, define_claim_functions, protect_table, run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CATALOGUE = """
ALTER TABLE locations ADD overrides jsonb NOT NULL DEFAULT '{}';
ALTER TABLE resources ADD category text;
ALTER TABLE staff
    ADD breaks jsonb NOT NULL DEFAULT '{}',
    ADD time_off jsonb NOT NULL DEFAULT '[]',
    ADD max_bookings_per_day int CHECK (max_bookings_per_day > 0),
    ADD max_minutes_per_day int CHECK (max_minutes_per_day > 0);
ALTER TABLE services
    ADD variants jsonb NOT NULL DEFAULT '[]',
    ADD add_ons jsonb NOT NULL DEFAULT '[]',
    ADD any_resources jsonb NOT NULL DEFAULT '[]',
    ADD needs_all_staff boolean NOT NULL DEFAULT false,
    ADD max_bookings_per_day int CHECK (max_bookings_per_day > 0),
    ADD max_minutes_per_day int CHECK (max_minutes_per_day > 0);
ALTER TABLE service_staff
    ADD duration_minutes int CHECK (duration_minutes > 0),
    ADD price_minor bigint,
    ADD variants jsonb NOT NULL DEFAULT '{}';
"""

# An appointment is one block of one person's time in a booking: a visit of several services has several, a service that
# needs the whole team has one for each of the team (of the same position).
BOOKINGS = """
ALTER TABLE bookings ADD series text, ADD fee_minor bigint CHECK (fee_minor >= 0), ADD moved_from jsonb;
CREATE INDEX bookings_of_series ON bookings (tenant_id, series) WHERE series IS NOT NULL;
CREATE INDEX bookings_to_move_back ON bookings (hold_until) WHERE status = 'expired' AND moved_from IS NOT NULL;

CREATE TABLE appointments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    booking_id bigint NOT NULL,
    position int NOT NULL,
    service_id bigint NOT NULL,
    variant text,
    add_ons jsonb NOT NULL DEFAULT '[]',
    staff_id bigint NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    UNIQUE (tenant_id, booking_id, position, staff_id),
    FOREIGN KEY (tenant_id, booking_id) REFERENCES bookings (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id)
);
CREATE INDEX appointments_of_booking ON appointments (booking_id);
CREATE INDEX appointments_of_staff ON appointments (staff_id, starts_at);
CREATE INDEX appointments_of_service ON appointments (service_id, starts_at);
"""

# The owner of the tables is bound by row-level security as well; a migration speaks for every tenant.
FILL = """
ALTER TABLE bookings NO FORCE ROW LEVEL SECURITY;
INSERT INTO appointments (tenant_id, booking_id, position, service_id, staff_id, starts_at, ends_at)
SELECT tenant_id, id, 0, service_id, staff_id, starts_at, ends_at FROM bookings ORDER BY id;
ALTER TABLE bookings FORCE ROW LEVEL SECURITY;
"""

# `from_time` and `to_time` are wall times of the start, "HH:MM". `queue_at` is the place in the line: who lets an offer
# pass goes to its end. `passed` are the starts that were offered and not taken.
WAITLIST = """
CREATE TABLE waitlist_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    customer_id bigint NOT NULL,
    conversation_id bigint,
    service_id bigint NOT NULL,
    variant text,
    add_ons jsonb NOT NULL DEFAULT '[]',
    staff_id bigint,
    location_id bigint,
    party_size int NOT NULL DEFAULT 1 CHECK (party_size >= 1),
    from_date date NOT NULL,
    to_date date NOT NULL CHECK (to_date >= from_date),
    from_time text,
    to_time text,
    status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'offered', 'taken', 'left', 'expired')),
    booking_id bigint,
    passed jsonb NOT NULL DEFAULT '[]',
    queue_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    FOREIGN KEY (tenant_id, booking_id) REFERENCES bookings (tenant_id, id)
);
CREATE INDEX waitlist_entries_open ON waitlist_entries (tenant_id, queue_at) WHERE status IN ('waiting', 'offered');
CREATE INDEX waitlist_entries_offered ON waitlist_entries (booking_id) WHERE status = 'offered';
CREATE INDEX waitlist_entries_of_customer ON waitlist_entries (customer_id) WHERE status IN ('waiting', 'offered');
"""

# The address of a feed is a secret: found by its hash, shown again from its sealed form. `content_hash` is of what was
# read from it last, `changed_at` when that was first seen: what programs ask about before they read it all again.
FEEDS = """
CREATE TABLE calendar_feeds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    staff_id bigint,
    location_id bigint,
    token_hash bytea NOT NULL,
    token_sealed text NOT NULL,
    content_hash bytea,
    changed_at timestamptz,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CHECK (num_nonnulls(staff_id, location_id) = 1),
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX calendar_feeds_by_token ON calendar_feeds (token_hash);
CREATE UNIQUE INDEX calendar_feeds_of_staff ON calendar_feeds (tenant_id, staff_id) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX calendar_feeds_of_location ON calendar_feeds (tenant_id, location_id) WHERE revoked_at IS NULL;
"""

CLAIM_GRANTS = "GRANT SELECT ON waitlist_entries, calendar_feeds TO booka_claim"
CLAIM_FUNCTIONS = """
-- A move that was not accepted in time: somebody may have taken the new time before a sweep came by.
CREATE FUNCTION lapsed_moves(p_limit int) RETURNS TABLE (tenant_id bigint, booking_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT b.tenant_id, b.id FROM bookings b WHERE b.status = 'expired' AND b.moved_from IS NOT NULL
      AND NOT is_resting(b.tenant_id, 'expiry', b.id) ORDER BY b.hold_until LIMIT p_limit
$$;

CREATE FUNCTION find_calendar_feed(p_hash bytea) RETURNS TABLE (tenant_id bigint, feed_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT f.tenant_id, f.id FROM calendar_feeds f WHERE f.token_hash = p_hash AND f.revoked_at IS NULL $$;

CREATE FUNCTION waiting_lists() RETURNS TABLE (tenant_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT t.tenant_id FROM (
        SELECT DISTINCT w.tenant_id FROM waitlist_entries w WHERE w.status IN ('waiting', 'offered')) t
    WHERE NOT is_resting(t.tenant_id, 'waitlist', t.tenant_id)
$$;
"""

# Statistics that do not know a tenant yet estimate it at one row, and then every key led by the tenant looks as good as
# the right index. Without statistics of that column any tenant counts as a two-hundredth of the table (ADR 0007).
PLANNING = "".join(
    f"ALTER TABLE {table} ALTER tenant_id SET STATISTICS 0;"
    for table in ("bookings", "appointments", "occupancy", "reminders", "group_sessions")
)

NEW_TABLES = ("appointments", "waitlist_entries", "calendar_feeds")


def upgrade() -> None:
    for script in (CATALOGUE, BOOKINGS, FILL, WAITLIST, FEEDS, PLANNING):
        run_script(script)
    for table in NEW_TABLES:
        protect_table(table)
    allow_app(NEW_TABLES, deletable=("appointments",))
    run_script(CLAIM_GRANTS)
    define_claim_functions(CLAIM_FUNCTIONS)


def downgrade() -> None:
    """Back to the first schema; what only the newer one can say is lost."""
    run_script("""
        DROP FUNCTION find_calendar_feed, waiting_lists, lapsed_moves;
        DROP TABLE calendar_feeds, waitlist_entries, appointments;
        ALTER TABLE bookings ALTER tenant_id SET STATISTICS -1;
        ALTER TABLE occupancy ALTER tenant_id SET STATISTICS -1;
        ALTER TABLE reminders ALTER tenant_id SET STATISTICS -1;
        ALTER TABLE group_sessions ALTER tenant_id SET STATISTICS -1;
        ALTER TABLE bookings DROP series, DROP fee_minor, DROP moved_from;
        ALTER TABLE service_staff DROP duration_minutes, DROP price_minor, DROP variants;
        ALTER TABLE services DROP variants, DROP add_ons, DROP any_resources, DROP needs_all_staff,
            DROP max_bookings_per_day, DROP max_minutes_per_day;
        ALTER TABLE staff DROP breaks, DROP time_off, DROP max_bookings_per_day, DROP max_minutes_per_day;
        ALTER TABLE resources DROP category;
        ALTER TABLE locations DROP overrides;
    """)
