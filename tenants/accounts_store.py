"""Writes the channel and payment accounts of a tenant definition, their secrets sealed."""

from typing import Any

import asyncpg
from pydantic import SecretStr
from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.errors import InputError
from core.uow import UnitOfWork
from tenants.definition_shape import TenantDefinition
from tenants.models import channel_accounts, payment_accounts
from tenants.payout_schedule import PayoutSchedule, next_payout
from tenants.sealing import seal_secrets

# An inactive channel account lets its number go, so that another tenant can take it over.
_RETIRE = (
    update(channel_accounts).values(active=False, external_id=None),
    update(payment_accounts).values(active=False, next_payout_at=None),
)

_PROVIDERS = select(payment_accounts.c.account, payment_accounts.c.provider)
# What is still to be paid or to go back there is looked for by the provider's own names.
_STAYS = "an account of another provider needs another name, this one is of"


async def store_accounts(uow: UnitOfWork, key: bytes, definition: TenantDefinition) -> None:
    """Raises InputError naming every account that another tenant has, or that is of another provider so far."""
    for statement in _RETIRE:
        await uow.execute(statement)
    problems = []
    for channel in definition.channels:
        values: dict[str, Any] = {"kind": channel.kind, "account": channel.account, "external_id": channel.external_id}
        values["secrets"] = _sealed(uow, key, channel_accounts, channel.account, channel.secrets)
        if taken := await _put_account(uow, channel_accounts, values):
            problems.append(f"channels[{channel.account}].{_key_of(channel, taken)}: belongs to another tenant")
    providers = {row.account: row.provider for row in await uow.all(_PROVIDERS)}
    for payment in definition.payments:
        if providers.get(payment.account, payment.provider) != payment.provider:
            problems.append(f"payments[{payment.account}].provider: {_STAYS} {providers[payment.account]}")
        settings = payment.model_dump(exclude={"provider", "account", "secrets"}, exclude_none=True)
        values = {"provider": payment.provider, "account": payment.account, "settings": settings}
        schedule, now = PayoutSchedule(payment.payout_schedule), uow.runtime.clock.now()
        values["next_payout_at"] = next_payout(schedule, definition.tenant.timezone, now)
        values["secrets"] = _sealed(uow, key, payment_accounts, payment.account, payment.secrets)
        if await _put_account(uow, payment_accounts, values):
            problems.append(f"payments[{payment.account}].account: belongs to another tenant")
    if problems:
        raise InputError(problems)


def _sealed(uow: UnitOfWork, key: bytes, table: Table, account: str, secrets: dict[str, SecretStr]) -> str:
    plain = {name: secret.get_secret_value() for name, secret in secrets.items()}
    return seal_secrets(key, table.name, uow.tenant_id, account, plain)


async def _put_account(uow: UnitOfWork, table: Table, values: dict[str, Any]) -> str | None:
    """The name of the unique constraint that refused the row, None when it is stored."""
    own = await uow.scalar(select(table.c.id).where(table.c.account == values["account"]))
    row = values | {"tenant_id": uow.tenant_id, "active": True}
    try:
        async with uow.savepoint():
            await uow.execute(update(table).where(table.c.id == own) if own else insert(table), row)
    except IntegrityError as error:
        cause = error.orig.__cause__ if error.orig else None
        if not isinstance(cause, asyncpg.UniqueViolationError):
            raise
        return str(cause.constraint_name)
    return None


def _key_of(channel: Any, constraint: str) -> str:
    if "external_id" not in constraint:
        return "account"
    return "phone_number_id" if channel.kind == "whatsapp" else "instance"
