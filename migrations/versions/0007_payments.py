"""What is to be paid, how it is tried at a provider, what came back, and what a person has to look at.

Revision ID: 0007
Revises: 0006
"""

from migrations.security import allow_app, define_claim_functions, protect_table, run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# A payment is of one booking and purpose; the one that replaces it is made after `superseded_by` points at it, so that
# a late capture of the old one still finds its row. The amounts captured and refunded follow from attempts and refunds.
PAYMENTS = """
CREATE TABLE payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    booking_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('deposit', 'full', 'balance')),
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    status text NOT NULL CHECK (status IN ('created', 'link_sent', 'pending', 'paid', 'partially_refunded', 'refunded',
        'failed', 'expired', 'cancelled')),
    captured_amount bigint NOT NULL DEFAULT 0 CHECK (captured_amount >= 0),
    refunded_amount bigint NOT NULL DEFAULT 0 CHECK (refunded_amount BETWEEN 0 AND captured_amount),
    expires_at timestamptz NOT NULL,
    superseded_by bigint,
    created_at timestamptz NOT NULL,
    paid_at timestamptz,
    reminded_at timestamptz,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, booking_id) REFERENCES bookings (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, superseded_by) REFERENCES payments (tenant_id, id)
);
CREATE UNIQUE INDEX payments_of_booking ON payments (tenant_id, booking_id, purpose) WHERE superseded_by IS NULL;
CREATE INDEX payments_unpaid ON payments (expires_at) WHERE status IN ('created', 'link_sent', 'pending', 'failed');

CREATE TABLE payment_links (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    payment_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    token_sealed text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    opened_at timestamptz,
    ended_at timestamptz,
    UNIQUE (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
);
CREATE INDEX payment_links_by_token ON payment_links (token_hash);
CREATE UNIQUE INDEX payment_links_live ON payment_links (tenant_id, payment_id) WHERE ended_at IS NULL;

-- Written before the provider is called; `reference` is ours and new for each attempt. `poll_at`: when to ask next.
CREATE TABLE payment_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    payment_id bigint NOT NULL,
    account_id bigint NOT NULL,
    provider text NOT NULL,
    reference text NOT NULL CHECK (reference ~ '^[a-z0-9-]{16,50}$'),
    provider_id text,
    provider_ref text,
    url text,
    status text NOT NULL CHECK (status IN ('created', 'open', 'processing', 'captured', 'failed', 'expired',
        'cancelled')),
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    expires_at timestamptz,
    captured_amount bigint NOT NULL DEFAULT 0 CHECK (captured_amount >= 0),
    fee bigint NOT NULL DEFAULT 0 CHECK (fee >= 0),
    captured_at timestamptz,
    created_at timestamptz NOT NULL,
    polls int NOT NULL DEFAULT 0,
    poll_at timestamptz,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, reference),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES payment_accounts (tenant_id, id)
);
CREATE UNIQUE INDEX payment_attempts_open ON payment_attempts (tenant_id, payment_id)
    WHERE status IN ('created', 'open', 'processing');
CREATE UNIQUE INDEX payment_attempts_of_provider ON payment_attempts (tenant_id, account_id, provider_id);
CREATE INDEX payment_attempts_due ON payment_attempts (poll_at) WHERE poll_at IS NOT NULL;
"""

# As received, after its signature was found true; handled once, however many copies come.
EVENTS = """
CREATE TABLE payment_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    account_id bigint NOT NULL,
    dedupe_key text NOT NULL,
    kind text NOT NULL,
    body bytea NOT NULL,
    payment_id bigint,
    received_at timestamptz NOT NULL,
    handled_at timestamptz,
    tries int NOT NULL DEFAULT 0,
    try_at timestamptz,
    UNIQUE (tenant_id, account_id, dedupe_key),
    FOREIGN KEY (tenant_id, account_id) REFERENCES payment_accounts (tenant_id, id)
);
CREATE INDEX payment_events_due ON payment_events (try_at) WHERE handled_at IS NULL;
"""

# `unknown`: it was sent and nobody knows what became of it; the provider is asked before it is sent again.
REFUNDS = """
CREATE TABLE refunds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    payment_id bigint NOT NULL,
    attempt_id bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    status text NOT NULL CHECK (status IN ('requested', 'approved', 'rejected', 'submitted', 'unknown', 'succeeded',
        'failed')),
    reason text NOT NULL,
    key text NOT NULL,
    requested_by text NOT NULL,
    decided_by text,
    provider_id text,
    created_at timestamptz NOT NULL,
    done_at timestamptz,
    tries int NOT NULL DEFAULT 0,
    try_at timestamptz,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, key),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
    FOREIGN KEY (tenant_id, attempt_id) REFERENCES payment_attempts (tenant_id, id)
);
CREATE INDEX refunds_of_attempt ON refunds (attempt_id);
CREATE INDEX refunds_due ON refunds (try_at) WHERE try_at IS NOT NULL;

CREATE TABLE disputes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    attempt_id bigint NOT NULL,
    provider_id text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'won', 'lost')),
    said text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    opened_at timestamptz NOT NULL,
    due_by timestamptz,
    closed_at timestamptz,
    UNIQUE (tenant_id, attempt_id, provider_id),
    FOREIGN KEY (tenant_id, attempt_id) REFERENCES payment_attempts (tenant_id, id)
);

CREATE TABLE payment_cases (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    kind text NOT NULL,
    subject text NOT NULL,
    payment_id bigint,
    note text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by text,
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
);
CREATE UNIQUE INDEX payment_cases_open ON payment_cases (tenant_id, kind, subject) WHERE closed_at IS NULL;
"""

CLAIM_GRANTS = (
    "GRANT SELECT ON payments, payment_links, payment_attempts, payment_events, refunds, payment_accounts"
    " TO booka_claim"
)
CLAIM_FUNCTIONS = """
CREATE FUNCTION find_payment_link(p_hash bytea) RETURNS TABLE (tenant_id bigint, payment_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT l.tenant_id, l.payment_id FROM payment_links l WHERE l.token_hash = p_hash $$;

CREATE FUNCTION find_payment_account(p_provider text, p_account text)
RETURNS TABLE (tenant_id bigint, account_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT a.tenant_id, a.id FROM payment_accounts a WHERE a.provider = p_provider AND a.account = p_account $$;

-- What is still to be paid and whose time ends soon, or is over.
CREATE FUNCTION ending_payments(p_now timestamptz, p_soon timestamptz, p_limit int)
RETURNS TABLE (tenant_id bigint, payment_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT p.tenant_id, p.id FROM payments p
    WHERE p.status IN ('created', 'link_sent', 'pending', 'failed') AND p.expires_at <= p_soon
      AND (p.reminded_at IS NULL OR p.expires_at <= p_now)
      AND NOT is_resting(p.tenant_id, 'payment_end', p.id) ORDER BY p.expires_at LIMIT p_limit
$$;

CREATE FUNCTION due_payment_attempts(p_now timestamptz, p_limit int) RETURNS TABLE (tenant_id bigint, attempt_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT a.tenant_id, a.id FROM payment_attempts a WHERE a.poll_at <= p_now
      AND NOT is_resting(a.tenant_id, 'payment', a.id) ORDER BY a.poll_at LIMIT p_limit
$$;

CREATE FUNCTION due_payment_events(p_now timestamptz, p_limit int) RETURNS TABLE (tenant_id bigint, event_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT e.tenant_id, e.id FROM payment_events e WHERE e.handled_at IS NULL AND e.try_at <= p_now
      AND NOT is_resting(e.tenant_id, 'payment_event', e.id) ORDER BY e.try_at LIMIT p_limit
$$;

CREATE FUNCTION due_refunds(p_now timestamptz, p_limit int) RETURNS TABLE (tenant_id bigint, refund_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT r.tenant_id, r.id FROM refunds r WHERE r.try_at <= p_now
      AND NOT is_resting(r.tenant_id, 'refund', r.id) ORDER BY r.try_at LIMIT p_limit
$$;
"""

NEW_TABLES = (
    *("payments", "payment_links", "payment_attempts", "payment_events"),
    *("refunds", "disputes", "payment_cases"),
)


def upgrade() -> None:
    for script in (PAYMENTS, EVENTS, REFUNDS):
        run_script(script)
    for table in NEW_TABLES:
        protect_table(table)
    allow_app(NEW_TABLES)
    run_script(CLAIM_GRANTS)
    define_claim_functions(CLAIM_FUNCTIONS)


def downgrade() -> None:
    """Back to the sixth schema; what was paid is lost but for the ledger."""
    run_script("""
        DROP FUNCTION find_payment_link, find_payment_account, ending_payments, due_payment_attempts,
            due_payment_events, due_refunds;
        DROP TABLE payment_cases, disputes, refunds, payment_events, payment_attempts, payment_links, payments;
    """)
