"""What may be paid out to a business through one of its accounts, and what holds payouts up."""

from core.money import Money
from core.uow import UnitOfWork
from payments.accounts import PaymentAccount
from payments.cases import Case, CaseKind, list_cases

# While a case of one of these kinds is open, nothing is paid out by itself.
PAUSING = frozenset({CaseKind.DISPUTE, CaseKind.PAYOUT, CaseKind.CHARGEBACK_RATE, CaseKind.DRIFT})


async def pauses(uow: UnitOfWork) -> list[Case]:
    """Why nothing is paid out by itself; empty when it is."""
    return [case for case in await list_cases(uow) if case.kind in PAUSING]


# `there`: a provider has set the money of refunds and disputes apart at once, whatever our books still say, and what
# it holds of services to come may have to go back through it. `payable`: what may go back by somebody's word stays.
_BALANCE = """
WITH held AS (
    SELECT a.id, a.captured_amount - a.fee AS minor, p.released_at IS NULL AS is_to_come
    FROM payment_attempts a JOIN payments p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id
    WHERE a.tenant_id = $1 AND a.currency = $2 AND a.provider = $3 AND a.captured_amount > 0
), back AS (
    SELECT h.is_to_come, r.amount, r.status IN ('approved', 'submitted', 'unknown') AS is_under_way
    FROM refunds r JOIN held h ON h.id = r.attempt_id
    WHERE r.tenant_id = $1 AND r.status IN ('approved', 'submitted', 'unknown', 'succeeded')
), disputed AS (
    SELECT h.is_to_come, d.amount, d.status = 'open' AS is_under_way
    FROM disputes d JOIN held h ON h.id = d.attempt_id WHERE d.tenant_id = $1 AND d.status <> 'won'
), gone AS (
    SELECT * FROM back UNION ALL SELECT * FROM disputed
)
SELECT
    (SELECT coalesce(-sum(amount), 0) FROM ledger_entries
     WHERE tenant_id = $1 AND currency = $2 AND account = 'merchant_payable')::bigint
    - (SELECT coalesce(sum(r.amount), 0) FROM refunds r
       JOIN payments p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id
       WHERE r.tenant_id = $1 AND r.currency = $2 AND r.status = 'requested' AND p.released_at IS NOT NULL)::bigint
    AS payable,
    (SELECT coalesce(sum(amount), 0) FROM ledger_entries
     WHERE tenant_id = $1 AND currency = $2 AND account = 'psp_clearing:' || $3)::bigint
    - (SELECT coalesce(sum(minor), 0) FROM held WHERE is_to_come)::bigint
    + (SELECT coalesce(sum(amount), 0) FROM gone WHERE is_to_come)::bigint
    - (SELECT coalesce(sum(amount), 0) FROM gone WHERE is_under_way)::bigint
    - (SELECT coalesce(sum(o.amount), 0) FROM payouts o
       JOIN payment_accounts c ON c.tenant_id = o.tenant_id AND c.id = o.account_id
       WHERE o.tenant_id = $1 AND o.currency = $2 AND c.provider = $3
           AND o.status IN ('draft', 'submitted', 'unknown'))::bigint
    AS there
"""


async def due(uow: UnitOfWork, account: PaymentAccount, currency: str) -> Money:
    """What may be paid out through this account now: what the business is due, as far as the provider holds it."""
    row = await uow.driver.fetchrow(_BALANCE, uow.tenant_id, currency, account.provider)
    return Money(max(min(row["payable"], row["there"]), 0), currency)
