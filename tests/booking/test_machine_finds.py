"""What the proofs found, as plain stories."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from booking.booking import Status
from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.bookings import hours, make_salon
from tests.support.tenants import HOURS

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


async def test_what_one_only_holds_does_not_use_up_the_day(runtime: Runtime) -> None:
    """One booking a day: who holds it may choose another time of that day, and holds that instead."""
    one: dict[str, Any] = {"max_bookings_per_day": 1}
    ada, bea = ({"key": key, "name": key, "location": "centre", "hours": HOURS} for key in ("ada", "bea"))
    services: list[dict[str, Any]] = [
        {"key": "cut", "name": "Cut", "duration_minutes": 30, "staff": ["ada"]},
        {"key": "dye", "name": "Dye", "duration_minutes": 30, "staff": ["ada", "bea"], **one},
    ]
    salon = await make_salon(runtime, services=services, staff=[ada | one, bea], merchants=[])
    customer, other = await salon.customer(), await salon.customer()
    for wish, again in (("cut", "ada"), ("dye", "ada")), (("dye", "bea"), ("dye", "ada")):
        held = await salon.hold(AT_TEN, service=wish[0], staff=wish[1], customer_id=customer)
        asked: dict[str, Any] = {"service": again[0], "staff": again[1]}
        assert await salon.free(TUESDAY, **asked, customer_id=other) == []
        assert AT_TEN + hours(2) in [
            slot.starts_at for slot in await salon.free(TUESDAY, **asked, customer_id=customer)
        ]
        instead = await salon.hold(AT_TEN + hours(2), **asked, customer_id=customer)
        rows = await salon.sql("SELECT id FROM bookings WHERE status = 'held'")
        assert [row["id"] for row in rows] == [instead.id] != [held.id]
        await salon.cancel(instead)
