"""What tokens cost: the endpoint's own price, else the table's, else the ceiling; never nothing, never a guess."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from llm.call import Endpoint, Usage
from tenants.llm_terms import LlmPrice

_MILLION = 1_000_000
_DATED = re.compile(r"-\d{4}-?\d{2}-?\d{2}$")
_TOO_MUCH = 20

Source = Literal["provider", "table", "override", "ceiling", "estimate"]


@dataclass(frozen=True, slots=True)
class Priced:
    """`version` is of the table."""

    price: LlmPrice
    source: Source
    version: str


def price_of(endpoint: Endpoint) -> Priced:
    table = _table()
    if endpoint.price is not None:
        return Priced(endpoint.price, "override", table.version)
    known = table.models.get(_plain(endpoint.model))
    return Priced(known, "table", table.version) if known else Priced(table.ceiling, "ceiling", table.version)


def cost_u(price: LlmPrice, prompt_tokens: int, completion_tokens: int, cached_tokens: int = 0) -> int:
    """Micro-dollars, rounded up."""
    fresh = max(0, prompt_tokens - cached_tokens)
    total = fresh * price.input_u + cached_tokens * price.cached_u + completion_tokens * price.output_u
    return -(-total // _MILLION)


def charged(priced: Priced, usage: Usage) -> tuple[int, Source]:
    """The provider's own figure where it gives one that can be meant."""
    own = cost_u(priced.price, usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
    if usage.reported_cost_u is not None and usage.reported_cost_u <= max(own, 1000) * _TOO_MUCH:
        return usage.reported_cost_u, "provider"
    return own, priced.source


@dataclass(frozen=True, slots=True)
class _Table:
    version: str
    ceiling: LlmPrice
    models: Mapping[str, LlmPrice]


@cache
def _table() -> _Table:
    data = tomllib.loads((files("llm") / "prices.toml").read_text(encoding="utf-8"))
    models = {name: _price(entry) for name, entry in data["models"].items()}
    return _Table(data["version"], _price(data["ceiling"]), models)


def _price(entry: Mapping[str, Any]) -> LlmPrice:
    """The file's dollars in micro-dollars."""
    return LlmPrice(*(int(Decimal(entry[name]) * _MILLION) for name in ("input", "cached", "output")))


def _plain(model: str) -> str:
    """`openai/gpt-4.1-mini-2025-04-14` is listed as gpt-4.1-mini."""
    return _DATED.sub("", model.rpartition("/")[2])
