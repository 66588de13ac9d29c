"""What must hold between payments, attempts, refunds and the ledger, checked from the rows themselves."""

from core.uow import UnitOfWork

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
    "money for what was never booked, and nothing goes back": """
        SELECT p.id FROM payments p JOIN bookings b ON b.tenant_id = p.tenant_id AND b.id = p.booking_id
        WHERE p.tenant_id = $1 AND b.status = 'expired' AND p.captured_amount > 0
            AND NOT EXISTS (SELECT FROM refunds r WHERE r.tenant_id = $1 AND r.payment_id = p.id)
            AND NOT EXISTS (SELECT FROM payment_cases c WHERE c.tenant_id = $1 AND c.payment_id = p.id)
    """,
}


async def find_violations(uow: UnitOfWork) -> list[tuple[str, int]]:
    """What is broken and the id of the row; an empty list when all is well."""
    return [(fault, row["id"]) for fault, sql in _CHECKS.items() for row in await uow.driver.fetch(sql, uow.tenant_id)]
