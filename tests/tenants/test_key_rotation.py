from dataclasses import replace

import pytest
from sqlalchemy import select

from core.encryption import DecryptionError, Keyring, new_data_key
from core.errors import ConfigurationError
from core.runtime import Runtime
from core.uow import unit_of_work
from tenants.channel_accounts import ChannelAccounts
from tenants.models import channel_accounts, tenant_keys
from tenants.sealing import data_key, open_secrets, rewrap_data_keys
from tests.support.databases import shared_runtime as shared_runtime
from tests.support.tenants import make_tenant


async def test_after_rotation_the_old_master_key_is_not_needed(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    old, new = dict(runtime.keyring.keys), {"k-new": new_data_key()}
    both = replace(runtime, keyring=Keyring(new | old))
    assert await rewrap_data_keys(both) >= 1
    assert await rewrap_data_keys(both) == 0
    try:
        account = await ChannelAccounts(replace(runtime, keyring=Keyring(new))).find(
            "whatsapp", external_id=tenant.phone_number_id
        )
        assert account is not None
        assert account.secrets == {"access_token": tenant.access_token}
        with pytest.raises(ConfigurationError, match="k-new"):
            await ChannelAccounts(runtime).find("whatsapp", external_id=tenant.phone_number_id)
    finally:
        await rewrap_data_keys(replace(runtime, keyring=Keyring(old | new)))


async def test_a_sealed_secret_moved_to_another_row_does_not_open(runtime: Runtime) -> None:
    one, other = await make_tenant(runtime), await make_tenant(runtime)
    async with unit_of_work(runtime, one.tenant_id) as uow:
        sealed = await uow.scalar(select(channel_accounts.c.secrets).where(channel_accounts.c.kind == "whatsapp"))
        key = await data_key(uow)
    moves = [(one.tenant_id, one.telegram_account), (other.tenant_id, one.whatsapp_account)]
    for tenant_id, account in moves:
        with pytest.raises(DecryptionError):
            open_secrets(key, "channel_accounts", tenant_id, account, sealed)


async def test_every_tenant_has_a_data_key_of_its_own(runtime: Runtime) -> None:
    keys = set()
    for tenant in (await make_tenant(runtime), await make_tenant(runtime)):
        async with unit_of_work(runtime, tenant.tenant_id) as uow:
            keys.add(await data_key(uow))
            assert len(await uow.all(select(tenant_keys))) == 1
    assert len(keys) == 2
