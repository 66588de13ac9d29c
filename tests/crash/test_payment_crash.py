"""SIGKILL at every step of a checkout, a capture, a refund, a payout, a hold's end: no franc is lost or goes twice."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from payments.registry import PROVIDERS
from tests.crash.payment_crashes import (
    CHECKOUT,
    CRASHES,
    HOLD,
    PAYOUT,
    REFUND,
    Case,
    Cases,
    crash_everywhere,
)
from tests.support.installation import install
from tests.support.providers_outside import providers_outside
from tests.support.psp import CURRENCY


@pytest.fixture(scope="module")
async def aftermath() -> AsyncIterator[Cases]:
    async with providers_outside() as outside, install(**outside.environment) as house:
        yield await crash_everywhere(house, outside)


@pytest.fixture(params=CRASHES, ids="-".join)
def case(request: pytest.FixtureRequest, aftermath: Cases) -> Case:
    return aftermath[request.param]


async def rows(case: Case, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await case.caller.installation.sql(sql, case.tenant_id)]


async def test_the_booking_is_what_was_paid_for(case: Case) -> None:
    # Whether the visit is over by now is another sweep's to say.
    sql = """
        SELECT replace(b.status, 'completed', 'confirmed'), p.status, p.captured_amount, p.refunded_amount
        FROM bookings b JOIN payments p ON p.booking_id = b.id WHERE b.tenant_id = $1
    """
    if case.failpoint in HOLD:
        expected = ("expired", "expired", 0, 0)
    elif case.failpoint in REFUND:
        expected = ("cancelled", "refunded", 1500, 1500)
    else:
        expected = ("confirmed", "paid", 1500, 0)
    assert await rows(case, sql) == [expected]


async def test_the_provider_took_and_gave_once(case: Case) -> None:
    books = case.counter.books
    paid = [payment for payment in books.payments.values() if payment.received]
    assert len(paid) == (0 if case.failpoint in HOLD else 1)
    assert len(books.refunds) == (1 if case.failpoint in REFUND else 0)
    assert len(books.payouts) == (1 if case.failpoint in PAYOUT else 0)
    assert len(books.payments) <= (2 if case.failpoint in CHECKOUT else 1)


async def test_the_ledger_says_what_the_provider_holds(case: Case) -> None:
    sql = "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entries WHERE tenant_id = $1"
    ((total,),) = await rows(case, sql)
    ((there,),) = await rows(case, f"{sql} AND account LIKE 'psp_clearing:%'")
    currency = CURRENCY[case.counter.provider]
    units = case.counter.books.balance(currency)
    assert (total, there) == (0, PROVIDERS[case.counter.provider].from_units(units, currency).minor)


async def test_the_customer_is_told_once(case: Case) -> None:
    """That it has come, and of a refund that it goes back."""
    told = [shown.text for shown in case.caller.screen()]
    confirmed = [text for text in told if "has arrived" in text]
    back = [text for text in told if "on their way back" in text]
    assert len(confirmed) == (0 if case.failpoint in HOLD else 1)
    assert len(back) == (1 if case.failpoint in REFUND else 0)


async def test_no_job_was_given_up(case: Case) -> None:
    assert await rows(case, "SELECT job, error FROM dead_jobs WHERE tenant_id = $1") == []
    assert await rows(case, "SELECT kind, note FROM payment_cases WHERE tenant_id = $1 AND closed_at IS NULL") == []
