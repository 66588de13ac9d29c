"""Where a business stands with its payouts, for whoever asks: what it is due, when it comes, what holds it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.money import Money
from core.uow import UnitOfWork
from payments import ledger
from payments.accounts import PaymentAccount, active_accounts
from payments.cases import Case
from payments.payable import due, pauses
from payments.payouts import Payout, latest_payouts
from tenants.tenant import get_tenant


@dataclass(frozen=True, slots=True)
class Outlet:
    """An account through which money goes out: `due` is what could go now, `next_at` None where a person says when."""

    account: PaymentAccount
    next_at: datetime | None
    due: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """`payable` is below zero where more was taken back than came in. `payouts` are the last ones, the newest first."""

    payable: Money
    pauses: Sequence[Case]
    outlets: Sequence[Outlet]
    payouts: Sequence[Payout]

    @property
    def next_at(self) -> datetime | None:
        """Also while it is paused: then it is the day to hope for."""
        return min((outlet.next_at for outlet in self.outlets if outlet.next_at), default=None)


_NEXT = "SELECT id, next_payout_at FROM payment_accounts WHERE tenant_id = $1"


async def standing(uow: UnitOfWork, *, payouts: int) -> Standing:
    currency = (await get_tenant(uow)).currency
    payable = -(await ledger.balances(uow, currency)).get(ledger.PAYABLE, 0)
    next_at = {row["id"]: row["next_payout_at"] for row in await uow.driver.fetch(_NEXT, uow.tenant_id)}
    outlets = [
        Outlet(account, next_at[account.id], await due(uow, account, currency))
        for account in await active_accounts(uow)
        if account.adapter.capabilities.payouts
    ]
    return Standing(Money(payable, currency), await pauses(uow), outlets, await latest_payouts(uow, payouts))
