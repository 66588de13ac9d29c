"""A tenant file: read whole, refused whole with every problem named, applied so that twice changes nothing."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from core.errors import InputError
from core.money import is_currency
from core.runtime import Runtime
from core.uow import call_across_tenants, in_unit
from tenants.definition_checks import Document, Path, cross_problems, place
from tenants.definition_fields import FileContext
from tenants.definition_shape import TenantDefinition
from tenants.definition_store import BornMeanwhile, store


@dataclass(frozen=True)
class Applied:
    tenant_id: int
    changed: bool


def parse_definition(text: str, lookup: Callable[[str], str | None]) -> TenantDefinition:
    """`lookup` resolves { env = "NAME" }. Raises InputError naming every problem with its line and key."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError([f"not valid TOML: {error}"]) from error
    found: list[tuple[Path, str]] = []
    definition = None
    try:
        definition = TenantDefinition.model_validate(document, context=_context(document, lookup))
    except ValidationError as error:
        found += [(_path(fault["loc"], document), _message(fault)) for fault in error.errors(include_input=False)]
    found += cross_problems(document)
    if definition is None or found:
        raise InputError(list(dict.fromkeys(f"{place(document, text, path)}: {message}" for path, message in found)))
    return definition


async def apply_definition(runtime: Runtime, definition: TenantDefinition) -> Applied:
    """One transaction. Raises InputError when a channel or payment account belongs to another tenant."""
    while True:
        tenant_id = await find_tenant(runtime, definition.tenant.key) or await _next_tenant_id(runtime)
        try:
            changed = await in_unit(runtime, tenant_id, lambda uow: store(uow, definition))
        except BornMeanwhile:
            continue
        return Applied(tenant_id, changed)


async def find_tenant(runtime: Runtime, key: str) -> int | None:
    rows = await call_across_tenants(runtime, "SELECT find_tenant($1) AS id", key)
    found: int | None = rows[0]["id"]
    return found


async def _next_tenant_id(runtime: Runtime) -> int:
    rows = await call_across_tenants(runtime, "SELECT nextval(pg_get_serial_sequence('tenants', 'id')) AS id")
    return int(rows[0]["id"])


def _context(document: Document, lookup: Callable[[str], str | None]) -> FileContext:
    tenant = document.get("tenant")
    told: dict[str, Any] = tenant if isinstance(tenant, dict) else {}
    currency, country, languages = told.get("currency"), told.get("country"), told.get("languages")
    named = [language for language in languages if isinstance(language, str)] if isinstance(languages, list) else []
    return FileContext(
        lookup=lookup,
        currency=currency if isinstance(currency, str) and is_currency(currency) else None,
        country=country if isinstance(country, str) else None,
        languages=tuple(named) or ("en",),
    )


def _path(location: tuple[str | int, ...], document: Document) -> Path:
    """Pydantic's place without the name of the union's member (channels[0].whatsapp.account) and without [key]."""
    steps = [step for step in location if step != "[key]"]
    if len(steps) > 2 and steps[0] == "channels" and steps[2] in ("whatsapp", "telegram", "evolution"):
        del steps[2]
    return steps


def _message(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "unknown key"
    if fault["type"] == "missing":
        return "is missing"
    return str(fault["msg"]).removeprefix("Value error, ")
