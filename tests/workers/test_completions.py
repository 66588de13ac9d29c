"""The sweep finds what is over, of every tenant, and its job may run twice."""

from datetime import UTC, datetime, timedelta

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import call_across_tenants
from tests.support.bookings import make_salon
from workers import completions

AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


async def test_bookings_that_are_over_are_completed_once(runtime: Runtime, clock: FixedClock) -> None:
    salons = [await make_salon(runtime) for _ in range(2)]
    bookings = [await salon.book(AT_TEN) for salon in salons]
    clock.set(AT_TEN + timedelta(hours=2))
    due = "SELECT tenant_id, booking_id FROM ended_bookings($1, 100000)"
    rows = await call_across_tenants(runtime, due, clock.now() - timedelta(hours=1))
    found = {(row["tenant_id"], row["booking_id"]) for row in rows}
    for salon, booking in zip(salons, bookings, strict=True):
        assert (salon.tenant_id, booking.id) in found
        for _ in range(2):
            await completions.complete(runtime, salon.tenant_id, booking.id)
        (row,) = await salon.sql("SELECT status, sequence FROM bookings")
        assert (row["status"], row["sequence"]) == ("completed", booking.sequence + 1)
