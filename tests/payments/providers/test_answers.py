"""What single providers say in words of their own, in more shapes than their stand-ins speak."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from core.money import Money
from payments.failures import NotSupported, Rejected, Retryable, SignatureInvalid, UnknownOutcome
from payments.provider import Account, Window
from payments.provider_values import (
    CancelOutcome,
    CheckoutRequest,
    Payer,
    PaymentIds,
    PaymentState,
    RefundRequest,
    RefundState,
)
from payments.providers import paystack_answers
from payments.registry import PROVIDERS
from tests.conftest import NOW
from tests.payments.providers.said import SESSION, XAF, Answers

TODAY = Window(NOW - timedelta(days=1), NOW)


def request(**more: Any) -> CheckoutRequest:
    known: dict[str, Any] = {"reference": "pay-of-the-tests-0001", "amount": Money(4500, "XAF"), "payer": Payer("17")}
    return CheckoutRequest(**(known | {"description": "Tresses", "return_url": "https://booka.example/p/x"} | more))


@pytest.mark.parametrize(
    "answer",
    [
        {"transaction": {"reference": "trx.1", "trxref": "pay-of-the-tests-0001"}, "authorization_url": "https://n/1"},
        {"transaction": {"reference": "pay-of-the-tests-0001", "id": "trx.1"}, "authorization_url": "https://n/1"},
        {"transaction": "trx.1", "authorization_url": "https://n/1"},
        {"data": {"transaction": "trx.1", "authorization_url": "https://n/1"}},
        {"transaction": {"reference": "trx.1", "merchant_reference": "x", "authorization_url": "https://n/1"}},
        {"data": {"reference": "trx.1", "trxref": "pay-of-the-tests-0001", "authorization_url": "https://n/1"}},
    ],
)
async def test_notch_pay_is_understood_in_every_shape_it_is_seen_in(saying: Any, answer: Answers) -> None:
    account = saying("notchpay", {"POST /payments": (201, answer)})
    made = await PROVIDERS["notchpay"].create_checkout(account, request())
    assert (made.ids.reference, made.ids.provider_id, made.url) == ("pay-of-the-tests-0001", "trx.1", "https://n/1")


@pytest.mark.parametrize("amount", [4500, "4500", 4500.0, "4500.00"])
@pytest.mark.parametrize("place", ["transaction", "data", "payment", "root", "data.transaction"])
async def test_notch_pays_amounts_may_be_text_and_its_payments_anywhere(saying: Any, place: str, amount: Any) -> None:
    payment = {"reference": "trx.1", "trxref": "pay-1", "status": "complete", "amount": amount, "currency": "XAF"}
    shapes = {"root": payment, "data.transaction": {"data": {"transaction": payment}}}
    account = saying("notchpay", {"GET /payments/trx.1": shapes.get(place, {place: payment})})
    found = await PROVIDERS["notchpay"].fetch_payment(account, PaymentIds("pay-1", "trx.1"))
    assert found is not None
    assert (found.state, found.captured) == (PaymentState.PAID, Money(4500, "XAF"))
    assert found.ids == PaymentIds("pay-1", "trx.1")


async def test_notch_pay_is_asked_by_our_name_where_it_does_not_know_its_own(saying: Any) -> None:
    account = saying("notchpay", {"GET /payments/pay-1": {"transaction": {"status": "expired", **XAF}}})
    found = await PROVIDERS["notchpay"].fetch_payment(account, PaymentIds("pay-1", "trx.1"))
    assert found is not None
    assert (found.state, found.ids.reference) == (PaymentState.EXPIRED, "pay-1")


@pytest.mark.parametrize(
    ("named", "ids"),
    [
        ({"transaction": {"id": 7, "reference": "pay-1"}}, PaymentIds("pay-1", provider_ref="7")),
        ({"transaction": 7, "transaction_reference": "pay-1"}, PaymentIds("pay-1", provider_ref="7")),
        (
            {"transaction": 7, "transaction_reference": None, "merchant_transaction_reference": "pay-1"},
            PaymentIds("pay-1", provider_ref="7"),
        ),
        ({"transaction": None}, PaymentIds()),
    ],
)
def test_paystack_names_the_payment_of_a_refund_or_dispute_in_several_ways(named: Answers, ids: PaymentIds) -> None:
    assert paystack_answers.transaction_ids(named) == ids


@pytest.mark.parametrize(
    ("key", "path", "answer"),
    [
        ("stripe", "/v1/checkout/sessions/cs_1", {"status": "complete", "payment_status": "paid"}),
        ("stripe", "/v1/checkout/sessions/cs_1", SESSION | {"amount_total": "many"}),
        ("paystack", "/transaction/verify/pay-1", {"status": True, "data": {"status": "success"}}),
        ("paystack", "/transaction/verify/pay-1", {"status": True, "data": None}),
        ("paystack", "/transaction/verify/pay-1", {"status": True}),
        ("notchpay", "/payments/cs_1", {"transaction": {"status": "complete"}}),
        ("notchpay", "/payments/cs_1", {"transaction": {"status": "complete", "amount": 1.5, "currency": "XAF"}}),
    ],
)
async def test_an_answer_that_lacks_the_money_is_no_answer(saying: Any, key: str, path: str, answer: Answers) -> None:
    account = saying(key, {f"GET {path}": answer})
    with pytest.raises(Retryable):
        await PROVIDERS[key].fetch_payment(account, PaymentIds("pay-1", "cs_1"))


@pytest.mark.parametrize(
    ("key", "path", "answer"),
    [
        ("stripe", "/v1/checkout/sessions", {"id": "cs_1", "url": None}),
        ("paystack", "/transaction/initialize", {"status": True, "data": {"access_code": "x"}}),
        ("notchpay", "/payments", {"transaction": {"reference": "trx.1"}}),
    ],
)
async def test_a_checkout_without_its_page_has_an_unknown_outcome(
    saying: Any, key: str, path: str, answer: Answers
) -> None:
    account = saying(key, {f"POST {path}": answer})
    currency = "XOF" if key == "paystack" else "XAF"
    with pytest.raises(UnknownOutcome):
        await PROVIDERS[key].create_checkout(account, request(amount=Money(4500, currency)))


async def test_keys_do_not_follow_a_redirect(saying: Any) -> None:
    account = saying("stripe", {"GET /v1/checkout/sessions/cs_1": (302, {})})
    with pytest.raises(Retryable):
        await PROVIDERS["stripe"].fetch_payment(account, PaymentIds("pay-1", "cs_1"))


async def test_paystack_may_refuse_with_a_good_status_code(saying: Any) -> None:
    account = saying("paystack", {"POST /refund": {"status": False, "message": "Transaction has been fully reversed"}})
    asked = RefundRequest("refund-of-the-tests", "k", PaymentIds("pay-1"), Money(100, "XOF"))
    with pytest.raises(Rejected):
        await PROVIDERS["paystack"].create_refund(account, asked)


@pytest.mark.parametrize(
    "listing",
    [
        {"data": [], "has_more": True},
        {"data": [{"id": "re_1", "amount": 1, "currency": "xaf"}], "has_more": True},
        {"data": None},
        {"data": [3]},
        {"data": [{"id": "re_1"}], "has_more": False},
    ],
)
async def test_a_listing_of_stripe_that_goes_nowhere_is_an_error(saying: Any, listing: Answers) -> None:
    account = saying("stripe", {"GET /v1/refunds": listing})
    with pytest.raises(Retryable):
        [refund async for refund in PROVIDERS["stripe"].list_refunds(account, TODAY)]


async def test_a_session_of_stripe_needs_a_name_or_a_time(saying: Any) -> None:
    with pytest.raises(NotSupported):
        await PROVIDERS["stripe"].fetch_payment(saying("stripe", {}), PaymentIds("pay-1"))


@pytest.mark.parametrize(
    ("domain", "address"),
    [("shop.booka.example", "customer-17@shop.booka.example"), ("127.0.0.1", "customer-17@example.com")],
)
def test_a_customer_without_an_address_gets_one_of_ours(domain: str, address: str, http: aiohttp.ClientSession) -> None:
    account = Account("https://api.example", {}, http, email_domain=domain)
    assert account.address_of(Payer("17")) == address
    assert account.address_of(Payer("17", email="a@b.example")) == "a@b.example"


def test_the_secrets_of_an_account_are_not_shown(http: aiohttp.ClientSession) -> None:
    assert "sk-of" not in repr(Account("https://api.example", {"secret_key": "sk-of-the-tests"}, http))


async def test_cash_is_asked_of_nobody(http: aiohttp.ClientSession) -> None:
    cash, account = PROVIDERS["manual"], Account("", {}, http)
    made = await cash.create_checkout(account, request())
    assert (made.url, made.ids.reference) == ("", "pay-of-the-tests-0001")
    found = await cash.fetch_payment(account, made.ids)
    assert found is not None
    assert (found.state, found.captured) == (PaymentState.PENDING, None)
    assert await cash.cancel_checkout(account, made.ids) is CancelOutcome.CANCELLED
    asked = RefundRequest("refund-of-the-tests", "k", made.ids, Money(100, "XAF"))
    assert (await cash.create_refund(account, asked)).state is RefundState.PENDING
    assert await cash.find_refund(account, made.ids, asked.refund_key) is None
    assert cash.parse_webhook(b"{}") == []
    with pytest.raises(SignatureInvalid):
        cash.verify_webhook(b"{}", {}, NOW, {})
    for listing in (cash.list_payments, cash.list_refunds, cash.list_disputes, cash.list_payouts):
        with pytest.raises(NotSupported):
            listing(account, TODAY)
