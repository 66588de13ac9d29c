"""The one writer and reader of the no-overlap table: who is taken when, one row per staff member or room.

PostgreSQL refuses an overlap by its exclusion constraint. Rows come in by INSERT … ON CONFLICT DO NOTHING only, under
the advisory lock of their resources: a plain INSERT or a change of the range deadlocks under load. The order of locks
is: customer, resources (sorted), bookings, then rows of this table and group sessions.
"""

import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Table, Text
from sqlalchemy.dialects.postgresql import TSTZRANGE

from booking.booking import COLUMNS, Booking, SlotTakenError, Status, booking_from
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

_CUSTOMER_LOCK, _RESOURCE_LOCK = 1, 2


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish for time on several calendars at once. `hold_until` None: booked for good."""

    resource_ids: tuple[int, ...]
    starts_at: datetime
    ends_at: datetime
    hold_until: datetime | None
    booking_id: int | None = None
    group_session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    resource_id: int
    starts_at: datetime
    ends_at: datetime


@contextlib.asynccontextmanager
async def locked(
    uow: UnitOfWork, resource_ids: Iterable[int], *, customer_id: int | None = None
) -> AsyncIterator[None]:
    """Nobody else changes these calendars (and the customer's count) till the commit; an error undoes the block
    and lets the locks go, so that a next try may take others without waiting in a circle."""
    keys = [(_CUSTOMER_LOCK, customer_id)] if customer_id is not None else []
    keys += [(_RESOURCE_LOCK, resource_id) for resource_id in sorted(resource_ids)]
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
SELECT $1, resource_id, tstzrange($3, $4), $3, $4, CASE WHEN $5::timestamptz IS NULL THEN 'booked' ELSE 'held' END,
       $5, $6, $7
FROM unnest($2::bigint[]) AS resource_id
ON CONFLICT DO NOTHING RETURNING resource_id
"""


async def take(uow: UnitOfWork, claim: Claim, *, now: datetime, look_back: timedelta) -> None:
    """All of the claim or SlotTakenError; expired holds in the way are ended. Call it inside `locked`."""
    missing = await _insert(uow, claim, sorted(claim.resource_ids))
    if missing and await _end_overdue(uow, claim, missing, now, look_back):
        missing = await _insert(uow, claim, missing)
    if missing:
        raise SlotTakenError


async def _insert(uow: UnitOfWork, claim: Claim, resource_ids: Sequence[int]) -> list[int]:
    """The resources that somebody else has."""
    rows = await uow.driver.fetch(
        _INSERT,
        uow.tenant_id,
        resource_ids,
        claim.starts_at,
        claim.ends_at,
        claim.hold_until,
        claim.booking_id,
        claim.group_session_id,
    )
    return sorted({*resource_ids} - {row["resource_id"] for row in rows})


# One statement ends bookings, gives seats back, frees what they occupied and calls their reminders off.
# Ids are passed on as arrays: a join of tables whose size is misjudged may become a loop in a loop.
# $1 tenant, $2 new status, $3 statuses it may follow, $4 now, $5 by whom; {which} selects the ids.
_END = f"""
WITH ended AS (
    UPDATE bookings SET status = $2, sequence = sequence + 1,
        cancelled_at = CASE WHEN $2 = 'cancelled' THEN $4::timestamptz END, cancelled_by = $5
    WHERE tenant_id = $1 AND id = ANY (ARRAY(
        SELECT id FROM bookings WHERE tenant_id = $1 AND id = ANY (ARRAY({{which}})) AND status = ANY ($3::text[])
            AND ($2 <> 'expired' OR hold_until <= $4) ORDER BY id FOR UPDATE))
    RETURNING {COLUMNS}
), seats AS (
    UPDATE group_sessions s SET taken = s.taken - given.seats
    FROM (SELECT group_session_id, sum(party_size)::int AS seats FROM ended
          WHERE group_session_id IS NOT NULL GROUP BY group_session_id) AS given
    WHERE s.tenant_id = $1 AND s.id = given.group_session_id
    RETURNING s.id, s.taken
), freed AS (
    DELETE FROM occupancy WHERE tenant_id = $1 AND booking_id = ANY (ARRAY(SELECT id FROM ended))
), emptied AS (
    DELETE FROM occupancy WHERE tenant_id = $1
        AND group_session_id = ANY (ARRAY(SELECT id FROM seats WHERE taken = 0))
), unreminded AS (
    UPDATE reminders SET status = 'cancelled', done_at = $4
    WHERE tenant_id = $1 AND booking_id = ANY (ARRAY(SELECT id FROM ended)) AND (status = 'pending') IS TRUE
)
SELECT * FROM ended
"""
_END_ONE = _END.format(which="SELECT $6::bigint")
_END_SEATS = _END.format(which="SELECT id FROM bookings WHERE tenant_id = $1 AND group_session_id = $6")
_END_OVERDUE = _END.format(
    which="""
        WITH overdue AS (
            SELECT booking_id, group_session_id FROM occupancy
            WHERE tenant_id = $1 AND resource_id = ANY ($6::bigint[]) AND starts_at < $8 AND ends_at > $7
                AND starts_at > $7::timestamptz - $9::interval AND status = 'held' AND hold_until <= $4)
        SELECT booking_id FROM overdue WHERE booking_id IS NOT NULL
        UNION ALL
        SELECT id FROM bookings
        WHERE tenant_id = $1 AND group_session_id = ANY (ARRAY(SELECT group_session_id FROM overdue))
    """
)
_OVERDUE = [Status.HELD, Status.PENDING_APPROVAL]


async def _end_overdue(
    uow: UnitOfWork, claim: Claim, resource_ids: Sequence[int], now: datetime, look_back: timedelta
) -> bool:
    which = (resource_ids, claim.starts_at, claim.ends_at, look_back)
    return bool(await _end(uow, _END_OVERDUE, Status.EXPIRED, _OVERDUE, now, "system", *which))


async def end_overdue_seats(uow: UnitOfWork, group_session_id: int, *, now: datetime) -> None:
    """Seats of a group that were held too long are free again."""
    await _end(uow, _END_SEATS, Status.EXPIRED, _OVERDUE, now, "system", group_session_id)


async def release(
    uow: UnitOfWork, booking_id: int, status: Status, *, following: Sequence[Status], now: datetime, by: str
) -> Booking | None:
    """Ends one booking and gives its time back; None when its status is none of `following`.

    An expiry happens only when the hold has run out.
    """
    ended = await _end(uow, _END_ONE, status, following, now, by, booking_id)
    return ended[0] if ended else None


async def _end(
    uow: UnitOfWork, sql: str, status: Status, following: Sequence[Status], now: datetime, by: str, *which: Any
) -> list[Booking]:
    how = (status, list(following), now, by if status is Status.CANCELLED else None)
    rows = await uow.driver.fetch(sql, uow.tenant_id, *how, *which)
    return [booking_from(row) for row in rows]


# One statement moves a booking on, lets its calendar rows follow its hold and plans its reminders.
# IS TRUE, here and above, keeps the planner from the partial indexes of what is due, which are longer than they look.
# $3 the status it must have, $4 the new one, $5 now, $6 how long a request may wait, $7 hours before the start.
_MOVE = f"""
WITH moved AS (
    UPDATE bookings SET status = $4, sequence = sequence + 1,
        hold_until = CASE WHEN $4 = 'pending_approval' THEN least(starts_at, $5 + $6::interval) END,
        confirmed_at = CASE WHEN $4 = 'confirmed' THEN $5::timestamptz END
    WHERE tenant_id = $1 AND id = $2 AND status = $3 AND (hold_until > $5) IS TRUE
    RETURNING {COLUMNS}
), settled AS (
    UPDATE occupancy o SET
        status = CASE WHEN moved.hold_until IS NULL OR o.status = 'booked' THEN 'booked' ELSE 'held' END,
        hold_until = CASE WHEN o.status = 'held' AND moved.hold_until IS NOT NULL
            THEN greatest(o.hold_until, moved.hold_until) END
    FROM moved
    WHERE o.tenant_id = $1 AND o.id = ANY (ARRAY(
        SELECT id FROM occupancy WHERE tenant_id = $1 AND booking_id = $2
        UNION ALL
        SELECT id FROM occupancy
        WHERE tenant_id = $1 AND group_session_id = (SELECT group_session_id FROM moved)))
), planned AS (
    INSERT INTO reminders (tenant_id, booking_id, hours_before, starts_at, due_at)
    SELECT $1, id, hours, starts_at, starts_at - hours * interval '1 hour' FROM moved, unnest($7::int[]) AS hours
    WHERE status = 'confirmed' AND starts_at - hours * interval '1 hour' > $5
    ON CONFLICT (tenant_id, booking_id, hours_before, starts_at) DO NOTHING
)
SELECT * FROM moved
"""


async def move_on(
    uow: UnitOfWork,
    booking_id: int,
    origin: Status,
    target: Status,
    *,
    now: datetime,
    request_timeout: timedelta,
    reminders_hours_before: Sequence[int],
) -> Booking | None:
    """A hold or a request that has not run out goes on to `target`; None when it is not (any longer) in `origin`."""
    how = (origin, target, now, request_timeout, list(reminders_hours_before))
    row = await uow.driver.fetchrow(_MOVE, uow.tenant_id, booking_id, *how)
    return booking_from(row) if row else None


_EXTEND = """
UPDATE occupancy SET hold_until = greatest(hold_until, $2) WHERE group_session_id = $1 AND status = 'held'
"""


async def extend_session(uow: UnitOfWork, group_session_id: int, hold_until: datetime | None) -> None:
    """A group that is only held stays so till its last hold runs out."""
    await uow.driver.execute(_EXTEND, group_session_id, hold_until)


_FIND_BUSY = """
SELECT resource_id, starts_at, ends_at FROM occupancy
WHERE tenant_id = $1 AND resource_id = ANY ($2::bigint[]) AND starts_at < $4 AND ends_at > $3
    AND starts_at > $3::timestamptz - $5::interval AND (status = 'booked' OR hold_until > $6)
    AND ($7::bigint IS NULL OR booking_id IS DISTINCT FROM $7)
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
) -> list[Busy]:
    """What is taken of these calendars between the two instants, buffers included; an expired hold is free."""
    arguments = (list(resource_ids), starts_at, ends_at, look_back, now, ignore_booking_id)
    rows = await uow.driver.fetch(_FIND_BUSY, uow.tenant_id, *arguments)
    return [Busy(*row) for row in rows]


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
