"""What the gateway adds to a call of a model: the same call by the library alone, and through quota and records.

    .venv/bin/python -m ops.bench.gateway

Interleaved, one after the other, to the stand-in in this process, which answers at once; then 300 calls of one tenant
at once, as many as the bulkhead lets in.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import openai
import uvloop

from core.uow import unit_of_work
from dialog.understanding.llm_wire import SCHEMA, read_answer
from llm import bulkhead
from llm.call import Prompt, Request
from llm.endpoints import endpoints_of
from llm.gateway import complete
from ops.bench.setting import stage
from tenants.tenant import get_tenant
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.tenants import make_tenant

_CALLS = 150
_ROUNDS = 5
_RUSH = 300

Call = Callable[[], Awaitable[Any]]


async def bench() -> None:
    async with stage() as stage_, model_house(stage_.runtime) as house:
        tenant = await make_tenant(stage_.runtime, llm=LLM | {"requests_per_minute": 1_000_000})
        through_gateway = await gateway_call(house, tenant.tenant_id)
        await through_gateway()
        async with httpx2.AsyncClient(trust_env=False) as http:
            alone = library_call(house, http)
            await alone()
            rounds = [(await median_ms(alone), await median_ms(through_gateway)) for _ in range(_ROUNDS)]
        report(rounds, await rush(through_gateway))


async def gateway_call(house: ModelHouse, tenant_id: int) -> Call:
    async with unit_of_work(house.runtime, tenant_id) as uow:
        tenant = await get_tenant(uow)
    prompt = Prompt(system="You read. " * 300, user='{"message": "hello"}', schema=SCHEMA, max_tokens=300)
    places = await endpoints_of(house.runtime, tenant)
    request = Request(tenant_id, tenant.timezone, places, prompt, "bench@1", read=read_answer)
    return lambda: complete(house.runtime, request)


def library_call(house: ModelHouse, http: httpx2.AsyncClient) -> Call:
    body = house.api.received[0].body
    client = openai.AsyncOpenAI(api_key="sk", base_url=house.url, max_retries=0, http_client=http)
    return lambda: client.chat.completions.create(**body)


async def median_ms(call: Call) -> float:
    times = []
    for _ in range(_CALLS):
        started = time.perf_counter()
        await call()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


async def rush(call: Call) -> float:
    """Calls a second, with as many at once as one tenant may have, and patience for all."""
    bulkhead.PATIENCE_S = 60
    started = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(_RUSH)))
    return _RUSH / (time.perf_counter() - started)


def report(rounds: list[tuple[float, float]], calls_per_s: float) -> None:
    overhead = sorted(through - alone for alone, through in rounds)
    figures = {
        "library_ms": statistics.median(alone for alone, _ in rounds),
        "gateway_ms": statistics.median(through for _, through in rounds),
        "overhead_ms": statistics.median(overhead),
        "least_ms": overhead[0],
        "most_ms": overhead[-1],
        "calls_per_s_of_one_tenant": calls_per_s,
    }
    print(json.dumps({"bench": "gateway"} | {name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    uvloop.run(bench())
