"""What the demo's inspector shows of one conversation: its turns, with what was read and what was stored to be sent."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson

from core.runtime import Runtime
from core.uow import unit_of_work
from standins.simulator.people import Address
from tenants.channel_accounts import ChannelAccount

_SHOWN = 60

# The state after a turn is the state before the next one; the last one's is the conversation's. The latency is
# from the first webhook's commit to the last message's acceptance by the vendor, by the database's clock.
_TURNS = """
SELECT t.commands, t.source, t.confidence, t.language, t.duration_ms, t.created_at,
       coalesce(lead(t.session_before) OVER (ORDER BY t.revision), c.session) AS session_after,
       came.received_at, sent.messages, sent.sent_at
FROM conversations c
JOIN turns t ON t.tenant_id = c.tenant_id AND t.conversation_id = c.id
CROSS JOIN LATERAL (
    SELECT min(e.received_at) AS received_at, 'turn:' || c.id || ':' || min(e.id) AS key
    FROM inbound_events e WHERE e.tenant_id = $1 AND e.id = ANY(t.inbound_ids)
) came
CROSS JOIN LATERAL (
    SELECT max(o.sent_at) FILTER (WHERE o.conversation_id = c.id) AS sent_at,
           jsonb_agg(jsonb_build_object('id', o.id, 'kind', o.kind, 'channel', o.channel, 'status', o.status,
                     'delivery', o.delivery, 'attempts', o.attempts, 'payload', o.payload) ORDER BY o.id) AS messages
    FROM outbox_messages o
    WHERE o.tenant_id = $1
      AND (o.dedupe_key = came.key OR starts_with(o.dedupe_key, came.key || ':'))
) sent
WHERE c.tenant_id = $1 AND c.account_id = $2 AND c.external_id = $3
ORDER BY t.revision DESC LIMIT $4
"""


class TurnInspector:
    """Reads within the tenant that owns the account, as every reader does."""

    def __init__(self, runtime: Runtime, accounts: Mapping[str, ChannelAccount]) -> None:
        self._runtime, self._accounts = runtime, accounts

    async def __call__(self, address: Address) -> list[dict[str, Any]]:
        account = self._accounts.get(address.account)
        if account is None:
            return []
        async with unit_of_work(self._runtime, account.tenant_id) as uow:
            rows = await uow.driver.fetch(_TURNS, uow.tenant_id, account.id, address.external_id, _SHOWN)
        return [_entry(row) for row in rows]


def _entry(row: asyncpg.Record) -> dict[str, Any]:
    commands = row["commands"]
    parts = {
        "commands": commands,
        "state": row["session_after"],
        "outbox": row["messages"] or [],
    }
    return {
        "kind": "turn",
        "at": row["created_at"].isoformat(),
        "title": " · ".join(filter(None, (row["source"], row["confidence"], row["language"], _latency(row)))),
        "ms": round(row["duration_ms"], 1),
        "commands": [_short(command) for command in commands],
        "parts": parts,
    }


def _latency(row: asyncpg.Record) -> str:
    if row["received_at"] is None or row["sent_at"] is None:
        return ""
    return f"⇄ {(row['sent_at'] - row['received_at']).total_seconds() * 1000:.0f} ms"


def _short(command: dict[str, Any]) -> str:
    """`set_field service=haircut`: the kind and its values in one line."""
    rest = {key: value for key, value in command.items() if key != "kind" and value not in (None, [], {})}
    words = [
        str(value) if key in ("flow", "verb", "handle") else f"{key}={_plain(value)}" for key, value in rest.items()
    ]
    return " ".join([str(command.get("kind", "?")), *words])


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
