"""Stripe's own library, which knows nothing of us: a client of the stand-in and a judge of signatures."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import stripe

from core.clock import FixedClock
from payments.provider_values import PayoutRequest
from tests.conftest import NOW
from tests.support.providers import Desk, open_desk

# The library's, about how it calls its HTTP client.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

SECRET = "whsec-of-the-tests"


@pytest.fixture
async def desk(http: aiohttp.ClientSession) -> AsyncIterator[Desk]:
    async with open_desk("stripe", FixedClock(NOW), http) as desk:
        yield desk


@pytest.fixture
async def sdk(desk: Desk) -> AsyncIterator[stripe.StripeClient]:
    transport = stripe.HTTPXClient()
    yield stripe.StripeClient(
        "sk-of-the-tests", base_addresses={"api": desk.account.base_url}, http_client=transport, max_network_retries=0
    )
    await transport.close_async()  # type: ignore[no-untyped-call]


def session(**more: Any) -> Any:
    price = {"currency": "xaf", "unit_amount": 4500, "product_data": {"name": "Tresses"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": "https://booka.example/p/abc",
        "client_reference_id": "pay-of-the-library-1",
        "metadata": {"reference": "pay-of-the-library-1"},
        "payment_intent_data": {"metadata": {"reference": "pay-of-the-library-1"}},
        **more,
    }


async def test_a_session_is_made_paid_expanded_and_refunded(desk: Desk, sdk: stripe.StripeClient) -> None:
    made = await sdk.v1.checkout.sessions.create_async(session())
    assert (made.status, made.payment_status, made.amount_total, made.currency) == ("open", "unpaid", 4500, "xaf")
    desk.server.pay(made.id)
    paid = await sdk.v1.checkout.sessions.retrieve_async(
        made.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    intent: Any = paid.payment_intent
    assert (paid.payment_status, intent.status, intent.latest_charge.balance_transaction.fee) == (
        "paid",
        "succeeded",
        90,
    )
    assert intent.metadata["reference"] == "pay-of-the-library-1"

    refund = await sdk.v1.refunds.create_async({"payment_intent": intent.id, "amount": 1000})
    assert (refund.status, refund.amount) == ("succeeded", 1000)
    with pytest.raises(stripe.InvalidRequestError):
        await sdk.v1.refunds.create_async({"payment_intent": intent.id, "amount": 3501})
    assert [found.id async for found in (await sdk.v1.refunds.list_async()).auto_paging_iter()] == [refund.id]
    assert desk.books.books.balance("XAF") == 4500 - 90 - 1000


async def test_what_the_library_made_our_adapter_reads(desk: Desk, sdk: stripe.StripeClient) -> None:
    made = await sdk.v1.checkout.sessions.create_async(session())
    desk.server.pay(made.id)
    (listed,) = [payment async for payment in desk.provider.list_payments(desk.account, desk.today())]
    assert (listed.ids.reference, listed.captured) == ("pay-of-the-library-1", desk.money())


async def test_what_our_adapter_made_the_library_reads(desk: Desk, sdk: stripe.StripeClient) -> None:
    checkout = await desk.open()
    found = await sdk.v1.checkout.sessions.retrieve_async(checkout.ids.provider_id)
    assert (found.client_reference_id, found.amount_total, found.locale) == (checkout.ids.reference, 4500, "fr")
    assert (found.url, found.expires_at) == (checkout.url, int((NOW + timedelta(hours=1)).timestamp()))
    await desk.provider.cancel_checkout(desk.account, checkout.ids)
    found = await sdk.v1.checkout.sessions.retrieve_async(checkout.ids.provider_id)
    assert (found.status, found.url) == ("expired", None)


async def test_a_key_replays_what_it_was_first_answered_with(desk: Desk, sdk: stripe.StripeClient) -> None:
    first = await sdk.v1.checkout.sessions.create_async(session(), {"idempotency_key": "key-1"})
    again = await sdk.v1.checkout.sessions.create_async(session(), {"idempotency_key": "key-1"})
    other = await sdk.v1.checkout.sessions.create_async(session(), {"idempotency_key": "key-2"})
    assert first.id == again.id != other.id
    with pytest.raises(stripe.IdempotencyError):
        await sdk.v1.checkout.sessions.create_async(session(locale="fr"), {"idempotency_key": "key-1"})


async def test_a_key_replays_a_500_too_and_the_session_is_there(desk: Desk, sdk: stripe.StripeClient) -> None:
    desk.server.faults.plan("500_after")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            await sdk.v1.checkout.sessions.create_async(session(), {"idempotency_key": "key-1"})
    found = [made async for made in (await sdk.v1.checkout.sessions.list_async()).auto_paging_iter()]
    assert len(found) == 1


async def test_nothing_is_kept_of_a_call_that_was_refused(desk: Desk, sdk: stripe.StripeClient) -> None:
    too_soon = int((NOW + timedelta(minutes=5)).timestamp())
    with pytest.raises(stripe.InvalidRequestError, match="30 minutes"):
        await sdk.v1.checkout.sessions.create_async(session(expires_at=too_soon), {"idempotency_key": "key-1"})
    assert await sdk.v1.checkout.sessions.create_async(session(), {"idempotency_key": "key-1"})


async def test_an_ended_session_ends_once_and_cannot_be_paid(desk: Desk, sdk: stripe.StripeClient) -> None:
    made = await sdk.v1.checkout.sessions.create_async(session())
    assert (await sdk.v1.checkout.sessions.expire_async(made.id)).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        await sdk.v1.checkout.sessions.expire_async(made.id)
    async with desk.account.http.post(str(made.url), data={"do": "pay"}) as page:
        assert page.status == 410


async def test_pages_disputes_and_payouts_are_the_librarys(desk: Desk, sdk: stripe.StripeClient) -> None:
    desk.server.page_size = 2
    paid = [await desk.paid(1000) for _ in range(5)]
    desk.server.dispute(paid[0].ids.reference)
    lines = [line async for line in (await sdk.v1.balance_transactions.list_async()).auto_paging_iter()]
    assert [line.net for line in lines] == [980] * 5
    (dispute,) = (await sdk.v1.disputes.list_async()).data
    assert (dispute.status, dispute.amount) == ("needs_response", 1000)
    assert desk.books.books.balance("XAF") == 5 * 980 - 1000
    payout = await sdk.v1.payouts.create_async({"amount": 3000, "currency": "xaf"})
    await desk.server.webhooks.drain()
    assert (await sdk.v1.payouts.retrieve_async(payout.id)).status == "paid"


async def test_wrong_keys_and_faults_are_what_the_library_knows(desk: Desk, sdk: stripe.StripeClient) -> None:
    desk.server.faults.plan("401")
    with pytest.raises(stripe.AuthenticationError):
        await sdk.v1.refunds.list_async()
    desk.server.faults.plan("429")
    with pytest.raises(stripe.RateLimitError):
        await sdk.v1.refunds.list_async()


async def test_the_library_believes_the_stand_ins_signatures(desk: Desk) -> None:
    checkout = await desk.paid()
    await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 4500))
    await desk.server.webhooks.drain()
    kinds = set()
    for raw, headers in desk.taken:
        stripe.WebhookSignature.verify_header(raw.decode(), headers["Stripe-Signature"], SECRET)
        event = stripe.Event.construct_from(json.loads(raw), None)
        kinds.add(event.type)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(raw.decode(), headers["Stripe-Signature"], f"{SECRET}2")
    assert {"checkout.session.completed", "charge.refunded", "refund.created"} <= kinds


async def test_a_refund_is_made_once_by_its_key_and_never_of_more_than_came_in(
    desk: Desk, sdk: stripe.StripeClient
) -> None:
    checkout = await desk.paid()
    found = await sdk.v1.checkout.sessions.retrieve_async(checkout.ids.provider_id)
    asked: Any = {"payment_intent": found.payment_intent, "amount": 3000, "metadata": {"refund_key": "refund-1"}}
    first = await sdk.v1.refunds.create_async(asked, {"idempotency_key": "refund-1"})
    again = await sdk.v1.refunds.create_async(asked, {"idempotency_key": "refund-1"})
    assert first.id == again.id
    with pytest.raises(stripe.IdempotencyError):
        await sdk.v1.refunds.create_async(asked | {"amount": 10}, {"idempotency_key": "refund-1"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sdk.v1.refunds.create_async(asked | {"amount": 1501}, {"idempotency_key": "refund-2"})
    assert (refused.value.http_status, refused.value.param) == (400, "amount")
    shown = await sdk.v1.refunds.retrieve_async(first.id)
    assert (shown.amount, shown.currency, shown.payment_intent) == (3000, "xaf", found.payment_intent)
    assert shown.metadata is not None
    assert shown.metadata["refund_key"] == "refund-1"
    assert desk.books.books.returned(next(iter(desk.books.books.payments.values()))) == 3000


async def test_what_was_not_paid_or_is_disputed_is_not_refunded(desk: Desk, sdk: stripe.StripeClient) -> None:
    checkout = await desk.paid()
    desk.server.dispute(checkout.ids.reference)
    disputed = await sdk.v1.checkout.sessions.retrieve_async(checkout.ids.provider_id)
    with pytest.raises(stripe.InvalidRequestError, match="disputed"):
        await sdk.v1.refunds.create_async({"payment_intent": str(disputed.payment_intent)})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sdk.v1.refunds.create_async({"payment_intent": "pi_of_nobody"})
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


async def test_listings_are_read_to_their_last_page_and_by_time(desk: Desk, sdk: stripe.StripeClient) -> None:
    desk.server.page_size = 2
    made, refunds = [], []
    for number in range(5):
        made.append(await desk.paid(1000))
        refund = await desk.provider.create_refund(desk.account, desk.refund_request(made[-1], 100, number + 1))
        refunds.append(refund.provider_id)
        desk.clock.advance(timedelta(minutes=1))
    at = int(NOW.timestamp())
    found = [one.id async for one in (await sdk.v1.refunds.list_async({"limit": 2})).auto_paging_iter()]
    assert found == refunds[::-1]
    window: Any = {"created": {"gte": at + 60, "lt": at + 180}}
    listed = await sdk.v1.balance_transactions.list_async(window)
    lines = [(line.type, line.amount) async for line in listed.auto_paging_iter()]
    assert sorted(lines) == [("charge", 1000)] * 2 + [("refund", -100)] * 2
    first = await sdk.v1.checkout.sessions.list_async({"limit": 1})
    assert (first.has_more, [one.id for one in first.data]) == (True, [made[-1].ids.provider_id])
    second = await sdk.v1.checkout.sessions.list_async({"limit": 1, "starting_after": first.data[0].id})
    assert [one.id for one in second.data] == [made[-2].ids.provider_id]


async def test_payouts_end_well_or_badly_and_are_of_what_is_there(desk: Desk, sdk: stripe.StripeClient) -> None:
    await desk.paid(5000)
    desk.server.faults.plan("payout_fails")
    asked: Any = {"amount": 3000, "currency": "xaf", "metadata": {"reference": "payout-of-the-library"}}
    failed = await sdk.v1.payouts.create_async(asked, {"idempotency_key": "payout-1"})
    await desk.server.webhooks.drain()
    assert (await sdk.v1.payouts.create_async(asked, {"idempotency_key": "payout-1"})).id == failed.id
    assert (await sdk.v1.payouts.retrieve_async(failed.id)).status == "failed"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sdk.v1.payouts.create_async({"amount": 5001, "currency": "xaf"})
    assert refused.value.code == "balance_insufficient"
    sent = await sdk.v1.payouts.create_async({"amount": 3000, "currency": "xaf"})
    assert [one.id for one in (await sdk.v1.payouts.list_async()).data] == [sent.id, failed.id]


# What the library makes of the object inside: a name of ours that it does not know would stay a bare StripeObject.
OBJECTS: dict[str, type[stripe.StripeObject]] = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge.dispute": stripe.Dispute,
    "charge.refund.": stripe.Refund,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "payout": stripe.Payout,
}


async def test_the_library_takes_every_webhook_that_the_stand_in_sends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", NOW.timestamp)
    checkout, disputed, slow, left = await desk.paid(), await desk.paid(), await desk.open(), await desk.open()
    await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 4000))
    desk.server.resolve(desk.server.dispute(disputed.ids.reference).id, won=True)
    desk.server.start_paying(slow.ids.reference)
    desk.server.settle(slow.ids.reference)
    desk.server.expire(left.ids.reference)
    await desk.provider.create_payout(desk.account, PayoutRequest("payout-of-the-tests-01", "", desk.money(1000)))
    await desk.server.webhooks.drain()
    kinds = set()
    for raw, headers in desk.taken:
        event = stripe.Webhook.construct_event(raw, headers["Stripe-Signature"], SECRET)
        kinds.add(event.type)
        expected = next(kind for prefix, kind in OBJECTS.items() if event.type.startswith(prefix))
        assert type(event.data.object) is expected, event.type
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(raw + b" ", headers["Stripe-Signature"], SECRET)
    assert kinds == {
        *("payment_intent.succeeded", "charge.succeeded", "checkout.session.completed", "payment_intent.processing"),
        *("checkout.session.async_payment_succeeded", "checkout.session.expired", "charge.refunded", "refund.created"),
        *("charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"),
        *("charge.dispute.funds_reinstated", "payout.paid"),
    }
