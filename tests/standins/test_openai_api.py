"""The stand-in of a model: speaks as the real ones do, answers alike each time, fails by name."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from standins.openai_api import OpenAiApi
from standins.openai_evil import evil_answers
from standins.openai_faults import CHANGED, INSTEAD
from standins.openai_imitation import imitate

BUSINESS = {"name": "Salon", "services": ["Haircut", "Braids"], "staff": ["Nadia"], "locations": []}
SLOW = {"hang", "drip"}


@pytest.fixture
def api() -> OpenAiApi:
    return OpenAiApi()


@pytest.fixture
async def client(api: OpenAiApi) -> "AsyncIterator[TestClient[Any, Any]]":
    async with TestClient(TestServer(api.app)) as client:
        yield client


def messages(message: str, **turn: Any) -> list[dict[str, str]]:
    system = f"You read.\n\nThe business, as data:\n{json.dumps(BUSINESS)}"
    return [{"role": "system", "content": system}, {"role": "user", "content": json.dumps(turn | {"message": message})}]


async def ask(client: "TestClient[Any, Any]", message: str, *, model: str = "m", **body: Any) -> tuple[int, Any]:
    asked = {"model": model, "messages": messages(message)} | body
    headers = {"Authorization": "Bearer sk"}
    async with client.post("/v1/chat/completions", json=asked, headers=headers) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await answer.json() if is_json else await answer.text()


def commands(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(answer["choices"][0]["message"]["content"])["commands"]
    return found


async def test_a_completion_has_the_shape_of_the_real_ones(api: OpenAiApi, client: "TestClient[Any, Any]") -> None:
    status, answer = await ask(client, "my mane, tmrw arvo", response_format={"type": "json_object"})
    assert (status, answer["object"], answer["model"]) == (200, "chat.completion", "m")
    assert answer["choices"][0]["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0
    assert [(c["kind"], c["name"], c["value"], c["words"]) for c in commands(answer)] == [
        ("start_flow", "book", None, None),
        ("set_field", "service", "Haircut", "mane"),
        ("set_field", "when", "tomorrow afternoon", "tmrw arvo"),
    ]
    (question,) = api.received
    assert (question.api_key, question.mode) == ("sk", "json_object")


async def test_a_forced_tool_is_called(client: "TestClient[Any, Any]") -> None:
    tools = [{"type": "function", "function": {"name": "answer", "parameters": {}}}]
    _, answer = await ask(client, "hello", tools=tools)
    message = answer["choices"][0]["message"]
    assert message["content"] is None
    assert "commands" in json.loads(message["tool_calls"][0]["function"]["arguments"])


async def test_a_mode_that_is_not_supported_is_refused_as_servers_do(
    api: OpenAiApi, client: "TestClient[Any, Any]"
) -> None:
    api.supports = set()
    status, answer = await ask(client, "hello", response_format={"type": "json_schema", "json_schema": {}})
    assert status == 400
    assert "response_format" in answer["error"]["message"]
    assert (await ask(client, "hello"))[0] == 200


async def test_nobody_without_a_key_is_answered(client: "TestClient[Any, Any]") -> None:
    async with client.post("/v1/chat/completions", json={"model": "m", "messages": []}) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("fault", sorted({*INSTEAD, *CHANGED} - SLOW))
async def test_every_fault_can_be_asked_for_by_a_call_or_by_the_models_name(
    api: OpenAiApi, client: "TestClient[Any, Any]", fault: str
) -> None:
    _, fine = await ask(client, "hello")

    async def outcome(model: str) -> Any:
        try:
            status, answer = await ask(client, "hello", model=model)
        except aiohttp.ClientError:
            return "dropped"
        if isinstance(answer, dict):
            answer = {key: value for key, value in answer.items() if key not in ("id", "created", "model")}
        return status, answer

    api.fail_next(fault)
    planned = await outcome("m")
    assert planned == await outcome(f"stand-in/{fault}")
    assert planned != (200, {key: value for key, value in fine.items() if key not in ("id", "created", "model")})
    assert (await ask(client, "hello"))[0] == 200


@pytest.mark.parametrize(
    ("message", "turn", "kinds"),
    [
        ("the later one", {"offer": [{"handle": "o1", "label": "a"}, {"handle": "o2", "label": "b"}]}, ["choose"]),
        ("go for it", {"doing": "book", "question": "confirm"}, ["affirm"]),
        ("I want a vrai humain", {}, ["handoff"]),
        ("cornrows with Nadia", {}, ["start_flow", "set_field", "set_field"]),
        ("what's the damage", {}, ["ask_info"]),
        ("xyzzy", {}, ["cannot_handle"]),
    ],
)
def test_the_imitation_reads_the_prompt(message: str, turn: dict[str, Any], kinds: list[str]) -> None:
    assert [command["kind"] for command in imitate(messages(message, **turn))] == kinds


def test_the_imitation_survives_any_prompt() -> None:
    for asked in ([], [{"role": "user", "content": "no json"}], [{"role": "user", "content": "[1]"}]):
        assert imitate(asked)[0]["kind"] == "cannot_handle"


def test_evil_has_many_faces_and_always_the_same_for_the_same_words() -> None:
    answers = [json.dumps(evil_answers(messages(f"message {n}"))) for n in range(100)]
    assert len({answer[:60] for answer in answers}) > 8
    assert answers == [json.dumps(evil_answers(messages(f"message {n}"))) for n in range(100)]


async def test_scripted_answers_come_first(api: OpenAiApi, client: "TestClient[Any, Any]") -> None:
    api.answer_next({"kind": "greet"}, {"kind": "thanks"})
    assert [command["kind"] for command in commands((await ask(client, "my mane"))[1])] == ["greet", "thanks"]
    assert commands((await ask(client, "xyzzy"))[1])[0]["kind"] == "cannot_handle"
