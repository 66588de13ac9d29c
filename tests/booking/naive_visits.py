"""An independent, deliberately naive answer to "when is this visit free, and by whom": every minute, every assignment.

It shares no code with booking/. What a world is made of is said in tests/booking/worlds.py.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from tests.booking.naive_minutes import (
    dates_between,
    instant_of,
    is_in_time,
    lattice,
    minute_of,
    shift_minutes,
    wall_minute,
)
from tests.booking.worlds import World

Way = tuple[tuple[str, ...], ...]
"""Who does each part: one person, or the whole team."""
Found = tuple[datetime, datetime, list[tuple[str, ...]]]
"""A start, the soonest end, and who would do each part (of a team, its first), in the order of preference."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALWAYS = {day: ["00:00-24:00"] for day in _WEEKDAYS}
_DAY = timedelta(days=1)


def naive_visits(world: World) -> list[Found]:
    found: dict[int, list[tuple[_Place, Way]]] = {}
    for key in world["locations"]:
        place = _Place(world, key)
        for at, way in place.ways(place.minutes_asked_about):
            found.setdefault(at, []).append((place, way))
    return [_found(at, ways) for at, ways in sorted(found.items())]


def find_ways(world: World, starts_at: datetime) -> list[Way]:
    """Who may do it at this start, in the order of preference."""
    at, then = int(starts_at.timestamp()) // 60, world | _around(starts_at)
    ways = [(place, way) for key in world["locations"] for place in [_Place(then, key)] for _, way in place.ways([at])]
    return [way for _, way in _ordered(at, ways)]


def is_free_at(world: World, way: Way, starts_at: datetime) -> bool:
    """Whether this very assignment has the time, or a seat, whatever the step and the notice say."""
    place = _Place(world | _around(starts_at), world["staff"][way[0][0]]["location"])
    at = int(starts_at.timestamp()) // 60
    return (way[0][0], at) in place.seats or place.blocks(way, at) is not None


def _around(starts_at: datetime) -> World:
    return dict.fromkeys(("first", "last"), starts_at.date().isoformat())


def _found(at: int, ways: list[tuple["_Place", Way]]) -> Found:
    soonest = min(sum(place.minutes(part, who) for part, who in enumerate(way)) for place, way in ways)
    return instant_of(at), instant_of(at + soonest), [tuple(who[0] for who in way) for _, way in _ordered(at, ways)]


def _ordered(at: int, ways: list[tuple["_Place", Way]]) -> list[tuple["_Place", Way]]:
    return sorted(ways, key=lambda found: found[0].rank(at, found[1][0][0]))


@dataclass(frozen=True)
class _Block:
    service: str
    who: tuple[str, ...]
    at: int
    minutes: int


def _stored(world: World) -> list[_Block]:
    return [_Block(service, tuple(who), minute_of(at), minutes) for service, who, at, minutes in world["booked"]]


@dataclass(frozen=True)
class _Place:
    world: World
    key: str

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.world["locations"][self.key]["zone"])

    def date_of(self, at: int) -> date:
        return instant_of(at).astimezone(self.zone).date()

    @cached_property
    def days(self) -> list[date]:
        first, last = date.fromisoformat(self.world["first"]), date.fromisoformat(self.world["last"])
        return dates_between(first - 4 * _DAY, last + 3 * _DAY)

    @cached_property
    def minutes_asked_about(self) -> range:
        first, last = date.fromisoformat(self.world["first"]), date.fromisoformat(self.world["last"])
        return range(wall_minute(first, "00:00", self.zone), wall_minute(last + _DAY, "00:00", self.zone))

    def ways(self, minutes: Iterable[int]) -> list[tuple[int, Way]]:
        teams = [self._team(part) for part in self.world["visit"]]
        ways = [way for way in product(*teams) if not self.world["same_person"] or len(set(way)) == 1]
        return [(at, way) for at in minutes for way in ways if self._is_bookable(at, way) and self._is_in_time(at)]

    def rank(self, at: int, who: str) -> tuple[int, int]:
        """Of who begins: by the tenant's rule for anyone."""
        part = self.world["visit"][0]
        able = [
            key for key in self.world["services"][part["service"]]["staff"] if not part["staff"] or key in part["staff"]
        ]
        if self.world["staff_choice"] == "priority":
            return able.index(who), 0
        if self.world["staff_choice"] == "first":
            return list(self.world["staff"]).index(who), 0
        theirs = (block for block in _stored(self.world) if who in block.who)
        return sum(block.minutes for block in theirs if self.date_of(block.at) == self.date_of(at)), able.index(who)

    def _team(self, part: dict[str, Any]) -> list[tuple[str, ...]]:
        service = self.world["services"][part["service"]]
        asked = [who for who in service["staff"] if not part["staff"] or who in part["staff"]]
        here = [who for who in asked if self.world["staff"][who]["location"] == self.key]
        if service["everyone"]:
            return [tuple(here)] if here == list(service["staff"]) else []
        return [(who,) for who in here]

    def _is_in_time(self, at: int) -> bool:
        now = datetime.fromisoformat(self.world["now"])
        return is_in_time(at, now, self.world["min_notice"], self.world["horizon_days"], self.zone)

    def _is_bookable(self, at: int, way: Way) -> bool:
        if (way[0][0], at) in self.seats:
            return True
        if at not in self.opened[way[0][0]] or (at not in self.points and not self.world["fill_gaps"]):
            return False
        return self._is_free(0, way[0], at) and self._is_start(at, way[0]) and self.blocks(way, at) is not None

    def blocks(self, way: Way, at: int) -> list[_Block] | None:
        """The parts one after the other; None when somebody or something is not free, or a limit is reached."""
        blocks: list[_Block] = []
        for part, who in enumerate(way):
            if not self._is_free(part, who, at):
                return None
            blocks.append(_Block(self.world["visit"][part]["service"], who, at, self.minutes(part, who)))
            at += self.minutes(part, who)
        return blocks if self._is_within_limits(blocks) else None

    def minutes(self, part: int, who: tuple[str, ...]) -> int:
        """As long as the slowest takes."""
        service = self.world["services"][self.world["visit"][part]["service"]]
        return int(max(service["staff"][person] or service["minutes"] for person in who))

    def _is_free(self, part: int, who: tuple[str, ...], at: int) -> bool:
        if (part, who, at) not in self.answers:
            self.answers[part, who, at] = self._has_time(part, who, at)
        return self.answers[part, who, at]

    @cached_property
    def answers(self) -> dict[tuple[int, tuple[str, ...], int], bool]:
        return {}

    def _has_time(self, part: int, who: tuple[str, ...], at: int) -> bool:
        service, minutes = self.world["services"][self.world["visit"][part]["service"]], self.minutes(part, who)
        working, occupied = range(at, at + minutes), range(at - service["before"], at + minutes + service["after"])
        if not all(self.opened[person].issuperset(working) for person in who):
            return False
        if not all(self.busy[calendar].isdisjoint(occupied) for calendar in (*who, *service["rooms"])):
            return False
        return all(
            sum(self.busy[room].isdisjoint(occupied) for room in self._rooms(kind)) >= service["any_rooms"].count(kind)
            for kind in service["any_rooms"]
        )

    def _rooms(self, kind: str) -> list[str]:
        rooms = self.world["rooms"].items()
        return [key for key, room in rooms if room["kind"] == kind and room["location"] in (None, self.key)]

    def _is_start(self, at: int, who: tuple[str, ...]) -> bool:
        """On the lattice that all who do the first service share, or beside what is taken."""
        if self.world["fill_gaps"] and not (self._is_free(0, who, at - 1) and self._is_free(0, who, at + 1)):
            return True
        return at in self.points

    def _is_within_limits(self, blocks: list[_Block]) -> bool:
        stored = _stored(self.world)
        for new in blocks:
            for name in (new.service, *new.who):
                limited = self.world["services" if name == new.service else "staff"][name]
                day = [
                    block
                    for block in (*stored, *blocks)
                    if name in (block.service, *block.who) and self.date_of(block.at) == self.date_of(new.at)
                ]
                if limited["max_bookings"] is not None and len(day) > limited["max_bookings"]:
                    return False
                if limited["max_minutes"] is not None and sum(b.minutes for b in day) > limited["max_minutes"]:
                    return False
        return True

    @cached_property
    def seats(self) -> set[tuple[str, int]]:
        return {(who, minute_of(start)) for who, start in self.world["seats"]}

    @cached_property
    def busy(self) -> dict[str, set[int]]:
        taken: dict[str, set[int]] = {key: set() for key in (*self.world["staff"], *self.world["rooms"])}
        for key, start, end in self.world["busy"]:
            taken[key].update(range(minute_of(start), minute_of(end)))
        return taken

    @cached_property
    def points(self) -> set[int]:
        team = self.world["services"][self.world["visit"][0]["service"]]["staff"]
        shared = set().union(*(self.shifts[who] for who in team if who in self.shifts))
        return lattice(shared, self.world["step"], self.zone)

    @cached_property
    def shifts(self) -> dict[str, set[int]]:
        """Of those who work here, inside the hours of the place."""
        place, holidays = self.world["locations"][self.key], self.world["holidays"]
        doors = self._minutes(
            lambda day: _shifts(place | {"hours": place["hours"] or _ALWAYS, "time_off": []}, day, [])
        )
        here = {key: person for key, person in self.world["staff"].items() if person["location"] == self.key}
        return {key: doors & self._minutes(partial(_shifts, person, holidays=holidays)) for key, person in here.items()}

    @cached_property
    def opened(self) -> dict[str, set[int]]:
        """What breaks leave of the shifts."""

        def breaks(key: str) -> set[int]:
            return self._minutes(lambda day: self.world["staff"][key]["breaks"].get(_WEEKDAYS[day.weekday()], []))

        return {key: minutes - breaks(key) for key, minutes in self.shifts.items()}

    def _minutes(self, ranges_on: Callable[[date], list[str]]) -> set[int]:
        """All that the ranges ("09:00-13:00") of these days cover."""
        days = ((day, [text.split("-") for text in ranges_on(day)]) for day in self.days)
        return set().union(*(shift_minutes(day, ranges, self.zone) for day, ranges in days))


def _shifts(calendar: dict[str, Any], day: date, holidays: Sequence[str]) -> list[str]:
    if any(first <= day.isoformat() <= last for first, last in calendar["time_off"]):
        return []
    if day.isoformat() in calendar["overrides"]:
        return list(calendar["overrides"][day.isoformat()])
    return [] if day.isoformat() in holidays else list(calendar["hours"].get(_WEEKDAYS[day.weekday()], []))
