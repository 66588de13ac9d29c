"""Who may tell of money, by the front door: what is not the provider's own is refused and leaves no row."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta

import pytest
from multidict import CIMultiDict

from core.clock import FixedClock
from core.ids import new_token
from core.runtime import Runtime
from core.signing import hmac_sha256_hex
from standins.psp.webhooks import Webhook
from tests.support.phone import query
from tests.support.psp import SERVERS, Shop, open_shop

Headers = Mapping[str, str]


@pytest.fixture(params=sorted(SERVERS))
async def shop(runtime: Runtime, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(runtime, request.param) as shop:
        yield shop


@pytest.fixture
async def other(shop: Shop, runtime: Runtime) -> AsyncIterator[Shop]:
    """Another tenant with an account of its own at the same provider."""
    async with open_shop(runtime, shop.provider) as other:
        yield other


async def paid_in_silence(shop: Shop) -> Webhook:
    """What the provider would have sent."""
    await shop.press(await shop.book(shop.phone()))
    shop.psp.faults.plan("drop", times=9)
    shop.psp.pay(shop.newest)
    await shop.psp.webhooks.drain()
    shop.psp.faults.clear()
    return shop.psp.webhooks.dropped[-1]


def signed(shop: Shop, body: bytes) -> Headers:
    (account,) = shop.psp.accounts.values()
    return shop.psp.sign(account)(body)


async def post(shop: Shop, body: bytes, headers: Headers, *, to: Shop | None = None) -> int:
    path = f"/webhooks/{shop.provider}/{(to or shop).account}"
    async with shop.client.post(path, data=body, headers=headers) as answer:
        return answer.status


async def stored(shop: Shop) -> int:
    rows = await query(shop.runtime, "SELECT count(*) FROM payment_events WHERE tenant_id = $1", shop.tenant.tenant_id)
    return int(rows[0][0])


def _twice(headers: Headers, body: bytes) -> Headers:
    ((name, value),) = headers.items()
    return CIMultiDict([(name, value), (name, value[:-1] + "x")])


FORGERIES: dict[str, Callable[[Headers, bytes], tuple[Headers, bytes]]] = {
    "unsigned": lambda headers, body: ({}, body),
    "garbage": lambda headers, body: (dict.fromkeys(headers, "t=1,v1=é,;="), body),
    "an empty header": lambda headers, body: (dict.fromkeys(headers, ""), body),
    "two signatures in two headers": lambda headers, body: (_twice(headers, body), body),
    "of another body": lambda headers, body: (headers, body.replace(b"1500", b"9500")),
    "with a line break more": lambda headers, body: (headers, body + b"\n"),
    "written again": lambda headers, body: (headers, json.dumps(json.loads(body)).encode()),
    "escaped": lambda headers, body: (headers, body.replace(b"a", rb"\u0061", 1)),
    "no body": lambda headers, body: (headers, b""),
}


async def test_what_the_provider_did_not_sign_is_refused_and_leaves_no_row(shop: Shop) -> None:
    webhook = await paid_in_silence(shop)
    before = await stored(shop)
    for name, forge in FORGERIES.items():
        headers, body = forge(signed(shop, webhook.body), webhook.body)
        assert body != webhook.body or headers != signed(shop, webhook.body), name
        assert await post(shop, body, headers) == 401, name
    await shop.work()
    assert (await stored(shop), (await shop.stored())[:2]) == (before, ("held", "pending"))


async def test_what_it_signed_is_taken_every_time_and_stored_once(shop: Shop) -> None:
    webhook = await paid_in_silence(shop)
    before = await stored(shop)
    for _ in range(3):
        assert await post(shop, webhook.body, signed(shop, webhook.body)) == 200
    assert await stored(shop) == before + 1
    await shop.work()
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)


async def test_a_true_signature_of_one_tenant_opens_no_other_tenants_door(shop: Shop, other: Shop) -> None:
    webhook = await paid_in_silence(shop)
    assert await post(shop, webhook.body, signed(shop, webhook.body), to=other) == 401
    assert await post(shop, webhook.body, signed(other, webhook.body)) == 401
    assert (await stored(other), (await shop.stored())[:2]) == (0, ("held", "pending"))


async def test_what_one_tenant_signs_of_anothers_payment_settles_nothing(shop: Shop, other: Shop) -> None:
    webhook = await paid_in_silence(shop)
    before = await stored(shop)
    assert await post(other, webhook.body, signed(other, webhook.body)) == 200
    await other.work()
    assert (await stored(shop), (await shop.stored())[:2]) == (before, ("held", "pending"))
    assert await shop.balances() == await other.balances() == {}


async def test_the_door_of_nobody_is_not_found(shop: Shop) -> None:
    webhook = await paid_in_silence(shop)
    for name in (f"{shop.account}x", shop.account.upper(), new_token()):
        path = f"/webhooks/{shop.provider}/{name}"
        async with shop.client.post(path, data=webhook.body, headers=signed(shop, webhook.body)) as answer:
            assert answer.status == 404


async def test_where_a_time_is_signed_it_holds_for_five_minutes_both_ways(runtime: Runtime, clock: FixedClock) -> None:
    async with open_shop(runtime, "stripe") as shop:
        webhook = await paid_in_silence(shop)
        before = await stored(shop)
        (account,) = shop.psp.accounts.values()
        for age_s, status in ((301, 401), (-301, 401), (86_400, 401), (300, 200), (-300, 200)):
            at = int((clock.now() - timedelta(seconds=age_s)).timestamp())
            signature = hmac_sha256_hex(account.webhook_secret.encode(), f"{at}.".encode() + webhook.body)
            assert await post(shop, webhook.body, {"Stripe-Signature": f"t={at},v0={signature}"}) == 401
            assert await post(shop, webhook.body, {"Stripe-Signature": f"t={at},v1={signature}"}) == status, age_s
            assert await stored(shop) == before + (status == 200)
