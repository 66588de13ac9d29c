"""Signs of life: a worker holds an advisory lock on a connection of its own for as long as it lives.

What it has claimed (a lane, an outbox row) carries its number; when it dies the lock goes with its connection, and
others take over at once instead of waiting for the claim to run out. Behind a pooler that shares connections the lock
means nothing and the times alone count, as they do while `instance` is None.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg

from core.database import APP_ROLE
from core.telemetry import get_logger

if TYPE_CHECKING:
    from core.runtime import Runtime

log = get_logger("liveness")

# The first half of the lock's key; is_dead() in the migrations looks for it.
_LOCK_CLASS = 417
_BEAT_S = 2.0
_FAULTS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Liveness:
    """The number under which this process claims; None while it gives no sign of life."""

    instance: int | None = None


@contextlib.asynccontextmanager
async def signs_of_life(runtime: "Runtime") -> AsyncIterator[None]:
    """Gives them till the block ends, also after the database was away."""
    task = asyncio.create_task(_keep_alive(runtime))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep_alive(runtime: "Runtime") -> None:
    """One number as long as the process lives: with another one after a cut connection, what it is still sending
    would count as a dead worker's and be sent twice."""
    instance = secrets.randbelow(2**31 - 1) + 1
    while True:
        try:
            await _hold_lock(runtime, instance)
        except _FAULTS as error:
            log.warning("liveness.lost", error=type(error).__name__)
        await asyncio.sleep(_BEAT_S / 2)


async def _hold_lock(runtime: "Runtime", instance: int) -> None:
    """Waits while the lock still hangs on a lost connection of ours: till then that one holds it for us."""
    connection = await asyncpg.connect(runtime.database_url, timeout=10, server_settings={"role": APP_ROLE})
    try:
        await connection.execute("SELECT pg_advisory_lock($1, $2)", _LOCK_CLASS, instance)
        runtime.liveness.instance = instance
        while True:
            await asyncio.sleep(_BEAT_S)
            await connection.execute("SELECT 1", timeout=_BEAT_S * 2)
    finally:
        runtime.liveness.instance = None
        connection.terminate()
