"""Who waits for the haircut of Friday, and who has it."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from tests.dialog.waitlist.full_friday import PEOPLE
from tests.support.phone import Phone
from tests.support.tenants import TenantFixture, make_tenant


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime, staff=PEOPLE)


@pytest.fixture
async def rival(runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture) -> Phone:
    """Who has the haircut of Friday."""
    rival = Phone(runtime, client, tenant)
    await rival.writes("a haircut with Nadia on Friday at 10:00")
    assert "confirmed" in await rival.writes("yes")
    return rival


@pytest.fixture
def other(runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture, phone: Phone) -> Phone:
    """Another customer on the same channel."""
    return Phone(runtime, client, tenant, channel=phone.channel)
