"""What failed for good rests a minute before a sweep wakes it again; everything else is found at once."""

from datetime import timedelta

from core.runtime import Runtime
from core.uow import call_across_tenants
from tests.support.bookings import make_salon

_DUE = "SELECT booking_id FROM expired_holds($1, 1000)"


async def test_a_buried_job_rests_and_is_then_tried_again(runtime: Runtime) -> None:
    salon = await make_salon(runtime)
    booking = await salon.hold(runtime.clock.now() + timedelta(hours=25))
    later = runtime.clock.now() + timedelta(hours=1)

    async def due() -> set[int]:
        return {row["booking_id"] for row in await call_across_tenants(runtime, _DUE, later)}

    assert booking.id in await due()
    bury = "SELECT bury_job($1, 'expiry', $2, 'ZeroDivisionError', 1)"
    await call_across_tenants(runtime, bury, salon.tenant_id, booking.id)
    assert booking.id not in await due()
    await salon.sql("UPDATE dead_jobs SET buried_at = buried_at - interval '2 min' WHERE subject_id = $1", booking.id)
    assert booking.id in await due()
