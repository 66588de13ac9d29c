"""What is held till it is paid for by hand: reminded of, ended, called off, received at the same moment."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.by_hand import HOW, expire, ids, merchant, open_till
from tests.support.by_hand import till as till
from tests.support.phone import query
from tests.support.psp import Shop
from workers import waitlist

_HELD = """
SELECT b.hold_until, o.hold_until AS taken_until, p.expires_at
FROM bookings b JOIN occupancy o ON o.booking_id = b.id JOIN payments p ON p.booking_id = b.id
WHERE b.tenant_id = $1 AND b.status = 'held'
"""
FRIDAY_AT_TEN = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)


async def test_the_page_takes_it_for_said_too(till: Shop) -> None:
    link = await till.book(till.phone())
    answer = await till.client.post(link)
    assert "vérifie" in await answer.text()
    await till.client.post(link)
    awa = merchant(till, "awa")
    assert len(await awa.received()) == 2
    assert "dit avoir payé" in await awa.reads()


async def test_an_hour_before_the_end_the_customer_is_reminded_or_who_has_to_answer(
    till: Shop, clock: FixedClock
) -> None:
    silent, claiming, awa = till.phone(), till.phone(), merchant(till, "awa")
    link = await till.book(silent)
    await claiming.writes("une coupe avec Nadia vendredi à 14h")
    await claiming.taps("Oui")
    await claiming.writes("j'ai payé")
    await awa.reads()
    clock.advance(timedelta(hours=22, minutes=59))
    await till.end_payments()
    assert await silent.received() == []
    clock.advance(timedelta(minutes=2))
    for _ in range(2):
        await till.end_payments()
    assert len(await silent.received()) == 1
    assert link in await silent.reads()
    assert await claiming.received() == []
    assert len(await awa.received()) == 1
    assert "dit avoir payé" in await awa.reads()


async def test_what_nobody_confirmed_in_time_is_told_to_both(till: Shop, clock: FixedClock) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    await phone.writes("j'ai payé")
    await awa.reads()
    clock.advance(timedelta(hours=24, minutes=16))
    for _ in range(2):
        await expire(till)
        await till.end_payments()
    assert len(await phone.received()) == 1
    assert "plus longtemps" in await phone.reads()
    assert len(await awa.received()) == 1
    assert "Plus gardé" in await awa.reads()
    assert "n'est plus gardé" in await phone.taps("J'ai payé")
    await awa.reads()
    await awa.taps("Reçu")
    assert await till.stored() == ("confirmed", "paid", 1500, 0)


async def test_what_somebody_else_took_is_told_once_too(till: Shop, clock: FixedClock) -> None:
    phone = till.phone()
    await till.book(phone)
    clock.advance(timedelta(hours=24, minutes=1))
    await till.book(till.phone())
    for _ in range(2):
        await till.end_payments()
    assert len(await phone.received()) == 1
    assert "plus longtemps" in await phone.reads()


async def test_what_is_held_is_listed_and_can_be_given_up(till: Shop) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    await awa.reads()
    assert "non payé" in await phone.writes("mes rendez-vous")
    await phone.writes("annuler mon rendez-vous")
    assert "annulé" in await phone.taps("Oui")
    assert (await till.stored())[:2] == ("cancelled", "cancelled")
    assert "avant d'être payé" in await awa.reads()
    assert "à rendre" in await awa.taps("Reçu")
    await till.work()
    assert "Merci de rendre" in await awa.reads()


async def test_a_merchant_calls_off_what_is_held(till: Shop) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    assert "non payé" in await awa.writes("annule le rendez-vous de vendredi à 10h")
    assert "Annulé" in await awa.taps("Oui")
    assert "annulé" in await phone.reads()
    assert (await till.stored())[:2] == ("cancelled", "cancelled")


@pytest.mark.parametrize("_", range(4))
async def test_received_at_the_moment_of_the_end_is_booked(till: Shop, clock: FixedClock, _: int) -> None:
    awa = merchant(till, "awa")
    await till.book(till.phone())
    await awa.reads()
    clock.advance(timedelta(hours=24))
    await asyncio.gather(awa.taps("Reçu"), expire(till), till.end_payments())
    assert await till.stored() == ("confirmed", "paid", 1500, 0)
    assert await till.balances() == {"psp_clearing:manual": 1500, "escrow": -1500}


@pytest.mark.parametrize("_", range(4))
async def test_received_while_it_is_called_off_is_given_back(till: Shop, _: int) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    await awa.reads()
    await phone.writes("annuler mon rendez-vous")
    await asyncio.gather(awa.taps("Reçu"), phone.taps("Oui"))
    booking, _status, captured, _back = await till.stored()
    assert (booking, captured) == ("cancelled", 1500)
    sql = "SELECT sum(amount)::int AS back FROM refunds WHERE tenant_id = $1"
    assert [row["back"] for row in await query(till.runtime, sql, till.tenant.tenant_id)] == [1500]


@pytest.mark.parametrize("_", range(4))
async def test_said_to_be_paid_and_received_at_once_is_one_payment(till: Shop, _: int) -> None:
    phone, awa, brice = till.phone(), merchant(till, "awa"), merchant(till, "brice")
    await till.book(phone)
    await awa.reads()
    await brice.reads()
    await asyncio.gather(awa.taps("Reçu"), brice.taps("Pas reçu"), phone.writes("j'ai payé"))
    assert await till.stored() == ("confirmed", "paid", 1500, 0)
    assert await till.balances() == {"psp_clearing:manual": 1500, "escrow": -1500}


@pytest.mark.parametrize(
    "words", ["{name} a payé", "paid {name}", "{name} has paid 1500 F", "bien reçu", "reçu de {name}"]
)
async def test_a_merchant_writes_who_has_paid(till: Shop, words: str) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    (row,) = await query(till.runtime, "SELECT name FROM customers WHERE tenant_id = $1", till.tenant.tenant_id)
    await awa.writes(words.format(name=str(row["name"]).split()[0]))
    assert await till.stored() == ("confirmed", "paid", 1500, 0)
    again = await awa.writes(words.format(name="Zoé"))
    assert "personne" in again or "nobody" in again


async def test_of_several_who_may_have_paid_the_merchant_chooses(till: Shop) -> None:
    awa = merchant(till, "awa")
    await till.book(till.phone())
    other = till.phone()
    await other.writes("une coupe avec Nadia vendredi à 14h")
    await other.taps("Oui")
    for denied in ("Ada n'a pas payé", "Ada a payé ?"):
        await awa.writes(denied)
    assert (await till.stored())[0] == "held"
    assert "Qui a payé" in await awa.writes("reçu")
    assert len(awa.labels) == 2
    assert "Noté" in await awa.taps(awa.labels[0])


async def test_what_was_waited_for_is_held_for_longer_once_it_is_to_be_paid_by_hand(
    till: Shop, clock: FixedClock
) -> None:
    holder, waiting, awa = till.phone(), till.phone(), merchant(till, "awa")
    await till.book(holder)
    await waiting.writes("mettez-moi sur liste d'attente pour une coupe avec Nadia vendredi à 10h")
    await holder.writes("annuler mon rendez-vous")
    await holder.taps("Oui")
    await waitlist.move_on(till.runtime, till.tenant.tenant_id, till.tenant.tenant_id)
    assert "À payer maintenant" in await waiting.reads()
    for _ in range(2):
        assert HOW["fr"] in await waiting.taps_id(f"take:{(await ids(till, 'bookings'))[-1]}")
    (row,) = await query(till.runtime, _HELD, till.tenant.tenant_id)
    assert set(row) == {clock.now() + timedelta(hours=24)}
    await awa.reads()
    await awa.taps("Reçu")
    assert await till.stored() == ("confirmed", "paid", 1500, 0)
    rows = await query(till.runtime, "SELECT status FROM waitlist_entries WHERE tenant_id = $1", till.tenant.tenant_id)
    assert [row["status"] for row in rows] == ["taken"]


async def test_a_seat_that_is_held_for_longer_holds_its_group(runtime: Runtime, clock: FixedClock) -> None:
    async with open_till(runtime, service="class") as till:
        phone, awa = till.phone(), merchant(till, "awa")
        await phone.writes("un atelier maquillage vendredi à 10h")
        assert HOW["fr"] in await phone.taps("Oui")
        sql = "SELECT hold_until FROM occupancy WHERE tenant_id = $1 AND group_session_id IS NOT NULL"
        (row,) = await query(runtime, sql, till.tenant.tenant_id)
        assert row["hold_until"] == clock.now() + timedelta(hours=24)
        await awa.reads()
        await awa.taps("Reçu")
        assert (await till.stored())[:2] == ("confirmed", "paid")
        (row,) = await query(runtime, sql, till.tenant.tenant_id)
        assert row["hold_until"] is None
