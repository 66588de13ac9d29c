"""A deposit by chat, at each provider: webhook bytes in, messages and ledger out."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from payments.registry import PROVIDERS
from standins.psp.books import Refused
from tests.support.phone import query
from tests.support.psp import SERVERS, Shop, open_shop
from workers import holds, waitlist


@pytest.fixture(params=sorted(SERVERS))
async def shop(runtime: Runtime, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(runtime, request.param) as shop:
        yield shop


async def test_a_deposit_is_asked_for_paid_and_told(shop: Shop) -> None:
    phone, owner = shop.phone(), shop.owner()
    link = await shop.book(phone)
    assert "1 500 F CFA" in phone.last["text"] or "1 500 FCFA" in phone.last["text"]
    page = await (await shop.client.get(link)).text()
    assert "Nadia" in page
    assert "<script" not in page
    assert f'action="{link}"' in page
    assert (await shop.press(link)).startswith("http")
    assert (await shop.stored())[:2] == ("held", "pending")
    assert "Refresh" in (await shop.client.get(f"{link}/done")).headers
    shop.psp.pay(shop.newest)
    await shop.work()
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)
    assert "Refresh" not in (await shop.client.get(f"{link}/done")).headers
    told = await phone.received()
    assert len(told) == 1
    assert "confirmé" in await phone.reads()
    assert "1 500" in phone.last["text"]
    assert "payés" in await owner.reads()
    assert sum((await shop.balances()).values()) == 0
    assert "arrivé" in await (await shop.client.get(link)).text()


async def test_cancelling_in_time_pays_back_without_asking(shop: Shop) -> None:
    phone = shop.phone()
    link = await shop.book(phone)
    await shop.press(link)
    shop.psp.pay(shop.newest)
    await shop.work()
    await phone.reads()
    await phone.writes("annuler mon rendez-vous")
    assert "annulé" in await phone.taps("Oui")
    assert "ce que devient" in await (await shop.client.get(link)).text()
    await shop.work()
    await shop.work()
    assert "remboursé 1 500" in await (await shop.client.get(link)).text()
    assert await shop.stored() == ("cancelled", "refunded", 1500, 1500)
    assert "remboursés" in await phone.reads()
    assert "escrow" not in await shop.balances()
    assert await shop.cases() == []


async def test_a_lost_webhook_is_found_by_asking(shop: Shop, clock: FixedClock) -> None:
    phone = shop.phone()
    await shop.press(await shop.book(phone))
    shop.psp.faults.plan("drop", times=9)
    shop.psp.pay(shop.newest)
    await shop.work()
    assert (await shop.stored())[0] == "held"
    clock.advance(timedelta(minutes=2))
    await shop.work()
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)


async def test_copies_out_of_order_are_one_payment(shop: Shop) -> None:
    phone = shop.phone()
    await shop.press(await shop.book(phone))
    shop.psp.faults.plan("duplicate", times=9)
    shop.psp.pay(shop.newest)
    await shop.work()
    await shop.work()
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)
    assert len(await phone.received()) == 1


async def test_an_unpaid_hold_runs_out_and_its_link_is_dead(shop: Shop, clock: FixedClock, runtime: Runtime) -> None:
    phone = shop.phone()
    link = await shop.book(phone)
    clock.advance(timedelta(minutes=10))
    (booking,) = await _ids(shop)
    await holds.expire(shop.runtime, shop.tenant.tenant_id, booking)
    assert (await shop.stored())[:2] == ("expired", "expired")
    assert (await shop.client.get(link)).status == 410
    assert await shop.press(link) == ""


async def test_a_provider_that_fails_leaves_the_link_working(shop: Shop) -> None:
    phone = shop.phone()
    link = await shop.book(phone)
    for fault in ("500", "garbage", "503", "401"):
        shop.psp.faults.plan(fault)
        assert await shop.press(link) == ""
    assert (await shop.press(link)).startswith("http")


async def test_a_lost_answer_makes_no_second_payment(shop: Shop) -> None:
    """Carried out, but nobody heard: what is paid in the end is one payment of one booking."""
    phone = shop.phone()
    link = await shop.book(phone)
    shop.psp.faults.plan("lost_answer")
    assert await shop.press(link) == ""
    assert (await shop.press(link)).startswith("http")
    shop.psp.pay(shop.newest)
    await shop.work()
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)


async def test_forged_webhooks_are_refused_and_not_stored(shop: Shop) -> None:
    path = f"/webhooks/{shop.provider}/{shop.account}"
    assert (await shop.client.post(path, data=b'{"id": "evt_1"}')).status == 401
    assert (await shop.client.post(f"/webhooks/{shop.provider}/nobody", data=b"{}")).status == 404


async def _ids(shop: Shop) -> list[int]:
    rows = await query(shop.runtime, "SELECT id FROM bookings WHERE tenant_id = $1", shop.tenant.tenant_id)
    return [row["id"] for row in rows]


async def test_the_providers_page_is_closed_with_the_hold(shop: Shop, clock: FixedClock) -> None:
    """Where that can be done; elsewhere what still comes goes back."""
    await shop.press(await shop.book(shop.phone()))
    page = shop.newest
    clock.advance(timedelta(minutes=10))
    (booking,) = await _ids(shop)
    await holds.expire(shop.runtime, shop.tenant.tenant_id, booking)
    assert (await shop.stored())[:2] == ("expired", "expired")
    if PROVIDERS[shop.provider].capabilities.can_cancel:
        with pytest.raises(Refused):
            shop.psp.pay(page)


async def test_who_pays_at_the_last_moment_has_the_booking(shop: Shop, clock: FixedClock) -> None:
    phone = shop.phone()
    await shop.press(await shop.book(phone))
    shop.psp.faults.plan("drop", times=9)
    shop.psp.pay(shop.newest)
    clock.advance(timedelta(minutes=10))
    (booking,) = await _ids(shop)
    await holds.expire(shop.runtime, shop.tenant.tenant_id, booking)
    await shop.work()
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)
    assert "confirmé" in await phone.reads()


async def test_money_for_time_that_is_gone_goes_back_and_other_times_are_offered(shop: Shop, clock: FixedClock) -> None:
    late, quick = shop.phone(), shop.phone()
    await shop.press(await shop.book(late))
    page = shop.newest
    clock.advance(timedelta(minutes=11))
    await shop.press(await shop.book(quick))
    shop.psp.pay(shop.newest)
    await shop.work()
    assert (await shop.stored())[0] == "confirmed"
    if not PROVIDERS[shop.provider].capabilities.can_cancel:
        shop.psp.pay(page)
        await shop.work()
        await shop.work()
        assert "n'est plus libre" in (await late.received())[-2]["payload"]["text"]
        assert "remboursés" in await late.reads()
        assert sorted(await shop.balances()) == ["escrow", "psp_clearing:" + shop.provider, "psp_fee"]


async def test_who_has_not_paid_is_reminded_once_before_the_hold_ends(shop: Shop, clock: FixedClock) -> None:
    phone = shop.phone()
    link = await shop.book(phone)
    for minutes in (6, 1, 1):
        clock.advance(timedelta(minutes=minutes))
        await shop.end_payments()
    told = [row["payload"]["text"] for row in await phone.received()]
    assert len(told) == 1
    assert link in told[0]
    assert "9h10" in told[0]


async def test_what_somebody_else_took_is_closed_too(shop: Shop, clock: FixedClock) -> None:
    await shop.press(await shop.book(shop.phone()))
    clock.advance(timedelta(minutes=11))
    await shop.book(shop.phone())
    await shop.end_payments()
    rows = await query(
        shop.runtime,
        "SELECT p.status, b.status AS booking FROM payments p JOIN bookings b ON b.id = p.booking_id"
        " WHERE p.tenant_id = $1 ORDER BY p.id",
        shop.tenant.tenant_id,
    )
    assert [tuple(row) for row in rows] == [("expired", "expired"), ("link_sent", "held")]


async def test_who_asks_is_told_how_the_payment_stands(shop: Shop, clock: FixedClock) -> None:
    phone = shop.phone()
    link = await shop.book(phone)
    asked = await phone.writes("est-ce que je peux payer par carte ?")
    assert "pas encore arrivé" in asked
    assert link in asked
    assert "Réserver" not in phone.labels
    await shop.press(link)
    shop.psp.pay(shop.newest)
    await shop.work()
    await phone.reads()
    assert "est arrivé" in await phone.writes("avez-vous reçu mon paiement ?")


async def test_what_recurs_is_booked_one_by_one_where_a_deposit_is_due(shop: Shop) -> None:
    phone = shop.phone()
    summary = await phone.writes("une coupe avec Nadia tous les vendredis à 10h pendant 3 semaines")
    assert "une date à la fois" in summary
    assert "À payer maintenant" in summary
    assert "/p/" in await phone.taps("Oui")
    assert (await shop.stored())[0] == "held"


async def test_what_was_waited_for_is_paid_before_it_is_had(shop: Shop, clock: FixedClock) -> None:
    holder, waiting = shop.phone(), shop.phone()
    await shop.press(await shop.book(holder))
    shop.psp.pay(shop.newest)
    await shop.work()
    await waiting.writes("mettez-moi sur liste d'attente pour une coupe avec Nadia vendredi à 10h")
    await holder.reads()
    await holder.writes("annuler mon rendez-vous")
    await holder.taps("Oui")
    await waitlist.move_on(shop.runtime, shop.tenant.tenant_id, shop.tenant.tenant_id)
    offer = await waiting.reads()
    assert "libéré" in offer
    assert "À payer maintenant" in offer
    asked = await waiting.taps("Oui")
    assert "/p/" in asked
    await shop.press(asked[asked.index("/p/") :].split()[0])
    shop.psp.pay(shop.newest)
    await shop.work()
    assert "confirmé" in await waiting.reads()
    rows = await query(shop.runtime, "SELECT status FROM waitlist_entries WHERE tenant_id = $1", shop.tenant.tenant_id)
    assert [row["status"] for row in rows] == ["taken"]


@pytest.mark.parametrize(
    ("hours", "words"), [(24, "au moins 24 heures avant"), (1, "une heure avant"), (0, "le début")]
)
async def test_the_summary_says_what_is_paid_now_and_until_when_it_goes_back(
    runtime: Runtime, hours: int, words: str
) -> None:
    async with open_shop(runtime, "notchpay", cancel_until_hours=hours) as shop:
        summary = await shop.phone().writes("une coupe avec Nadia vendredi à 10h")
        paid_now = summary.partition("À payer maintenant : ")[2]
        assert paid_now.startswith("1 500")
        assert words in paid_now.partition("\n\n")[0]


async def test_the_link_is_a_button_where_its_address_is_public(runtime: Runtime) -> None:
    async with open_shop(runtime, "notchpay") as shop:
        for url, hour, is_button in (("https://booka.example", 10, True), ("http://127.0.0.1:8080", 15, False)):
            public = shop.runtime.settings.model_copy(update={"public_url": url})
            phone = replace(shop, runtime=replace(shop.runtime, settings=public)).phone()
            await phone.writes(f"une coupe avec Nadia vendredi à {hour}h")
            asked = await phone.taps("Oui")
            link = phone.last.get("link")
            assert (link is not None) == is_button, asked
            assert link is None or (link["url"] in asked and link["label"].startswith("Payer 1 500"))
