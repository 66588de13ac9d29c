"""A local server that speaks OpenAI's chat completions: a scripted or imitated model, and all the ways to fail."""

import hashlib
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from core.clock import Clock
from standins.faults import Faults, unavailable
from standins.openai_evil import evil_answers
from standins.openai_faults import CHANGED, INSTEAD, error
from standins.openai_imitation import imitate

_FAULT_MODEL = "stand-in/"
_MODES = {"json_schema": "response_format", "json_object": "response_format", "tool": "tools"}

Answers = Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Question:
    """One call that was read. `mode` is how the answer was to be bound to its schema."""

    at: datetime
    api_key: str
    model: str
    mode: str
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """All that the model was told."""
        return "\n".join(str(message["content"]) for message in self.body["messages"])


class OpenAiApi:
    """Serve `app`; the base URL is `http://host:port/v1`.

    `answers` makes the commands, by default the imitation, and `count` tells how many tokens a question has;
    `answer_next` puts other commands before it, `always` names a fault that every call meets, or `evil`; `on_question`
    runs before an answer. `supports` are the modes that are not refused with a 400, `refuses` parameters that are. A
    model named `stand-in/<fault>` meets that fault always, so that a tenant file can ask for one.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        answers: Answers = imitate,
        supports: Sequence[str] = ("json_schema", "tool", "json_object"),
    ) -> None:
        self.clock = clock or Clock()
        self.answers = answers
        self.count: Callable[[Mapping[str, Any]], int] = _a_quarter
        self.supports = set(supports)
        self.refuses: set[str] = set()
        self.received: list[Question] = []
        self.faults = Faults()
        self.always = ""
        self.on_question: Callable[[], Awaitable[None]] | None = None
        self._scripted: deque[Any] = deque()
        self._ids = itertools.count(1)
        self.app = web.Application(client_max_size=2**20)
        self.app.router.add_post("/v1/chat/completions", self._complete)
        self.app.router.add_get("/v1/models", self._models)

    def fail_next(self, fault: str, *, times: int = 1) -> None:
        """The next calls meet this fault: a name of standins/openai_faults.py."""
        self.faults.plan(fault, times)

    def answer_next(self, *commands: Mapping[str, Any]) -> None:
        """The next call is answered with these commands, whatever it asks."""
        self._scripted.append(commands)

    async def _models(self, request: web.Request) -> web.StreamResponse:
        if self.always in INSTEAD:
            return await INSTEAD[self.always](request, self.always)
        return web.json_response({"object": "list", "data": [{"id": "stand-in", "object": "model"}]})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        await self.faults.lag()
        if self.faults.is_down:
            return unavailable()
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not key:
            return error(401, "You didn't provide an API key.", "invalid_api_key")
        body = orjson.loads(raw)
        mode = _mode(body)
        self.received.append(Question(self.clock.now(), key, body["model"], mode, body))
        if self.on_question is not None:
            await self.on_question()
        fault = self._fault(body["model"])
        if fault in INSTEAD:
            return await INSTEAD[fault](request, fault)
        if mode in _MODES and mode not in self.supports:
            named = f"'{_MODES[mode]}' of type '{mode}' is not supported with this model."
            return error(400, f"Invalid parameter: {named}", "unsupported_parameter")
        for name in sorted(self.refuses & body.keys()):
            return error(400, f"Unsupported parameter: '{name}' is not supported with this model.", "unsupported_value")
        completion = self._completion(body, mode, self._commands(body, fault))
        return web.json_response(CHANGED[fault](completion) if fault in CHANGED else completion)

    def _fault(self, model: str) -> str:
        named = model.removeprefix(_FAULT_MODEL) if model.startswith(_FAULT_MODEL) else ""
        return self.faults.take() or self.always or named

    def _commands(self, body: dict[str, Any], fault: str) -> Sequence[Mapping[str, Any]]:
        if fault == "evil":
            return evil_answers(body["messages"])
        return self._scripted.popleft() if self._scripted else self.answers(body["messages"])

    def _completion(self, body: dict[str, Any], mode: str, commands: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        text = orjson.dumps({"commands": list(commands)}).decode()
        prompt, answer = self.count(body), len(text.encode()) // 4
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        if mode == "tool":
            call = {"id": "call_1", "type": "function", "function": {"name": "answer", "arguments": text}}
            message = {"role": "assistant", "content": None, "tool_calls": [call], "refusal": None}
        return {
            "id": f"chatcmpl-{next(self._ids)}",
            "object": "chat.completion",
            "created": int(self.clock.now().timestamp()),
            "model": body["model"],
            "system_fingerprint": hashlib.sha256(b"stand-in").hexdigest()[:12],
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": {
                "prompt_tokens": prompt,
                "completion_tokens": answer,
                "total_tokens": prompt + answer,
                "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
            },
        }


def _mode(body: Mapping[str, Any]) -> str:
    if body.get("tools"):
        return "tool"
    return str((body.get("response_format") or {}).get("type", "text"))


def _a_quarter(body: Mapping[str, Any]) -> int:
    """As a usual tokenizer would count Latin letters: four bytes a token."""
    return len(orjson.dumps(body["messages"])) // 4
