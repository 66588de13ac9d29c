from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.runtime import Runtime
from tests.support.model import ModelHouse, model_house
from tests.support.phone import Phone
from tests.support.tenants import TenantFixture, make_tenant
from webhooks.app import create_app


@pytest.fixture
async def client(runtime: Runtime) -> "AsyncIterator[TestClient[Any, Any]]":
    async with TestClient(TestServer(create_app(runtime))) as client:
        yield client


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime)


@pytest.fixture(params=["whatsapp", "telegram"])
def phone(
    runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture, request: pytest.FixtureRequest
) -> Phone:
    """The same conversation on each channel."""
    return Phone(runtime, client, tenant, channel=request.param)


@pytest.fixture
async def house(runtime: Runtime) -> AsyncIterator[ModelHouse]:
    async with model_house(runtime) as house:
        yield house
