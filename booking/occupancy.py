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
    stored = {row["resource_id"] for row in rows}
    return [resource_id for resource_id in resource_ids if resource_id not in stored]


# One statement ends bookings, gives seats back, frees what they occupied and calls their reminders off.
# $1 tenant, $2 new status, $3 statuses it may follow, $4 now, $5 by whom; {which} selects the ids.
_END = f"""
WITH ended AS (
    UPDATE bookings SET status = $2, sequence = sequence + 1,
        cancelled_at = CASE WHEN $2 = 'cancelled' THEN $4::timestamptz END, cancelled_by = $5
    WHERE tenant_id = $1 AND id IN (
        SELECT id FROM bookings WHERE tenant_id = $1 AND id IN ({{which}}) AND status = ANY ($3::text[])
            AND ($2 <> 'expired' OR hold_until <= $4) ORDER BY id FOR UPDATE)
    RETURNING {COLUMNS}
), seats AS (
    UPDATE group_sessions s SET taken = s.taken - given.seats
    FROM (SELECT group_session_id, sum(party_size)::int AS seats FROM ended
          WHERE group_session_id IS NOT NULL GROUP BY group_session_id) AS given
    WHERE s.tenant_id = $1 AND s.id = given.group_session_id
    RETURNING s.id, s.taken
), freed AS (
    DELETE FROM occupancy WHERE tenant_id = $1 AND id IN (
        SELECT o.id FROM occupancy o JOIN ended ON o.tenant_id = $1 AND o.booking_id = ended.id
        UNION ALL
        SELECT o.id FROM occupancy o JOIN seats ON o.tenant_id = $1 AND o.group_session_id = seats.id
        WHERE seats.taken = 0)
), unreminded AS (
    UPDATE reminders SET status = 'cancelled', done_at = $4 FROM ended
    WHERE reminders.tenant_id = $1 AND reminders.booking_id = ended.id AND reminders.status = 'pending'
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
        SELECT b.id FROM bookings b JOIN overdue ON b.tenant_id = $1 AND b.group_session_id = overdue.group_session_id
    """
)
_OVERDUE = [Status.HELD, Status.PENDING_APPROVAL]


async def _end_overdue(
    uow: UnitOfWork, claim: Claim, resource_ids: Sequence[int], now: datetime, look_back: timedelta
) -> bool:
    window = (claim.starts_at, claim.ends_at, look_back)
    ended = await _end(uow, _END_OVERDUE, Status.EXPIRED, _OVERDUE, now, "system", resource_ids, *window)
    return bool(ended)


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
    ended_by = by if status is Status.CANCELLED else None
    rows = await uow.driver.fetch(sql, uow.tenant_id, status, list(following), now, ended_by, *which)
    return [booking_from(row) for row in rows]


_SETTLE = """
UPDATE occupancy SET status = CASE WHEN $3::timestamptz IS NULL THEN 'booked' ELSE 'held' END, hold_until = $3
WHERE tenant_id = $1 AND booking_id = $2
"""
_SETTLE_SESSION = """
UPDATE occupancy SET status = CASE WHEN $3::timestamptz IS NULL THEN 'booked' ELSE 'held' END,
    hold_until = CASE WHEN $3::timestamptz IS NOT NULL THEN greatest(hold_until, $3) END
WHERE tenant_id = $1 AND group_session_id = $2 AND status = 'held'
"""


async def settle(uow: UnitOfWork, booking: Booking) -> None:
    """The booking's rows follow its hold: held till then, or booked. A group is held till its last hold runs out."""
    if booking.group_session_id is None:
        await uow.driver.execute(_SETTLE, uow.tenant_id, booking.id, booking.hold_until)
    else:
        await uow.driver.execute(_SETTLE_SESSION, uow.tenant_id, booking.group_session_id, booking.hold_until)


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


# Each finds rows that must not exist.
_LIVE = "b.status IN ('held', 'pending_approval', 'confirmed')"
_FAULTS = {
    "overlap": """
        SELECT a.id FROM occupancy a JOIN occupancy o ON o.tenant_id = a.tenant_id AND o.resource_id = a.resource_id
            AND o.id > a.id AND o.starts_at < a.ends_at AND o.ends_at > a.starts_at
        WHERE a.tenant_id = $1
    """,
    "occupancy without a live booking": f"""
        SELECT o.id FROM occupancy o
        LEFT JOIN bookings b ON b.tenant_id = o.tenant_id
            AND (b.id = o.booking_id OR b.group_session_id = o.group_session_id) AND {_LIVE}
        WHERE o.tenant_id = $1 AND (o.booking_id IS NOT NULL OR o.group_session_id IS NOT NULL) AND b.id IS NULL
    """,
    "live booking without occupancy": f"""
        SELECT b.id FROM bookings b
        LEFT JOIN occupancy o ON o.tenant_id = b.tenant_id
            AND (o.booking_id = b.id OR o.group_session_id = b.group_session_id)
        WHERE b.tenant_id = $1 AND {_LIVE} AND o.id IS NULL
    """,
    "confirmed booking on a calendar that only holds": """
        SELECT b.id FROM bookings b JOIN occupancy o ON o.tenant_id = b.tenant_id
            AND (o.booking_id = b.id OR o.group_session_id = b.group_session_id)
        WHERE b.tenant_id = $1 AND b.status = 'confirmed' AND o.status <> 'booked'
    """,
}


async def find_faults(uow: UnitOfWork) -> list[tuple[str, int]]:
    """(what is wrong, row id) of this tenant; for the invariants, not for the hot path."""
    return [(fault, row["id"]) for fault, sql in _FAULTS.items() for row in await uow.driver.fetch(sql, uow.tenant_id)]
