"""Bookings as people see them, and the checks that find a row that must not exist."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking.invariants import find_violations
from booking.queries import bookings_of_day, get_booking, upcoming_bookings
from core.clock import FixedClock
from core.money import Money
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon

AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime)


async def test_a_view_names_service_staff_place_and_customer(salon: Salon) -> None:
    booking = await salon.book(AT_TEN, customer_id=await salon.customer("Ada"))
    view = await salon.unit(lambda uow: get_booking(uow, booking.id))
    assert (view.service_name("fr"), view.service_name("en"), view.service_name("de")) == (
        "Coupe",
        "Haircut",
        "Haircut",
    )
    assert (view.staff_name, view.location_name("en"), view.customer_name) == ("Nadia", "Centre", "Ada")
    assert (view.price, view.zone.key) == (Money(5000, "XAF"), "Africa/Douala")


async def test_an_unknown_booking_is_an_error(salon: Salon) -> None:
    with pytest.raises(LookupError):
        await salon.unit(lambda uow: get_booking(uow, 0))


async def test_upcoming_bookings_are_agreed_not_over_and_in_order(salon: Salon, clock: FixedClock) -> None:
    customer = await salon.customer()
    later = await salon.book(AT_TEN + hours(4), customer_id=customer)
    sooner = await salon.book(AT_TEN, customer_id=customer)
    await salon.hold(AT_TEN + hours(1), customer_id=customer)
    await salon.book(AT_TEN, staff="emile")
    views = await salon.unit(lambda uow: upcoming_bookings(uow, customer, salon.now))
    assert [view.id for view in views] == [sooner.id, later.id]
    clock.set(sooner.ends_at)
    views = await salon.unit(lambda uow: upcoming_bookings(uow, customer, salon.now))
    assert [view.id for view in views] == [later.id]


async def test_bookings_of_a_day_are_those_of_the_local_date(salon: Salon) -> None:
    today = await salon.book(AT_TEN)
    await salon.book(AT_TEN + timedelta(days=1))
    await salon.cancel(await salon.book(AT_TEN, staff="emile"))
    views = await salon.unit(lambda uow: bookings_of_day(uow, salon.catalogue, date(2026, 3, 3)))
    assert [view.id for view in views] == [today.id]


async def test_another_tenant_sees_nothing_of_it(salon: Salon, runtime: Runtime) -> None:
    booking = await salon.book(AT_TEN)
    other = await make_salon(runtime)
    with pytest.raises(LookupError):
        await other.unit(lambda uow: get_booking(uow, booking.id))


async def test_sound_rows_violate_nothing_and_a_lost_calendar_row_is_found(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    assert await salon.unit(find_violations) == []
    await salon.sql("DELETE FROM occupancy")
    assert await salon.unit(find_violations) == [f"live booking without occupancy: {booking.id}"]


async def test_a_calendar_row_of_an_ended_booking_is_found(salon: Salon) -> None:
    await salon.book(AT_TEN)
    await salon.sql("UPDATE bookings SET status = 'cancelled'")
    (found, *_) = await salon.unit(find_violations)
    assert found.startswith("occupancy without a live booking: ")
