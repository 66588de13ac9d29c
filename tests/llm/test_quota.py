"""What a tenant may spend: no number of callers together ever spends more, whatever dies in between."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.understanding.llm_wire import SCHEMA
from llm import bulkhead, gateway, quota, usage
from llm.call import Endpoint, Usage
from llm.failures import LlmError
from llm.prices import price_of
from llm.providers.price_list import PriceList
from llm.quota import Outcome, Reservation, Wish
from tests.conftest import NOW
from tests.llm.asking import ask, outcome_of
from tests.support.installation import until
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.phone import outbox, query
from tests.support.tenants import TenantFixture, make_tenant
from workers import llm_quotas

ENDPOINT = Endpoint("openai", "https://models.example/v1", "sk", "gpt-4.1-mini", None)
PRICES = PriceList()


def wish(runtime: Runtime, **changes: Any) -> Wish:
    now = runtime.clock.now()
    day, month = quota.period_of(now, "Africa/Douala")
    values: dict[str, Any] = {
        "conversation_id": None,
        "turn_key": "turn:1",
        "purpose": "interpret",
        "endpoint": ENDPOINT,
        "mode": "json_schema",
        "attempt": 1,
        "prompt_version": "test@1",
        "prompt_tokens": 500,
        "max_tokens": 100,
        "priced": price_of(ENDPOINT, PRICES, now),
        "now": now,
        "day": day,
        "month": month,
    }
    return Wish(**values | changes)


async def reserve(
    runtime: Runtime, tenant_id: int, *, platform_limit: int | None = None, **changes: Any
) -> Reservation:
    async with unit_of_work(runtime, tenant_id) as uow:
        return await quota.reserve(uow, wish(runtime, **changes), platform_limit=platform_limit)


async def settle(runtime: Runtime, tenant_id: int, reservation: Reservation, tokens: int | None = 120) -> bool:
    used = None if tokens is None else Usage(tokens - 20, 20)
    async with unit_of_work(runtime, tenant_id) as uow:
        return await quota.settle(uow, reservation, Outcome("ok", used), runtime.clock.now()) is not None


async def refusal(runtime: Runtime, tenant_id: int, **more: Any) -> str:
    """The limit that refuses, or nothing."""
    try:
        await reserve(runtime, tenant_id, **more)
    except LlmError as error:
        return error.code
    return ""


async def limited(runtime: Runtime, **limits: Any) -> int:
    llm = {"enabled": True, "requests_per_minute": 1_000_000} | limits
    return (await make_tenant(runtime, llm=llm)).tenant_id


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


class TestLimits:
    async def test_nothing_at_all_is_a_limit_of_nothing(self, runtime: Runtime) -> None:
        tenant_id = await limited(runtime, tokens_per_day=0)
        assert await refusal(runtime, tenant_id) == "tokens_per_day"

    async def test_no_limit_is_none(self, runtime: Runtime) -> None:
        tenant_id = await limited(runtime)
        assert await refusal(runtime, tenant_id, prompt_tokens=10**8) == ""

    async def test_a_tenant_without_a_row_may_not_call(self, runtime: Runtime) -> None:
        assert await refusal(runtime, 987_654_321) == "no_row"

    async def test_the_day_is_the_tenants_own(self, runtime: Runtime, clock: FixedClock) -> None:
        tenant_id = await limited(runtime, tokens_per_day=1000)
        await reserve(runtime, tenant_id)
        assert await refusal(runtime, tenant_id) == "tokens_per_day"
        clock.set(NOW.replace(hour=22, minute=59))
        assert await refusal(runtime, tenant_id) == "tokens_per_day"
        clock.set(NOW.replace(hour=23, minute=0))  # midnight in Douala
        assert await refusal(runtime, tenant_id) == ""

    async def test_a_clock_that_goes_back_finds_what_was_spent_that_day(
        self, runtime: Runtime, clock: FixedClock
    ) -> None:
        tenant_id = await limited(runtime, tokens_per_day=1000)
        await settle(runtime, tenant_id, await reserve(runtime, tenant_id), tokens=800)
        clock.advance(timedelta(days=2))
        await reserve(runtime, tenant_id)
        clock.set(NOW)
        assert await refusal(runtime, tenant_id) == "tokens_per_day"

    async def test_cost_counts_by_the_month(self, runtime: Runtime, clock: FixedClock) -> None:
        tenant_id = await limited(runtime, cost_per_month_usd="0.0006")
        first = await reserve(runtime, tenant_id)
        assert first.wish.cost_u == 360
        assert await refusal(runtime, tenant_id) == "cost_per_month"
        await settle(runtime, tenant_id, first)
        assert await refusal(runtime, tenant_id) == ""
        clock.advance(timedelta(days=20))
        assert await refusal(runtime, tenant_id) == "cost_per_month"
        clock.advance(timedelta(days=20))
        assert await refusal(runtime, tenant_id) == ""

    async def test_requests_come_evenly_once_the_minute_is_used_up(self, runtime: Runtime, clock: FixedClock) -> None:
        tenant_id = await limited(runtime, requests_per_minute=6)
        assert [await refusal(runtime, tenant_id) for _ in range(8)] == [""] * 6 + ["requests_per_minute"] * 2
        clock.advance(timedelta(seconds=10))
        assert [await refusal(runtime, tenant_id) for _ in range(2)] == ["", "requests_per_minute"]
        clock.advance(timedelta(days=-30))  # another clock's minutes are none of ours
        assert await refusal(runtime, tenant_id) == ""

    async def test_one_customer_cannot_use_up_the_day(
        self, house: ModelHouse, runtime: Runtime, clock: FixedClock
    ) -> None:
        tenant = await make_tenant(runtime, llm=LLM | {"turns_per_customer_hour": 2})
        conversation_id = await new_conversation(runtime, tenant)
        turns = [{"conversation_id": conversation_id, "turn_key": f"turn:{n}"} for n in range(3)]
        assert [await outcome_of(house, tenant, **turn) for turn in turns] == ["ok", "ok", "quota"]
        assert (await house.calls(tenant.tenant_id))[-1]["error_code"] == "turns_per_hour"
        assert await outcome_of(house, tenant, **turns[1]) == "ok"
        assert await outcome_of(house, tenant, turn_key="turn:9") == "ok"
        clock.advance(timedelta(minutes=61))
        assert await outcome_of(house, tenant, **turns[2]) == "ok"

    async def test_the_platform_has_a_cap_of_its_own(self, runtime: Runtime, clock: FixedClock) -> None:
        clock.advance(timedelta(days=700))  # a day that no other test counts on
        one, other = await limited(runtime), await limited(runtime)
        first = await reserve(runtime, one, platform_limit=1000)
        assert await refusal(runtime, other, platform_limit=1000) == "platform"
        rows = await query(runtime, "SELECT day_reserved FROM llm_quotas WHERE tenant_id = $1", other)
        assert rows[0]["day_reserved"] == 0
        await settle(runtime, one, first)
        assert await refusal(runtime, other, platform_limit=1000) == ""
        own = Endpoint("openai", "https://models.example/v1", "sk", "gpt-4.1-mini", one)
        assert await refusal(runtime, one, platform_limit=1000, endpoint=own) == ""
        clock.advance(timedelta(days=1))
        assert await refusal(runtime, one, platform_limit=1000) == ""
        clock.advance(timedelta(days=-1))  # counted from the calls
        assert await refusal(runtime, one, platform_limit=1000) == "platform"


async def new_conversation(runtime: Runtime, tenant: TenantFixture) -> int:
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        account = await uow.driver.fetchval("SELECT id FROM channel_accounts LIMIT 1")
        made = (
            "INSERT INTO conversations (tenant_id, account_id, channel, external_id) VALUES ($1, $2, 'telegram', '1')"
        )
        return int(await uow.driver.fetchval(f"{made} RETURNING id", tenant.tenant_id, account))


class TestSettling:
    async def test_it_happens_once(self, runtime: Runtime) -> None:
        tenant_id = await limited(runtime)
        reservation = await reserve(runtime, tenant_id)
        assert [await settle(runtime, tenant_id, reservation) for _ in range(2)] == [True, False]
        rows = await query(runtime, "SELECT day_tokens, day_reserved FROM llm_quotas WHERE tenant_id = $1", tenant_id)
        assert tuple(rows[0]) == (120, 0)

    async def test_usage_beyond_belief_is_not_believed(self, runtime: Runtime) -> None:
        tenant_id = await limited(runtime)
        await settle(runtime, tenant_id, await reserve(runtime, tenant_id), tokens=900_000_000)
        rows = await query(runtime, "SELECT day_tokens FROM llm_quotas WHERE tenant_id = $1", tenant_id)
        assert rows[0]["day_tokens"] == 500

    async def test_a_call_that_is_cancelled_is_settled_all_the_same(
        self, house: ModelHouse, tenant: TenantFixture
    ) -> None:
        house.api.always = "hang"
        asking = asyncio.create_task(ask(house, tenant))
        await until(partial(is_asked, house))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await house.runtime.closing.aclose()
        (row,) = await house.calls(tenant.tenant_id)
        assert (row["status"], row["tokens"]) == ("cancelled", row["est_prompt_tokens"])
        assert (await house.quota(tenant.tenant_id))["day_reserved"] == 0

    async def test_what_a_killed_process_had_reserved_is_settled_by_the_sweep(
        self, house: ModelHouse, tenant: TenantFixture
    ) -> None:
        house.api.always = "hang"
        environment = os.environ | {
            "BOOKA_DATABASE_URL": house.runtime.database_url,
            "BOOKA_REDIS_URL": house.runtime.redis_url,
            "BOOKA_DATA_DIR": str(house.runtime.settings.data_dir),
            "BOOKA_NOW": NOW.isoformat(),
            "BOOKA_OPENAI_API_KEY": "sk-of-the-tests",
            "BOOKA_OPENAI_BASE_URL": house.url,
            "BOOKA_LOG_LEVEL": "ERROR",
        }
        script = f"from tests.llm.dying import main; main({tenant.tenant_id})"
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, env=environment)
        await until(partial(is_asked, house))
        process.kill()
        assert await process.wait() == -signal.SIGKILL
        before = await house.quota(tenant.tenant_id)
        assert before["day_reserved"] > 0
        await llm_quotas.settle_and_warn(house.runtime, tenant.tenant_id, 0)
        assert (await house.quota(tenant.tenant_id))["day_reserved"] == before["day_reserved"]  # it may still be alive
        await age_calls(house.runtime, tenant.tenant_id)
        await llm_quotas.settle_and_warn(house.runtime, tenant.tenant_id, 0)
        (row,) = await house.calls(tenant.tenant_id)
        assert (row["status"], row["tokens"]) == ("lost", row["est_prompt_tokens"])
        after = await house.quota(tenant.tenant_id)
        assert (after["day_reserved"], after["day_tokens"]) == (0, row["tokens"])

    async def test_the_sweep_finds_whose_calls_are_lost(self, runtime: Runtime) -> None:
        tenant_id = await limited(runtime)
        await reserve(runtime, tenant_id)
        assert tenant_id not in await chores(runtime)
        await age_calls(runtime, tenant_id)
        assert tenant_id in await chores(runtime)
        await llm_quotas.settle_and_warn(runtime, tenant_id, 0)
        assert tenant_id not in await chores(runtime)


async def is_asked(house: ModelHouse) -> bool:
    return bool(house.api.received)


async def age_calls(runtime: Runtime, tenant_id: int) -> None:
    async with unit_of_work(runtime, tenant_id) as uow:
        await uow.driver.execute("UPDATE llm_calls SET reserved_at = reserved_at - interval '1 min'")


async def chores(runtime: Runtime) -> set[int]:
    async with unit_of_work(runtime, 0) as uow:
        rows = await uow.driver.fetch("SELECT tenant_id FROM llm_chores(interval '30 s', 1000)")
    return {row["tenant_id"] for row in rows}


async def test_counters_rebuilt_from_the_calls_are_those_that_were_kept(
    house: ModelHouse, tenant: TenantFixture, clock: FixedClock
) -> None:
    runtime, tenant_id = house.runtime, tenant.tenant_id
    for fault in ("", "prose", "429", "cut", "null_choices", "no_usage", "refusal"):
        house.api.always = fault
        await outcome_of(house, tenant)
    house.api.always = ""
    clock.advance(timedelta(days=1))
    await ask(house, tenant)
    await reserve(runtime, tenant_id)
    kept = await counters(runtime, tenant_id)
    async with unit_of_work(runtime, tenant_id) as uow:
        assert await usage.find_drift(uow) == {}
        await uow.driver.execute("UPDATE llm_quotas SET day_tokens = 7, day_reserved = 7, month_cost_u = 7")
        await uow.driver.execute("UPDATE usage_daily SET calls = 7, ok = 7, prompt_tokens = 7, cost_u = 7")
        assert set(await usage.find_drift(uow)) == {"tokens", "reserved", "cost_u"}
        await usage.rebuild(uow, runtime.clock.now(), "Africa/Douala")
    assert await counters(runtime, tenant_id) == kept


async def counters(runtime: Runtime, tenant_id: int) -> list[list[dict[str, Any]]]:
    tables = (("llm_quotas", "tenant_id"), ("usage_daily", "day, purpose, model"))
    return [
        [dict(row) for row in await query(runtime, f"SELECT * FROM {t} WHERE tenant_id = $1 ORDER BY {by}", tenant_id)]
        for t, by in tables
    ]


async def test_merchants_hear_once_of_four_fifths(runtime: Runtime, clock: FixedClock) -> None:
    tenant = await make_tenant(runtime, llm={"enabled": True, "tokens_per_day": 1000, "cost_per_month_usd": "0.001"})
    await settle(runtime, tenant.tenant_id, await reserve(runtime, tenant.tenant_id), tokens=799)
    await llm_quotas.settle_and_warn(runtime, tenant.tenant_id, 0)
    assert await notices(runtime, tenant) == []
    await settle(runtime, tenant.tenant_id, await reserve(runtime, tenant.tenant_id, prompt_tokens=100), tokens=30)
    assert tenant.tenant_id in await chores(runtime)
    for _ in range(2):
        await llm_quotas.settle_and_warn(runtime, tenant.tenant_id, 0)
    (told,) = await notices(runtime, tenant)
    assert "829 sur 1\u202f000" in told
    assert tenant.tenant_id not in await chores(runtime)
    clock.advance(timedelta(days=1))
    await settle(runtime, tenant.tenant_id, await reserve(runtime, tenant.tenant_id), tokens=950)
    await llm_quotas.settle_and_warn(runtime, tenant.tenant_id, 0)
    assert [("950 sur" in text) for text in await notices(runtime, tenant)] == [False, True]


async def notices(runtime: Runtime, tenant: TenantFixture) -> list[str]:
    """To the owner; the staff are not concerned."""
    return [row["payload"]["text"] for row in await outbox(runtime, tenant.tenant_id, kind="notice")]
