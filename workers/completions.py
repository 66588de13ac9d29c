"""Appointments that are over and about which the merchant said nothing took place."""

from booking import lifecycle
from booking.rules import COMPLETED_AFTER
from core.runtime import Runtime
from core.uow import unit_of_work
from workers.sweeps import wake_rows

_ENDED = "SELECT tenant_id, booking_id AS id FROM ended_bookings($1, $2)"
_LIMIT = 500


async def wake_ended(runtime: Runtime) -> None:
    await wake_rows(runtime, "completion", _ENDED, runtime.clock.now() - COMPLETED_AFTER, _LIMIT)


async def complete(runtime: Runtime, tenant_id: int, booking_id: int) -> None:
    async with unit_of_work(runtime, tenant_id) as uow:
        await lifecycle.complete_ended(uow, booking_id, now=runtime.clock.now())
