"""Where every franc is: accounts by name, transactions that balance, entries that nobody changes.

Revision ID: 0006
Revises: 0005
"""

from migrations.security import allow_app, protect_table, run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# One transaction for each fact (`source_type`, `source_id`, `kind`), however often it is told. A debit is positive.
LEDGER = """
CREATE TABLE ledger_transactions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id),
    source_type text NOT NULL,
    source_id bigint NOT NULL,
    kind text NOT NULL,
    happened_at timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, source_type, source_id, kind)
);

CREATE TABLE ledger_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL,
    transaction_id bigint NOT NULL,
    account text NOT NULL CHECK (account ~ '^[a-z_]+(:[a-z]+)?$'),
    amount bigint NOT NULL CHECK (amount <> 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES ledger_transactions (tenant_id, id)
);
CREATE INDEX ledger_entries_of_transaction ON ledger_entries (transaction_id);
CREATE INDEX ledger_entries_of_account ON ledger_entries (tenant_id, account, currency);
"""

# Checked when all of a transaction is written; the owner of the tables is bound by the second as well.
RULES = """
CREATE FUNCTION check_ledger_balance() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF (SELECT count(DISTINCT currency) <> 1 OR sum(amount) <> 0 FROM ledger_entries
        WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.transaction_id) THEN
        RAISE EXCEPTION 'ledger transaction % does not balance', NEW.transaction_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_balances AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_ledger_balance();

CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$ BEGIN RAISE EXCEPTION 'the ledger is only added to: correct it by another transaction'; END $$;
CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
REVOKE EXECUTE ON FUNCTION check_ledger_balance, refuse_ledger_change FROM PUBLIC;
"""

NEW_TABLES = ("ledger_transactions", "ledger_entries")


def upgrade() -> None:
    run_script(LEDGER)
    for table in NEW_TABLES:
        protect_table(table)
    allow_app(NEW_TABLES)
    run_script(f"REVOKE UPDATE ON {', '.join(NEW_TABLES)} FROM booka_app")
    run_script(RULES)


def downgrade() -> None:
    """Back to the fifth schema; where the money was is lost."""
    run_script("DROP TABLE ledger_entries, ledger_transactions")
    run_script("DROP FUNCTION check_ledger_balance, refuse_ledger_change")
