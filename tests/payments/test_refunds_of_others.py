"""Refunds that are not as we left them: made in the provider's dashboard, or back after they had arrived."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from booking import lifecycle
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from payments.invariants import find_violations
from payments.refund_returns import next_look
from tests.support import dashboard
from tests.support.phone import Phone, query
from tests.support.psp import SERVERS, Shop, open_shop
from workers import reconciliation

TONIGHT = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture(params=sorted(SERVERS))
async def shop(runtime: Runtime, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(runtime, request.param) as shop:
        yield shop


async def paid(shop: Shop) -> Phone:
    phone = shop.phone()
    await shop.press(await shop.book(phone))
    shop.psp.pay(shop.newest)
    await shop.work()
    await phone.reads()
    return phone


async def reconcile(shop: Shop) -> int:
    """The drift."""
    (row,) = await query(shop.runtime, "SELECT id FROM payment_accounts WHERE account = $1", shop.account)
    window = reconciliation.window_of(TONIGHT)
    outcomes = await reconciliation.reconcile_window(shop.runtime, shop.tenant.tenant_id, row["id"], window)
    return sum(outcome.run.drift for outcome in outcomes)


async def refunds(shop: Shop) -> list[tuple[str, int, str]]:
    sql = "SELECT reason, amount, status FROM refunds WHERE tenant_id = $1 ORDER BY id"
    return [tuple(row) for row in await query(shop.runtime, sql, shop.tenant.tenant_id)]


async def cancel(shop: Shop) -> None:
    async with unit_of_work(shop.runtime, shop.tenant.tenant_id) as uow:
        booking_id = await uow.driver.fetchval("SELECT max(id) FROM bookings")
        now = shop.runtime.clock.now()
        await lifecycle.cancel(uow, booking_id, now=now, by="merchant", key=f"off:{booking_id}")


async def refunded(shop: Shop, clock: FixedClock) -> str:
    """Cancelled and paid back; the provider's name of the refund."""
    await cancel(shop)
    for _ in range(2):
        await shop.work()
        clock.advance(timedelta(minutes=1))
    await shop.work()
    assert (await shop.stored())[1:] == ("refunded", 1500, 1500)
    (account,) = shop.psp.accounts.values()
    return next(iter(account.books.refunds))


async def is_sound(shop: Shop) -> bool:
    async with unit_of_work(shop.runtime, shop.tenant.tenant_id) as uow:
        return await find_violations(uow) == []


@pytest.mark.parametrize("told", [True, False])
async def test_a_refund_made_in_the_dashboard_is_written_down_once(shop: Shop, told: bool) -> None:
    phone = await paid(shop)
    if not told:
        shop.psp.faults.plan("drop", times=99)
    dashboard.pay_back(shop, 600)
    await shop.work()
    assert (await shop.stored())[3] == (600 if told else 0)
    assert await reconcile(shop) == 0
    assert await reconcile(shop) == 0
    assert await shop.stored() == ("confirmed", "partially_refunded", 1500, 600)
    assert await refunds(shop) == [("outside", 600, "succeeded")]
    assert await shop.cases() == ["refund_outside"]
    assert "600 FCFA" in (await phone.reads()).replace("F CFA", "FCFA")
    assert (await shop.balances())["escrow"] == -900
    assert await is_sound(shop)


async def test_what_was_paid_back_by_hand_is_not_asked_about_any_more(runtime: Runtime) -> None:
    async with open_shop(runtime, "stripe", refund_below="0") as shop:
        await paid(shop)
        await cancel(shop)
        await shop.work()
        assert await refunds(shop) == [("cancelled", 1500, "requested")]
        dashboard.pay_back(shop, 1500)
        await shop.work()
        assert await refunds(shop) == [("cancelled", 1500, "rejected"), ("outside", 1500, "succeeded")]
        assert await shop.stored() == ("cancelled", "refunded", 1500, 1500)
        assert await is_sound(shop)


async def test_a_refund_told_twice_at_once_is_written_down_once(shop: Shop) -> None:
    await paid(shop)
    shop.psp.faults.plan("drop", times=99)
    dashboard.pay_back(shop, 600)
    await shop.work()
    await asyncio.gather(*(reconcile(shop) for _ in range(3)))
    assert await refunds(shop) == [("outside", 600, "succeeded")]
    assert (await shop.stored())[3] == 600
    assert await shop.cases() == ["refund_outside"]


@pytest.mark.parametrize("fault", ["lost_answer", "500_after"])
async def test_one_of_ours_whose_answer_was_lost_is_not_taken_for_another(shop: Shop, fault: str) -> None:
    await paid(shop)
    shop.psp.faults.plan(fault, on="POST")
    shop.psp.faults.plan("drop", times=99)
    await cancel(shop)
    await shop.work()
    assert [status for _, _, status in await refunds(shop)] == ["unknown"]
    assert await reconcile(shop) == 0
    assert await refunds(shop) == [("cancelled", 1500, "succeeded")]
    assert (await shop.stored())[1:] == ("refunded", 1500, 1500)


async def test_a_refund_that_the_provider_does_not_know_is_a_case(shop: Shop, clock: FixedClock) -> None:
    await paid(shop)
    name = await refunded(shop, clock)
    (account,) = shop.psp.accounts.values()
    account.books.refunds.pop(name)
    assert await reconcile(shop) == 1500
    assert await shop.cases() == ["reconciliation_missing_there", "drift"]


async def test_a_refund_of_somebody_elses_payment_is_a_case(shop: Shop) -> None:
    await paid(shop)
    dashboard.charge(shop, 700)
    shop.psp.faults.plan("drop", times=99)
    dashboard.pay_back(shop, 700)
    await shop.psp.webhooks.drain()
    assert await reconcile(shop) == 1400
    assert await refunds(shop) == []
    assert await shop.cases() == ["reconciliation_missing_here", "reconciliation_missing_here", "drift"]


@pytest.mark.parametrize("told", [True, False])
async def test_a_refund_that_comes_back_has_failed_after_all(shop: Shop, clock: FixedClock, told: bool) -> None:
    phone, owner = await paid(shop), shop.owner()
    name = await refunded(shop, clock)
    await phone.reads()
    await owner.reads()
    if not told:
        shop.psp.faults.plan("drop", times=99)
    shop.psp.set_refund(name, "failed")
    await shop.work()
    if not told:
        clock.advance(timedelta(days=1))
        await shop.work()
    assert (await shop.stored())[1:] == ("paid", 1500, 0)
    assert await shop.cases() == ["refund"]
    assert "n'a pas abouti" in await phone.reads()
    assert "n'a pas abouti" in await owner.reads()
    assert (await shop.balances())["escrow"] == -1500
    before = await shop.balances()
    shop.psp.set_refund(name, "failed")
    await shop.work()
    assert await shop.balances() == before
    assert await is_sound(shop)


async def test_one_that_came_back_unheard_is_found_by_the_days_listing(shop: Shop, clock: FixedClock) -> None:
    await paid(shop)
    name = await refunded(shop, clock)
    shop.psp.faults.plan("drop", times=99)
    shop.psp.set_refund(name, "failed")
    assert await reconcile(shop) == 0
    assert (await shop.stored())[1:] == ("paid", 1500, 0)


async def test_one_that_stays_is_looked_at_twice_and_told_once(shop: Shop, clock: FixedClock) -> None:
    phone = await paid(shop)
    await refunded(shop, clock)
    assert len(await phone.received()) == 1
    for days in (1, 6, 30):
        clock.advance(timedelta(days=days))
        before = len(shop.psp.calls)
        await shop.work()
        assert len(shop.psp.calls) - before == (0 if days == 30 else 1)
    assert len(await phone.received()) == 1


def test_a_refund_is_looked_at_after_a_day_and_a_week() -> None:
    done = TONIGHT
    assert next_look(done, done) == done + timedelta(days=1)
    assert next_look(done, done + timedelta(days=1)) == done + timedelta(days=7)
    assert next_look(done, done + timedelta(days=7)) is None


@pytest.mark.parametrize("provider", ["paystack", "stripe"])
async def test_a_dispute_that_no_webhook_told_is_recorded(runtime: Runtime, provider: str) -> None:
    async with open_shop(runtime, provider) as shop:
        await paid(shop)
        shop.psp.faults.plan("drop", times=99)
        dispute = shop.psp.dispute(shop.newest)
        assert await reconcile(shop) == 0
        assert await shop.cases() == ["dispute"]
        shop.psp.resolve(dispute.id, won=True)
        assert await reconcile(shop) == 0
        assert await shop.cases() == []


async def test_a_payout_made_in_the_dashboard_is_a_case(shop: Shop) -> None:
    await paid(shop)
    dashboard.pay_out(shop, 400)
    await shop.psp.webhooks.drain()
    assert await reconcile(shop) == 400
    assert "reconciliation_missing_here" in await shop.cases()
