"""Time that merchants keep free of bookings: a break, a day off, three weeks away."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking import claims, occupancy
from booking.catalogue import Catalogue
from booking.hours import Span, epoch, instant, local_date, merge, subtract, wall_second
from booking.occupancy import Stretch
from booking.queries import BookingView, bookings_by_id
from booking.results import is_done, store_result
from booking.waitlist_rows import wake_line
from core.uow import UnitOfWork

_LONGEST_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Block:
    """Instants are UTC."""

    staff_id: int
    starts_at: datetime
    ends_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The time is blocked when nothing was in the way; else nothing was stored."""

    in_the_way: list[BookingView]


async def block(
    uow: UnitOfWork,
    catalogue: Catalogue,
    *,
    staff_id: int,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
    now: datetime,
    key: str,
) -> Blocked:
    """Keeps a staff member's time free, of any length; or names the bookings, requests and live holds in the way.

    What is blocked already stays as it is. The same key blocks once.
    """
    person, look_back = catalogue.staff_by_id[staff_id], catalogue.look_back
    span = (starts_at, ends_at)
    async with occupancy.locked(uow, [person.resource_id]):
        if await is_done(uow, key):
            return Blocked([])
        ids = await occupancy.bookings_between(uow, person.resource_id, *span, now=now, look_back=look_back)
        if ids:
            return Blocked(await bookings_by_id(uow, ids))
        await claims.end_overdue(uow, [person.resource_id], *span, now=now, look_back=look_back)
        blocked = await occupancy.find_blocked(uow, [person.resource_id], *span, look_back=look_back)
        free = subtract([_span(*span)], merge(_span(stretch.starts_at, stretch.ends_at) for stretch in blocked))
        await _store(uow, person.resource_id, free, catalogue.location_of(staff_id).zone, note)
        await store_result(uow, key, None)
    return Blocked([])


async def unblock(
    uow: UnitOfWork, catalogue: Catalogue, *, staff_id: int, starts_at: datetime, ends_at: datetime
) -> list[Block]:
    """Opens what is blocked between the two instants, and only that; what was opened, in order."""
    person, zone = catalogue.staff_by_id[staff_id], catalogue.location_of(staff_id).zone
    asked = _span(starts_at, ends_at)
    async with occupancy.locked(uow, [person.resource_id]):
        removed = await occupancy.unblock(uow, person.resource_id, starts_at, ends_at, look_back=catalogue.look_back)
        for stretch in removed:
            kept = subtract([_span(stretch.starts_at, stretch.ends_at)], [asked])
            await _store(uow, person.resource_id, kept, zone, stretch.note)
    if removed:
        wake_line(uow)
    return _blocks(catalogue, removed, asked)


async def list_blocks(uow: UnitOfWork, catalogue: Catalogue, day: date) -> list[Block]:
    """What is blocked on a local date, of everybody; each location by its own zone, soonest first."""
    blocks: list[Block] = []
    for location in catalogue.locations:
        first, last = (instant(wall_second(day + timedelta(days=n), 0, location.zone)) for n in (0, 1))
        people = [person.id for person in catalogue.staff if person.location_id == location.id]
        blocks += await blocks_of(uow, catalogue, people, first, last)
    return sorted(blocks, key=_soonest)


async def blocks_of(
    uow: UnitOfWork, catalogue: Catalogue, staff_ids: Iterable[int], starts_at: datetime, ends_at: datetime
) -> list[Block]:
    """What is blocked of these people between the two instants, cut there; soonest first."""
    calendars = [catalogue.staff_by_id[staff_id].resource_id for staff_id in staff_ids]
    stretches = await occupancy.find_blocked(uow, calendars, starts_at, ends_at, look_back=catalogue.look_back)
    return sorted(_blocks(catalogue, stretches, _span(starts_at, ends_at)), key=_soonest)


def _soonest(block: Block) -> tuple[datetime, int]:
    return block.starts_at, block.staff_id


async def _store(uow: UnitOfWork, resource_id: int, spans: Iterable[Span], zone: ZoneInfo, note: str) -> None:
    pieces = [(instant(start), instant(end)) for span in spans for start, end in _by_day(span, zone)]
    if pieces:
        await occupancy.block(uow, resource_id, pieces, note=note)


def _span(starts_at: datetime, ends_at: datetime) -> Span:
    span = (epoch(starts_at), epoch(ends_at))
    if span[0] >= span[1]:
        raise ValueError("a block ends after its start")
    return span


def _by_day(span: Span, zone: ZoneInfo) -> Iterable[Span]:
    """Cut at the local midnights, and where a day is longer than 24 hours: readers look back no further than that."""
    start, end = span
    while start < end:
        midnight = wall_second(local_date(start, zone) + timedelta(days=1), 0, zone)
        stop = min(end, midnight, start + _LONGEST_S)
        yield start, stop
        start = stop


def _blocks(catalogue: Catalogue, stretches: Iterable[Stretch], asked: Span) -> list[Block]:
    """As people see them: only what was asked about, and not cut where a note goes on."""
    staff = {person.resource_id: person.id for person in catalogue.staff}
    blocks: list[Block] = []
    for stretch in sorted(stretches, key=lambda stretch: (stretch.resource_id, stretch.starts_at)):
        starts_at, ends_at = max(stretch.starts_at, instant(asked[0])), min(stretch.ends_at, instant(asked[1]))
        found = Block(staff[stretch.resource_id], starts_at, ends_at, stretch.note)
        if blocks and blocks[-1] == replace(found, starts_at=blocks[-1].starts_at, ends_at=starts_at):
            blocks[-1] = replace(blocks[-1], ends_at=ends_at)
        else:
            blocks.append(found)
    return blocks
