"""From a checkout to its end with every payment provider: paid, left, cancelled, declined, run out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from payments.failures import DuplicateReference
from payments.provider import Expiry
from payments.provider_values import CancelOutcome, PaymentIds, PaymentState
from tests.conftest import NOW
from tests.support.providers import IN_UNITS, Desk


async def test_a_payment_is_made_paid_and_read(desk: Desk) -> None:
    checkout = await desk.open()
    before = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert before is not None
    assert (before.state, before.captured, before.asked) == (PaymentState.PENDING, None, desk.money())
    desk.server.pay(checkout.ids.reference)
    assert desk.server.find(checkout.ids.reference)[1].received == IN_UNITS[desk.provider.key]

    paid = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert paid is not None
    assert (paid.state, paid.captured, paid.captured_at) == (PaymentState.PAID, desk.money(), NOW)
    assert paid.fee == desk.money(90)
    assert paid.ids.reference == checkout.ids.reference
    assert paid.ids.provider_id or paid.ids.provider_ref


async def test_the_page_takes_the_money_and_leads_back(desk: Desk) -> None:
    checkout = await desk.open()
    async with desk.account.http.get(checkout.url, headers={"Accept-Language": "fr-CM,en;q=0.5"}) as page:
        shown = await page.text()
    assert page.status == 200
    assert "4\u202f500" in shown.replace(" ", "\u202f").replace("\xa0", "\u202f")
    assert "<script" not in shown
    assert 'lang="fr"' in shown
    async with desk.account.http.post(checkout.url, data={"do": "pay"}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"].startswith("https://booka.example/p/abc")) == (303, True)
    paid = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert paid is not None
    assert paid.state is PaymentState.PAID


async def test_leaving_the_page_pays_nothing(desk: Desk) -> None:
    checkout = await desk.open()
    async with desk.account.http.post(checkout.url, data={"do": "leave"}, allow_redirects=False) as answer:
        assert answer.status == 303
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    assert found.captured is None


async def test_the_same_reference_again_is_the_same_checkout_or_refused(desk: Desk) -> None:
    request = desk.request()
    first = await desk.provider.create_checkout(desk.account, request)
    if desk.provider.capabilities.repeats_create:
        assert (await desk.provider.create_checkout(desk.account, request)).ids == first.ids
        request = replace(request, amount=desk.money(4600))
    with pytest.raises(DuplicateReference):
        await desk.provider.create_checkout(desk.account, request)
    assert len(desk.books.books.payments) == 1


async def test_what_was_never_asked_for_is_not_there(desk: Desk) -> None:
    nobody = PaymentIds("pay-of-nobody-000000", created_at=NOW)
    assert await desk.provider.fetch_payment(desk.account, nobody) is None
    assert await desk.provider.fetch_payment(desk.account, replace(nobody, provider_id="cs_of/nobody?")) is None
    assert await desk.provider.fetch_refund(desk.account, "none") is None
    assert await desk.provider.fetch_payout(desk.account, reference="payout-of-nobody-0") is None
    assert await desk.provider.cancel_checkout(desk.account, nobody) is CancelOutcome.CANCELLED


async def test_cancelling_ends_it_or_says_that_it_may_still_be_paid(desk: Desk) -> None:
    checkout = await desk.open()
    outcome = await desk.provider.cancel_checkout(desk.account, checkout.ids)
    if not desk.provider.capabilities.can_cancel:
        assert outcome is CancelOutcome.NOT_CANCELLABLE
        return
    assert outcome is CancelOutcome.CANCELLED
    async with desk.account.http.post(checkout.url, data={"do": "pay"}) as answer:
        assert answer.status == 410
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    assert found.state in (PaymentState.CANCELLED, PaymentState.EXPIRED)
    assert await desk.provider.cancel_checkout(desk.account, checkout.ids) is CancelOutcome.CANCELLED


async def test_a_paid_one_is_not_cancelled(desk: Desk) -> None:
    checkout = await desk.paid()
    assert await desk.provider.cancel_checkout(desk.account, checkout.ids) is CancelOutcome.ALREADY_PAID


async def test_money_under_way_is_not_cancelled(desk: Desk) -> None:
    checkout = await desk.open()
    desk.server.start_paying(checkout.ids.reference)
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    assert found.state is PaymentState.PROCESSING
    assert await desk.provider.cancel_checkout(desk.account, checkout.ids) is CancelOutcome.NOT_CANCELLABLE
    desk.server.settle(checkout.ids.reference)
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    assert found.state is PaymentState.PAID


async def test_a_checkout_ends_by_itself_where_that_is_promised(desk: Desk) -> None:
    checkout = await desk.open()
    desk.clock.advance(timedelta(hours=4))
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    is_endless = desk.provider.capabilities.expiry is Expiry.GLOBAL
    assert found.state is (PaymentState.PENDING if is_endless else PaymentState.EXPIRED)


async def test_a_declined_payment_brings_nothing(desk: Desk) -> None:
    checkout = await desk.open()
    desk.server.decline(checkout.ids.reference)
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    assert (found.captured, found.state in (PaymentState.PENDING, PaymentState.FAILED)) == (None, True)


@pytest.mark.parametrize(("received", "state"), [(2000, PaymentState.PARTIAL), (5000, PaymentState.PAID)])
async def test_what_came_in_is_told_not_what_was_asked_for(desk: Desk, received: int, state: PaymentState) -> None:
    checkout = await desk.open()
    desk.server.pay(checkout.ids.reference, desk.provider.to_units(desk.money(received)))
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    assert (found.state, found.captured, found.asked) == (state, desk.money(received), desk.money())
