"""Outbox rows of one conversation: which is next, whose turn it is to send it, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from core.uow import UnitOfWork

CLAIM_S = 40

# Waiting for a lock here and finding the row sent meanwhile, PostgreSQL goes on to the next one. A file that is to be
# tried again later lets what comes after it pass.
_HEAD = """
SELECT o.id, o.conversation_id, o.account_id, o.channel, o.recipient, o.kind, o.payload, o.status, o.attempts,
       o.delivery, o.next_attempt_at <= clock_timestamp() AS is_due,
       is_claim_over(o.claimed_until, o.claimed_by) AS is_abandoned,
       extract(epoch FROM clock_timestamp() - o.created_at)::float8 AS age_s,
       c.mode, c.window_until, i.blocked_at IS NOT NULL AS is_blocked, interim.vendor_id AS replaces
FROM outbox_messages o
JOIN conversations c ON c.tenant_id = o.tenant_id AND c.id = o.conversation_id
LEFT JOIN channel_identities i
    ON i.tenant_id = o.tenant_id AND i.account_id = o.account_id AND i.external_id = o.recipient
LEFT JOIN outbox_messages interim
    ON interim.tenant_id = o.tenant_id AND interim.id = (o.payload ->> 'replaces')::bigint AND interim.status = 'sent'
WHERE o.tenant_id = $1 AND o.conversation_id = $2 AND o.status IN ('pending', 'sending', 'unknown')
ORDER BY o.kind = 'attachment' AND o.next_attempt_at > clock_timestamp(), o.id LIMIT 1
FOR UPDATE OF o
"""

_CLAIM = f"""
UPDATE outbox_messages SET status = 'sending', attempts = attempts + 1,
    claimed_until = clock_timestamp() + interval '{CLAIM_S} s', claimed_by = $3
WHERE tenant_id = $1 AND id = $2
"""

# `attempts` fences off a sender whose claim ran out. A receipt that was faster than the answer settles the doubt.
_SETTLE = """
UPDATE outbox_messages SET
    status = CASE WHEN $4 = 'unknown' AND delivery IN ('sent', 'delivered', 'read') THEN 'sent' ELSE $4 END,
    sent_at = CASE WHEN $4 = 'sent' OR delivery IN ('sent', 'delivered', 'read') THEN clock_timestamp() END,
    next_attempt_at = clock_timestamp() + make_interval(secs => $5),
    claimed_until = NULL, vendor_id = coalesce($6, vendor_id), error = $7, payload = payload || $8::jsonb
WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND status IN ('pending', 'sending', 'unknown')
"""

_BLOCK = """
WITH shut AS (
    UPDATE channel_identities SET blocked_at = coalesce(blocked_at, $5)
    WHERE tenant_id = $1 AND account_id = $2 AND external_id = $3
)
UPDATE outbox_messages SET status = 'failed', error = 'blocked'
WHERE tenant_id = $1 AND conversation_id = $4 AND status IN ('pending', 'unknown')
"""

_UNBLOCK = """
UPDATE channel_identities SET blocked_at = NULL WHERE tenant_id = $1 AND account_id = $2 AND external_id = $3
"""


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    """The open row whose turn it is. `replaces`: the vendor's id of the interim that this row takes the place of."""

    id: int
    conversation_id: int
    account_id: int
    channel: str
    recipient: str
    kind: str
    payload: dict[str, Any]
    status: str
    attempts: int
    delivery: str | None
    is_due: bool
    is_abandoned: bool
    age_s: float
    mode: str
    window_until: datetime | None
    is_blocked: bool
    replaces: str | None

    @property
    def parts_sent(self) -> int:
        return int(self.payload.get("parts_sent", 0))


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of an attempt; `changes` are merged into the payload, where the row keeps its own progress."""

    status: str
    delay_s: float = 0.0
    vendor_id: str | None = None
    error: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    is_blocked: bool = False


async def find_head(uow: UnitOfWork, conversation_id: int) -> OutgoingRow | None:
    row: asyncpg.Record | None = await uow.driver.fetchrow(_HEAD, uow.tenant_id, conversation_id)
    return OutgoingRow(**dict(row)) if row else None


async def claim(uow: UnitOfWork, row: OutgoingRow) -> None:
    await uow.driver.execute(_CLAIM, uow.tenant_id, row.id, uow.runtime.liveness.instance)


async def settle(uow: UnitOfWork, row: OutgoingRow, attempts: int, settlement: Settlement) -> None:
    """Nothing happens when the row was claimed again since (`attempts` moved on)."""
    await uow.driver.execute(
        _SETTLE,
        uow.tenant_id,
        row.id,
        attempts,
        settlement.status,
        settlement.delay_s,
        settlement.vendor_id,
        settlement.error,
        orjson.dumps(settlement.changes).decode(),
    )
    if settlement.is_blocked:
        await mark_blocked(uow, row.account_id, row.recipient, row.conversation_id)
    elif settlement.status == "sent" and row.is_blocked:
        await mark_unblocked(uow, row.account_id, row.recipient)


async def mark_blocked(uow: UnitOfWork, account_id: int, external_id: str, conversation_id: int | None) -> None:
    """What else waits for this person fails with it: a chat that shut us out is not tried again and again."""
    now = uow.runtime.clock.now()
    await uow.driver.execute(_BLOCK, uow.tenant_id, account_id, external_id, conversation_id, now)


async def mark_unblocked(uow: UnitOfWork, account_id: int, external_id: str) -> None:
    await uow.driver.execute(_UNBLOCK, uow.tenant_id, account_id, external_id)
