"""A world of tests/booking/worlds.py as the engine reads it: catalogue, visit, and what is known of the calendars."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from booking.calendars import Taken
from booking.catalogue import Catalogue, Location, Room, Service, Staff, Terms
from booking.hours import epoch, timetable_from_json
from booking.limits import Loads
from booking.visit import Item, Visit
from tenants.rules import TenantRules
from tenants.tenant import Tenant
from tests.booking.worlds import World

_ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@dataclass(frozen=True)
class EngineWorld:
    """Ids are given in the order of the world; a calendar's id is that of its person or room."""

    world: World

    @cached_property
    def ids(self) -> dict[str, int]:
        keys = (key for part in ("locations", "staff", "rooms", "services") for key in self.world[part])
        return {key: number for number, key in enumerate(keys, start=1)}

    @cached_property
    def catalogue(self) -> Catalogue:
        closed = frozenset(map(date.fromisoformat, self.world["holidays"]))
        return Catalogue(
            tenant=Tenant(1, "t", "T", "beauty", "CM", "XAF", "Africa/Douala", ("fr",), self._rules, 1),
            services=tuple(self._service(key, said) for key, said in self.world["services"].items()),
            staff=tuple(self._person(key, said, closed) for key, said in self.world["staff"].items()),
            locations=tuple(self._location(key, said) for key, said in self.world["locations"].items()),
            resources=tuple(self._room(key, said) for key, said in self.world["rooms"].items()),
            holidays={},
            look_back=timedelta(days=1),
        )

    @property
    def _rules(self) -> TenantRules:
        return TenantRules(
            slot_step_minutes=self.world["step"],
            min_notice_minutes=self.world["min_notice"],
            horizon_days=self.world["horizon_days"],
            fill_gaps=self.world["fill_gaps"],
            staff_choice=self.world["staff_choice"],
        )

    def _location(self, key: str, said: Mapping[str, Any]) -> Location:
        hours = None
        if said["hours"] or said["overrides"]:
            hours = timetable_from_json(said["hours"] or _ALWAYS, said["overrides"])
        return Location(self.ids[key], key, {"en": key}, "", None, None, said["zone"], hours)

    def _person(self, key: str, said: Mapping[str, Any], closed: frozenset[date]) -> Staff:
        return Staff(
            id=self.ids[key],
            key=key,
            name=key,
            synonyms={},
            location_id=self.ids[said["location"]],
            resource_id=self.ids[key],
            hours=timetable_from_json(
                said["hours"], said["overrides"], closed, breaks=said["breaks"], time_off=said["time_off"]
            ),
            max_bookings_per_day=said["max_bookings"],
            max_minutes_per_day=said["max_minutes"],
        )

    def _room(self, key: str, said: Mapping[str, Any]) -> Room:
        return Room(self.ids[key], key, key, said["kind"], said["location"] and self.ids[said["location"]])

    def _service(self, key: str, said: Mapping[str, Any]) -> Service:
        return Service(
            id=self.ids[key],
            key=key,
            names={"en": key},
            synonyms={},
            descriptions={},
            duration_minutes=said["minutes"],
            buffer_before_minutes=said["before"],
            buffer_after_minutes=said["after"],
            price=None,
            capacity=said["seats"],
            deposit=None,
            staff_ids=tuple(self.ids[who] for who in said["staff"]),
            resource_ids=tuple(self.ids[room] for room in said["rooms"]),
            terms={self.ids[who]: Terms(own) for who, own in said["staff"].items()},
            any_resources=tuple(said["any_rooms"]),
            needs_all_staff=said["everyone"],
            max_bookings_per_day=said["max_bookings"],
            max_minutes_per_day=said["max_minutes"],
        )

    @cached_property
    def visit(self) -> Visit:
        items = (
            Item(
                self.catalogue.services_by_id[self.ids[part["service"]]],
                staff_ids=tuple(self.ids[who] for who in part["staff"]),
            )
            for part in self.world["visit"]
        )
        return Visit(tuple(items), same_person=self.world["same_person"])

    @cached_property
    def taken(self) -> Taken:
        busy: dict[int, list[tuple[int, int]]] = {}
        for key, start, end in self.world["busy"]:
            busy.setdefault(self.ids[key], []).append((_second(start), _second(end)))
        joinable: dict[int, list[int]] = {}
        for key, start in self.world["seats"]:
            joinable.setdefault(self.ids[key], []).append(_second(start))
        return Taken(busy, joinable, {place.id: self._loads(place) for place in self.catalogue.locations})

    def _loads(self, place: Location) -> Loads:
        loads = Loads(place.zone)
        for service, who, start, minutes in self.world["booked"]:
            span = (_second(start), _second(start) + minutes * 60)
            loads.add("service", self.ids[service], *span)
            for key in who:
                loads.add("staff", self.ids[key], *span)
        return loads


def _second(text: str) -> int:
    return epoch(datetime.fromisoformat(text))
