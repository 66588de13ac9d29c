"""How much may go back without asking within 24 hours: to one customer, and through an account in all.

What we owe by our own rule (a late payment, a second one, a hold that ran out) neither waits for them nor counts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.money import Money
from core.uow import UnitOfWork
from payments.accounts import PaymentAccount
from payments.payment import Payment

_PERIOD = timedelta(hours=24)
OURSELVES = "system"

# Whoever else asks about this account waits, and sees what was granted here.
_LOCK = "SELECT 1 FROM payment_accounts WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE"
_GRANTED = f"""
SELECT coalesce(sum(r.amount), 0)::bigint AS in_all,
    coalesce(sum(r.amount) FILTER (WHERE p.customer_id = $3), 0)::bigint AS to_customer
FROM refunds r
JOIN payments p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id
JOIN payment_attempts a ON a.tenant_id = r.tenant_id AND a.id = r.attempt_id
WHERE r.tenant_id = $1 AND a.account_id = $2 AND r.currency = $4 AND r.created_at > $5
    AND r.decided_by = 'rule' AND r.requested_by <> '{OURSELVES}' AND r.status <> 'failed'
"""


async def is_within(
    uow: UnitOfWork, accounts: Sequence[PaymentAccount], payment: Payment, amount: Money, *, now: datetime
) -> bool:
    """Of all of these accounts; true stays true till the end of the transaction, in which the refund is to be made."""
    for account in sorted(accounts, key=lambda one: one.id):
        caps = (account.refund_auto_cap_per_day, account.refund_auto_cap_per_customer_day)
        if caps == (None, None):
            continue
        await uow.driver.execute(_LOCK, uow.tenant_id, account.id)
        who = (uow.tenant_id, account.id, payment.customer_id, payment.currency, now - _PERIOD)
        granted = await uow.driver.fetchrow(_GRANTED, *who)
        sums = (granted["in_all"] + amount.minor, granted["to_customer"] + amount.minor)
        if any(cap is not None and asked > cap for cap, asked in zip(caps, sums, strict=True)):
            return False
    return True
