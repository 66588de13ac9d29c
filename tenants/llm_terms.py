"""What a tenant's file says about the model: whether it may be asked, where, which one, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NEEDS_CONSENT = "medicine"


@dataclass(frozen=True, slots=True)
class LlmPrice:
    """Micro-dollars per million tokens."""

    input_u: int
    cached_u: int
    output_u: int


@dataclass(frozen=True, slots=True)
class OwnEndpoint:
    """An OpenAI-compatible server that the tenant pays for. `place` is what its key is sealed for."""

    base_url: str
    model: str | None
    sealed_key: str
    price: LlmPrice | None
    place: str


@dataclass(frozen=True, slots=True)
class LlmTerms:
    """`model` None: the installation's. Without endpoints of its own a tenant uses the installation's."""

    enabled: bool = False
    model: str | None = None
    allow_medicine: bool = False
    price: LlmPrice | None = None
    endpoints: tuple[OwnEndpoint, ...] = ()

    def may_read(self, vertical: str) -> bool:
        """Words about a person's health leave the house only where the tenant has said so."""
        return self.enabled and (vertical != _NEEDS_CONSENT or self.allow_medicine)


def llm_from_json(data: Mapping[str, Any]) -> LlmTerms:
    return LlmTerms(
        enabled=bool(data.get("enabled")),
        model=data.get("model"),
        allow_medicine=bool(data.get("allow_medicine")),
        price=_price(data.get("price")),
        endpoints=tuple(_endpoint(entry) for entry in data.get("endpoints") or ()),
    )


def _endpoint(data: Mapping[str, Any]) -> OwnEndpoint:
    return OwnEndpoint(data["base_url"], data["model"], data["sealed_key"], _price(data["price"]), data["place"])


def _price(data: Mapping[str, int] | None) -> LlmPrice | None:
    return LlmPrice(**data) if data else None
