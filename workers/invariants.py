"""What must hold is looked at every five minutes, tenant by tenant: a broken promise is said loudly, not repaired."""

from booking.invariants import find_neglected, find_violations
from core.queue import Wake
from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import all_tenants, unit_of_work
from llm.usage import find_drift
from payments import invariants as money

log = get_logger("invariants")

_SPREAD_S = 240
_NAMED_AT_MOST = 20


async def wake_checks(runtime: Runtime) -> None:
    """Spread over the time till the next round."""
    tenants = await all_tenants(runtime)
    wakes: list[Wake] = [
        ("check", tenant_id, tenant_id, _SPREAD_S * position / len(tenants))
        for position, tenant_id in enumerate(tenants)
    ]
    await runtime.queue.wake_many(wakes)


async def check(runtime: Runtime, tenant_id: int, _: int) -> None:
    async with unit_of_work(runtime, tenant_id) as uow:
        found = [*await find_violations(uow), *await find_neglected(uow, runtime.clock.now())]
        wrong = [f"{fault}: {row_id}" for fault, row_id in await money.find_violations(uow)]
        drift = await find_drift(uow)
    if found:
        log.error("bookings.violated", tenant_id=tenant_id, count=len(found), violations=found[:_NAMED_AT_MOST])
    if wrong:
        log.error("payments.violated", tenant_id=tenant_id, count=len(wrong), violations=wrong[:_NAMED_AT_MOST])
    if drift:
        log.error("llm.counters_drifted", tenant_id=tenant_id, **drift)
