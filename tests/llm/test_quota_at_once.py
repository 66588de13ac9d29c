"""No number of callers together ever spends more than a tenant may."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest

from core.runtime import Runtime
from dialog.understanding.llm_wire import SCHEMA
from llm import bulkhead, gateway
from llm.failures import LlmError
from tests.llm.asking import outcome_of
from tests.llm.reserving import limited, refusal, reserve, settle
from tests.support.model import LLM, model_house
from tests.support.phone import query
from tests.support.tenants import make_tenant


async def test_400_concurrent_calls_stay_within_10_000_tokens(runtime: Runtime) -> None:
    tenant_id = await limited(runtime, tokens_per_day=10_000)
    served = 0

    async def one() -> None:
        nonlocal served
        try:
            reservation = await reserve(runtime, tenant_id)
        except LlmError:
            return
        await asyncio.sleep(0)
        await settle(runtime, tenant_id, reservation)
        served += 1

    await asyncio.gather(*(one() for _ in range(400)))
    rows = await query(runtime, "SELECT day_tokens, day_reserved FROM llm_quotas WHERE tenant_id = $1", tenant_id)
    assert (rows[0]["day_tokens"], rows[0]["day_reserved"]) == (served * 120, 0)
    assert 10_000 // 600 <= served <= 10_000 // 120


def usual(body: Mapping[str, Any]) -> int:
    return sum(len(message["content"].encode()) for message in body["messages"]) // 4


def dearest(body: Mapping[str, Any]) -> int:
    """A tokenizer to which each byte of the customer's is a token, and our own words as dear as can be."""
    system, user = (message["content"].encode() for message in body["messages"])
    return len(user) + (len(system) + len(orjson.dumps(SCHEMA))) // 3 + 100


@pytest.mark.parametrize("count", [usual, dearest])
async def test_400_questions_to_the_gateway_at_once_stay_within_it_too(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, count: Callable[[Mapping[str, Any]], int]
) -> None:
    monkeypatch.setattr(bulkhead, "AT_ONCE_A_TENANT", 400)
    monkeypatch.setattr(bulkhead, "PATIENCE_S", 60)
    monkeypatch.setattr(gateway, "DEADLINE_S", 60.0)  # the machine may be busy
    async with model_house(runtime) as house:
        house.api.count = count
        limits = {"tokens_per_day": 10_000, "requests_per_minute": 1_000_000}
        tenant = await make_tenant(runtime, llm=LLM | limits)
        said = await asyncio.gather(*(outcome_of(house, tenant) for _ in range(400)))
        spent = sum(row["prompt_tokens"] + row["completion_tokens"] for row in await house.calls(tenant.tenant_id))
        assert set(said) == {"ok", "quota"}
        assert 0 < spent <= 10_000
        assert spent == (await house.quota(tenant.tenant_id))["day_tokens"]


async def test_the_first_calls_of_a_day_do_not_get_into_each_others_way(runtime: Runtime) -> None:
    tenant_id = await limited(runtime, tokens_per_day=6000)
    assert (
        sorted(await asyncio.gather(*(refusal(runtime, tenant_id) for _ in range(12))))
        == [""] * 10 + ["tokens_per_day"] * 2
    )
