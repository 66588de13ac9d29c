"""Recurring bookings: the same wall time week after week, conflicts named, all or none, called off together."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.booking import Booking, NotBookableError, SlotTakenError, Status, TooManyBookingsError
from booking.invariants import find_violations
from booking.series import (
    CalledOff,
    Conflict,
    Reason,
    SeriesPlan,
    TooManyRecurrencesError,
    book_series,
    bookings_of,
    cancel_series,
    plan_series,
)
from core.clock import FixedClock
from core.ids import new_token
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon

AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # Tuesday 10:00 in Douala
WEEK = timedelta(weeks=1)
FOUR = [AT_TEN + n * WEEK for n in range(4)]


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, rules={"cancel_until_hours": 12, "max_recurrences": 12})


async def plan(
    salon: Salon, starts_at: datetime = AT_TEN, *, weeks: int = 1, count: int = 4, **wish: Any
) -> SeriesPlan:
    return await salon.unit(
        lambda uow: plan_series(
            uow,
            salon.catalogue,
            salon.visit(**wish),
            starts_at=starts_at,
            every_weeks=weeks,
            count=count,
            now=salon.now,
        )
    )


async def book(
    salon: Salon,
    starts: Sequence[datetime] = FOUR,
    *,
    key: str | None = None,
    customer_id: int | None = None,
    **wish: Any,
) -> list[Booking]:
    customer = customer_id or await salon.customer()
    return await salon.unit(
        lambda uow: book_series(
            uow,
            salon.catalogue,
            [(start, salon.visit(**wish)) for start in starts],
            key=key or new_token(),
            customer_id=customer,
            now=salon.now,
            conversation_id=None,
        )
    )


async def call_off(salon: Salon, booking: Booking, *, by: Any = "customer") -> CalledOff:
    key = new_token()
    return await salon.unit(lambda uow: cancel_series(uow, booking.id, now=salon.now, by=by, key=key))


@pytest.mark.parametrize(
    ("zone", "starts_at", "hour"),
    [
        ("America/New_York", datetime(2026, 3, 3, 15, 0, tzinfo=UTC), 10),  # summer time from 8 March on
        ("Europe/London", datetime(2026, 3, 24, 10, 0, tzinfo=UTC), 10),  # from 29 March on
        ("Australia/Lord_Howe", datetime(2026, 3, 30, 23, 0, tzinfo=UTC), 10),  # half an hour back on 5 April
    ],
)
async def test_the_wall_time_stays_when_the_clocks_change(
    runtime: Runtime, zone: str, starts_at: datetime, hour: int
) -> None:
    salon = await make_salon(runtime, timezone=zone)
    planned = await plan(salon, starts_at, count=3)
    local = [slot.starts_at.astimezone(ZoneInfo(zone)) for slot in planned.free]
    assert [(moment.hour, moment.minute) for moment in local] == [(hour, 0)] * 3
    assert len({moment.utcoffset() for moment in local}) == 2
    assert planned.conflicts == ()


async def test_a_wall_time_that_the_clocks_skip_is_a_conflict(runtime: Runtime) -> None:
    night = {"sun": ["01:00-06:00"]}
    staff = [{"key": "nadia", "name": "Nadia", "location": "centre", "hours": night}]
    services = [{"key": "cut", "name": "Cut", "duration_minutes": 30, "price": "10", "staff": ["nadia"]}]
    salon = await make_salon(
        runtime, timezone="America/New_York", currency="USD", staff=staff, services=services, merchants=[]
    )
    # 02:30 of Sunday 8 March does not exist, that of the 15th does.
    planned = await plan(salon, datetime(2026, 3, 8, 7, 30, tzinfo=UTC) - timedelta(days=7), count=3)
    assert [conflict.reason for conflict in planned.conflicts] == [Reason.CLOSED, Reason.CLOSED]
    assert [slot.starts_at for slot in planned.free] == [datetime(2026, 3, 15, 6, 30, tzinfo=UTC)]


async def test_what_is_taken_closed_or_too_far_is_named(runtime: Runtime) -> None:
    holidays = [{"date": "2026-03-17", "name": "Closed"}]
    salon = await make_salon(runtime, rules={"horizon_days": 25}, holidays=holidays)
    await salon.book(AT_TEN + WEEK)
    planned = await plan(salon, count=5)
    assert [slot.starts_at for slot in planned.free] == [FOUR[0], FOUR[3]]
    assert planned.conflicts == (
        Conflict(FOUR[1], Reason.TAKEN),
        Conflict(FOUR[2], Reason.CLOSED),
        Conflict(AT_TEN + 4 * WEEK, Reason.TOO_FAR),
    )


async def test_every_other_week(salon: Salon) -> None:
    planned = await plan(salon, weeks=2, count=3)
    assert [slot.starts_at for slot in planned.free] == [AT_TEN, AT_TEN + 2 * WEEK, AT_TEN + 4 * WEEK]


@pytest.mark.parametrize("count", [0, 13])
async def test_no_more_than_the_tenant_allows(salon: Salon, count: int) -> None:
    with pytest.raises(TooManyRecurrencesError):
        await plan(salon, count=count)
    with pytest.raises(TooManyRecurrencesError):
        await book(salon, [AT_TEN + n * WEEK for n in range(count)])


async def test_all_dates_are_confirmed_with_their_reminders(salon: Salon) -> None:
    booked = await book(salon, key="turn:1:1:series")
    assert [booking.starts_at for booking in booked] == FOUR
    assert {booking.status for booking in booked} == {Status.CONFIRMED}
    assert {booking.series for booking in booked} == {"turn:1:1:series"}
    assert len(await salon.sql("SELECT FROM reminders WHERE status = 'pending'")) == 8
    assert await salon.unit(find_violations) == []


async def test_one_date_that_is_gone_books_none(salon: Salon) -> None:
    await salon.book(FOUR[2])
    with pytest.raises(SlotTakenError):
        await book(salon)
    with pytest.raises(NotBookableError):
        await book(salon, [*FOUR[:2], AT_TEN + timedelta(minutes=7)])
    assert len(await salon.sql("SELECT FROM bookings")) == len(await salon.occupied()) == 1
    assert len(await salon.sql("SELECT FROM command_results")) == 1
    assert await salon.unit(find_violations) == []


async def test_anyone_may_be_another_person_on_another_date(salon: Salon) -> None:
    await salon.book(FOUR[1], staff="nadia")
    booked = await book(salon, staff=None)
    people = [salon.catalogue.staff_by_id[booking.staff_id].key for booking in booked]
    assert people == ["nadia", "emile", "nadia", "nadia"]


async def test_the_same_key_books_once(salon: Salon) -> None:
    customer = await salon.customer()
    once = await book(salon, key="turn:1:2:series", customer_id=customer)
    again = await book(salon, FOUR[:2], key="turn:1:2:series", customer_id=customer)
    assert again == once == await salon.unit(lambda uow: bookings_of(uow, "turn:1:2:series"))


async def test_a_series_counts_as_one_open_booking(runtime: Runtime) -> None:
    salon = await make_salon(runtime, rules={"max_open_bookings_per_customer": 2})
    customer = await salon.customer()
    await book(salon, customer_id=customer)
    await salon.book(AT_TEN + hours(2), customer_id=customer)
    with pytest.raises(TooManyBookingsError):
        await salon.hold(AT_TEN + hours(4), customer_id=customer)
    with pytest.raises(TooManyBookingsError):
        await book(salon, [start + hours(4) for start in FOUR], customer_id=customer)


async def test_where_the_tenant_approves_all_dates_are_requests(runtime: Runtime) -> None:
    salon = await make_salon(runtime, rules={"requires_approval": True})
    assert {booking.status for booking in await book(salon)} == {Status.PENDING_APPROVAL}


async def test_seats_of_a_class_every_week(salon: Salon) -> None:
    await book(salon, service="class", staff="emile", party_size=2)
    with pytest.raises(SlotTakenError):
        await book(salon, service="class", staff="emile", party_size=2)
    await book(salon, service="class", staff="emile")
    assert {row["taken"] for row in await salon.sql("SELECT taken FROM group_sessions")} == {3}
    assert await salon.unit(find_violations) == []


async def test_a_series_is_called_off_from_one_of_its_dates_on(salon: Salon) -> None:
    booked = await book(salon)
    done = await call_off(salon, booked[2])
    assert [booking.starts_at for booking in done.cancelled] == FOUR[2:]
    assert done.too_late == ()
    assert [row["starts_at"] for row in await salon.occupied()] == FOUR[:2]
    assert await salon.unit(find_violations) == []


async def test_what_a_customer_cannot_call_off_any_more_stands(salon: Salon, clock: FixedClock) -> None:
    booked = await book(salon)
    clock.set(AT_TEN - hours(2))
    done = await call_off(salon, booked[0])
    assert [booking.starts_at for booking in done.cancelled] == FOUR[1:]
    assert [booking.starts_at for booking in done.too_late] == FOUR[:1]
    assert (await call_off(salon, booked[0], by="merchant")).cancelled[0].id == booked[0].id


async def test_a_booking_of_no_series_is_called_off_alone(salon: Salon) -> None:
    alone, other = await salon.book(AT_TEN), await salon.book(AT_TEN + WEEK)
    assert [booking.id for booking in (await call_off(salon, alone)).cancelled] == [alone.id]
    assert await call_off(salon, alone) == CalledOff((), ())
    assert (await salon.confirm(other)).status is Status.CONFIRMED


async def test_two_series_at_once_do_not_wait_in_a_circle(salon: Salon) -> None:
    """Each date of anyone may take either calendar: of eight customers two get all dates, the others none."""
    results = await asyncio.gather(*(book(salon, staff=None) for _ in range(8)), return_exceptions=True)
    won = [result for result in results if isinstance(result, list)]
    assert len(won) == 2
    assert all(isinstance(result, SlotTakenError) for result in results if not isinstance(result, list))
    assert len(await salon.occupied()) == 8
    assert await salon.unit(find_violations) == []


async def test_series_are_called_off_while_others_move(salon: Salon) -> None:
    """Seats of the same classes, given up in order of time by some and moved against it by others."""
    seats = [await book(salon, service="class", staff="emile") for _ in range(2)]
    single = await salon.book(FOUR[3], service="class", staff="emile")
    await asyncio.gather(*(call_off(salon, booked[0]) for booked in seats), salon.move(single, FOUR[0], staff="emile"))
    taken = await salon.sql("SELECT starts_at, taken FROM group_sessions WHERE taken > 0")
    assert [(row["starts_at"], row["taken"]) for row in taken] == [(FOUR[0], 1)]
    assert await salon.unit(find_violations) == []
