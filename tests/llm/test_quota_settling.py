"""What was reserved is settled once, whatever dies in between; what was spent is counted and told."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from llm import usage
from tests.conftest import NOW
from tests.llm.asking import ask, outcome_of
from tests.llm.reserving import limited, reserve, settle
from tests.support.installation import until
from tests.support.model import ModelHouse
from tests.support.phone import outbox, query
from tests.support.tenants import TenantFixture, make_tenant
from workers import llm_quotas


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
