"""What tokens cost: an endpoint's own price, else the vendors' list, else the ceiling; nothing is a guess."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from llm.call import Endpoint, PriceList, Usage
from tenants.llm_terms import LlmPrice

_MILLION = 1_000_000
_TOO_MUCH = 20
# Of a model that nobody lists: what the dearest usual ones cost, so that the quota loses too much rather than nothing.
CEILING: Final = LlmPrice(input_u=15 * _MILLION, cached_u=15 * _MILLION, output_u=75 * _MILLION)

Source = Literal["provider", "table", "override", "ceiling", "estimate"]


@dataclass(frozen=True, slots=True)
class Priced:
    """`version` is of the list."""

    price: LlmPrice
    source: Source
    version: str


def price_of(endpoint: Endpoint, prices: PriceList, at: datetime) -> Priced:
    if endpoint.price is not None:
        return Priced(endpoint.price, "override", prices.version)
    listed = prices.find(endpoint.base_url, endpoint.model, at)
    return Priced(listed, "table", prices.version) if listed else Priced(CEILING, "ceiling", prices.version)


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
