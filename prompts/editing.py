"""From what an admin hands in to a draft: read, looked over, stored."""

import re
from collections.abc import Collection, Mapping

from sqlalchemy import select

from core.errors import InputError
from core.uow import UnitOfWork
from prompts.front_matter import parse, sheet_of
from prompts.library import Template, builtin_templates
from prompts.lint import faults_of_skill, faults_of_template
from prompts.skill import read_skill
from prompts.versions import Deed, Kind, Text, store_draft
from tenants.models import locations, services, staff
from tenants.tenant import Tenant

_KEY = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)*")
_LONGEST_KEY = 40
_KEYS = {
    "service": select(services.c.key).where(services.c.active),
    "staff": select(staff.c.key).where(staff.c.active),
    "location": select(locations.c.key).where(locations.c.active),
}


async def edit(uow: UnitOfWork, tenant: Tenant, kind: Kind, key: str, text: str, deed: Deed) -> Text:
    """The new draft. Raises InputError with every fault of the text, or when somebody else has changed it meanwhile."""
    sheet = sheet_of(text)
    faults = _template_faults(key, sheet.source, tenant) if kind is Kind.PROMPT else []
    if kind is Kind.SKILL:
        faults = _key_faults(key) or faults_of_skill(
            read_skill(key, sheet.source), await _catalogue_keys(uow), tenant.currency, tenant.languages[0]
        )
    if faults:
        raise InputError([f"{key}: {fault}" for fault in faults])
    return await store_draft(uow, kind, key, sheet, deed)


def _template_faults(key: str, source: str, tenant: Tenant) -> list[str]:
    builtin = builtin_templates().get(key)
    if builtin is None:
        return [f"there is no such prompt; there are {', '.join(builtin_templates())}"]
    return faults_of_template(parse(source, Template), parse(builtin, Template), tenant.currency)


def _key_faults(key: str) -> list[str]:
    is_key = len(key) <= _LONGEST_KEY and _KEY.fullmatch(key)
    return [] if is_key else ["a skill's key is made of small letters, digits, hyphens and dots"]


async def _catalogue_keys(uow: UnitOfWork) -> Mapping[str, Collection[str]]:
    return {field: {row.key for row in await uow.all(statement)} for field, statement in _KEYS.items()}
