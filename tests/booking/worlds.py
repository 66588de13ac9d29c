"""Small worlds to ask for a visit in, made of chance: for the naive oracle and, as it reads them, for the engine.

A world is plain JSON: instants in ISO, hours as tenant files write them, everything named by its key.
"""

from datetime import UTC, date, datetime, timedelta
from math import prod
from random import Random
from typing import Any, TypeVar

from tests.booking.test_slots_oracle import DAYS

World = dict[str, Any]
_T = TypeVar("_T")

# The engine names no more assignments than this of a visit of several parts.
MOST_WAYS = 24
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KINDS = ("chair", "device")
_LENGTHS = (5, 20, 30, 45, 90)
_USUAL = ("08:00-20:00", "09:30-17:05", "00:00-24:00", "20:00-04:00", "09:00-13:00", "14:00-18:00", "13:00-19:10")


def make_world(chance: Random) -> World:
    return _Maker(chance).world()


class _Maker:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.zone = chance.choice(sorted(DAYS))
        self.middle = date.fromisoformat(chance.choice(DAYS[self.zone]))

    def world(self) -> World:
        locations = self.locations()
        staff = {key: self.person([*locations]) | self.limits() for key in self.some("ann", "bob", "cyd")}
        rooms = {f"room {n}": self.room([*locations]) for n in range(self.chance.randrange(6))}
        services = {key: self.service([*staff], [*rooms]) | self.limits() for key in self.some("cut", "dye", "nails")}
        visit = self.visit(services)
        first = self.middle + timedelta(days=self.chance.choice([-1, 0, 0, 1]))
        return {
            "now": self.seldom(self.instant(), self.instant(-3000)),
            "min_notice": self.seldom(self.chance.choice([60, 1440]), 0),
            "horizon_days": self.seldom(self.chance.randrange(4), 60),
            "step": self.chance.choice([5, 10, 15, 25, 30, 45, 60]),
            "fill_gaps": self.chance.random() < 0.3,
            "staff_choice": self.chance.choice(["priority", "first", "least_busy"]),
            "first": first.isoformat(),
            "last": (first + timedelta(days=self.chance.randrange(2))).isoformat(),
            "holidays": self.seldom([self.day()], []),
            "locations": locations,
            "staff": staff,
            "rooms": rooms,
            "services": services,
            "visit": visit,
            "same_person": not any(services[part["service"]]["everyone"] for part in visit) and self.is_so(),
            "busy": [self.busy([*staff, *rooms]) for _ in range(self.chance.randrange(9))],
            "seats": self.seats(services, visit),
            "booked": [self.booked(services) for _ in range(self.chance.randrange(7))],
        }

    def is_so(self) -> bool:
        return self.chance.random() < 0.5

    def seldom(self, value: _T, otherwise: _T) -> _T:
        return value if self.chance.random() < 0.2 else otherwise

    def some(self, *keys: str) -> list[str]:
        """At least one, in any order."""
        return self.chance.sample(keys, self.chance.randint(1, len(keys)))

    def instant(self, minute: int | None = None) -> str:
        minute = self.chance.randint(-1500, 3000) if minute is None else minute
        return (datetime(*self.middle.timetuple()[:3], tzinfo=UTC) + timedelta(minutes=minute)).isoformat()

    def day(self) -> str:
        return (self.middle + timedelta(days=self.chance.randint(-1, 2))).isoformat()

    def clock(self) -> str:
        minute = self.chance.choice([self.chance.randrange(1440), self.chance.randrange(96) * 15])
        return f"{minute // 60:02d}:{minute % 60:02d}"

    def ranges(self, most: int = 2) -> list[str]:
        odd = (f"{self.clock()}-{self.chance.choice([self.clock(), '24:00', '00:00'])}" for _ in range(most))
        return [self.seldom(shift, self.chance.choice(_USUAL)) for shift in odd][: self.chance.randint(1, most)]

    def week(self) -> dict[str, list[str]]:
        """Most days alike, some of their own, some closed."""
        alike = self.ranges()
        return {day: self.seldom(self.ranges(), alike) for day in _WEEKDAYS if self.chance.random() < 0.95}

    def overrides(self) -> dict[str, list[str]]:
        return self.seldom({self.day(): self.chance.choice([[], self.ranges()])}, {})

    def locations(self) -> dict[str, Any]:
        """Without hours of its own a place is open whenever somebody is there."""
        zones = {"north": self.zone} | self.seldom({"south": self.chance.choice(sorted(DAYS))}, {})
        return {
            key: {"zone": zone, "hours": self.seldom(self.week(), None), "overrides": self.overrides()}
            for key, zone in zones.items()
        }

    def person(self, locations: list[str]) -> dict[str, Any]:
        day = self.day()
        return {
            "location": self.chance.choice(locations),
            "hours": self.week(),
            "overrides": self.overrides(),
            "breaks": self.seldom({day: self.ranges(1) for day in _WEEKDAYS if self.is_so()}, {}),
            "time_off": self.seldom([[day, day]], []),
        }

    def limits(self) -> dict[str, Any]:
        return {
            "max_bookings": self.seldom(self.chance.randint(1, 3), None),
            "max_minutes": self.seldom(self.chance.choice([60, 90, 200]), None),
        }

    def room(self, locations: list[str]) -> dict[str, Any]:
        """Those without a location may be used at any."""
        return {"kind": self.chance.choice(_KINDS), "location": self.chance.choice([None, *locations])}

    def service(self, staff: list[str], rooms: list[str]) -> dict[str, Any]:
        """`staff` in the order of preference, with the own duration of each; `seats` above one make it a group."""
        everyone = self.seldom(True, False)
        team = self.chance.sample(staff, self.chance.randint(1, len(staff)))
        kinds = sorted(self.chance.choices(_KINDS, k=self.chance.randrange(3))) if len(rooms) > 2 else []
        return {
            "minutes": self.chance.choice(_LENGTHS),
            "before": self.seldom(self.chance.choice([10, 45]), 0),
            "after": self.seldom(self.chance.choice([10, 45]), 0),
            "staff": {key: self.seldom(self.chance.choice(_LENGTHS), None) for key in team},
            "rooms": self.seldom(self.chance.sample(rooms, 1), []) if rooms else [],
            "any_rooms": kinds,
            "everyone": everyone,
            "seats": 1 if everyone else self.seldom(5, 1),
        }

    def visit(self, services: dict[str, Any]) -> list[dict[str, Any]]:
        """A group comes alone."""
        keys = self.chance.choices(sorted(services), k=self.chance.randint(1, 3))
        if any(services[key]["seats"] > 1 for key in keys):
            keys = keys[:1]
        while prod(len(services[key]["staff"]) for key in keys) > MOST_WAYS:
            keys.pop()
        return [
            {"service": key, "staff": self.seldom(self.chance.sample(sorted(services[key]["staff"]), 1), [])}
            for key in keys
        ]

    def busy(self, calendars: list[str]) -> tuple[str, str, str]:
        start = self.instant()
        end = datetime.fromisoformat(start) + timedelta(minutes=self.chance.randint(1, 300))
        return self.chance.choice(calendars), start, end.isoformat()

    def seats(self, services: dict[str, Any], visit: list[dict[str, Any]]) -> list[tuple[str, str]]:
        """Starts of groups that have seats left."""
        service, asked = services[visit[0]["service"]], visit[0]["staff"]
        teachers = [key for key in service["staff"] if not asked or key in asked]
        return [(self.chance.choice(teachers), self.instant()) for _ in range(2)] if service["seats"] > 1 else []

    def booked(self, services: dict[str, Any]) -> tuple[str, list[str], str, int]:
        """What counts towards the limits: service, people, start, minutes."""
        key = self.chance.choice(sorted(services))
        team = list(services[key]["staff"])
        who = team if services[key]["everyone"] else [self.chance.choice(team)]
        return key, who, self.instant(), self.chance.choice(_LENGTHS)
