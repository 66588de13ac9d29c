"""A salon that takes its deposits by hand: one manual account, or one beside an online one."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.ids import new_token
from core.runtime import Runtime
from standins.psp.notchpay import NotchPayServer
from tests.support.paying import HASH_KEYS
from tests.support.phone import Phone, query
from tests.support.psp import Shop
from tests.support.tenants import SERVICES, make_tenant
from webhooks.app import create_app
from workers import holds

HOW = {"fr": "Orange Money 690 00 00 01 (Awa)", "en": "Orange Money 690 00 00 01 (Awa)"}
_MERCHANTS: tuple[Mapping[str, Any], ...] = (
    {"name": "Awa", "role": "owner", "phone": "+237680000001"},
    {"name": "Brice", "role": "manager", "phone": "+237680000002"},
    {"name": "Nadia", "role": "staff", "phone": "+237680000003", "staff": "nadia"},
)


def manual_account(**keys: Any) -> dict[str, Any]:
    return {"provider": "manual", "account": _name(), "instructions": HOW, **keys}


def online_account() -> dict[str, Any]:
    return {"provider": "notchpay", "account": _name(), "secrets": HASH_KEYS}


def _name() -> str:
    return f"hand-{new_token(5).lower().replace('_', 'x')}"


@contextlib.asynccontextmanager
async def open_till(
    runtime: Runtime,
    payments: Sequence[Mapping[str, Any]] | None = None,
    *,
    currency: str = "XAF",
    service: str = "cut",
    **rules: Any,
) -> AsyncIterator[Shop]:
    """A deposit of 30 % on `service`, the haircut of 5,000 unless told otherwise; Awa owns, Brice manages, Nadia cuts
    hair. No provider answers."""
    settings = runtime.settings.model_copy(update={"public_url": "http://booka.test"})
    runtime = replace(runtime, settings=settings)
    async with TestClient(TestServer(create_app(runtime))) as client:
        tenant = await make_tenant(
            runtime,
            currency=currency,
            services=[{**one, "deposit": {"percent": 30}} if one["key"] == service else one for one in SERVICES],
            payments=list(payments or [manual_account(refund_auto_approve_below="10000")]),
            merchants=_MERCHANTS,
            rules=rules,
        )
        yield Shop(runtime, "manual", NotchPayServer(clock=runtime.clock), client, "", tenant)


def merchant(shop: Shop, name: str) -> Phone:
    return Phone(shop.runtime, shop.client, shop.tenant, address=shop.tenant.merchants[name].wa_id)


@pytest.fixture
async def till(runtime: Runtime) -> AsyncIterator[Shop]:
    async with open_till(runtime) as till:
        yield till


async def ids(till: Shop, table: str) -> list[int]:
    rows = await query(till.runtime, f"SELECT id FROM {table} WHERE tenant_id = $1 ORDER BY id", till.tenant.tenant_id)
    return [row["id"] for row in rows]


async def expire(till: Shop) -> None:
    await holds.expire(till.runtime, till.tenant.tenant_id, (await ids(till, "bookings"))[0])
