"""What money leads to: a booking, a refund, or waiting for the rest. No provider is asked here."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booking import lifecycle, paying
from booking.booking import Status, get
from booking.paying import Outcome, Settled
from booking.visit import Item, Visit
from core.clock import FixedClock
from core.money import Money
from core.runtime import Runtime
from payments import ledger, payment, refunds
from payments.attempts import AttemptStatus
from payments.intake import Change
from payments.payment import PaymentStatus
from payments.refunds import RefundStatus
from tests.support.paying import AT_TEN, Till, make_till, xaf


@pytest.fixture
async def till(runtime: Runtime) -> Till:
    return await make_till(runtime, refund_auto_approve_below="1200")


async def pay(till: Till, minor: int, *, status: AttemptStatus = AttemptStatus.CAPTURED) -> Settled:
    asked = await till.ask()
    taken = await till.capture(asked, minor, status=status)
    async with till.unit() as uow:
        now = await payment.lock(uow, asked.id)
        return await paying.settle(uow, Change(asked, now, taken, xaf(minor)), now=till.salon.now)


async def stored(till: Till) -> tuple[Status, PaymentStatus, list[tuple[str, int, RefundStatus]]]:
    async with till.unit() as uow:
        booking, paid = await get(uow, till.booking.id), (await payment.of_booking(uow, till.booking.id))[0]
        made = [(one.reason, one.amount, one.status) for one in await refunds.refunds_of(uow, paid.id)]
        return booking.status, paid.status, made


async def test_what_is_paid_is_confirmed_and_told_once(till: Till) -> None:
    settled = await pay(till, 1500)
    assert (settled.outcome, settled.booking.status, settled.refunds) == (Outcome.KEPT, Status.CONFIRMED, [])
    async with till.unit() as uow:
        again = Change(settled.change.payment, settled.change.payment, settled.change.attempt, xaf(0))
        assert (await paying.settle(uow, again, now=till.salon.now)).outcome is Outcome.NOTHING_NEW
    assert await stored(till) == (Status.CONFIRMED, PaymentStatus.PAID, [])


async def test_less_than_was_asked_for_waits_for_the_rest(till: Till) -> None:
    assert (await pay(till, 700, status=AttemptStatus.PROCESSING)).outcome is Outcome.UNDERPAID
    assert (await stored(till))[0] is Status.HELD


async def test_more_than_was_asked_for_goes_back(till: Till) -> None:
    assert (await pay(till, 1700)).outcome is Outcome.KEPT
    assert await stored(till) == (Status.CONFIRMED, PaymentStatus.PAID, [("extra", 200, RefundStatus.APPROVED)])


async def test_a_second_payment_goes_back_whole(till: Till) -> None:
    await pay(till, 1500)
    asked = await till.stored()
    second = await till.capture(asked, 1500)
    async with till.unit() as uow:
        now = await payment.lock(uow, asked.id)
        settled = await paying.settle(uow, Change(asked, now, second, xaf(1500)), now=till.salon.now)
    assert (settled.outcome, [one.attempt_id for one in settled.refunds]) == (Outcome.EXTRA, [second.id])
    assert await stored(till) == (Status.CONFIRMED, PaymentStatus.PAID, [("extra", 1500, RefundStatus.APPROVED)])


async def test_late_money_books_what_is_still_free(till: Till, clock: FixedClock) -> None:
    clock.advance(timedelta(minutes=11))
    assert (await pay(till, 1500)).outcome is Outcome.KEPT
    assert (await stored(till))[0] is Status.CONFIRMED


@pytest.mark.parametrize("minor", [1500, 700])
async def test_late_money_for_what_is_gone_goes_back_whole(till: Till, clock: FixedClock, minor: int) -> None:
    clock.advance(timedelta(minutes=11))
    await till.salon.book(AT_TEN)
    settled = await pay(till, minor)
    assert (settled.outcome, settled.booking.status) == (Outcome.TOO_LATE, Status.EXPIRED)
    assert (await stored(till))[2] == [("late", minor, RefundStatus.APPROVED)]
    async with till.unit() as uow:
        assert await ledger.balances(uow, "XAF") == {
            "psp_clearing:notchpay": minor,
            "refunds_in_transit": -minor,
        }


@pytest.mark.parametrize(
    ("keep", "amount", "status"), [(400, 1100, RefundStatus.APPROVED), (None, 1500, RefundStatus.REQUESTED)]
)
async def test_a_cancellation_gives_back_all_but_the_fee_below_the_limit_without_asking(
    till: Till, keep: int | None, amount: int, status: RefundStatus
) -> None:
    await pay(till, 1500)
    fee = Money(keep, "XAF") if keep else None
    for _ in range(2):
        async with till.unit() as uow:
            await lifecycle.cancel(uow, till.booking.id, now=till.salon.now, by="merchant", key="cancel", fee=fee)
    assert (await stored(till))[2] == [("cancelled", amount, status)]


async def test_what_is_cancelled_before_it_is_paid_asks_for_nothing_any_more(till: Till) -> None:
    async with till.unit() as uow:
        due = await paying.ask_for(uow, till.booking, xaf(1500), now=till.salon.now)
        assert due
        assert due.payment.purpose == "deposit"
        await lifecycle.cancel(uow, till.booking.id, now=till.salon.now, by="customer", key="cancel")
    assert await stored(till) == (Status.CANCELLED, PaymentStatus.CANCELLED, [])


@pytest.mark.parametrize(
    ("price", "rules", "capacity", "people", "asked"),
    [
        (xaf(5000), [None, None], 1, 1, None),
        (xaf(5000), [{"percent": 30}, None], 1, 1, xaf(1500)),
        (xaf(5000), [{"percent": 30}, {"amount_minor": 2000}], 1, 3, xaf(3500)),
        (xaf(5000), [{"full": True}], 6, 4, xaf(20_000)),
        (xaf(5001), [{"percent": 30}], 1, 1, xaf(1500)),
        (Money(999, "EUR"), [{"percent": 33}], 1, 1, Money(330, "EUR")),
        (Money(12_345, "TND"), [{"percent": 30}], 1, 1, Money(3700, "TND")),
        (Money(12_345, "TND"), [{"full": True}], 1, 1, Money(12_340, "TND")),
    ],
)
async def test_the_deposit_of_a_visit_is_that_of_its_services(
    till: Till, price: Money, rules: list[dict[str, Any] | None], capacity: int, people: int, asked: Money | None
) -> None:
    """By the seat for a group, whole coins, and what cards can be charged."""
    cut = replace(till.salon.service("cut"), price=price, capacity=capacity, terms={})
    items = tuple(Item(replace(cut, deposit=rule)) for rule in rules)
    assert paying.deposit(Visit(items, people), (cut.staff_ids[0],) * len(items)) == asked


async def test_a_hold_that_runs_out_gives_back_what_was_paid_of_it(till: Till, clock: FixedClock) -> None:
    await pay(till, 700, status=AttemptStatus.PROCESSING)
    clock.advance(timedelta(minutes=11))
    async with till.unit() as uow:
        assert await lifecycle.expire(uow, till.booking.id, now=till.salon.now)
    booking, paid, made = await stored(till)
    assert (booking, paid) == (Status.EXPIRED, PaymentStatus.EXPIRED)
    assert made == [("expired", 700, RefundStatus.APPROVED)]


async def test_what_the_team_declines_is_paid_back(runtime: Runtime) -> None:
    till = await make_till(runtime, rules={"requires_approval": True}, refund_auto_approve_below="2000")
    assert (await pay(till, 1500)).booking.status is Status.PENDING_APPROVAL
    async with till.unit() as uow:
        await lifecycle.decline(uow, till.booking.id, now=till.salon.now)
    assert await stored(till) == (
        Status.CANCELLED,
        PaymentStatus.PAID,
        [("cancelled", 1500, RefundStatus.APPROVED)],
    )
