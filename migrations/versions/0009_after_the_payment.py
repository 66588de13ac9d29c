"""What follows a payment: what the business is due, what it is paid out, and each day held against the provider's.

Revision ID: 0009
Revises: 0008
"""

from migrations.security import allow_app, define_claim_functions, protect_table, run_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# `released_at`: what was left of it is the business's from then on. `hold_cap`: how long the held time may be kept for
# somebody who is paying.
PAYMENTS = """
ALTER TABLE payments ADD COLUMN released_at timestamptz, ADD COLUMN hold_cap timestamptz;
CREATE INDEX payments_unreleased ON payments (id) WHERE released_at IS NULL AND captured_amount > 0;
ALTER TABLE disputes ADD COLUMN fee bigint NOT NULL DEFAULT 0;
ALTER TABLE payment_accounts ADD COLUMN next_payout_at timestamptz;
CREATE INDEX payment_accounts_payout ON payment_accounts (next_payout_at) WHERE next_payout_at IS NOT NULL;
"""

# `unknown`: it was sent and nobody knows what became of it; the provider is asked before it is sent again. `spent_keys`:
# how many idempotency keys the provider answers a failure to, whatever is sent with them.
PAYOUTS = """
CREATE TABLE payouts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    account_id bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    status text NOT NULL CHECK (status IN ('draft', 'submitted', 'unknown', 'paid', 'failed', 'reversed')),
    reference text NOT NULL CHECK (reference ~ '^[a-z0-9-]{16,50}$'),
    recipient text NOT NULL,
    provider_id text,
    created_at timestamptz NOT NULL,
    done_at timestamptz,
    tries int NOT NULL DEFAULT 0,
    unanswered int NOT NULL DEFAULT 0,
    spent_keys int NOT NULL DEFAULT 0,
    try_at timestamptz,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, reference),
    FOREIGN KEY (tenant_id, account_id) REFERENCES payment_accounts (tenant_id, id)
);
CREATE UNIQUE INDEX payouts_of_provider ON payouts (tenant_id, account_id, provider_id);
CREATE UNIQUE INDEX payouts_under_way ON payouts (tenant_id, account_id)
    WHERE status IN ('draft', 'submitted', 'unknown');
CREATE INDEX payouts_due ON payouts (try_at) WHERE try_at IS NOT NULL;
"""

# One run for each look at a window; the amounts are sums of what both sides list, in minor units of `currency`.
RECONCILIATION = """
CREATE TABLE reconciliation_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    account_id bigint NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('complete', 'incomplete')),
    error text,
    theirs bigint NOT NULL DEFAULT 0,
    ours bigint NOT NULL DEFAULT 0,
    drift bigint NOT NULL DEFAULT 0 CHECK (drift >= 0),
    started_at timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES payment_accounts (tenant_id, id)
);
CREATE INDEX reconciliation_runs_of_account ON reconciliation_runs (account_id, window_end);
CREATE INDEX payment_attempts_of_account ON payment_attempts (account_id, created_at);

CREATE TABLE reconciliation_items (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL,
    run_id bigint NOT NULL,
    kind text NOT NULL,
    class text NOT NULL CHECK (class IN ('missing_here', 'missing_there', 'amount', 'status', 'fee')),
    reference text NOT NULL,
    theirs bigint NOT NULL,
    ours bigint NOT NULL,
    FOREIGN KEY (tenant_id, run_id) REFERENCES reconciliation_runs (tenant_id, id)
);
CREATE INDEX reconciliation_items_of_run ON reconciliation_items (run_id);
"""

CLAIM_GRANTS = "GRANT SELECT ON payouts, reconciliation_runs TO booka_claim"
CLAIM_FUNCTIONS = """
-- What came in for bookings that are over for so long that nobody complains any more: for the hours that the account
-- says, else for `p_hours`. What somebody has yet to decide on waits.
CREATE FUNCTION due_releases(p_now timestamptz, p_hours int, p_limit int)
RETURNS TABLE (tenant_id bigint, payment_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT p.tenant_id, p.id FROM payments p JOIN bookings b ON b.tenant_id = p.tenant_id AND b.id = p.booking_id
    WHERE p.released_at IS NULL AND p.captured_amount > 0
      AND b.status IN ('completed', 'no_show', 'cancelled', 'expired') AND b.ends_at <= p_now
      AND b.ends_at <= p_now - (
          SELECT max(coalesce((a.settings->>'release_after_hours')::int, p_hours)) FROM payment_attempts t
          JOIN payment_accounts a ON a.tenant_id = t.tenant_id AND a.id = t.account_id
          WHERE t.tenant_id = p.tenant_id AND t.payment_id = p.id AND t.captured_amount > 0) * interval '1 hour'
      AND NOT EXISTS (SELECT 1 FROM refunds r
          WHERE r.tenant_id = p.tenant_id AND r.payment_id = p.id AND r.status = 'requested')
      AND NOT is_resting(p.tenant_id, 'release', p.id) ORDER BY p.id LIMIT p_limit
$$;

-- What is still to be paid and whose time ends soon, or is over; of time that is held for hours an hour before.
CREATE OR REPLACE FUNCTION ending_payments(p_now timestamptz, p_soon timestamptz, p_limit int)
RETURNS TABLE (tenant_id bigint, payment_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT p.tenant_id, p.id FROM payments p
    WHERE p.status IN ('created', 'link_sent', 'pending', 'failed') AND p.expires_at <= p_now + interval '1 hour'
      AND (p.expires_at <= p_soon OR p.expires_at - p.created_at > interval '3 hours')
      AND (p.reminded_at IS NULL OR p.expires_at <= p_now)
      AND NOT is_resting(p.tenant_id, 'payment_end', p.id) ORDER BY p.expires_at LIMIT p_limit
$$;

CREATE FUNCTION due_payout_accounts(p_now timestamptz, p_limit int)
RETURNS TABLE (tenant_id bigint, account_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT a.tenant_id, a.id FROM payment_accounts a WHERE a.next_payout_at <= p_now
      AND NOT is_resting(a.tenant_id, 'payout_account', a.id) ORDER BY a.next_payout_at LIMIT p_limit
$$;

CREATE FUNCTION due_payouts(p_now timestamptz, p_limit int) RETURNS TABLE (tenant_id bigint, payout_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT o.tenant_id, o.id FROM payouts o WHERE o.try_at <= p_now
      AND NOT is_resting(o.tenant_id, 'payout', o.id) ORDER BY o.try_at LIMIT p_limit
$$;

-- The days until `p_end` (of the last two weeks, since an account was first used) that were not held against the
-- provider's after they were over. One that could not be listed to its end is due again after an hour, one that left a
-- difference after a day: it may have come right. One that the tenant has taken out of its file is looked at for a
-- month after its last use. `p_account` null: of all accounts.
CREATE FUNCTION due_reconciliations(p_end timestamptz, p_now timestamptz, p_account bigint, p_limit int)
RETURNS TABLE (tenant_id bigint, account_id bigint, day_end timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT a.tenant_id, a.id, d.ends_at FROM payment_accounts a
    CROSS JOIN LATERAL (
        SELECT min(t.created_at) AS first_at, max(t.created_at) AS last_at
        FROM payment_attempts t WHERE t.account_id = a.id) used
    CROSS JOIN generate_series(p_end - interval '312 hours', p_end, interval '24 hours') AS d (ends_at)
    CROSS JOIN LATERAL (
        SELECT max(r.started_at) AS tried,
            max(r.started_at) FILTER (WHERE r.status = 'complete' AND r.started_at >= r.window_end) AS done
        FROM reconciliation_runs r WHERE r.account_id = a.id AND r.window_end = d.ends_at) runs
    WHERE a.provider <> 'manual' AND (p_account IS NULL OR a.id = p_account) AND d.ends_at > used.first_at
      AND (a.active OR d.ends_at <= used.last_at + interval '720 hours')
      AND (runs.tried IS NULL OR runs.tried <= p_now - interval '1 hour')
      AND (runs.done IS NULL OR runs.done <= p_now - interval '24 hours' AND EXISTS (
          SELECT 1 FROM reconciliation_runs r WHERE r.account_id = a.id AND r.window_end = d.ends_at
              AND r.started_at = runs.done AND r.drift > 0))
      AND NOT is_resting(a.tenant_id, 'reconciliation', a.id) ORDER BY d.ends_at, a.id LIMIT p_limit
$$;
"""

NEW_TABLES = ("payouts", "reconciliation_runs", "reconciliation_items")


def upgrade() -> None:
    for script in (PAYMENTS, PAYOUTS, RECONCILIATION):
        run_script(script)
    for table in NEW_TABLES:
        protect_table(table)
    allow_app(NEW_TABLES)
    run_script(CLAIM_GRANTS)
    define_claim_functions(CLAIM_FUNCTIONS)


def downgrade() -> None:
    """Back to the eighth schema; what was paid out is lost but for the ledger. `ending_payments` fits it, too."""
    run_script("""
        DROP FUNCTION due_releases, due_payout_accounts, due_payouts, due_reconciliations;
        DROP INDEX payment_attempts_of_account;
        DROP TABLE reconciliation_items, reconciliation_runs, payouts;
        ALTER TABLE payments DROP COLUMN released_at, DROP COLUMN hold_cap;
        ALTER TABLE payment_accounts DROP COLUMN next_payout_at;
        ALTER TABLE disputes DROP COLUMN fee;
    """)
