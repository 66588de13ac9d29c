from collections.abc import AsyncIterator

import pytest

from core.runtime import Runtime
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.tenants import TenantFixture, make_tenant


@pytest.fixture
async def house(runtime: Runtime) -> AsyncIterator[ModelHouse]:
    async with model_house(runtime) as house:
        yield house


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime, llm=LLM)
