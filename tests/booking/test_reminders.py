"""Reminders: planned at the confirmation, sent once, never after a cancellation."""

from datetime import UTC, datetime, timedelta

import pytest

from booking import reminders
from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon

AT_TEN = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, rules={"reminders_hours_before": [24, 2]})


async def _due(salon: Salon) -> list[tuple[datetime, str]]:
    rows = await salon.sql("SELECT due_at, status FROM reminders ORDER BY due_at")
    return [(row["due_at"], row["status"]) for row in rows]


async def _claim_first(salon: Salon) -> reminders.ReminderDue | None:
    (row, *_) = await salon.sql("SELECT id FROM reminders ORDER BY due_at")
    return await salon.unit(lambda uow: reminders.claim(uow, row["id"], now=salon.now))


async def test_a_hold_plans_nothing_and_the_confirmation_one_row_for_each_hour(salon: Salon) -> None:
    held = await salon.hold(AT_TEN)
    assert await _due(salon) == []
    await salon.confirm(held)
    assert await _due(salon) == [(AT_TEN - hours(24), "pending"), (AT_TEN - hours(2), "pending")]


async def test_a_reminder_whose_time_has_passed_already_is_not_planned(salon: Salon, clock: FixedClock) -> None:
    clock.set(AT_TEN - hours(20))
    await salon.book(AT_TEN)
    assert await _due(salon) == [(AT_TEN - hours(2), "pending")]


async def test_a_reminder_is_claimed_once_and_not_before_it_is_due(salon: Salon, clock: FixedClock) -> None:
    booking = await salon.book(AT_TEN)
    clock.set(AT_TEN - hours(24) - timedelta(seconds=1))
    assert await _claim_first(salon) is None
    clock.set(AT_TEN - hours(24))
    due = await _claim_first(salon)
    assert due is not None
    assert (due.booking_id, due.hours_before) == (booking.id, 24)
    assert await _claim_first(salon) is None


async def test_a_cancellation_calls_the_reminders_off(salon: Salon, clock: FixedClock) -> None:
    booking = await salon.book(AT_TEN)
    await salon.cancel(booking)
    clock.set(AT_TEN - hours(1))
    assert await _claim_first(salon) is None
    assert {status for _, status in await _due(salon)} == {"cancelled"}


async def test_a_reminder_is_skipped_once_the_booking_has_begun(salon: Salon, clock: FixedClock) -> None:
    await salon.book(AT_TEN)
    clock.set(AT_TEN)
    assert await _claim_first(salon) is None
    assert (await _due(salon))[0][1] == "skipped"
