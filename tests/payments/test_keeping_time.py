"""Time that is held for somebody who is paying is kept a while longer, and not for ever."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from booking import lifecycle
from booking.keeping import keep_while_paying
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import in_unit
from payments.payment import Payment
from tests.support.phone import query
from tests.support.psp import SERVERS, Shop, open_shop
from workers import holds

_HELD = """
SELECT b.hold_until, o.hold_until AS taken_until, p.expires_at, l.expires_at AS link_until
FROM bookings b JOIN occupancy o ON o.booking_id = b.id JOIN payments p ON p.booking_id = b.id
JOIN payment_links l ON l.payment_id = p.id WHERE b.tenant_id = $1 AND b.status = 'held'
"""


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@pytest.fixture(params=sorted(SERVERS))
async def shop(runtime: Runtime, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(runtime, request.param) as shop:
        yield shop


@pytest.fixture
async def notch(runtime: Runtime) -> AsyncIterator[Shop]:
    async with open_shop(runtime, "notchpay") as shop:
        yield shop


async def held_until(shop: Shop) -> datetime:
    """The same in the booking, on the calendar, in the payment and in its link."""
    (row,) = await query(shop.runtime, _HELD, shop.tenant.tenant_id)
    assert len(set(row)) == 1
    until: datetime = row["hold_until"]
    return until


async def booking_id(shop: Shop) -> int:
    sql = "SELECT min(id) AS id FROM bookings WHERE tenant_id = $1"
    return int((await query(shop.runtime, sql, shop.tenant.tenant_id))[0]["id"])


async def expire(shop: Shop) -> None:
    await holds.expire(shop.runtime, shop.tenant.tenant_id, await booking_id(shop))


async def keep(shop: Shop) -> Payment | None:
    sql = "SELECT min(id) AS id FROM payments WHERE tenant_id = $1"
    payment_id = (await query(shop.runtime, sql, shop.tenant.tenant_id))[0]["id"]
    now = shop.runtime.clock.now()
    return await in_unit(shop.runtime, shop.tenant.tenant_id, lambda uow: keep_while_paying(uow, payment_id, now=now))


async def test_who_opens_the_page_shortly_before_the_end_has_ten_minutes(shop: Shop, clock: FixedClock) -> None:
    began = clock.now()
    link = await shop.book(shop.phone())
    await shop.press(link)
    assert await held_until(shop) == began + minutes(10)
    clock.advance(minutes(8))
    assert (await shop.press(link)).startswith("http")
    assert await held_until(shop) == began + minutes(18)
    clock.advance(minutes(9))
    assert (await shop.press(link)).startswith("http")
    assert await held_until(shop) == began + minutes(25)
    clock.advance(minutes(7))
    assert (await shop.press(link)).startswith("http")
    assert await held_until(shop) == began + minutes(25)
    shop.psp.pay(shop.newest)
    await shop.work()
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)


async def test_the_time_is_not_given_away_while_the_money_is_under_way(shop: Shop, clock: FixedClock) -> None:
    began = clock.now()
    await shop.press(await shop.book(shop.phone()))
    shop.psp.start_paying(shop.newest)
    await shop.work()
    clock.advance(minutes(10))
    await expire(shop)
    assert (await shop.stored())[0] == "held"
    assert await held_until(shop) == began + minutes(20)
    shop.psp.pay(shop.newest)
    await shop.work()
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)


async def test_who_is_known_to_be_paying_has_the_time_kept_before_it_ends(notch: Shop, clock: FixedClock) -> None:
    """So that nobody takes it in the moment between its end and the next look."""
    began, phone, other = clock.now(), notch.phone(), notch.phone()
    await notch.press(await notch.book(phone))
    notch.psp.start_paying(notch.newest)
    await notch.work()
    clock.advance(minutes(8))
    await notch.end_payments()
    assert await phone.received() == []
    assert await held_until(notch) == began + minutes(18)
    clock.advance(minutes(4))
    await other.writes("une coupe avec Nadia vendredi à 10h")
    assert not any(label.startswith("Oui") for label in other.labels)
    clock.advance(minutes(4))
    await notch.end_payments()
    assert await held_until(notch) == began + minutes(25)
    notch.psp.pay(notch.newest)
    await notch.work()
    assert await notch.stored() == ("confirmed", "paid", 1500, 0)


async def test_but_not_for_ever(shop: Shop, clock: FixedClock) -> None:
    await shop.press(await shop.book(shop.phone()))
    shop.psp.start_paying(shop.newest)
    await shop.work()
    for step in (10, 10, 5):
        clock.advance(minutes(step))
        assert (await shop.stored())[0] == "held"
        await expire(shop)
    assert (await shop.stored())[:2] == ("expired", "expired")
    shop.psp.pay(shop.newest)
    clock.advance(minutes(30))
    await shop.work()
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)


async def test_who_does_nothing_has_no_more_time(shop: Shop, clock: FixedClock) -> None:
    await shop.press(await shop.book(shop.phone()))
    clock.advance(minutes(10))
    await expire(shop)
    assert (await shop.stored())[:2] == ("expired", "expired")


async def test_what_somebody_else_has_is_not_kept(notch: Shop, clock: FixedClock) -> None:
    await notch.book(notch.phone())
    clock.advance(minutes(11))
    await notch.book(notch.phone())
    assert await keep(notch) is None
    assert (await notch.stored())[0] == "held"


async def test_what_nobody_took_yet_is_kept(notch: Shop, clock: FixedClock) -> None:
    """The sweep that ends it comes a moment later."""
    began = clock.now()
    await notch.book(notch.phone())
    clock.advance(minutes(11))
    assert await keep(notch)
    assert await held_until(notch) == began + minutes(20)


@pytest.mark.parametrize("_", range(8))
async def test_of_more_time_and_its_end_at_once_one_happens(notch: Shop, clock: FixedClock, _: int) -> None:
    await notch.book(notch.phone())
    clock.advance(minutes(11))
    kept, booking, now = keep(notch), await booking_id(notch), clock.now()

    async def end() -> bool:
        work = lambda uow: lifecycle.expire(uow, booking, now=now)  # noqa: E731
        return await in_unit(notch.runtime, notch.tenant.tenant_id, work)

    was_kept, has_ended = await asyncio.gather(kept, end())
    assert (was_kept is None) == has_ended
    assert (await notch.stored())[:2] == (("expired", "expired") if has_ended else ("held", "link_sent"))


@pytest.mark.parametrize("_", range(8))
async def test_of_more_time_and_another_customer_at_once_one_has_it(notch: Shop, clock: FixedClock, _: int) -> None:
    other = notch.phone()
    await notch.book(notch.phone())
    clock.advance(minutes(11))
    await other.writes("une coupe avec Nadia vendredi à 10h")
    was_kept, answer = await asyncio.gather(keep(notch), other.taps("Oui"))
    assert (was_kept is None) == ("/p/" in answer)
    rows = await query(
        notch.runtime, "SELECT status FROM bookings WHERE tenant_id = $1 AND status = 'held'", notch.tenant.tenant_id
    )
    assert len(rows) == 1
