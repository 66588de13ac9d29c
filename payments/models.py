"""The tables of money: ledger, payments, attempts, refunds, disputes, payouts, runs, cases. Constraints: migrations."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from core.tables import instant, metadata

ledger_transactions = Table(
    "ledger_transactions",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("source_type", Text),
    Column("source_id", BigInteger),
    Column("kind", Text),
    instant("happened_at"),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("transaction_id", BigInteger),
    Column("account", Text),
    Column("amount", BigInteger),
    Column("currency", Text),
)

payments = Table(
    "payments",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("booking_id", BigInteger),
    Column("customer_id", BigInteger),
    Column("purpose", Text),
    Column("amount", BigInteger),
    Column("currency", Text),
    Column("status", Text),
    Column("captured_amount", BigInteger),
    Column("refunded_amount", BigInteger),
    instant("expires_at"),
    Column("superseded_by", BigInteger),
    instant("created_at"),
    instant("paid_at"),
    instant("reminded_at"),
    instant("released_at"),
    instant("hold_cap"),
)

payment_links = Table(
    "payment_links",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("payment_id", BigInteger),
    Column("token_hash", LargeBinary),
    Column("token_sealed", Text),
    instant("expires_at"),
    instant("created_at"),
    instant("opened_at"),
    instant("ended_at"),
)

payment_attempts = Table(
    "payment_attempts",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("payment_id", BigInteger),
    Column("account_id", BigInteger),
    Column("provider", Text),
    Column("reference", Text),
    Column("provider_id", Text),
    Column("provider_ref", Text),
    Column("url", Text),
    Column("status", Text),
    Column("amount", BigInteger),
    Column("currency", Text),
    instant("expires_at"),
    Column("captured_amount", BigInteger),
    Column("fee", BigInteger),
    instant("captured_at"),
    instant("created_at"),
    Column("polls", Integer),
    instant("poll_at"),
)

payment_events = Table(
    "payment_events",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("account_id", BigInteger),
    Column("dedupe_key", Text),
    Column("kind", Text),
    Column("body", LargeBinary),
    Column("payment_id", BigInteger),
    instant("received_at"),
    instant("handled_at"),
    Column("tries", Integer),
    instant("try_at"),
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("payment_id", BigInteger),
    Column("attempt_id", BigInteger),
    Column("amount", BigInteger),
    Column("currency", Text),
    Column("status", Text),
    Column("reason", Text),
    Column("key", Text),
    Column("requested_by", Text),
    Column("decided_by", Text),
    Column("provider_id", Text),
    instant("created_at"),
    instant("done_at"),
    Column("tries", Integer),
    instant("try_at"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("attempt_id", BigInteger),
    Column("provider_id", Text),
    Column("status", Text),
    Column("said", Text),
    Column("amount", BigInteger),
    Column("currency", Text),
    Column("fee", BigInteger),
    instant("opened_at"),
    instant("due_by"),
    instant("closed_at"),
)

payment_cases = Table(
    "payment_cases",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("kind", Text),
    Column("subject", Text),
    Column("payment_id", BigInteger),
    Column("note", Text),
    instant("opened_at"),
    instant("closed_at"),
    Column("closed_by", Text),
)

payouts = Table(
    "payouts",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("account_id", BigInteger),
    Column("amount", BigInteger),
    Column("currency", Text),
    Column("status", Text),
    Column("reference", Text),
    Column("recipient", Text),
    Column("provider_id", Text),
    instant("created_at"),
    instant("done_at"),
    Column("tries", Integer),
    Column("unanswered", Integer),
    Column("spent_keys", Integer),
    instant("try_at"),
)

reconciliation_runs = Table(
    "reconciliation_runs",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("account_id", BigInteger),
    Column("currency", Text),
    instant("window_start"),
    instant("window_end"),
    Column("status", Text),
    Column("error", Text),
    Column("theirs", BigInteger),
    Column("ours", BigInteger),
    Column("drift", BigInteger),
    instant("started_at"),
)

reconciliation_items = Table(
    "reconciliation_items",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("run_id", BigInteger),
    Column("kind", Text),
    Column("class", Text),
    Column("reference", Text),
    Column("theirs", BigInteger),
    Column("ours", BigInteger),
)
