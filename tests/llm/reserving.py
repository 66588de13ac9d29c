"""What a tenant may spend, reserved and settled without a call to a model."""

from typing import Any

from core.runtime import Runtime
from core.uow import unit_of_work
from llm import quota
from llm.call import Endpoint, Usage
from llm.failures import LlmError
from llm.prices import price_of
from llm.providers.price_list import PriceList
from llm.quota import Outcome, Reservation, Wish
from tests.support.tenants import make_tenant

ENDPOINT = Endpoint("openai", "https://models.example/v1", "sk", "gpt-4.1-mini", None)
PRICES = PriceList()


def wish(runtime: Runtime, **changes: Any) -> Wish:
    now = runtime.clock.now()
    day, month = quota.period_of(now, "Africa/Douala")
    values: dict[str, Any] = {
        "conversation_id": None,
        "turn_key": "turn:1",
        "purpose": "interpret",
        "endpoint": ENDPOINT,
        "mode": "json_schema",
        "attempt": 1,
        "prompt_version": "test@1",
        "prompt_tokens": 500,
        "max_tokens": 100,
        "priced": price_of(ENDPOINT, PRICES, now),
        "now": now,
        "day": day,
        "month": month,
    }
    return Wish(**values | changes)


async def reserve(
    runtime: Runtime, tenant_id: int, *, platform_limit: int | None = None, **changes: Any
) -> Reservation:
    async with unit_of_work(runtime, tenant_id) as uow:
        return await quota.reserve(uow, wish(runtime, **changes), platform_limit=platform_limit)


async def settle(runtime: Runtime, tenant_id: int, reservation: Reservation, tokens: int | None = 120) -> bool:
    used = None if tokens is None else Usage(tokens - 20, 20)
    async with unit_of_work(runtime, tenant_id) as uow:
        return await quota.settle(uow, reservation, Outcome("ok", used), runtime.clock.now()) is not None


async def refusal(runtime: Runtime, tenant_id: int, **more: Any) -> str:
    """The limit that refuses, or nothing."""
    try:
        await reserve(runtime, tenant_id, **more)
    except LlmError as error:
        return error.code
    return ""


async def limited(runtime: Runtime, **limits: Any) -> int:
    llm = {"enabled": True, "requests_per_minute": 1_000_000} | limits
    return (await make_tenant(runtime, llm=llm)).tenant_id
