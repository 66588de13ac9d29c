"""Secrets of a tenant at rest: sealed with its own data key, which the master keyring wraps."""

from collections.abc import Mapping

import orjson
from sqlalchemy import insert, select

from core.encryption import new_data_key, open_sealed, seal
from core.runtime import Runtime
from core.uow import UnitOfWork, all_tenants, in_unit
from tenants.models import tenant_keys

_NEWEST_KEY = "SELECT key_id, wrapped_key FROM tenant_keys WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1"
_KEYS = select(tenant_keys.c.id, tenant_keys.c.key_id, tenant_keys.c.wrapped_key).with_for_update()
_ADD_KEY = insert(tenant_keys)


async def data_key(uow: UnitOfWork) -> bytes:
    """The key of this tenant, made at first use; a first use holds the tenant's row locked."""
    row = await uow.driver.fetchrow(_NEWEST_KEY, uow.tenant_id)
    place = _key_place(uow.tenant_id)
    if row is not None:
        return uow.runtime.keyring.unwrap(row["key_id"], row["wrapped_key"], place)
    key = new_data_key()
    key_id, wrapped = uow.runtime.keyring.wrap(key, place)
    await uow.execute(_ADD_KEY, {"tenant_id": uow.tenant_id, "key_id": key_id, "wrapped_key": wrapped})
    return key


def seal_secrets(key: bytes, table: str, tenant_id: int, account: str, secrets: Mapping[str, str]) -> str:
    return seal(key, orjson.dumps(dict(secrets)).decode(), f"{table}|secrets|{tenant_id}|{account}")


def open_secrets(key: bytes, table: str, tenant_id: int, account: str, sealed: str) -> dict[str, str]:
    """Raises DecryptionError when the ciphertext was moved here from another row."""
    secrets: dict[str, str] = orjson.loads(open_sealed(key, sealed, f"{table}|secrets|{tenant_id}|{account}"))
    return secrets


async def rewrap_data_keys(runtime: Runtime) -> int:
    """Wraps every data key with the newest master key; how many changed. The older master key may go afterwards."""
    return sum([await in_unit(runtime, tenant_id, _rewrap) for tenant_id in await all_tenants(runtime)])


async def _rewrap(uow: UnitOfWork) -> int:
    keyring, place = uow.runtime.keyring, _key_place(uow.tenant_id)
    old = [row for row in await uow.all(_KEYS) if row.key_id != keyring.primary]
    for row in old:
        key_id, wrapped = keyring.wrap(keyring.unwrap(row.key_id, row.wrapped_key, place), place)
        change = tenant_keys.update().where(tenant_keys.c.id == row.id)
        await uow.execute(change.values(key_id=key_id, wrapped_key=wrapped))
    return len(old)


def _key_place(tenant_id: int) -> str:
    return f"tenant_keys|wrapped_key|{tenant_id}"
