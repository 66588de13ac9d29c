"""What the doctor says of the model."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from cli.doctor_model import check_model
from core.clock import FixedClock
from core.runtime import Runtime
from tests.conftest import NOW
from tests.llm.asking import ask, outcome_of
from tests.support.databases import shared_runtime as shared_runtime
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.tenants import make_tenant


async def findings(runtime: Runtime) -> dict[str, tuple[bool, str]]:
    return {name: (is_well, detail) async for name, is_well, detail in check_model(runtime)}


def at(house: ModelHouse, year: int) -> ModelHouse:
    """In a year of its own: other tests' calls are not of this hour."""
    clock = FixedClock(NOW.replace(year=year))
    return replace(house, runtime=replace(house.runtime, clock=clock))


async def test_without_a_key_all_is_well(runtime: Runtime) -> None:
    assert (await findings(runtime))["model"][0]


async def test_a_server_that_takes_the_key_is_well_and_one_that_is_away_is_not_in_production(
    house: ModelHouse, runtime: Runtime
) -> None:
    assert (await findings(house.runtime))["model"] == (True, f"gpt-4.1-mini at {house.url}: HTTP 200")
    async with model_house(runtime, base_url="http://127.0.0.1:9/v1") as away:
        assert (await findings(away.runtime))["model"][0]
        settings = away.runtime.settings.model_copy(update={"env": "production"})
        is_well, detail = (await findings(replace(away.runtime, settings=settings)))["model"]
        assert (is_well, "cannot be reached" in detail) == (False, True)


async def test_a_key_that_is_refused_is_said(house: ModelHouse) -> None:
    house.api.always = "401"
    is_well, detail = (await findings(house.runtime))["model"]
    assert (is_well, detail.endswith("the key is refused")) == (False, True)
    assert "sk-of-the-tests" not in detail


async def test_it_counts_the_calls_of_the_hour_and_who_is_near_a_limit(house: ModelHouse, runtime: Runtime) -> None:
    house = at(house, 2041)
    used = await make_tenant(runtime, llm=LLM | {"tokens_per_day": 2000})
    none = await make_tenant(runtime, llm=LLM | {"tokens_per_day": 0})
    house.api.count = lambda body: 1600
    await ask(house, used)
    assert await outcome_of(house, used) == await outcome_of(house, none) == "quota"
    said = "3 in the last hour, 1 answered, 2 without quota, tenants near a limit: 1"
    assert (await findings(house.runtime))["model calls"] == (True, said)


async def test_a_model_that_never_answers_and_a_day_without_tokens_are_not_well(runtime: Runtime) -> None:
    async with model_house(runtime, tokens_per_day=100_000) as ours:
        house = at(ours, 2042)
        tenant = await make_tenant(runtime, llm=LLM)
        house.api.always = "refusal"
        for _ in range(5):
            assert await outcome_of(house, tenant) == "refusal"
        is_well, detail = (await findings(house.runtime))["model calls"]
        assert (is_well, "5 in the last hour, 0 answered" in detail) == (False, True)
        assert "of 100,000 tokens left today" in detail
        openai = house.runtime.settings.openai.model_copy(update={"tokens_per_day": 1, "api_key": SecretStr("")})
        settings = house.runtime.settings.model_copy(update={"openai": openai})
        assert not (await findings(replace(house.runtime, settings=settings)))["model calls"][0]


@pytest.mark.parametrize("fault", ["500", "503"])
async def test_a_server_that_fails_is_not_well(house: ModelHouse, fault: str) -> None:
    house.api.always = fault
    assert not (await findings(house.runtime))["model"][0]
