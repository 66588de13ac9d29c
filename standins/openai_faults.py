"""The ways in which servers that call themselves OpenAI-compatible fail, each by its name."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

_DRIP_S = 0.25
_HANG_S = 60.0

Body = dict[str, Any]
Change = Callable[[Body], Body | None]


def error(status: int, message: str, code: str, **headers: str) -> web.Response:
    body = {"error": {"message": message, "type": "standin_error", "code": code, "param": None}}
    return web.json_response(body, status=status, headers=headers)


async def _refuse(request: web.Request, name: str) -> web.StreamResponse:
    status, message, code, headers = _REFUSALS[name]
    return error(status, message, code, **headers)


async def _html(request: web.Request, name: str) -> web.StreamResponse:
    return web.Response(text="<html><body>Welcome to nginx!</body></html>", content_type="text/html")


async def _hang(request: web.Request, name: str) -> web.StreamResponse:
    await asyncio.sleep(_HANG_S)
    return web.Response(status=504)


async def _drip(request: web.Request, name: str) -> web.StreamResponse:
    """A byte now and then: each read is in time, the whole never is."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(int(_HANG_S / _DRIP_S)):
        await response.write(b" ")
        await asyncio.sleep(_DRIP_S)
    return response


async def _drop(request: web.Request, name: str) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _error_in_200(request: web.Request, name: str) -> web.StreamResponse:
    """OpenRouter's answer when the upstream fails after the headers."""
    return web.json_response({"error": {"message": "Provider returned error", "code": 502}, "choices": None})


_REFUSALS: dict[str, tuple[int, str, str, dict[str, str]]] = {
    "400": (400, "Invalid request.", "invalid_request_error", {}),
    "401": (401, "Incorrect API key provided.", "invalid_api_key", {}),
    "402": (402, "Insufficient credits.", "insufficient_credits", {}),
    "403": (403, "Country, region, or territory not supported.", "unsupported_country_region_territory", {}),
    "404": (404, "The model does not exist.", "model_not_found", {}),
    "429": (429, "Rate limit reached.", "rate_limit_exceeded", {"retry-after": "120"}),
    "429_soon": (429, "Rate limit reached.", "rate_limit_exceeded", {"retry-after": "0.2"}),
    "500": (500, "The server had an error.", "server_error", {}),
    "503": (503, "The engine is overloaded.", "overloaded", {}),
}

INSTEAD: Mapping[str, Callable[[web.Request, str], Awaitable[web.StreamResponse]]] = {
    **dict.fromkeys(_REFUSALS, _refuse),
    "html": _html,
    "hang": _hang,
    "drip": _drip,
    "drop": _drop,
    "error_in_200": _error_in_200,
}
"""Answered in place of a completion."""


def _say(change: Callable[[str], str], reason: str = "stop") -> Change:
    def run(body: Body) -> Body:
        choice = body["choices"][0]
        message = choice["message"]
        text = message["content"] or message["tool_calls"][0]["function"]["arguments"]
        choice |= {"message": {"role": "assistant", "content": change(text)}, "finish_reason": reason}
        return body

    return run


def _without(name: str) -> Change:
    return lambda body: {key: value for key, value in body.items() if key != name}


def _refusal(body: Body) -> Body:
    body["choices"][0]["message"] = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    return body


def _wrong_enum(text: str) -> str:
    data = orjson.loads(text)
    return orjson.dumps({"commands": [entry | {"kind": "book_now"} for entry in data["commands"]]}).decode()


CHANGED: Mapping[str, Change] = {
    "null_choices": lambda body: body | {"choices": None},
    "empty_choices": lambda body: body | {"choices": []},
    "null_message": lambda body: body | {"choices": [{"index": 0, "finish_reason": "stop", "message": None}]},
    "fenced": _say(lambda text: f"```json\n{text}\n```"),
    "prose": _say(lambda text: "I would be happy to help you with your booking!"),
    "wordy": _say(lambda text: f"Sure! Here is the JSON you asked for:\n{text}\nLet me know if you need more."),
    "broken": _say(lambda text: text[: len(text) // 2]),
    "cut": _say(lambda text: text[: len(text) // 2], reason="length"),
    "filtered": _say(lambda text: "", reason="content_filter"),
    "empty": _say(lambda text: ""),
    "wrong_enum": _say(_wrong_enum),
    "wrong_shape": _say(lambda text: '{"commands": {"kind": "greet"}}'),
    "refusal": _refusal,
    "no_usage": _without("usage"),
}
"""A completion that came out wrong."""
