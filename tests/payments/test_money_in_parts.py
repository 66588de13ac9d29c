"""Money that comes in parts, or twice, when some of it has been given back already: what is left has to be right."""

import pytest

from booking import lifecycle
from core.ids import new_token
from core.money import Money
from core.runtime import Runtime
from core.uow import unit_of_work
from payments.registry import PROVIDERS
from standins.psp.books import Payment
from tests.payments.fault_play import MINUTE
from tests.support import dashboard, money
from tests.support.phone import query
from tests.support.psp import CURRENCY, SERVERS, Shop, open_shop
from tests.support.workers import Workers


async def two_pages(shop: Shop) -> tuple[Payment, Payment]:
    """One whose answer was lost, and the one that the button led to when it was pressed again."""
    link = await shop.book(shop.phone())
    shop.psp.faults.plan("500_after", times=1, on="POST")
    for _ in range(2):
        await shop.press(link)
    (account,) = shop.psp.accounts.values()
    aside, current = account.books.payments.values()
    return aside, current


def pay(shop: Shop, page: Payment, minor: int = 1500) -> None:
    units = PROVIDERS[shop.provider].to_units(Money(minor, CURRENCY[shop.provider]))
    shop.psp.settle(page.id, units) if shop.psp.settles_late else shop.psp.pay(page.id, units)


async def live_through_the_hold(workers: Workers) -> None:
    await workers.work()
    for _ in range(4):
        workers.advance(10 * MINUTE)
        await workers.work()


@pytest.mark.parametrize("provider", sorted(SERVERS))
async def test_the_rest_pays_for_nothing_once_the_first_part_is_on_its_way_back(
    runtime: Runtime, provider: str
) -> None:
    async with open_shop(runtime, provider) as shop:
        workers = Workers(shop)
        shop.psp.faults.plan("refund_stuck", times=9)
        await shop.press(await shop.book(shop.phone()))
        shop.psp.pay(shop.newest, PROVIDERS[provider].to_units(Money(700, CURRENCY[provider])))
        await live_through_the_hold(workers)
        dashboard.correct(shop, shop.newest, 1500)
        workers.advance(60 * MINUTE)
        await workers.work()
        assert (await shop.stored())[0] == "expired"
        (account,) = shop.psp.accounts.values()
        for refund in account.books.refunds.values():
            shop.psp.set_refund(refund.id, "succeeded")
        await workers.work()
        assert await shop.stored() == ("expired", "refunded", 1500, 1500)
        assert await money.faults(shop) == []


@pytest.mark.parametrize("provider", ["notchpay", "paystack"])
async def test_all_of_it_after_a_part_went_back_books_and_nothing_more_goes_back(
    runtime: Runtime, provider: str
) -> None:
    async with open_shop(runtime, provider) as shop:
        workers = Workers(shop)
        aside, current = await two_pages(shop)
        pay(shop, current, 700)
        await live_through_the_hold(workers)
        assert await shop.stored() == ("expired", "refunded", 700, 700)
        pay(shop, aside)
        await workers.work()
        assert await shop.stored() == ("confirmed", "partially_refunded", 2200, 700)
        assert await money.faults(shop) == []


async def test_a_second_payment_after_a_cancellation_brings_the_fee_of_the_first_not_back(runtime: Runtime) -> None:
    async with open_shop(runtime, "paystack") as shop:
        workers = Workers(shop)
        aside, current = await two_pages(shop)
        pay(shop, current)
        await workers.work()
        async with unit_of_work(shop.runtime, shop.tenant.tenant_id) as uow:
            (row,) = await query(shop.runtime, "SELECT id FROM bookings WHERE tenant_id = $1", uow.tenant_id)
            fee, now = Money(500, "XOF"), shop.runtime.clock.now()
            await lifecycle.cancel(uow, row["id"], now=now, by="merchant", key=new_token(), fee=fee)
        await workers.work()
        pay(shop, aside)
        await workers.work()
        assert await shop.stored() == ("cancelled", "partially_refunded", 3000, 2500)
        assert await money.faults(shop) == []


@pytest.mark.parametrize(("provider", "after"), [("notchpay", "cancelled"), ("paystack", "open")])
async def test_another_page_of_what_is_paid_is_closed_where_that_can_be_done(
    runtime: Runtime, provider: str, after: str
) -> None:
    async with open_shop(runtime, provider) as shop:
        workers = Workers(shop)
        aside, current = await two_pages(shop)
        pay(shop, aside)
        await workers.work()
        workers.advance(3 * MINUTE)
        await workers.work()
        assert (current.status, await shop.stored()) == (after, ("confirmed", "paid", 1500, 0))
        if after == "open":
            pay(shop, current)
            await workers.work()
            assert await shop.stored() == ("confirmed", "partially_refunded", 3000, 1500)
        assert await money.faults(shop) == []


async def test_who_asks_after_a_part_of_it_is_told_what_is_missing(runtime: Runtime) -> None:
    async with open_shop(runtime, "notchpay") as shop:
        phone = shop.phone()
        await shop.press(await shop.book(phone))
        shop.psp.pay(shop.newest, 700)
        await shop.work()
        assert "800" in await phone.reads()
        told = await phone.writes("avez-vous re\u00e7u mon paiement ?")
        assert ("800" in told, "1 500" in told) == (True, False)
