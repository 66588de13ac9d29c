"""Payment providers beside an installation: their stand-ins, and shops with an account at one of them."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp.test_utils import TestServer

from core.clock import FixedClock
from core.ids import new_token
from standins.psp.books import Books
from standins.psp.server import PspServer
from standins.psp.world import PspAccount
from tests.conftest import NOW
from tests.support.installation import Installation
from tests.support.psp import CURRENCY, SERVERS, open_account
from tests.support.tenants import SERVICES, TenantFixture, make_tenant


@dataclass(frozen=True)
class Outside:
    """`environment` tells an installation where they are; `clock` is theirs."""

    servers: Mapping[str, PspServer]
    environment: dict[str, str]
    clock: FixedClock


@contextlib.asynccontextmanager
async def providers_outside() -> AsyncIterator[Outside]:
    clock, servers, environment = FixedClock(NOW), {}, {}
    async with contextlib.AsyncExitStack() as stack:
        for name, make in SERVERS.items():
            servers[name] = make(clock=clock)
            server = await stack.enter_async_context(TestServer(servers[name].app))
            environment[f"BOOKA_{name.upper()}_API_URL"] = str(server.make_url("")).rstrip("/")
        yield Outside(servers, environment, clock)


@dataclass(frozen=True)
class Counter:
    """A salon whose haircut costs 5,000, 30 % of it in advance, and what its provider knows of it."""

    provider: str
    server: PspServer
    at_provider: PspAccount
    tenant: TenantFixture

    @property
    def books(self) -> Books:
        return self.at_provider.books

    def hears_at(self, url: str) -> None:
        """Where its webhooks go."""
        path = self.at_provider.webhook_url.split("/", 3)[3]
        self.at_provider.webhook_url = f"{url}/{path}"


async def open_counter(house: Installation, outside: Outside, provider: str, **account: Any) -> Counter:
    server, name = outside.servers[provider], f"counter-{new_token(5).lower().replace('_', 'x')}"
    stated = open_account(server, provider, house.web_url, name)
    tenant = await make_tenant(
        house.runtime,
        currency=CURRENCY[provider],
        services=[{**SERVICES[0], "deposit": {"percent": 30}}, *SERVICES[1:]],
        payments=[stated | {"refund_auto_approve_below": "10000"} | account],
    )
    return Counter(provider, server, list(server.accounts.values())[-1], tenant)
