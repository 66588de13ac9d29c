"""What every payment provider has to keep, whichever file it comes from: each runs against its own stand-in."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from core.clock import FixedClock
from core.http import open_http
from core.money import Money
from core.settings import load_settings
from payments.failures import (
    AmountOutOfRange,
    AuthError,
    DuplicateReference,
    KeySpent,
    NotSupported,
    Rejected,
    Retryable,
    SignatureInvalid,
    UnknownOutcome,
    WebhookUnreadable,
)
from payments.provider import Expiry, Window
from payments.provider_values import (
    CancelOutcome,
    DisputeState,
    EventKind,
    PaymentIds,
    PaymentState,
    PayoutRequest,
    PayoutState,
    RefundState,
    Trust,
)
from payments.registry import PROVIDERS
from tests.conftest import NOW
from tests.support.providers import STAND_INS, Desk, open_desk

IN_UNITS = {"stripe": 4500, "paystack": 450_000, "notchpay": 4500}
Call = Callable[[Desk], Any]


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_http() as session:
        yield session


@pytest.fixture(params=sorted(STAND_INS))
async def desk(request: pytest.FixtureRequest, http: aiohttp.ClientSession) -> AsyncIterator[Desk]:
    async with open_desk(request.param, FixedClock(NOW), http) as desk:
        yield desk


def test_every_provider_has_a_stand_in_or_is_paid_by_hand() -> None:
    assert {key for key, provider in PROVIDERS.items() if not provider.capabilities.by_hand} == set(STAND_INS)
    assert {"stripe", "paystack", "notchpay", "manual"} <= set(PROVIDERS)


@pytest.mark.parametrize("key", sorted(PROVIDERS))
def test_units_and_back_are_exact_for_every_currency(key: str) -> None:
    provider = PROVIDERS[key]
    for currency, limits in provider.capabilities.limits.items():
        step = 10 if Money(1, currency).amount.as_tuple().exponent == -3 and key == "stripe" else 1
        largest = limits.largest_minor or 10**9
        for minor in (limits.smallest_minor, 50 * step, 4500 * step, 123_450 * step, largest):
            money = Money(minor, currency)
            units = provider.to_units(money)
            assert (provider.from_units(units, currency), units > 0) == (money, True), currency


@pytest.mark.parametrize(
    ("key", "minor", "currency", "units"),
    [
        ("stripe", 4500, "XAF", 4500),
        ("stripe", 4500, "XOF", 4500),
        ("stripe", 4500, "EUR", 4500),
        ("stripe", 4500, "JPY", 4500),
        ("stripe", 4500, "KWD", 4500),
        ("paystack", 4500, "XOF", 450_000),
        ("paystack", 4500, "NGN", 4500),
        ("notchpay", 4500, "XAF", 4500),
        ("notchpay", 4500, "XOF", 4500),
        ("manual", 4500, "XAF", 4500),
    ],
)
def test_the_units_are_those_of_the_provider(key: str, minor: int, currency: str, units: int) -> None:
    assert PROVIDERS[key].to_units(Money(minor, currency)) == units


@pytest.mark.parametrize(
    ("key", "money"),
    [
        ("stripe", Money(100, "UGX")),
        ("stripe", Money(4501, "KWD")),
        ("paystack", Money(100, "XAF")),
        ("notchpay", Money(100, "JPY")),
    ],
)
def test_what_cannot_be_said_exactly_is_refused(key: str, money: Money) -> None:
    with pytest.raises(AmountOutOfRange):
        PROVIDERS[key].to_units(money)


@pytest.mark.parametrize("key", sorted(PROVIDERS))
def test_capabilities_agree_with_themselves(key: str) -> None:
    can = PROVIDERS[key].capabilities
    assert PROVIDERS[key].key == key
    assert can.currencies
    assert all(can.takes(Money(limits.smallest_minor, currency)) for currency, limits in can.limits.items())
    assert not can.takes(Money(0, next(iter(can.currencies))))
    assert not can.takes(Money(100, "XXX")) or can.by_hand
    assert (can.shortest is None) == (can.expiry in (Expiry.GLOBAL, Expiry.NONE))
    ends = can.expires_at(NOW + timedelta(minutes=10), NOW)
    assert ends is None or ends >= NOW + timedelta(minutes=30)
    url = PROVIDERS[key].api_url(load_settings())
    assert url.startswith("https://") or can.by_hand


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


async def test_our_reference_is_enough_to_find_a_payment_whose_answer_was_lost(desk: Desk) -> None:
    request = desk.request()
    desk.server.faults.plan("lost_answer")
    with pytest.raises(UnknownOutcome):
        await desk.provider.create_checkout(desk.account, request)
    found = await desk.provider.fetch_payment(desk.account, PaymentIds(request.reference, created_at=NOW))
    assert found is not None
    assert (found.ids.reference, found.state) == (request.reference, PaymentState.PENDING)


async def test_the_same_reference_again_is_the_same_checkout_or_refused(desk: Desk) -> None:
    request = desk.request()
    first = await desk.provider.create_checkout(desk.account, request)
    if desk.provider.capabilities.repeats_create:
        assert (await desk.provider.create_checkout(desk.account, request)).ids == first.ids
        request = replace(request, amount=desk.money(4600))
    with pytest.raises(DuplicateReference):
        await desk.provider.create_checkout(desk.account, request)
    assert len(desk.books.books.payments) == 1


@pytest.mark.parametrize("fault", ["500", "500_after"])
async def test_after_a_failure_another_reference_works_at_once(desk: Desk, fault: str) -> None:
    request = desk.request()
    desk.server.faults.plan(fault)
    with pytest.raises(UnknownOutcome):
        await desk.provider.create_checkout(desk.account, request)
    found = await desk.provider.fetch_payment(desk.account, PaymentIds(request.reference, created_at=NOW))
    assert (found is not None) == (fault == "500_after")
    if desk.provider.capabilities.repeats_create:
        with pytest.raises(KeySpent):
            await desk.provider.create_checkout(desk.account, request)
    assert (await desk.provider.create_checkout(desk.account, desk.request())).url


@pytest.mark.parametrize("fault", ["500", "500_after"])
async def test_after_a_failure_a_refund_is_looked_for_and_asked_for_under_another_key(desk: Desk, fault: str) -> None:
    checkout = await desk.paid()
    request = desk.refund_request(checkout, 4500)
    desk.server.faults.plan(fault, on="POST /")
    with pytest.raises(UnknownOutcome):
        await desk.provider.create_refund(desk.account, request)
    found = await desk.provider.find_refund(desk.account, checkout.ids, request.refund_key)
    assert (found is not None) == (fault == "500_after")
    if found is None:
        again = replace(request, idempotency_key=f"{request.idempotency_key}-2")
        assert (await desk.provider.create_refund(desk.account, again)).amount == desk.money()


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


@pytest.mark.parametrize("fault", ["500", "lost_answer"])
async def test_a_cancellation_without_an_answer_is_unknown(desk: Desk, fault: str) -> None:
    checkout = await desk.open()
    desk.server.faults.plan(fault, times=2)  # the client repeats a DELETE once whose connection broke
    assert await desk.provider.cancel_checkout(desk.account, checkout.ids) is CancelOutcome.UNKNOWN


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


@pytest.mark.parametrize("fault", ["500_after", "lost_answer"])
async def test_a_refund_whose_answer_was_lost_is_found_again_by_our_key(desk: Desk, fault: str) -> None:
    checkout = await desk.paid()
    request = desk.refund_request(checkout, 4500)
    assert await desk.provider.find_refund(desk.account, checkout.ids, request.refund_key) is None
    desk.server.faults.plan(fault, on="POST /")
    with pytest.raises(UnknownOutcome):
        await desk.provider.create_refund(desk.account, request)
    found = await desk.provider.find_refund(desk.account, checkout.ids, request.refund_key)
    assert found is not None
    assert (found.amount, found.refund_key) == (desk.money(), request.refund_key)
    assert await desk.provider.find_refund(desk.account, checkout.ids, "refund-of-somebody-else") is None


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


async def test_a_payment_is_reported_and_the_report_is_genuine(desk: Desk) -> None:
    checkout = await desk.paid()
    events = desk.events()
    assert EventKind.PAYMENT_SUCCEEDED in {event.kind for event in events}
    for event in events:
        named = (event.payment.reference, event.payment.provider_id, event.payment.provider_ref)
        assert any(named) or event.kind is EventKind.UNKNOWN
    assert checkout.ids.reference in {event.payment.reference for event in events}
    trusted = {event.trust for event in events}
    assert trusted == ({Trust.TRIGGER} if desk.provider.key == "notchpay" else {Trust.FULL})


async def test_refunds_and_disputes_are_reported(desk: Desk) -> None:
    checkout = await desk.paid()
    other = await desk.paid()
    await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 4500))
    await desk.server.webhooks.drain()
    if desk.provider.capabilities.disputes:
        desk.server.resolve(desk.server.dispute(other.ids.reference).id, won=True)
        await desk.server.webhooks.drain()
        kinds = {event.kind: event for event in desk.events()}
        assert kinds[EventKind.DISPUTE_OPENED].dispute_id == kinds[EventKind.DISPUTE_WON].dispute_id != ""
    done = [event for event in desk.events() if event.kind is EventKind.REFUND_SUCCEEDED and event.refund_id]
    assert done[0].refund_key == "refund-of-the-tests-0001"


async def test_the_same_fact_again_has_the_same_key(desk: Desk) -> None:
    desk.server.faults.plan("duplicate")
    await desk.paid()
    keys = [event.dedupe_key for event in desk.events()]
    assert len(keys) > len(set(keys))
    assert all(keys)


async def test_no_other_account_and_no_other_bytes_get_in(desk: Desk) -> None:
    await desk.paid()
    raw, headers = desk.taken[0]
    verify, now = desk.provider.verify_webhook, desk.clock.now()
    others = {name: f"{value}-of-another" for name, value in desk.account.secrets.items()}
    verify(raw, headers, now, desk.account.secrets)
    verify(raw, {name.upper(): value for name, value in headers.items()}, now, desk.account.secrets)
    both = {name: f"{others[name]} {value}" for name, value in desk.account.secrets.items()}
    verify(raw, headers, now, both)
    for wrong in (
        (raw + b" ", headers, now, desk.account.secrets),
        (raw.replace(b":", b": ", 1), headers, now, desk.account.secrets),
        (raw, headers, now, others),
        (raw, headers, now, {}),
        (raw, headers, now, dict.fromkeys(desk.account.secrets, "")),
        (raw, {}, now, desk.account.secrets),
        (raw, dict.fromkeys(headers, "é"), now, desk.account.secrets),
    ):
        with pytest.raises(SignatureInvalid):
            verify(*wrong)


@pytest.mark.parametrize("key", sorted(STAND_INS))
@pytest.mark.parametrize("raw", [b"", b"no json", b"[]", b"{}", b'"x"', b'{"id": 3}', b"\xff\xfe"])
def test_a_body_that_is_no_event_is_unreadable(key: str, raw: bytes) -> None:
    with pytest.raises(WebhookUnreadable):
        PROVIDERS[key].parse_webhook(raw)


@pytest.mark.parametrize("key", sorted(STAND_INS))
@pytest.mark.parametrize(
    "raw",
    [
        b'{"id":"e1","type":"checkout.session.completed","event":"charge.success","data":{}}',
        b'{"id":"e1","type":"payment.complete","event":"payment.complete","data":{}}',
        b'{"id":"e1","type":"charge.dispute.created","event":"refund.processed","data":{"object":{}}}',
        b'{"id":"e1","type":"something.new","event":"something.new","data":{"object":{"id":"x"}, "id": "x"}}',
    ],
)
def test_an_event_that_names_nothing_is_of_no_known_kind(key: str, raw: bytes) -> None:
    (event,) = PROVIDERS[key].parse_webhook(raw)
    assert event.kind is EventKind.UNKNOWN
    assert event.dedupe_key


CALLS: dict[str, Call] = {
    "create": lambda desk: desk.provider.create_checkout(desk.account, desk.request()),
    "read": lambda desk: desk.provider.fetch_payment(desk.account, PaymentIds("pay-of-the-tests-0001", _first(desk))),
}


@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize(
    ("fault", "when_it_moves", "when_it_reads"),
    [
        ("401", AuthError, AuthError),
        ("429", Retryable, Retryable),
        ("500", UnknownOutcome, Retryable),
        ("503", UnknownOutcome, Retryable),
        ("500_after", UnknownOutcome, Retryable),
        ("lost_answer", UnknownOutcome, Retryable),
        ("timeout", UnknownOutcome, Retryable),
        ("garbage", UnknownOutcome, Retryable),
    ],
)
async def test_each_failure_says_what_is_to_be_done(
    desk: Desk, call: str, fault: str, when_it_moves: type[Exception], when_it_reads: type[Exception]
) -> None:
    await desk.open()
    desk.server.calls.clear()
    repeats = 2 if (call, fault) == ("read", "lost_answer") else 1  # by the HTTP client, and only what reads
    desk.server.faults.plan(fault, times=repeats)
    desk.account = replace(desk.account, timeout_s=0.2 if fault == "timeout" else 5)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        await CALLS[call](desk)
    expected = when_it_moves if call == "create" else when_it_reads
    if desk.provider.capabilities.repeats_create and call == "create" and fault.startswith("5"):
        expected = KeySpent
    assert type(caught.value) is expected
    assert len(desk.server.calls) == repeats
    if fault == "429":
        assert isinstance(caught.value, Retryable)
        assert caught.value.retry_after_s == 2
    assert "of-the-tests" not in str(caught.value)


async def test_nobody_at_home_can_be_asked_again(desk: Desk) -> None:
    desk.account = replace(desk.account, base_url="http://127.0.0.1:9")
    with pytest.raises(Retryable):
        await desk.provider.create_checkout(desk.account, desk.request())


async def test_a_wrong_or_missing_key_is_the_owners_to_mend(desk: Desk) -> None:
    for secrets in ({}, {name: f"{value}-not" for name, value in desk.account.secrets.items()}):
        with pytest.raises(AuthError):
            await desk.provider.create_checkout(replace(desk.account, secrets=secrets), desk.request())


def _first(desk: Desk) -> str:
    return next(iter(desk.books.books.payments))
