"""The one writer and reader of the no-overlap table: who is taken when, one row per staff member or room.

PostgreSQL refuses an overlap by its exclusion constraint. Rows come in by INSERT … ON CONFLICT DO NOTHING only, under
the advisory lock of their resources: a plain INSERT or a change of the range deadlocks under load. The order of locks
is: customer, resources (sorted), services (sorted), bookings, then rows of this table and group sessions.
"""

import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Table, Text
from sqlalchemy.dialects.postgresql import TSTZRANGE

from booking.booking import SlotTakenError
from core.tables import instant, metadata
from core.uow import UnitOfWork

# `during` is starts_at…ends_at, buffers included: the constraint needs the range, the b-tree the two scalars.
# A live row is `held` (till `hold_until`) or `booked`. It belongs to a booking, or to a group session.
occupancy = Table(
    "occupancy",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("resource_id", BigInteger),
    Column("during", TSTZRANGE),
    instant("starts_at"),
    instant("ends_at"),
    Column("status", Text),
    instant("hold_until"),
    Column("booking_id", BigInteger),
    Column("group_session_id", BigInteger),
    Column("note", Text),
)

_CUSTOMER_LOCK, _RESOURCE_LOCK, _SERVICE_LOCK = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Span:
    """Time of one calendar, buffers included."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish for time on several calendars at once, those of one calendar apart. `hold_until` None: booked for good."""

    spans: Sequence[Span]
    hold_until: datetime | None
    booking_id: int | None = None
    group_session_id: int | None = None


@contextlib.asynccontextmanager
async def locked(
    uow: UnitOfWork,
    resource_ids: Iterable[int],
    *,
    customer_id: int | None = None,
    service_ids: Iterable[int] = (),
) -> AsyncIterator[None]:
    """Nobody else changes these calendars (the customer's count, the services' load) till the commit; an error undoes
    the block and lets the locks go, so that a next try may take others without waiting in a circle."""
    keys = [(_CUSTOMER_LOCK, customer_id)] if customer_id is not None else []
    keys += [(_RESOURCE_LOCK, resource_id) for resource_id in sorted(resource_ids)]
    keys += [(_SERVICE_LOCK, service_id) for service_id in sorted(service_ids)]
    locks = "".join(f"; SELECT pg_advisory_xact_lock({kind << 56 | int(number)})" for kind, number in keys)
    await uow.driver.execute(f"SAVEPOINT taking{locks}")
    try:
        yield
    except BaseException:
        await uow.driver.execute("ROLLBACK TO SAVEPOINT taking; RELEASE SAVEPOINT taking")
        raise


_INSERT = """
INSERT INTO occupancy
    (tenant_id, resource_id, during, starts_at, ends_at, status, hold_until, booking_id, group_session_id)
SELECT $1, resource_id, tstzrange(starts_at, ends_at), starts_at, ends_at,
       CASE WHEN $5::timestamptz IS NULL THEN 'booked' ELSE 'held' END, $5, $6, $7
FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[]) AS u (resource_id, starts_at, ends_at)
ON CONFLICT DO NOTHING RETURNING resource_id, starts_at
"""


async def insert(uow: UnitOfWork, claim: Claim, spans: Sequence[Span]) -> list[Span]:
    """Those of the spans that somebody else has. Call it inside `locked`; the spans are in the order of calendars."""
    columns = zip(*((span.resource_id, span.starts_at, span.ends_at) for span in spans), strict=True)
    whose = (claim.hold_until, claim.booking_id, claim.group_session_id)
    rows = await uow.driver.fetch(_INSERT, uow.tenant_id, *map(list, columns), *whose)
    taken = {(row["resource_id"], row["starts_at"]) for row in rows}
    return [span for span in spans if (span.resource_id, span.starts_at) not in taken]


# Parts of the statements that change bookings: what `ended`, `seats` and `moved` mean is said in booking/claims.py.
FREED = "DELETE FROM occupancy WHERE tenant_id = $1 AND booking_id = ANY (ARRAY(SELECT id FROM ended))"
EMPTIED = """
    DELETE FROM occupancy WHERE tenant_id = $1 AND group_session_id = ANY (ARRAY(SELECT id FROM seats WHERE taken = 0))
"""
OVERDUE = """
    SELECT booking_id, group_session_id FROM occupancy
    WHERE tenant_id = $1 AND resource_id = ANY ($6::bigint[]) AND starts_at < $8 AND ends_at > $7
        AND starts_at > $7::timestamptz - $9::interval AND status = 'held' AND hold_until <= $4
"""
# What a customer only holds, in the way of the same customer: $6 calendars, $7 till $8, $9 look-back, $10 customer.
OWN_HELD = """
    SELECT b.id FROM bookings b
    WHERE b.tenant_id = $1 AND b.customer_id = $10 AND (b.status = 'held') IS TRUE AND EXISTS (
        SELECT 1 FROM occupancy o WHERE o.tenant_id = $1 AND o.resource_id = ANY ($6::bigint[])
            AND o.starts_at < $8 AND o.ends_at > $7 AND o.starts_at > $7::timestamptz - $9::interval
            AND (o.booking_id = b.id OR o.group_session_id = b.group_session_id))
"""
SETTLED = """
    UPDATE occupancy o SET
        status = CASE WHEN moved.hold_until IS NULL OR o.status = 'booked' THEN 'booked' ELSE 'held' END,
        hold_until = CASE WHEN o.status = 'held' AND moved.hold_until IS NOT NULL THEN
            CASE WHEN o.booking_id IS NULL THEN greatest(o.hold_until, moved.hold_until) ELSE moved.hold_until END END
    FROM moved
    WHERE o.tenant_id = $1 AND o.id = ANY (ARRAY(
        SELECT id FROM occupancy WHERE tenant_id = $1 AND booking_id = $2
        UNION ALL
        SELECT id FROM occupancy
        WHERE tenant_id = $1 AND group_session_id = (SELECT group_session_id FROM moved)))
"""


_SETTLE_SESSION = """
UPDATE occupancy SET status = CASE WHEN $3::timestamptz IS NULL THEN 'booked' ELSE 'held' END,
    hold_until = CASE WHEN $3 IS NOT NULL THEN greatest(hold_until, $3) END
WHERE tenant_id = $1 AND group_session_id = $2 AND status = 'held'
"""


async def settle_session(uow: UnitOfWork, group_session_id: int, hold_until: datetime | None) -> None:
    """A group that is only held stays so till its last hold runs out; with None it is booked for good."""
    await uow.driver.execute(_SETTLE_SESSION, uow.tenant_id, group_session_id, hold_until)


_CALENDARS_OF = """
SELECT resource_id FROM occupancy WHERE tenant_id = $1 AND booking_id = $2
UNION ALL
SELECT resource_id FROM occupancy WHERE tenant_id = $1
    AND group_session_id = (SELECT group_session_id FROM bookings WHERE tenant_id = $1 AND id = $2)
"""


async def calendars_of(uow: UnitOfWork, booking_id: int) -> list[int]:
    """Where a live booking takes up time now, by itself or with its group."""
    return [row["resource_id"] for row in await uow.driver.fetch(_CALENDARS_OF, uow.tenant_id, booking_id)]


_BETWEEN = """
tenant_id = $1 AND resource_id = ANY ($2::bigint[]) AND starts_at < $4 AND ends_at > $3
    AND starts_at > $3::timestamptz - $5::interval
"""
_FIND_BUSY = f"""
SELECT resource_id, starts_at, ends_at FROM occupancy
WHERE {_BETWEEN} AND (status = 'booked' OR hold_until > $6)
"""
# Without the time of one booking and of what one customer only holds: own rows, and groups in which nobody else sits.
_FIND_BUSY_BUT = f"""
WITH own AS (
    SELECT id, group_session_id FROM bookings
    WHERE tenant_id = $1 AND (id = $7 OR customer_id = $8 AND (status = 'held') IS TRUE
        AND starts_at >= $3::timestamptz - $5::interval)
)
{_FIND_BUSY}
    AND (booking_id IS NULL OR booking_id <> ALL (ARRAY(SELECT id FROM own)))
    AND (group_session_id IS NULL OR group_session_id <> ALL (ARRAY(
        SELECT group_session_id FROM own WHERE group_session_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM bookings other WHERE other.tenant_id = $1 AND other.group_session_id = own.group_session_id
                AND other.id <> ALL (ARRAY(SELECT id FROM own))
                AND other.status IN ('held', 'pending_approval', 'confirmed')))))
"""


async def find_busy(
    uow: UnitOfWork,
    resource_ids: Sequence[int],
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    look_back: timedelta,
    ignore_booking_id: int | None = None,
    customer_id: int | None = None,
) -> list[Span]:
    """What is taken of these calendars between the two instants, buffers included; an expired hold is free, and so is
    what this customer only holds."""
    arguments = (uow.tenant_id, list(resource_ids), starts_at, ends_at, look_back, now)
    if ignore_booking_id is None and customer_id is None:
        rows = await uow.driver.fetch(_FIND_BUSY, *arguments)
    else:
        rows = await uow.driver.fetch(_FIND_BUSY_BUT, *arguments, ignore_booking_id, customer_id)
    return [Span(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time that a merchant keeps free: a booked row without a booking."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime
    note: str


_BLOCKED = f"{_BETWEEN} AND booking_id IS NULL AND group_session_id IS NULL"
_FIND_BLOCKED = f"SELECT resource_id, starts_at, ends_at, note FROM occupancy WHERE {_BLOCKED} ORDER BY starts_at, id"
_UNBLOCK = f"DELETE FROM occupancy WHERE {_BLOCKED} RETURNING resource_id, starts_at, ends_at, note"
_BLOCK = """
INSERT INTO occupancy (tenant_id, resource_id, during, starts_at, ends_at, status, note)
SELECT $1, $2, tstzrange(starts_at, ends_at), starts_at, ends_at, 'booked', $5
FROM unnest($3::timestamptz[], $4::timestamptz[]) AS u (starts_at, ends_at)
ON CONFLICT DO NOTHING RETURNING id
"""
_BOOKINGS_BETWEEN = f"""
WITH taken AS (
    SELECT booking_id, group_session_id FROM occupancy WHERE {_BETWEEN} AND (status = 'booked' OR hold_until > $6))
SELECT booking_id AS id FROM taken WHERE booking_id IS NOT NULL
UNION
SELECT id FROM bookings WHERE tenant_id = $1 AND group_session_id = ANY (ARRAY(SELECT group_session_id FROM taken))
    AND (status = 'confirmed' OR status IN ('held', 'pending_approval') AND hold_until > $6)
"""


async def find_blocked(
    uow: UnitOfWork, resource_ids: Sequence[int], starts_at: datetime, ends_at: datetime, *, look_back: timedelta
) -> list[Stretch]:
    rows = await uow.driver.fetch(_FIND_BLOCKED, uow.tenant_id, resource_ids, starts_at, ends_at, look_back)
    return [Stretch(*row) for row in rows]


async def unblock(
    uow: UnitOfWork, resource_id: int, starts_at: datetime, ends_at: datetime, *, look_back: timedelta
) -> list[Stretch]:
    """Removes whole stretches that reach into this time; the caller stores what is left of them."""
    rows = await uow.driver.fetch(_UNBLOCK, uow.tenant_id, [resource_id], starts_at, ends_at, look_back)
    return [Stretch(*row) for row in rows]


async def block(uow: UnitOfWork, resource_id: int, spans: Sequence[tuple[datetime, datetime]], *, note: str) -> None:
    """All of the spans or SlotTakenError. Only inside `locked`; none may be longer than the catalogue's look_back."""
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    rows = await uow.driver.fetch(_BLOCK, uow.tenant_id, resource_id, starts, ends, note)
    if len(rows) < len(spans):
        raise SlotTakenError


async def bookings_between(
    uow: UnitOfWork, resource_id: int, starts_at: datetime, ends_at: datetime, *, now: datetime, look_back: timedelta
) -> list[int]:
    """The live bookings that take up this calendar then, buffers included."""
    span = (starts_at, ends_at, look_back)
    rows = await uow.driver.fetch(_BOOKINGS_BETWEEN, uow.tenant_id, [resource_id], *span, now)
    return [row["id"] for row in rows]


# Each finds rows that must not exist; neighbours are compared in order, so that it stays one pass over a calendar.
_FAULTS = {
    "overlap": """
        SELECT id FROM (SELECT id, starts_at, max(ends_at) OVER (PARTITION BY resource_id ORDER BY starts_at, id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_till FROM occupancy WHERE tenant_id = $1) AS o
        WHERE starts_at < taken_till
    """,
    "occupancy without a live booking": """
        WITH live AS (SELECT id, coalesce(group_session_id, 0) AS session_id FROM bookings
            WHERE tenant_id = $1 AND status IN ('held', 'pending_approval', 'confirmed'))
        SELECT id FROM occupancy WHERE tenant_id = $1 AND (booking_id IS NOT NULL OR group_session_id IS NOT NULL)
            AND booking_id NOT IN (SELECT id FROM live) IS NOT FALSE
            AND group_session_id NOT IN (SELECT session_id FROM live) IS NOT FALSE
    """,
    "live booking without occupancy": """
        SELECT id FROM bookings WHERE tenant_id = $1 AND status IN ('held', 'pending_approval', 'confirmed')
            AND id NOT IN (SELECT booking_id FROM occupancy WHERE tenant_id = $1 AND booking_id IS NOT NULL)
            AND group_session_id NOT IN (SELECT group_session_id FROM occupancy
                WHERE tenant_id = $1 AND group_session_id IS NOT NULL) IS NOT FALSE
    """,
    "confirmed booking on a calendar that only holds": """
        SELECT id FROM bookings WHERE tenant_id = $1 AND status = 'confirmed' AND (
            id IN (SELECT booking_id FROM occupancy WHERE tenant_id = $1 AND status = 'held')
            OR group_session_id IN (SELECT group_session_id FROM occupancy WHERE tenant_id = $1 AND status = 'held'))
    """,
}


async def find_faults(uow: UnitOfWork) -> list[tuple[str, int]]:
    """(what is wrong, row id) of this tenant; for the invariants, not for the hot path."""
    return [(fault, row["id"]) for fault, sql in _FAULTS.items() for row in await uow.driver.fetch(sql, uow.tenant_id)]
