"""Sixteen clients on connections of their own: exactly the right winners, no overlap, no deadlock, nobody stuck."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from booking import lifecycle
from booking.booking import Booking, IllegalTransitionError, Status
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from tests.support.bookings import Salon, make_salon
from tests.support.races import CLIENTS, STUCK_S, fair_play, race

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
    async with fair_play(salon):
        yield salon


def _service(key: str, minutes: int, staff: list[str], **more: Any) -> dict[str, Any]:
    return {"key": key.replace(" ", "-"), "name": {"en": key}, "duration_minutes": minutes, "staff": staff, **more}


def _hold(salon: Salon, at: datetime, **wish: Any) -> Callable[[], Awaitable[Booking]]:
    return lambda: salon.hold(at, **wish)


def _move(salon: Salon, booking: Booking, at: datetime, **wish: Any) -> Callable[[], Awaitable[Booking]]:
    return lambda: salon.move(booking, at, by="merchant", **wish)


async def _customers(salon: Salon) -> list[int]:
    return [await salon.customer() for _ in range(CLIENTS)]


async def test_of_sixteen_who_want_each_slot_one_gets_it(salon: Salon) -> None:
    customers = await _customers(salon)
    starts = [START + timedelta(minutes=15 * n) for n in range(25)]
    wish = {"service": "short", "staff": "ida"}
    won = await race([_hold(salon, at, customer_id=who, **wish) for at in starts for who in customers])
    assert sorted(booking.starts_at for booking in won) == starts


async def test_overlapping_lengths_never_overlap_and_leave_nothing_that_would_have_fitted(salon: Salon) -> None:
    customers = [await salon.customer() for _ in range(192)]  # one's own hold would make room for the next
    attempts = [
        _hold(salon, START + timedelta(minutes=15 * (n * 7 % 24)), service=key, staff="ida", customer_id=who)
        for n, who in enumerate(customers)
        for key in [list(DURATIONS)[n % 3]]
    ]
    won = await race(attempts)
    spans = sorted((booking.starts_at, booking.ends_at) for booking in won)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    free = await salon.free(START.date(), service="short", staff="ida")
    assert sum((end - start for start, end in spans), timedelta()) >= timedelta(hours=3)
    assert not {slot.starts_at for slot in free} & {start for start, _ in spans}


async def test_two_rooms_named_in_opposite_order_do_not_lock_each_other_out(salon: Salon) -> None:
    customers = await _customers(salon)
    starts = [START + timedelta(minutes=30 * n) for n in range(10)]
    won = await race(
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
    won = await race([_hold(salon, at, customer_id=who, **wish) for at in starts for who in customers])
    assert sorted(booking.starts_at for booking in won) == starts
    rows = await salon.sql("SELECT status, count(*) AS number FROM bookings GROUP BY status")
    assert {row["status"]: row["number"] for row in rows} == {"held": 15, "expired": 15}


async def test_the_last_seats_of_a_class_go_to_as_many_as_there_are(salon: Salon) -> None:
    customers = await _customers(salon)
    starts = [START + timedelta(hours=n) for n in range(4)]
    wish = {"service": "class", "staff": "odo"}
    won = await race([_hold(salon, at, customer_id=who, **wish) for at in starts for who in customers])
    assert sorted(booking.starts_at for booking in won) == sorted(starts * 5)
    assert len(await salon.occupied()) == 4


async def _booked(salon: Salon, starts: list[datetime], **wish: Any) -> list[Booking]:
    customers = await _customers(salon)
    return [await salon.book(at, customer_id=customers[n % CLIENTS], **wish) for n, at in enumerate(starts)]


async def test_of_many_who_move_to_one_slot_one_gets_it_and_the_others_stay(salon: Salon) -> None:
    homes = [START + timedelta(minutes=15 * n) for n in range(CLIENTS)]
    bookings = await _booked(salon, homes, service="short", staff="ida")
    wanted = [START + timedelta(hours=6, minutes=15 * n) for n in range(4)]
    won = await race([_move(salon, booking, wanted[n % 4]) for n, booking in enumerate(bookings)])
    assert sorted(booking.starts_at for booking in won) == wanted
    stayed = {booking.starts_at for booking in bookings if booking.id not in {winner.id for winner in won}}
    assert {row["starts_at"] for row in await salon.occupied()} == {*wanted, *stayed}


async def test_moves_and_new_bookings_want_the_same_slots(salon: Salon) -> None:
    homes = [START + timedelta(minutes=30 * n) for n in range(12)]
    bookings = await _booked(salon, homes, service="middle", staff="ida")
    customers = await _customers(salon)
    wanted = [START + timedelta(minutes=15 * n) for n in range(24, 40)]
    attempts = []
    for n, at in enumerate(wanted * 4):
        attempts.append(_move(salon, bookings[n % 12], at))
        attempts.append(_hold(salon, at, service="short", staff="ida", customer_id=customers[n % CLIENTS]))
        attempts.append(_hold(salon, homes[n % 12], service="long", staff="ida", customer_id=customers[n % CLIENTS]))
    await race(attempts)
    spans = [(row["starts_at"], row["ends_at"]) for row in await salon.occupied()]
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    free = await salon.free(START.date(), service="short", staff="ida")
    assert not {slot.starts_at for slot in free} & set(wanted)


async def test_two_who_change_places_do_not_wait_for_each_other(salon: Salon) -> None:
    """Each wants the other's time and person, at once and again; only a time that is free can be had."""
    homes = [START + timedelta(hours=n) for n in range(6)]
    with_ida = await _booked(salon, homes, service="pair", staff="ida")
    with_odo = await _booked(salon, [at + timedelta(minutes=30) for at in homes], service="odd-pair", staff="odo")
    swaps = [
        _move(salon, mine, theirs.starts_at, staff=staff)
        for one, other in zip(with_ida, with_odo, strict=True)
        for mine, theirs, staff in ((one, other, "odo"), (other, one, "ida"))
    ]
    away = [
        _move(salon, booking, booking.starts_at + timedelta(hours=8), staff=staff)
        for one, other in zip(with_ida, with_odo, strict=True)
        for booking, staff in ((one, "odo"), (other, "ida"))
    ]
    assert await race(swaps * 4) == []
    won = await race([attempt for pair in zip(away, swaps, strict=True) for attempt in pair] * 3)
    assert {booking.id for booking in won} == {booking.id for booking in (*with_ida, *with_odo)}
    assert len(await salon.occupied()) == 3 * 12


async def test_the_last_seats_go_to_movers_and_newcomers_alike(salon: Salon) -> None:
    wish = {"service": "class", "staff": "odo"}
    movers = await _booked(salon, [START + timedelta(hours=n % 4) for n in range(12)], **wish)
    customers = await _customers(salon)
    wanted = START + timedelta(hours=6)
    newcomers = [_hold(salon, wanted, customer_id=who, **wish) for who in customers]
    won = await race([*(_move(salon, booking, wanted) for booking in movers), *newcomers])
    assert len(won) == 5
    (session,) = await salon.sql("SELECT taken FROM group_sessions WHERE starts_at = $1", wanted)
    assert session["taken"] == 5


async def test_a_booking_that_is_moved_and_cancelled_at_once_leaves_nothing(salon: Salon) -> None:
    homes = [START + timedelta(minutes=15 * n) for n in range(16)]
    bookings = await _booked(salon, homes, service="short", staff="ida")
    moves = [_move(salon, booking, booking.starts_at + timedelta(hours=6), staff="ida") for booking in bookings]
    ends = [partial(salon.cancel, booking, by="merchant") for booking in bookings]
    tasks = (asyncio.wait_for(attempt(), STUCK_S) for pair in zip(moves, ends, strict=True) for attempt in pair)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(result) for result in results} <= {Booking, IllegalTransitionError}
    assert await salon.occupied() == []


async def _overtaken(
    salon: Salon, first: Callable[[UnitOfWork], Awaitable[Booking]], second: Awaitable[Booking]
) -> Any:
    """Starts `second` while `first` is done but not committed, commits once it waits; what `second` came to."""
    async with unit_of_work(salon.runtime, salon.tenant_id) as uow:
        await first(uow)
        waiting = asyncio.ensure_future(second)
        own = await uow.driver.fetchval("SELECT pg_backend_pid()")
        blocked = "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
        async with asyncio.timeout(STUCK_S):
            while not (await salon.sql(blocked, own))[0]["count"]:
                continue
    return await waiting


def _moving(salon: Salon, booking: Booking, at: datetime) -> Callable[[UnitOfWork], Awaitable[Booking]]:
    return lambda uow: lifecycle.reschedule(
        uow,
        salon.catalogue,
        booking.id,
        starts_at=at,
        staff_id=booking.staff_id,
        now=salon.now,
        by="customer",
        key="moving",
    )


async def test_a_cancellation_that_waited_for_a_move_ends_what_the_move_made(salon: Salon) -> None:
    (booking,) = await _booked(salon, [START], service="short", staff="ida")
    moving = _moving(salon, booking, START + timedelta(hours=40))
    assert (await _overtaken(salon, moving, salon.cancel(booking))).status is Status.CANCELLED
    assert await salon.occupied() == []
    rows = await salon.sql("SELECT status FROM reminders")
    assert {row["status"] for row in rows} == {"cancelled"}


async def test_a_cancellation_that_waited_for_the_yes_calls_its_reminders_off(salon: Salon) -> None:
    held = await salon.hold(START + timedelta(hours=40), service="short", staff="ida")
    cancelled = await _overtaken(
        salon, lambda uow: lifecycle.confirm(uow, held.id, now=salon.now), salon.cancel(held, by="merchant")
    )
    assert cancelled.status is Status.CANCELLED
    rows = await salon.sql("SELECT status FROM reminders")
    assert {row["status"] for row in rows} == {"cancelled"}


async def test_an_approval_that_waited_for_a_move_books_the_new_time(runtime: Runtime) -> None:
    strict = await make_salon(runtime, rules={"requires_approval": True})
    request = await strict.book(START)
    approval = strict.unit(lambda uow: lifecycle.approve(uow, request.id, now=strict.now))
    approved = await _overtaken(strict, _moving(strict, request, START + timedelta(hours=1)), approval)
    (row,) = await strict.occupied()
    assert (approved.status, approved.starts_at) == (Status.CONFIRMED, START + timedelta(hours=1))
    assert (row["starts_at"], row["status"]) == (approved.starts_at, "booked")


async def test_of_two_turns_with_the_same_key_both_get_the_one_booking(salon: Salon) -> None:
    customer = await salon.customer()
    wish = {"service": "short", "staff": None, "customer_id": customer, "key": "turn-1:hold"}
    won = await race([_hold(salon, START, **wish) for _ in range(CLIENTS)])
    assert len(won) == CLIENTS
    assert len({booking.id for booking in won}) == 1


async def test_the_limit_of_open_bookings_holds_when_all_are_made_at_once(runtime: Runtime) -> None:
    salon = await make_salon(runtime, rules={"max_open_bookings_per_customer": 2})
    customer = await salon.customer()
    starts = [START + timedelta(hours=n) for n in range(8)]
    results = await asyncio.gather(*(salon.hold(at, customer_id=customer) for at in starts), return_exceptions=True)
    assert sum(isinstance(result, Booking) for result in results) == 2
