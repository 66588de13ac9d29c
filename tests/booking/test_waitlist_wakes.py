"""Whatever frees time wakes the line, in the unit of work that does it. NOW is Monday 2 March 2026, 9:00 in Douala."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from booking import blocks, claims, lifecycle, waitlist
from booking.booking import Booking
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from tests.support.bookings import Salon, make_salon
from tests.support.waiting import Line, at

WEDNESDAY = date(2026, 3, 4)

Work = Callable[[UnitOfWork], Awaitable[object]]


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime)


@pytest.fixture
async def strict(runtime: Runtime) -> Salon:
    """Where requests are approved."""
    return await make_salon(runtime, rules={"requires_approval": True})


async def wakes(salon: Salon, work: Work) -> list[int]:
    async with unit_of_work(salon.runtime, salon.tenant_id) as uow:
        await work(uow)
        return [subject_id for job, subject_id, _ in uow._wakes if job == "waitlist"]


def cancelling(salon: Salon, booking: Booking) -> Work:
    return lambda uow: lifecycle.cancel(uow, booking.id, now=salon.now, by="merchant", key="cancelling")


async def test_a_cancellation(salon: Salon) -> None:
    booking = await salon.book(at(10))
    await Line(salon).join()
    assert await wakes(salon, cancelling(salon, booking)) == [salon.tenant_id]


async def test_nobody_is_woken_where_nobody_waits(salon: Salon) -> None:
    booking = await salon.book(at(10))
    assert await wakes(salon, cancelling(salon, booking)) == []


async def test_a_declined_request(strict: Salon) -> None:
    request = await strict.book(at(10))
    await Line(strict).join()
    assert await wakes(strict, lambda uow: lifecycle.decline(uow, request.id, now=strict.now)) == [strict.tenant_id]


async def test_a_hold_that_has_run_out(salon: Salon, clock: FixedClock) -> None:
    held = await salon.hold(at(10))
    await Line(salon).join()
    clock.advance(timedelta(minutes=10))
    assert await wakes(salon, lambda uow: lifecycle.expire(uow, held.id, now=salon.now)) == [salon.tenant_id]


async def test_a_hold_that_another_booking_takes_over(salon: Salon, clock: FixedClock) -> None:
    """Shorter than what it takes the place of, it may leave room."""
    held = await salon.hold(at(10), service="braids")
    await Line(salon).join()
    clock.advance(timedelta(minutes=10))
    calendars = [salon.catalogue.staff_by_id[held.staff_id].resource_id]
    span = (held.starts_at, held.ends_at)
    look_back = salon.catalogue.look_back
    assert await wakes(
        salon, lambda uow: claims.end_overdue(uow, calendars, *span, now=salon.now, look_back=look_back)
    ) == [salon.tenant_id]


async def test_a_move(salon: Salon) -> None:
    booking = await salon.book(at(10))
    await Line(salon).join()
    assert await wakes(
        salon,
        lambda uow: lifecycle.reschedule(
            uow,
            salon.catalogue,
            booking.id,
            starts_at=at(10, day=WEDNESDAY),
            staff_id=None,
            now=salon.now,
            by="merchant",
            key="moving",
        ),
    ) == [salon.tenant_id]


async def test_time_that_is_no_longer_blocked(salon: Salon) -> None:
    staff_id, span = salon.staff_id("nadia"), {"starts_at": at(10), "ends_at": at(12)}
    await salon.unit(
        lambda uow: blocks.block(
            uow, salon.catalogue, staff_id=staff_id, note="", now=salon.now, key="blocking", **span
        )
    )
    await Line(salon).join()
    assert await wakes(salon, lambda uow: blocks.unblock(uow, salon.catalogue, staff_id=staff_id, **span)) == [
        salon.tenant_id
    ]


async def test_an_offer_that_is_refused_or_left(salon: Salon) -> None:
    line = Line(salon)
    entry = await line.join()
    offer = await line.offer()
    assert offer
    customer = entry.customer_id
    assert await wakes(
        salon, lambda uow: waitlist.refuse(uow, offer.booking.id, customer_id=customer, now=salon.now)
    ) == [salon.tenant_id]


async def test_somebody_who_joins_while_time_is_free(salon: Salon) -> None:
    line, customer = Line(salon), await salon.customer()
    assert await wakes(
        salon,
        lambda uow: waitlist.join(
            uow, salon.catalogue, line.wanted(), customer_id=customer, conversation_id=None, now=salon.now
        ),
    ) == [salon.tenant_id]


async def test_a_booking_of_somebody_who_waits(salon: Salon) -> None:
    customer = await salon.customer()
    held, stranger = await salon.hold(at(10), customer_id=customer), await salon.hold(at(12))
    await Line(salon).join(customer)
    assert await wakes(salon, lambda uow: lifecycle.confirm(uow, stranger.id, now=salon.now)) == []
    assert await wakes(salon, lambda uow: lifecycle.confirm(uow, held.id, now=salon.now)) == [salon.tenant_id]
