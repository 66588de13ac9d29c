"""A move that the merchant does not accept: the booking goes back to what was agreed, as far as that is free."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking import lifecycle
from booking.booking import AlreadyDecidedError, Booking, Status, get
from booking.invariants import find_violations
from booking.moving_back import former_staff
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import call_across_tenants
from tests.support.bookings import Salon, hours, make_salon

AT_TEN = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)  # Thursday 10:00 in Douala
FRIDAY = AT_TEN + hours(24)
RULES = {"requires_approval": True, "approval_timeout_hours": 24, "reminders_hours_before": [2]}
_LAPSED = "SELECT booking_id FROM lapsed_moves(1000)"


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, rules=RULES)


async def agreed(salon: Salon, starts_at: datetime = AT_TEN, **wish: Any) -> Booking:
    request = await salon.book(starts_at, **wish)
    return await salon.unit(lambda uow: lifecycle.approve(uow, request.id, now=salon.now))


async def decline(salon: Salon, booking: Booking) -> Booking:
    return await salon.unit(lambda uow: lifecycle.decline(uow, booking.id, now=salon.now))


async def now_of(salon: Salon, booking: Booking) -> Booking:
    return await salon.unit(lambda uow: get(uow, booking.id))


async def test_a_declined_move_leaves_the_booking_where_it_was(salon: Salon) -> None:
    before = await agreed(salon)
    calendars = [(row["resource_id"], row["starts_at"], row["status"]) for row in await salon.occupied()]
    asked = await salon.move(before, FRIDAY, staff="emile")
    back = await decline(salon, asked)
    assert (back.status, back.starts_at, back.staff_id) == (Status.CONFIRMED, AT_TEN, before.staff_id)
    assert (back.hold_until, back.sequence) == (None, asked.sequence + 1)
    assert [(row["resource_id"], row["starts_at"], row["status"]) for row in await salon.occupied()] == calendars
    reminders = await salon.sql("SELECT starts_at, status FROM reminders ORDER BY starts_at")
    assert [tuple(row) for row in reminders if row["status"] == "pending"] == [(AT_TEN, "pending")]
    assert await salon.unit(find_violations) == []
    with pytest.raises(AlreadyDecidedError):
        await decline(salon, asked)


async def test_a_visit_and_its_rooms_go_back_as_they_were(salon: Salon) -> None:
    before = await agreed(salon, service="braids")
    rows = "SELECT position, service_id, staff_id, starts_at, ends_at FROM appointments"
    appointed = await salon.sql(rows)
    await decline(salon, await salon.move(before, FRIDAY))
    assert await salon.sql(rows) == appointed
    assert len(await salon.occupied()) == 2
    assert await salon.unit(find_violations) == []


async def test_where_the_old_time_is_gone_the_request_is_cancelled(salon: Salon) -> None:
    before = await agreed(salon)
    asked = await salon.move(before, FRIDAY)
    await salon.book(AT_TEN)
    declined = await decline(salon, asked)
    assert (declined.status, declined.starts_at) == (Status.CANCELLED, FRIDAY)
    assert [row["starts_at"] for row in await salon.occupied()] == [AT_TEN]
    assert await salon.unit(find_violations) == []


async def test_an_old_time_that_is_over_is_not_gone_back_to(salon: Salon, clock: FixedClock) -> None:
    asked = await salon.move(await agreed(salon), FRIDAY)
    clock.set(AT_TEN)
    assert (await decline(salon, asked)).status is Status.CANCELLED


async def test_a_request_that_was_never_agreed_is_cancelled(salon: Salon) -> None:
    request = await salon.book(AT_TEN)
    moved = await salon.move(request, FRIDAY)
    assert await salon.unit(lambda uow: former_staff(uow, moved.id)) == []
    assert (await decline(salon, moved)).status is Status.CANCELLED


async def test_of_several_requests_the_agreement_counts(salon: Salon) -> None:
    before = await agreed(salon)
    asked = await salon.move(await salon.move(before, FRIDAY), FRIDAY + hours(4))
    assert (await decline(salon, asked)).starts_at == AT_TEN


async def test_an_accepted_move_is_the_agreement_from_then_on(salon: Salon) -> None:
    asked = await salon.move(await agreed(salon), FRIDAY)
    await salon.unit(lambda uow: lifecycle.approve(uow, asked.id, now=salon.now))
    assert await salon.unit(lambda uow: former_staff(uow, asked.id)) == []
    again = await salon.move(asked, FRIDAY + hours(4))
    assert (await decline(salon, again)).starts_at == FRIDAY


async def test_a_move_that_nobody_answers_lapses_back(salon: Salon, clock: FixedClock) -> None:
    asked = await salon.move(await agreed(salon), FRIDAY)
    assert not await salon.expire(asked)
    clock.advance(timedelta(hours=24))
    assert await salon.expire(asked)
    assert not await salon.expire(asked)
    back = await now_of(salon, asked)
    assert (back.status, back.starts_at) == (Status.CONFIRMED, AT_TEN)
    assert await salon.unit(find_violations) == []


async def test_a_lapsed_move_whose_old_time_is_gone_expires(salon: Salon, clock: FixedClock) -> None:
    asked = await salon.move(await agreed(salon), FRIDAY)
    clock.advance(timedelta(hours=24))
    await salon.book(AT_TEN)
    assert await salon.expire(asked)
    assert (await now_of(salon, asked)).status is Status.EXPIRED
    assert not await salon.expire(asked)


async def test_whoever_takes_the_new_time_of_a_lapsed_move_does_not_cost_the_old_one(
    salon: Salon, clock: FixedClock
) -> None:
    asked = await salon.move(await agreed(salon), FRIDAY)
    clock.advance(timedelta(hours=24))
    rival = await salon.book(FRIDAY)
    assert (await now_of(salon, asked)).status is Status.EXPIRED
    lapsed = {row["booking_id"] for row in await call_across_tenants(salon.runtime, _LAPSED)}
    assert asked.id in lapsed
    assert await salon.expire(asked)
    assert (await now_of(salon, asked)).starts_at == AT_TEN
    assert (await now_of(salon, rival)).starts_at == FRIDAY
    assert asked.id not in {row["booking_id"] for row in await call_across_tenants(salon.runtime, _LAPSED)}
    assert await salon.unit(find_violations) == []


async def test_a_seat_goes_back_to_its_class_even_after_others_took_the_new_one(
    salon: Salon, clock: FixedClock
) -> None:
    seat: dict[str, Any] = {"service": "class", "staff": "emile"}
    asked = await salon.move(await agreed(salon, **seat, party_size=2), FRIDAY, staff="emile")
    clock.advance(timedelta(hours=24))
    await salon.book(FRIDAY, **seat, party_size=3)
    assert await salon.expire(asked)
    taken = await salon.sql("SELECT starts_at, taken FROM group_sessions ORDER BY starts_at")
    assert [tuple(row) for row in taken] == [(AT_TEN, 2), (FRIDAY, 3)]
    assert await salon.unit(find_violations) == []
