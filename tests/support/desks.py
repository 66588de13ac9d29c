"""Fixtures for tests of providers, imported by conftests: the product's HTTP client; each stand-in with an account."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from core.clock import FixedClock
from core.http import open_http
from tests.conftest import NOW
from tests.support.providers import STAND_INS, Desk, open_desk


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_http() as session:
        yield session


@pytest.fixture(params=sorted(STAND_INS))
async def desk(request: pytest.FixtureRequest, http: aiohttp.ClientSession) -> AsyncIterator[Desk]:
    async with open_desk(request.param, FixedClock(NOW), http) as desk:
        yield desk
