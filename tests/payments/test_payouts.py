"""From the customer's money to the business's account, at each provider: released, paid out, and what may go wrong."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.clock import FixedClock
from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from payments import payment, payouts, refunds
from payments.cases import close_case, list_cases
from payments.payouts import Payout
from standins.psp.books import Payout as TheirPayout
from tenants.payout_schedule import PayoutSchedule, next_payout
from tests.support.phone import query
from tests.support.psp import SERVERS, Shop, open_shop
from workers import payouts as workers

# 1,500 less 2 % of the provider and 5 % of ours.
DUE = 1500 - 30 - 75
TERMS: dict[str, Any] = {"commission_percent": 5, "payout_recipient": "cm.mtn/of-the-salon", "payout_schedule": "daily"}


@pytest.fixture(params=sorted(SERVERS))
async def shop(runtime: Runtime, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(runtime, request.param, account=TERMS) as shop:
        yield shop
        balances = await shop.balances()
        transits = ("refunds_in_transit", "dispute_reserve", "payouts_in_transit")
        ours = balances.get(f"psp_clearing:{shop.provider}", 0) + sum(balances.get(name, 0) for name in transits)
        assert sum(balances.values()) == 0
        assert ours == await shop.balances_there()


async def paid(shop: Shop) -> None:
    await shop.press(await shop.book(shop.phone()))
    shop.psp.pay(shop.newest)
    await shop.work()


async def served(shop: Shop) -> None:
    await paid(shop)
    await shop.serve()


async def next_day(shop: Shop, *, works: bool = True) -> None:
    """As the workers would live through it: at the hour of payouts, and a while after it."""
    clock = shop.runtime.clock
    assert isinstance(clock, FixedClock)
    (row,) = await query(
        shop.runtime, "SELECT next_payout_at AS at FROM payment_accounts WHERE tenant_id = $1", shop.tenant.tenant_id
    )
    clock.set(max(row["at"], clock.now()))
    if works:
        await shop.work()


async def later(shop: Shop, **by: int) -> None:
    assert isinstance(shop.runtime.clock, FixedClock)
    shop.runtime.clock.advance(timedelta(**by))
    await shop.work()


async def made(shop: Shop) -> list[Payout]:
    return await in_unit(shop.runtime, shop.tenant.tenant_id, lambda uow: payouts.latest_payouts(uow, 9))


async def statuses(shop: Shop) -> list[str]:
    return [payout.status.value for payout in await made(shop)]


def theirs(shop: Shop) -> list[TheirPayout]:
    (account,) = shop.psp.accounts.values()
    return list(account.books.payouts.values())


async def test_what_was_paid_is_the_businesss_once_the_service_is_over(shop: Shop) -> None:
    await paid(shop)
    clearing = f"psp_clearing:{shop.provider}"
    assert await shop.balances() == {clearing: 1470, "psp_fee": 30, "escrow": -1500}
    await shop.serve()
    await shop.work()
    assert await shop.balances() == {clearing: 1470, "merchant_payable": -DUE, "platform_fee": -75}


async def test_on_its_day_all_that_is_due_is_paid_out(shop: Shop) -> None:
    await served(shop)
    await next_day(shop)
    await next_day(shop)
    assert [(one.status, one.amount) for one in await made(shop)] == [("paid", DUE)]
    assert await shop.balances() == {f"psp_clearing:{shop.provider}": 75, "platform_fee": -75}
    assert await shop.cases() == []


async def test_what_goes_back_after_the_release_is_taken_from_the_business(shop: Shop) -> None:
    await served(shop)
    await refund(shop, 500)
    assert (await shop.stored())[1:] == ("partially_refunded", 1500, 500)
    assert (await shop.balances())["merchant_payable"] == -(DUE - 500)


async def test_a_refund_that_fails_after_the_release_is_the_businesss_again(shop: Shop) -> None:
    await served(shop)
    shop.psp.faults.plan("refund_fails")
    await refund(shop, 500)
    assert (await shop.balances())["merchant_payable"] == -DUE


async def test_what_somebody_has_to_decide_on_waits_and_what_went_back_still_costs_its_fee(shop: Shop) -> None:
    await paid(shop)
    (asked,) = await refund(shop, 1500, is_approved=False)
    await shop.serve()
    assert (await shop.balances())["escrow"] == -1500
    await decide(shop, asked)
    await later(shop, minutes=2)
    assert await shop.balances() == {f"psp_clearing:{shop.provider}": -30, "merchant_payable": 30}


@pytest.mark.parametrize("fault", ["lost_answer", "500_after", "500", "503", "429", "garbage"])
async def test_an_answer_that_is_lost_pays_out_once(shop: Shop, fault: str) -> None:
    await served(shop)
    shop.psp.faults.plan(fault, on="POST")
    await next_day(shop)
    for _ in range(3):
        await later(shop, minutes=1)
    assert (await statuses(shop), [one.status for one in theirs(shop)]) == (["paid"], ["paid"])
    assert "payouts_in_transit" not in await shop.balances()


async def test_one_that_fails_gives_the_money_back_and_waits_for_a_person(shop: Shop) -> None:
    await served(shop)
    shop.psp.faults.plan("payout_fails")
    await next_day(shop)
    await later(shop, minutes=1)
    assert (await statuses(shop), await shop.cases()) == (["failed"], ["payout"])
    assert (await shop.balances())["merchant_payable"] == -DUE
    await next_day(shop)
    assert await statuses(shop) == ["failed"]
    await resolve(shop)
    await next_day(shop)
    assert await statuses(shop) == ["paid", "failed"]


async def test_one_that_comes_back_after_it_was_paid_is_due_again(shop: Shop) -> None:
    await served(shop)
    await next_day(shop)
    assert await statuses(shop) == ["paid"]
    shop.psp.faults.plan("drop", times=9)
    shop.psp.set_payout(theirs(shop)[0].id, "failed")
    await later(shop, days=1)
    assert (await statuses(shop), await shop.cases()) == (["failed"], ["payout"])
    assert (await shop.balances())["merchant_payable"] == -DUE


async def test_one_that_is_taken_for_failed_and_arrives_is_not_paid_twice(shop: Shop) -> None:
    await served(shop)
    shop.psp.faults.plan("payout_fails")
    await next_day(shop)
    await later(shop, minutes=1)
    shop.psp.set_payout(theirs(shop)[0].id, "paid")
    await shop.work()
    assert (await statuses(shop), await shop.cases()) == (["paid"], [])
    await next_day(shop)
    assert await statuses(shop) == ["paid"]


async def test_one_that_is_stuck_holds_up_the_next_and_is_a_case_after_days(shop: Shop) -> None:
    await served(shop)
    shop.psp.faults.plan("payout_stuck")
    await next_day(shop)
    await next_day(shop)
    assert (await statuses(shop), await shop.cases()) == (["submitted"], [])
    assert (await shop.balances())["payouts_in_transit"] == -DUE
    await later(shop, days=5)
    assert await shop.cases() == ["payout"]
    shop.psp.set_payout(theirs(shop)[0].id, "paid")
    await shop.work()
    assert (await statuses(shop), await shop.cases()) == (["paid"], [])


async def test_a_provider_that_is_away_is_a_case_and_is_asked_on(shop: Shop) -> None:
    await served(shop)
    shop.psp.faults.plan("503", times=50)
    await next_day(shop)
    for _ in range(5):
        await later(shop, hours=1)
    assert (await statuses(shop), await shop.cases()) == (["unknown"], ["payout"])
    shop.psp.faults.clear()
    await later(shop, hours=1)
    await later(shop, hours=1)
    assert (await statuses(shop), await shop.cases()) == (["paid"], [])


async def test_nothing_is_paid_out_below_the_minimum(runtime: Runtime) -> None:
    async with open_shop(runtime, "notchpay", account=TERMS | {"payout_minimum": str(DUE + 1)}) as shop:
        await served(shop)
        await next_day(shop)
        assert await statuses(shop) == []


async def test_two_who_take_the_turn_at_once_make_one_payout(runtime: Runtime) -> None:
    async with open_shop(runtime, "paystack", account=TERMS) as shop:
        await served(shop)
        await next_day(shop, works=False)
        (account,) = await accounts(shop)
        await asyncio.gather(*(workers.take_turn(shop.runtime, shop.tenant.tenant_id, account) for _ in range(5)))
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
        await later(shop, minutes=1)
    return asked


async def decide(shop: Shop, refund_id: int) -> None:
    how: dict[str, Any] = {"is_approved": True, "by": "merchant:1", "now": shop.runtime.clock.now()}
    await in_unit(shop.runtime, shop.tenant.tenant_id, lambda uow: refunds.decide(uow, refund_id, **how))


async def accounts(shop: Shop) -> list[int]:
    rows = await query(shop.runtime, "SELECT id FROM payment_accounts WHERE tenant_id = $1", shop.tenant.tenant_id)
    return [row["id"] for row in rows]


async def send_all(shop: Shop) -> None:
    for payout in await made(shop):
        await workers.send(shop.runtime, shop.tenant.tenant_id, payout.id)


async def resolve(shop: Shop) -> None:
    """An admin has seen to all that is open."""
    tenant_id, now = shop.tenant.tenant_id, shop.runtime.clock.now()
    for case in await in_unit(shop.runtime, tenant_id, list_cases):
        await in_unit(shop.runtime, tenant_id, lambda uow: close_case(uow, case.id, by="admin", now=now))  # noqa: B023
