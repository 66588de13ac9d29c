"""A provider that answers what it is told to."""

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from payments.provider import Account
from tests.payments.providers.said import Answers
from tests.support.desks import http
from tests.support.providers import SECRETS

__all__ = ["http", "saying"]


@pytest.fixture
async def saying(http: aiohttp.ClientSession) -> AsyncIterator[Callable[[str, Answers], Account]]:
    """An account whose provider answers what it is told to, by method and path, and 404 to the rest."""
    told: Answers = {}
    application = web.Application()

    async def answer(request: web.Request) -> web.StreamResponse:
        said = told.get(f"{request.method} {request.path}")
        status, body = said if isinstance(said, tuple) else (404 if said is None else 200, said)
        return web.json_response(body, status=status)

    application.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(application) as server:

        def account(key: str, answers: Answers) -> Account:
            told.update(answers)
            return Account(str(server.make_url("")), SECRETS[key], http)

        yield account
