"""Whole turns a second against one raw asyncpg transaction of the same reads and writes.

    .venv/bin/python -m ops.bench.turns

A turn is: claim, parse, who, read the words, decide, answer, store. The floor does its statements by hand, with no
dialog in between: lock the conversation, read what waits, the identity and the tenant's version; write conversation,
turn, fact, inbox and outbox.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import orjson
import uvloop

from bot.inbound import handle
from core.inbox import InboundEvent, store
from ops.bench.setting import Stage, report, stage
from tests.support.channels import new_id, wa_text
from tests.support.phone import query

_CONVERSATIONS = 400
_ROUNDS = 5
_CONCURRENCY = 16
_numbers = itertools.count(1)

_LOCK = "SELECT id, language, revision, session FROM conversations WHERE tenant_id = $1 AND id = $2 FOR UPDATE"
_EVENTS = """
SELECT id, kind, payload FROM inbound_events
WHERE tenant_id = $1 AND conversation_id = $2 AND status = 'new' ORDER BY id
"""
_IDENTITY = "SELECT id, customer_id FROM channel_identities WHERE account_id = $1 AND external_id = $2"
_VERSION = "SELECT version FROM tenants"
_MOVE = "UPDATE conversations SET revision = revision + 1, session = $3::jsonb WHERE tenant_id = $1 AND id = $2"
_TURN = """
INSERT INTO turns (tenant_id, conversation_id, revision, inbound_ids, commands, source, confidence, session_before,
                   duration_ms, created_at)
VALUES ($1, $2, $3, $4, $5::jsonb, 'rules', 'high', '{}', 1.0, now()) RETURNING id
"""
_FACT = "INSERT INTO analytics_facts (tenant_id, kind, at, conversation_id) VALUES ($1, 'turn', now(), $2)"
_HANDLED = """
UPDATE inbound_events SET status = 'handled', handled_at = now(), turn_id = $3
WHERE tenant_id = $1 AND id = ANY($2::bigint[])
"""
_OUTBOX = """
INSERT INTO outbox_messages (tenant_id, conversation_id, account_id, channel, recipient, dedupe_key, kind, payload)
VALUES ($1, $2, $3, 'whatsapp', $4, $5, 'reply', $6::jsonb) ON CONFLICT DO NOTHING RETURNING id
"""


async def raw_turn(pool: asyncpg.Pool, row: asyncpg.Record) -> None:
    tenant_id, conversation_id = row["tenant_id"], row["id"]
    answer = orjson.dumps({"text": "Hello and welcome, what would you like?" * 3}).decode()
    async with pool.acquire() as c, c.transaction():
        await c.execute("SELECT set_config('app.tenant_id', $1, true)", str(tenant_id))
        conversation = await c.fetchrow(_LOCK, tenant_id, conversation_id)
        events = await c.fetch(_EVENTS, tenant_id, conversation_id)
        await c.fetchrow(_IDENTITY, row["account_id"], row["external_id"])
        await c.fetchval(_VERSION)
        ids = [event["id"] for event in events]
        await c.execute(_MOVE, tenant_id, conversation_id, answer)
        turn = await c.fetchval(_TURN, tenant_id, conversation_id, conversation["revision"] + 1, ids, answer)
        await c.execute(_FACT, tenant_id, conversation_id)
        await c.execute(_HANDLED, tenant_id, ids, turn)
        await c.fetchval(
            _OUTBOX, tenant_id, conversation_id, row["account_id"], row["external_id"], f"raw:{ids[0]}", answer
        )


async def send_everybody(stage_: Stage, account_id: int) -> None:
    """One new message in every conversation, without waking anybody."""
    tenant, events = stage_.tenant, []
    for n in range(_CONVERSATIONS):
        sender = f"2376990{n:05d}"
        payload = {"message": wa_text("Hello", sender=sender), "contact": {"profile": {"name": "Mireille"}}}
        events.append(
            InboundEvent(
                tenant.tenant_id, account_id, "whatsapp", tenant.phone_number_id, new_id(), "message", payload, sender
            )
        )
    await store(stage_.runtime, events)


async def rate(work: Callable[[asyncpg.Record], Awaitable[None]], rows: Sequence[asyncpg.Record]) -> float:
    waiting = list(rows)

    async def run() -> None:
        while waiting:
            await work(waiting.pop())

    started = time.perf_counter()
    await asyncio.gather(*(run() for _ in range(_CONCURRENCY)))
    return len(rows) / (time.perf_counter() - started)


async def main() -> None:
    floor, product = [], []
    async with stage() as stage_:
        runtime, tenant_id = stage_.runtime, stage_.tenant.tenant_id
        accounts = "SELECT id FROM channel_accounts WHERE kind = 'whatsapp' AND tenant_id = $1"
        account_id = (await query(runtime, accounts, tenant_id))[0]["id"]
        pool = await asyncpg.create_pool(runtime.database_url, min_size=16, max_size=16)
        for round_ in range(_ROUNDS + 1):
            await send_everybody(stage_, account_id)
            rows = await query(runtime, "SELECT * FROM conversations WHERE tenant_id = $1", tenant_id)
            ours = await rate(lambda row: handle(runtime, tenant_id, row["id"]), rows)
            await send_everybody(stage_, account_id)
            theirs = await rate(lambda row: raw_turn(pool, row), rows)
            if round_:
                product.append(ours)
                floor.append(theirs)
        await pool.close()
    report("turns", floor, product, "per_s")


if __name__ == "__main__":
    uvloop.run(main())
