"""Caps on what goes back without asking: to a customer, in all, over 24 hours, also when many ask at once."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from core.clock import FixedClock
from core.errors import InputError
from core.runtime import Runtime
from payments.refunds import RefundStatus
from tenants.definition import parse_definition
from tests.support.bookings import hours
from tests.support.paying import AT_TEN, Till, make_till

APPROVED, REQUESTED = RefundStatus.APPROVED, RefundStatus.REQUESTED


async def salon_with(runtime: Runtime, **caps: str) -> Till:
    rules = {"max_open_bookings_per_customer": 50}
    return await make_till(runtime, rules=rules, refund_auto_approve_below="2000", **caps)


async def paid(till: Till, at: float, *, staff: str = "nadia", customer_id: int | None = None) -> Till:
    """Another booking of the same salon, its deposit of 1,500 paid."""
    held = await till.salon.hold(AT_TEN + hours(at), staff=staff, customer_id=customer_id)
    other = Till(till.salon, held)
    await other.capture(await other.ask(), 1500)
    await till.salon.confirm(held)
    return other


async def ways(till: Till) -> list[str]:
    rows = await till.salon.sql("SELECT status FROM refunds ORDER BY id")
    return [row["status"] for row in rows]


async def test_without_caps_the_limit_alone_decides(runtime: Runtime) -> None:
    till = await salon_with(runtime)
    for at in (1, 2, 25):
        await till.salon.cancel((await paid(till, at)).booking)
    assert await ways(till) == [APPROVED] * 3


async def test_above_the_cap_in_all_a_person_is_asked(runtime: Runtime, clock: FixedClock) -> None:
    till = await salon_with(runtime, refund_auto_cap_per_day="3000")
    for at in (24, 25, 26):
        await till.salon.cancel((await paid(till, at)).booking)
    assert await ways(till) == [APPROVED, APPROVED, REQUESTED]
    later = await paid(till, 96)
    clock.advance(timedelta(hours=24))
    await till.salon.cancel(later.booking)
    assert await ways(till) == [APPROVED, APPROVED, REQUESTED, APPROVED]


async def test_the_cap_of_a_customer_is_no_other_customers(runtime: Runtime) -> None:
    till = await salon_with(runtime, refund_auto_cap_per_customer_day="1500")
    ada, eve = await till.salon.customer("Ada"), await till.salon.customer("Eve")
    for at, who in ((1, ada), (2, ada), (25, eve)):
        await till.salon.cancel((await paid(till, at, customer_id=who)).booking)
    assert await ways(till) == [APPROVED, REQUESTED, APPROVED]


async def test_a_cap_of_nothing_asks_each_time(runtime: Runtime) -> None:
    till = await salon_with(runtime, refund_auto_cap_per_day="0")
    await till.salon.cancel((await paid(till, 1)).booking, by="merchant")
    assert await ways(till) == [REQUESTED]


async def test_what_we_owe_by_our_own_rule_neither_waits_nor_counts(runtime: Runtime, clock: FixedClock) -> None:
    till = await salon_with(runtime, refund_auto_cap_per_day="1500")
    await till.capture(await till.ask(), 700)
    clock.advance(timedelta(minutes=11))
    await till.salon.expire(till.booking)
    await till.salon.cancel((await paid(till, 2)).booking)
    assert await ways(till) == [APPROVED, APPROVED]


async def test_many_who_cancel_at_once_do_not_slip_through_together(runtime: Runtime) -> None:
    till = await salon_with(runtime, refund_auto_cap_per_day="4500")
    tills = [await paid(till, at) for at in (1, 2, 24, 25, 26, 48, 49, 50)]
    await asyncio.gather(*(till.salon.cancel(one.booking) for one in tills))
    assert Counter(await ways(till)) == {APPROVED: 3, REQUESTED: 5}


@pytest.mark.parametrize("value", ['"-1"', '"many"', "[]"])
def test_a_cap_that_is_no_amount_is_refused(value: str) -> None:
    file = f"""
[tenant]
key = "a"
[[payments]]
provider = "manual"
account = "by-hand"
refund_auto_cap_per_day = {value}
"""
    with pytest.raises(InputError, match="refund_auto_cap_per_day"):
        parse_definition(file, lambda name: None)
