"""What is booked is what the summary showed: person, place, number of people, price. NOW is Monday 2 March 2026."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import STAFF, TenantFixture, apply_document, make_tenant, tenant_document

PLACES = [
    {"key": "centre", "name": "Centre", "address": "3 Rue des Palmiers"},
    {"key": "bali", "name": "Bali", "address": "Rue 1"},
]


@pytest.fixture
async def two_places(runtime: Runtime, client: "TestClient[Any, Any]") -> Phone:
    staff = [STAFF[0], {**STAFF[1], "location": "bali"}]
    return Phone(runtime, client, await make_tenant(runtime, locations=PLACES, staff=staff))


async def booked(runtime: Runtime, tenant: TenantFixture) -> list[tuple[str, int, int]]:
    """(staff, people, price) of each booking."""
    sql = (
        "SELECT p.name, b.party_size, b.price_minor FROM bookings b JOIN staff p ON p.id = b.staff_id"
        " WHERE b.tenant_id = $1 AND b.status = 'confirmed' ORDER BY b.id"
    )
    return [tuple(row) for row in await query(runtime, sql, tenant.tenant_id)]


async def test_the_chosen_place_decides_who_is_booked(runtime: Runtime, two_places: Phone) -> None:
    await two_places.writes("une coupe à Bali")
    assert "Coupe avec Émile" in await two_places.writes("demain 11h")
    assert "Coupe avec Émile" in await two_places.writes("oui")
    assert await booked(runtime, two_places.tenant) == [("Émile", 1, 5000)]


async def test_any_place_is_an_answer(two_places: Phone) -> None:
    assert "à quelle adresse" in await two_places.writes("une coupe")
    assert "avec qui" in await two_places.writes("peu importe")


async def test_someone_who_works_elsewhere_is_said_to_work_elsewhere(two_places: Phone) -> None:
    answer = await two_places.writes("une coupe au Centre avec Émile jeudi à 10h")
    assert "autre adresse" in answer
    assert two_places.labels == ["Nadia"]


async def test_who_was_ruled_out_is_not_booked(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("coupe")
    await phone.writes("pas Nadia")
    assert "Coupe avec Émile" in await phone.writes("vendredi à 15h")
    assert "Coupe avec Émile" in await phone.writes("oui")
    assert await booked(runtime, phone.tenant) == [("Émile", 1, 5000)]


async def test_the_only_person_who_does_it_cannot_be_ruled_out(phone: Phone) -> None:
    await phone.writes("des tresses")
    answer = await phone.writes("pas Nadia")
    assert "Seul choix pour « Tresses » : Nadia." in answer
    assert "quel jour" in answer


async def test_a_group_pays_by_the_seat_and_the_summary_says_so(runtime: Runtime, phone: Phone) -> None:
    summary = await phone.writes("Atelier maquillage mardi à 10h pour 3 personnes")
    assert "Atelier maquillage (3 personnes)" in summary
    assert "9 000 FCFA" in summary
    assert "9 000 FCFA" in await phone.taps("Oui")
    assert await booked(runtime, phone.tenant) == [("Émile", 3, 9000)]
    notices = await outbox(runtime, phone.tenant.tenant_id, kind="notice")
    assert all("(3 personnes)" in notice["payload"]["text"] for notice in notices)


async def test_more_people_than_seats_are_told_how_many_there_are(phone: Phone) -> None:
    answer = await phone.writes("atelier maquillage pour 5 personnes")
    assert "3 personnes au plus" in answer
    assert "quel jour" in answer


async def test_two_people_have_two_appointments(runtime: Runtime, phone: Phone) -> None:
    assert "une personne" in await phone.writes("une coupe avec Nadia pour 2 personnes jeudi à 15h")
    await phone.writes("oui")
    assert await booked(runtime, phone.tenant) == [("Nadia", 1, 5000)]


async def test_someone_else_can_be_chosen_at_the_summary(runtime: Runtime, phone: Phone) -> None:
    assert "Coupe avec Nadia" in await phone.writes("une coupe jeudi à 15h")
    await phone.writes("non")
    assert "avec qui" in await phone.taps("Autre personne")
    assert "Coupe avec Émile" in await phone.taps("Émile")


async def test_a_yes_to_another_question_books_nothing(runtime: Runtime, phone: Phone) -> None:
    """The third riddle in a row is answered with another yes-or-no question."""
    await phone.writes("une coupe avec Nadia jeudi à 15h")
    for _ in range(3):
        answer = await phone.writes("qsdf wxcv")
    assert "parler à quelqu'un ?" in answer
    assert "prévenu l'équipe" in await phone.writes("oui")
    assert await booked(runtime, phone.tenant) == []


async def test_a_yes_after_the_team_was_called_shows_the_summary_again(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("une coupe avec Nadia jeudi à 15h")
    await phone.writes("je veux parler à quelqu'un")
    assert "Je réserve ?" in await phone.writes("oui")
    assert await booked(runtime, phone.tenant) == []
    assert "confirmé" in await phone.writes("oui")


async def test_a_yes_to_a_price_that_has_changed_shows_the_new_one(
    runtime: Runtime, client: "TestClient[Any, Any]"
) -> None:
    document = tenant_document()
    phone = Phone(runtime, client, await apply_document(runtime, document))
    assert "5 000 FCFA" in await phone.writes("une coupe avec Nadia jeudi à 15h")
    document["services"][0]["price"] = "6000"
    await apply_document(runtime, document)
    assert "6 000 FCFA" in await phone.taps("Oui")
    assert await booked(runtime, phone.tenant) == []
    assert "6 000 FCFA" in await phone.taps("Oui")
    assert await booked(runtime, phone.tenant) == [("Nadia", 1, 6000)]


async def test_a_yes_to_terms_that_have_changed_shows_the_new_ones(
    runtime: Runtime, client: "TestClient[Any, Any]"
) -> None:
    document = tenant_document()
    phone = Phone(runtime, client, await apply_document(runtime, document))
    await phone.writes("une coupe avec Nadia jeudi à 10h")
    document["rules"] = {"late_cancel_fee": {"full": True}, "cancel_until_hours": 24}
    await apply_document(runtime, document)
    assert "moins de 24 heures : 5 000 FCFA" in await phone.writes("oui")
    assert await booked(runtime, phone.tenant) == []
    assert "confirmé" in await phone.writes("oui")


async def test_a_slot_button_of_the_past_says_so(runtime: Runtime, phone: Phone, clock: FixedClock) -> None:
    await phone.writes("une coupe avec Nadia mardi")
    tapped = phone.last["choices"][0]["id"]
    clock.advance(timedelta(days=3))
    assert "déjà passé" in await phone.taps_id(tapped)
    assert phone.labels[0].startswith("jeu. 5 mars")


async def test_a_limit_of_bookings_leads_on(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    phone = Phone(runtime, client, await make_tenant(runtime, rules={"max_open_bookings_per_customer": 1}))
    for day in ("mardi", "jeudi"):
        await phone.writes(f"une coupe avec Nadia {day} à 10h")
        answer = await phone.writes("oui")
    assert "maximum par personne" in answer
    assert "Annuler ce rendez-vous ?" in await phone.taps("Annuler")


@pytest.mark.parametrize(
    "words", ["annule ma coupe de mardi", "annuler celui de mardi", "cancel the haircut on Tuesday"]
)
async def test_a_limit_of_bookings_leads_on_in_words(
    runtime: Runtime, client: "TestClient[Any, Any]", words: str
) -> None:
    """Those were read as of the booking that could not be made: its day was changed, and it was proposed again."""
    phone = Phone(runtime, client, await make_tenant(runtime, rules={"max_open_bookings_per_customer": 1}))
    for day in ("mardi", "jeudi"):
        await phone.writes(f"une coupe avec Nadia {day} à 10h")
        answer = await phone.writes("oui")
    assert "maximum par personne" in answer
    assert "Annuler ce rendez-vous ?" in await phone.writes(words)


async def test_a_part_of_the_day_without_room_is_named(phone: Phone) -> None:
    assert "Rien de libre à ce moment de la journée" in await phone.writes("une coupe avec Nadia demain soir")
    assert phone.labels[0] == "09h00"


async def test_what_is_wished_for_is_ruled_out_no_more(phone: Phone) -> None:
    await phone.writes("une coupe avec Nadia")
    assert not any(label.startswith("mar. 3 mars") for label in (await phone.writes("pas demain"), phone.labels)[1])
    assert "mardi 3 mars" in await phone.writes("si, demain à 10h finalement")


async def test_a_day_and_a_time_beside_an_offer_choose_that_day(phone: Phone) -> None:
    await phone.writes("une coupe avec Nadia samedi")
    assert "samedi 7 mars 2026 à 11h00" in await phone.writes("samedi à 11h")
    await phone.writes("une coupe avec Nadia samedi")
    assert "vendredi 6 mars 2026 à 11h00" in await phone.writes("vendredi à 11h")


async def test_a_first_french_sentence_is_answered_in_french(phone: Phone) -> None:
    assert "Je réserve ?" in await phone.writes("atelier maquillage mardi à 10h")


@pytest.mark.parametrize("words", ["un autre jour", "non, un autre jour", "another day"])
async def test_another_day_is_asked_for_and_nothing_chosen(phone: Phone, words: str) -> None:
    await phone.writes("une coupe avec Nadia samedi")
    assert "quel jour" in await phone.writes(words)


async def test_what_is_said_after_a_booking_is_understood(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("une coupe avec Nadia samedi à 11h")
    assert "confirmé" in await phone.writes("oui")
    assert "Que puis-je faire" in await phone.writes("ok")
    assert "Avec plaisir" in await phone.writes("ok super")
    assert await booked(runtime, phone.tenant) == [("Nadia", 1, 5000)]


async def test_a_day_that_was_said_stands_in_the_next_question(phone: Phone) -> None:
    await phone.writes("une coupe")
    assert "mardi 3 mars 2026 : avec qui" in await phone.writes("mardi")


async def test_a_question_about_a_service_leads_to_booking_it(phone: Phone) -> None:
    await phone.writes("bonjour")
    assert "15 000 FCFA" in await phone.writes("c'est combien les tresses ?")
    assert "Tresses : quel jour" in await phone.taps("Réserver")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("autre horaire", "voici les horaires libres"),
        ("Autre horaire !", "voici les horaires libres"),
        ("plus tard", "voici les horaires libres"),
        ("autre jour", "quel jour vous convient"),
        ("ajouter un service", "et avec cela ?"),
        ("autre personne", "avec qui ?"),
        ("autre prestation", "Quelle prestation"),
    ],
)
async def test_a_button_under_the_summary_may_be_written_down(phone: Phone, words: str, expected: str) -> None:
    await phone.writes("une coupe avec Nadia demain à 10h")
    assert "Je réserve ?" in phone.last["text"]
    assert expected in await phone.writes(words)


async def test_add_a_service_is_no_choice_of_a_day(phone: Phone) -> None:
    await phone.writes("une coupe avec Nadia")
    assert "quel jour" in phone.last["text"]
    assert "et avec cela ?" in await phone.writes("ajouter un service")
