"""Writes [llm] of a tenant definition: its terms with sealed keys, and the limits beside the counters."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert

from core.uow import UnitOfWork
from tenants.definition_llm import EndpointSection, LlmSection, PriceSection, micro_dollars
from tenants.models import llm_quotas
from tenants.sealing import data_key, open_secrets, seal_secrets

_LIMITS = ("tokens_per_day", "cost_per_month_u", "requests_per_minute", "turns_per_hour")
_insert = insert(llm_quotas)
_PUT_LIMITS = _insert.on_conflict_do_update(
    index_elements=["tenant_id"], set_={name: _insert.excluded[name] for name in _LIMITS}
)


async def put_limits(uow: UnitOfWork, section: LlmSection) -> None:
    """What is counted stays counted; a tenant without this row may not call at all."""
    cost = section.cost_per_month_usd
    limits = (
        section.tokens_per_day,
        None if cost is None else micro_dollars(cost),
        section.requests_per_minute,
        section.turns_per_customer_hour,
    )
    await uow.execute(_PUT_LIMITS, {"tenant_id": uow.tenant_id, **dict(zip(_LIMITS, limits, strict=True))})


def llm_json(key: bytes, tenant_id: int, section: LlmSection) -> dict[str, Any]:
    """As tenants.llm holds it: plain but for the keys."""
    endpoints = [_endpoint(key, tenant_id, n, entry) for n, entry in enumerate(section.endpoints)]
    return section.model_dump(exclude={"endpoints", "price"}) | {
        "price": _price(section.price),
        "endpoints": endpoints,
    }


async def open_endpoint_key(uow: UnitOfWork, place: str, sealed: str) -> str:
    return open_secrets(await data_key(uow), "tenants", uow.tenant_id, place, sealed)["api_key"]


def _endpoint(key: bytes, tenant_id: int, position: int, entry: EndpointSection) -> dict[str, Any]:
    place = f"llm:{position}:{entry.base_url}"
    secrets = {"api_key": entry.api_key.get_secret_value()}
    return {
        "base_url": entry.base_url.rstrip("/"),
        "model": entry.model,
        "price": _price(entry.price),
        "place": place,
        "sealed_key": seal_secrets(key, "tenants", tenant_id, place, secrets),
    }


def _price(section: PriceSection | None) -> dict[str, int] | None:
    """Dollars per million tokens as micro-dollars per million tokens."""
    if section is None:
        return None
    cached = section.cached if section.cached is not None else section.input
    return {
        "input_u": micro_dollars(section.input),
        "cached_u": micro_dollars(cached),
        "output_u": micro_dollars(section.output),
    }
