"""A tenant's accounts at payment providers, with their secrets opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from core.runtime import Runtime
from core.uow import UnitOfWork
from payments.attempts import Attempt, get_attempt
from payments.provider import Account, PaymentProvider
from payments.registry import PROVIDERS
from tenants.sealing import data_key, open_secrets


@dataclass(frozen=True, slots=True)
class PaymentAccount:
    """`refund_auto_approve_below` is in minor units of the tenant's currency; 0 asks a person every time."""

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


async def attempt_with_account(uow: UnitOfWork, attempt_id: int) -> tuple[Attempt, PaymentAccount]:
    attempt = await get_attempt(uow, attempt_id)
    return attempt, await get_account(uow, attempt.account_id)


async def active_account(uow: UnitOfWork, currency: str) -> PaymentAccount | None:
    """The first that takes this currency through a link."""
    for row in await uow.driver.fetch(_ACTIVE, uow.tenant_id):
        if PROVIDERS[row["provider"]].capabilities.pays_online(currency):
            return await _opened(uow, row)
    return None


async def _opened(uow: UnitOfWork, row: Mapping[str, Any]) -> PaymentAccount:
    key = await data_key(uow)
    secrets = open_secrets(key, "payment_accounts", uow.tenant_id, row["account"], row["secrets"])
    return PaymentAccount(row["id"], row["provider"], row["account"], row["settings"], secrets)
