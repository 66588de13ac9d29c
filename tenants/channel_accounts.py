"""Which of a tenant's numbers and bots a webhook or a send belongs to, with its secrets opened."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select

from core.errors import PermanentError
from core.runtime import Runtime
from core.uow import call_across_tenants, unit_of_work
from tenants.models import channel_accounts
from tenants.sealing import data_key, open_secrets

# A tenant applied while processes run has to work within two seconds.
_KNOWN_FOR_S = 1.5
_UNKNOWN_FOR_S = 0.5
_CACHED_AT_MOST = 5000

_BY_ID = select(channel_accounts).where(channel_accounts.c.id == bindparam("id"), channel_accounts.c.active)


@dataclass(frozen=True)
class ChannelAccount:
    """`external_id` is the vendor's name of it (WhatsApp: phone_number_id); secrets are named as in the tenant file."""

    id: int
    tenant_id: int
    kind: str
    account: str
    external_id: str | None
    secrets: Mapping[str, str] = field(repr=False)


class AccountGoneError(PermanentError):
    """The account was removed from its tenant; nothing can be sent through it."""


_Found = asyncio.Future[ChannelAccount | None]
_CacheKey = tuple[object, ...]


class ChannelAccounts:
    """Remembers answers for a moment; callers that ask for the same account at once share one reading."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._cached: dict[_CacheKey, tuple[float, _Found]] = {}

    async def find(
        self, kind: str, *, account: str | None = None, external_id: str | None = None
    ) -> ChannelAccount | None:
        """By our public id or by the vendor's; None for unknown or removed accounts."""
        return await self._shared((kind, account, external_id), lambda: self._look_up(kind, account, external_id))

    async def get(self, tenant_id: int, account_id: int) -> ChannelAccount:
        """Raises AccountGoneError when the tenant has no such active account."""
        found = await self._shared((tenant_id, account_id), lambda: self._load(tenant_id, account_id))
        if found is None:
            raise AccountGoneError(f"channel account {account_id} is not active")
        return found

    async def _shared(
        self, key: _CacheKey, read: Callable[[], Coroutine[None, None, ChannelAccount | None]]
    ) -> ChannelAccount | None:
        now = self._runtime.clock.monotonic()
        known = self._cached.get(key)
        if known is None or known[0] < now:
            self._make_room(now)
            known = self._cached[key] = (now + _KNOWN_FOR_S, asyncio.ensure_future(read()))
            known[1].add_done_callback(lambda done: self._settle(key, done))
        return await asyncio.shield(known[1])

    def _settle(self, key: _CacheKey, done: _Found) -> None:
        """A failed reading is not remembered, a negative answer only briefly."""
        known = self._cached.get(key)
        if known is None or known[1] is not done:
            return
        if done.cancelled() or done.exception() is not None:
            del self._cached[key]
        elif done.result() is None:
            self._cached[key] = (known[0] - _KNOWN_FOR_S + _UNKNOWN_FOR_S, done)

    def _make_room(self, now: float) -> None:
        """Strangers may ask for any number of accounts that do not exist."""
        if len(self._cached) >= _CACHED_AT_MOST:
            self._cached = {key: known for key, known in self._cached.items() if known[0] >= now}
        if len(self._cached) >= _CACHED_AT_MOST:
            self._cached.clear()

    async def _look_up(self, kind: str, account: str | None, external_id: str | None) -> ChannelAccount | None:
        rows = await call_across_tenants(
            self._runtime, "SELECT id, tenant_id FROM find_channel_account($1, $2, $3)", kind, account, external_id
        )
        return await self._load(rows[0]["tenant_id"], rows[0]["id"]) if rows else None

    async def _load(self, tenant_id: int, account_id: int) -> ChannelAccount | None:
        async with unit_of_work(self._runtime, tenant_id) as uow:
            row = await uow.first(_BY_ID, {"id": account_id})
            if row is None:
                return None
            secrets = open_secrets(await data_key(uow), "channel_accounts", tenant_id, row.account, row.secrets)
        return ChannelAccount(row.id, tenant_id, row.kind, row.account, row.external_id, secrets)
