"""What tests read of a database with a role that sees all rows. Connections stay open: to begin one costs 10 ms."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

_pools: dict[str, "asyncpg.Pool[asyncpg.Record]"] = {}


async def fetch(url: str, sql: str, *arguments: Any) -> list[asyncpg.Record]:
    """Within `open_for(url)`; also several at once."""
    return list(await _pools[url].fetch(sql, *arguments))


@contextlib.asynccontextmanager
async def open_for(url: str) -> AsyncIterator[None]:
    """For as long as the database is there."""
    async with asyncpg.create_pool(url, min_size=0, max_size=4) as _pools[url]:
        yield
    del _pools[url]
