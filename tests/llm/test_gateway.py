"""One question to a model: how it is bound, what it costs, and every way in which it fails."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from core.clock import FixedClock
from core.runtime import Runtime
from llm import breaker, bulkhead, gateway
from llm.failures import Kind
from tests.llm.asking import ask, outcome_of
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.phone import query
from tests.support.tenants import TenantFixture, apply_document, make_tenant, tenant_document

# What a failure of the provider is to us, how often it was asked, and whether its tokens count.
FAILURES = [
    ("400", Kind.BAD_REQUEST, 1, False),
    ("401", Kind.UNAUTHORISED, 1, False),
    ("402", Kind.NO_CREDIT, 1, False),
    ("403", Kind.UNAUTHORISED, 1, False),
    ("404", Kind.BAD_REQUEST, 1, False),
    ("429", Kind.RATE_LIMITED, 1, False),
    ("429_soon", Kind.RATE_LIMITED, 2, False),
    ("500", Kind.SERVER_ERROR, 2, False),
    ("503", Kind.SERVER_ERROR, 2, False),
    ("html", Kind.GARBLED, 2, True),
    ("error_in_200", Kind.NO_CHOICES, 2, True),
    ("null_choices", Kind.NO_CHOICES, 2, True),
    ("empty_choices", Kind.NO_CHOICES, 2, True),
    ("null_message", Kind.NO_CHOICES, 2, True),
    ("drop", Kind.SERVER_ERROR, 2, True),
    ("refusal", Kind.REFUSAL, 1, True),
    ("cut", Kind.LENGTH, 1, True),
    ("filtered", Kind.FILTERED, 1, True),
    ("prose", Kind.PARSE_ERROR, 2, True),
    ("broken", Kind.PARSE_ERROR, 2, True),
    ("empty", Kind.PARSE_ERROR, 2, True),
    ("wrong_enum", Kind.SCHEMA_ERROR, 2, True),
]


async def test_an_answer_is_reserved_called_and_settled(house: ModelHouse, tenant: TenantFixture) -> None:
    done = await ask(house, tenant, turn_key="turn:1:1")
    assert [command.kind for command in done.value] == ["cannot_handle"]
    (row,) = await house.calls(tenant.tenant_id)
    assert (row["status"], row["purpose"], row["mode"], row["attempt"]) == ("ok", "interpret", "json_schema", 1)
    assert (row["key_owner"], row["model_requested"], row["model_served"]) == (
        "platform",
        "gpt-4.1-mini",
        "gpt-4.1-mini",
    )
    assert row["tokens"] == row["prompt_tokens"] + row["completion_tokens"] < row["est_tokens"]
    assert (row["cost_source"], row["turn_key"]) == ("table", "turn:1:1")
    assert row["cost_u"] == -(-(row["prompt_tokens"] * 4 + row["completion_tokens"] * 16) // 10)
    quota = await house.quota(tenant.tenant_id)
    assert (quota["day_tokens"], quota["day_reserved"]) == (row["tokens"], 0)
    assert (quota["month_cost_u"], quota["month_reserved_u"]) == (row["cost_u"], 0)


async def test_the_call_is_bound_and_bounded(house: ModelHouse, tenant: TenantFixture) -> None:
    await ask(house, tenant)
    (question,) = house.api.received
    assert (question.api_key, question.model) == ("sk-of-the-tests", "gpt-4.1-mini")
    assert (question.body["max_tokens"], question.body["temperature"]) == (100, 0)
    bound = question.body["response_format"]["json_schema"]
    assert bound["strict"] is True
    assert bound["schema"]["type"] == "object"


@pytest.mark.parametrize(("fault", "kind", "calls", "counts"), FAILURES)
async def test_each_failure_is_one_of_our_own_and_is_written_down(
    house: ModelHouse, tenant: TenantFixture, fault: str, kind: Kind, calls: int, counts: bool
) -> None:
    house.api.always = fault
    assert await outcome_of(house, tenant) == kind
    rows = await house.calls(tenant.tenant_id)
    assert [row["status"] for row in rows] == [kind] * calls
    assert all((row["tokens"] > 0) is counts for row in rows)
    assert all(row["settled_at"] is not None for row in rows)
    quota = await house.quota(tenant.tenant_id)
    assert (quota["day_tokens"], quota["day_reserved"]) == (sum(row["tokens"] for row in rows), 0)


@pytest.mark.parametrize("fault", ["fenced", "wordy"])
async def test_json_in_fences_or_prose_is_found(house: ModelHouse, tenant: TenantFixture, fault: str) -> None:
    house.api.fail_next(fault)
    done = await ask(house, tenant)
    assert ([command.kind for command in done.value], done.calls) == (["cannot_handle"], 1)


async def test_a_malformed_answer_is_asked_for_once_more_with_what_was_wrong(
    house: ModelHouse, tenant: TenantFixture
) -> None:
    house.api.fail_next("prose")
    assert (await ask(house, tenant)).calls == 2
    first, second = await house.calls(tenant.tenant_id)
    assert [(row["status"], row["purpose"]) for row in (first, second)] == [
        ("parse_error", "interpret"),
        ("ok", "repair"),
    ]
    messages = [question.body["messages"] for question in house.api.received]
    assert messages[1][:-1] == messages[0]
    assert messages[1][-1] == {"role": "system", "content": "Your last answer could not be used: no JSON object."}


async def test_usage_that_is_not_told_counts_as_the_prompt(house: ModelHouse, tenant: TenantFixture) -> None:
    house.api.fail_next("no_usage")
    await ask(house, tenant)
    (row,) = await house.calls(tenant.tenant_id)
    assert (row["status"], row["cost_source"], row["tokens"]) == ("ok", "estimate", row["est_prompt_tokens"])


@pytest.mark.parametrize("fault", ["drip", "hang"])
async def test_a_slow_answer_is_waited_for_no_longer_than_the_deadline(
    house: ModelHouse, tenant: TenantFixture, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "DEADLINE_S", 0.6)
    house.api.always = fault
    started = time.monotonic()
    assert await outcome_of(house, tenant) == Kind.TIMEOUT
    assert 0.5 < time.monotonic() - started < 1.2
    (row,) = await house.calls(tenant.tenant_id)
    assert (row["status"], row["tokens"]) == ("timeout", row["est_prompt_tokens"])


async def test_a_server_that_is_away_costs_nothing(house: ModelHouse, runtime: Runtime) -> None:
    away = {"base_url": "http://127.0.0.1:9/v1", "api_key": {"value": "sk-own"}}
    tenant = await make_tenant(runtime, llm=LLM | {"endpoints": [away]})
    assert await outcome_of(house, tenant) == Kind.NO_CONNECTION
    rows = await house.calls(tenant.tenant_id)
    assert [(row["status"], row["tokens"], row["key_owner"]) for row in rows] == [("no_connection", 0, "tenant")] * 2


async def test_the_second_endpoint_is_asked_when_the_first_fails(house: ModelHouse, runtime: Runtime) -> None:
    async with model_house(runtime) as other:
        endpoints = [
            {"base_url": f"{house.url}/", "api_key": {"value": "sk-first"}, "model": "small"},
            {"base_url": other.url, "api_key": {"value": "sk-second"}, "model": "large"},
        ]
        tenant = await make_tenant(runtime, llm=LLM | {"endpoints": endpoints})
        house.api.always = "500"
        assert (await ask(house, tenant)).model == "large"
        assert [question.api_key for question in other.api.received] == ["sk-second"]
        assert [question.api_key for question in house.api.received] == ["sk-first"]
        rows = await house.calls(tenant.tenant_id)
        assert [(row["status"], row["model_requested"]) for row in rows] == [("server_error", "small"), ("ok", "large")]
        assert rows[1]["cost_source"] == "ceiling"


async def test_keys_of_a_tenant_lie_sealed(runtime: Runtime, house: ModelHouse) -> None:
    own = {"base_url": house.url, "api_key": {"value": "sk-very-own"}}
    tenant = await make_tenant(runtime, llm=LLM | {"endpoints": [own]})
    await ask(house, tenant)
    assert house.api.received[-1].api_key == "sk-very-own"
    rows = await house.calls(tenant.tenant_id)
    stored = await query(runtime, "SELECT llm::text FROM tenants WHERE id = $1", tenant.tenant_id)
    assert "sk-very-own" not in stored[0]["llm"] + str(rows)


async def test_a_new_key_is_used_at_once(runtime: Runtime, house: ModelHouse) -> None:
    document = tenant_document(llm=LLM | {"endpoints": [{"base_url": house.url, "api_key": {"value": "sk-old"}}]})
    tenant = await apply_document(runtime, document)
    await ask(house, tenant)
    document["llm"]["endpoints"][0]["api_key"] = {"value": "sk-new"}
    await apply_document(runtime, document)
    await ask(house, tenant)
    assert [question.api_key for question in house.api.received] == ["sk-old", "sk-new"]


async def test_without_a_key_nobody_is_asked(runtime: Runtime, tenant: TenantFixture) -> None:
    async with model_house(runtime, api_key=SecretStr("")) as house:
        assert await outcome_of(house, tenant) == Kind.NO_ENDPOINT
        assert house.api.received == []
        assert await house.calls(tenant.tenant_id) == []


class TestLadder:
    async def test_a_refused_mode_leads_one_rung_down_and_is_remembered(
        self, house: ModelHouse, tenant: TenantFixture
    ) -> None:
        house.api.supports = {"json_object"}
        await ask(house, tenant)
        await ask(house, tenant)
        modes = [question.mode for question in house.api.received]
        assert modes == ["json_schema", "tool", "json_object", "json_object"]
        assert "Its schema" in house.api.received[-1].text

    async def test_what_was_learned_is_stored_for_the_next_process(
        self, runtime: Runtime, house: ModelHouse, tenant: TenantFixture
    ) -> None:
        house.api.supports = set()
        await ask(house, tenant)
        reborn = replace(house, runtime=replace(house.runtime))
        await ask(reborn, tenant)
        assert [question.mode for question in house.api.received[-2:]] == ["text", "text"]

    async def test_after_a_week_it_begins_anew(
        self, house: ModelHouse, tenant: TenantFixture, clock: FixedClock
    ) -> None:
        house.api.supports = {"tool"}
        await ask(house, tenant)
        clock.advance(timedelta(days=8))
        house.api.supports = {"json_schema"}
        await ask(house, tenant)
        assert house.api.received[-1].mode == "json_schema"

    async def test_three_answers_in_a_row_that_do_not_fit_lead_down_too(
        self, house: ModelHouse, tenant: TenantFixture
    ) -> None:
        house.api.fail_next("prose", times=3)
        assert await outcome_of(house, tenant) == Kind.PARSE_ERROR
        await ask(house, tenant)
        assert [question.mode for question in house.api.received] == ["json_schema"] * 3 + ["tool"]

    async def test_a_forced_tool_is_answered_by_its_arguments(self, house: ModelHouse, tenant: TenantFixture) -> None:
        house.api.supports = {"tool"}
        assert (await ask(house, tenant)).value[0].kind == "cannot_handle"
        assert house.api.received[-1].body["tool_choice"] == {"type": "function", "function": {"name": "answer"}}


class TestBreaker:
    async def test_an_endpoint_that_keeps_failing_is_left_alone(self, house: ModelHouse, tenant: TenantFixture) -> None:
        house.api.always = "500"
        for _ in range(3):
            await outcome_of(house, tenant)
        asked = len(house.api.received)
        assert await outcome_of(house, tenant) == Kind.BREAKER_OPEN
        assert len(house.api.received) == asked == breaker.FAILURES
        assert (await house.calls(tenant.tenant_id))[-1]["status"] == "breaker_open"

    async def test_a_refused_key_is_not_tried_again(self, house: ModelHouse, tenant: TenantFixture) -> None:
        house.api.always = "401"
        assert await outcome_of(house, tenant) == Kind.UNAUTHORISED
        house.api.always = ""
        assert await outcome_of(house, tenant) == Kind.BREAKER_OPEN
        assert len(house.api.received) == 1

    async def test_another_tenants_bad_key_closes_only_its_own_way(
        self, runtime: Runtime, house: ModelHouse, tenant: TenantFixture
    ) -> None:
        own = {"base_url": house.url, "api_key": {"value": "sk-bad"}}
        other = await make_tenant(runtime, llm=LLM | {"endpoints": [own]})
        house.api.fail_next("401")
        assert await outcome_of(house, other) == Kind.UNAUTHORISED
        assert (await ask(house, tenant)).calls == 1

    def test_after_its_time_one_call_at_a_time_tries(self) -> None:
        now = [0.0]
        one = breaker.Breaker(lambda: now[0])
        for _ in range(breaker.FAILURES):
            assert one.lets_in()
            one.note(Kind.TIMEOUT)
        assert not one.lets_in()
        now[0] += breaker.OPEN_S
        assert one.lets_in()
        assert not one.lets_in()
        one.note(Kind.TIMEOUT)
        assert not one.lets_in()
        now[0] += breaker.OPEN_S
        assert one.lets_in()
        one.note(None)
        assert one.lets_in()
        assert one.lets_in()

    def test_failures_far_apart_open_nothing(self) -> None:
        now = [0.0]
        one = breaker.Breaker(lambda: now[0])
        for _ in range(20):
            one.note(Kind.SERVER_ERROR)
            now[0] += breaker.WITHIN_S / 2
        assert one.lets_in()


@pytest.fixture
async def slow_house(runtime: Runtime) -> AsyncIterator[ModelHouse]:
    async with model_house(runtime) as house:
        house.api.faults.delay_s = 0.8
        yield house


async def test_one_tenant_cannot_take_every_place(
    slow_house: ModelHouse, runtime: Runtime, tenant: TenantFixture
) -> None:
    other = await make_tenant(runtime, llm=LLM)
    many = [asyncio.create_task(outcome_of(slow_house, tenant)) for _ in range(bulkhead.AT_ONCE_A_TENANT + 4)]
    neighbour = asyncio.create_task(outcome_of(slow_house, other))
    said = await asyncio.gather(*many)
    assert await neighbour == "ok"
    assert sorted(said) == ["busy"] * 4 + ["ok"] * bulkhead.AT_ONCE_A_TENANT
