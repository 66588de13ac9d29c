"""Payments, links and refunds on the real database, without any provider: what is counted, what is refused."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import in_unit
from payments import attempts, disputes, ledger, links, payment, refunds
from payments.attempts import AttemptStatus
from payments.payment import PaymentStatus
from payments.provider_values import DisputeState, PaymentIds, ProviderDispute
from payments.refunds import RefundDecidedError, RefundStatus, RefundTooLargeError
from tests.support.paying import AT_TEN, Till, make_till, xaf


@pytest.fixture
async def till(runtime: Runtime) -> Till:
    return await make_till(runtime)


async def test_asking_twice_gives_the_same_payment(till: Till) -> None:
    first = await till.ask()
    assert await till.ask() == first
    assert (first.status, first.asked) == (PaymentStatus.CREATED, xaf(1500))


async def test_what_came_in_is_counted_from_its_attempts(till: Till) -> None:
    asked = await till.ask()
    await till.capture(asked, 700, status=AttemptStatus.FAILED)
    assert ((await till.stored()).status, (await till.stored()).captured_amount) == (PaymentStatus.CREATED, 700)
    await till.capture(asked, 900)
    paid = await till.stored()
    assert (paid.status, paid.captured_amount, paid.paid_at) == (PaymentStatus.PAID, 1600, till.salon.now)


async def test_one_attempt_is_open_at_a_time(till: Till) -> None:
    asked = await till.ask()

    async def begin() -> bool:
        async with till.unit() as uow:
            locked = await payment.lock(uow, asked.id)
            account = await uow.driver.fetchval("SELECT id FROM payment_accounts")
            if any(one.status in attempts.OPEN for one in await attempts.attempts_of(uow, locked.id)):
                return False
            how: dict[str, Any] = {
                "account_id": account,
                "provider": "notchpay",
                "expires_at": None,
                "now": till.salon.now,
            }
            await attempts.begin(uow, locked, **how)
            return True

    assert sorted(await asyncio.gather(*(begin() for _ in range(6)))) == [False] * 5 + [True]


async def test_a_link_is_one_token_that_leads_to_its_payment_until_the_hold_ends(till: Till, clock: FixedClock) -> None:
    asked = await till.ask()
    async with till.unit() as uow:
        tokens = {await links.issue(uow, asked, now=till.salon.now) for _ in range(2)}
    (token,) = tokens
    assert (await till.stored()).status is PaymentStatus.LINK_SENT
    assert await links.find(till.runtime, token) == (till.salon.tenant_id, asked.id)
    assert await links.find(till.runtime, token[:-1]) is None

    async def may_go_on() -> bool:
        return await in_unit(
            till.runtime, till.salon.tenant_id, lambda uow: links.open_link(uow, token, now=clock.now())
        )

    assert await may_go_on()
    clock.advance(timedelta(minutes=10))
    assert not await may_go_on()


async def test_a_link_ends_with_its_booking(till: Till) -> None:
    asked = await till.ask()
    async with till.unit() as uow:
        token = await links.issue(uow, asked, now=till.salon.now)
        await links.end(uow, asked.id, now=till.salon.now)
        assert not await links.open_link(uow, token, now=till.salon.now)
        assert await links.issue(uow, asked, now=till.salon.now) != token


async def test_the_newest_money_goes_back_first_and_never_more_than_came_in(till: Till) -> None:
    asked = await till.ask()
    first = await till.capture(asked, 1500)
    second = await till.capture(asked, 1500)
    back = await till.refund(2000, "cancel:1")
    assert [(one.attempt_id, one.amount, one.status) for one in back] == [
        *((second.id, 1500, RefundStatus.APPROVED), (first.id, 500, RefundStatus.APPROVED)),
    ]
    assert await till.refund(2000, "cancel:1") == back
    with pytest.raises(RefundTooLargeError) as refused:
        await till.refund(1001, "cancel:2")
    assert refused.value.facts == {"refundable": 1000}
    async with till.unit() as uow:
        assert (await ledger.balances(uow, "XAF"))["refunds_in_transit"] == -2000


async def test_refunds_that_race_never_pay_back_more_than_came_in(till: Till) -> None:
    asked = await till.ask()
    await till.capture(asked, 1500)

    async def refund(n: int) -> int:
        try:
            return sum(one.amount for one in await till.refund(400, f"race:{n}"))
        except RefundTooLargeError:
            return 0

    assert sum(await asyncio.gather(*(refund(n) for n in range(8)))) == 1200


async def test_a_person_decides_once(till: Till) -> None:
    await till.capture(await till.ask(), 1500)
    (asked,) = await till.refund(1500, "cancel:1", is_approved=False)
    assert asked.status is RefundStatus.REQUESTED
    async with till.unit() as uow:
        assert "refunds_in_transit" not in await ledger.balances(uow, "XAF")
        no = await refunds.decide(uow, asked.id, is_approved=False, by="merchant:1", now=till.salon.now)
        assert (no.status, no.decided_by) == (RefundStatus.REJECTED, "merchant:1")
        with pytest.raises(RefundDecidedError):
            await refunds.decide(uow, asked.id, is_approved=True, by="merchant:2", now=till.salon.now)
    (again,) = await till.refund(1500, "cancel:2", is_approved=False)
    async with till.unit() as uow:
        await refunds.decide(uow, again.id, is_approved=True, by="merchant:2", now=till.salon.now)
        assert (await ledger.balances(uow, "XAF"))["refunds_in_transit"] == -1500


async def test_nothing_goes_back_by_rule_under_a_dispute(till: Till) -> None:
    taken = await till.capture(await till.ask(), 1500)
    async with till.unit() as uow:
        await uow.driver.execute(
            "INSERT INTO disputes (tenant_id, attempt_id, provider_id, status, said, amount, currency, opened_at)"
            " VALUES ($1, $2, 'dp_1', 'open', 'needs_response', 1500, 'XAF', $3)",
            *(till.salon.tenant_id, taken.id, till.salon.now),
        )
    (refund,) = await till.refund(1500, "cancel:1")
    assert refund.status is RefundStatus.REQUESTED


async def test_the_fee_of_a_dispute_is_the_businesss_to_bear_until_it_is_given_back(till: Till) -> None:
    taken = await till.capture(await till.ask(), 1500)
    for state, fee in ((DisputeState.OPEN, 300), (DisputeState.OPEN, 300), (DisputeState.WON, 0)):
        told = ProviderDispute("dp_1", state, "", xaf(1500), PaymentIds(taken.reference), fee=xaf(fee))
        async with till.unit() as uow:
            await disputes.record(uow, taken.account_id, told)
            balances = await ledger.balances(uow, "XAF")
        assert balances.get("merchant_payable", 0) == fee
        assert balances["psp_clearing:notchpay"] == 1500 - fee


@pytest.mark.parametrize(
    ("minutes", "next_in"), [(0, 2), (2, 5), (3, 5), (19, 20), (40, 40 + 60), (71 * 60, 72 * 60), (71 * 60 + 1, None)]
)
def test_an_attempt_is_asked_about_soon_then_hourly_then_no_more(minutes: int, next_in: int | None) -> None:
    expected = None if next_in is None else AT_TEN + timedelta(minutes=next_in)
    assert attempts.next_poll(AT_TEN, AT_TEN + timedelta(minutes=minutes)) == expected


def test_late_money_may_follow_every_status() -> None:
    for status, targets in payment.TRANSITIONS.items():
        if status not in (PaymentStatus.PAID, PaymentStatus.REFUNDED, PaymentStatus.PARTIALLY_REFUNDED):
            assert PaymentStatus.PAID in targets, status
