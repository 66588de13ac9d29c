"""What a late cancellation and a missed appointment cost: computed by the tenant's rule, stored, waived, taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking import lifecycle
from booking.booking import Booking, Status, get
from booking.fees import fee_by
from core.clock import FixedClock
from core.ids import new_token
from core.money import Money
from core.runtime import Runtime
from tests.support.bookings import Salon, make_salon

AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
PRICE = Money(5000, "XAF")


@pytest.mark.parametrize(
    ("rule", "price", "expected"),
    [
        ({"percent": 30}, PRICE, Money(1500, "XAF")),
        ({"percent": 50}, Money(4999, "XAF"), Money(2500, "XAF")),
        ({"percent": 33}, Money(1990, "EUR"), Money(657, "EUR")),
        ({"amount_minor": 2000}, PRICE, Money(2000, "XAF")),
        ({"amount_minor": 9000}, PRICE, PRICE),
        ({"full": True}, PRICE, PRICE),
        ({"percent": 1}, Money(10, "XAF"), None),
        ({"full": True}, Money(0, "XAF"), None),
        ({"full": True}, None, None),
        (None, PRICE, None),
    ],
)
def test_a_fee_is_a_part_of_the_price_in_whole_minor_units(
    rule: dict[str, Any] | None, price: Money | None, expected: Money | None
) -> None:
    assert fee_by(rule, price) == expected


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, rules={"late_cancel_fee": {"percent": 50}, "no_show_fee": {"full": True}})


async def _no_show(salon: Salon, booking: Booking) -> Booking:
    return await salon.unit(lambda uow: lifecycle.no_show(uow, booking.id, now=salon.now))


async def _call_off(salon: Salon, booking: Booking, fee: Money | None) -> Booking:
    return await salon.unit(
        lambda uow: lifecycle.cancel(uow, booking.id, now=salon.now, by="merchant", key=new_token(), fee=fee)
    )


async def test_who_does_not_come_owes_the_fee_until_it_is_corrected(salon: Salon, clock: FixedClock) -> None:
    booking = await salon.book(AT_TEN)
    clock.set(AT_TEN + timedelta(minutes=20))
    assert (await _no_show(salon, booking)).fee_minor == 5000
    came = await salon.unit(lambda uow: lifecycle.complete(uow, booking.id, now=salon.now))
    assert (came.status, came.fee_minor) == (Status.COMPLETED, None)
    assert (await _no_show(salon, booking)).fee_minor == 5000


async def test_a_fee_that_was_waived_does_not_come_back_by_a_second_word(salon: Salon, clock: FixedClock) -> None:
    booking = await salon.book(AT_TEN)
    clock.set(AT_TEN + timedelta(minutes=20))
    await _no_show(salon, booking)
    for _ in range(2):
        assert (await salon.unit(lambda uow: lifecycle.waive_fee(uow, booking.id))).fee_minor is None
    assert (await _no_show(salon, booking)).fee_minor is None


async def test_a_late_cancellation_stores_the_fee_that_was_chosen(salon: Salon) -> None:
    with_fee, without = await salon.book(AT_TEN), await salon.book(AT_TEN, staff="emile")
    assert (await _call_off(salon, with_fee, Money(2500, "XAF"))).fee_minor == 2500
    assert (await _call_off(salon, without, None)).fee_minor is None


@pytest.mark.parametrize("fee", [Money(5001, "XAF"), Money(0, "XAF"), Money(100, "EUR")])
async def test_what_cannot_be_the_fee_of_a_booking_cancels_nothing(salon: Salon, fee: Money) -> None:
    booking = await salon.book(AT_TEN)
    with pytest.raises(ValueError, match="no fee"):
        await _call_off(salon, booking, fee)
    assert (await salon.unit(lambda uow: get(uow, booking.id))).status is Status.CONFIRMED


async def test_a_cancellation_in_time_costs_nothing(salon: Salon) -> None:
    assert (await salon.cancel(await salon.book(AT_TEN))).fee_minor is None
