"""OpenAI's chat completions, which OpenRouter and most servers speak: one call, every failure in our own words.

The library's own retries, parsing and default URL are not used: it waits up to two minutes for a 429, loses the usage
of an answer that does not fit, and reads OPENAI_BASE_URL.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
import orjson
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion

from llm.call import Answer, Endpoint, Mode, Prompt, Usage
from llm.failures import Kind, LlmError

_CONNECT_S = 2.0
_READ_S = 6.0
_TOOL = "answer"
_LONGEST_ANSWER = 100_000
# What one server wants and another may refuse.
_EXTRAS: Mapping[str, Mapping[str, Any]] = {
    "openrouter.ai": {"provider": {"require_parameters": True}},  # else some upstreams ignore the schema silently
}
_CACHES_BY_KEY = "api.openai.com"
_KIND_OF_STATUS = {
    401: Kind.UNAUTHORISED,
    402: Kind.NO_CREDIT,
    403: Kind.UNAUTHORISED,
    404: Kind.BAD_REQUEST,
    408: Kind.TIMEOUT,
    409: Kind.SERVER_ERROR,
    422: Kind.BAD_REQUEST,
    429: Kind.RATE_LIMITED,
}
# Newer models take another limit and no temperature; which ones those are, they say when they are asked.
_OLDER_WORDS = ("temperature", "max_tokens")
_MODE_WORDS = ("response_format", "json_schema", "json_object", "structured output", "tool", "function")
_KIND_OF_REASON = {"length": Kind.LENGTH, "content_filter": Kind.FILTERED}


class OpenAiCompatible:
    """One HTTP client for all endpoints; a light client of the library for each URL and key."""

    key = "openai"

    def __init__(self) -> None:
        timeout = httpx2.Timeout(_READ_S, connect=_CONNECT_S)
        limits = httpx2.Limits(max_connections=40, max_keepalive_connections=20)
        # No redirects and no proxy from the environment: where the words go is what the settings say.
        self._http = httpx2.AsyncClient(timeout=timeout, limits=limits, trust_env=False, follow_redirects=False)
        self._newer: set[tuple[str, str]] = set()

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, endpoint: Endpoint, prompt: Prompt, mode: Mode) -> Answer:
        name = (endpoint.base_url, endpoint.model)
        client = openai.AsyncOpenAI(
            api_key=endpoint.api_key, base_url=endpoint.base_url, max_retries=0, http_client=self._http
        )
        try:
            parameters = _parameters(endpoint, prompt, mode) | _bounds(prompt, is_newer=name in self._newer)
            completion = await client.chat.completions.create(**parameters)
        except openai.APIStatusError as error:
            if error.status_code == 400 and name not in self._newer and _mentions(error, _OLDER_WORDS):
                self._newer.add(name)
                return await self.ask(endpoint, prompt, mode)
            raise _refused(error) from error
        except openai.APITimeoutError as error:
            raise LlmError(Kind.TIMEOUT, "read") from error
        except openai.APIConnectionError as error:
            raise _unconnected(error) from error
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise LlmError(Kind.GARBLED, type(error).__name__) from error
        return _answer(completion, mode)


def _parameters(endpoint: Endpoint, prompt: Prompt, mode: Mode) -> dict[str, Any]:
    host = urlsplit(endpoint.base_url).hostname or ""
    extra: dict[str, Any] = {"extra_body": dict(_EXTRAS[host])} if host in _EXTRAS else {}
    if host == _CACHES_BY_KEY and prompt.cache_key:
        extra["prompt_cache_key"] = prompt.cache_key
    return {
        "model": endpoint.model,
        "messages": _messages(prompt, mode),
        **_binding(prompt.schema, mode),
        **extra,
    }


def _bounds(prompt: Prompt, *, is_newer: bool) -> dict[str, Any]:
    if is_newer:
        return {"max_completion_tokens": prompt.max_tokens}
    return {"max_tokens": prompt.max_tokens, "temperature": 0}


def _messages(prompt: Prompt, mode: Mode) -> list[dict[str, str]]:
    """What was wrong goes last: the beginning stays the same. Looser modes are told the schema in words."""
    user = [{"role": "user", "content": prompt.user}]
    if mode in (Mode.JSON_OBJECT, Mode.TEXT):
        schema = orjson.dumps(prompt.schema).decode()
        user.append(
            {"role": "system", "content": f"Answer with one JSON object and nothing else. Its schema: {schema}"}
        )
    if prompt.correction:
        user.append({"role": "system", "content": prompt.correction})
    return [{"role": "system", "content": prompt.system}, *user]


def _binding(schema: Mapping[str, Any], mode: Mode) -> dict[str, Any]:
    if mode is Mode.JSON_SCHEMA:
        bound = {"name": _TOOL, "strict": True, "schema": schema}
        return {"response_format": {"type": "json_schema", "json_schema": bound}}
    if mode is Mode.TOOL:
        function = {"name": _TOOL, "description": "The answer.", "strict": True, "parameters": schema}
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": _TOOL}},
        }
    return {"response_format": {"type": "json_object"}} if mode is Mode.JSON_OBJECT else {}


def _refused(error: openai.APIStatusError) -> LlmError:
    status = error.status_code
    kind = _KIND_OF_STATUS.get(status, Kind.SERVER_ERROR if status >= 500 else Kind.HTTP_ERROR)
    if status in (400, 404, 422):
        kind = Kind.UNSUPPORTED if _mentions(error, _MODE_WORDS) else Kind.BAD_REQUEST
    return LlmError(
        kind,
        _short(error.code),
        http_status=status,
        request_id=_label(error.request_id),
        retry_after_s=_seconds(error.response.headers.get("retry-after")),
    )


def _mentions(error: openai.APIStatusError, words: Sequence[str]) -> bool:
    said = str(error.message).lower()
    return any(word in said for word in words)


def _unconnected(error: openai.APIConnectionError) -> LlmError:
    """Only where no connection was made is it sure that nothing arrived."""
    never_sent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    name = type(error.__cause__).__name__
    return LlmError(Kind.NO_CONNECTION, name) if never_sent else LlmError(Kind.SERVER_ERROR, name)


def _answer(completion: ChatCompletion, mode: Mode) -> Answer:
    """Whatever a server calls a completion: the library believes any JSON, and hands text through as text."""
    if not isinstance(completion, ChatCompletion):
        raise LlmError(Kind.GARBLED, "not_json", http_status=200)
    usage = _usage(getattr(completion, "usage", None))
    told: dict[str, Any] = {
        "usage": usage,
        "model": _label(getattr(completion, "model", None)),
        "request_id": _label(getattr(completion, "id", None)),
    }
    choices: Any = getattr(completion, "choices", None)
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    if message is None:
        raise LlmError(Kind.NO_CHOICES, http_status=200, **told)
    if getattr(message, "refusal", None):
        raise LlmError(Kind.REFUSAL, http_status=200, **told)
    reason = str(getattr(choices[0], "finish_reason", None))
    if reason in _KIND_OF_REASON:
        raise LlmError(_KIND_OF_REASON[reason], reason, http_status=200, **told)
    return Answer(_content(message, mode), usage, told["model"], told["request_id"])


def _content(message: Any, mode: Mode) -> str:
    """Where a tool was forced its arguments; some servers answer in the text all the same."""
    if mode is Mode.TOOL:
        for call in getattr(message, "tool_calls", None) or ():
            arguments = getattr(getattr(call, "function", None), "arguments", None)
            if isinstance(arguments, str):
                return arguments
    content = getattr(message, "content", None)
    return content[:_LONGEST_ANSWER] if isinstance(content, str) else ""


def _usage(usage: CompletionUsage | None) -> Usage | None:
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if prompt is None or completion is None:
        return None
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        cached_tokens=_count(getattr(usage, "prompt_tokens_details", None), "cached_tokens") or 0,
        reasoning_tokens=_count(getattr(usage, "completion_tokens_details", None), "reasoning_tokens") or 0,
        reported_cost_u=_cost_u((getattr(usage, "model_extra", None) or {}).get("cost")),
    )


def _count(usage: Any, name: str) -> int | None:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and 0 <= value < 10**9 else None


def _cost_u(dollars: Any) -> int | None:
    """OpenRouter tells what a call cost, in dollars."""
    return round(dollars * 1_000_000) if isinstance(dollars, int | float) and 0 <= dollars < 1000 else None


def _label(value: Any) -> str | None:
    """A server's own name of something, fit to be stored."""
    return "".join(char for char in value[:200] if char.isprintable()) if isinstance(value, str) else None


def _short(code: Any) -> str:
    """A vendor's own code; anything longer may quote what was sent."""
    return code[:60] if isinstance(code, str) and code.replace("_", "").isalnum() else ""


def _seconds(value: str | None) -> float | None:
    try:
        return float(value) if value else None
    except ValueError:
        return None


PROVIDER = OpenAiCompatible
