"""What a call costs: the provider's own figure, a price of the tenant's, the vendors' list, else the ceiling."""

import pytest
from genai_prices.data_snapshot import get_snapshot

from llm.call import Endpoint, Usage
from llm.prices import charged, price_of
from llm.providers.price_list import PriceList
from tenants.llm_terms import LlmPrice
from tests.conftest import NOW

OPENAI, ROUTER, OWN = "https://api.openai.com/v1", "https://openrouter.ai/api/v1", "https://models.example/v1"
USED = Usage(1500, 120, cached_tokens=1024)
LIST = PriceList()


def endpoint(base_url: str, model: str, price: LlmPrice | None = None) -> Endpoint:
    return Endpoint("openai", base_url, "sk", model, None, price)


@pytest.mark.parametrize(
    ("base_url", "model", "source", "micro_dollars"),
    [
        (OPENAI, "gpt-4.1-mini", "table", 485),
        (OPENAI, "gpt-4.1-mini-2025-04-14", "table", 485),
        (ROUTER, "openai/gpt-4.1-mini", "table", 485),
        (OWN, "gpt-4.1-mini", "table", 485),
        (OWN, "openai/gpt-4.1-mini", "table", 485),
        (ROUTER, "anthropic/claude-haiku-4.5", "table", 1179),
        (ROUTER, "meta-llama/llama-3.3-70b-instruct:free", "table", 0),
        (OWN, "some/other-model", "ceiling", 31_500),
        (OPENAI, "gpt-99-of-tomorrow", "ceiling", 31_500),
    ],
)
def test_a_listed_model_costs_what_its_vendor_asks_and_an_unknown_one_the_ceiling(
    base_url: str, model: str, source: str, micro_dollars: int
) -> None:
    assert charged(price_of(endpoint(base_url, model), LIST, NOW), USED) == (micro_dollars, source)


def test_a_price_of_the_tenants_own_goes_before_the_list() -> None:
    own = price_of(endpoint(OPENAI, "gpt-4.1-mini", LlmPrice(1_000_000, 0, 2_000_000)), LIST, NOW)
    assert charged(own, USED) == (476 + 240, "override")
    assert own.version == LIST.version


def test_the_providers_own_figure_goes_first_where_it_can_be_meant() -> None:
    priced = price_of(endpoint(OPENAI, "gpt-4.1-mini"), LIST, NOW)
    assert charged(priced, Usage(1000, 100, reported_cost_u=777)) == (777, "provider")
    assert charged(priced, Usage(1000, 100, reported_cost_u=777_000_000)) == (560, "table")


def test_the_list_says_which_it_is_and_nobody_fetches_another() -> None:
    assert LIST.version.startswith("genai-prices ")
    assert not get_snapshot().from_auto_update
