"""From the customer's money to the business's account, at each provider: released, paid out, and what may go wrong."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from core.clock import FixedClock
from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit, unit_of_work
from payments import ledger, payment, refunds
from payments.accounts import active_accounts
from payments.ledger import Entry, Source
from payments.payable import due
from standins.psp.books import Payout as TheirPayout
from tenants.payout_schedule import PayoutSchedule, next_payout
from tests.payments.deaths import arm, dying
from tests.support.phone import query
from tests.support.psp import SERVERS, Shop, open_shop
from workers import payments
from workers import payouts as workers

# 1,500 less 2 % of the provider and 5 % of ours.
DUE = 1500 - 30 - 75
TERMS: dict[str, Any] = {"commission_percent": 5, "payout_recipient": "cm.mtn/of-the-salon", "payout_schedule": "daily"}


@pytest.fixture(params=sorted(SERVERS))
async def shop(runtime: Runtime, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(runtime, request.param, account=TERMS) as shop:
        yield shop
        await shop.check_books()


@pytest.fixture
async def stall(runtime: Runtime) -> AsyncIterator[Shop]:
    """One provider, where it does not matter which."""
    async with open_shop(runtime, "paystack", account=TERMS) as stall:
        yield stall
        await stall.check_books()


async def statuses(shop: Shop) -> list[str]:
    return [payout.status.value for payout in await shop.payouts()]


def theirs(shop: Shop) -> list[TheirPayout]:
    (account,) = shop.psp.accounts.values()
    return list(account.books.payouts.values())


async def test_what_was_paid_is_the_businesss_once_the_service_is_over(shop: Shop) -> None:
    await shop.sell()
    clearing = f"psp_clearing:{shop.provider}"
    assert await shop.balances() == {clearing: 1470, "psp_fee": 30, "escrow": -1500}
    await shop.serve()
    await shop.work()
    assert await shop.balances() == {clearing: 1470, "merchant_payable": -DUE, "platform_fee": -75}


async def test_on_its_day_all_that_is_due_is_paid_out(shop: Shop) -> None:
    await shop.sell()
    await shop.serve()
    await shop.next_day()
    await shop.next_day()
    assert [(one.status, one.amount) for one in await shop.payouts()] == [("paid", DUE)]
    assert await shop.balances() == {f"psp_clearing:{shop.provider}": 75, "platform_fee": -75}
    assert await shop.cases() == []


async def test_what_goes_back_after_the_release_is_taken_from_the_business(stall: Shop) -> None:
    await stall.sell()
    await stall.serve()
    await refund(stall, 500)
    assert (await stall.stored())[1:] == ("partially_refunded", 1500, 500)
    assert (await stall.balances())["merchant_payable"] == -(DUE - 500)


async def test_a_refund_that_fails_after_the_release_is_the_businesss_again(stall: Shop) -> None:
    await stall.sell()
    await stall.serve()
    stall.psp.faults.plan("refund_fails")
    await refund(stall, 500)
    assert (await stall.balances())["merchant_payable"] == -DUE


async def test_what_somebody_has_to_decide_on_waits_and_what_went_back_still_costs_its_fee(stall: Shop) -> None:
    await stall.sell()
    (asked,) = await refund(stall, 1500, is_approved=False)
    await stall.serve()
    assert (await stall.balances())["escrow"] == -1500
    await decide(stall, asked)
    await stall.later(minutes=2)
    assert await stall.balances() == {f"psp_clearing:{stall.provider}": -30, "merchant_payable": 30}


async def test_what_may_still_go_back_by_somebodys_word_is_not_paid_out_before_it_is_said(stall: Shop) -> None:
    await stall.sell()
    await stall.serve()
    (asked,) = await refund(stall, 500, is_approved=False)
    await stall.next_day()
    assert [one.amount for one in await stall.payouts()] == [DUE - 500]
    await decide(stall, asked)
    await stall.later(minutes=2)
    assert await stall.balances() == {f"psp_clearing:{stall.provider}": 75, "platform_fee": -75}


@pytest.mark.parametrize("fault", ["lost_answer", "500_after", "500"])
async def test_an_answer_that_is_lost_pays_out_once(shop: Shop, fault: str) -> None:
    await shop.sell()
    await shop.serve()
    shop.psp.faults.plan(fault, on="POST")
    await shop.next_day()
    for _ in range(3):
        await shop.later(minutes=1)
    assert (await statuses(shop), [one.status for one in theirs(shop)]) == (["paid"], ["paid"])
    assert "payouts_in_transit" not in await shop.balances()


@pytest.mark.parametrize("at", [1, 2, 3])
async def test_a_process_that_dies_on_the_way_pays_out_once(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    arm(monkeypatch)
    async with open_shop(runtime, "notchpay", account=TERMS) as shop:
        await shop.sell()
        await shop.serve()
        with dying(at):
            await shop.next_day()
        await shop.psp.webhooks.drain()
        for _ in range(2):
            await shop.later(minutes=2)
        assert (await statuses(shop), [one.status for one in theirs(shop)]) == (["paid"], ["paid"])
        await shop.check_books()


async def test_what_comes_in_after_the_release_goes_back_from_the_business(runtime: Runtime) -> None:
    async with open_shop(runtime, "paystack", account=TERMS) as shop:
        await shop.sell()
        await shop.serve()
        (account,) = shop.psp.accounts.values()
        (page,) = account.books.payments.values()
        account.books.receive(page, 170_000, shop.runtime.clock.now())
        (row,) = await query(
            shop.runtime, "SELECT id FROM payment_attempts WHERE tenant_id = $1", shop.tenant.tenant_id
        )
        await payments.sync(shop.runtime, shop.tenant.tenant_id, row["id"])
        for _ in range(2):
            await shop.later(minutes=1)
        assert await shop.stored() == ("completed", "partially_refunded", 1700, 200)
        assert (await shop.balances())["merchant_payable"] == -(DUE - 4)
        await shop.check_books()


async def test_a_refund_and_the_release_at_once_count_the_money_once(runtime: Runtime) -> None:
    async with open_shop(runtime, "paystack", account=TERMS) as shop:
        await shop.sell()
        (row,) = await query(shop.runtime, "SELECT id FROM payments WHERE tenant_id = $1", shop.tenant.tenant_id)
        asked = [refund(shop, minor) for minor in (400, 500)]
        await asyncio.gather(*asked, *(workers.release(shop.runtime, shop.tenant.tenant_id, row["id"]) for _ in "123"))
        for _ in range(2):
            await shop.later(minutes=2)
        balances = await shop.balances()
        assert "escrow" not in balances
        assert -balances["merchant_payable"] - balances["platform_fee"] == 1500 - 900 - 30
        await shop.check_books()


async def test_one_that_fails_gives_the_money_back_and_waits_for_a_person(shop: Shop) -> None:
    await shop.sell()
    await shop.serve()
    shop.psp.faults.plan("payout_fails")
    await shop.next_day()
    await shop.later(minutes=1)
    assert (await statuses(shop), await shop.cases()) == (["failed"], ["payout"])
    assert (await shop.balances())["merchant_payable"] == -DUE
    await shop.next_day()
    assert await statuses(shop) == ["failed"]
    await shop.resolve_cases()
    await shop.next_day()
    assert await statuses(shop) == ["paid", "failed"]


async def test_one_that_comes_back_after_it_was_paid_is_due_again(shop: Shop) -> None:
    await shop.sell()
    await shop.serve()
    await shop.next_day()
    assert await statuses(shop) == ["paid"]
    shop.psp.faults.plan("drop", times=9)
    shop.psp.set_payout(theirs(shop)[0].id, "failed")
    await shop.later(days=1)
    assert (await statuses(shop), await shop.cases()) == (["failed"], ["payout"])
    assert (await shop.balances())["merchant_payable"] == -DUE


async def test_one_that_is_taken_for_failed_and_arrives_is_not_paid_twice(stall: Shop) -> None:
    await stall.sell()
    await stall.serve()
    stall.psp.faults.plan("payout_fails")
    await stall.next_day()
    await stall.later(minutes=1)
    stall.psp.set_payout(theirs(stall)[0].id, "paid")
    await stall.work()
    assert (await statuses(stall), await stall.cases()) == (["paid"], [])
    await stall.next_day()
    assert await statuses(stall) == ["paid"]


async def test_one_that_is_stuck_holds_up_the_next_and_is_a_case_after_days(stall: Shop) -> None:
    await stall.sell()
    await stall.serve()
    stall.psp.faults.plan("payout_stuck")
    await stall.next_day()
    await stall.next_day()
    assert (await statuses(stall), await stall.cases()) == (["submitted"], [])
    assert (await stall.balances())["payouts_in_transit"] == -DUE
    await stall.later(days=5)
    assert await stall.cases() == ["payout"]
    stall.psp.set_payout(theirs(stall)[0].id, "paid")
    await stall.work()
    assert (await statuses(stall), await stall.cases()) == (["paid"], [])


async def test_a_provider_that_is_away_is_a_case_and_is_asked_on(stall: Shop) -> None:
    await stall.sell()
    await stall.serve()
    stall.psp.faults.plan("503", times=50)
    await stall.next_day()
    for _ in range(5):
        await stall.later(hours=1)
    assert (await statuses(stall), await stall.cases()) == (["unknown"], ["payout"])
    stall.psp.faults.clear()
    await stall.later(hours=1)
    await stall.later(hours=1)
    assert (await statuses(stall), await stall.cases()) == (["paid"], [])


async def test_nothing_is_paid_out_below_the_minimum(runtime: Runtime) -> None:
    async with open_shop(runtime, "notchpay", account=TERMS | {"payout_minimum": str(DUE + 1)}) as shop:
        await shop.sell()
        await shop.serve()
        await shop.next_day()
        assert await statuses(shop) == []


async def test_what_one_provider_holds_for_services_to_come_does_not_pay_what_another_brought(stall: Shop) -> None:
    await stall.sell()
    elsewhere = [Entry(ledger.clearing("stripe"), 1000), Entry(ledger.PAYABLE, -1000)]
    async with unit_of_work(stall.runtime, stall.tenant.tenant_id) as uow:
        now = stall.runtime.clock.now()
        await ledger.post(uow, Source("test", 1, "elsewhere"), elsewhere, currency="XOF", now=now)
        (account,) = await active_accounts(uow)
        assert (await due(uow, account, "XOF")).minor == 0
    await stall.serve()
    async with unit_of_work(stall.runtime, stall.tenant.tenant_id) as uow:
        assert (await due(uow, account, "XOF")).minor == 1470


async def test_two_who_take_the_turn_at_once_make_one_payout(runtime: Runtime) -> None:
    async with open_shop(runtime, "paystack", account=TERMS) as shop:
        await shop.sell()
        await shop.serve()
        sql, clock = "SELECT id, next_payout_at FROM payment_accounts WHERE tenant_id = $1", shop.runtime.clock
        (account,) = await query(shop.runtime, sql, shop.tenant.tenant_id)
        assert isinstance(clock, FixedClock)
        clock.set(account["next_payout_at"])
        await asyncio.gather(*(workers.take_turn(shop.runtime, shop.tenant.tenant_id, account["id"]) for _ in range(5)))
        await asyncio.gather(*(send_all(shop) for _ in range(5)))
        assert (await statuses(shop), len(theirs(shop))) == (["submitted"], 1)
        await shop.work()
        assert await statuses(shop) == ["paid"]


@pytest.mark.parametrize(
    ("schedule", "now", "following"),
    [
        ("daily", "2026-03-28T05:00", "2026-03-29T04:00"),  # the night in which clocks go forward in Paris
        ("daily", "2026-10-24T04:00", "2026-10-25T05:00"),
        ("daily", "2026-03-28T04:59", "2026-03-28T05:00"),
        ("weekly", "2026-03-23T05:00", "2026-03-30T04:00"),
        ("monthly", "2026-10-01T04:00", "2026-11-01T05:00"),
        ("monthly", "2026-12-15T12:00", "2027-01-01T05:00"),
    ],
)
def test_payouts_are_made_at_six_where_the_business_is(schedule: str, now: str, following: str) -> None:
    at = next_payout(PayoutSchedule(schedule), "Europe/Paris", _utc(now))
    assert at == _utc(following)


def test_a_manual_schedule_has_no_day() -> None:
    assert next_payout(PayoutSchedule.MANUAL, "Europe/Paris", _utc("2026-03-28T05:00")) is None


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def refund(shop: Shop, minor: int, *, is_approved: bool = True) -> list[int]:
    async def ask(uow: UnitOfWork) -> list[int]:
        paid = await payment.lock(uow, await uow.driver.fetchval("SELECT id FROM payments"))
        how: dict[str, Any] = {
            "reason": "kindness",
            "key": f"kindness:{minor}",
            "by": "merchant:1",
            "now": shop.runtime.clock.now(),
        }
        amount = Money(minor, paid.currency)
        return [one.id for one in await refunds.request(uow, paid, amount, is_approved=is_approved, **how)]

    asked = await in_unit(shop.runtime, shop.tenant.tenant_id, ask)
    for _ in range(2):
        await shop.later(minutes=1)
    return asked


async def decide(shop: Shop, refund_id: int) -> None:
    how: dict[str, Any] = {"is_approved": True, "by": "merchant:1", "now": shop.runtime.clock.now()}
    await in_unit(shop.runtime, shop.tenant.tenant_id, lambda uow: refunds.decide(uow, refund_id, **how))


async def send_all(shop: Shop) -> None:
    for payout in await shop.payouts():
        await workers.send(shop.runtime, shop.tenant.tenant_id, payout.id)
