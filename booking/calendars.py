"""What is known of the calendars that a visit may touch: read once for a whole search."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import limits, occupancy
from booking.catalogue import Catalogue, Location, Staff
from booking.groups import find_joinable
from booking.hours import Span, epoch, instant, local_date, wall_second
from booking.limits import Loads
from booking.visit import Visit
from core.uow import UnitOfWork

_DAY = timedelta(days=1)
# Where a visit may begin as another ends, what only touches it matters too.
_TOUCH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Search:
    """A visit at one location, between two instants. `teams` are those of each item who may be asked, in order;
    `sharers` do the first item there, whether asked or not: theirs is the lattice."""

    location: Location
    sharers: Sequence[Staff]
    teams: Sequence[Sequence[Staff]]
    from_second: int
    to_second: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What is known of the calendars: busy spans by resource, starts of groups with seats by person, loads by zone."""

    busy: dict[int, list[Span]]
    joinable: dict[int, list[int]]
    loads: dict[int, Loads]


NOTHING = Taken({}, {}, {})


async def read_calendars(
    uow: UnitOfWork,
    catalogue: Catalogue,
    visit: Visit,
    searches: Sequence[Search],
    now: datetime,
    ignore_booking_id: int | None,
    customer_id: int | None,
) -> Taken:
    """One read for all locations; groups need a second one, limits per day a third."""
    services = [item.service for item in visit.items]
    touch = _TOUCH if catalogue.rules.fill_gaps else timedelta()
    before, after = max(s.buffer_before for s in services), max(s.buffer_after for s in services)
    first = instant(min(search.from_second for search in searches)) - before - touch
    last = instant(max(search.to_second for search in searches)) + longest(visit) + after + touch
    busy: dict[int, list[Span]] = {}
    for row in await occupancy.find_busy(
        uow,
        _resources(catalogue, visit, searches),
        first,
        last,
        now=now,
        look_back=catalogue.look_back,
        ignore_booking_id=ignore_booking_id,
        customer_id=customer_id,
    ):
        busy.setdefault(row.resource_id, []).append((epoch(row.starts_at), epoch(row.ends_at)))
    joinable = {}
    if visit.is_group:
        joinable = await find_joinable(
            uow,
            visit.first.service,
            first,
            last,
            now=now,
            party_size=visit.party_size,
            ignore_booking_id=ignore_booking_id,
            customer_id=customer_id,
        )
    loads = {}
    if limits.has_limits(catalogue, visit) or catalogue.rules.staff_choice == "least_busy":
        for search in searches:
            loads[search.location.id] = await _loads(uow, visit, search, now, ignore_booking_id, customer_id)
    return Taken(busy, joinable, loads)


def _resources(catalogue: Catalogue, visit: Visit, searches: Sequence[Search]) -> list[int]:
    ids = {person.resource_id for search in searches for team in search.teams for person in team}
    for item in visit.items:
        ids.update(item.service.resource_ids)
        for search in searches:
            for kind in item.service.any_resources:
                ids.update(room.id for room in catalogue.rooms_at(search.location.id, kind))
    return sorted(ids)


async def _loads(
    uow: UnitOfWork,
    visit: Visit,
    search: Search,
    now: datetime,
    ignore_booking_id: int | None,
    customer_id: int | None,
) -> Loads:
    """Of all local days that the visit may touch."""
    zone = search.location.zone
    first = local_date(search.from_second, zone)
    last = local_date(search.to_second + int(longest(visit).total_seconds()), zone)
    return await limits.find_loads(
        uow,
        zone,
        staff_ids={person.id for team in search.teams for person in team},
        service_ids=limits.limited_services(visit),
        starts_at=instant(wall_second(first, 0, zone)),
        ends_at=instant(wall_second(last + _DAY, 0, zone)),
        now=now,
        ignore_booking_id=ignore_booking_id,
        customer_id=customer_id,
    )


def longest(visit: Visit) -> timedelta:
    return timedelta(minutes=sum(max(map(item.minutes, item.able), default=0) for item in visit.items))
