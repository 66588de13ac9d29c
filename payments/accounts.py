"""A tenant's accounts at payment providers, with their secrets opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork
from payments.attempts import Attempt, get_attempt
from payments.provider import Account, PaymentProvider
from payments.registry import PROVIDERS
from tenants.payout_schedule import PayoutSchedule
from tenants.sealing import data_key, open_secrets

_HOLD_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class PaymentAccount:
    """`refund_auto_approve_below` and `payout_minimum` are in minor units of the tenant's currency; 0 of the first asks
    a person every time. `payout_recipient` is the provider's name for where the money goes."""

    id: int
    provider: str
    account: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def adapter(self) -> PaymentProvider:
        return PROVIDERS[self.provider]

    @property
    def refund_auto_approve_below(self) -> int:
        return int(self.settings.get("refund_auto_approve_below", 0))

    @property
    def refund_auto_cap_per_customer_day(self) -> int | None:
        """What goes back without asking in 24 hours, in minor units; None is no cap, 0 nothing at all."""
        return self.settings.get("refund_auto_cap_per_customer_day")

    @property
    def refund_auto_cap_per_day(self) -> int | None:
        return self.settings.get("refund_auto_cap_per_day")

    @property
    def is_by_hand(self) -> bool:
        return self.adapter.capabilities.by_hand

    @property
    def hold(self) -> timedelta:
        """How long time is held for somebody who pays by hand: a transfer takes a walk to an agent, an answer a look
        at the phone."""
        return timedelta(minutes=int(self.settings.get("hold_minutes", _HOLD_MINUTES)))

    def instructions(self, language: str) -> str:
        """How to pay by hand, in the merchant's own words; empty where they gave none."""
        texts: Mapping[str, str] = self.settings.get("instructions") or {}
        return texts.get(language) or next(iter(texts.values()), "")

    @property
    def commission_percent(self) -> Decimal:
        return Decimal(self.settings.get("commission_percent", 0))

    @property
    def payout_recipient(self) -> str:
        return str(self.settings.get("payout_recipient", ""))

    @property
    def payout_schedule(self) -> PayoutSchedule:
        return PayoutSchedule(self.settings.get("payout_schedule", PayoutSchedule.MANUAL))

    @property
    def payout_minimum(self) -> int:
        return int(self.settings.get("payout_minimum", 0))

    def at(self, runtime: Runtime) -> Account:
        """For calls out of this process."""
        domain = urlsplit(runtime.settings.public_url).hostname or ""
        return Account(self.adapter.api_url(runtime.settings), self.secrets, runtime.http, email_domain=domain)


_COLUMNS = "id, provider, account, settings, secrets"
_GET = f"SELECT {_COLUMNS} FROM payment_accounts WHERE tenant_id = $1 AND id = $2"
_ACTIVE = f"SELECT {_COLUMNS} FROM payment_accounts WHERE tenant_id = $1 AND active ORDER BY id"


async def get_account(uow: UnitOfWork, account_id: int) -> PaymentAccount:
    """Also one that the tenant has taken out of its file: money that went through it has to be looked after."""
    return await _opened(uow, await uow.driver.fetchrow(_GET, uow.tenant_id, account_id))


async def active_accounts(uow: UnitOfWork) -> list[PaymentAccount]:
    return [await _opened(uow, row) for row in await uow.driver.fetch(_ACTIVE, uow.tenant_id)]


async def attempt_with_account(uow: UnitOfWork, attempt_id: int) -> tuple[Attempt, PaymentAccount]:
    attempt = await get_attempt(uow, attempt_id)
    return attempt, await get_account(uow, attempt.account_id)


async def account_for(uow: UnitOfWork, amount: Money) -> PaymentAccount | None:
    """The first that takes this amount through a link; where none does, the first that is paid by hand."""
    rows = await uow.driver.fetch(_ACTIVE, uow.tenant_id)
    able = [row for row in rows if PROVIDERS[row["provider"]].capabilities.takes(amount)]
    best = min(able, key=lambda row: PROVIDERS[row["provider"]].capabilities.by_hand, default=None)
    return await _opened(uow, best) if best else None


async def _opened(uow: UnitOfWork, row: Mapping[str, Any]) -> PaymentAccount:
    key = await data_key(uow)
    secrets = open_secrets(key, "payment_accounts", uow.tenant_id, row["account"], row["secrets"])
    return PaymentAccount(row["id"], row["provider"], row["account"], row["settings"], secrets)
