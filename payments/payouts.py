"""Payouts: what a business is due goes to where it wants it, one at a time for each account, never more than is there.

Drafted under a lock, with its ledger entry, then sent (payments/paying_out.py). Paid is not the end: a bank may send
the money back days later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.ids import new_reference
from core.money import Money
from core.uow import UnitOfWork
from payments import ledger
from payments.accounts import PaymentAccount, get_account
from payments.ledger import Source
from payments.payable import due, pauses
from tenants.payout_schedule import next_payout
from tenants.tenant import get_tenant


class PayoutStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    REVERSED = "reversed"


UNDER_WAY = (PayoutStatus.DRAFT, PayoutStatus.SUBMITTED, PayoutStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Payout:
    """`tries` counts the looks at the provider, `unanswered` those since its last answer."""

    id: int
    account_id: int
    amount: int
    currency: str
    status: PayoutStatus
    reference: str
    recipient: str
    provider_id: str | None
    created_at: datetime
    done_at: datetime | None
    tries: int
    unanswered: int
    spent_keys: int

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


COLUMNS = ", ".join(field.name for field in fields(Payout))


def payout_from(row: Mapping[str, Any]) -> Payout:
    values = {field.name: row[field.name] for field in fields(Payout)}
    return Payout(**values | {"status": PayoutStatus(row["status"])})


_LOCK = "SELECT id FROM payment_accounts WHERE tenant_id = $1 ORDER BY id FOR NO KEY UPDATE"
_UNDER_WAY = """
SELECT id FROM payouts WHERE tenant_id = $1 AND account_id = $2 AND status IN ('draft', 'submitted', 'unknown')
"""
_DRAFT = f"""
INSERT INTO payouts (tenant_id, account_id, amount, currency, status, reference, recipient, created_at, try_at)
VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $7) RETURNING {COLUMNS}
"""


async def draft(uow: UnitOfWork, account: PaymentAccount) -> Payout | None:
    """From now on this money is on its way to the business. None where there is nothing, or less than the tenant's
    minimum, or the last one is still under way."""
    if not account.adapter.capabilities.payouts:
        return None
    now, currency = uow.runtime.clock.now(), (await get_tenant(uow)).currency
    await uow.driver.execute(_LOCK, uow.tenant_id)
    if await uow.driver.fetchval(_UNDER_WAY, uow.tenant_id, account.id):
        return None
    amount = await due(uow, account, currency)
    if amount.minor < max(account.payout_minimum, 1):
        return None
    values = (account.id, amount.minor, currency, new_reference("out"), account.payout_recipient, now)
    made = payout_from(await uow.driver.fetchrow(_DRAFT, uow.tenant_id, *values))
    source = Source("payout", made.id, "drafted")
    await ledger.post(uow, source, ledger.payout_sent(amount), currency=currency, now=now)
    uow.wake("payout", made.id)
    return made


_TAKE_TURN = """
UPDATE payment_accounts SET next_payout_at = $4 WHERE tenant_id = $1 AND id = $2 AND next_payout_at <= $3 RETURNING id
"""


async def take_turn(uow: UnitOfWork, account_id: int) -> Payout | None:
    """The account's day has come: one payout, unless something has to be looked into first; then it is the next day's
    turn. Whoever comes second does nothing."""
    now, account = uow.runtime.clock.now(), await get_account(uow, account_id)
    following = next_payout(account.payout_schedule, (await get_tenant(uow)).timezone, now)
    if not await uow.driver.fetchval(_TAKE_TURN, uow.tenant_id, account_id, now, following) or await pauses(uow):
        return None
    return await draft(uow, account)


_GET = f"SELECT {COLUMNS} FROM payouts WHERE tenant_id = $1 AND id = $2"
_FIND = f"""
SELECT {COLUMNS} FROM payouts
WHERE tenant_id = $1 AND account_id = $2 AND (reference = $3 AND $3 <> '' OR provider_id = $4 AND $4 <> '')
"""
_LATEST = f"SELECT {COLUMNS} FROM payouts WHERE tenant_id = $1 ORDER BY id DESC LIMIT $2"
_LOOK_NOW = "UPDATE payouts SET try_at = $3 WHERE tenant_id = $1 AND id = $2"


async def get_payout(uow: UnitOfWork, payout_id: int) -> Payout:
    """Raises LookupError when this tenant has no such payout."""
    row = await uow.driver.fetchrow(_GET, uow.tenant_id, payout_id)
    if row is None:
        raise LookupError(f"there is no payout {payout_id}")
    return payout_from(row)


async def find_payout(uow: UnitOfWork, account_id: int, reference: str, provider_id: str) -> Payout | None:
    """By our reference or the provider's name, as a webhook gives them."""
    row = await uow.driver.fetchrow(_FIND, uow.tenant_id, account_id, reference, provider_id)
    return payout_from(row) if row else None


async def latest_payouts(uow: UnitOfWork, limit: int) -> list[Payout]:
    """The newest first."""
    return [payout_from(row) for row in await uow.driver.fetch(_LATEST, uow.tenant_id, limit)]


async def look_now(uow: UnitOfWork, payout_id: int) -> None:
    """The provider has news of it."""
    await uow.driver.execute(_LOOK_NOW, uow.tenant_id, payout_id, uow.runtime.clock.now())
