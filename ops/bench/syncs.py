"""Looks at payments that have come in a second (`sync`), against the same statements on raw asyncpg.

    .venv/bin/python -m ops.bench.syncs

Each was paid at Notch Pay's stand-in and no webhook told of it: a look writes the money down, books, and tells customer
and merchants. The provider's answers are recorded beforehand; the adapter reads them at each look, with no network in
between. The floor sends the very statements that the looks send, in the same transactions with the same values, to a
copy of the database; what they are is recorded on another copy. Last come looks at the stand-in over HTTP, which runs
in this process too.
"""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar
from unittest import mock

import aiohttp
import asyncpg
import uvloop
from sqlalchemy import event

from core.database import APP_ROLE, open_engine
from core.http import HttpAnswer, request
from core.runtime import Runtime
from core.uow import in_unit
from ops.bench.counters import CONCURRENCY, Counter, at_once, open_counter
from ops.bench.setting import Stage, report, run_as_superuser, stage
from workers.payments import sync

_ROUND = 50
_ROUNDS = 20
_ATTEMPTS = "SELECT id FROM payment_attempts WHERE tenant_id = $1 ORDER BY id"

# The statements of one look in their order, with their values.
Script = list[tuple[str, tuple[Any, ...]]]
_script: ContextVar[Script | None] = ContextVar("_script", default=None)
_T = TypeVar("_T")


async def main() -> None:
    floor, product = [], []
    async with stage() as stage_, open_counter(stage_.runtime, "notchpay") as counter:
        runtime, tenant_id = counter.shop.runtime, counter.shop.tenant.tenant_id
        first, last, *rounds = await unheard_of(counter, _ROUNDS + 3)
        await rate(partial(sync, runtime, tenant_id), first)  # makes the conversations with the merchants
        recording, raw = await copied(stage_, "recording"), await copied(stage_, "raw")
        with mock.patch("payments.wire.request", Recorded()):
            scripts = await recorded(runtime, recording, tenant_id, [id for ids in rounds for id in ids])
            async with asyncpg.create_pool(raw, min_size=CONCURRENCY, max_size=CONCURRENCY) as pool:
                for ids in rounds:
                    product.append(await rate(partial(sync, runtime, tenant_id), ids))
                    floor.append(await rate(partial(send, pool), [scripts[id] for id in ids]))
        over_http = await rate(partial(sync, runtime, tenant_id), last)
    report("syncs", floor[1:], product[1:], "per_s")
    statements = sum(map(len, scripts.values())) / len(scripts)
    print(json.dumps({"bench": "syncs", "over_http_per_s": round(over_http), "statements": round(statements, 1)}))


async def unheard_of(counter: Counter, rounds: int) -> list[list[int]]:
    """Attempts that were paid, by rounds."""
    counter.shop.psp.faults.share(drop=1.0)
    await at_once(lambda _: counter.pay(), range(_ROUND * rounds))
    await counter.shop.psp.webhooks.drain()
    tenant_id = counter.shop.tenant.tenant_id
    rows = await in_unit(counter.shop.runtime, tenant_id, lambda uow: uow.driver.fetch(_ATTEMPTS, tenant_id))
    return [[row["id"] for row in rows[start : start + _ROUND]] for start in range(0, len(rows), _ROUND)]


async def copied(stage_: Stage, name: str) -> str:
    """The URL of a copy of the database as it is now."""
    await stage_.runtime.engine.dispose()
    await run_as_superuser(stage_, f"CREATE DATABASE {name} TEMPLATE booka")
    return stage_.runtime.database_url.replace("/booka?", f"/{name}?")


class Recorded:
    """In place of the HTTP client: what a page was answered first, it is answered from then on."""

    def __init__(self) -> None:
        self._answers: dict[str, HttpAnswer] = {}

    async def __call__(self, http: aiohttp.ClientSession, method: str, url: str, **how: Any) -> HttpAnswer:
        if url not in self._answers:
            self._answers[url] = await request(http, method, url, **how)
        return self._answers[url]


async def recorded(runtime: Runtime, copy: str, tenant_id: int, attempts: Sequence[int]) -> dict[int, Script]:
    """What a look at each of them sends to the database."""
    scripts: dict[int, Script] = {id: [] for id in attempts}
    engine = open_engine(copy, role=APP_ROLE, pool_size=CONCURRENCY)

    def log(query: asyncpg.connection.LoggedQuery) -> None:
        script = _script.get()
        if script is not None:
            script.append((query.query, tuple(query.args)))

    @event.listens_for(engine.sync_engine, "connect")
    def listen(connection: Any, _: object) -> None:
        connection.driver_connection.add_query_logger(log)

    async def look(id: int) -> None:
        _script.set(scripts[id])
        await sync(replace(runtime, engine=engine), tenant_id, id)

    await at_once(look, attempts)
    await engine.dispose()
    return scripts


async def send(pool: asyncpg.Pool, script: Script) -> None:
    async with pool.acquire() as connection:
        for sql, values in script:
            await (connection.fetch(sql, *values) if values else connection.execute(sql))


async def rate(work: Callable[[_T], Awaitable[object]], subjects: Sequence[_T]) -> float:
    started = time.perf_counter()
    await at_once(work, subjects)
    return len(subjects) / (time.perf_counter() - started)


if __name__ == "__main__":
    uvloop.run(main())
