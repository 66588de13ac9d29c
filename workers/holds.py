"""Holds and requests whose time has run out give their slot back; a request that lapsed, and what was to be paid by
hand, is told to the customer and to the merchants who did not answer it.

A move that lapsed leaves the booking where it was, as far as that time is still free.
"""

from booking import lifecycle
from booking.keeping import keep_unanswered
from booking.moving_back import former_staff
from booking.queries import get_booking
from core import failpoints
from core.runtime import Runtime
from core.uow import in_unit, unit_of_work
from dialog.hand_payments import tell_over
from dialog.notices import tell_customer, tell_merchants_of
from tenants.tenant import get_tenant
from workers.payments import close_pages
from workers.sweeps import wake_rows

_EXPIRED = "SELECT tenant_id, booking_id AS id FROM expired_holds($1, $2)"
_LAPSED = "SELECT tenant_id, booking_id AS id FROM lapsed_moves($1)"
_LIMIT = 500


async def wake_expired(runtime: Runtime) -> None:
    await wake_rows(runtime, "expiry", _EXPIRED, runtime.clock.now(), _LIMIT)
    await wake_rows(runtime, "expiry", _LAPSED, _LIMIT)


async def expire(runtime: Runtime, tenant_id: int, booking_id: int) -> None:
    is_closed, now = await close_pages(runtime, tenant_id, booking_id), runtime.clock.now()
    if not is_closed and await in_unit(runtime, tenant_id, lambda uow: keep_unanswered(uow, booking_id, now=now)):
        return
    failpoints.hit("hold.closed")
    async with unit_of_work(runtime, tenant_id) as uow:
        before, moves = await get_booking(uow, booking_id), bool(await former_staff(uow, booking_id))
        if not await lifecycle.expire(uow, booking_id, now=runtime.clock.now()):
            return
        failpoints.hit("hold.expired")
        if before.status == "held":
            await tell_over(uow, await get_tenant(uow), before)
            return
        tenant, after = await get_tenant(uow), await get_booking(uow, booking_id)
        key, ending = f"booking:{booking_id}:{before.sequence}:expired", "move_lost" if moves else "expired"
        if after.status == "confirmed":
            await tell_customer(uow, tenant, after, "customer.move_expired", key, old=before)
            await tell_merchants_of(uow, tenant, after, "merchant.move_expired", key, old=before)
        else:
            await tell_customer(uow, tenant, before, f"customer.{ending}", key)
            await tell_merchants_of(uow, tenant, before, f"merchant.{ending}", key)
