"""Moving a booking: the old time is kept until the new one is stored, everything that hangs on it moves along."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking import lifecycle
from booking.booking import (
    IllegalTransitionError,
    NotBookableError,
    SlotTakenError,
    Status,
    TooLateToChangeError,
)
from booking.invariants import find_violations
from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon

TUESDAY = date(2026, 3, 3)
AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # 10:00 in Douala
QUARTER = timedelta(minutes=15)
CLASS: dict[str, Any] = {"service": "class", "staff": "emile"}


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, rules={"cancel_until_hours": 12, "reminders_hours_before": [24, 2]})


async def _reminders(salon: Salon) -> list[tuple[datetime, str]]:
    rows = await salon.sql("SELECT due_at, status FROM reminders ORDER BY due_at")
    return [(row["due_at"], row["status"]) for row in rows]


async def _spans(salon: Salon) -> list[tuple[datetime, datetime]]:
    return [(row["starts_at"], row["ends_at"]) for row in await salon.occupied()]


async def test_a_move_takes_the_new_time_and_frees_the_old_one(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    moved = await salon.move(booking, AT_TEN + hours(4))
    assert (moved.id, moved.status, moved.sequence) == (booking.id, Status.CONFIRMED, booking.sequence + 1)
    assert (moved.starts_at, moved.ends_at) == (AT_TEN + hours(4), AT_TEN + hours(4.75))
    assert await _spans(salon) == [(moved.starts_at, moved.ends_at + timedelta(minutes=10))]
    assert AT_TEN in [slot.starts_at for slot in await salon.free(TUESDAY)]
    assert await salon.unit(find_violations) == []


async def test_a_booking_may_move_by_less_than_its_own_length(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    free = [slot.starts_at for slot in await salon.free(TUESDAY, ignore_booking_id=booking.id)]
    assert {AT_TEN - QUARTER, AT_TEN, AT_TEN + QUARTER} <= set(free)
    moved = await salon.move(booking, AT_TEN + QUARTER)
    assert await _spans(salon) == [(moved.starts_at, moved.ends_at + timedelta(minutes=10))]


async def test_a_taken_time_leaves_the_old_one_as_it_was(salon: Salon) -> None:
    booking, rival = await salon.book(AT_TEN), await salon.book(AT_TEN + hours(1))
    before = await salon.occupied(), await _reminders(salon)
    with pytest.raises(SlotTakenError):
        await salon.move(booking, AT_TEN + QUARTER)
    assert (await salon.occupied(), await _reminders(salon)) == before
    assert (await salon.confirm(booking), await salon.confirm(rival)) == (booking, rival)


async def test_what_is_not_offered_is_refused(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    for starts_at in (AT_TEN + timedelta(minutes=7), datetime(2026, 3, 8, 9, 0, tzinfo=UTC)):
        with pytest.raises(NotBookableError):
            await salon.move(booking, starts_at)


async def test_a_move_to_somebody_else_at_the_same_time_keeps_the_reminders(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    before = await _reminders(salon)
    moved = await salon.move(booking, AT_TEN, staff="emile")
    assert moved.staff_id == salon.staff_id("emile")
    (row,) = await salon.occupied()
    assert row["resource_id"] == salon.catalogue.staff_by_id[moved.staff_id].resource_id
    assert await _reminders(salon) == before


async def test_anyone_means_the_same_person_while_free_and_else_another(salon: Salon) -> None:
    booking = await salon.book(AT_TEN, staff="emile")

    async def to_anyone(starts_at: datetime, key: str) -> int:
        moved = await salon.unit(
            lambda uow: lifecycle.reschedule(
                uow,
                salon.catalogue,
                booking.id,
                starts_at=starts_at,
                staff_id=None,
                now=salon.now,
                by="customer",
                key=key,
            )
        )
        return moved.staff_id

    assert await to_anyone(AT_TEN + hours(1), "m1") == salon.staff_id("emile")
    await salon.book(AT_TEN + hours(4), staff="emile")
    assert await to_anyone(AT_TEN + hours(4), "m2") == salon.staff_id("nadia")


async def test_a_room_moves_along(salon: Salon) -> None:
    booking = await salon.book(AT_TEN, service="braids")
    moved = await salon.move(booking, AT_TEN + hours(24))
    assert {row["starts_at"] for row in await salon.occupied()} == {moved.starts_at}
    assert len(await salon.occupied()) == 2


async def test_reminders_follow_the_new_start_and_come_back_with_the_old_one(salon: Salon) -> None:
    later = AT_TEN + timedelta(days=1)
    booking = await salon.book(later)
    await salon.move(booking, later + timedelta(days=1))
    assert await _reminders(salon) == [
        (later - hours(24), "cancelled"),
        (later - hours(2), "cancelled"),
        (later, "pending"),
        (later + hours(22), "pending"),
    ]
    await salon.move(booking, later)
    assert [status for _, status in await _reminders(salon)] == ["pending", "pending", "cancelled", "cancelled"]


async def test_the_same_key_moves_once(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    moved = await salon.move(booking, AT_TEN + hours(1), key="turn-1:move")
    again = await salon.move(moved, AT_TEN + hours(4), key="turn-1:move")
    assert again == moved


async def test_a_move_to_where_it_is_changes_nothing(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    assert await salon.move(booking, AT_TEN) == booking


async def test_customers_move_until_the_hours_of_the_policy_and_merchants_always(
    salon: Salon, clock: FixedClock
) -> None:
    booking = await salon.book(AT_TEN)
    clock.set(AT_TEN - hours(12))
    booking = await salon.move(booking, AT_TEN - QUARTER)
    with pytest.raises(TooLateToChangeError):
        await salon.move(booking, AT_TEN + hours(4))
    assert (await salon.move(booking, AT_TEN + hours(4), by="merchant")).starts_at == AT_TEN + hours(4)


async def test_what_is_held_or_cancelled_cannot_be_moved(salon: Salon) -> None:
    held, cancelled = await salon.hold(AT_TEN), await salon.book(AT_TEN, staff="emile")
    await salon.cancel(cancelled)
    for booking in (held, cancelled):
        with pytest.raises(IllegalTransitionError):
            await salon.move(booking, AT_TEN + hours(4))


async def test_where_the_tenant_approves_a_customers_move_is_a_request_again(runtime: Runtime) -> None:
    strict = await make_salon(runtime, rules={"requires_approval": True, "reminders_hours_before": [2]})
    request = await strict.book(AT_TEN)
    booking = await strict.unit(lambda uow: lifecycle.approve(uow, request.id, now=strict.now))
    by_merchant = await strict.move(booking, AT_TEN + hours(1), by="merchant")
    assert by_merchant.status is Status.CONFIRMED
    asked = await strict.move(booking, AT_TEN)
    assert (asked.status, asked.hold_until) == (Status.PENDING_APPROVAL, strict.now + hours(24))
    (row,) = await strict.occupied()
    assert (row["status"], row["hold_until"]) == ("held", asked.hold_until)
    assert {status for _, status in await _reminders(strict)} == {"cancelled"}
    approved = await strict.unit(lambda uow: lifecycle.approve(uow, request.id, now=strict.now))
    assert approved.status is Status.CONFIRMED
    assert [status for _, status in await _reminders(strict)] == ["pending", "cancelled"]
    assert await strict.unit(find_violations) == []


async def test_a_request_that_moves_is_no_longer_waited_for_than_its_new_start(runtime: Runtime) -> None:
    strict = await make_salon(runtime, rules={"requires_approval": True})
    request = await strict.book(AT_TEN)
    moved = await strict.move(request, strict.now + hours(2))
    assert (moved.status, moved.hold_until) == (Status.PENDING_APPROVAL, moved.starts_at)


async def test_a_seat_moves_to_another_class_and_the_empty_one_frees_its_teacher(salon: Salon) -> None:
    alone = await salon.book(AT_TEN, party_size=2, **CLASS)
    other = await salon.book(AT_TEN + hours(4), **CLASS)
    moved = await salon.move(alone, AT_TEN + hours(4))
    assert moved.group_session_id == other.group_session_id
    assert [row["starts_at"] for row in await salon.occupied()] == [AT_TEN + hours(4)]
    seats = await salon.sql("SELECT taken FROM group_sessions ORDER BY starts_at")
    assert [row["taken"] for row in seats] == [0, 3]
    assert await salon.unit(find_violations) == []


async def test_a_full_class_refuses_a_move_and_the_old_seat_stays(salon: Salon) -> None:
    booking = await salon.book(AT_TEN, **CLASS)
    await salon.book(AT_TEN + hours(4), party_size=3, **CLASS)
    with pytest.raises(SlotTakenError):
        await salon.move(booking, AT_TEN + hours(4))
    seats = await salon.sql("SELECT taken FROM group_sessions ORDER BY starts_at")
    assert [row["taken"] for row in seats] == [1, 3]


async def test_a_class_of_one_moves_by_less_than_its_length_a_shared_one_does_not(salon: Salon) -> None:
    first = await salon.book(AT_TEN, **CLASS)
    moved = await salon.move(first, AT_TEN + QUARTER)
    second = await salon.book(AT_TEN + QUARTER, **CLASS)
    assert second.group_session_id == moved.group_session_id
    with pytest.raises(SlotTakenError):
        await salon.move(second, AT_TEN)
    assert await salon.unit(find_violations) == []


async def test_a_confirmed_seat_makes_a_class_that_was_only_held_sure(salon: Salon, clock: FixedClock) -> None:
    booking = await salon.book(AT_TEN, **CLASS)
    await salon.hold(AT_TEN + hours(4), **CLASS)
    await salon.move(booking, AT_TEN + hours(4))
    (row,) = await salon.occupied()
    assert (row["status"], row["hold_until"]) == ("booked", None)
    assert await salon.unit(find_violations) == []
