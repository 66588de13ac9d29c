"""The stand-ins of payment providers: money that adds up, webhooks that go astray on demand, a page to pay on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.clock import FixedClock
from payments.failures import Rejected
from payments.provider_values import EventKind, PaymentIds, PaymentState, PayoutRequest
from standins.psp.books import Refused
from standins.psp.page import language_of
from tests.conftest import NOW
from tests.support.providers import STAND_INS, Desk, open_desk


async def control(desk: Desk, action: str, **asked: Any) -> tuple[int, dict[str, Any]]:
    async with desk.account.http.post(f"{desk.account.base_url}/_standin/{action}", json=asked) as answer:
        return answer.status, await answer.json()


async def books(desk: Desk) -> dict[str, Any]:
    async with desk.account.http.get(f"{desk.account.base_url}/_standin/books") as answer:
        (shown,) = await answer.json()
    found: dict[str, Any] = shown
    return found


async def test_the_balance_is_what_came_in_less_what_went_out(desk: Desk) -> None:
    one = desk.provider.to_units(desk.money(1))
    checkout, other = await desk.paid(), await desk.paid(2000)
    await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 1500))
    desk.server.dispute(other.ids.reference)
    await desk.provider.create_payout(desk.account, PayoutRequest("payout-of-the-tests-01", "x/y", desk.money(1000)))
    await desk.server.webhooks.drain()
    shown = await books(desk)
    assert shown["balance"] == {desk.money().currency: (4500 - 90 - 1500 + 2000 - 40 - 2000 - 1000) * one}
    assert [payment["returned"] for payment in shown["payments"]] == [1500 * one, 0]
    desk.server.set_payout(next(iter(shown["payouts"])), "failed")
    desk.server.resolve(next(iter(shown["disputes"])), won=True)
    shown = await books(desk)
    assert shown["balance"] == {desk.money().currency: (4500 - 90 - 1500 + 2000 - 40) * one}


async def test_what_is_not_there_cannot_be_paid_out(desk: Desk) -> None:
    await desk.paid(1000)
    with pytest.raises(Rejected):
        await desk.provider.create_payout(
            desk.account, PayoutRequest("payout-of-the-tests-01", "x/y", desk.money(1000))
        )


async def test_a_webhook_that_is_not_taken_comes_again_where_the_vendor_does_that(desk: Desk) -> None:
    desk.answers = [500, 500, 200]
    await desk.paid()
    tries = len(desk.server.webhooks.deliveries)
    if desk.server.retries_s:
        assert EventKind.PAYMENT_SUCCEEDED in {event.kind for event in desk.events()}
        assert {delivery.status for delivery in desk.server.webhooks.deliveries} == {500, 200}
    else:
        assert (tries, desk.taken) == (2, [])


async def test_a_vendor_is_as_strict_as_its_documents_about_what_counts_as_taken(desk: Desk) -> None:
    desk.answers = [204]
    await desk.paid()
    tries = {delivery.webhook.kind: 0 for delivery in desk.server.webhooks.deliveries}
    for delivery in desk.server.webhooks.deliveries:
        tries[delivery.webhook.kind] += 1
    expected = {"stripe": 1, "paystack": 7, "notchpay": 1}
    assert set(tries.values()) == {expected[desk.provider.key]}


async def test_dropped_webhooks_never_come(desk: Desk) -> None:
    desk.server.faults.plan("drop", times=10)
    checkout = await desk.paid()
    assert desk.taken == []
    assert desk.server.webhooks.dropped
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    assert found.state is PaymentState.PAID


async def test_a_share_of_all_webhooks_goes_astray_by_the_dice_the_same_at_every_run(desk: Desk) -> None:
    desk.server.faults.share(drop=0.25, duplicate=0.25)
    for _ in range(40):
        await desk.paid()
    dropped, sent = len(desk.server.webhooks.dropped), len({raw for raw, _ in desk.taken})
    assert 0.1 < dropped / (dropped + sent) < 0.4
    assert len(desk.taken) > sent
    desk.server.faults.clear()
    await desk.paid()
    assert len(desk.server.webhooks.dropped) == dropped
    with pytest.raises(ValueError, match="no such"):
        desk.server.faults.share(drop=0.1, rain=0.1)


async def test_reordered_webhooks_come_after_the_next_one(desk: Desk) -> None:
    first = await desk.open()
    await desk.server.webhooks.drain()
    desk.taken.clear()
    times = 3 if desk.provider.key == "stripe" else 1  # it tells one fact by three events
    desk.server.faults.plan("reorder", times=times)
    desk.server.pay(first.ids.reference)
    second = await desk.open()
    desk.server.pay(second.ids.reference)
    await desk.server.webhooks.drain()
    paid = [event for event in desk.events() if event.kind is EventKind.PAYMENT_SUCCEEDED]
    references = [event.payment.reference for event in paid]
    assert references.index(second.ids.reference) < references.index(first.ids.reference)


async def test_a_delayed_webhook_comes_late(desk: Desk) -> None:
    desk.server.faults.delay_s = 0.05
    desk.server.faults.plan("delay", times=3)
    await desk.paid()
    assert EventKind.PAYMENT_SUCCEEDED in {event.kind for event in desk.events()}


async def test_money_may_come_late_where_the_vendor_lets_it(desk: Desk) -> None:
    checkout = await desk.open()
    if not desk.server.settles_late:
        desk.server.start_paying(checkout.ids.reference)  # a slow method: the page ends, its money comes
    desk.clock.advance(timedelta(hours=30))
    desk.server.tick()
    desk.server.settle(checkout.ids.reference)
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    assert (found.state, found.captured) == (PaymentState.PAID, desk.money())
    with pytest.raises(Refused):
        desk.server.settle(checkout.ids.reference)


async def test_what_has_ended_brings_no_money_where_the_vendor_says_so(desk: Desk) -> None:
    checkout = await desk.open()
    desk.clock.advance(timedelta(hours=30))
    desk.server.tick()
    if desk.server.settles_late:
        desk.server.settle(checkout.ids.reference)
    else:
        with pytest.raises(Refused):
            desk.server.settle(checkout.ids.reference)
    assert bool(desk.server.find(checkout.ids.reference)[1].received) == desk.server.settles_late


async def test_what_has_ended_cannot_be_paid_from_the_page(desk: Desk) -> None:
    checkout = await desk.open()
    desk.clock.advance(timedelta(hours=30))
    async with desk.account.http.post(checkout.url, data={"do": "pay"}, allow_redirects=False) as answer:
        assert answer.status == (303 if desk.provider.key == "paystack" else 410)


@pytest.mark.parametrize(("fault", "received"), [("underpay", 2250), ("overpay", 5626), ("slow", 0)])
async def test_the_page_can_take_the_wrong_amount_or_its_time(desk: Desk, fault: str, received: int) -> None:
    checkout = await desk.open()
    assert (await control(desk, "fault", name=fault))[0] == 200
    async with desk.account.http.post(checkout.url, data={"do": "pay"}, allow_redirects=False) as answer:
        assert answer.status == 303
    found = await desk.provider.fetch_payment(desk.account, checkout.ids)
    assert found is not None
    taken = desk.server.find(checkout.ids.reference)[1].received
    if fault == "slow":
        assert (found.state, taken) == (PaymentState.PROCESSING, 0)
    else:
        assert taken == received * desk.provider.to_units(desk.money(1))


async def test_a_declined_payment_may_be_tried_again_on_the_page_where_the_vendor_lets_it(desk: Desk) -> None:
    checkout = await desk.open()
    async with desk.account.http.post(checkout.url, data={"do": "decline"}, allow_redirects=False) as answer:
        shown = await answer.text()
        assert answer.status == (303 if desk.provider.key == "notchpay" else 200)
    assert "declined" in shown or desk.provider.key == "notchpay" or "refusé" in shown


async def test_a_page_that_was_paid_says_so(desk: Desk) -> None:
    checkout = await desk.paid()
    async with desk.account.http.get(checkout.url) as page:
        assert (page.status, "<form" in await page.text()) == (200, False)
    async with desk.account.http.get(checkout.url + "x") as page:
        assert page.status == 404


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"), [("", "fr-CM", "fr"), ("fr", "en", "fr"), ("xx", "de", "en")]
)
def test_the_page_speaks_french_or_english(wanted: str, accepted: str, language: str) -> None:
    assert language_of(wanted, accepted) == language


async def test_everything_can_be_switched_over_http(desk: Desk) -> None:
    checkout = await desk.open()
    name = checkout.ids.reference
    assert (await control(desk, "start_paying", name=name))[0] == 200
    assert (await control(desk, "settle", name=name))[0] == 200
    assert (await control(desk, "settle", name=name))[0] == 400
    _, dispute = await control(desk, "dispute", name=name)
    assert (await control(desk, "resolve", name=dispute["id"], won=True))[0] == 200
    made = await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 100))
    await desk.server.webhooks.drain()
    refund = next(iter((await books(desk))["refunds"]))
    assert (await control(desk, "set_refund", name=refund, status="failed"))[0] == 200
    failed = await desk.provider.fetch_refund(desk.account, made.provider_id)
    assert failed is not None
    assert failed.state == "failed"
    assert (await control(desk, "clear"))[0] == 200
    for action, asked in (("fault", {"name": "no such"}), ("no such", {}), ("pay", {"name": "none"}), ("resolve", {})):
        assert (await control(desk, action, **asked))[0] == 400


async def test_one_account_does_not_see_anothers(desk: Desk) -> None:
    checkout = await desk.paid()
    key = desk.books.key
    desk.server.add_account("key-of-another", private_key="grant-of-the-tests")
    names = {name: "key-of-another" if value == key else value for name, value in desk.account.secrets.items()}
    another = replace(desk.account, secrets=names)
    assert await desk.provider.fetch_payment(another, checkout.ids) is None
    assert [payment async for payment in desk.provider.list_payments(another, desk.today())] == []


@pytest.mark.parametrize("key", sorted(STAND_INS))
async def test_the_books_outlive_a_restart(key: str, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    store = tmp_path / "psp.json"
    async with open_desk(key, FixedClock(NOW), http, store=store) as desk:
        checkout = await desk.open()
        await desk.open()
        async with http.post(checkout.url, data={"do": "pay"}, allow_redirects=False):
            pass
        desk.server.faults.plan("refund_stuck")
        await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 500))
        desk.server.dispute(checkout.ids.reference)
        desk.server.keep()
        before = await books(desk)
    async with open_desk(key, FixedClock(NOW), http, store=store) as desk:
        after = await books(desk)
        assert set(after["refunds"].values()) == {"succeeded"}  # it was under way
        assert after["disputes"] == before["disputes"]
        assert after["balance"] == before["balance"]
        found = await desk.provider.fetch_payment(desk.account, PaymentIds(checkout.ids.reference, created_at=NOW))
        assert found is not None
        assert found.captured == desk.money()


@pytest.mark.parametrize("key", sorted(STAND_INS))
async def test_it_can_be_mounted_below_a_path(key: str, http: aiohttp.ClientSession) -> None:
    async with open_desk(key, FixedClock(NOW), http) as template:
        server = STAND_INS[key](clock=template.clock, prefix="/psp")
        server.add_account(template.books.key, private_key=template.books.private_key)
        outer = web.Application()
        outer.add_subapp("/psp/", server.app)
        async with TestServer(outer) as site:
            account = replace(template.account, base_url=str(site.make_url("/psp")))
            checkout = await template.provider.create_checkout(account, template.request())
            async with http.get(checkout.url) as page:
                assert page.status == 200
            server.faults.plan("500", on="GET /")
            assert not server.calls[0].startswith("POST /psp")
