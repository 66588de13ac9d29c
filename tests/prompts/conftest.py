from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.runtime import Runtime
from tests.conftest import NOW
from tests.prompts.desk import Desk
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.phone import Phone
from tests.support.tenants import TenantFixture, make_tenant
from webhooks.app import create_app


@pytest.fixture
async def house(runtime: Runtime) -> AsyncIterator[ModelHouse]:
    async with model_house(runtime) as house:
        yield house


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime, llm=LLM, languages=["en", "fr"])


@pytest.fixture
async def phone(house: ModelHouse, tenant: TenantFixture) -> AsyncIterator[Phone]:
    """A customer of the process that answers: another one than those of the command line."""
    client: TestClient[Any, Any]
    async with TestClient(TestServer(create_app(house.runtime))) as client:
        yield Phone(house.runtime, client, tenant)


@pytest.fixture
def desk(house: ModelHouse, tenant: TenantFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An admin at the command line, against the same database."""
    settings = {
        "DATABASE_URL": house.runtime.database_url,
        "REDIS_URL": house.runtime.redis_url,
        "DATA_DIR": str(house.runtime.settings.data_dir),
        "NOW": NOW.isoformat(),
        "OPENAI_API_KEY": "sk-of-the-tests",
        "OPENAI_BASE_URL": house.url,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"BOOKA_{name}", value)
    monkeypatch.setattr("cli.main.configure_logging", lambda level: None)  # the tests' own stays
    return Desk(tenant.key, tmp_path)
