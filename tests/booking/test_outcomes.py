"""How an appointment ended: said by the merchant, corrected by the merchant, or left to time."""

from datetime import UTC, datetime, timedelta

import pytest

from booking import lifecycle
from booking.booking import Booking, IllegalTransitionError, NotStartedError, Status
from booking.invariants import find_violations
from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon

AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime)


async def _complete(salon: Salon, booking: Booking) -> Booking:
    return await salon.unit(lambda uow: lifecycle.complete(uow, booking.id, now=salon.now))


async def _no_show(salon: Salon, booking: Booking) -> Booking:
    return await salon.unit(lambda uow: lifecycle.no_show(uow, booking.id, now=salon.now))


async def _complete_ended(salon: Salon, booking: Booking) -> bool:
    return await salon.unit(lambda uow: lifecycle.complete_ended(uow, booking.id, now=salon.now))


async def test_nobody_can_say_before_the_start_how_it_went(salon: Salon, clock: FixedClock) -> None:
    booking = await salon.book(AT_TEN)
    clock.set(AT_TEN - timedelta(seconds=1))
    for outcome in (_complete, _no_show):
        with pytest.raises(NotStartedError):
            await outcome(salon, booking)


async def test_who_does_not_come_leaves_the_rest_of_the_time_free(salon: Salon, clock: FixedClock) -> None:
    booking = await salon.book(AT_TEN)
    clock.set(AT_TEN + timedelta(minutes=10))
    ended = await _no_show(salon, booking)
    assert (ended.status, ended.sequence) == (Status.NO_SHOW, booking.sequence + 1)
    assert await salon.occupied() == []
    assert await _no_show(salon, booking) == ended


async def test_what_was_said_by_mistake_is_corrected(salon: Salon, clock: FixedClock) -> None:
    seats = [await salon.book(AT_TEN, service="class", staff="emile") for _ in range(2)]
    clock.set(AT_TEN + hours(2))
    for booking in seats:
        assert (await _complete(salon, booking)).status is Status.COMPLETED
    assert (await _no_show(salon, seats[0])).status is Status.NO_SHOW
    assert (await _complete(salon, seats[0])).status is Status.COMPLETED
    assert await salon.unit(find_violations) == []


async def test_a_cancelled_or_held_booking_has_no_outcome(salon: Salon, clock: FixedClock) -> None:
    cancelled, held = await salon.book(AT_TEN), await salon.hold(AT_TEN, staff="emile")
    await salon.cancel(cancelled)
    clock.set(AT_TEN + hours(1))
    for booking in (cancelled, held):
        with pytest.raises(IllegalTransitionError):
            await _complete(salon, booking)


async def test_what_is_over_for_an_hour_is_completed_by_time(salon: Salon, clock: FixedClock) -> None:
    booking = await salon.book(AT_TEN)
    clock.set(booking.ends_at + hours(1) - timedelta(seconds=1))
    assert not await _complete_ended(salon, booking)
    clock.set(booking.ends_at + hours(1))
    assert await _complete_ended(salon, booking)
    assert not await _complete_ended(salon, booking)
    assert (await _complete(salon, booking)).status is Status.COMPLETED
    assert await salon.occupied() == []


async def test_time_does_not_overrule_the_merchant(salon: Salon, clock: FixedClock) -> None:
    missed, moved = await salon.book(AT_TEN), await salon.book(AT_TEN, staff="emile")
    clock.set(AT_TEN + hours(1))
    await _no_show(salon, missed)
    await salon.move(moved, AT_TEN + hours(24), by="merchant")
    clock.set(AT_TEN + hours(3))
    assert not await _complete_ended(salon, missed)
    assert not await _complete_ended(salon, moved)
