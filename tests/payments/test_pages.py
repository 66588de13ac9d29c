"""The provider's page, when what it is for comes to an end while it is being made."""

from typing import Any

import pytest
from aiohttp import web

from booking import lifecycle
from core.ids import new_token
from core.runtime import Runtime
from core.uow import unit_of_work
from standins.psp.books import Status
from tests.support import money
from tests.support.phone import Phone, query
from tests.support.psp import SERVERS, Shop, open_shop
from tests.support.workers import Workers


async def cancel(shop: Shop) -> None:
    async with unit_of_work(shop.runtime, shop.tenant.tenant_id) as uow:
        (row,) = await query(shop.runtime, "SELECT id FROM bookings WHERE tenant_id = $1", uow.tenant_id)
        now = shop.runtime.clock.now()
        await lifecycle.cancel(uow, row["id"], now=now, by="customer", key=new_token())


def meanwhile(shop: Shop, monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    """After the provider has made the page, before its answer is here."""
    answered = shop.psp.answered

    async def answer(account: Any, request: web.Request, handler: Any, fault: str) -> web.StreamResponse:
        response = await answered(account, request, handler, fault)
        if request.method == "POST" and len(shop.psp.calls) == 1:
            await happens()
        return response

    monkeypatch.setattr(shop.psp, "answered", answer)


@pytest.mark.parametrize("provider", sorted(SERVERS))
async def test_nobody_is_led_to_a_page_for_what_was_called_off_while_it_was_made(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    async with open_shop(runtime, provider) as shop:
        link = await shop.book(shop.phone())
        meanwhile(shop, monkeypatch, lambda: cancel(shop))
        assert await shop.press(link) == ""
        (account,) = shop.psp.accounts.values()
        (page,) = account.books.payments.values()
        open_for_ever = provider == "paystack"
        assert (page.status is Status.OPEN) == open_for_ever
        await shop.later(minutes=3)
        if open_for_ever:
            shop.psp.pay(page.id)
            await shop.work()
        assert (await shop.stored())[0] == "cancelled"
        assert (await shop.stored())[2] == (await shop.stored())[3]


async def test_the_page_of_time_that_was_given_up_for_another_is_closed_at_once(runtime: Runtime) -> None:
    async with open_shop(runtime, "notchpay") as shop:
        workers = Workers(shop)
        phone = Phone(workers.runtime, shop.client, shop.tenant)
        for _ in range(2):
            await shop.press(await shop.book(phone))
        await workers.work()
        (account,) = shop.psp.accounts.values()
        assert [page.status for page in account.books.payments.values()] == ["cancelled", "open"]
        shop.psp.pay(shop.newest)
        await workers.work()
        assert await money.ends(shop) == ["unpaid", "booked"]


@pytest.mark.parametrize("provider", sorted(SERVERS))
async def test_a_person_hears_of_keys_with_which_nobody_can_pay(runtime: Runtime, provider: str) -> None:
    async with open_shop(runtime, provider) as shop:
        link = await shop.book(shop.phone())
        shop.psp.faults.plan("401", times=2, on="POST")
        for _ in range(2):
            assert await shop.press(link) == ""
        assert await shop.cases() == ["account"]
        assert (await shop.press(link)).startswith("http")


@pytest.mark.parametrize("provider", sorted(SERVERS))
async def test_money_that_is_quicker_than_the_answer_is_thanked_for(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    async with open_shop(runtime, provider) as shop:
        link = await shop.book(shop.phone())

        async def paid() -> None:
            shop.psp.pay(shop.newest)
            await shop.work()

        meanwhile(shop, monkeypatch, paid)
        answer = await shop.client.post(link, allow_redirects=False)
        assert (answer.status, "arriv\u00e9" in await answer.text()) == (200, True)
        assert await shop.stored() == ("confirmed", "paid", 1500, 0)
