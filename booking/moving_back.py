"""A move that the merchant was asked to accept, and did not: the booking goes back to the time that was agreed."""

from datetime import datetime

from booking import claims, occupancy
from booking.booking import Booking, SlotTakenError, Status
from booking.catalogue import Catalogue
from booking.occupying import locked, occupy
from booking.plans import Plan, find_former_plan
from core.uow import UnitOfWork


async def move_back(uow: UnitOfWork, catalogue: Catalogue, booking: Booking, *, now: datetime) -> Booking | None:
    """Confirmed again as it was, by the same people; None where it was no such request or its old time is gone.

    The notice and the opening hours are not asked for: that time was agreed.
    """
    plan = await find_former_plan(uow, catalogue, booking.id, party_size=booking.party_size)
    if plan is None or plan.starts_at <= now:
        return None
    try:
        return await _move_back(uow, catalogue, booking, plan, now)
    except SlotTakenError:
        return None


async def _move_back(
    uow: UnitOfWork, catalogue: Catalogue, booking: Booking, plan: Plan, now: datetime
) -> Booking | None:
    occupied = await occupancy.calendars_of(uow, booking.id)
    async with locked(uow, catalogue, plan, customer_id=booking.customer_id, besides=occupied):
        moved = await claims.move_back(
            uow,
            booking.id,
            claims.Place(plan, Status.CONFIRMED, None),
            now=now,
            reminders_hours_before=catalogue.rules.reminders_hours_before,
        )
        return moved and await occupy(uow, catalogue, plan, moved, now=now)


_FORMER_STAFF = """
SELECT array(SELECT DISTINCT (a ->> 'staff_id')::bigint FROM jsonb_array_elements(moved_from) AS a)
FROM bookings WHERE tenant_id = $1 AND id = $2
"""
_FORGET = """
UPDATE bookings SET moved_from = NULL
WHERE tenant_id = $1 AND id = $2 AND status = 'expired' AND moved_from IS NOT NULL RETURNING id
"""


async def former_staff(uow: UnitOfWork, booking_id: int) -> list[int]:
    """Who was to do what was agreed before this request to move it; nobody where it is no such request."""
    return list(await uow.driver.fetchval(_FORMER_STAFF, uow.tenant_id, booking_id) or ())


async def forget(uow: UnitOfWork, booking_id: int) -> bool:
    """A request that has run out and cannot go back is over for good; False when that was known already."""
    return await uow.driver.fetchval(_FORGET, uow.tenant_id, booking_id) is not None
