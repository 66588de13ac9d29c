"""What is asked of a model and what comes back, free of any vendor's wire format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Literal, Protocol, TypeVar

from tenants.llm_terms import LlmPrice

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


class Mode(StrEnum):
    """How an answer is bound to its schema, the strictest first: the rungs of the ladder."""

    JSON_SCHEMA = "json_schema"
    TOOL = "tool"
    JSON_OBJECT = "json_object"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`owner` is who pays for the key; `tenant_id` None marks the installation's own endpoint."""

    provider: str
    base_url: str
    api_key: str
    model: str
    tenant_id: int | None
    price: LlmPrice | None = None

    @property
    def owner(self) -> Literal["platform", "tenant"]:
        return "platform" if self.tenant_id is None else "tenant"


@dataclass(frozen=True, slots=True)
class Prompt:
    """`system` begins alike for all turns of a tenant, so that providers can reuse its beginning; `correction` says
    what was wrong with the last answer."""

    system: str
    user: str
    schema: Mapping[str, Any]
    max_tokens: int
    cache_key: str = ""
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """`reported_cost_u` is the provider's own figure in micro-dollars, where it gives one."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    reported_cost_u: int | None = None

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Answer:
    """`usage` None: the server said nothing of it."""

    text: str
    usage: Usage | None
    model: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Request(Generic[_T]):
    """One thing to find out. `read` makes a value of the answer's text; it raises LlmError of a malformed kind.

    `turn_key` names the turn for ever: several calls of one turn carry the same.
    """

    tenant_id: int
    timezone: str
    endpoints: tuple[Endpoint, ...]
    prompt: Prompt
    prompt_version: str
    read: Callable[[str], _T]
    purpose: Literal["interpret", "playground", "eval"] = "interpret"
    conversation_id: int | None = None
    turn_key: str | None = None


@dataclass(frozen=True, slots=True)
class Completion(Generic[_T_co]):
    value: _T_co
    model: str
    calls: int


class LlmProvider(Protocol):
    """One protocol, for the life of a process. `key` stands in llm_calls."""

    key: str

    async def ask(self, endpoint: Endpoint, prompt: Prompt, mode: Mode) -> Answer:
        """One call, no retry. Raises LlmError and nothing else but cancellation."""
        ...

    async def close(self) -> None: ...


class PriceList(Protocol):
    """What vendors ask. `version` stands in llm_calls beside the cost."""

    version: str

    def find(self, base_url: str, model: str, at: datetime) -> LlmPrice | None: ...
