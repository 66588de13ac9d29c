"""`booka payments`: cases, refunds on their way, and days held against the provider."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import orjson
import pytest

from booking import lifecycle
from cli import payments
from core.clock import FixedClock
from core.errors import InputError
from core.runtime import Runtime
from core.uow import unit_of_work
from tests.conftest import NOW
from tests.support.psp import SERVERS, Shop, open_shop

TODAY = NOW.date().isoformat()


@pytest.fixture(params=sorted(SERVERS))
async def shop(runtime: Runtime, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(runtime, request.param) as shop:
        yield shop


async def compared(shop: Shop) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(await payments.reconcile_day(shop.runtime, shop.tenant.key, TODAY))
    return said


async def paid(shop: Shop) -> None:
    await shop.press(await shop.book(shop.phone()))
    shop.psp.pay(shop.newest)


async def test_what_is_known_matches(shop: Shop) -> None:
    await paid(shop)
    await shop.work()
    said = await compared(shop)
    assert (said["status"], said["drift"], said["differing"]) == ("complete", 0, [])


async def test_what_no_webhook_told_is_settled_by_comparing(shop: Shop) -> None:
    shop.psp.faults.plan("drop", times=9)
    await paid(shop)
    await shop.psp.webhooks.drain()
    assert (await compared(shop))["drift"] == 0
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)


async def test_half_a_listing_is_none(shop: Shop) -> None:
    await paid(shop)
    await shop.work()
    shop.psp.faults.plan("500", on="GET")
    said = await payments.reconcile_day(shop.runtime, shop.tenant.key, TODAY)
    assert orjson.loads(said)["status"] == "incomplete"
    with pytest.raises(InputError, match=f"{shop.account}: {TODAY} .* nothing was compared: .*booka doctor"):
        payments.refuse_incomplete(said)


async def test_a_day_that_has_not_begun_is_not_compared(shop: Shop) -> None:
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    with pytest.raises(InputError, match=f"{tomorrow} has not begun"):
        await payments.reconcile_day(shop.runtime, shop.tenant.key, tomorrow)
    payments.refuse_incomplete(await payments.reconcile_day(shop.runtime, shop.tenant.key, TODAY))


async def test_a_refund_that_fails_is_a_case_until_it_is_seen_to(shop: Shop) -> None:
    await paid(shop)
    await shop.work()
    shop.psp.faults.plan("refund_fails")
    await _cancel_all(shop)
    for _ in range(3):
        await shop.work()
        assert isinstance(shop.runtime.clock, FixedClock)
        shop.runtime.clock.advance(timedelta(minutes=1))
    said = orjson.loads(await payments.show_cases(shop.runtime, shop.tenant.key))
    assert (said["kind"], said["tenant"]) == ("refund", shop.tenant.key)
    assert {"payment_id", "booking_id", "reference"} <= set(said)
    await payments.end_case(shop.runtime, shop.tenant.key, said["id"], "awa")
    assert await payments.show_cases(shop.runtime, shop.tenant.key) == ""
    with pytest.raises(InputError, match="no open case"):
        await payments.end_case(shop.runtime, shop.tenant.key, said["id"], "awa")


async def test_a_refund_that_failed_of_late_is_listed_while_its_case_is_open(shop: Shop, clock: FixedClock) -> None:
    await paid(shop)
    await shop.work()
    shop.psp.faults.plan("refund_fails")
    await _cancel_all(shop)
    for _ in range(3):
        await shop.work()
        clock.advance(timedelta(minutes=1))
    said = orjson.loads(await payments.show_refunds(shop.runtime, shop.tenant.key))
    assert (said["amount"], said["status"]) == (1500, "failed")
    clock.advance(timedelta(days=30))
    assert await payments.show_refunds(shop.runtime, shop.tenant.key) == ""
    clock.advance(timedelta(days=-30))
    case = orjson.loads(await payments.show_cases(shop.runtime, shop.tenant.key))
    await payments.end_case(shop.runtime, shop.tenant.key, case["id"], "awa")
    assert await payments.show_refunds(shop.runtime, shop.tenant.key) == ""


async def test_runs_are_stored_and_shown_newest_first(shop: Shop) -> None:
    await paid(shop)
    await shop.work()
    first = await compared(shop)
    shop.psp.faults.plan("500", on="GET")
    second = await compared(shop)
    assert "drift" not in second
    assert second["error"] == "Retryable 500"
    shown = [orjson.loads(line) for line in (await payments.show_runs(shop.runtime, shop.tenant.key)).splitlines()]
    assert [(run["id"], run["status"], run["drift"], run["ratio"]) for run in shown] == [
        (second["run"], "incomplete", None, None),
        (first["run"], "complete", 0, 0.0),
    ]
    assert {run["account"] for run in shown} == {shop.account}


async def test_refunds_on_their_way_are_listed(shop: Shop) -> None:
    await paid(shop)
    await shop.work()
    await _cancel_all(shop)
    said = orjson.loads(await payments.show_refunds(shop.runtime, shop.tenant.key))
    assert (said["amount"], said["status"]) == (1500, "approved")
    with pytest.raises(InputError, match="no tenant"):
        await payments.show_refunds(shop.runtime, "nobody")


async def _cancel_all(shop: Shop) -> None:
    async with unit_of_work(shop.runtime, shop.tenant.tenant_id) as uow:
        for row in await uow.driver.fetch("SELECT id FROM bookings"):
            await lifecycle.cancel(uow, row["id"], now=shop.runtime.clock.now(), by="merchant", key=f"off:{row['id']}")
