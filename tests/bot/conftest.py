from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer

from core.runtime import Runtime
from standins.bot_api import BotApi
from standins.graph_api import GraphApi
from tests.support.outbox import Outbox, with_vendors
from tests.support.tenants import TenantFixture, make_tenant


@pytest.fixture
def graph(runtime: Runtime) -> GraphApi:
    return GraphApi(clock=runtime.clock)


@pytest.fixture
def bot_api(runtime: Runtime) -> BotApi:
    return BotApi(clock=runtime.clock)


@pytest.fixture
async def connected(runtime: Runtime, graph: GraphApi, bot_api: BotApi) -> AsyncIterator[Runtime]:
    """The runtime with both vendors on this machine."""
    async with TestServer(graph.app) as graph_server, TestServer(bot_api.app) as bot_server:
        yield with_vendors(runtime, str(graph_server.make_url("/v25.0")), str(bot_server.make_url("")))


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime)


@pytest.fixture
async def whatsapp(connected: Runtime, tenant: TenantFixture, graph: GraphApi) -> Outbox:
    return await Outbox(connected, tenant, "whatsapp", graph).open()


@pytest.fixture
async def telegram(connected: Runtime, tenant: TenantFixture, bot_api: BotApi) -> Outbox:
    return await Outbox(connected, tenant, "telegram", bot_api).open()


@pytest.fixture(params=["whatsapp", "telegram"])
def outbox(request: pytest.FixtureRequest, whatsapp: Outbox, telegram: Outbox) -> Outbox:
    """Either channel: what holds for both."""
    return whatsapp if request.param == "whatsapp" else telegram
