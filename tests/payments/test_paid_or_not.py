"""Merchants see of each booking whether it is paid for."""

from collections.abc import AsyncIterator

import pytest

from core.runtime import Runtime
from tests.support.by_hand import merchant, open_till
from tests.support.phone import Phone
from tests.support.psp import Shop, open_shop


@pytest.fixture
async def till(runtime: Runtime) -> AsyncIterator[Shop]:
    async with open_till(runtime) as till:
        yield till


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


async def day(awa: Phone) -> str:
    return plain(await awa.writes("vendredi"))


async def test_the_list_of_a_day_says_what_is_paid(till: Shop) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    assert "aucun rendez-vous" in await day(awa)
    await till.book(phone)
    assert "(non payé, 1 500 FCFA attendus jusqu'au mardi 3 mars" in await day(awa)
    await phone.writes("j'ai payé")
    await awa.reads()
    await awa.taps("Reçu")
    assert "(acompte payé, 1 500 FCFA)" in await day(awa)


async def test_what_was_not_asked_for_says_nothing(till: Shop) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await phone.writes("des tresses avec Nadia vendredi à 14h")
    await phone.taps("Oui")
    told = (await awa.received())[-1]["payload"]["text"]
    assert "Nouveau rendez-vous" in told
    assert "Paiement" not in told
    assert "pay" not in await day(awa)


async def test_a_notice_says_what_was_paid_of_what_is_moved_or_cancelled(till: Shop) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    await awa.reads()
    await awa.taps("Reçu")
    await phone.reads()
    await phone.writes("déplacer mon rendez-vous à vendredi 15h")
    await phone.taps("Oui")
    assert "Paiement : acompte payé, 1 500 FCFA" in plain(await awa.reads())
    await phone.writes("annuler mon rendez-vous")
    await phone.taps("Oui")
    assert "acompte payé, 1 500 FCFA · 1 500 FCFA en cours de remboursement" in plain(await awa.reads())


async def test_who_calls_one_off_reads_whether_it_is_paid(till: Shop) -> None:
    phone, awa = till.phone(), merchant(till, "awa")
    await till.book(phone)
    await awa.reads()
    await awa.taps("Reçu")
    asked = plain(await awa.writes("annule le rendez-vous de vendredi à 10h"))
    assert "Paiement : acompte payé, 1 500 FCFA" in asked


async def test_what_was_paid_through_a_provider_is_seen_too(runtime: Runtime) -> None:
    async with open_shop(runtime, "notchpay") as shop:
        phone, owner = shop.phone(), shop.owner()
        await shop.press(await shop.book(phone))
        shop.psp.pay(shop.newest)
        await shop.work()
        assert "acompte payé, 1 500 FCFA" in await day(owner)
        assert "Référence : " in await phone.reads()
