"""A database of one's own on the tests' server: for what looks at all tenants, or at what the planner knows.

A file whose tests want one imports `shared_runtime` from here, a folder's conftest `runtime_of_folder` under that name.
"""

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from core.clock import FixedClock
from core.database import ensure_roles, migrate, with_role
from core.ids import new_token
from core.runtime import Runtime, open_runtime
from tests.conftest import NOW
from tests.support.reading import open_for


@contextlib.asynccontextmanager
async def own_database(runtime: Runtime) -> AsyncIterator[Runtime]:
    """Empty but for the schema; its runtime's clock starts at NOW."""
    name = f"own_{new_token(6).lower().replace('-', '_')}"
    parts = urlsplit(runtime.database_url)
    url = urlunsplit(parts._replace(path=f"/{name}"))
    server = await asyncpg.connect(with_role(runtime.database_url, "postgres"))
    try:
        await server.execute(f'CREATE DATABASE "{name}"')
        await ensure_roles(with_role(url, "postgres"), login=True)
        await migrate(with_role(url, "booka_owner"))
        section = runtime.settings.database.model_copy(update={"url": url, "owner_url": with_role(url, "booka_backup")})
        redis = runtime.settings.redis.model_copy(update={"url": runtime.redis_url})
        settings = runtime.settings.model_copy(update={"database": section, "redis": redis})
        async with open_runtime(settings, clock=FixedClock(NOW)) as own, open_for(own.reading_url):
            yield own
        await server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await server.close()


@pytest.fixture(scope="module")
async def shared_runtime(shared_runtime: Runtime) -> AsyncIterator[Runtime]:
    async with own_database(shared_runtime) as own:
        yield own


@pytest.fixture(scope="package", name="shared_runtime")
async def runtime_of_folder(shared_runtime: Runtime) -> AsyncIterator[Runtime]:
    async with own_database(shared_runtime) as own:
        yield own
