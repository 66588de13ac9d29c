"""A deposit paid to the merchant's own number: nobody but people can tell whether it came."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.by_hand import HOW, expire, ids, manual_account, merchant, online_account, open_till
from tests.support.by_hand import till as till
from tests.support.phone import Phone, outbox, query
from tests.support.psp import Shop

_HELD = """
SELECT b.hold_until, o.hold_until AS taken_until, p.expires_at
FROM bookings b JOIN occupancy o ON o.booking_id = b.id JOIN payments p ON p.booking_id = b.id
WHERE b.tenant_id = $1 AND b.status = 'held'
"""
FRIDAY_AT_TEN = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)


async def test_how_to_pay_is_said_with_the_time_that_is_held(till: Shop) -> None:
    phone = till.phone()
    link = await till.book(phone)
    asked = phone.last["text"]
    assert HOW["fr"] in asked
    assert "1 500" in asked
    assert "Référence" in asked
    assert phone.labels == ["J'ai payé"]
    page = await (await till.client.get(link)).text()
    assert HOW["fr"] in page
    assert "1\xa0500" in page or "1 500" in page
    assert await till.stored() == ("held", "link_sent", 0, 0)
    assert len(await phone.received()) == 0


async def test_time_is_held_for_a_day_but_not_into_the_notice(runtime: Runtime, clock: FixedClock) -> None:
    async with open_till(runtime) as till:
        await till.book(till.phone())
        (row,) = await query(runtime, _HELD, till.tenant.tenant_id)
        assert set(row) == {clock.now() + timedelta(hours=24)}
    async with open_till(runtime, [manual_account(hold_minutes=120)]) as till:
        await till.book(till.phone())
        (row,) = await query(runtime, _HELD, till.tenant.tenant_id)
        assert set(row) == {clock.now() + timedelta(hours=2)}
    async with open_till(runtime, min_notice_minutes=80 * 60) as till:
        await till.book(till.phone())
        (row,) = await query(runtime, _HELD, till.tenant.tenant_id)
        assert set(row) == {FRIDAY_AT_TEN - timedelta(hours=80)}


async def test_those_who_may_are_told_once_that_it_is_to_be_paid(till: Shop) -> None:
    await till.book(till.phone())
    for name in ("awa", "brice"):
        told = await merchant(till, name).received()
        assert len(told) == 1
        assert "doit vous payer 1 500" in told[0]["payload"]["text"].replace("\xa0", " ").replace("\u202f", " ")
    assert await merchant(till, "nadia").received() == []


@pytest.mark.parametrize("said", ["j'ai payé", "C'est payé !", "I have paid", "paiement effectué, merci", "he pagado"])
async def test_who_says_that_it_was_paid_has_the_merchants_asked_once(till: Shop, said: str) -> None:
    phone = till.phone()
    await till.book(phone)
    awa = merchant(till, "awa")
    await awa.reads()
    answer = await phone.writes(said)
    assert till.tenant.definition.tenant.name in answer
    assert (await till.stored())[:2] == ("held", "pending")
    await phone.writes(said)
    told = await awa.received()
    assert len(told) == 1
    await awa.reads()
    assert awa.labels == ["Reçu", "Pas reçu"]


async def test_who_asks_before_it_came_may_say_that_it_was_paid(till: Shop) -> None:
    phone = till.phone()
    await till.book(phone)
    assert "pas encore arrivé" in await phone.writes("mon paiement est-il passé ?")
    assert "vérifier" in await phone.taps("J'ai payé")


async def test_a_question_is_not_taken_for_a_payment(till: Shop) -> None:
    phone = till.phone()
    await till.book(phone)
    assert "pas encore arrivé" in await phone.writes("avez-vous reçu mon paiement ?")
    await phone.writes("est-ce que c'est payé ?")
    await phone.writes("je n'ai pas encore payé")
    assert len(await merchant(till, "awa").received()) == 1
    await phone.writes("j'ai payé")
    assert "pas encore de réponse" in await phone.writes("avez-vous reçu mon paiement ?")


async def test_what_a_merchant_has_received_is_booked_and_told(till: Shop) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    await phone.writes("j'ai payé")
    await awa.reads()
    assert "Noté" in await awa.taps("Reçu")
    assert await till.stored() == ("confirmed", "paid", 1500, 0)
    assert await till.balances() == {"psp_clearing:manual": 1500, "escrow": -1500}
    receipt = await phone.reads()
    assert "confirmé" in receipt
    assert "1 500" in receipt
    assert "Référence" in receipt
    assert "payés" in await merchant(till, "brice").reads()
    assert "payés" in await merchant(till, "nadia").reads()
    assert await awa.received() == []
    assert "est arrivé" in await phone.writes("avez-vous reçu mon paiement ?")


async def test_two_who_have_received_it_at_once_have_received_it_once(till: Shop) -> None:
    phone, awa, brice = till.phone(), merchant(till, "awa"), merchant(till, "brice")
    await till.book(phone)
    await awa.reads()
    await brice.reads()
    await asyncio.gather(awa.taps("Reçu"), brice.taps("Reçu"))
    replies = await outbox(till.runtime, till.tenant.tenant_id, kind="reply")
    answers = [row["payload"]["text"] for row in replies if row["recipient"] in (awa.address, brice.address)]
    assert sorted("déjà" in answer for answer in answers) == [False, True]
    assert await till.stored() == ("confirmed", "paid", 1500, 0)
    assert len(await phone.received()) == 1
    assert "déjà" in await _again(brice)
    assert await till.balances() == {"psp_clearing:manual": 1500, "escrow": -1500}


async def _again(phone: Phone) -> str:
    sql = "SELECT payment_id, id FROM payment_attempts WHERE tenant_id = $1"
    (row,) = await query(phone.runtime, sql, phone.tenant.tenant_id)
    return await phone.taps_id(f"got:{row['payment_id']}:{row['id']}:yes")


async def test_what_was_not_received_is_told_kindly_and_stays_held(till: Shop) -> None:
    phone, awa, brice = till.phone(), merchant(till, "awa"), merchant(till, "brice")
    await till.book(phone)
    await phone.writes("j'ai payé")
    await awa.reads()
    await brice.reads()
    assert "pas encore reçus" in await awa.taps("Pas reçu")
    assert "déjà noté" in await brice.taps("Pas reçu")
    assert len(await phone.received()) == 1
    assert HOW["fr"] in await phone.reads()
    assert (await till.stored())[0] == "held"
    reference = phone.last["text"].split("référence ")[1][:8]
    assert "vérifier" in await phone.taps("J'ai payé")
    assert reference in await awa.reads()
    await awa.taps("Reçu")
    assert await till.stored() == ("confirmed", "paid", 1500, 0)
    assert f"Référence : {reference}" in await phone.reads()


async def test_staff_and_customers_cannot_say_that_it_came(till: Shop) -> None:
    phone = till.phone()
    await till.book(phone)
    await _again(phone)
    await _again(merchant(till, "nadia"))
    assert (await till.stored())[0] == "held"


async def test_what_came_late_is_booked_again_where_the_time_is_free(till: Shop, clock: FixedClock) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    clock.advance(timedelta(hours=24))
    await expire(till)
    await till.work()
    assert (await till.stored())[:2] == ("expired", "expired")
    await awa.reads()
    assert "est payé" in await awa.taps("Reçu")
    assert await till.stored() == ("confirmed", "paid", 1500, 0)


async def test_what_came_too_late_is_given_back_by_the_merchant(till: Shop, clock: FixedClock) -> None:
    phone, awa, other = till.phone(), merchant(till, "awa"), till.phone()
    await till.book(phone)
    await awa.reads()
    clock.advance(timedelta(hours=24))
    await expire(till)
    await till.book(other)
    assert "n'est plus libre" in await awa.taps("Reçu")
    assert "vous sont rendus" in await phone.reads()
    await till.work()
    await till.work()
    told = [row["payload"]["text"] for row in await awa.received()]
    assert len(told) == 1
    assert "rendre" in told[0]
    await awa.reads()
    assert "Noté" in await awa.taps("Rendu")
    assert "vous a rendu" in await phone.reads()
    assert await till.balances() == {}
    (refund,) = await ids(till, "refunds")
    assert "remboursés" in await awa.taps_id(f"gave:{refund}")


async def test_a_refund_that_nobody_confirms_is_a_case_after_a_week(till: Shop, clock: FixedClock) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    await awa.reads()
    await awa.taps("Reçu")
    await phone.reads()
    await phone.writes("annuler mon rendez-vous")
    assert "annulé" in await phone.taps("Oui")
    for _ in range(6):
        await till.work()
        clock.advance(timedelta(days=1))
    assert await till.cases() == []
    tries = await query(till.runtime, "SELECT tries, status FROM refunds WHERE tenant_id = $1", till.tenant.tenant_id)
    assert [tuple(row) for row in tries] == [(1, "submitted")]
    clock.advance(timedelta(days=1, minutes=1))
    await till.work()
    assert await till.cases() == ["refund"]
    assert "rendre" in await awa.reads()
    assert "Noté" in await awa.taps("Rendu")
    assert await till.cases() == []
    assert await till.stored() == ("cancelled", "refunded", 1500, 1500)


async def test_an_online_account_comes_first(runtime: Runtime) -> None:
    for accounts in ([online_account(), manual_account()], [manual_account(), online_account()]):
        async with open_till(runtime, accounts) as till:
            phone = till.phone()
            await till.book(phone)
            assert HOW["fr"] not in phone.last["text"]
            assert await ids(till, "payment_attempts") == []


async def test_what_the_online_account_does_not_take_is_paid_by_hand(runtime: Runtime) -> None:
    async with open_till(runtime, [online_account(), manual_account()], currency="KES") as till:
        phone = till.phone()
        await till.book(phone)
        assert HOW["fr"] in phone.last["text"]
