"""Group sessions: one start of a service for several customers, each seat taken once."""

from dataclasses import dataclass
from datetime import datetime

from booking.booking import SlotTakenError
from booking.catalogue import Service
from booking.claims import end_overdue_seats
from booking.hours import epoch
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Seats:
    """`is_first`: nobody else sits there, so that the calendars are still to be taken."""

    group_session_id: int
    is_first: bool


_FIND_SESSION = """
SELECT id FROM group_sessions WHERE tenant_id = $1 AND service_id = $2 AND staff_id = $3 AND starts_at = $4
"""
# An empty session takes on the capacity and the length that the service has now.
_JOIN = """
INSERT INTO group_sessions AS s (tenant_id, service_id, staff_id, starts_at, ends_at, capacity, taken)
SELECT $1, $2, $3, $4, $5, $6::int, $7::int WHERE $7 <= $6
ON CONFLICT (tenant_id, service_id, staff_id, starts_at) DO UPDATE SET
    taken = s.taken + excluded.taken,
    capacity = CASE WHEN s.taken = 0 THEN excluded.capacity ELSE s.capacity END,
    ends_at = CASE WHEN s.taken = 0 THEN excluded.ends_at ELSE s.ends_at END
    WHERE s.taken = 0 OR s.taken + excluded.taken <= s.capacity
RETURNING id, taken = $7 AS is_first
"""


async def join(
    uow: UnitOfWork, service: Service, staff_id: int, starts_at: datetime, *, seats: int, now: datetime
) -> Seats:
    """Takes seats in the session at this start, or opens it; SlotTakenError when too few are left."""
    place = (uow.tenant_id, service.id, staff_id, starts_at)
    session_id = await uow.driver.fetchval(_FIND_SESSION, *place)
    if session_id is not None:
        await end_overdue_seats(uow, session_id, now=now)
    row = await uow.driver.fetchrow(_JOIN, *place, starts_at + service.duration, service.capacity, seats)
    if row is None:
        raise SlotTakenError
    return Seats(row["id"], row["is_first"])


_FIND_JOINABLE = """
SELECT s.staff_id, s.starts_at
FROM group_sessions s JOIN bookings b ON b.tenant_id = s.tenant_id AND b.group_session_id = s.id
WHERE s.tenant_id = $1 AND s.service_id = $2 AND s.starts_at >= $3 AND s.starts_at < $4
    AND (b.status = 'confirmed' OR b.status IN ('held', 'pending_approval') AND b.hold_until > $5)
    AND b.id IS DISTINCT FROM $7 AND NOT (b.status = 'held' AND b.customer_id IS NOT DISTINCT FROM $8)
GROUP BY s.id HAVING sum(b.party_size) + $6 <= s.capacity
"""


async def find_joinable(
    uow: UnitOfWork,
    service: Service,
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    party_size: int,
    ignore_booking_id: int | None,
    customer_id: int | None,
) -> dict[int, list[int]]:
    """Starts (epoch seconds) of sessions that are under way to happen and have seats for the party, by staff."""
    arguments = (service.id, starts_at, ends_at, now, party_size, ignore_booking_id, customer_id)
    rows = await uow.driver.fetch(_FIND_JOINABLE, uow.tenant_id, *arguments)
    joinable: dict[int, list[int]] = {}
    for row in rows:
        joinable.setdefault(row["staff_id"], []).append(epoch(row["starts_at"]))
    return joinable
