"""Conversations and turns as rows: the serial lane, the inbox rows of a turn, and one statement that stores it all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson
from sqlalchemy import ARRAY, BigInteger, Column, Double, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from core.runtime import Runtime
from core.tables import instant, metadata
from core.uow import UnitOfWork, call_across_tenants

LANE_SECONDS = 15
_BURST_LIMIT = 50

conversations = Table(
    "conversations",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("account_id", BigInteger),
    Column("channel", Text),
    Column("external_id", Text),
    Column("identity_id", BigInteger),
    Column("mode", Text),
    Column("language", Text),
    Column("revision", BigInteger),
    Column("session", JSONB),
    instant("lane_until"),
    Column("lane_by", Integer),
    instant("window_until"),
    instant("created_at"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("conversation_id", BigInteger),
    Column("revision", BigInteger),
    Column("inbound_ids", ARRAY(BigInteger)),
    Column("commands", JSONB),
    Column("source", Text),
    Column("confidence", Text),
    Column("language", Text),
    Column("session_before", JSONB),
    Column("duration_ms", Double),
    instant("created_at"),
)


@dataclass(frozen=True, slots=True)
class Conversation:
    id: int
    account_id: int
    channel: str
    external_id: str
    mode: str
    language: str | None
    revision: int
    session: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An inbox row of this conversation, by the database's clock: `age_s` since it was stored, `late_s` between
    the vendor's time of it and its storing (None where the vendor gave no time)."""

    id: int
    kind: str
    payload: dict[str, Any]
    urgent: bool
    age_s: float
    late_s: float | None


@dataclass(frozen=True, slots=True)
class Claim:
    conversation: Conversation
    events: tuple[WaitingEvent, ...]


class LostLaneError(Exception):
    """Another worker stored a turn of this conversation first; this one is run again on the new state."""


_CLAIM = f"""
WITH lane AS (
    UPDATE conversations SET lane_until = clock_timestamp() + interval '{LANE_SECONDS} s', lane_by = $3
    WHERE tenant_id = $1 AND id = $2 AND is_lane_free(lane_until, lane_by)
      AND EXISTS (SELECT 1 FROM inbound_events
                  WHERE tenant_id = $1 AND conversation_id = $2 AND status = 'new')
    RETURNING id, account_id, channel, external_id, mode, language, revision, session
)
SELECT lane.*, e.id AS event_id, e.kind, e.payload, e.urgent,
       extract(epoch FROM clock_timestamp() - e.received_at)::float8 AS age_s,
       extract(epoch FROM e.received_at - e.occurred_at)::float8 AS late_s
FROM lane JOIN inbound_events e ON e.tenant_id = $1 AND e.conversation_id = $2 AND e.status = 'new'
ORDER BY e.occurred_at NULLS LAST, e.id LIMIT {_BURST_LIMIT}
"""

_RELEASE = "UPDATE conversations SET lane_until = NULL WHERE tenant_id = $1 AND id = $2"

# One round trip: nothing is stored unless the revision is still the one that was read.
_STORE = """
WITH moved AS (
    UPDATE conversations SET revision = revision + 1, session = $4::jsonb, language = $5, lane_until = NULL,
        identity_id = $6, window_until = greatest(window_until, $7)
    WHERE tenant_id = $1 AND id = $2 AND revision = $3
    RETURNING id
), turn AS (
    INSERT INTO turns (tenant_id, conversation_id, revision, inbound_ids, commands, source, confidence, language,
                       session_before, duration_ms, created_at)
    SELECT $1, id, $3 + 1, $8::bigint[], $9::jsonb, $10, $11, $5, $12::jsonb, $13, $14 FROM moved
    RETURNING id
), fact AS (
    INSERT INTO analytics_facts (tenant_id, kind, at, conversation_id, data)
    SELECT $1, 'turn', $14, $2, $15::jsonb FROM moved
), handled AS (
    UPDATE inbound_events SET status = 'handled', handled_at = clock_timestamp(), turn_id = turn.id
    FROM turn WHERE inbound_events.tenant_id = $1 AND inbound_events.id = ANY($8::bigint[])
)
SELECT id FROM turn
"""

# Fenced like a turn: what another worker has answered meanwhile stays answered.
_SET_ASIDE = """
WITH moved AS (
    UPDATE conversations SET revision = revision + 1, lane_until = NULL
    WHERE tenant_id = $1 AND id = $2 AND revision = $3
    RETURNING id
), failed AS (
    UPDATE inbound_events SET status = 'failed', handled_at = clock_timestamp(), attempts = attempts + 1
    FROM moved WHERE inbound_events.tenant_id = $1 AND inbound_events.id = ANY($4::bigint[])
)
SELECT id FROM moved
"""

_IGNORE = """
UPDATE inbound_events SET status = $3, handled_at = clock_timestamp(), attempts = attempts + 1
WHERE tenant_id = $1 AND id = ANY($2::bigint[])
"""

_FIND = """
SELECT id, account_id, channel, external_id, mode, language, revision, session
FROM conversations WHERE tenant_id = $1 AND account_id = $2 AND external_id = $3
"""
_ENSURE = """
INSERT INTO conversations (tenant_id, account_id, channel, external_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, account_id, external_id) DO UPDATE SET channel = excluded.channel
RETURNING id, account_id, channel, external_id, mode, language, revision, session
"""

# Fenced like a turn, and only while none runs: what it is about to say comes after us.
_INTERJECT = """
UPDATE conversations SET session = $4::jsonb, revision = revision + 1
WHERE tenant_id = $1 AND id = $2 AND revision = $3 AND is_lane_free(lane_until, lane_by)
"""

_GET = """
SELECT id, account_id, channel, external_id, mode, language, revision, session
FROM conversations WHERE tenant_id = $1 AND id = $2
"""


async def claim(uow: UnitOfWork, conversation_id: int) -> Claim | None:
    """Takes the lane with all that waits in it; None when it is taken or nothing waits."""
    rows = await uow.driver.fetch(_CLAIM, uow.tenant_id, conversation_id, uow.runtime.liveness.instance)
    if not rows:
        return None
    events = tuple(
        WaitingEvent(r["event_id"], r["kind"], r["payload"], r["urgent"], r["age_s"], r["late_s"]) for r in rows
    )
    return Claim(_conversation(rows[0]), events)


async def is_waiting(runtime: Runtime, tenant_id: int, conversation_id: int) -> bool:
    """Whether somebody wrote while the last turn ran: one round trip, no transaction."""
    rows = await call_across_tenants(runtime, "SELECT is_waiting($1, $2) AS yes", tenant_id, conversation_id)
    return bool(rows[0]["yes"])


async def release(uow: UnitOfWork, conversation_id: int) -> None:
    await uow.driver.execute(_RELEASE, uow.tenant_id, conversation_id)


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """What is stored at the end of a turn. `window_until`: till when WhatsApp lets us write freely."""

    session: dict[str, Any]
    language: str | None
    identity_id: int
    window_until: datetime | None
    inbound_ids: tuple[int, ...]
    commands: list[dict[str, Any]]
    source: str
    confidence: str
    duration_ms: float
    created_at: datetime
    fact: dict[str, Any]


async def store_turn(uow: UnitOfWork, conversation: Conversation, record: TurnRecord) -> int:
    """Raises LostLaneError when the conversation has moved on since it was read."""
    turn_id = await uow.driver.fetchval(
        _STORE,
        uow.tenant_id,
        conversation.id,
        conversation.revision,
        _json(record.session),
        record.language,
        record.identity_id,
        record.window_until,
        list(record.inbound_ids),
        _json(record.commands),
        record.source,
        record.confidence,
        _json(conversation.session),
        record.duration_ms,
        record.created_at,
        _json(record.fact),
    )
    if turn_id is None:
        raise LostLaneError
    return int(turn_id)


async def set_aside(uow: UnitOfWork, claimed: Claim) -> None:
    """Marks the claimed events failed and frees the lane. Raises LostLaneError like `store_turn`."""
    conversation = claimed.conversation
    event_ids = [event.id for event in claimed.events]
    moved = await uow.driver.fetchval(_SET_ASIDE, uow.tenant_id, conversation.id, conversation.revision, event_ids)
    if moved is None:
        raise LostLaneError


async def mark_events(uow: UnitOfWork, event_ids: list[int], status: str) -> None:
    await uow.driver.execute(_IGNORE, uow.tenant_id, event_ids, status)


async def ensure_conversation(uow: UnitOfWork, account_id: int, channel: str, external_id: str) -> Conversation:
    """The conversation with this address, made when the first word is ours (a merchant's notice).

    One that is there is not locked: two merchants who tell each other would wait in a circle.
    """
    row = await uow.driver.fetchrow(_FIND, uow.tenant_id, account_id, external_id)
    row = row or await uow.driver.fetchrow(_ENSURE, uow.tenant_id, account_id, channel, external_id)
    assert row is not None
    return _conversation(row)


async def interject(uow: UnitOfWork, conversation: Conversation, session: dict[str, Any]) -> None:
    """What we say unasked may change what is open; nothing happens where a turn is under way."""
    await uow.driver.execute(_INTERJECT, uow.tenant_id, conversation.id, conversation.revision, _json(session))


async def get_conversation(uow: UnitOfWork, conversation_id: int) -> Conversation | None:
    row = await uow.driver.fetchrow(_GET, uow.tenant_id, conversation_id)
    return _conversation(row) if row else None


def _conversation(row: asyncpg.Record) -> Conversation:
    return Conversation(
        id=row["id"],
        account_id=row["account_id"],
        channel=row["channel"],
        external_id=row["external_id"],
        mode=row["mode"],
        language=row["language"],
        revision=row["revision"],
        session=row["session"],
    )


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
