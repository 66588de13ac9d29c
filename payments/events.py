"""Webhooks of payment providers: stored once, each of their facts, before they are answered; worked on afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.runtime import Runtime
from core.uow import UnitOfWork, call_across_tenants
from payments.provider_values import ProviderEvent

# A fact about something that we do not know yet: our own row may be a moment behind. Then a person looks at it.
_AGAIN = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15))


@dataclass(frozen=True, slots=True)
class StoredEvent:
    id: int
    account_id: int
    kind: str
    body: bytes
    dedupe_key: str
    tries: int


_RECORD = """
INSERT INTO payment_events (tenant_id, account_id, dedupe_key, kind, body, received_at, try_at)
VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (tenant_id, account_id, dedupe_key) DO NOTHING RETURNING id
"""
_GET = """
SELECT id, account_id, kind, body, dedupe_key, tries FROM payment_events
WHERE tenant_id = $1 AND id = $2 AND handled_at IS NULL FOR UPDATE
"""
_HANDLED = "UPDATE payment_events SET handled_at = $3, payment_id = $4, try_at = NULL WHERE tenant_id = $1 AND id = $2"
_AGAIN_AT = "UPDATE payment_events SET tries = tries + 1, try_at = $3 WHERE tenant_id = $1 AND id = $2"


async def find_account(runtime: Runtime, provider: str, account: str) -> tuple[int, int] | None:
    """(tenant, account id) by what stands in the webhook's address; also of an account that was taken out of use."""
    sql = "SELECT tenant_id, account_id FROM find_payment_account($1, $2)"
    rows = await call_across_tenants(runtime, sql, provider, account)
    return (rows[0]["tenant_id"], rows[0]["account_id"]) if rows else None


async def record(uow: UnitOfWork, account_id: int, events: Sequence[ProviderEvent], body: bytes) -> None:
    """A copy changes nothing."""
    now = uow.runtime.clock.now()
    for event in events:
        row_id = await uow.driver.fetchval(_RECORD, uow.tenant_id, account_id, event.dedupe_key, event.kind, body, now)
        if row_id is not None:
            uow.wake("payment_event", row_id)


async def claim(uow: UnitOfWork, event_id: int) -> StoredEvent | None:
    """None when it is handled already; the row stays locked until the end of the transaction."""
    row = await uow.driver.fetchrow(_GET, uow.tenant_id, event_id)
    return StoredEvent(**dict(row)) if row else None


async def handled(uow: UnitOfWork, event: StoredEvent, payment_id: int | None, *, now: datetime) -> None:
    await uow.driver.execute(_HANDLED, uow.tenant_id, event.id, now, payment_id)


async def try_again(uow: UnitOfWork, event: StoredEvent, *, now: datetime) -> bool:
    """False when it has been tried often enough."""
    if event.tries >= len(_AGAIN):
        return False
    await uow.driver.execute(_AGAIN_AT, uow.tenant_id, event.id, now + _AGAIN[event.tries])
    return True
