"""What must hold between payments, attempts, refunds and the ledger, checked from the rows themselves."""

from core.uow import UnitOfWork

# By currency: what an account of the ledger holds (as a credit), and what rows say; the tenant's id where they part.
_HELD = """
        SELECT $1::bigint AS id FROM (
            SELECT currency, -sum(amount) AS minor FROM ledger_entries
            WHERE tenant_id = $1 AND account = '{account}' GROUP BY currency) AS booked
        FULL JOIN (SELECT currency, sum(minor) AS minor FROM ({rows}) AS one GROUP BY currency) AS known
            USING (currency)
        WHERE coalesce(booked.minor, 0) <> coalesce(known.minor, 0) LIMIT 1
"""
_IN_ESCROW = """
    SELECT a.currency, a.captured_amount
        - (SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.tenant_id = $1 AND r.attempt_id = a.id
           AND r.status IN ('approved', 'submitted', 'unknown', 'succeeded'))
        - (SELECT coalesce(sum(d.amount), 0) FROM disputes d WHERE d.tenant_id = $1 AND d.attempt_id = a.id
           AND d.status <> 'won') AS minor
    FROM payment_attempts a JOIN payments p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id
    WHERE a.tenant_id = $1 AND p.released_at IS NULL
"""


def _rows(table: str, *statuses: str) -> str:
    named = ", ".join(f"'{status}'" for status in statuses)
    return f"SELECT currency, amount AS minor FROM {table} WHERE tenant_id = $1 AND status IN ({named})"


# Of what is expired, `moved_from` stays till it is wound up, a moment later.
_CHECKS = {
    "ledger transaction out of balance": """
        SELECT transaction_id AS id FROM ledger_entries WHERE tenant_id = $1
        GROUP BY transaction_id HAVING sum(amount) <> 0 OR count(DISTINCT currency) <> 1
    """,
    "payment counts other money than its attempts": """
        SELECT p.id FROM payments p LEFT JOIN payment_attempts a ON a.tenant_id = p.tenant_id AND a.payment_id = p.id
        WHERE p.tenant_id = $1 GROUP BY p.id, p.captured_amount
        HAVING coalesce(sum(a.captured_amount), 0) <> p.captured_amount
    """,
    "payment counts other refunds than there are": """
        SELECT p.id FROM payments p
        LEFT JOIN refunds r ON r.tenant_id = p.tenant_id AND r.payment_id = p.id AND r.status = 'succeeded'
        WHERE p.tenant_id = $1 GROUP BY p.id, p.refunded_amount
        HAVING coalesce(sum(r.amount), 0) <> p.refunded_amount
    """,
    "more goes back than came in": """
        SELECT r.attempt_id AS id FROM refunds r
        JOIN payment_attempts a ON a.tenant_id = r.tenant_id AND a.id = r.attempt_id
        WHERE r.tenant_id = $1 AND r.status NOT IN ('rejected', 'failed')
        GROUP BY r.attempt_id, a.captured_amount HAVING sum(r.amount) > a.captured_amount
    """,
    "ledger knows another sum of the attempt": """
        SELECT a.id FROM payment_attempts a
        LEFT JOIN ledger_transactions t
            ON t.tenant_id = a.tenant_id AND t.source_type = 'attempt' AND t.source_id = a.id
        LEFT JOIN ledger_entries e ON e.tenant_id = a.tenant_id AND e.transaction_id = t.id
            AND e.account = 'psp_clearing:' || a.provider AND e.currency = a.currency
        WHERE a.tenant_id = $1 GROUP BY a.id HAVING coalesce(sum(e.amount), 0) <> a.captured_amount - a.fee
    """,
    "escrow holds other money than what is to come has brought": _HELD.format(account="escrow", rows=_IN_ESCROW),
    "other money is on its way back than the refunds say": _HELD.format(
        account="refunds_in_transit", rows=_rows("refunds", "approved", "submitted", "unknown")
    ),
    "other money is set apart than is in dispute": _HELD.format(
        account="dispute_reserve", rows=_rows("disputes", "open")
    ),
    "other money is being paid out than the payouts say": _HELD.format(
        account="payouts_in_transit", rows=_rows("payouts", "draft", "submitted", "unknown")
    ),
    "agreed, and not paid": """
        SELECT p.id FROM payments p JOIN bookings b ON b.tenant_id = p.tenant_id AND b.id = p.booking_id
        WHERE p.tenant_id = $1 AND b.status IN ('pending_approval', 'confirmed') AND p.captured_amount < p.amount
    """,
    "money for what was never booked, and nothing goes back": """
        SELECT p.id FROM payments p JOIN bookings b ON b.tenant_id = p.tenant_id AND b.id = p.booking_id
        WHERE p.tenant_id = $1 AND b.status = 'expired' AND b.moved_from IS NULL AND p.captured_amount > 0
            AND NOT EXISTS (SELECT FROM refunds r WHERE r.tenant_id = $1 AND r.payment_id = p.id)
            AND NOT EXISTS (SELECT FROM payment_cases c WHERE c.tenant_id = $1 AND c.payment_id = p.id)
    """,
}


async def find_violations(uow: UnitOfWork) -> list[tuple[str, int]]:
    """What is broken and the id of the row; an empty list when all is well."""
    return [(fault, row["id"]) for fault, sql in _CHECKS.items() for row in await uow.driver.fetch(sql, uow.tenant_id)]
