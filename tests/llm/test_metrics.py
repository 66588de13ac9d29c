"""The numbers of the gateway, as Prometheus reads them."""

import re
import socket

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.metrics import metrics_server, metrics_text
from core.runtime import Runtime
from tests.llm.asking import ask, outcome_of
from tests.support.model import LLM, ModelHouse
from tests.support.tenants import TenantFixture, make_tenant
from webhooks.app import create_app


def numbers(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^(booka_llm_\S+) (\S+)$", text, re.MULTILINE)}


def grown(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    found = {name: value - before.get(name, 0) for name, value in after.items() if not name.endswith("_created")}
    return {name: value for name, value in found.items() if value and "_bucket" not in name}


async def test_calls_tokens_and_dollars_are_counted_by_model_and_outcome(
    house: ModelHouse, tenant: TenantFixture
) -> None:
    before = numbers(metrics_text().decode())
    await ask(house, tenant)
    house.api.fail_next("402")
    await outcome_of(house, tenant)
    async with TestClient(TestServer(create_app(house.runtime))) as client, client.get("/metrics") as answer:
        text = await answer.text()
    more = grown(before, numbers(text))
    (call, _) = await house.calls(tenant.tenant_id)
    assert more['booka_llm_requests_total{model="gpt-4.1-mini",outcome="ok"}'] == 1
    assert more['booka_llm_requests_total{model="gpt-4.1-mini",outcome="no_credit"}'] == 1
    assert more['booka_llm_circuits_opened_total{kind="no_credit"}'] == 1
    assert more['booka_llm_tokens_total{direction="input",model="gpt-4.1-mini"}'] == call["prompt_tokens"]
    assert more['booka_llm_cost_usd_total{model="gpt-4.1-mini"}'] == pytest.approx(call["cost_u"] / 1_000_000)
    assert more['booka_llm_duration_seconds_count{model="gpt-4.1-mini"}'] == 2
    assert tenant.key not in text


async def test_a_limit_that_refuses_is_counted_and_models_that_nobody_lists_have_no_number_of_their_own(
    house: ModelHouse, runtime: Runtime
) -> None:
    before = numbers(metrics_text().decode())
    poor = await make_tenant(runtime, llm=LLM | {"tokens_per_day": 0})
    odd = await make_tenant(runtime, llm=LLM | {"model": "my-own-model"})
    assert await outcome_of(house, poor) == "quota"
    assert await outcome_of(house, odd) == "ok"
    more = grown(before, numbers(metrics_text().decode()))
    assert more['booka_llm_quota_rejections_total{limit="tokens_per_day"}'] == 1
    assert more['booka_llm_requests_total{model="other",outcome="quota"}'] == 1
    assert more['booka_llm_requests_total{model="other",outcome="ok"}'] == 1
    assert "my-own-model" not in metrics_text().decode()


async def test_a_worker_shows_its_numbers_at_a_port_of_its_own(runtime: Runtime) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with metrics_server(runtime.settings.model_copy(update={"metrics_port": port})):
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert "booka_llm_requests_total" in await answer.text()
