"""Holds and requests whose time has run out give their slot back; a request that lapsed is told to the customer."""

from booking import lifecycle
from booking.queries import get_booking
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.notices import tell_customer
from tenants.tenant import get_tenant
from workers.sweeps import wake_rows

_EXPIRED = "SELECT tenant_id, booking_id AS id FROM expired_holds($1, $2)"
_LIMIT = 500


async def wake_expired(runtime: Runtime) -> None:
    await wake_rows(runtime, "expiry", _EXPIRED, runtime.clock.now(), _LIMIT)


async def expire(runtime: Runtime, tenant_id: int, booking_id: int) -> None:
    async with unit_of_work(runtime, tenant_id) as uow:
        before = await get_booking(uow, booking_id)
        if not await lifecycle.expire(uow, booking_id, now=runtime.clock.now()):
            return
        if before.status == "pending_approval":
            tenant = await get_tenant(uow)
            await tell_customer(uow, tenant, before, "customer.expired", f"booking:{booking_id}:expired")
