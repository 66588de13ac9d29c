"""Booka as an operator runs it: processes of their own, vendors on this machine, deliveries over real HTTP."""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from aiohttp.test_utils import TestServer, unused_port

from core.clock import FixedClock
from core.runtime import Runtime, open_runtime
from core.settings import load_settings
from standins.bot_api import BotApi
from standins.graph_api import GraphApi
from tests.conftest import APP_SECRET, NOW, VERIFY_TOKEN
from tests.support.forks import Forks, Process, forks
from tests.support.reading import fetch, open_for

_SIGN_OF_LIFE = "booka:jobs:health-check"
_DEADLINE_S = 30.0
_SETTLED = """
SELECT NOT EXISTS (SELECT FROM inbound_events WHERE status = 'new')
   AND NOT EXISTS (SELECT FROM outbox_messages WHERE status IN ('pending', 'sending', 'unknown'))
"""
_LOOK_EVERY_S = 0.02
DEADLOCKS = "SELECT sum(deadlocks)::int FROM pg_stat_database"
OVERLAPS = """
SELECT count(*) FROM occupancy a JOIN occupancy b
    ON a.resource_id = b.resource_id AND a.id < b.id AND a.during && b.during
WHERE a.status IN ('held', 'booked') AND b.status IN ('held', 'booked')
"""


@dataclass(frozen=True)
class Delivery:
    """One POST of a vendor, ready to be sent any number of times."""

    path: str
    raw: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Installation:
    """`runtime` is the test's own view of the same database and Redis; `vendors` is where the processes send."""

    runtime: Runtime
    graph: GraphApi
    bot_api: BotApi
    http: aiohttp.ClientSession
    web_url: str
    superuser_url: str
    environment: dict[str, str]
    forks: Forks
    processes: list[Process] = field(default_factory=list)

    async def start(self, command: str, **environment: str) -> Process:
        """`booka serve` or `booka work`, returned when it takes webhooks or has announced itself in Redis."""
        if command == "work":
            await self.runtime.queue.redis.delete(_SIGN_OF_LIFE)
        process = await self.forks.start([command], self.environment | environment)
        self.processes.append(process)

        async def is_up() -> bool:
            assert process.returncode is None, f"booka {command} ended with {process.returncode}"
            if command == "serve":
                return await self._takes_webhooks(environment.get("BOOKA_HTTP_PORT"))
            return await self.runtime.queue.has_worker()

        await until(is_up)
        return process

    async def _takes_webhooks(self, port: str | None) -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            async with self.http.get(f"{self._web(port)}/livez") as answer:
                return answer.status == 200
        return False

    def _web(self, port: str | None) -> str:
        return f"http://127.0.0.1:{port}" if port else self.web_url

    async def post(self, delivery: Delivery, *, port: str | None = None) -> int | None:
        """The status; None when the connection broke before an answer."""
        url = f"{self._web(port)}{delivery.path}"
        try:
            async with self.http.post(url, data=delivery.raw, headers=delivery.headers) as answer:
                return answer.status
        except aiohttp.ClientError:
            return None

    async def sql(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """As the superuser: sees all rows, and may move a due time instead of waiting for it."""
        return await fetch(self.superuser_url, statement, *arguments)

    async def value(self, statement: str, *arguments: Any) -> Any:
        return (await self.sql(statement, *arguments))[0][0]

    async def age_events(self) -> None:
        """The sweeps look only at what has waited for some seconds: it has."""
        await self.sql("UPDATE inbound_events SET received_at = received_at - interval '1 h' WHERE status = 'new'")

    async def is_settled(self) -> bool:
        """All that was accepted is handled, all that was written is sent, and what became of it is known."""
        await self.graph.drain_statuses()
        return bool(await self.value(_SETTLED))


@contextlib.asynccontextmanager
async def install(**environment: str) -> AsyncIterator[Installation]:
    """Servers and vendors, no process yet; whatever was started is ended with it."""
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="booka-", ignore_cleanup_errors=True))
        Path(folder).chmod(0o755)
        settings = load_settings(data_dir=Path(folder))
        runtime = await stack.enter_async_context(open_runtime(settings, clock=FixedClock(NOW)))
        superuser_url = runtime.reading_url.replace("booka_backup@", "postgres@")
        await stack.enter_async_context(open_for(superuser_url))
        port = unused_port()
        web_url = f"http://127.0.0.1:{port}"
        graph = GraphApi(clock=runtime.clock, callback_url=f"{web_url}/webhooks/whatsapp", app_secret=APP_SECRET)
        bot_api = BotApi(clock=runtime.clock)
        graph_server = await stack.enter_async_context(TestServer(graph.app))
        bot_server = await stack.enter_async_context(TestServer(bot_api.app))
        connector = aiohttp.TCPConnector(limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        house = Installation(
            runtime=runtime,
            graph=graph,
            bot_api=bot_api,
            http=http,
            web_url=web_url,
            superuser_url=superuser_url,
            forks=await stack.enter_async_context(forks()),
            environment=os.environ
            | {
                "BOOKA_DATA_DIR": folder,
                "BOOKA_DATABASE_URL": runtime.database_url,
                "BOOKA_REDIS_URL": runtime.redis_url,
                "BOOKA_HTTP_PORT": str(port),
                "BOOKA_NOW": NOW.isoformat(),
                "BOOKA_QUIET_WINDOW_MS": "0",
                "BOOKA_LOG_LEVEL": "ERROR",
                "BOOKA_WHATSAPP_API_URL": str(graph_server.make_url("/v25.0")),
                "BOOKA_WHATSAPP_APP_SECRET": APP_SECRET,
                "BOOKA_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
                "BOOKA_TELEGRAM_API_URL": str(bot_server.make_url("")).rstrip("/"),
            }
            | environment,
        )
        try:
            yield house
        finally:
            await _kill(house.processes)


async def _kill(processes: list[Process]) -> None:
    """What a failed test left running."""
    for process in processes:
        if process.returncode is None:
            process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def running(installation: Installation, command: str, **environment: str) -> AsyncIterator[None]:
    """The process for as long as the block lasts, ended as an operator ends it."""
    process = await installation.start(command, **environment)
    try:
        yield
    finally:
        await stop(process)


async def stop(process: Process) -> None:
    """SIGTERM; every start of ours must end cleanly and soon."""
    if process.returncode is None:
        process.terminate()
    assert await asyncio.wait_for(process.wait(), 20) == 0


async def killed(process: Process) -> None:
    """Waits for the process to die of SIGKILL at its failpoint."""
    assert await asyncio.wait_for(process.wait(), 20) == -signal.SIGKILL


async def until(is_true: Callable[[], Awaitable[bool]], *, within_s: float = _DEADLINE_S) -> None:
    """Looks again and again; fails when the deadline passes."""
    async with asyncio.timeout(within_s):
        while not await is_true():  # noqa: ASYNC110 (other processes set no event of ours)
            await asyncio.sleep(_LOOK_EVERY_S)
