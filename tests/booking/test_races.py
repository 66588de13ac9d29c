"""Sixteen clients on connections of their own: exactly the right winners, no overlap, no deadlock, nobody stuck."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from booking.booking import Booking, SlotTakenError
from booking.invariants import find_violations
from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.bookings import Salon, make_salon

CLIENTS = 16
_STUCK_S = 5
ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
DURATIONS = {"short": 15, "middle": 30, "long": 60}
RULES = {"slot_step_minutes": 15, "max_open_bookings_per_customer": 1000}


@pytest.fixture
async def salon(runtime: Runtime) -> AsyncIterator[Salon]:
    """Two people who never close; `pair` needs both basins, the class has five seats. Checked when the race is over."""
    lengths = [_service(key, minutes, ["ida"]) for key, minutes in DURATIONS.items()]
    services = [
        *lengths,
        _service("pair", 30, ["ida", "odo"], resources=["left", "right"]),
        _service("odd pair", 30, ["odo", "ida"], resources=["right", "left"]),
        _service("class", 60, ["odo"], capacity=5),
    ]
    people = [{"key": key, "name": key.title(), "location": "centre", "hours": ALWAYS} for key in ("ida", "odo")]
    rooms = [{"key": key, "name": key.title(), "location": "centre"} for key in ("left", "right")]
    salon = await make_salon(runtime, services=services, staff=people, resources=rooms, merchants=[], rules=RULES)
    deadlocks = await _deadlocks(salon)
    yield salon
    assert await salon.unit(find_violations) == []
    assert await _deadlocks(salon) == deadlocks


def _service(key: str, minutes: int, staff: list[str], **more: Any) -> dict[str, Any]:
    return {"key": key.replace(" ", "-"), "name": {"en": key}, "duration_minutes": minutes, "staff": staff, **more}


async def _deadlocks(salon: Salon) -> int:
    await salon.sql("SELECT pg_stat_clear_snapshot()")
    rows = await salon.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(rows[0]["deadlocks"])


async def _race(attempts: list[Callable[[], Awaitable[Booking]]]) -> list[Booking]:
    """Runs the attempts with CLIENTS at a time; the winners. A call that is stuck fails."""
    waiting, won = list(reversed(attempts)), []

    async def client() -> None:
        while waiting:
            attempt = waiting.pop()
            try:
                won.append(await asyncio.wait_for(attempt(), timeout=_STUCK_S))
            except SlotTakenError:
                continue

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return won


def _hold(salon: Salon, at: datetime, **wish: Any) -> Callable[[], Awaitable[Booking]]:
    return lambda: salon.hold(at, **wish)


async def _customers(salon: Salon) -> list[int]:
    return [await salon.customer() for _ in range(CLIENTS)]


async def test_of_sixteen_who_want_each_slot_one_gets_it(salon: Salon) -> None:
    customers = await _customers(salon)
    starts = [START + timedelta(minutes=15 * n) for n in range(25)]
    wish = {"service": "short", "staff": "ida"}
    won = await _race([_hold(salon, at, customer_id=who, **wish) for at in starts for who in customers])
    assert sorted(booking.starts_at for booking in won) == starts


async def test_overlapping_lengths_never_overlap_and_leave_nothing_that_would_have_fitted(salon: Salon) -> None:
    customers = await _customers(salon)
    attempts = [
        _hold(
            salon, START + timedelta(minutes=15 * (n * 7 % 24)), service=key, staff="ida", customer_id=customers[n % 16]
        )
        for n in range(192)
        for key in [list(DURATIONS)[n % 3]]
    ]
    won = await _race(attempts)
    spans = sorted((booking.starts_at, booking.ends_at) for booking in won)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    free = await salon.free(START.date(), service="short", staff="ida")
    assert sum((end - start for start, end in spans), timedelta()) >= timedelta(hours=3)
    assert not {slot.starts_at for slot in free} & {start for start, _ in spans}


async def test_two_rooms_named_in_opposite_order_do_not_lock_each_other_out(salon: Salon) -> None:
    customers = await _customers(salon)
    starts = [START + timedelta(minutes=30 * n) for n in range(10)]
    won = await _race(
        [
            _hold(salon, at, service=("pair", "odd-pair")[n % 2], staff=None, customer_id=who)
            for at in starts
            for n, who in enumerate(customers)
        ]
    )
    assert sorted(booking.starts_at for booking in won) == starts


async def test_an_expired_hold_is_taken_over_by_exactly_one(salon: Salon, clock: FixedClock) -> None:
    customers = await _customers(salon)
    starts = [START + timedelta(minutes=15 * n) for n in range(15)]
    for at in starts:
        await salon.hold(at, service="short", staff="ida", customer_id=customers[0])
    clock.advance(timedelta(minutes=10))
    wish = {"service": "short", "staff": "ida"}
    won = await _race([_hold(salon, at, customer_id=who, **wish) for at in starts for who in customers])
    assert sorted(booking.starts_at for booking in won) == starts
    rows = await salon.sql("SELECT status, count(*) AS number FROM bookings GROUP BY status")
    assert {row["status"]: row["number"] for row in rows} == {"held": 15, "expired": 15}


async def test_the_last_seats_of_a_class_go_to_as_many_as_there_are(salon: Salon) -> None:
    customers = await _customers(salon)
    starts = [START + timedelta(hours=n) for n in range(4)]
    wish = {"service": "class", "staff": "odo"}
    won = await _race([_hold(salon, at, customer_id=who, **wish) for at in starts for who in customers])
    assert sorted(booking.starts_at for booking in won) == sorted(starts * 5)
    assert len(await salon.occupied()) == 4


async def test_of_two_turns_with_the_same_key_both_get_the_one_booking(salon: Salon) -> None:
    customer = await salon.customer()
    wish = {"service": "short", "staff": None, "customer_id": customer, "key": "turn-1:hold"}
    won = await _race([_hold(salon, START, **wish) for _ in range(CLIENTS)])
    assert len(won) == CLIENTS
    assert len({booking.id for booking in won}) == 1


async def test_the_limit_of_open_bookings_holds_when_all_are_made_at_once(runtime: Runtime) -> None:
    salon = await make_salon(runtime, rules={"max_open_bookings_per_customer": 2})
    customer = await salon.customer()
    starts = [START + timedelta(hours=n) for n in range(8)]
    results = await asyncio.gather(*(salon.hold(at, customer_id=customer) for at in starts), return_exceptions=True)
    assert sum(isinstance(result, Booking) for result in results) == 2
