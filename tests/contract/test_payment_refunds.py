"""Money that leaves a payment provider again, with every one of them: refunds, disputes, payouts."""

from dataclasses import replace

import pytest

from payments.failures import NotSupported, Rejected
from payments.provider_values import DisputeState, PayoutRequest, PayoutState, RefundState
from tests.support.providers import IN_UNITS, Desk


async def test_refunds_in_parts_until_nothing_is_left(desk: Desk) -> None:
    checkout = await desk.paid()
    first = await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 1500))
    await desk.server.webhooks.drain()
    second = await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 3000, 2))
    await desk.server.webhooks.drain()
    assert (first.amount, second.amount) == (desk.money(1500), desk.money(3000))
    for made in (first, second):
        done = await desk.provider.fetch_refund(desk.account, made.provider_id)
        assert done is not None
        assert (done.state, done.refund_key) == (RefundState.SUCCEEDED, made.refund_key)
    with pytest.raises(Rejected):
        await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 1, 3))
    books = desk.books.books
    assert books.returned(next(iter(books.payments.values()))) == IN_UNITS[desk.provider.key]
    paid = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert paid is not None
    assert paid.captured == desk.money()


async def test_more_than_was_paid_is_never_refunded(desk: Desk) -> None:
    checkout = await desk.paid()
    with pytest.raises(Rejected):
        await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 4501))


async def test_what_was_not_paid_is_not_refunded(desk: Desk) -> None:
    checkout = await desk.open()
    with pytest.raises(Rejected):
        await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 100))


@pytest.mark.parametrize(
    ("fault", "during", "after"),
    [
        ("refund_fails", RefundState.PENDING, RefundState.FAILED),
        ("refund_stuck", RefundState.PENDING, RefundState.PENDING),
    ],
)
async def test_a_refund_may_fail_or_hang(desk: Desk, fault: str, during: RefundState, after: RefundState) -> None:
    checkout = await desk.paid()
    desk.server.faults.plan(fault)
    made = await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 4500))
    assert made.state is during
    await desk.server.webhooks.drain()
    found = await desk.provider.fetch_refund(desk.account, made.provider_id)
    assert found is not None
    assert found.state is after
    if fault == "refund_stuck":
        desk.server.set_refund(next(iter(desk.books.books.refunds)), "needs_attention")
        found = await desk.provider.fetch_refund(desk.account, made.provider_id)
        assert found is not None
        assert found.state in (RefundState.NEEDS_ATTENTION, RefundState.UNKNOWN)


async def test_payouts_leave_the_balance_once(desk: Desk) -> None:
    await desk.paid()
    request = PayoutRequest("payout-of-the-tests-01", "cm.mtn/recipient", desk.money(4000), "week 9")
    made = await desk.provider.create_payout(desk.account, request)
    assert (made.state, made.amount, made.reference) == (PayoutState.PENDING, desk.money(4000), request.reference)
    await desk.server.webhooks.drain()
    found = await desk.provider.fetch_payout(desk.account, reference=request.reference)
    assert found is not None
    assert (found.state, found.provider_id) == (PayoutState.PAID, made.provider_id)
    again = replace(request, reference="payout-of-the-tests-02")
    with pytest.raises(Rejected):
        await desk.provider.create_payout(desk.account, again)
    assert [p.amount async for p in desk.provider.list_payouts(desk.account, desk.today())] == [desk.money(4000)]


async def test_a_dispute_is_read_listed_and_ends(desk: Desk) -> None:
    checkout = await desk.paid()
    if not desk.provider.capabilities.disputes:
        with pytest.raises(NotSupported):
            await desk.provider.fetch_dispute(desk.account, "any")
        with pytest.raises(NotSupported):
            desk.provider.list_disputes(desk.account, desk.today())
        return
    opened = desk.server.dispute(checkout.ids.reference)
    (found,) = [dispute async for dispute in desk.provider.list_disputes(desk.account, desk.today())]
    assert (found.state, found.amount) == (DisputeState.OPEN, desk.money())
    assert found.payment.reference == checkout.ids.reference or found.payment.provider_ref
    assert found.due_by is not None
    with pytest.raises(Rejected):
        await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 100))
    desk.server.resolve(opened.id, won=False)
    lost = await desk.provider.fetch_dispute(desk.account, found.provider_id)
    assert lost is not None
    assert lost.state is DisputeState.LOST
