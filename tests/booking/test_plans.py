"""The hot statements find their rows by a selective index for a tenant with thousands that no statistics know yet."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from booking import claims, occupancy, queries
from booking.booking import Status
from core.database import OWNER_ROLE, with_role
from core.runtime import Runtime
from core.uow import unit_of_work
from tests.support.bookings import Salon, make_salon
from tests.support.databases import shared_runtime as shared_runtime

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BOOKINGS = 4000
_TABLES = {"bookings", "occupancy", "reminders"}
# Every index may begin with the tenant; one of these must narrow it down.
_SELECTIVE = re.compile(r"\b(id|resource_id|booking_id|customer_id|location_id|group_session_id)\b")

_FILL = """
WITH booked AS (
    INSERT INTO bookings (tenant_id, status, customer_id, service_id, staff_id, location_id, starts_at, ends_at,
        currency, created_at)
    SELECT $1, 'confirmed', $2 + n % 2000, $3, $4, $5, at, at + interval '45 min', 'XAF', $6::timestamptz
    FROM generate_series(1, $8) AS n, LATERAL (SELECT $6::timestamptz + n * interval '1 hour' AS at) AS start
    RETURNING id, starts_at, ends_at
), reminded AS (
    INSERT INTO reminders (tenant_id, booking_id, hours_before, starts_at, due_at)
    SELECT $1, id, hours, starts_at, starts_at - hours * interval '1 hour' FROM booked, unnest('{24,2}'::int[]) AS hours
)
INSERT INTO occupancy (tenant_id, resource_id, during, starts_at, ends_at, status, booking_id)
SELECT $1, $7, tstzrange(starts_at, ends_at), starts_at, ends_at, 'booked', id FROM booked
ON CONFLICT DO NOTHING RETURNING booking_id
"""


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime)


async def _fill(salon: Salon) -> dict[str, Any]:
    """The arguments of each statement, for a booking in the middle."""
    staff = salon.catalogue.staff[0]
    customer, service = await _customers(salon), salon.service("cut")
    where = (staff.id, staff.location_id, START, staff.resource_id, BOOKINGS)
    rows = await salon.sql(_FILL, salon.tenant_id, customer, service.id, *where)
    t, booking_id, at = salon.tenant_id, rows[BOOKINGS // 2]["booking_id"], START + 20 * DAY
    calendars, span, back = [staff.resource_id], (at, at + DAY), salon.catalogue.look_back
    ended = (Status.CANCELLED, [Status.CONFIRMED], at, "system")
    place = (staff.id, staff.location_id, at, at + DAY, Status.CONFIRMED, None, [24, 2])
    return {
        "find busy": (occupancy._FIND_BUSY, t, calendars, *span, back, at),
        "calendars of a booking": (occupancy._CALENDARS_OF, t, booking_id),
        "blocked": (occupancy._FIND_BLOCKED, t, calendars, *span, back),
        "end one": (claims._END_ONE, t, *ended, booking_id),
        "move on": (claims._MOVE, t, booking_id, Status.HELD, Status.CONFIRMED, at, DAY, [24, 2]),
        "move to": (claims._MOVE_TO, t, booking_id, at, *place),
        "upcoming": (queries._UPCOMING, t, customer, START + timedelta(hours=BOOKINGS) - DAY),
        "of a day": (queries._OF_DAY, t, staff.location_id, *span),
        "of ids": (queries._BY_IDS, t, [booking_id]),
    }


async def _customers(salon: Salon) -> int:
    """Two thousand with two bookings each, by numbers that follow the one given back: nobody has thousands."""
    insert = "INSERT INTO customers (tenant_id) SELECT $1 FROM generate_series(0, 1999) RETURNING id"
    return min(int(row["id"]) for row in await salon.sql(insert, salon.tenant_id))


async def _analyse(runtime: Runtime) -> None:
    owner = await asyncpg.connect(with_role(runtime.database_url, OWNER_ROLE))
    await owner.execute("ANALYZE bookings, occupancy, reminders")
    await owner.close()


async def test_hot_statements_narrow_down_by_an_index(salon: Salon) -> None:
    await _fill(await make_salon(salon.runtime))
    await _analyse(salon.runtime)
    statements = await _fill(salon)
    faults = []
    async with unit_of_work(salon.runtime, salon.tenant_id) as uow:
        for name, (sql, *arguments) in statements.items():
            plan = await uow.driver.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
            faults += [f"{name}: {fault}" for fault in _faults(plan[0]["Plan"])]
    assert "\n".join(faults) == ""


def _faults(node: dict[str, Any], table: str = "") -> Iterator[str]:
    table = node.get("Relation Name", table)
    if node["Node Type"] == "Seq Scan" and table in _TABLES:
        yield f"{table} is read whole"
    if "Index Name" in node and table in _TABLES and not _SELECTIVE.search(node.get("Index Cond", "")):
        yield f"{node['Index Name']} only by {node.get('Index Cond')}"
    for child in node.get("Plans", ()):
        yield from _faults(child, table)
