"""`booka usage`: what the model did and cost for a tenant, and how many turns needed it."""

from dataclasses import replace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from cli.demo_model import needs_stand_in, with_stand_in
from cli.demo_tenants import sample_files
from cli.usage import show_usage
from core.errors import InputError
from core.runtime import Runtime
from core.settings import load_settings
from core.uow import unit_of_work
from llm.endpoints import endpoints_of
from tenants.definition import parse_definition
from tenants.tenant import get_tenant
from tests.support.model import LLM, ModelHouse
from tests.support.phone import Phone
from tests.support.tenants import make_tenant
from webhooks.app import create_app

UNSURE = "so my aunt quipped that this mane of mine would frighten geese"


async def shown(house: ModelHouse, key: str, **more: Any) -> str:
    return await show_usage(house.runtime, key, **({"month": None, "rebuild": False} | more))


async def test_tokens_cost_and_the_share_of_turns_that_needed_a_model(house: ModelHouse, runtime: Runtime) -> None:
    tenant = await make_tenant(runtime, languages=["en"], llm=LLM | {"cost_per_month_usd": "20.00"})
    async with TestClient(TestServer(create_app(runtime))) as client:
        phone = Phone(house.runtime, client, tenant, channel="telegram")
        await phone.writes("hello")
        await phone.taps("Book")
        await phone.writes(UNSURE)
        house.api.fail_next("429")
        await phone.writes("wibble wobble blargh")
    used = [row["prompt_tokens"] for row in await house.calls(tenant.tenant_id)]
    said = await shown(house, tenant.key)
    assert f"gpt-4.1-mini: 2 calls, 1 answered, {sum(used):,} tokens in" in said
    assert "rate limited: 1" in said
    assert "turns in words: 3; needed a model: 2 (66.7%)" in said
    assert "read by it: 1" in said
    assert f"tokens in, median of a call: {used[0]:,}" in said
    assert 0 < used[0] <= 1500
    assert "of 10,000,000" in said
    assert "of $20.00" in said
    assert await shown(house, tenant.key, rebuild=True) == said
    assert "no model was asked" in await shown(house, tenant.key, month="2025-12")


async def test_a_tenant_that_never_asked(house: ModelHouse, runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    said = await shown(house, tenant.key)
    assert "no model was asked" in said
    assert "turns in words: 0; needed a model: 0;" in said


@pytest.mark.parametrize(("key", "month"), [("nobody", None), ("", None)])
async def test_an_unknown_tenant_is_refused(house: ModelHouse, key: str, month: str | None) -> None:
    with pytest.raises(InputError, match="there is no tenant"):
        await shown(house, key, month=month)


async def test_a_bad_month_is_refused(house: ModelHouse, runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    with pytest.raises(InputError, match="not a month"):
        await shown(house, tenant.key, month="March")


def test_the_demo_needs_a_stand_in_only_where_nothing_is_set() -> None:
    assert needs_stand_in(load_settings())
    assert not needs_stand_in(load_settings(openai={"api_key": "sk"}))
    assert not needs_stand_in(load_settings(openai={"base_url": "http://127.0.0.1:9/v1"}))


def test_only_samples_that_want_a_model_get_the_stand_in() -> None:
    samples = [parse_definition(text, lambda _: None) for _, text in sample_files()]
    endpoints = {
        sample.tenant.vertical: [entry.base_url for entry in with_stand_in(sample, "http://s/v1").llm.endpoints]
        for sample in samples
    }
    assert endpoints == {"beauty": ["http://s/v1"], "medicine": []}


async def test_an_endpoint_without_encryption_is_not_used_in_production(runtime: Runtime) -> None:
    own = [{"base_url": url, "api_key": {"value": "sk"}} for url in ("http://a.example/v1", "https://b.example/v1")]
    tenant = await make_tenant(runtime, llm=LLM | {"endpoints": own})
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        known = await get_tenant(uow)
    assert len(await endpoints_of(runtime, known)) == 2
    there = replace(runtime, settings=runtime.settings.model_copy(update={"env": "production"}))
    assert [endpoint.base_url for endpoint in await endpoints_of(there, known)] == ["https://b.example/v1"]
