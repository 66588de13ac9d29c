"""Hold, confirm, approve, cancel, expire: what each leaves behind, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking import lifecycle
from booking.booking import (
    TRANSITIONS,
    AlreadyDecidedError,
    IllegalTransitionError,
    NotBookableError,
    SlotTakenError,
    Status,
    TooLateToCancelError,
    TooManyBookingsError,
)
from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon

TUESDAY = date(2026, 3, 3)
AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # 10:00 in Douala


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, rules={"max_open_bookings_per_customer": 3, "cancel_until_hours": 12})


async def test_a_hold_occupies_the_service_and_its_buffers(salon: Salon) -> None:
    booking = await salon.hold(AT_TEN)
    rows = await salon.occupied()
    assert [(r["starts_at"], r["ends_at"], r["status"]) for r in rows] == [
        (AT_TEN, AT_TEN + timedelta(minutes=55), "held")
    ]
    assert booking.status is Status.HELD
    assert booking.ends_at == AT_TEN + timedelta(minutes=45)
    assert booking.hold_until == salon.now + timedelta(minutes=10)
    assert booking.price_minor == 5000


async def test_confirming_books_for_good_and_grows_the_sequence(salon: Salon) -> None:
    held = await salon.hold(AT_TEN)
    booking = await salon.confirm(held)
    (row,) = await salon.occupied()
    assert (booking.status, booking.hold_until, booking.sequence) == (Status.CONFIRMED, None, held.sequence + 1)
    assert (row["status"], row["hold_until"]) == ("booked", None)


async def test_confirming_twice_gives_the_same_booking(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    assert await salon.confirm(booking) == booking


async def test_a_taken_slot_is_refused_and_no_longer_listed(salon: Salon) -> None:
    await salon.book(AT_TEN)
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN + timedelta(minutes=15))
    starts = [slot.starts_at for slot in await salon.free(TUESDAY)]
    assert AT_TEN not in starts
    assert AT_TEN + hours(1) in starts


@pytest.mark.parametrize(
    "starts_at",
    [
        AT_TEN + timedelta(minutes=7),
        AT_TEN + timedelta(microseconds=1),
        datetime(2026, 3, 3, 5, 0, tzinfo=UTC),
        datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
        datetime(2026, 3, 8, 9, 0, tzinfo=UTC),
        datetime(2026, 8, 4, 9, 0, tzinfo=UTC),
    ],
    ids=["off the lattice", "by a hair", "before opening", "past", "Sunday", "beyond the horizon"],
)
async def test_what_is_not_offered_cannot_be_held(salon: Salon, starts_at: datetime) -> None:
    with pytest.raises(NotBookableError):
        await salon.hold(starts_at)
    assert await salon.occupied() == []


async def test_anyone_means_the_next_one_when_the_first_is_taken(salon: Salon) -> None:
    first = await salon.hold(AT_TEN, staff=None)
    second = await salon.hold(AT_TEN, staff=None)
    assert [first.staff_id, second.staff_id] == [salon.staff_id("nadia"), salon.staff_id("emile")]
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN, staff=None)


async def test_a_room_is_occupied_too_and_frees_with_the_booking(salon: Salon) -> None:
    booking = await salon.book(AT_TEN, service="braids")
    assert len(await salon.occupied()) == 2
    await salon.cancel(booking, by="merchant")
    assert await salon.occupied() == []


async def test_the_same_key_gives_the_same_booking_whatever_became_of_it(salon: Salon) -> None:
    customer = await salon.customer()
    first = await salon.hold(AT_TEN, key="turn-1", customer_id=customer)
    again = await salon.hold(AT_TEN, key="turn-1", customer_id=customer)
    await salon.cancel(first)
    after = await salon.hold(AT_TEN, key="turn-1", customer_id=customer)
    assert again == first
    assert (after.id, after.status) == (first.id, Status.CANCELLED)
    assert await salon.occupied() == []


async def test_a_customer_has_only_so_many_open_bookings(salon: Salon) -> None:
    customer = await salon.customer()
    bookings = [await salon.book(AT_TEN + hours(n), customer_id=customer) for n in (0, 1, 4)]
    with pytest.raises(TooManyBookingsError):
        await salon.hold(AT_TEN + hours(5), customer_id=customer)
    await salon.cancel(bookings[0])
    assert (await salon.hold(AT_TEN + hours(5), customer_id=customer)).status is Status.HELD


async def test_an_expired_hold_is_listed_as_free_and_taken_over(salon: Salon, clock: FixedClock) -> None:
    lost = await salon.hold(AT_TEN, service="braids")
    clock.advance(timedelta(minutes=10))
    assert AT_TEN in [slot.starts_at for slot in await salon.free(TUESDAY, service="braids")]
    winner = await salon.hold(AT_TEN - timedelta(minutes=30), service="braids")
    rows = await salon.occupied()
    assert {row["booking_id"] for row in rows} == {winner.id}
    assert len(rows) == 2
    with pytest.raises(SlotTakenError):
        await salon.confirm(lost)


async def test_a_late_yes_gets_its_time_if_nobody_else_took_it(salon: Salon, clock: FixedClock) -> None:
    held = await salon.hold(AT_TEN)
    clock.advance(timedelta(minutes=11))
    assert await salon.expire(held)
    assert (await salon.confirm(held)).status is Status.CONFIRMED
    (row,) = await salon.occupied()
    assert (row["booking_id"], row["status"]) == (held.id, "booked")


async def test_a_hold_expires_once_and_not_before_its_time(salon: Salon, clock: FixedClock) -> None:
    held = await salon.hold(AT_TEN)
    assert not await salon.expire(held)
    clock.advance(timedelta(minutes=10))
    assert await salon.expire(held)
    assert not await salon.expire(held)
    assert await salon.occupied() == []


async def test_a_confirmed_booking_does_not_expire(salon: Salon, clock: FixedClock) -> None:
    booking = await salon.book(AT_TEN)
    clock.advance(timedelta(days=1))
    assert not await salon.expire(booking)


async def test_cancelling_gives_the_time_back_and_cancelling_twice_is_no_fault(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    cancelled = await salon.cancel(booking)
    assert (cancelled.status, cancelled.sequence) == (Status.CANCELLED, booking.sequence + 1)
    assert await salon.cancel(booking) == cancelled
    assert AT_TEN in [slot.starts_at for slot in await salon.free(TUESDAY)]


async def test_customers_cancel_until_the_hours_of_the_policy_and_merchants_always(
    salon: Salon, clock: FixedClock
) -> None:
    in_time, late = await salon.book(AT_TEN), await salon.book(AT_TEN, staff="emile")
    clock.set(AT_TEN - hours(12))
    assert (await salon.cancel(in_time)).status is Status.CANCELLED
    clock.advance(timedelta(seconds=1))
    with pytest.raises(TooLateToCancelError):
        await salon.cancel(late)
    assert (await salon.cancel(late, by="merchant")).status is Status.CANCELLED


async def test_an_expired_booking_cannot_be_cancelled(salon: Salon, clock: FixedClock) -> None:
    held = await salon.hold(AT_TEN)
    clock.advance(timedelta(minutes=10))
    await salon.expire(held)
    with pytest.raises(IllegalTransitionError):
        await salon.cancel(held)


async def test_no_ended_booking_comes_back_but_an_expired_one() -> None:
    live = {Status.HELD, Status.PENDING_APPROVAL, Status.CONFIRMED}
    assert set(TRANSITIONS) == set(Status)
    assert {status for status, targets in TRANSITIONS.items() if status not in live and targets & live} == {
        Status.EXPIRED
    }


@pytest.fixture
async def strict_salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, rules={"requires_approval": True})


async def test_a_request_blocks_its_time_till_the_merchant_decides(strict_salon: Salon) -> None:
    request = await strict_salon.book(AT_TEN)
    assert (request.status, request.hold_until) == (Status.PENDING_APPROVAL, strict_salon.now + hours(24))
    with pytest.raises(SlotTakenError):
        await strict_salon.hold(AT_TEN)


async def test_a_request_for_soon_waits_no_longer_than_its_start(strict_salon: Salon) -> None:
    request = await strict_salon.book(strict_salon.now + hours(2))
    assert request.hold_until == request.starts_at


async def test_a_request_is_decided_once(strict_salon: Salon) -> None:
    request = await strict_salon.book(AT_TEN)
    approved = await strict_salon.unit(lambda uow: lifecycle.approve(uow, request.id, now=strict_salon.now))
    assert approved.status is Status.CONFIRMED
    with pytest.raises(AlreadyDecidedError):
        await strict_salon.unit(lambda uow: lifecycle.approve(uow, request.id, now=strict_salon.now))
    with pytest.raises(AlreadyDecidedError):
        await strict_salon.unit(lambda uow: lifecycle.decline(uow, request.id, now=strict_salon.now))
    (row,) = await strict_salon.occupied()
    assert row["status"] == "booked"


async def test_a_declined_request_gives_its_time_back(strict_salon: Salon) -> None:
    request = await strict_salon.book(AT_TEN)
    declined = await strict_salon.unit(lambda uow: lifecycle.decline(uow, request.id, now=strict_salon.now))
    assert declined.status is Status.CANCELLED
    assert await strict_salon.occupied() == []


async def test_a_request_that_nobody_answered_expires(strict_salon: Salon, clock: FixedClock) -> None:
    request = await strict_salon.book(AT_TEN + timedelta(days=7))
    clock.advance(hours(24))
    with pytest.raises(AlreadyDecidedError):
        await strict_salon.unit(lambda uow: lifecycle.approve(uow, request.id, now=strict_salon.now))
    assert await strict_salon.expire(request)
    assert await strict_salon.occupied() == []


async def test_what_is_paid_for_is_confirmed_once(salon: Salon) -> None:
    held = await salon.hold(AT_TEN)
    for _ in range(2):
        paid = await salon.unit(lambda uow: lifecycle.on_payment(uow, held.id, now=salon.now))
        assert (paid.booking.status, paid.booking.sequence, paid.is_kept) == (Status.CONFIRMED, held.sequence + 1, True)


async def test_a_payment_after_the_hold_books_what_is_still_free(salon: Salon, clock: FixedClock) -> None:
    held = await salon.hold(AT_TEN)
    clock.advance(timedelta(minutes=11))
    await salon.unit(lambda uow: lifecycle.expire(uow, held.id, now=salon.now))
    paid = await salon.unit(lambda uow: lifecycle.on_payment(uow, held.id, now=salon.now))
    assert (paid.booking.status, paid.is_kept) == (Status.CONFIRMED, True)


async def test_a_payment_for_what_is_gone_has_to_go_back(salon: Salon, clock: FixedClock) -> None:
    late, off = await salon.hold(AT_TEN), await salon.hold(AT_TEN + timedelta(hours=2))
    clock.advance(timedelta(minutes=11))
    await salon.book(AT_TEN)
    await salon.cancel(off)
    for booking, status in ((late, Status.EXPIRED), (off, Status.CANCELLED)):
        paid = await salon.unit(lambda uow, id=booking.id: lifecycle.on_payment(uow, id, now=salon.now))  # type: ignore[misc]
        assert (paid.booking.status, paid.is_kept) == (status, False)
