"""Time on calendars, claimed and given up together with the bookings it belongs to.

Bookings, their seats, their calendar rows and their reminders change in one statement, so that none is forgotten. The
parts that concern the no-overlap table are said where it is kept, in booking/occupancy.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import orjson

from booking import occupancy
from booking.booking import COLUMNS, Booking, SlotTakenError, Status, booking_from, lock
from booking.occupancy import Claim
from booking.plans import APPOINTED, APPOINTED_TYPES, Plan
from booking.waitlist_rows import ANSWERED, DOES_WAIT, IS_AWAITED, wake_line
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Place:
    """Where a booking goes, and as what."""

    plan: Plan
    status: Status
    hold_until: datetime | None


async def take(uow: UnitOfWork, claim: Claim, *, now: datetime, look_back: timedelta) -> None:
    """All of the claim or SlotTakenError; expired holds in the way are ended. Call it inside `occupancy.locked`."""
    missing = await occupancy.insert(uow, claim, claim.spans)
    if missing:
        calendars = sorted({span.resource_id for span in missing})
        first, last = min(span.starts_at for span in missing), max(span.ends_at for span in missing)
        if await end_overdue(uow, calendars, first, last, now=now, look_back=look_back):
            missing = await occupancy.insert(uow, claim, missing)
    if missing:
        raise SlotTakenError


# One statement ends bookings, gives seats back, frees what they occupied and calls their reminders off.
# A request that runs out keeps what was agreed before it, or that nothing was, till its customer has been told.
# Ids are passed on as arrays: a join of tables whose size is misjudged may become a loop in a loop.
# $1 tenant, $2 new status, $3 statuses it may follow, $4 now, $5 by whom; {which} selects the ids.
_END = f"""
WITH ended AS (
    UPDATE bookings SET status = $2, sequence = sequence + 1,
        moved_from = CASE WHEN $2 = 'expired' THEN coalesce(moved_from,
            CASE WHEN status = 'pending_approval' THEN '[]'::jsonb END) END,
        cancelled_at = CASE WHEN $2 = 'cancelled' THEN $4::timestamptz END, cancelled_by = $5
    WHERE tenant_id = $1 AND id = ANY (ARRAY(
        SELECT id FROM bookings WHERE tenant_id = $1 AND id = ANY (ARRAY({{which}}))
            AND (status = ANY ($3::text[])) IS TRUE AND ($2 <> 'expired' OR hold_until <= $4) ORDER BY id FOR UPDATE))
    RETURNING {COLUMNS}
), seats AS (
    UPDATE group_sessions s SET taken = s.taken - given.seats
    FROM (SELECT group_session_id, sum(party_size)::int AS seats FROM ended
          WHERE group_session_id IS NOT NULL GROUP BY group_session_id) AS given
    WHERE s.tenant_id = $1 AND s.id = given.group_session_id
    RETURNING s.id, s.taken
), freed AS ({occupancy.FREED}
), emptied AS ({occupancy.EMPTIED}
), unreminded AS (
    UPDATE reminders SET status = 'cancelled', done_at = $4
    WHERE tenant_id = $1 AND booking_id = ANY (ARRAY(SELECT id FROM ended)) AND (status = 'pending') IS TRUE
)
SELECT *, {IS_AWAITED} FROM ended
"""
_END_ONE = _END.format(which="SELECT $6::bigint")
_END_SEATS = _END.format(which="SELECT id FROM bookings WHERE tenant_id = $1 AND group_session_id = $6")
_END_OVERDUE = _END.format(
    which=f"""
        WITH overdue AS ({occupancy.OVERDUE})
        SELECT booking_id FROM overdue WHERE booking_id IS NOT NULL
        UNION ALL
        SELECT id FROM bookings
        WHERE tenant_id = $1 AND group_session_id = ANY (ARRAY(SELECT group_session_id FROM overdue))
    """
)
_END_OWN = _END.format(which=occupancy.OWN_HELD)
_OVERDUE = [Status.HELD, Status.PENDING_APPROVAL]


async def end_overdue(
    uow: UnitOfWork,
    resource_ids: Sequence[int],
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    look_back: timedelta,
) -> bool:
    """Ends what was held too long on these calendars between the two instants; whether there was anything."""
    which = (resource_ids, starts_at, ends_at, look_back)
    return bool(await _end(uow, _END_OVERDUE, Status.EXPIRED, _OVERDUE, now, "system", *which))


async def give_up_own(
    uow: UnitOfWork,
    customer_id: int,
    resource_ids: Iterable[int],
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    look_back: timedelta,
) -> list[Booking]:
    """Ends what the customer only holds on these calendars then: it makes room for what is wanted."""
    which = (sorted(resource_ids), starts_at, ends_at, look_back, customer_id)
    return await _end(uow, _END_OWN, Status.CANCELLED, [Status.HELD], now, "customer", *which)


async def end_overdue_seats(uow: UnitOfWork, group_session_id: int, *, now: datetime) -> None:
    """Seats of a group that were held too long are free again."""
    await _end(uow, _END_SEATS, Status.EXPIRED, _OVERDUE, now, "system", group_session_id)


async def release(
    uow: UnitOfWork, booking_id: int, status: Status, *, following: Sequence[Status], now: datetime, by: str
) -> Booking | None:
    """Ends one booking and gives its time back; None when its status is none of `following`.

    An expiry happens only when the hold has run out.
    """
    await lock(uow, booking_id)
    ended = await _end(uow, _END_ONE, status, following, now, by, booking_id)
    return ended[0] if ended else None


async def _end(
    uow: UnitOfWork, sql: str, status: Status, following: Sequence[Status], now: datetime, by: str, *which: Any
) -> list[Booking]:
    how = (status, list(following), now, by if status is Status.CANCELLED else None)
    rows = await uow.driver.fetch(sql, uow.tenant_id, *how, *which)
    return [_changed(uow, row) for row in rows]


def _changed(uow: UnitOfWork, row: asyncpg.Record) -> Booking:
    if row["is_awaited"]:
        wake_line(uow)
    return booking_from(row)


# A reminder that a move has called off is wanted again when the booking comes back to its old start.
_REMIND_AGAIN = """
    ON CONFLICT (tenant_id, booking_id, hours_before, starts_at)
    DO UPDATE SET status = 'pending', done_at = NULL WHERE reminders.status = 'cancelled'
"""

# One statement moves a booking on, lets its calendar rows follow its hold and plans its reminders.
# IS TRUE, here and above, keeps the planner from the partial indexes of what is due, which are longer than they look.
# $3 the status it must have, $4 the new one, $5 now, $6 how long a request may wait, $7 hours before the start.
_MOVE = f"""
WITH moved AS (
    UPDATE bookings SET status = $4, sequence = sequence + 1, moved_from = NULL,
        hold_until = CASE WHEN $4 = 'pending_approval' THEN least(starts_at, $5 + $6::interval) END,
        confirmed_at = CASE WHEN $4 = 'confirmed' THEN $5::timestamptz END
    WHERE tenant_id = $1 AND id = $2 AND (status = $3) IS TRUE AND (hold_until > $5) IS TRUE
    RETURNING {COLUMNS}
), settled AS ({occupancy.SETTLED}
), planned AS (
    INSERT INTO reminders (tenant_id, booking_id, hours_before, starts_at, due_at)
    SELECT $1, id, hours, starts_at, starts_at - hours * interval '1 hour' FROM moved, unnest($7::int[]) AS hours
    WHERE status = 'confirmed' AND starts_at - hours * interval '1 hour' > $5
    {_REMIND_AGAIN}
), answered AS ({ANSWERED}
)
SELECT *, {DOES_WAIT} FROM moved
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
    return _changed(uow, row) if row else None


# One statement gives the old time and seat up, writes the new time and calls off or plans reminders. The booking has no
# calendar rows and no seat then: the caller takes them under the same savepoint, or all of it is undone.
# An agreement that becomes a request remembers its appointments; what has expired has no seat to give up.
# $3 now, $4 staff, $5 location, $6 start, $7 end, $8 new status, $9 hold_until, $10 hours before the start.
_MOVE_ANY = f"""
WITH moving AS (
    SELECT id, party_size, CASE WHEN status <> 'expired' THEN group_session_id END AS group_session_id FROM bookings
    WHERE tenant_id = $1 AND id = $2 AND ({{which}})
), ended AS (
    SELECT id FROM moving
), seats AS (
    UPDATE group_sessions s SET taken = s.taken - moving.party_size FROM moving
    WHERE s.tenant_id = $1 AND s.id = moving.group_session_id
    RETURNING s.id, s.taken
), freed AS ({occupancy.FREED}
), emptied AS ({occupancy.EMPTIED}
), moved AS (
    UPDATE bookings b SET staff_id = $4, location_id = $5, starts_at = $6, ends_at = $7, status = $8, hold_until = $9,
        group_session_id = NULL, sequence = b.sequence + 1,
        confirmed_at = CASE WHEN $8 = 'confirmed' THEN coalesce(b.confirmed_at, $3) END,
        moved_from = CASE WHEN $8 = 'confirmed' THEN NULL WHEN b.status = 'confirmed' THEN (
            SELECT jsonb_agg(to_jsonb(a) ORDER BY a.position, a.id) FROM appointments a
            WHERE a.tenant_id = $1 AND a.booking_id = $2) ELSE b.moved_from END
    WHERE b.tenant_id = $1 AND b.id = $2 AND EXISTS (SELECT 1 FROM moving)
    RETURNING {", ".join(f"b.{name}" for name in COLUMNS.split(", "))}
), cleared AS (
    DELETE FROM appointments WHERE tenant_id = $1 AND booking_id = ANY (ARRAY(SELECT id FROM moved))
), unreminded AS (
    UPDATE reminders SET status = 'cancelled', done_at = $3
    WHERE tenant_id = $1 AND booking_id = ANY (ARRAY(SELECT id FROM moved)) AND (status = 'pending') IS TRUE
        AND (starts_at <> $6 OR $8 <> 'confirmed')
), planned AS (
    INSERT INTO reminders (tenant_id, booking_id, hours_before, starts_at, due_at)
    SELECT $1, id, hours, starts_at, starts_at - hours * interval '1 hour' FROM moved, unnest($10::int[]) AS hours
    WHERE status = 'confirmed' AND starts_at - hours * interval '1 hour' > $3
    {_REMIND_AGAIN}
)
SELECT *, {IS_AWAITED} FROM moved
"""

_MOVE_TO = _MOVE_ANY.format(which="status = 'confirmed' OR status = 'pending_approval' AND hold_until > $3")
_MOVE_BACK = _MOVE_ANY.format(which="status IN ('pending_approval', 'expired') AND moved_from IS NOT NULL")


# What a plan says is written as the appointments of the booking `$2`; $3 its rows.
_APPOINT = f"""
INSERT INTO appointments (tenant_id, booking_id, {APPOINTED}) SELECT $1, $2, {APPOINTED}
FROM jsonb_to_recordset($3::jsonb) AS a ({APPOINTED_TYPES})
"""


async def move_to(
    uow: UnitOfWork, booking_id: int, place: Place, *, now: datetime, reminders_hours_before: Sequence[int]
) -> Booking | None:
    """Gives the old time up and writes the new one; None when the booking is not agreed or asked for (any longer)."""
    return await _move(uow, _MOVE_TO, booking_id, place, now, reminders_hours_before)


async def move_back(
    uow: UnitOfWork, booking_id: int, place: Place, *, now: datetime, reminders_hours_before: Sequence[int]
) -> Booking | None:
    """The same for a move that is not accepted; None when there is none (any longer)."""
    return await _move(uow, _MOVE_BACK, booking_id, place, now, reminders_hours_before)


async def _move(
    uow: UnitOfWork, sql: str, booking_id: int, place: Place, now: datetime, reminders_hours_before: Sequence[int]
) -> Booking | None:
    await lock(uow, booking_id)
    row = await uow.driver.fetchrow(
        sql,
        uow.tenant_id,
        booking_id,
        now,
        place.plan.staff_id,
        place.plan.location.id,
        place.plan.starts_at,
        place.plan.ends_at,
        place.status,
        place.hold_until,
        list(reminders_hours_before),
    )
    if row is None:
        return None
    await uow.driver.execute(_APPOINT, uow.tenant_id, booking_id, orjson.dumps(place.plan.rows()).decode())
    return _changed(uow, row)
