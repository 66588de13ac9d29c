"""The catalogue out of its rows: read whole, kept per version of the tenant file."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import asyncpg

from booking.catalogue import Catalogue, Extra, Location, Room, Service, Staff, Terms
from booking.hours import timetable_from_json
from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork
from payments.registry import PROVIDERS
from tenants.tenant import Tenant, get_tenant

_SHORTEST_LOOK_BACK = timedelta(days=1)
_ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

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
       s.buffer_after_minutes, s.price_minor, s.capacity, s.deposit, s.active, s.variants, s.add_ons, s.any_resources,
       s.needs_all_staff, s.max_bookings_per_day, s.max_minutes_per_day,
       ARRAY(SELECT l.resource_id FROM service_resources l
             WHERE l.tenant_id = s.tenant_id AND l.service_id = s.id ORDER BY l.resource_id) AS resource_ids
FROM services s WHERE s.tenant_id = $1 ORDER BY s.position, s.id
"""
_ABLE = """
SELECT l.service_id, l.staff_id, l.duration_minutes, l.price_minor, l.variants
FROM service_staff l JOIN staff p ON p.tenant_id = l.tenant_id AND p.id = l.staff_id
WHERE l.tenant_id = $1 AND p.active ORDER BY l.position, l.staff_id
"""
_STAFF = """
SELECT id, key, name, synonyms, location_id, resource_id, hours, overrides, breaks, time_off, max_bookings_per_day,
       max_minutes_per_day
FROM staff WHERE tenant_id = $1 AND active ORDER BY position, id
"""
_LOCATIONS = """
SELECT id, key, name, address, latitude, longitude, timezone, hours, overrides
FROM locations WHERE tenant_id = $1 AND active ORDER BY position, id
"""
_ROOMS = """
SELECT id, key, name, category, location_id FROM resources WHERE tenant_id = $1 AND kind = 'room' AND active ORDER BY id
"""
_HOLIDAYS = "SELECT date, name FROM holidays WHERE tenant_id = $1 ORDER BY date"
_PROVIDERS = "SELECT provider FROM payment_accounts WHERE tenant_id = $1 AND active"


async def _load(uow: UnitOfWork, tenant: Tenant) -> Catalogue:
    every = (_SERVICES, _ABLE, _STAFF, _LOCATIONS, _ROOMS, _HOLIDAYS, _PROVIDERS)
    rows_of = [await uow.driver.fetch(sql, tenant.id) for sql in every]
    services, able, staff, locations, rooms, holidays, providers = rows_of
    closed = frozenset(row["date"] for row in holidays)
    terms: dict[int, dict[int, Terms]] = {}
    for row in able:
        terms.setdefault(row["service_id"], {})[row["staff_id"]] = _terms(row, tenant.currency)
    every_service = [(row["active"], _service(row, terms.get(row["id"], {}), tenant.currency)) for row in services]
    return Catalogue(
        tenant=tenant,
        services=tuple(service for active, service in every_service if active),
        staff=tuple(_staff(row, closed) for row in staff),
        locations=tuple(_location(row) for row in locations),
        resources=tuple(Room(**row) for row in rooms),
        holidays={row["date"]: row["name"] for row in holidays},
        look_back=max((_occupied(service) for _, service in every_service), default=_SHORTEST_LOOK_BACK),
        pays_by=tuple(PROVIDERS[row["provider"]].capabilities for row in providers),
    )


def _occupied(service: Service) -> timedelta:
    return max(service.buffer_before + service.longest + service.buffer_after, _SHORTEST_LOOK_BACK)


def _service(row: asyncpg.Record, terms: Mapping[int, Terms], currency: str) -> Service:
    return Service(
        id=row["id"],
        key=row["key"],
        names=row["name"],
        synonyms=_words(row["synonyms"]),
        descriptions=row["description"],
        duration_minutes=row["duration_minutes"],
        buffer_before_minutes=row["buffer_before_minutes"],
        buffer_after_minutes=row["buffer_after_minutes"],
        price=_money(row, currency),
        capacity=row["capacity"],
        deposit=row["deposit"],
        staff_ids=tuple(terms),
        resource_ids=tuple(row["resource_ids"]),
        variants=tuple(_extra(stored, currency) for stored in row["variants"]),
        add_ons=tuple(_extra(stored, currency) for stored in row["add_ons"]),
        terms=terms,
        any_resources=tuple(row["any_resources"]),
        needs_all_staff=row["needs_all_staff"],
        max_bookings_per_day=row["max_bookings_per_day"],
        max_minutes_per_day=row["max_minutes_per_day"],
    )


def _extra(stored: Mapping[str, Any], currency: str) -> Extra:
    return Extra(
        key=stored["key"],
        names=stored["name"],
        synonyms=_words(stored["synonyms"]),
        duration_minutes=stored["duration_minutes"],
        price=_money(stored, currency),
    )


def _terms(stored: Mapping[str, Any], currency: str) -> Terms:
    variants = {key: _terms(own, currency) for key, own in stored.get("variants", {}).items()}
    return Terms(stored["duration_minutes"], _money(stored, currency), variants)


def _money(stored: Mapping[str, Any], currency: str) -> Money | None:
    return None if stored["price_minor"] is None else Money(stored["price_minor"], currency)


def _staff(row: asyncpg.Record, closed: frozenset[date]) -> Staff:
    return Staff(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        synonyms=_words(row["synonyms"]),
        location_id=row["location_id"],
        resource_id=row["resource_id"],
        hours=timetable_from_json(
            row["hours"], row["overrides"], closed, breaks=row["breaks"], time_off=row["time_off"]
        ),
        max_bookings_per_day=row["max_bookings_per_day"],
        max_minutes_per_day=row["max_minutes_per_day"],
    )


def _location(row: asyncpg.Record) -> Location:
    """A location without hours is open whenever somebody of its staff is; a day of its own rules all of them."""
    return Location(
        id=row["id"],
        key=row["key"],
        names=row["name"],
        address=row["address"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        timezone=row["timezone"],
        hours=timetable_from_json(row["hours"] or _ALWAYS, row["overrides"])
        if row["hours"] or row["overrides"]
        else None,
    )


def _words(stored: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(words) for language, words in stored.items()}
