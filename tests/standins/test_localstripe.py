"""Our Stripe adapter against localstripe, a server of other people's making. It is not installed here: start one with
`localstripe --from-scratch` in an environment of its own and set LOCALSTRIPE_URL.

It knows no Checkout, no idempotency keys and no limit to a refund: what it knows is asked.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.http import open_http
from core.money import Money
from payments.failures import AuthError
from payments.provider import Account
from payments.provider_values import EventKind, PaymentIds, RefundRequest, RefundState
from payments.registry import PROVIDERS

URL = os.environ.get("LOCALSTRIPE_URL", "").rstrip("/")
pytestmark = pytest.mark.skipif(not URL, reason="LOCALSTRIPE_URL is not set")

STRIPE = PROVIDERS["stripe"]
SECRETS = {"secret_key": "sk_test_of_the_tests", "webhook_secret": "whsec_of_the_tests"}
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2035", "cvc": "123"}
REFERENCE = "pay-of-the-tests-0001"


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    async with open_http() as http:
        yield Account(URL, SECRETS, http)


async def post(account: Account, path: str, **fields: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {SECRETS['secret_key']}"}
    async with account.http.post(f"{URL}{path}", data=fields, headers=headers) as answer:
        body: dict[str, str] = await answer.json()
        assert answer.status == 200, body
        return body


async def paid(account: Account) -> PaymentIds:
    method = await post(
        account, "/v1/payment_methods", type="card", **{f"card[{name}]": value for name, value in CARD.items()}
    )
    asked = {"amount": "4500", "currency": "xaf", "confirm": "true", "metadata[reference]": REFERENCE}
    intent = await post(account, "/v1/payment_intents", payment_method=method["id"], **asked)
    return PaymentIds(REFERENCE, provider_ref=intent["id"])


async def test_a_refund_is_made_read_and_found_by_our_key(account: Account) -> None:
    payment = await paid(account)
    asked = RefundRequest("refund-of-the-tests-01", "refund-of-the-tests-01-1", payment, Money(1000, "XAF"))
    made = await STRIPE.create_refund(account, asked)
    assert (made.state, made.amount, made.refund_key) == (RefundState.SUCCEEDED, asked.amount, asked.refund_key)
    assert await STRIPE.fetch_refund(account, made.provider_id) == made
    assert await STRIPE.find_refund(account, payment, asked.refund_key) == made
    assert await STRIPE.find_refund(account, payment, "refund-of-the-tests-99") is None
    assert await STRIPE.fetch_refund(account, "re_of_nobody") is None


async def test_a_wrong_key_is_the_accounts_fault(account: Account) -> None:
    with pytest.raises(AuthError):
        await STRIPE.fetch_refund(Account(URL, {"secret_key": "nonsense"}, account.http), "re_1")


async def test_what_it_signs_is_believed_and_names_our_payment(account: Account) -> None:
    taken: asyncio.Queue[tuple[bytes, Mapping[str, str]]] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        taken.put_nowait((await request.read(), request.headers))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    async with TestServer(app) as shop:
        hook = {"url": str(shop.make_url("/hook")), "secret": SECRETS["webhook_secret"]}
        async with account.http.post(f"{URL}/_config/webhooks/booka", json=hook) as answer:
            assert answer.status == 200
        payment = await paid(account)
        kinds = {}
        async with asyncio.timeout(10):
            while payment.provider_ref not in kinds:  # a webhook of an earlier test may come first
                raw, headers = await taken.get()
                STRIPE.verify_webhook(raw, headers, datetime.now(UTC), SECRETS)
                (told,) = STRIPE.parse_webhook(raw)
                kinds[told.payment.provider_ref] = (told.kind, told.payment.reference)
        assert kinds[payment.provider_ref] == (EventKind.PAYMENT_SUCCEEDED, REFERENCE)
