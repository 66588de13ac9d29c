"""What vendors ask for their models, from the data of genai-prices: a package that is asked nothing over the network.

It can fetch newer prices by itself, in a thread that nobody starts here: a new release of it is a new price list.
"""

from datetime import datetime
from decimal import Decimal

import genai_prices
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import PriceCalculation

from tenants.llm_terms import LlmPrice

_MILLION = 1_000_000
# Of a usual turn's size: some vendors ask more for a token of very long prompts.
_TOKENS = 1000
_HIGHEST_U = 1000 * _MILLION


class PriceList:
    key = "genai-prices"
    version = f"genai-prices {genai_prices.__version__}"

    def __init__(self) -> None:
        self._list = get_snapshot()  # 2,300 models: a quarter of a second that nobody is to wait for later

    def find(self, base_url: str, model: str, at: datetime) -> LlmPrice | None:
        """By whose server it is, else by `vendor/model`, else by the name alone; None where it is not listed or cannot
        be meant. `at`: some ask less at night."""
        vendor, _, name = model.rpartition("/")
        for named, whose, url in ((model, None, base_url), (name, vendor or None, None)):
            try:
                return _believed(*(self._price(cached, named, whose, url, at) for cached in (0, _TOKENS)))
            except (LookupError, ValueError):
                continue
        return None

    def _price(self, cached: int, model: str, whose: str | None, url: str | None, at: datetime) -> PriceCalculation:
        usage = genai_prices.Usage(input_tokens=_TOKENS, cache_read_tokens=cached, output_tokens=_TOKENS)
        return self._list.calc(usage, model, whose, url, at)


def _believed(fresh: PriceCalculation, cached: PriceCalculation) -> LlmPrice | None:
    """A price that is off by a factor of a million would lock a tenant out."""
    price = LlmPrice(_each(fresh.input_price), _each(cached.input_price), _each(fresh.output_price))
    return price if max(price.input_u, price.output_u) <= _HIGHEST_U else None


def _each(dollars: Decimal) -> int:
    """Micro-dollars a million tokens."""
    return int(dollars / _TOKENS * _MILLION * _MILLION)


PRICES = PriceList
