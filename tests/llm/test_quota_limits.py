"""What a tenant may spend, by the day, the month, the minute and the customer, and all tenants together."""

from datetime import timedelta

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from llm.call import Endpoint
from tests.conftest import NOW
from tests.llm.asking import outcome_of
from tests.llm.reserving import limited, refusal, reserve, settle
from tests.support.model import LLM, ModelHouse
from tests.support.phone import query
from tests.support.tenants import TenantFixture, make_tenant


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
