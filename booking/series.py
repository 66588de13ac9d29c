"""The same visit every week, or every few weeks: what of it is free, booked together or not at all, called off.

Each date is a booking of its own, at the same wall time in the location's zone; `series` is common to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from zoneinfo import ZoneInfo

from booking import availability, limits, occupancy
from booking.availability import Slot
from booking.booking import COLUMNS, Booking, By, Status, TooLateToCancelError, booking_from, get
from booking.catalogue import Catalogue
from booking.holding import hold
from booking.hours import epoch, instant
from booking.lifecycle import cancel, confirm
from booking.results import is_done, store_result
from booking.visit import Visit
from core.errors import ExpectedError
from core.uow import UnitOfWork


class TooManyRecurrencesError(ExpectedError):
    """More dates than the tenant lets one order at once; `facts["limit"]`."""

    reply_key = "error.too_many_recurrences"


class Reason(StrEnum):
    """Why a date of a series cannot be had."""

    TAKEN = "taken"
    CLOSED = "closed"
    TOO_FAR = "too_far"


@dataclass(frozen=True, slots=True)
class Conflict:
    starts_at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """Every date that was asked for is in one of the two, in order; `zone` is the one whose wall time they share."""

    zone: ZoneInfo
    free: tuple[Slot, ...]
    conflicts: tuple[Conflict, ...]


async def plan_series(
    uow: UnitOfWork,
    catalogue: Catalogue,
    visit: Visit,
    *,
    starts_at: datetime,
    every_weeks: int,
    count: int,
    now: datetime,
    customer_id: int | None = None,
) -> SeriesPlan:
    """What is free of `count` dates from `starts_at` on, and why the others are not. TooManyRecurrencesError."""
    _check_count(catalogue, count)
    first = await availability.find_at(uow, catalogue, visit, starts_at=starts_at, now=now, customer_id=customer_id)
    zone = _zone(catalogue, visit, first)
    free, conflicts = [], []
    # What is added to a local time is added to its wall time.
    for wall in [starts_at.astimezone(zone) + timedelta(weeks=every_weeks * number) for number in range(count)]:
        start = instant(epoch(wall))
        slot = None
        if _is_real(wall):
            slot = await availability.find_at(uow, catalogue, visit, starts_at=start, now=now, customer_id=customer_id)
        if slot is not None:
            free.append(slot)
        else:
            conflicts.append(Conflict(start, _reason(catalogue, visit, wall, now)))
    return SeriesPlan(zone, tuple(free), tuple(conflicts))


def _is_real(wall: datetime) -> bool:
    """A change of the clocks skips some wall times."""
    return wall.astimezone(UTC).astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None)


def _reason(catalogue: Catalogue, visit: Visit, wall: datetime, now: datetime) -> Reason:
    if wall.date() > now.astimezone(wall.tzinfo).date() + timedelta(days=catalogue.rules.horizon_days):
        return Reason.TOO_FAR
    offered = availability.is_offered(catalogue, visit, starts_at=instant(epoch(wall)), now=now)
    return Reason.TAKEN if offered and _is_real(wall) else Reason.CLOSED


async def book_series(
    uow: UnitOfWork,
    catalogue: Catalogue,
    dates: Sequence[tuple[datetime, Visit]],
    *,
    key: str,
    customer_id: int,
    now: datetime,
    conversation_id: int | None,
) -> list[Booking]:
    """All of these dates or none, confirmed (or requested, where the tenant approves); `key` names the series.

    The visits may differ in who does them. The same key gives the same bookings. Raises what `hold` raises, or
    TooManyRecurrencesError; nothing is stored then.
    """
    _check_count(catalogue, len(dates))
    async with uow.savepoint():
        # All calendars at once, in order: one date after the other would take them in any order.
        calendars = {id for _, visit in dates for id in _calendars(catalogue, visit)}
        services = {id for _, visit in dates for id in limits.limited_services(visit)}
        async with occupancy.locked(uow, calendars, customer_id=customer_id, service_ids=services):
            pass
        if await is_done(uow, key):
            return await bookings_of(uow, key)
        booked = []
        for number, (starts_at, visit) in enumerate(sorted(dates, key=itemgetter(0))):
            held = await hold(
                uow,
                catalogue,
                visit,
                key=f"{key}:{number}",
                customer_id=customer_id,
                starts_at=starts_at,
                now=now,
                conversation_id=conversation_id,
                series=key,
            )
            booked.append(await confirm(uow, held.id, now=now))
        await store_result(uow, key, booked[0].id)
        return booked


@dataclass(frozen=True, slots=True)
class CalledOff:
    """`too_late` are those that a customer has to ask the merchant about; they stand."""

    cancelled: tuple[Booking, ...]
    too_late: tuple[Booking, ...]


async def cancel_series(uow: UnitOfWork, booking_id: int, *, now: datetime, by: By, key: str) -> CalledOff:
    """Calls off this booking and those of its series that follow it and are still to come, in one transaction."""
    booking = await get(uow, booking_id)
    cancelled, too_late = [], []
    async with uow.savepoint():
        ahead = await bookings_ahead_of(uow, booking, now=now)
        calendars = {id for other in ahead for id in await occupancy.calendars_of(uow, other.id)}
        async with occupancy.locked(uow, calendars, customer_id=booking.customer_id):
            pass
        for other in await bookings_ahead_of(uow, booking, now=now):
            try:
                cancelled.append(await cancel(uow, other.id, now=now, by=by, key=f"{key}:{other.id}"))
            except TooLateToCancelError:
                too_late.append(other)
    return CalledOff(tuple(cancelled), tuple(too_late))


_OF_SERIES = f"SELECT {COLUMNS} FROM bookings WHERE tenant_id = $1 AND series = $2 ORDER BY starts_at, id"


async def bookings_of(uow: UnitOfWork, series: str) -> list[Booking]:
    """All of a series, whatever became of them, in order of time."""
    return [booking_from(row) for row in await uow.driver.fetch(_OF_SERIES, uow.tenant_id, series)]


async def bookings_ahead_of(uow: UnitOfWork, booking: Booking, *, now: datetime) -> list[Booking]:
    """A booking and those that follow it in its series, as far as they are live and have not begun."""
    series = [await get(uow, booking.id)] if booking.series is None else await bookings_of(uow, booking.series)
    live = (Status.HELD, Status.PENDING_APPROVAL, Status.CONFIRMED)
    return [other for other in series if other.status in live and other.starts_at >= max(booking.starts_at, now)]


def _check_count(catalogue: Catalogue, count: int) -> None:
    if not 1 <= count <= catalogue.rules.max_recurrences:
        raise TooManyRecurrencesError(limit=catalogue.rules.max_recurrences)


def _zone(catalogue: Catalogue, visit: Visit, first: Slot | None) -> ZoneInfo:
    """Of the place of the first date, or of the first who does it."""
    staff_ids: Iterable[int] = first.staff_ids if first else visit.first.able
    places = [catalogue.location_of(staff_id) for staff_id in staff_ids]
    return (places or catalogue.locations)[0].zone


def _calendars(catalogue: Catalogue, visit: Visit) -> set[int]:
    """Of everybody who may do a part of the visit, and of every room that it may need."""
    staff = {staff_id for item in visit.items for staff_id in item.able}
    services = [item.service for item in visit.items]
    rooms = {
        room.id
        for place in {catalogue.location_of(staff_id).id for staff_id in staff}
        for service in services
        for kind in service.any_resources
        for room in catalogue.rooms_at(place, kind)
    }
    named = {resource_id for service in services for resource_id in service.resource_ids}
    return {catalogue.staff_by_id[staff_id].resource_id for staff_id in staff} | rooms | named
