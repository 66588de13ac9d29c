"""Which times are free: stored calendars put before the pure search. The list and the commit both ask here."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from booking import limits
from booking.calendars import NOTHING, Search, Taken, longest, read_calendars
from booking.catalogue import Catalogue, Location, Staff
from booking.hours import (
    Span,
    break_spans,
    epoch,
    instant,
    intersect,
    local_date,
    merge,
    open_spans,
    subtract,
    wall_second,
)
from booking.slots import Assignment, Part, Pool, Slot, SlotQuestion, StaffCalendar, find_slots, search_dates
from booking.visit import Item, Visit
from core.uow import UnitOfWork

__all__ = ["Slot", "find", "find_at", "find_slots", "is_offered"]

_DAY = timedelta(days=1)


async def find(
    uow: UnitOfWork,
    catalogue: Catalogue,
    visit: Visit,
    *,
    from_date: date,
    to_date: date,
    now: datetime,
    ignore_booking_id: int | None = None,
    customer_id: int | None = None,
) -> list[Slot]:
    """Slots that start on these local dates (the last one included), in order; assignments in order of preference.

    The time of the booking to be ignored, and what this customer only holds, hide nothing.
    """
    searches = []
    for location in catalogue.locations:
        start = wall_second(from_date, 0, location.zone)
        end = wall_second(to_date + _DAY, 0, location.zone)
        searches += _search(catalogue, visit, location, start, end)
    return await _find(uow, catalogue, visit, searches, now, ignore_booking_id, customer_id)


async def find_at(
    uow: UnitOfWork,
    catalogue: Catalogue,
    visit: Visit,
    *,
    starts_at: datetime,
    now: datetime,
    ignore_booking_id: int | None = None,
    customer_id: int | None = None,
) -> Slot | None:
    """The slot that starts at this very instant."""
    searches = _searches_at(catalogue, visit, starts_at)
    found = await _find(uow, catalogue, visit, searches, now, ignore_booking_id, customer_id)
    return found[0] if found else None


def is_offered(catalogue: Catalogue, visit: Visit, *, starts_at: datetime, now: datetime) -> bool:
    """Whether the rules allow this start when nothing is taken yet; a gap to fill is taken for granted."""
    if _is_too_many(visit):
        return False
    questions = (
        _question(catalogue, visit, search, now, NOTHING) for search in _searches_at(catalogue, visit, starts_at)
    )
    step = 1 if catalogue.rules.fill_gaps else catalogue.rules.slot_step_minutes
    return any(find_slots(replace(question, step_minutes=step)) for question in questions)


def _searches_at(catalogue: Catalogue, visit: Visit, starts_at: datetime) -> list[Search]:
    second = epoch(starts_at)
    if starts_at != instant(second):
        return []
    return [
        search for location in catalogue.locations for search in _search(catalogue, visit, location, second, second + 1)
    ]


def _search(catalogue: Catalogue, visit: Visit, location: Location, start: int, end: int) -> list[Search]:
    """None where an item finds nobody at this location, or not the whole team that it needs."""
    teams = []
    for item in visit.items:
        able = [catalogue.staff_by_id[staff_id] for staff_id in item.able]
        team = [person for person in able if person.location_id == location.id]
        if not team or (item.service.needs_all_staff and len(team) < len(item.service.staff_ids)):
            return []
        teams.append(team)
    sharers = [person for person in catalogue.staff_of(visit.first.service) if person.location_id == location.id]
    return [Search(location, sharers, teams, start, end)]


def _is_too_many(visit: Visit) -> bool:
    return visit.is_group and visit.party_size > visit.first.service.capacity


async def _find(
    uow: UnitOfWork,
    catalogue: Catalogue,
    visit: Visit,
    searches: Sequence[Search],
    now: datetime,
    ignore_booking_id: int | None,
    customer_id: int | None,
) -> list[Slot]:
    if not searches or _is_too_many(visit):
        return []
    taken = await read_calendars(uow, catalogue, visit, searches, now, ignore_booking_id, customer_id)
    found = [find_slots(_question(catalogue, visit, search, now, taken)) for search in searches]
    if len(found) == 1 and catalogue.rules.staff_choice == "priority":
        return found[0]
    return [_ordered(catalogue, visit, taken, slot) for slot in _together(slot for slots in found for slot in slots)]


def _question(catalogue: Catalogue, visit: Visit, search: Search, now: datetime, taken: Taken) -> SlotQuestion:
    rules = catalogue.rules
    people = {person.id: person for team in (search.sharers, *search.teams) for person in team}
    shifts, opening = _opening(visit, search, people.values())
    loads = taken.loads.get(search.location.id)
    return SlotQuestion(
        zone=search.location.zone,
        now=now,
        from_second=search.from_second,
        to_second=search.to_second,
        step_minutes=rules.slot_step_minutes,
        min_notice_minutes=rules.min_notice_minutes,
        horizon_days=rules.horizon_days,
        lattice=merge(span for person in search.sharers for span in shifts[person.id]),
        parts=[
            _part(catalogue, item, team, search.location, opening, taken)
            for item, team in zip(visit.items, search.teams, strict=True)
        ],
        same_person=visit.same_person,
        fill_gaps=rules.fill_gaps,
        fits=partial(limits.fits, catalogue, visit, loads)
        if loads is not None and limits.has_limits(catalogue, visit)
        else None,
    )


def _part(
    catalogue: Catalogue,
    item: Item,
    team: Sequence[Staff],
    location: Location,
    opening: dict[int, list[Span]],
    taken: Taken,
) -> Part:
    service = item.service
    rooms = [span for room_id in service.resource_ids for span in taken.busy.get(room_id, ())]
    return Part(
        team=[
            StaffCalendar(
                person.id,
                item.minutes(person.id),
                opening[person.id],
                [*taken.busy.get(person.resource_id, ()), *rooms],
                taken.joinable.get(person.id, ()),
            )
            for person in team
        ],
        buffer_before_minutes=service.buffer_before_minutes,
        buffer_after_minutes=service.buffer_after_minutes,
        pools=[
            Pool(
                [taken.busy.get(room.id, ()) for room in catalogue.rooms_at(location.id, kind)],
                service.any_resources.count(kind),
            )
            for kind in sorted(set(service.any_resources))
        ],
        everyone=service.needs_all_staff,
    )


def _opening(
    visit: Visit, search: Search, people: Iterable[Staff]
) -> tuple[dict[int, list[Span]], dict[int, list[Span]]]:
    """By person, inside the hours of the location where it has any: the shifts, and what breaks leave of them."""
    zone = search.location.zone
    minutes = int(longest(visit).total_seconds()) // 60
    first, last = search_dates(search.from_second, search.to_second, minutes, zone)
    doors = None if search.location.hours is None else open_spans(search.location.hours, zone, first, last)
    shifts, opening = {}, {}
    for person in people:
        spans = open_spans(person.hours, zone, first, last)
        shifts[person.id] = spans if doors is None else intersect(spans, doors)
        opening[person.id] = subtract(shifts[person.id], break_spans(person.hours, zone, first, last))
    return shifts, opening


def _ordered(catalogue: Catalogue, visit: Visit, taken: Taken, slot: Slot) -> Slot:
    """By the tenant's rule for anyone: the service's list, the order of the team, or who works least on that day."""
    able = visit.first.able

    def rank(way: Assignment) -> tuple[int, int]:
        staff_id = way[0]
        if catalogue.rules.staff_choice == "first":
            return catalogue.rank_of(staff_id), 0
        if catalogue.rules.staff_choice == "priority":
            return able.index(staff_id), 0
        loads = taken.loads[catalogue.staff_by_id[staff_id].location_id]
        return loads.minutes_of(staff_id, local_date(epoch(slot.starts_at), loads.zone)), able.index(staff_id)

    return replace(slot, assignments=tuple(sorted(slot.assignments, key=rank)))


def _together(slots: Iterable[Slot]) -> list[Slot]:
    """Slots of several locations, each start once."""
    merged: dict[datetime, Slot] = {}
    for slot in slots:
        known = merged.get(slot.starts_at)
        merged[slot.starts_at] = _either(known, slot) if known else slot
    return [merged[starts_at] for starts_at in sorted(merged)]


def _either(one: Slot, other: Slot) -> Slot:
    return Slot(one.starts_at, min(one.ends_at, other.ends_at), one.assignments + other.assignments)
