"""Group sessions: seats of one start, the calendar occupied once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking.booking import NotBookableError, SlotTakenError, Status
from booking.invariants import find_violations
from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.bookings import Salon, make_salon

TUESDAY = date(2026, 3, 3)
AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
CLASS: dict[str, Any] = {"service": "class", "staff": "emile"}


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    """The class has three seats."""
    return await make_salon(runtime)


async def _starts(salon: Salon, **more: Any) -> list[datetime]:
    return [slot.starts_at for slot in await salon.free(TUESDAY, **CLASS, **more)]


async def test_a_class_occupies_its_teacher_once_and_stays_listed_while_it_has_seats(salon: Salon) -> None:
    for _ in range(2):
        await salon.book(AT_TEN, **CLASS)
    assert len(await salon.occupied()) == 1
    starts = await _starts(salon)
    assert AT_TEN in starts
    assert AT_TEN + timedelta(minutes=30) not in starts
    await salon.book(AT_TEN, **CLASS)
    assert AT_TEN not in await _starts(salon)
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN, **CLASS)


async def test_a_party_needs_as_many_seats_and_pays_by_the_seat(salon: Salon) -> None:
    booking = await salon.book(AT_TEN, party_size=2, **CLASS)
    assert booking.price_minor == 6000
    assert AT_TEN in await _starts(salon, party_size=1)
    assert AT_TEN not in await _starts(salon, party_size=2)
    assert await _starts(salon, party_size=4) == []
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN, party_size=2, **CLASS)


async def test_a_party_above_the_capacity_is_never_bookable(salon: Salon) -> None:
    with pytest.raises(NotBookableError):
        await salon.hold(AT_TEN, party_size=4, **CLASS)


async def test_another_service_of_the_teacher_does_not_fit_into_the_class(salon: Salon) -> None:
    await salon.book(AT_TEN, **CLASS)
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN, service="cut", staff="emile")


async def test_a_seat_given_back_is_free_and_the_last_one_frees_the_teacher(salon: Salon) -> None:
    first, second = [await salon.book(AT_TEN, **CLASS) for _ in range(2)]
    await salon.cancel(first)
    assert len(await salon.occupied()) == 1
    await salon.cancel(second)
    assert await salon.occupied() == []
    assert (await salon.hold(AT_TEN, service="cut", staff="emile")).status is Status.HELD
    assert await salon.unit(find_violations) == []


async def test_a_held_seat_that_ran_out_is_taken_over_within_the_class(salon: Salon, clock: FixedClock) -> None:
    confirmed = await salon.book(AT_TEN, party_size=2, **CLASS)
    lost = await salon.hold(AT_TEN, **CLASS)
    clock.advance(timedelta(minutes=10))
    assert AT_TEN in await _starts(salon)
    winner = await salon.book(AT_TEN, **CLASS)
    assert winner.group_session_id == confirmed.group_session_id
    with pytest.raises(SlotTakenError):
        await salon.confirm(lost)
    assert await salon.unit(find_violations) == []


async def test_a_class_that_was_only_held_gives_way_when_its_hold_runs_out(salon: Salon, clock: FixedClock) -> None:
    lost = await salon.hold(AT_TEN, **CLASS)
    clock.advance(timedelta(minutes=10))
    await salon.book(AT_TEN, service="cut", staff="emile")
    with pytest.raises(SlotTakenError):
        await salon.confirm(lost)
    assert await salon.unit(find_violations) == []


async def test_a_late_yes_gets_its_seat_back_while_there_is_one(salon: Salon, clock: FixedClock) -> None:
    lost = await salon.hold(AT_TEN, **CLASS)
    clock.advance(timedelta(minutes=10))
    await salon.expire(lost)
    assert await salon.occupied() == []
    assert (await salon.confirm(lost)).status is Status.CONFIRMED
    (row,) = await salon.occupied()
    assert row["status"] == "booked"
    assert await salon.unit(find_violations) == []
