"""A salon with variants, add-ons and own prices, for the tests of what goes together in one visit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from core.runtime import Runtime
from tests.support.phone import Phone, query
from tests.support.tenants import SERVICES

CUT, BRAIDS, CLASS = SERVICES
EXTRAS: dict[str, list[dict[str, Any]]] = {
    "variants": [
        {"key": "short", "name": {"en": "Short", "fr": "Courtes"}, "duration_minutes": 120, "price": "12000"},
        {"key": "long", "name": {"en": "Long", "fr": "Longues"}, "duration_minutes": 180, "price": "15000"},
    ],
    "add_ons": [
        {"key": "beads", "name": {"en": "Beads", "fr": "Perles"}, "duration_minutes": 30, "price": "2000"},
        {
            "key": "wash",
            "name": {"en": "Wash", "fr": "Shampoing"},
            "synonyms": {"fr": ["lavage"]},
            "price": "1000",
        },
    ],
}
PARLOUR: list[Mapping[str, Any]] = [
    {**CUT, "staff": ["nadia", {"key": "emile", "price": "6000", "duration_minutes": 60}]},
    {**BRAIDS, **EXTRAS},
    {
        "key": "beard",
        "name": {"en": "Beard trim", "fr": "Taille de barbe"},
        "synonyms": {"en": ["beard"], "fr": ["barbe"]},
        "duration_minutes": 30,
        "price": "3500",
        "staff": ["emile"],
    },
    {
        "key": "manicure",
        "name": {"en": "Manicure", "fr": "Manucure"},
        "duration_minutes": 60,
        "price": "7000",
        "staff": ["nadia", "emile"],
    },
    CLASS,
]

_VISITS = """
SELECT b.status, b.price_minor,
    jsonb_agg(jsonb_build_array(s.key, a.variant, a.add_ons, p.name,
        to_char(a.starts_at AT TIME ZONE 'Africa/Douala', 'DD HH24:MI')) ORDER BY a.position, a.id)::text AS parts
FROM bookings b JOIN appointments a ON a.booking_id = b.id JOIN services s ON s.id = a.service_id
JOIN staff p ON p.id = a.staff_id
WHERE b.tenant_id = $1 AND b.status IN ('confirmed', 'pending_approval') GROUP BY b.id ORDER BY b.id
"""


async def visits(runtime: Runtime, phone: Phone) -> list[tuple[int, list[list[Any]]]]:
    """The price of each live booking, and service, variant, add-ons, person and start of each part of it."""
    rows = await query(runtime, _VISITS, phone.tenant.tenant_id)
    return [(row["price_minor"], orjson.loads(row["parts"])) for row in rows]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A wall time of that week in Douala."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Africa/Douala"))


def descriptions(phone: Phone) -> dict[str, str]:
    """What stands under each choice of the last message."""
    return {choice["label"]: choice.get("description", "") for choice in phone.last["choices"]}
