"""What a payment provider lists is whole or an error: the books are compared with it."""

from datetime import timedelta

import pytest

from payments.failures import Retryable
from payments.provider import Window
from tests.support.providers import Desk


async def test_a_listing_goes_to_its_end(desk: Desk) -> None:
    desk.server.page_size = 2
    paid = [await desk.paid(1000 + 50 * number) for number in range(5)]
    await desk.open()
    for number, checkout in enumerate(paid):
        await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 500, number))
    await desk.server.webhooks.drain()
    listed = [payment async for payment in desk.provider.list_payments(desk.account, desk.today())]
    assert {p.ids.reference: p.captured for p in listed} == {
        checkout.ids.reference: desk.money(1000 + 50 * number) for number, checkout in enumerate(paid)
    }
    assert sorted(p.fee.minor for p in listed if p.fee) == [20, 21, 22, 23, 24]
    refunds = [refund async for refund in desk.provider.list_refunds(desk.account, desk.today())]
    assert sorted(refund.refund_key for refund in refunds) == [f"refund-of-the-tests-{n:04}" for n in range(5)]


async def test_a_listing_keeps_to_its_window(desk: Desk) -> None:
    await desk.paid()
    at = Window(desk.clock.now(), desk.clock.now() + timedelta(seconds=1))
    before = Window(desk.clock.now() - timedelta(hours=1), desk.clock.now())
    assert len([p async for p in desk.provider.list_payments(desk.account, at)]) == 1
    assert [p async for p in desk.provider.list_payments(desk.account, before)] == []


@pytest.mark.parametrize("fault", ["page_error", "short_list"])
async def test_a_listing_that_breaks_off_is_an_error_not_a_short_list(desk: Desk, fault: str) -> None:
    desk.server.page_size = 2
    for _ in range(3):
        await desk.paid()
    desk.server.faults.plan(fault)
    with pytest.raises(Retryable):
        [payment async for payment in desk.provider.list_payments(desk.account, desk.today())]
