"""What every process opens once and passes down: settings, clock, database, queue, HTTP client, keyring."""

import contextlib
import gc
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from core import failpoints
from core.clock import Clock
from core.database import APP_ROLE, check_database, open_engine
from core.embedded import embedded_postgres, embedded_redis
from core.encryption import Keyring, development_keyring, parse_keyring
from core.http import open_http
from core.liveness import Liveness
from core.queue import Queue
from core.settings import Settings


@dataclass(frozen=True, eq=False)
class Runtime:
    """`closing` ends with the runtime: what a higher layer opens for the life of the process is put there."""

    settings: Settings
    clock: Clock
    engine: AsyncEngine
    queue: Queue
    http: aiohttp.ClientSession
    keyring: Keyring
    database_url: str
    redis_url: str
    reading_url: str
    closing: contextlib.AsyncExitStack
    liveness: Liveness = field(default_factory=Liveness)


@contextlib.asynccontextmanager
async def open_runtime(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Runtime]:
    """Starts embedded servers where no URL is set, and closes all at the end."""
    failpoints.arm(settings.failpoint)
    async with contextlib.AsyncExitStack() as stack:
        database_url = settings.database.url
        reading_url = settings.database.owner_url or database_url
        if not database_url:
            embedded = await stack.enter_async_context(embedded_postgres(settings.data_dir))
            database_url, reading_url = embedded.app_url, embedded.reading_url
        else:
            await check_database(database_url)
        redis_url = settings.redis.url or stack.enter_context(embedded_redis(settings.data_dir))
        engine = open_engine(database_url, role=APP_ROLE, pool_size=settings.database.pool_size)
        stack.push_async_callback(engine.dispose)
        queue = Queue(redis_url)
        stack.push_async_callback(queue.close)
        http = await stack.enter_async_context(open_http())
        yield Runtime(
            settings=settings,
            clock=clock or Clock(settings.now),
            engine=engine,
            queue=queue,
            http=http,
            keyring=open_keyring(settings),
            database_url=database_url,
            redis_url=redis_url,
            reading_url=reading_url,
            closing=stack,
        )


def open_keyring(settings: Settings) -> Keyring:
    master = settings.master_key.get_secret_value()
    return parse_keyring(master) if master else development_keyring(settings.data_dir)


def spare_what_is_loaded() -> None:
    """For a process that lives long, once its modules are loaded: a full collection walked them all (80 ms)."""
    gc.collect()
    gc.freeze()
