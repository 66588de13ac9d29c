"""Races of many clients on connections of their own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

from booking.booking import SlotTakenError
from booking.invariants import find_violations
from tests.support.bookings import Salon

CLIENTS = 16
STUCK_S = 5
_T = TypeVar("_T")
Attempt = Callable[[], Awaitable[_T]]


async def race(attempts: Iterable[Attempt[_T]]) -> list[_T]:
    """Runs the attempts with CLIENTS at a time; the winners. A call that is stuck fails."""
    waiting, won = list(attempts)[::-1], []

    async def client() -> None:
        while waiting:
            attempt = waiting.pop()
            try:
                won.append(await asyncio.wait_for(attempt(), timeout=STUCK_S))
            except SlotTakenError:
                continue

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return won


@asynccontextmanager
async def fair_play(salon: Salon) -> AsyncIterator[Salon]:
    """Checked when the race is over: no invariant is broken, and nobody waited in a circle."""
    deadlocks = await _deadlocks(salon)
    yield salon
    assert await salon.unit(find_violations) == []
    assert await _deadlocks(salon) == deadlocks


async def _deadlocks(salon: Salon) -> int:
    await salon.sql("SELECT pg_stat_clear_snapshot()")
    rows = await salon.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(rows[0]["deadlocks"])
