from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.runtime import Runtime
from tests.support.channels import dumps, signed
from tests.support.tenants import TenantFixture, make_tenant
from webhooks.app import create_app


class Web:
    """The web application over real HTTP, and how the vendors call it."""

    def __init__(self, client: "TestClient[Any, Any]") -> None:
        self.client = client

    async def whatsapp(self, body: Any) -> int:
        raw = body if isinstance(body, bytes) else dumps(body)
        async with self.client.post("/webhooks/whatsapp", data=raw, headers=signed(raw)) as answer:
            return answer.status

    async def telegram(self, tenant: TenantFixture, body: Any, *, secret: str | None = None) -> int:
        raw = body if isinstance(body, bytes) else dumps(body)
        headers = {"X-Telegram-Bot-Api-Secret-Token": tenant.telegram_secret if secret is None else secret}
        path = f"/webhooks/telegram/{tenant.telegram_account}"
        async with self.client.post(path, data=raw, headers=headers) as answer:
            return answer.status


@pytest.fixture
async def web(runtime: Runtime) -> AsyncIterator[Web]:
    async with TestClient(TestServer(create_app(runtime))) as client:
        yield Web(client)


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime)
