"""What the state machine found, as plain stories."""

from datetime import UTC, date, datetime, timedelta

from booking.booking import Status
from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.bookings import make_salon

TUESDAY = date(2026, 3, 3)
AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # 10:00 in Douala
MINUTE = timedelta(minutes=1)


async def test_a_request_keeps_its_time_as_long_as_it_waits_and_no_longer(runtime: Runtime, clock: FixedClock) -> None:
    """Held for ten minutes, asked for five minutes before the start: the answer is due at the start."""
    salon = await make_salon(runtime, rules={"requires_approval": True, "min_notice_minutes": 0})
    clock.set(AT_TEN - 5 * MINUTE)
    request = await salon.book(AT_TEN)
    assert (request.status, request.hold_until) == (Status.PENDING_APPROVAL, AT_TEN)
    (row,) = await salon.occupied()
    assert row["hold_until"] == AT_TEN
    clock.set(AT_TEN)
    assert AT_TEN in [slot.starts_at for slot in await salon.free(TUESDAY)]
