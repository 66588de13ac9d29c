"""Prices and durations that depend on who does it, in chat. NOW is Monday 2 March 2026, 9:00 in Douala."""

import pytest

from core.runtime import Runtime
from tests.dialog.parlour import PARLOUR, at, descriptions, visits
from tests.support.bookings import open_salon
from tests.support.phone import Phone
from tests.support.tenants import TenantFixture, make_tenant


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime, services=PARLOUR)


async def test_the_list_says_from_which_price_on(phone: Phone) -> None:
    await phone.writes("réserver")
    assert descriptions(phone)["Coupe"] == "45 min – 1 h · dès 5 000 FCFA"
    assert descriptions(phone)["Tresses"] == "2 h – 3 h · dès 12 000 FCFA"
    assert descriptions(phone)["Taille de barbe"] == "30 min · 3 500 FCFA"
    await phone.writes("English please")
    await phone.writes("book")
    assert descriptions(phone)["Haircut"] == "45 min – 1 h · from FCFA 5,000"


async def test_each_person_is_offered_with_their_own_price(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("une coupe jeudi")
    assert descriptions(phone) == {"Peu importe": "", "Nadia": "45 min · 5 000 FCFA", "Émile": "1 h · 6 000 FCFA"}
    await phone.taps("Émile")
    assert "Coupe avec Émile\njeudi 5 mars 2026 à 10h00\n" in await phone.writes("10h")
    assert "6 000 FCFA" in phone.last["text"]
    assert "6 000 FCFA" in await phone.taps("Oui")
    assert await visits(runtime, phone) == [(6000, [["cut", None, [], "Émile", "05 10:00"]])]


async def test_where_all_ask_the_same_nothing_is_written_under_the_names(phone: Phone) -> None:
    await phone.writes("une manucure")
    assert descriptions(phone) == {"Peu importe": "", "Nadia": "", "Émile": ""}


async def test_a_yes_books_nobody_dearer_than_who_was_shown(runtime: Runtime, phone: Phone) -> None:
    assert "5 000 FCFA" in await phone.writes("une coupe jeudi à 10h")
    salon = await open_salon(runtime, phone.tenant.tenant_id)
    await salon.book(at(5, 10), staff="nadia")
    assert "n'est plus disponible" in await phone.taps("Oui")
    assert [parts[0][3] for _, parts in await visits(runtime, phone)] == ["Nadia"]
    assert "6 000 FCFA" in await phone.writes("jeudi à 10h")


async def test_questions_are_answered_with_who_asks_what(phone: Phone) -> None:
    assert (await phone.writes("how much is a haircut?")).splitlines() == [
        "Haircut: from FCFA 5,000",
        "• Nadia: FCFA 5,000",
        "• Émile: FCFA 6,000",
    ]
    await phone.writes("en français s'il vous plaît")
    assert "Coupe : 6 000 FCFA" in await phone.writes("c'est combien la coupe avec Émile ?")
    await phone.writes("recommencer")
    assert "Taille de barbe : 3 500 FCFA" in await phone.writes("quels sont vos tarifs ?")
    assert "Tresses : dès 12 000 FCFA" in phone.last["text"]
