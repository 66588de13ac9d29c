"""A broken promise is said loudly: by the worker in its log, by the doctor in its line."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from booking.booking import Booking
from cli.doctor import check_bookings
from core.clock import FixedClock
from core.queue import Cron, _cron
from core.runtime import Runtime
from tests.support.bookings import Salon, make_salon
from tests.support.databases import shared_runtime as shared_runtime
from workers import invariants

AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
FAULT = "live booking without occupancy"


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime)


async def _said(salon: Salon) -> list[str]:
    with capture_logs() as logs:
        await invariants.check(salon.runtime, salon.tenant_id, salon.tenant_id)
    return [line for entry in logs if entry["event"] == "bookings.violated" for line in entry["violations"]]


async def _break(salon: Salon) -> Booking:
    booking = await salon.book(AT_TEN)
    await salon.sql("DELETE FROM occupancy")
    return booking


async def test_the_worker_says_nothing_of_sound_rows_and_names_a_broken_one(salon: Salon) -> None:
    assert await _said(salon) == []
    booking = await _break(salon)
    assert await _said(salon) == [f"{FAULT}: {booking.id}"]


async def test_a_hold_that_nobody_ended_in_time_is_said(salon: Salon, clock: FixedClock) -> None:
    held = await salon.hold(AT_TEN)
    clock.advance(timedelta(minutes=19))
    assert await _said(salon) == []
    clock.advance(timedelta(minutes=1))
    assert await _said(salon) == [f"held past its time: {held.id}"]


async def test_the_doctor_counts_what_is_broken(salon: Salon) -> None:
    await _break(salon)
    name, is_well, detail = await check_bookings(salon.runtime)
    assert (name, is_well) == ("bookings", False)
    assert f"{FAULT} (" in detail


async def test_a_sweep_of_minutes_runs_at_the_full_minute(runtime: Runtime) -> None:
    job = _cron(Cron("checks", lambda: invariants.wake_checks(runtime), 300))
    assert (job.minute, job.second) == (set(range(0, 60, 5)), {0})
