"""What a tenant sells and who does it where: read whole, kept per version of the tenant file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import asyncpg

from booking.hours import Timetable, timetable_from_json
from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork
from tenants.rules import TenantRules
from tenants.tenant import Tenant, get_tenant

_SHORTEST_LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True)
class Location:
    """`hours` is None where the hours of the staff are all that counts."""

    id: int
    key: str
    names: Mapping[str, str]
    address: str
    latitude: float | None
    longitude: float | None
    timezone: str
    hours: Timetable | None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def name(self, language: str) -> str:
        return in_language(self.names, language)


@dataclass(frozen=True)
class Staff:
    """`resource_id` is this person's calendar; `synonyms` by language."""

    id: int
    key: str
    name: str
    synonyms: Mapping[str, tuple[str, ...]]
    location_id: int
    resource_id: int
    hours: Timetable


@dataclass(frozen=True)
class Room:
    """A chair, room or device that one booking at a time may use."""

    id: int
    key: str
    name: str
    location_id: int | None


@dataclass(frozen=True)
class Service:
    """`staff_ids` in the order of preference; `resource_ids` are rooms of which every one is needed."""

    id: int
    key: str
    names: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]]
    descriptions: Mapping[str, str]
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    price: Money | None
    capacity: int
    deposit: Mapping[str, Any] | None
    staff_ids: tuple[int, ...]
    resource_ids: tuple[int, ...]

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def is_group(self) -> bool:
        return self.capacity > 1

    @property
    def buffer_before(self) -> timedelta:
        return timedelta(minutes=self.buffer_before_minutes)

    @property
    def buffer_after(self) -> timedelta:
        return timedelta(minutes=self.buffer_after_minutes)

    def name(self, language: str) -> str:
        return in_language(self.names, language)


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Active entries only, in the order of the tenant file. `languages[0]` is the tenant's default.

    `look_back` is the longest that a stored occupancy may have begun before a moment that it still covers.
    """

    tenant: Tenant
    services: tuple[Service, ...]
    staff: tuple[Staff, ...]
    locations: tuple[Location, ...]
    resources: tuple[Room, ...]
    holidays: Mapping[date, str]
    look_back: timedelta

    @property
    def rules(self) -> TenantRules:
        return self.tenant.rules

    @property
    def currency(self) -> str:
        return self.tenant.currency

    @property
    def timezone(self) -> str:
        return self.tenant.timezone

    @cached_property
    def services_by_id(self) -> dict[int, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def staff_by_id(self) -> dict[int, Staff]:
        return {person.id: person for person in self.staff}

    @cached_property
    def locations_by_id(self) -> dict[int, Location]:
        return {location.id: location for location in self.locations}

    def service(self, key: str) -> Service | None:
        return next((service for service in self.services if service.key == key), None)

    def staff_member(self, key: str) -> Staff | None:
        return next((person for person in self.staff if person.key == key), None)

    def location(self, key: str) -> Location | None:
        return next((location for location in self.locations if location.key == key), None)

    def staff_of(self, service: Service) -> tuple[Staff, ...]:
        return tuple(self.staff_by_id[staff_id] for staff_id in service.staff_ids)

    def location_of(self, staff_id: int) -> Location:
        return self.locations_by_id[self.staff_by_id[staff_id].location_id]


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in that language, else in the first one there is; a catalogue never has an empty one."""
    return texts.get(language) or next(iter(texts.values()), "")


# Per runtime, not per process: two databases in one process give the same ids to different tenants.
_known: WeakKeyDictionary[Runtime, dict[int, Catalogue]] = WeakKeyDictionary()
_in_unit: WeakKeyDictionary[UnitOfWork, Catalogue] = WeakKeyDictionary()


async def load_catalogue(uow: UnitOfWork) -> Catalogue:
    """One small read when this version of the tenant is known, none when this unit of work has read it before."""
    catalogue = _in_unit.get(uow)
    if catalogue is None:
        catalogue = _in_unit[uow] = await _newest(uow)
    return catalogue


async def _newest(uow: UnitOfWork) -> Catalogue:
    tenant = await get_tenant(uow)
    known = _known.setdefault(uow.runtime, {})
    catalogue = known.get(tenant.id)
    if catalogue is None or catalogue.tenant.version != tenant.version:
        catalogue = known[tenant.id] = await _load(uow, tenant)
    return catalogue


_SERVICES = """
SELECT s.id, s.key, s.name, s.synonyms, s.description, s.duration_minutes, s.buffer_before_minutes,
       s.buffer_after_minutes, s.price_minor, s.capacity, s.deposit, s.active,
       ARRAY(SELECT l.staff_id FROM service_staff l JOIN staff p ON p.tenant_id = l.tenant_id AND p.id = l.staff_id
             WHERE l.tenant_id = s.tenant_id AND l.service_id = s.id AND p.active
             ORDER BY l.position, l.staff_id) AS staff_ids,
       ARRAY(SELECT l.resource_id FROM service_resources l
             WHERE l.tenant_id = s.tenant_id AND l.service_id = s.id ORDER BY l.resource_id) AS resource_ids
FROM services s WHERE s.tenant_id = $1 ORDER BY s.position, s.id
"""
_STAFF = """
SELECT id, key, name, synonyms, location_id, resource_id, hours, overrides
FROM staff WHERE tenant_id = $1 AND active ORDER BY position, id
"""
_LOCATIONS = """
SELECT id, key, name, address, latitude, longitude, timezone, hours
FROM locations WHERE tenant_id = $1 AND active ORDER BY position, id
"""
_ROOMS = """
SELECT id, key, name, location_id FROM resources WHERE tenant_id = $1 AND kind = 'room' AND active ORDER BY id
"""
_HOLIDAYS = "SELECT date, name FROM holidays WHERE tenant_id = $1 ORDER BY date"


async def _load(uow: UnitOfWork, tenant: Tenant) -> Catalogue:
    services, staff, locations, rooms, holidays = [
        await uow.driver.fetch(sql, tenant.id) for sql in (_SERVICES, _STAFF, _LOCATIONS, _ROOMS, _HOLIDAYS)
    ]
    closed = frozenset(row["date"] for row in holidays)
    every_service = [(row["active"], _service(row, tenant.currency)) for row in services]
    return Catalogue(
        tenant=tenant,
        services=tuple(service for active, service in every_service if active),
        staff=tuple(_staff(row, closed) for row in staff),
        locations=tuple(_location(row) for row in locations),
        resources=tuple(Room(**row) for row in rooms),
        holidays={row["date"]: row["name"] for row in holidays},
        look_back=max((_occupied(service) for _, service in every_service), default=_SHORTEST_LOOK_BACK),
    )


def _occupied(service: Service) -> timedelta:
    return max(service.buffer_before + service.duration + service.buffer_after, _SHORTEST_LOOK_BACK)


def _service(row: asyncpg.Record, currency: str) -> Service:
    return Service(
        id=row["id"],
        key=row["key"],
        names=row["name"],
        synonyms=_words(row["synonyms"]),
        descriptions=row["description"],
        duration_minutes=row["duration_minutes"],
        buffer_before_minutes=row["buffer_before_minutes"],
        buffer_after_minutes=row["buffer_after_minutes"],
        price=None if row["price_minor"] is None else Money(row["price_minor"], currency),
        capacity=row["capacity"],
        deposit=row["deposit"],
        staff_ids=tuple(row["staff_ids"]),
        resource_ids=tuple(row["resource_ids"]),
    )


def _staff(row: asyncpg.Record, closed: frozenset[date]) -> Staff:
    return Staff(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        synonyms=_words(row["synonyms"]),
        location_id=row["location_id"],
        resource_id=row["resource_id"],
        hours=timetable_from_json(row["hours"], row["overrides"], closed),
    )


def _location(row: asyncpg.Record) -> Location:
    return Location(
        id=row["id"],
        key=row["key"],
        names=row["name"],
        address=row["address"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        timezone=row["timezone"],
        hours=timetable_from_json(row["hours"], {}) if row["hours"] else None,
    )


def _words(stored: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(words) for language, words in stored.items()}
