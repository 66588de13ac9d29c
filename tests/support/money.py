"""What must hold of money whatever happened: looked up in the rows, and held against the books of the stand-in."""

from collections.abc import Mapping
from typing import Any

from booking import invariants as bookings
from core.uow import unit_of_work
from payments import invariants as payments
from payments.units import nearest
from standins.psp.books import Books
from tests.support.phone import query
from tests.support.psp import Shop

# Beside what the worker itself looks after (payments/invariants.py); $1 is the tenant.
_FAULTS = {
    "over, and not paid": """
        SELECT b.id, b.status, p.status, p.captured_amount FROM bookings b JOIN payments p ON p.booking_id = b.id
        WHERE b.tenant_id = $1 AND p.captured_amount < p.amount AND b.status IN ('completed', 'no_show')
    """,
    "agreed, and what had paid for it went back by our own rule": """
        SELECT b.id, b.status, p.status, p.captured_amount FROM bookings b JOIN payments p ON p.booking_id = b.id
        WHERE b.tenant_id = $1 AND b.status IN ('pending_approval', 'confirmed', 'completed', 'no_show')
            AND p.captured_amount - (SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.payment_id = p.id
                AND r.reason IN ('late', 'extra', 'expired') AND r.status <> 'rejected') < p.amount
    """,
    "paid for nothing: no booking, no refund, no case": """
        SELECT b.id, b.status, p.status, p.captured_amount FROM bookings b JOIN payments p ON p.booking_id = b.id
        WHERE b.tenant_id = $1 AND b.status IN ('cancelled', 'expired') AND b.moved_from IS NULL
            AND p.captured_amount > coalesce(b.fee_minor, 0)
            + (SELECT coalesce(sum(r.amount), 0) FROM refunds r
               WHERE r.payment_id = p.id AND r.status NOT IN ('rejected', 'failed'))
            AND NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = p.id AND r.status = 'rejected')
            AND NOT EXISTS (SELECT FROM payment_cases c WHERE c.payment_id = p.id AND c.closed_at IS NULL)
    """,
    "the clearing account is not what is known to have come and gone": """
        WITH known AS (
            SELECT provider, currency, sum(minor) AS minor FROM (
                SELECT provider, currency, captured_amount - fee AS minor FROM payment_attempts WHERE tenant_id = $1
                UNION ALL
                SELECT a.provider, r.currency, -r.amount FROM refunds r JOIN payment_attempts a ON a.id = r.attempt_id
                WHERE r.tenant_id = $1 AND r.status = 'succeeded'
                UNION ALL
                SELECT a.provider, d.currency, -d.fee - CASE d.status WHEN 'lost' THEN d.amount ELSE 0 END
                FROM disputes d JOIN payment_attempts a ON a.id = d.attempt_id WHERE d.tenant_id = $1
                UNION ALL
                SELECT a.provider, o.currency, -o.amount FROM payouts o JOIN payment_accounts a ON a.id = o.account_id
                WHERE o.tenant_id = $1 AND o.status = 'paid'
            ) AS moves GROUP BY provider, currency
        ), booked AS (
            SELECT substr(account, 14) AS provider, e.currency, sum(amount) AS minor FROM ledger_entries e
            JOIN ledger_transactions t ON t.id = e.transaction_id
            WHERE e.tenant_id = $1 AND account LIKE 'psp_clearing:%' AND t.kind NOT LIKE 'other_currency:%'
            GROUP BY 1, 2
        )
        SELECT provider, currency, known.minor, booked.minor FROM known FULL JOIN booked USING (provider, currency)
        WHERE coalesce(known.minor, 0) <> coalesce(booked.minor, 0)
    """,
    "what is on its way or set apart is not what its rows say": """
        WITH known AS (
            SELECT 'refunds_in_transit' AS account, amount FROM refunds
            WHERE tenant_id = $1 AND status IN ('approved', 'submitted', 'unknown')
            UNION ALL SELECT 'dispute_reserve', amount FROM disputes WHERE tenant_id = $1 AND status = 'open'
            UNION ALL SELECT 'payouts_in_transit', amount FROM payouts
            WHERE tenant_id = $1 AND status IN ('draft', 'submitted', 'unknown')
            UNION ALL SELECT account, amount FROM ledger_entries
            WHERE tenant_id = $1 AND account IN ('refunds_in_transit', 'dispute_reserve', 'payouts_in_transit')
        )
        SELECT account, sum(amount) FROM known GROUP BY account HAVING sum(amount) <> 0
    """,
}


async def faults(shop: Shop) -> list[str]:
    """One line each; an empty list at every moment."""
    async with unit_of_work(shop.runtime, shop.tenant.tenant_id) as uow:
        found = [f"{fault}: {id}" for fault, id in await payments.find_violations(uow)]
        found += await bookings.find_violations(uow)
        for fault, sql in _FAULTS.items():
            rows = await uow.driver.fetch(sql, uow.tenant_id)
            found += [f"{fault}: {', '.join(str(value) for value in row)}" for row in rows]
    return found


def held(shop: Shop) -> dict[str, int]:
    """What the provider owes the tenant by its own books, in minor units by currency."""
    (account,) = shop.psp.accounts.values()
    owed: dict[str, int] = {}
    for currency, units in _moves(account.books):
        minor = nearest(abs(units), shop.psp.exponent(currency), currency).minor
        owed[currency] = owed.get(currency, 0) + (minor if units > 0 else -minor)
    return {currency: minor for currency, minor in owed.items() if minor}


def _moves(books: Books) -> list[tuple[str, int]]:
    paid = books.payments.values()
    return [
        *((payment.currency, payment.received) for payment in paid),
        *((payment.currency, -payment.fee) for payment in paid),
        *((one.payment.currency, -one.amount) for one in books.refunds.values() if one.status == "succeeded"),
        *((one.payment.currency, -one.amount) for one in books.disputes.values() if one.status == "lost"),
        *((one.currency, -one.amount) for one in books.payouts.values() if one.status == "paid"),
    ]


async def booked(shop: Shop) -> dict[str, int]:
    """What the ledger says that the provider owes."""
    sql = """
        SELECT currency, sum(amount)::bigint AS minor FROM ledger_entries
        WHERE tenant_id = $1 AND account = $2 GROUP BY currency HAVING sum(amount) <> 0
    """
    rows = await query(shop.runtime, sql, shop.tenant.tenant_id, f"psp_clearing:{shop.provider}")
    return {row["currency"]: row["minor"] for row in rows}


_ENDS = """
SELECT p.id, b.status AS booking, p.status, p.amount, p.captured_amount AS captured, p.refunded_amount AS refunded,
    coalesce(b.fee_minor, 0) AS fee,
    (SELECT count(*) FROM payment_cases c WHERE c.payment_id = p.id AND c.closed_at IS NULL) AS cases,
    (SELECT count(*) FROM refunds r WHERE r.payment_id = p.id AND r.status = 'requested') AS asked,
    (SELECT count(*) FROM refunds r WHERE r.payment_id = p.id AND r.status = 'rejected') AS rejected
FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE p.tenant_id = $1 ORDER BY p.id
"""


async def ends(shop: Shop) -> list[str]:
    """How each payment has ended, oldest first: "booked" (and paid for), "refunded" (in full), "case" (a person has to
    act), "unpaid" (no money came and nothing is agreed). Anything else is limbo, and told with its numbers."""
    return [_end(row) for row in await query(shop.runtime, _ENDS, shop.tenant.tenant_id)]


def _end(row: Mapping[str, Any]) -> str:
    kept = row["captured"] - row["refunded"]
    is_agreed = row["booking"] in ("confirmed", "completed", "no_show")
    if row["cases"] or row["asked"]:
        return "case"
    if is_agreed and kept == row["amount"]:
        return "booked"
    if not is_agreed and row["captured"] and (kept in (0, row["fee"]) or row["rejected"]):
        return "refunded"
    if not is_agreed and not row["captured"] and row["booking"] != "held":
        return "unpaid"
    return f"limbo: {dict(row)}"
