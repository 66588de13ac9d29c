"""A month of ten people's free times out of a million bookings, against the same SQL alone.

    .venv/bin/python -m ops.bench.slots

Fifty tenants of ten people each have a million bookings; every third hour is free. A call is availability.find in an
open unit of work: the reads and the computation. The floor is its main statement by asyncpg on the same connection.
"""

import json
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import asyncpg
import uvloop

from booking import availability, occupancy
from booking.calendars import read_calendars
from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from booking.visit import Item, Visit, visit_of
from core.uow import UnitOfWork, unit_of_work
from ops.bench.setting import Stage, stage
from tests.conftest import NOW
from tests.support.tenants import HOURS, SERVICES, make_tenant

_TENANTS, _STAFF = 50, 10
_FIRST, _LAST = date(2026, 3, 3), date(2026, 4, 1)
_ROUNDS, _CALLS = 7, 30

# A booking of 45 minutes (55 with its buffer) at two of three hours of each day, from half a year ago on.
_FILL = """
SET session_replication_role = replica;
INSERT INTO customers (tenant_id) SELECT tenant_id FROM staff, generate_series(1, 20);
WITH numbered AS (
    SELECT s.*, row_number() OVER (ORDER BY s.id) AS nth,
        (SELECT min(c.id) FROM customers c WHERE c.tenant_id = s.tenant_id) AS customer_id,
        (SELECT min(v.id) FROM services v WHERE v.tenant_id = s.tenant_id) AS service_id
    FROM staff s
), hours AS (
    SELECT n.*, '2025-09-01 08:00Z'::timestamptz + day * interval '1 day' + hour * interval '1 hour' AS starts_at
    FROM numbered n, generate_series(0, 333) AS day, generate_series(0, 8) AS hour WHERE (n.nth + day + hour) % 3 <> 0
), booked AS (
    INSERT INTO bookings (tenant_id, status, customer_id, service_id, staff_id, location_id, starts_at, ends_at,
        currency, created_at)
    SELECT tenant_id, 'confirmed', customer_id + nth % 200, service_id, id, location_id, starts_at,
        starts_at + interval '45 minutes', 'XAF', starts_at
    FROM hours RETURNING id, tenant_id, service_id, staff_id, starts_at, ends_at
), appointed AS (
    INSERT INTO appointments (tenant_id, booking_id, position, service_id, staff_id, starts_at, ends_at)
    SELECT tenant_id, id, 0, service_id, staff_id, starts_at, ends_at FROM booked
)
INSERT INTO occupancy (tenant_id, resource_id, during, starts_at, ends_at, status, booking_id)
SELECT b.tenant_id, s.resource_id, tstzrange(b.starts_at, b.ends_at + interval '10 minutes'), b.starts_at,
    b.ends_at + interval '10 minutes', 'booked', b.id
FROM booked b JOIN staff s ON s.id = b.staff_id
"""


async def fill(stage_: Stage) -> int:
    """How many bookings there are."""
    people = [f"p{n}" for n in range(_STAFF)]
    for _ in range(_TENANTS - 1):
        await make_tenant(
            stage_.runtime,
            services=[{**SERVICES[0], "staff": people}],
            staff=[{"key": p, "name": p.upper(), "location": "centre", "hours": HOURS} for p in people],
            merchants=[],
        )
    connection = await asyncpg.connect(stage_.superuser_url)
    await connection.execute(_FILL)
    await connection.execute("VACUUM ANALYZE bookings, appointments, occupancy")
    count: int = await connection.fetchval("SELECT count(*) FROM bookings")
    await connection.close()
    return count


class Reading:
    """Stands where the search reads the calendars and takes the time."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def __call__(self, *arguments: Any) -> Any:
        started = time.perf_counter()
        taken = await read_calendars(*arguments)
        self.seconds += time.perf_counter() - started
        return taken


async def measure(uow: UnitOfWork, catalogue: Catalogue, visit: Visit) -> dict[str, float]:
    """Of rounds of floor and search in turns, milliseconds a call."""
    reading = Reading()
    availability.read_calendars = reading  # type: ignore[assignment,attr-defined]
    floor, whole, computed = [], [], []

    async def search() -> None:
        await availability.find(uow, catalogue, visit, from_date=_FIRST, to_date=_LAST, now=NOW)

    async def read() -> None:
        calendars = [catalogue.staff_by_id[staff_id].resource_id for staff_id in visit.first.able]
        span = (NOW + timedelta(days=1), NOW + timedelta(days=31), catalogue.look_back, NOW)
        await uow.driver.fetch(occupancy._FIND_BUSY, uow.tenant_id, calendars, *span)

    for _ in range(_ROUNDS + 1):
        floor += await _times(read)
        reading.seconds = 0.0
        took = await _times(search)
        whole += took
        computed.append((sum(took) - reading.seconds) / len(took))
    floor, whole, computed = floor[_CALLS:], sorted(whole[_CALLS:]), computed[1:]
    p50, query, computation = (statistics.median(times) * 1000 for times in (whole, floor, computed))
    return {
        "p50_ms": round(p50, 2),
        "p99_ms": round(whole[int(len(whole) * 0.99)] * 1000, 2),
        "sql_alone_ms": round(query, 2),
        "computation_ms": round(computation, 2),
        "computation_to_sql": round(computation / query, 2),
        "whole_to_sql": round(p50 / query, 2),
    }


async def _times(call: Callable[[], Awaitable[None]]) -> list[float]:
    times = []
    for _ in range(_CALLS):
        started = time.perf_counter()
        await call()
        times.append(time.perf_counter() - started)
    return times


async def main() -> None:
    async with stage(staff=_STAFF) as stage_:
        bookings = await fill(stage_)
        async with unit_of_work(stage_.runtime, stage_.tenant.tenant_id) as uow:
            catalogue = await load_catalogue(uow)
            service = catalogue.services[0]
            fair = replace(
                catalogue, tenant=replace(catalogue.tenant, rules=replace(catalogue.rules, staff_choice="least_busy"))
            )
            asked: dict[str, tuple[Catalogue, Visit]] = {
                "any of ten": (catalogue, visit_of(service)),
                "one of them": (catalogue, visit_of(service, service.staff_ids[0])),
                "whoever works least": (fair, visit_of(service)),
                "two services in a row": (catalogue, Visit((Item(service), Item(service)))),
            }
            for what, (terms, visit) in asked.items():
                slots = await availability.find(uow, terms, visit, from_date=_FIRST, to_date=_LAST, now=NOW)
                figures = await measure(uow, terms, visit)
                print(
                    json.dumps({"bench": "slots", "asked": what, "bookings": bookings, "slots": len(slots)} | figures)
                )


if __name__ == "__main__":
    uvloop.run(main())
