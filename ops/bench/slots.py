"""Free times of ten people for thirty days beside a million bookings, against the same SQL by the driver alone.

    .venv/bin/python -m ops.bench.slots

Five hundred people of fifty tenants have ten bookings a day for two hundred days. Asked is what `availability.find`
asks for anyone of one tenant: the query, the computation on its rows, and both.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import uvloop

from booking import availability, occupancy
from booking.catalogue_rows import load_catalogue
from booking.hours import instant, wall_second
from booking.visit import visit_of
from core.uow import unit_of_work
from ops.bench.setting import Stage, run_as_superuser, stage
from tests.conftest import NOW
from tests.support.tenants import HOURS, SERVICES, make_tenant

_TENANTS, _STAFF, _DAYS, _ROUNDS = 50, 10, 200, 60
_FIRST, _ASKED = date(2026, 3, 9), 30

# The constraint is built anew at the end, in one go; nothing of it is skipped.
_FILL = f"""
SET session_replication_role = replica;
ALTER TABLE occupancy DROP CONSTRAINT occupancy_no_overlap;
INSERT INTO customers (tenant_id) SELECT id FROM tenants;
WITH booked AS (
    INSERT INTO bookings (tenant_id, status, customer_id, service_id, staff_id, location_id, starts_at, ends_at,
        currency, created_at)
    SELECT s.tenant_id, 'confirmed', c.id, v.id, s.id, s.location_id, at, at + interval '45 min', 'XAF', at
    FROM staff s JOIN customers c USING (tenant_id) JOIN services v USING (tenant_id),
        generate_series(0, {_DAYS - 1}) AS day, generate_series(0, 9) AS n,
        LATERAL (SELECT timestamptz '2026-03-02Z' + day * interval '1 day' + n * interval '144 min' AS at) AS start
    RETURNING id, tenant_id, staff_id, starts_at
)
INSERT INTO occupancy (tenant_id, resource_id, during, starts_at, ends_at, status, booking_id)
SELECT b.tenant_id, s.resource_id, tstzrange(starts_at, starts_at + interval '55 min'), starts_at,
    starts_at + interval '55 min', 'booked', b.id FROM booked b JOIN staff s ON s.id = b.staff_id;
ALTER TABLE occupancy ADD CONSTRAINT occupancy_no_overlap EXCLUDE USING gist (
    int8range(resource_id, resource_id, '[]') WITH &&, during WITH &&) WHERE (status IN ('held', 'booked'));
ANALYZE;
"""


async def _fill(stage_: Stage) -> None:
    people = [f"p{n}" for n in range(_STAFF)]
    for _ in range(_TENANTS - 1):
        await make_tenant(
            stage_.runtime,
            services=[{**SERVICES[0], "staff": people}],
            staff=[{"key": p, "name": p.upper(), "location": "centre", "hours": HOURS} for p in people],
            merchants=[],
        )
    await run_as_superuser(stage_, _FILL)
    await run_as_superuser(stage_, "VACUUM ANALYZE occupancy")


async def _times(work: Callable[[], Awaitable[Any]]) -> list[float]:
    taken = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


async def main() -> None:
    async with stage(staff=_STAFF) as stage_:
        await _fill(stage_)
        async with unit_of_work(stage_.runtime, stage_.tenant.tenant_id) as uow:
            catalogue = await load_catalogue(uow)
            zone, visit = catalogue.locations[0].zone, visit_of(catalogue.services[0])
            last = _FIRST + timedelta(days=_ASKED - 1)
            span = (instant(wall_second(_FIRST, 0, zone)), instant(wall_second(last, 24 * 60, zone)))
            calendars = [person.resource_id for person in catalogue.staff]
            arguments = (uow.tenant_id, calendars, *span, catalogue.look_back, NOW)

            async def query() -> list[Any]:
                return list(await uow.driver.fetch(occupancy._FIND_BUSY, *arguments))

            async def whole() -> list[availability.Slot]:
                return await availability.find(uow, catalogue, visit, from_date=_FIRST, to_date=last, now=NOW)

            rows, slots = len(await query()), len(await whole())
            floor, product = await _times(query), await _times(whole)
            count = await uow.driver.fetchval("SELECT reltuples::bigint FROM pg_class WHERE relname = 'occupancy'")
    query_ms, whole_ms = statistics.median(floor), statistics.median(product)
    figures = {
        "bench": "slots", "stored": count, "rows": rows, "slots": slots,
        "query_ms": round(query_ms, 2), "whole_ms": round(whole_ms, 2),
        "whole_p99_ms": round(sorted(product)[-1], 2),
        "computation_to_query": round((whole_ms - query_ms) / query_ms, 2),
        "whole_to_query": round(whole_ms / query_ms, 2),
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    uvloop.run(asyncio.wait_for(main(), 900))
