"""`booka tenant`: applies a tenant file and prints a stored tenant, in lines for people; problems are InputErrors."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from core.errors import InputError
from core.money import Money
from core.runtime import Runtime
from core.settings import environment_secret
from core.uow import unit_of_work
from tenants.definition import apply_definition, find_tenant, parse_definition
from tenants.models import (
    channel_accounts,
    holidays,
    knowledge,
    locations,
    merchants,
    payment_accounts,
    resources,
    service_resources,
    service_staff,
    services,
    staff,
    tenants,
)
from tenants.tenant import Tenant, get_tenant


async def apply_file(runtime: Runtime, path: Path) -> str:
    """What was done, in one line. Raises InputError with every problem of the file; nothing is stored then."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([f"{path}: {error}"]) from error
    definition = parse_definition(text, environment_secret)
    applied = await apply_definition(runtime, definition)
    done = "applied" if applied.changed else "unchanged"
    return f"{definition.tenant.key}: {done}"


async def show(runtime: Runtime, key: str) -> str:
    """The stored tenant, readable; of secrets only that they exist. Raises InputError for an unknown key."""
    tenant_id = await find_tenant(runtime, key)
    if tenant_id is None:
        raise InputError([f"there is no tenant {key!r}"])
    async with unit_of_work(runtime, tenant_id) as uow:
        tenant = await get_tenant(uow)
        llm = await uow.scalar(select(tenants.c.llm))
        stored = {table: [dict(row._mapping) for row in await uow.all(select(table))] for table in _SHOWN}
    model = _settings("llm", llm | {"endpoints": ", ".join(e["base_url"] for e in llm.get("endpoints") or ())})
    return "\n".join((*_head(tenant), *_catalogue_lines(tenant, stored), *_reach_lines(stored), *model))


_SHOWN = (
    *(locations, resources, staff, services, service_staff, service_resources),
    *(holidays, knowledge, merchants, channel_accounts, payment_accounts),
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_Stored = Mapping[Table, list[dict[str, Any]]]


def _head(tenant: Tenant) -> Iterable[str]:
    yield f"{tenant.key} · {tenant.name} · version {tenant.version}"
    yield f"  {tenant.vertical}, {tenant.country}, {tenant.currency}, {tenant.timezone}, {', '.join(tenant.languages)}"
    yield from _settings("rules", vars(tenant.rules))


def _settings(title: str, values: Mapping[str, Any]) -> Iterable[str]:
    yield title
    for name, value in values.items():
        yield f"  {name} = {', '.join(map(str, value)) if isinstance(value, tuple) else value}"


def _catalogue_lines(tenant: Tenant, stored: _Stored) -> Iterable[str]:
    people = {row["id"]: row["key"] for row in stored[staff]}
    rooms = {row["id"]: row["key"] for row in stored[resources]}
    yield "locations"
    for row in _active(stored[locations]):
        yield f"  {row['key']} · {_texts(row['name'])} · {row['address']} · {row['timezone']}"
        if row["hours"]:
            yield f"    open {_week(row['hours'])}"
        yield from _days(row)
    yield "services"
    for row in _active(stored[services]):
        doing = [_able(tenant, people, link) for link in stored[service_staff] if link["service_id"] == row["id"]]
        using = [rooms[link["resource_id"]] for link in stored[service_resources] if link["service_id"] == row["id"]]
        using += [f"any {kind}" for kind in row["any_resources"]]
        yield f"  {row['key']} · {_texts(row['name'])} · {_terms(tenant, row)} · {', '.join(doing + using)}"
        for kind in ("variants", "add_ons"):
            yield from (f"    {kind[:-1]} {e['key']} · {_texts(e['name'])} · {_own(tenant, e)}" for e in row[kind])
    yield "staff"
    for row in _active(stored[staff]):
        yield " · ".join([f"  {row['key']}", row["name"], _week(row["hours"]), *_limits(row)])
        if row["breaks"]:
            yield f"    breaks {_week(row['breaks'])}"
        yield from (f"    away {first} to {last}" for first, last in row["time_off"])
        yield from _days(row)
    yield "resources"
    for row in _active(stored[resources]):
        if row["kind"] == "room":
            yield "  " + " · ".join(filter(None, (row["key"], row["name"], row["category"])))
    yield "holidays"
    yield from (f"  {row['date']} · {row['name']}" for row in sorted(stored[holidays], key=lambda row: row["date"]))


def _reach_lines(stored: _Stored) -> Iterable[str]:
    people = {row["id"]: row["key"] for row in stored[staff]}
    yield "merchants"
    for row in _active(stored[merchants]):
        address = [str(row[name]) for name in ("phone", "telegram_user_id") if row[name]]
        calendar = [f"calendar {people[row['staff_id']]}"] if row["staff_id"] else []
        yield "  " + " · ".join([row["name"], row["role"], *address, *calendar])
    yield "channels"
    for row in _active(stored[channel_accounts]):
        yield "  " + " · ".join(filter(None, (row["kind"], row["account"], row["external_id"], "secrets: ****")))
    yield "payments"
    yield from (f"  {row['provider']} · {row['account']} · secrets: ****" for row in _active(stored[payment_accounts]))
    yield "knowledge"
    yield from (f"  {row['topic']} · {_texts(row['text'])}" for row in stored[knowledge])


def _active(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((row for row in rows if row["active"]), key=lambda row: (row.get("position", 0), row["id"]))


def _texts(localised: Mapping[str, str]) -> str:
    """One word where all languages say the same."""
    if len(set(localised.values())) == 1:
        return next(iter(localised.values()))
    return " / ".join(f"{language}: {text}" for language, text in sorted(localised.items()))


def _terms(tenant: Tenant, row: Mapping[str, Any]) -> str:
    terms = [f"{row['buffer_before_minutes']}+{row['duration_minutes']}+{row['buffer_after_minutes']} min"]
    if row["price_minor"] is not None:
        terms.append(Money(row["price_minor"], tenant.currency).format("en"))
    if row["deposit"]:
        terms += [f"deposit {name} {value}" for name, value in row["deposit"].items()]
    if row["capacity"] > 1:
        terms.append(f"{row['capacity']} seats")
    if row["needs_all_staff"]:
        terms.append("all staff at once")
    return ", ".join([*terms, *_limits(row)])


def _able(tenant: Tenant, people: Mapping[int, str], link: Mapping[str, Any]) -> str:
    """A person, with the own terms where there are any."""
    variants = [f"{key} {_own(tenant, own)}" for key, own in link["variants"].items()]
    own = ", ".join(filter(None, (_own(tenant, link), *variants)))
    return f"{people[link['staff_id']]} ({own})" if own else people[link["staff_id"]]


def _own(tenant: Tenant, row: Mapping[str, Any]) -> str:
    minutes = f"{row['duration_minutes']} min" if row["duration_minutes"] else ""
    price = "" if row["price_minor"] is None else Money(row["price_minor"], tenant.currency).format("en")
    return " ".join(filter(None, (minutes, price)))


def _limits(row: Mapping[str, Any]) -> list[str]:
    names = (("max_bookings_per_day", "bookings"), ("max_minutes_per_day", "min"))
    return [f"at most {row[name]} {unit} a day" for name, unit in names if row[name]]


def _days(row: Mapping[str, Any]) -> Iterable[str]:
    """Days with hours of their own."""
    return (f"    {date} {', '.join(hours) or 'closed'}" for date, hours in sorted(row["overrides"].items()))


def _week(hours: Mapping[str, list[str]]) -> str:
    return "; ".join(f"{day} {', '.join(hours[day])}" for day in _DAYS if hours.get(day)) or "no hours"
