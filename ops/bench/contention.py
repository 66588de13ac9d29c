"""A hundred thousand attempts of sixteen at once on the same calendars, through the lifecycle, on real PostgreSQL.

    .venv/bin/python -m ops.bench.contention [attempts]

Holds of random starts and people, confirmations, moves and cancellations, with times far too few for all. At the end:
rows that overlap, broken invariants, deadlocks counted by PostgreSQL, the longest call.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count

import asyncpg
import uvloop

from booking import lifecycle
from booking.booking import Booking
from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from booking.invariants import find_violations
from booking.visit import visit_of
from core.errors import ExpectedError
from core.uow import UnitOfWork, unit_of_work
from ops.bench.setting import Stage, stage
from tests.conftest import NOW

_CLIENTS, _STAFF, _CUSTOMERS, _DAYS = 16, 4, 64, 5
_FIRST = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
_keys = count()


class Crowd:
    """What its members do is drawn by chance; `came_to` counts what became of it."""

    def __init__(self, stage_: Stage, catalogue: Catalogue, customers: list[int], attempts: int) -> None:
        self.stage, self.catalogue, self.customers = stage_, catalogue, customers
        self.left = attempts
        self.chance = random.Random(11)
        self.mine: list[Booking] = []
        self.came_to: Counter[str] = Counter()
        self.longest_s = 0.0

    async def member(self) -> None:
        while self.left > 0:
            self.left -= 1
            started = time.perf_counter()
            try:
                async with unit_of_work(self.stage.runtime, self.stage.tenant.tenant_id) as uow:
                    what, booked = await self._act(uow)
                self.mine += booked
            except ExpectedError as error:
                what = type(error).__name__
            self.longest_s = max(self.longest_s, time.perf_counter() - started)
            self.came_to[what] += 1

    async def _act(self, uow: UnitOfWork) -> tuple[str, list[Booking]]:
        """What was done, and what is there to be moved once it is committed."""
        dice = self.chance.random()
        if self.mine and dice < 0.1:
            booking = self.mine.pop(self.chance.randrange(len(self.mine)))
            await lifecycle.cancel(uow, booking.id, now=NOW, by="merchant", key=f"k{next(_keys)}")
            return "cancelled", []
        starts_at = _FIRST + timedelta(days=self.chance.randrange(_DAYS), minutes=15 * self.chance.randrange(40))
        staff = self.chance.choice([*self.catalogue.staff, None])
        staff_id = staff.id if staff else None
        if self.mine and dice < 0.25:
            booking = self.chance.choice(self.mine)
            await lifecycle.reschedule(
                uow, self.catalogue, booking.id, starts_at=starts_at, staff_id=staff_id, now=NOW, by="merchant",
                key=f"k{next(_keys)}",
            )  # fmt: skip
            return "moved", []
        held = await lifecycle.hold(
            uow, self.catalogue, visit_of(self.catalogue.services[0], staff_id), key=f"k{next(_keys)}",
            customer_id=self.chance.choice(self.customers), starts_at=starts_at, now=NOW, conversation_id=None,
        )  # fmt: skip
        return "booked", [await lifecycle.confirm(uow, held.id, now=NOW)]


_OVERLAPS = """
SELECT count(*) FROM occupancy a JOIN occupancy b
    ON a.resource_id = b.resource_id AND a.id < b.id AND a.during && b.during
"""
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


async def main(attempts: int) -> None:
    async with stage(staff=_STAFF) as stage_:
        watcher = await asyncpg.connect(stage_.superuser_url)
        async with unit_of_work(stage_.runtime, stage_.tenant.tenant_id) as uow:
            catalogue = await load_catalogue(uow)
            insert = "INSERT INTO customers (tenant_id) SELECT $1 FROM generate_series(1, $2) RETURNING id"
            rows = await uow.driver.fetch(insert, stage_.tenant.tenant_id, _CUSTOMERS)
        deadlocks = await watcher.fetchval(_DEADLOCKS)
        crowd = Crowd(stage_, catalogue, [row["id"] for row in rows], attempts)
        started = time.perf_counter()
        await asyncio.gather(*(crowd.member() for _ in range(_CLIENTS)))
        seconds = time.perf_counter() - started
        async with unit_of_work(stage_.runtime, stage_.tenant.tenant_id) as uow:
            violations = await find_violations(uow)
        await watcher.execute("SELECT pg_stat_force_next_flush()")
        await asyncio.sleep(1.5)  # PostgreSQL tells its counters once a second
        figures = {
            "bench": "contention", "attempts": attempts, "per_s": round(attempts / seconds),
            "overlaps": await watcher.fetchval(_OVERLAPS), "violations": len(violations),
            "deadlocks": await watcher.fetchval(_DEADLOCKS) - deadlocks,
            "longest_ms": round(crowd.longest_s * 1000), **crowd.came_to,
        }  # fmt: skip
        await watcher.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
