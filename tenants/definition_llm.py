"""The shape of [llm] in a tenant file: whether a model helps to read, which one, how much of it, at which price."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from tenants.definition_fields import Secret, Section, Text

_HIGHEST_USD = Decimal(1000)


def _sane_price(value: str) -> str:
    """A price that is off by a factor of a million locks a tenant out, or lets it spend without end."""
    if Decimal(value) > _HIGHEST_USD:
        raise ValueError(f"a price is in dollars per million tokens, at most {_HIGHEST_USD}")
    return value


Dollars = Annotated[str, StringConstraints(pattern=r"^\d{1,9}(\.\d{1,4})?$")]
UnitPrice = Annotated[str, StringConstraints(pattern=r"^\d{1,9}(\.\d{1,6})?$"), AfterValidator(_sane_price)]
BaseUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#@]{1,400}$", strip_whitespace=True)]


class PriceSection(Section):
    """Dollars per million tokens; `cached` is what repeated beginnings cost, by default as much as others."""

    input: UnitPrice
    output: UnitPrice
    cached: UnitPrice | None = None


class EndpointSection(Section):
    base_url: BaseUrl
    api_key: Secret
    model: Text | None = None
    price: PriceSection | None = None


class LlmSection(Section):
    """A limit that is left out is none, and 0 is nothing at all. `endpoints` are tried in their order, the tenant's
    instead of the installation's."""

    enabled: bool = False
    model: Text | None = None
    tokens_per_day: int | None = Field(default=None, ge=0, lt=2**53)
    cost_per_month_usd: Dollars | None = None
    requests_per_minute: int = Field(default=60, ge=1, le=1_000_000)
    turns_per_customer_hour: int = Field(default=30, ge=1, le=100_000)
    allow_medicine: bool = False
    price: PriceSection | None = None
    endpoints: Annotated[list[EndpointSection], Field(max_length=2)] = Field(default_factory=list)


def micro_dollars(dollars: str) -> int:
    return int(Decimal(dollars) * 1_000_000)
