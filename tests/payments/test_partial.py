"""What a provider does not say: how much of a payment has come, or what became of its page."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from payments.cases import close_case, list_cases
from standins.psp.notchpay import NotchPayServer
from tests.support import dashboard
from tests.support.phone import query
from tests.support.psp import Shop, open_shop
from workers import reconciliation


async def underpaid(shop: Shop) -> None:
    assert isinstance(shop.psp, NotchPayServer)
    shop.psp.tells_received = False
    await shop.press(await shop.book(shop.phone()))
    shop.psp.pay(shop.newest, 700)


async def test_it_is_a_case_once_till_all_has_come(runtime: Runtime, clock: FixedClock) -> None:
    async with open_shop(runtime, "notchpay") as shop:
        await underpaid(shop)
        for minutes in (0, 2, 3, 5):
            clock.advance(timedelta(minutes=minutes))
            await shop.work()
            assert await shop.cases() == ["partial"]
        assert await shop.stored() == ("held", "pending", 0, 0)
        dashboard.correct(shop, shop.newest, 1500)
        clock.advance(timedelta(minutes=10))
        await shop.work()
        assert await shop.stored() == ("confirmed", "paid", 1500, 0)
        assert await shop.cases() == []


async def test_a_person_who_has_seen_to_it_is_not_asked_again(runtime: Runtime, clock: FixedClock) -> None:
    async with open_shop(runtime, "notchpay") as shop:
        await underpaid(shop)
        await shop.work()
        async with unit_of_work(shop.runtime, shop.tenant.tenant_id) as uow:
            (case,) = await list_cases(uow)
            await close_case(uow, case.id, by="awa", now=clock.now())
        clock.advance(timedelta(minutes=5))
        await shop.work()
        assert await shop.cases() == []


async def test_a_page_that_its_provider_does_not_know_any_more_is_a_case_once(
    runtime: Runtime, clock: FixedClock
) -> None:
    """As when the keys of another account have taken the place of the first one's."""
    async with open_shop(runtime, "notchpay") as shop:
        await shop.press(await shop.book(shop.phone()))
        dashboard.forget(shop, shop.newest)
        await shop.later(minutes=2)
        assert await shop.cases() == ["account"]
        await shop.resolve_cases()
        await shop.later(minutes=3)
        assert await shop.cases() == []


@pytest.mark.parametrize("is_told", [True, False])
async def test_the_days_listing_finds_it_as_well(runtime: Runtime, is_told: bool) -> None:
    async with open_shop(runtime, "notchpay") as shop:
        shop.psp.faults.plan("drop", times=99)
        await underpaid(shop)
        assert isinstance(shop.psp, NotchPayServer)
        shop.psp.tells_received = is_told
        (row,) = await query(shop.runtime, "SELECT id FROM payment_accounts WHERE account = $1", shop.account)
        window = reconciliation.window_of(datetime(2026, 3, 3, tzinfo=UTC))
        (outcome,) = await reconciliation.reconcile_window(shop.runtime, shop.tenant.tenant_id, row["id"], window)
        assert (outcome.run.theirs, outcome.run.drift) == ((700, 0) if is_told else (0, 0))
        assert await shop.cases() == ([] if is_told else ["partial"])
