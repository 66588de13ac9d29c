"""Writes a tenant definition into its rows. What left the file becomes inactive: bookings still point at it."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from pydantic import SecretStr
from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from core.signing import hmac_sha256_hex
from core.uow import UnitOfWork
from tenants.accounts_store import store_accounts
from tenants.definition_services import AbleSection
from tenants.definition_shape import TenantDefinition
from tenants.llm_store import llm_json, put_limits
from tenants.models import (
    holidays,
    knowledge,
    locations,
    merchants,
    resources,
    service_resources,
    service_staff,
    services,
    staff,
    tenants,
)
from tenants.sealing import data_key


class BornMeanwhile(Exception):
    """Another process created the tenant of this key between our look and our insert."""


def _upsert(table: Table, identity: tuple[str, ...]) -> ReturningInsert[Any]:
    kept = {"id", "created_at", *identity}
    statement = insert(table)
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in kept}
    return statement.on_conflict_do_update(index_elements=identity, set_=changed).returning(table.c.id)


_LOCK_TENANT = select(tenants.c.fingerprint, tenants.c.version).with_for_update()
_CREATE_TENANT = """
INSERT INTO tenants (id, key, name, vertical, country, currency, timezone, languages)
OVERRIDING SYSTEM VALUE VALUES ($1, $2, '', '', '', '', '', '{}') ON CONFLICT DO NOTHING RETURNING id
"""
_UPSERTS = {
    locations: _upsert(locations, ("tenant_id", "key")),
    resources: _upsert(resources, ("tenant_id", "kind", "key")),
    staff: _upsert(staff, ("tenant_id", "key")),
    services: _upsert(services, ("tenant_id", "key")),
    merchants: _upsert(merchants, ("tenant_id", "name")),
}
_RETIRE = tuple(update(table).where(table.c.active).values(active=False) for table in _UPSERTS)
_CLEAR = tuple(delete(table) for table in (service_staff, service_resources, holidays, knowledge))


async def store(uow: UnitOfWork, definition: TenantDefinition) -> bool:
    """False when the stored tenant is this one already. The tenant's row stays locked to the end."""
    row = await uow.first(_LOCK_TENANT)
    if row is None and not await uow.driver.fetchval(_CREATE_TENANT, uow.tenant_id, definition.tenant.key):
        raise BornMeanwhile
    key = await data_key(uow)
    fingerprint = _fingerprint(key, definition)
    if row is not None and row.fingerprint == fingerprint:
        return False
    for statement in (*_RETIRE, *_CLEAR):
        await uow.execute(statement)
    await _store_tenant(uow, key, definition, fingerprint, version=1 if row is None else row.version + 1)
    await put_limits(uow, definition.llm)
    await _store_catalogue(uow, definition)
    await store_accounts(uow, key, definition)
    return True


def _fingerprint(key: bytes, definition: TenantDefinition) -> str:
    """Keyed, because it covers the secrets by value: sealed ones differ at each sealing."""
    whole = orjson.dumps(definition.model_dump(), default=_revealed, option=orjson.OPT_SORT_KEYS)
    return hmac_sha256_hex(key, whole)


def _revealed(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    raise TypeError(type(value).__name__)


async def _store_tenant(
    uow: UnitOfWork, key: bytes, definition: TenantDefinition, fingerprint: str, *, version: int
) -> None:
    values = definition.tenant.model_dump() | {
        "rules": _rules(definition),
        "llm": llm_json(key, uow.tenant_id, definition.llm),
        "fingerprint": fingerprint,
        "version": version,
    }
    await uow.execute(update(tenants).where(tenants.c.id == uow.tenant_id).values(**values))


async def _store_catalogue(uow: UnitOfWork, definition: TenantDefinition) -> None:
    places = await _put(uow, locations, (_location(entry, definition) for entry in definition.locations))
    only_place = next(iter(places)) if len(places) == 1 else None
    rooms = await _put(uow, resources, (_room(entry, places, only_place) for entry in definition.resources))
    people = await _store_staff(uow, definition, places, only_place)
    offered = await _put(uow, services, (_service(entry) for entry in definition.services))
    await _link(uow, definition, offered, people, rooms)
    await _put(uow, merchants, (_merchant(entry, people) for entry in definition.merchants), key="name")
    await uow.execute_many(
        insert(holidays), [{"tenant_id": uow.tenant_id, **entry.model_dump()} for entry in definition.holidays]
    )
    await uow.execute_many(
        insert(knowledge), [{"tenant_id": uow.tenant_id, **entry.model_dump()} for entry in definition.knowledge]
    )


async def _put(uow: UnitOfWork, table: Table, rows: Iterable[Mapping[str, Any]], *, key: str = "key") -> dict[str, int]:
    """Upserts the rows in their order; key → id."""
    ids = {}
    for position, row in enumerate(rows):
        values = {**row, "tenant_id": uow.tenant_id, "active": True}
        if "position" in table.columns:
            values["position"] = position
        ids[row[key]] = await uow.scalar(_UPSERTS[table], values)
    return ids


async def _store_staff(
    uow: UnitOfWork, definition: TenantDefinition, places: Mapping[str, int], only_place: str | None
) -> dict[str, int]:
    rows = [
        entry.model_dump(exclude={"location", "time_off"})
        | {"location_id": places[entry.location or only_place or ""], "time_off": _days_off(entry)}
        for entry in definition.staff
    ]
    calendars = await _put(
        uow,
        resources,
        ({"kind": "staff", **{name: row[name] for name in ("key", "name", "location_id")}} for row in rows),
    )
    return await _put(uow, staff, (row | {"resource_id": calendars[row["key"]]} for row in rows))


async def _link(
    uow: UnitOfWork,
    definition: TenantDefinition,
    offered: Mapping[str, int],
    people: Mapping[str, int],
    rooms: Mapping[str, int],
) -> None:
    for service in definition.services:
        link = {"tenant_id": uow.tenant_id, "service_id": offered[service.key]}
        terms_of = enumerate(service.terms.items())
        await uow.execute_many(
            insert(service_staff),
            [link | {"staff_id": people[key], "position": n} | _own(terms) for n, (key, terms) in terms_of],
        )
        await uow.execute_many(
            insert(service_resources), [link | {"resource_id": rooms[key]} for key in dict.fromkeys(service.resources)]
        )


def _days_off(entry: Any) -> list[list[str]]:
    return [[absence.first.isoformat(), (absence.last or absence.first).isoformat()] for absence in entry.time_off]


def _location(entry: Any, definition: TenantDefinition) -> dict[str, Any]:
    values: dict[str, Any] = entry.model_dump()
    return values | {"timezone": entry.timezone or definition.tenant.timezone}


def _room(entry: Any, places: Mapping[str, int], only_place: str | None) -> dict[str, Any]:
    place = entry.location or only_place
    return {
        "kind": "room",
        "key": entry.key,
        "name": entry.name,
        "category": entry.kind,
        "location_id": places[place] if place else None,
    }


def _service(entry: Any) -> dict[str, Any]:
    values: dict[str, Any] = entry.model_dump(exclude={"price", "deposit", "staff", "resources"})
    return values | {
        "description": entry.description or {},
        "price_minor": entry.price,
        "deposit": _share(entry.deposit),
        "variants": [_priced(variant) for variant in entry.variants],
        "add_ons": [_priced(add_on) for add_on in entry.add_ons],
    }


def _priced(entry: Any) -> dict[str, Any]:
    values: dict[str, Any] = entry.model_dump(exclude={"price"})
    return values | {"price_minor": entry.price}


def _own(terms: AbleSection) -> dict[str, Any]:
    return {
        "duration_minutes": terms.duration_minutes,
        "price_minor": terms.price,
        "variants": {key: _priced(own) for key, own in terms.variants.items()},
    }


def _rules(definition: TenantDefinition) -> dict[str, Any]:
    rules = definition.rules
    fees = {"late_cancel_fee": _share(rules.late_cancel_fee), "no_show_fee": _share(rules.no_show_fee)}
    return rules.model_dump() | fees


def _share(entry: Any) -> dict[str, Any] | None:
    if entry is None:
        return None
    if entry.amount is not None:
        return {"amount_minor": entry.amount}
    stored: dict[str, Any] = entry.model_dump(exclude_none=True)
    return stored


def _merchant(entry: Any, people: Mapping[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = entry.model_dump(exclude={"staff"})
    return values | {"staff_id": people[entry.staff] if entry.staff else None}
