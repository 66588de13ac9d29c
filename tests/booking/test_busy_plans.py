"""The statements of a busy tenant that the statistics know use their selective indexes under row-level security."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from booking import claims, groups, holding, limits, occupancy, plans, queries, rules
from booking.booking import Status
from core.database import OWNER_ROLE, with_role
from core.runtime import Runtime
from core.uow import unit_of_work
from tests.support.bookings import Salon, make_salon
from tests.support.databases import shared_runtime as shared_runtime

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
# In a smaller table the planner takes all of a tenant for as few rows as a day of one person, and may read either.
BOOKINGS = 16_000
_TABLES = ("bookings", "occupancy", "appointments", "group_sessions", "command_results")
# What few rows have in common; an index may also be asked for a day alone, where its first column has few values.
_SELECTIVE = re.compile(
    r"\b(id|key|(resource|booking|customer|staff|service|location|group_session)_id)\b|starts_at >=.*starts_at <"
)

# Every second booking is in a group of two, every hundredth is held; eight each of two thousand customers.
_FILL = """
WITH grouped AS (
    INSERT INTO group_sessions (tenant_id, service_id, staff_id, starts_at, ends_at, capacity, taken)
    SELECT $1, $3, $4, at, at + interval '45 min', 3, 2
    FROM generate_series(1, $8 / 4) AS n, LATERAL (SELECT $6::timestamptz + n * interval '4 hours' AS at) AS start
    RETURNING id, starts_at
), booked AS (
    INSERT INTO bookings (tenant_id, status, hold_until, customer_id, service_id, staff_id, location_id,
        group_session_id, starts_at, ends_at, currency, created_at)
    SELECT $1, CASE WHEN n % 100 = 0 THEN 'held' ELSE 'confirmed' END, CASE WHEN n % 100 = 0 THEN at END,
        $2 + n % 2000, $3, $4, $5, g.id, at, at + interval '45 min', 'XAF', $6::timestamptz
    FROM generate_series(1, $8) AS n, LATERAL (SELECT $6::timestamptz + n / 2 * interval '2 hours' AS at) AS start
        LEFT JOIN grouped g ON g.starts_at = at
    RETURNING id, service_id, staff_id, starts_at, ends_at, group_session_id, status, hold_until
), appointed AS (
    INSERT INTO appointments (tenant_id, booking_id, position, service_id, staff_id, starts_at, ends_at)
    SELECT $1, id, 0, service_id, staff_id, starts_at, ends_at FROM booked
), stored AS (
    INSERT INTO command_results (tenant_id, key, result) SELECT $1, id::text, '{}' FROM booked
)
INSERT INTO occupancy (tenant_id, resource_id, during, starts_at, ends_at, status, booking_id)
SELECT $1, $7, tstzrange(starts_at, ends_at), starts_at, ends_at, 'booked', id FROM booked
ON CONFLICT DO NOTHING RETURNING booking_id
"""


async def _fill(salon: Salon) -> dict[str, Any]:
    """The arguments of each statement, for a booking in the middle."""
    staff, t, service = salon.catalogue.staff[0], salon.tenant_id, salon.service("cut")
    insert = "INSERT INTO customers (tenant_id) SELECT $1 FROM generate_series(0, 1999) RETURNING id"
    customer = min(row["id"] for row in await salon.sql(insert, t))
    where = (staff.id, staff.location_id, START, staff.resource_id, BOOKINGS)
    rows = await salon.sql(_FILL, t, customer, service.id, *where)
    booking_id, at = rows[len(rows) // 2]["booking_id"], START + 100 * DAY
    between = ([staff.resource_id], at, at + DAY, salon.catalogue.look_back)
    busy = (*between, at)
    ended, over = (Status.CANCELLED, [Status.HELD], at, "customer"), (Status.EXPIRED, [Status.HELD], at, None)
    visit = (service.id, staff.id, staff.location_id, None, 1, at, at + DAY, 0, "XAF", at, at + DAY)
    return {
        "find busy": (occupancy._FIND_BUSY, t, *busy),
        "find busy but one's own": (occupancy._FIND_BUSY_BUT, t, *busy, booking_id, customer),
        "loads of a day": (limits._FIND, t, [staff.id], [service.id], at, at + DAY, at, None, None),
        "groups with seats": (groups._FIND_JOINABLE, t, service.id, at, at + DAY, at, 1, None, customer),
        "hold": (holding._INSERT, t, customer, *visit, "key", 3, None, "[]"),
        "move on": (claims._MOVE, t, booking_id, Status.HELD, Status.CONFIRMED, at, DAY, [24, 2]),
        "end one": (claims._END_ONE, t, *ended, booking_id),
        "end what is overdue": (claims._END_OVERDUE, t, *over, *between),
        "give up one's own": (claims._END_OWN, t, *ended, *between, customer),
        "appointments of a booking": (plans._APPOINTMENTS, t, booking_id),
        "no-shows of a customer": (rules._NO_SHOWS, t, customer, START),
        "upcoming of a customer": (queries._UPCOMING, t, customer, at),
        "a day of a location": (queries._OF_DAY, t, staff.location_id, at, at + DAY),
    }


async def _analyse(runtime: Runtime) -> None:
    owner = await asyncpg.connect(with_role(runtime.database_url, OWNER_ROLE))
    await owner.execute(f"ANALYZE {', '.join(_TABLES)}")
    await owner.close()


async def test_statements_of_a_busy_tenant_narrow_down_by_an_index(runtime: Runtime) -> None:
    salon = await make_salon(runtime)
    await _fill(await make_salon(runtime))
    statements = await _fill(salon)
    await _analyse(runtime)
    faults = []
    async with unit_of_work(runtime, salon.tenant_id) as uow:
        for name, (sql, *arguments) in statements.items():
            plan = await uow.driver.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
            faults += [f"{name}: {fault}" for fault in _faults(plan[0]["Plan"])]
    assert "\n".join(faults) == ""


def _faults(node: dict[str, Any], table: str = "") -> Iterator[str]:
    table = node.get("Relation Name", table)
    if node["Node Type"] == "Seq Scan" and table in _TABLES:
        yield f"{table} is read whole"
    if node["Node Type"] == "BitmapAnd" and any(_is_selective(child) for child in node["Plans"]):
        return  # entries of a second index are read besides
    if "Index Name" in node and table in _TABLES and not _SELECTIVE.search(node.get("Index Cond", "")):
        yield f"{node['Index Name']} only by {node.get('Index Cond')}"
    for child in node.get("Plans", ()):
        yield from _faults(child, table)


def _is_selective(node: dict[str, Any]) -> bool:
    """Of a bitmap: an index by what few rows have in common, or several of them together."""
    if node["Node Type"] == "BitmapOr":
        return all(_is_selective(child) for child in node["Plans"])
    return bool(_SELECTIVE.search(node.get("Index Cond", "")))
