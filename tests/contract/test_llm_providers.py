"""What every provider of models has to keep, whichever file it comes from: an answer, or a failure in our own words."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestServer

from core.registry import discover
from dialog.understanding.llm_wire import SCHEMA
from llm import providers
from llm.call import Endpoint, LlmProvider, Mode, Prompt
from llm.failures import Kind, LlmError
from standins.openai_api import OpenAiApi
from standins.openai_faults import CHANGED, INSTEAD

PROVIDERS = discover(providers, "PROVIDER")
PROMPT = Prompt(system="You answer.", user='{"message": "hello"}', schema=SCHEMA, max_tokens=100)
SLOW = ("hang", "drip")


@pytest.fixture(params=sorted(PROVIDERS))
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[LlmProvider]:
    provider: LlmProvider = PROVIDERS[request.param]()
    yield provider
    await provider.close()


@pytest.fixture
async def api() -> OpenAiApi:
    return OpenAiApi()


@pytest.fixture
async def endpoint(api: OpenAiApi, provider: LlmProvider) -> AsyncIterator[Endpoint]:
    async with TestServer(api.app) as server:
        yield Endpoint(provider.key, str(server.make_url("/v1")), "sk", "gpt-4.1-mini", None)


@pytest.mark.parametrize("mode", Mode)
async def test_every_mode_is_answered_with_its_usage(
    provider: LlmProvider, endpoint: Endpoint, api: OpenAiApi, mode: Mode
) -> None:
    answer = await provider.ask(endpoint, PROMPT, mode)
    assert '"commands"' in answer.text
    assert answer.usage is not None
    assert answer.usage.tokens > 0
    assert (answer.model, api.received[0].mode) == ("gpt-4.1-mini", mode)


@pytest.mark.parametrize("fault", sorted({*INSTEAD, *CHANGED} - {*SLOW}))
async def test_nothing_but_our_own_failures_comes_out(
    provider: LlmProvider, endpoint: Endpoint, api: OpenAiApi, fault: str
) -> None:
    api.fail_next(fault)
    try:
        said = (await provider.ask(endpoint, PROMPT, Mode.JSON_SCHEMA)).text
    except LlmError as error:
        said = error.code
    assert isinstance(said, str)
    assert "key provided" not in said
    assert len(api.received) == 1


@pytest.mark.parametrize("fault", SLOW)
async def test_a_call_that_is_given_up_ends_at_once(
    provider: LlmProvider, endpoint: Endpoint, api: OpenAiApi, fault: str
) -> None:
    api.fail_next(fault)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await provider.ask(endpoint, PROMPT, Mode.TEXT)
    assert (await provider.ask(endpoint, PROMPT, Mode.TEXT)).text


async def test_nobody_at_home_is_no_connection(provider: LlmProvider, endpoint: Endpoint) -> None:
    with pytest.raises(LlmError) as error:
        await provider.ask(replace(endpoint, base_url="http://127.0.0.1:9/v1"), PROMPT, Mode.TEXT)
    assert error.value.kind is Kind.NO_CONNECTION


async def test_what_was_wrong_goes_to_the_end_of_the_prompt(
    provider: LlmProvider, endpoint: Endpoint, api: OpenAiApi
) -> None:
    await provider.ask(endpoint, PROMPT, Mode.TEXT)
    await provider.ask(endpoint, replace(PROMPT, correction="That was no JSON."), Mode.TEXT)
    first, second = (question.body["messages"] for question in api.received)
    assert second[:-1] == first
    assert second[-1]["content"] == "That was no JSON."


async def test_a_model_that_refuses_older_parameters_is_asked_without_them(
    provider: LlmProvider, endpoint: Endpoint, api: OpenAiApi
) -> None:
    api.refuses = {"temperature", "max_tokens"}
    for _ in range(2):
        assert (await provider.ask(endpoint, PROMPT, Mode.JSON_SCHEMA)).text
    assert ["max_tokens" in question.body for question in api.received] == [True, False, False]
    assert api.received[-1].body["max_completion_tokens"] == PROMPT.max_tokens


async def test_names_that_a_server_makes_up_are_fit_to_be_stored(
    provider: LlmProvider, endpoint: Endpoint, api: OpenAiApi
) -> None:
    answer = await provider.ask(replace(endpoint, model="m\x00\x07" + "x" * 500), PROMPT, Mode.TEXT)
    assert answer.model is not None
    assert answer.model.startswith("mx")
    assert len(answer.model) <= 200
