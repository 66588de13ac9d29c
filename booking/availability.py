"""Which times are free: stored calendars put before the pure search. The list and the commit both ask here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from booking import occupancy
from booking.catalogue import Catalogue, Location, Service, Staff
from booking.groups import find_joinable
from booking.hours import Span, epoch, instant, intersect, merge, open_spans, wall_second
from booking.slots import Slot, SlotQuestion, StaffCalendar, find_slots, search_dates
from core.uow import UnitOfWork

__all__ = ["Slot", "find", "find_at", "find_slots", "is_offered"]


@dataclass(frozen=True, slots=True)
class _Search:
    """Who is asked (`wanted`, a part of the `sharers` of one location's lattice) and between which instants."""

    service: Service
    location: Location
    sharers: Sequence[Staff]
    wanted: Sequence[Staff]
    from_second: int
    to_second: int


async def find(
    uow: UnitOfWork,
    catalogue: Catalogue,
    *,
    service: Service,
    staff_id: int | None = None,
    from_date: date,
    to_date: date,
    now: datetime,
    ignore_booking_id: int | None = None,
    party_size: int = 1,
) -> list[Slot]:
    """Slots that start on these local dates (the last one included), in order; `staff_ids` in order of preference."""
    searches = []
    for location, sharers in _by_location(catalogue, service):
        start = wall_second(from_date, 0, location.zone)
        end = wall_second(to_date + timedelta(days=1), 0, location.zone)
        searches.append(_Search(service, location, sharers, _wanted(sharers, staff_id), start, end))
    return await _find(uow, catalogue, searches, now, ignore_booking_id, party_size)


async def find_at(
    uow: UnitOfWork,
    catalogue: Catalogue,
    *,
    service: Service,
    staff_id: int | None,
    starts_at: datetime,
    now: datetime,
    ignore_booking_id: int | None = None,
    party_size: int = 1,
) -> Slot | None:
    """The slot that starts at this very instant."""
    searches = _searches_at(catalogue, service, staff_id, starts_at)
    found = await _find(uow, catalogue, searches, now, ignore_booking_id, party_size)
    return found[0] if found else None


def is_offered(
    catalogue: Catalogue,
    *,
    service: Service,
    staff_id: int | None,
    starts_at: datetime,
    now: datetime,
    party_size: int = 1,
) -> bool:
    """Whether the rules allow this start when nothing is taken yet."""
    if _is_too_many(service, party_size):
        return False
    searches = _searches_at(catalogue, service, staff_id, starts_at)
    return any(find_slots(_question(catalogue, search, now, {}, {})) for search in searches)


def _searches_at(catalogue: Catalogue, service: Service, staff_id: int | None, starts_at: datetime) -> list[_Search]:
    second = epoch(starts_at)
    if starts_at != instant(second):
        return []
    return [
        _Search(service, location, sharers, _wanted(sharers, staff_id), second, second + 1)
        for location, sharers in _by_location(catalogue, service)
    ]


def _is_too_many(service: Service, party_size: int) -> bool:
    return service.is_group and party_size > service.capacity


def _by_location(catalogue: Catalogue, service: Service) -> list[tuple[Location, list[Staff]]]:
    staff = sorted(catalogue.staff_of(service), key=lambda person: person.location_id)
    return [
        (catalogue.locations_by_id[location_id], list(people))
        for location_id, people in groupby(staff, key=lambda person: person.location_id)
    ]


def _wanted(sharers: Sequence[Staff], staff_id: int | None) -> list[Staff]:
    return [person for person in sharers if staff_id in (None, person.id)]


async def _find(
    uow: UnitOfWork,
    catalogue: Catalogue,
    searches: Sequence[_Search],
    now: datetime,
    ignore_booking_id: int | None,
    party_size: int,
) -> list[Slot]:
    """One read for all locations; a group service needs a second one for the groups that have seats left."""
    searches = [search for search in searches if search.wanted]
    if not searches:
        return []
    service = searches[0].service
    if _is_too_many(service, party_size):
        return []
    first = instant(min(search.from_second for search in searches)) - service.buffer_before
    last = instant(max(search.to_second for search in searches)) + service.duration + service.buffer_after
    calendars = {person.resource_id for search in searches for person in search.wanted}
    busy = await occupancy.find_busy(
        uow,
        [*calendars, *service.resource_ids],
        first,
        last,
        now=now,
        look_back=catalogue.look_back,
        ignore_booking_id=ignore_booking_id,
    )
    joinable = {}
    if service.is_group:
        joinable = await find_joinable(
            uow, service, first, last, now=now, party_size=party_size, ignore_booking_id=ignore_booking_id
        )
    taken: dict[int, list[Span]] = {}
    for row in busy:
        taken.setdefault(row.resource_id, []).append((epoch(row.starts_at), epoch(row.ends_at)))
    found = [find_slots(_question(catalogue, search, now, taken, joinable)) for search in searches]
    return found[0] if len(found) == 1 else _together(service, (slot for slots in found for slot in slots))


def _question(
    catalogue: Catalogue,
    search: _Search,
    now: datetime,
    taken: dict[int, list[Span]],
    joinable: dict[int, list[int]],
) -> SlotQuestion:
    service, rules = search.service, catalogue.rules
    opening = _opening(search)
    rooms = [span for room_id in service.resource_ids for span in taken.get(room_id, ())]
    return SlotQuestion(
        zone=search.location.zone,
        now=now,
        from_second=search.from_second,
        to_second=search.to_second,
        duration_minutes=service.duration_minutes,
        step_minutes=rules.slot_step_minutes,
        buffer_before_minutes=service.buffer_before_minutes,
        buffer_after_minutes=service.buffer_after_minutes,
        min_notice_minutes=rules.min_notice_minutes,
        horizon_days=rules.horizon_days,
        lattice=merge(span for spans in opening.values() for span in spans),
        team=[
            StaffCalendar(
                person.id,
                opening[person.id],
                [*taken.get(person.resource_id, ()), *rooms],
                joinable.get(person.id, ()),
            )
            for person in search.wanted
        ],
    )


def _opening(search: _Search) -> dict[int, list[Span]]:
    """Staff hours, inside the hours of the location where it has any."""
    zone = search.location.zone
    first, last = search_dates(search.from_second, search.to_second, search.service.duration_minutes, zone)
    opening = {person.id: open_spans(person.hours, zone, first, last) for person in search.sharers}
    if search.location.hours is None:
        return opening
    doors = open_spans(search.location.hours, zone, first, last)
    return {staff_id: intersect(spans, doors) for staff_id, spans in opening.items()}


def _together(service: Service, slots: Iterable[Slot]) -> list[Slot]:
    """Slots of several locations, each start once."""
    staff: dict[datetime, set[int]] = {}
    for slot in slots:
        staff.setdefault(slot.starts_at, set()).update(slot.staff_ids)
    return [
        Slot(starts_at, starts_at + service.duration, tuple(s for s in service.staff_ids if s in staff[starts_at]))
        for starts_at in sorted(staff)
    ]
