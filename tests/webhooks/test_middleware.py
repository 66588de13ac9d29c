"""What the log says of a request that nobody waits for any more."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from core.http import open_http
from webhooks.middleware import answer_cleanly


async def test_a_client_that_went_away_is_not_our_failure() -> None:
    is_asked, is_gone = asyncio.Event(), asyncio.Event()

    async def wait(request: web.Request) -> web.Response:
        is_asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            is_gone.set()
        raise AssertionError("unreachable")

    app = web.Application(middlewares=[answer_cleanly])
    app.router.add_get("/", wait)
    async with TestServer(app, handler_cancellation=True) as server, open_http() as http:
        with capture_logs() as logs:
            asking = asyncio.create_task(_get(http, str(server.make_url("/"))))
            await is_asked.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(is_gone.wait(), 5)
            await asyncio.sleep(0)
    assert [entry["status"] for entry in logs] == [499]


async def _get(http: aiohttp.ClientSession, url: str) -> None:
    async with http.get(url):
        pass
