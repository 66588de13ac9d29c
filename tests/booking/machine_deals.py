"""What the plain model speaks of: wishes, what holds them, bookings; and what these take of calendars and seats."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from booking.booking import Status
from tests.booking.naive_visits import Way
from tests.booking.shop import SHOP

Names = tuple[str, ...]
SERVICES: dict[str, Any] = SHOP["services"]


@dataclass(frozen=True)
class Wish:
    """Services in a row, each by one of the people named, or by anyone."""

    parts: tuple[tuple[str, Names], ...]
    same_person: bool = False
    seats: int = 1


@dataclass(frozen=True)
class Part:
    service: str
    who: Names
    starts_at: datetime
    ends_at: datetime

    @property
    def occupied(self) -> tuple[datetime, datetime]:
        said = SERVICES[self.service]
        return self.starts_at - timedelta(minutes=said["before"]), self.ends_at + timedelta(minutes=said["after"])


@dataclass(frozen=True)
class Plan:
    """The ways in which a wish may be held, and the customer's own holds that may make room for it."""

    ways: tuple[tuple[Part, ...], ...]
    dispensable: frozenset[int]

    @property
    def starts_at(self) -> datetime:
        return self.ways[0][0].starts_at


@dataclass
class Deal:
    """A booking. `rooms` are those of a kind that the engine chose; `agreed` is what was before a request to move."""

    id: int
    customer: int
    seats: int
    parts: tuple[Part, ...]
    status: Status
    hold_until: datetime | None
    series: str | None = None
    agreed: tuple[Part, ...] | None = None
    rooms: list[tuple[str, datetime, datetime]] = field(default_factory=list)

    @property
    def starts_at(self) -> datetime:
        return self.parts[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.parts[-1].ends_at

    @property
    def is_group(self) -> bool:
        return bool(SERVICES[self.parts[0].service]["seats"] > 1)


def parts_of(wish: Wish, way: Way, starts_at: datetime) -> tuple[Part, ...]:
    parts = []
    for (service, _), who in zip(wish.parts, way, strict=True):
        said = SERVICES[service]
        minutes = max(said["staff"][person] or said["minutes"] for person in who)
        parts.append(Part(service, who, starts_at, starts_at + timedelta(minutes=minutes)))
        starts_at = parts[-1].ends_at
    return tuple(parts)


def asked_staff(service: str, staff: str | None) -> Names:
    said = SERVICES[service]
    return (staff,) if staff and staff in said["staff"] and not said["everyone"] else ()


def calendars_of(part: Part) -> Names:
    return (*part.who, *SERVICES[part.service]["rooms"])


def busy_spans(live: Iterable[Deal]) -> set[tuple[str, str, str]]:
    """Those of one group are at one place at one time."""
    spans = {(key, *part.occupied) for deal in live for part in deal.parts for key in calendars_of(part)} | {
        room for deal in live for room in deal.rooms
    }
    return {(key, start.isoformat(), end.isoformat()) for key, start, end in spans}


def blocked_spans(blocked: dict[str, set[int]]) -> set[tuple[str, str, str]]:
    def iso(minute: int) -> str:
        return datetime.fromtimestamp(minute * 60, UTC).isoformat()

    return {(staff, iso(minute), iso(minute + 1)) for staff, minutes in blocked.items() for minute in minutes}


def seats_left(live: Iterable[Deal], wish: Wish) -> list[tuple[str, str]]:
    """Starts of the groups that happen and have room for the party."""
    taken: dict[tuple[str, str], int] = {}
    for deal in live:
        if deal.parts[0].service == wish.parts[0][0] and deal.is_group:
            start = (deal.parts[0].who[0], deal.starts_at.isoformat())
            taken[start] = taken.get(start, 0) + deal.seats
    most = SERVICES[wish.parts[0][0]]["seats"]
    return [start for start, seats in taken.items() if seats + wish.seats <= most]


def booked_blocks(deals: Iterable[Deal]) -> list[tuple[str, list[str], str, int]]:
    """A group counts once."""
    blocks = {(part, None if deal.is_group else deal.id) for deal in deals for part in deal.parts}
    return [
        (
            part.service,
            list(part.who),
            part.starts_at.isoformat(),
            (part.ends_at - part.starts_at) // timedelta(minutes=1),
        )
        for part, _ in blocks
    ]
