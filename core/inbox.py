"""The inbox: what entered, stored before it is answered, each event once however often it is delivered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from core.runtime import Runtime
from core.uow import CONNECTION_ERRORS, call_across_tenants

_RECORD = "SELECT * FROM record_inbound($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_BATCH_LIMIT = 200


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One event of a webhook. (channel, scope, event_key) is the vendor's identity of it within the tenant.

    `sender` names the conversation (None for statuses); `urgent` skips the quiet window (buttons).
    """

    tenant_id: int | None
    account_id: int | None
    channel: str
    scope: str
    event_key: str
    kind: str
    payload: dict[str, Any]
    sender: str | None = None
    urgent: bool = False
    occurred_at: datetime | None = None


class Inbox:
    """Stores events by group commit: deliveries that arrive while one insert is under way share the next."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waiting: list[tuple[Sequence[InboundEvent], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._waking: set[asyncio.Task[None]] = set()

    async def record(self, events: Sequence[InboundEvent]) -> None:
        """Returns once all are committed. Raises when the database refused."""
        if not events:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((events, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting())
        await future

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_BATCH_LIMIT], self._waiting[_BATCH_LIMIT:]
            try:
                rows = await _insert(self._runtime, [event for events, _ in batch for event in events])
            except CONNECTION_ERRORS as error:
                for _, future in batch:
                    _fail(future, error)
            except Exception as error:
                await self._write_one_by_one(batch, error)
            else:
                for _, future in batch:
                    _resolve(future)
                self._wake(rows)

    def _wake(self, rows: Sequence[asyncpg.Record]) -> None:
        """Beside the next insert: a Redis that hangs must not hold up the answers to webhooks."""
        task = asyncio.create_task(_wake(self._runtime, rows))
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    async def _write_one_by_one(
        self, batch: list[tuple[Sequence[InboundEvent], asyncio.Future[None]]], error: Exception
    ) -> None:
        """One bad event must not take its neighbours down."""
        for events, future in batch:
            if len(batch) == 1:
                _fail(future, error)
                return
            try:
                await store(self._runtime, events)
                _resolve(future)
            except Exception as own_error:
                _fail(future, own_error)


async def store(runtime: Runtime, events: Sequence[InboundEvent]) -> int:
    """Inserts in one statement (its own transaction), then wakes the turns; known events are passed over."""
    rows = await _insert(runtime, events)
    await _wake(runtime, rows)
    return len(rows)


async def _insert(runtime: Runtime, events: Sequence[InboundEvent]) -> list[asyncpg.Record]:
    """The rows that are new."""
    return await call_across_tenants(
        runtime,
        _RECORD,
        [event.tenant_id for event in events],
        [event.account_id for event in events],
        [event.channel for event in events],
        [event.scope for event in events],
        [event.event_key for event in events],
        [event.kind for event in events],
        [event.urgent for event in events],
        [event.sender for event in events],
        [event.occurred_at for event in events],
        [orjson.dumps(event.payload).decode() for event in events],
    )


async def _wake(runtime: Runtime, rows: Sequence[asyncpg.Record]) -> None:
    """Words wait for the quiet window, so that a burst is one turn; buttons do not."""
    quiet_s = runtime.settings.quiet_window_ms / 1000
    wakes: dict[tuple[str, int, int], float] = {}
    for row in rows:
        if row["tenant_id"] is None:
            continue
        conversation = row["conversation_id"]
        job, subject = ("turn", conversation) if conversation else ("receipt", row["event_id"])
        delay = 0.0 if row["urgent"] or not conversation else quiet_s
        key = (job, row["tenant_id"], subject)
        wakes[key] = min(delay, wakes.get(key, delay))
    await runtime.queue.wake_many([(*key, delay) for key, delay in wakes.items()])


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _fail(future: "asyncio.Future[None]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
