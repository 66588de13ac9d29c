"""Builds tenants for tests through the front door: a tenant definition, applied."""

import itertools
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.runtime import Runtime
from tenants.definition import apply_definition
from tenants.definition_fields import FileContext
from tenants.definition_shape import TenantDefinition

_numbers = itertools.count(1)
_RUN = secrets.randbelow(10**6)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat")
HOURS = {day: ["09:00-13:00", "14:00-18:00"] for day in DAYS[:5]} | {"sat": ["10:00-16:00"]}

SERVICES: tuple[Mapping[str, Any], ...] = (
    {
        "key": "cut",
        "name": {"en": "Haircut", "fr": "Coupe"},
        "synonyms": {"en": ["trim"], "fr": ["coupe de cheveux"]},
        "duration_minutes": 45,
        "buffer_after_minutes": 10,
        "price": "5000",
        "staff": ["nadia", "emile"],
    },
    {
        "key": "braids",
        "name": {"en": "Braids", "fr": "Tresses"},
        "duration_minutes": 180,
        "buffer_after_minutes": 15,
        "price": "15000",
        "staff": ["nadia"],
        "resources": ["basin"],
    },
    {
        "key": "class",
        "name": {"en": "Make-up class", "fr": "Atelier maquillage"},
        "duration_minutes": 90,
        "capacity": 3,
        "price": "3000",
        "staff": ["emile"],
    },
)
STAFF: tuple[Mapping[str, Any], ...] = (
    {"key": "nadia", "name": "Nadia", "location": "centre", "hours": HOURS},
    {"key": "emile", "name": "Émile", "location": "centre", "hours": HOURS},
)


@dataclass(frozen=True)
class TenantFixture:
    """`whatsapp_account` and `telegram_account` are the public ids of the accounts; merchants by lower-case name."""

    key: str
    tenant_id: int
    definition: TenantDefinition
    phone_number_id: str
    whatsapp_account: str
    access_token: str
    telegram_account: str
    telegram_secret: str
    bot_token: str
    merchants: dict[str, "MerchantAddress"]


@dataclass(frozen=True)
class MerchantAddress:
    """Where this merchant writes from: `phone` is E.164, `wa_id` its digits."""

    name: str
    phone: str
    wa_id: str
    telegram_user_id: int


def tenant_document(
    *,
    rules: Mapping[str, Any] | None = None,
    services: Sequence[Mapping[str, Any]] = SERVICES,
    staff: Sequence[Mapping[str, Any]] = STAFF,
    merchants: Sequence[Mapping[str, Any]] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """A salon as a tenant file would say it, with keys, numbers and tokens of its own.

    `changes` replaces the keys of [tenant] (key, timezone, languages, currency …) and whole other sections by name.
    """
    number = next(_numbers)
    unique = f"{_RUN:06d}{number:04d}"
    sections = {"locations", "resources", "holidays", "channels", "payments", "llm", "knowledge"}
    tenant = {
        "key": f"salon-{unique}",
        "name": f"Salon {number}",
        "vertical": "beauty",
        "country": "CM",
        "currency": "XAF",
        "timezone": "Africa/Douala",
        "languages": ["fr", "en"],
    }
    tenant |= {name: value for name, value in changes.items() if name not in sections}
    document = {
        "tenant": tenant,
        "rules": dict(rules or {}),
        "locations": [{"key": "centre", "name": "Centre", "address": "3 Rue des Palmiers, Douala"}],
        "services": [dict(service) for service in services],
        "staff": [dict(person) for person in staff],
        "resources": [{"key": "basin", "name": "Basin", "location": "centre"}],
        "merchants": [dict(merchant) for merchant in (_merchants(number) if merchants is None else merchants)],
        "channels": _channels(unique),
    }
    return document | {name: value for name, value in changes.items() if name in sections}


async def make_tenant(runtime: Runtime, **changes: Any) -> TenantFixture:
    """Applies `tenant_document(**changes)`; its clients may write at once."""
    return await apply_document(runtime, tenant_document(**changes))


async def apply_document(runtime: Runtime, document: Mapping[str, Any]) -> TenantFixture:
    """Applies a document again after a change, or one of the test's own (with both channels)."""
    tenant = document["tenant"]
    context = FileContext(
        lookup=lambda name: None,
        currency=tenant["currency"],
        country=tenant["country"],
        languages=tuple(tenant["languages"]),
    )
    definition = TenantDefinition.model_validate(document, context=context)
    applied = await apply_definition(runtime, definition)
    whatsapp, telegram = document["channels"][:2]
    return TenantFixture(
        key=tenant["key"],
        tenant_id=applied.tenant_id,
        definition=definition,
        phone_number_id=whatsapp["phone_number_id"],
        whatsapp_account=whatsapp["account"],
        access_token=whatsapp["access_token"]["value"],
        telegram_account=telegram["account"],
        telegram_secret=telegram["secret_token"]["value"],
        bot_token=telegram["bot_token"]["value"],
        merchants={entry["name"].lower(): _address(entry) for entry in document["merchants"]},
    )


def _merchants(number: int) -> list[dict[str, Any]]:
    phone, user = 237_670_000_000 + number * 10, _RUN * 10_000 + number * 10
    return [
        {"name": "Awa", "role": "owner", "phone": f"+{phone}", "telegram_user_id": user + 1},
        {
            "name": "Nadia",
            "role": "staff",
            "phone": f"+{phone + 1}",
            "telegram_user_id": user + 2,
            "staff": "nadia",
        },
    ]


def _channels(unique: str) -> list[dict[str, Any]]:
    return [
        {
            "kind": "whatsapp",
            "account": f"wa-{unique}",
            "phone_number_id": f"1065{unique}",
            "access_token": {"value": f"EAAG-test-{unique}"},
        },
        {
            "kind": "telegram",
            "account": f"tg-{unique}",
            "bot_token": {"value": f"{unique}:AAtest-token-of-the-tests-{unique}"},
            "secret_token": {"value": f"tg-secret-{unique}"},
        },
    ]


def _address(entry: Mapping[str, Any]) -> MerchantAddress:
    phone = str(entry.get("phone") or "")
    return MerchantAddress(entry["name"], phone, phone.lstrip("+"), int(entry.get("telegram_user_id") or 0))
