"""Several services in one visit, by chat. NOW is Monday 2 March 2026, 9:00 in Douala."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from tests.dialog.parlour import CLASS, CUT, PARLOUR, at, descriptions, visits
from tests.support.bookings import Salon, open_salon
from tests.support.phone import Phone, outbox
from tests.support.tenants import STAFF, TenantFixture, apply_document, make_tenant, tenant_document

MORE = [
    {"key": key, "name": {"en": key, "fr": key}, "duration_minutes": 15, "price": "1000", "staff": ["nadia"]}
    for key in ("peeling", "massage", "epilation", "henna")
]


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime, services=PARLOUR)


@pytest.fixture
async def salon(runtime: Runtime, tenant: TenantFixture) -> Salon:
    """The same salon, for others' bookings."""
    return await open_salon(runtime, tenant.tenant_id)


async def test_two_services_of_one_message_are_one_visit(runtime: Runtime, phone: Phone) -> None:
    summary = await phone.writes("a haircut and a manicure on Thursday at 10:00")
    assert summary.splitlines() == [
        "Thursday 5 March 2026 at 10:00",
        "• 10:00 Haircut, with Nadia",
        "• 10:45 Manicure, with Nadia",
        "Centre, 3 Rue des Palmiers, Douala",
        "1 h 45 · FCFA 12,000",
        "",
        "Shall I book it?",
    ]
    answer = await phone.writes("yes")
    assert "confirmed" in answer
    assert "• 10:45 Manicure, with Nadia" in answer
    parts: list[list[Any]] = [["cut", None, [], "Nadia", "05 10:00"], ["manicure", None, [], "Nadia", "05 10:45"]]
    assert await visits(runtime, phone) == [(12000, parts)]
    assert "Haircut + Manicure with Nadia" in await phone.writes("my bookings")


async def test_one_person_is_preferred_and_several_are_the_way_out(
    runtime: Runtime, phone: Phone, salon: Salon
) -> None:
    """Émile could begin at 10:00 and go on; when he is taken, Nadia begins and he goes on."""
    await salon.book(at(5, 10, 45), service="manicure", staff="nadia")
    assert "• 10h00 Coupe, avec Émile\n• 11h00 Manucure, avec Émile" in await phone.writes(
        "une coupe et une manucure jeudi à 10h"
    )
    await salon.book(at(5, 9), service="cut", staff="emile")
    summary = await phone.taps("Oui")
    assert "n'est plus disponible" in summary
    await salon.book(at(4, 11), service="manicure", staff="nadia")
    await salon.book(at(4, 9), service="cut", staff="emile")
    assert "• 10h00 Coupe, avec Nadia\n• 10h45 Manucure, avec Émile" in await phone.writes("mercredi à 10h")
    assert "confirmé" in await phone.taps("Oui")
    assert [part[3] for part in (await visits(runtime, phone))[-1][1]] == ["Nadia", "Émile"]


async def test_who_is_wished_for_does_what_they_can(runtime: Runtime, phone: Phone) -> None:
    summary = await phone.writes("haircut and beard with Nadia on Thursday at 10:00")
    assert "• 10:00 Haircut, with Nadia\n• 10:45 Beard trim, with Émile" in summary
    await phone.writes("yes")
    told = [row["payload"]["text"] for row in await outbox(runtime, phone.tenant.tenant_id, kind="notice")]
    assert all("Coupe + Taille de barbe avec Nadia, Émile" in text for text in told)


async def test_who_does_all_is_asked_with_what_they_ask_for(phone: Phone) -> None:
    assert "Coupe + Manucure : avec qui" in await phone.writes("coupe et manucure")
    assert descriptions(phone) == {
        "Peu importe": "",
        "Nadia": "1 h 45 · 12 000 FCFA",
        "Émile": "2 h · 13 000 FCFA",
    }


@pytest.mark.parametrize(
    "words",
    ["et aussi une manucure", "and also a manicure", "ajoutez une manucure", "une manucure en plus", "and a manicure"],
)
async def test_a_word_of_addition_adds(phone: Phone, words: str) -> None:
    await phone.writes("une coupe avec Nadia jeudi à 10h")
    summary = await phone.writes(words)
    assert ("• 10h00 Coupe, avec Nadia\n• 10h45 Manucure, avec Nadia" in summary) or (
        "• 10:00 Haircut, with Nadia\n• 10:45 Manicure, with Nadia" in summary
    )


@pytest.mark.parametrize("words", ["une manucure", "non, une manucure plutôt", "finalement une manucure"])
async def test_another_service_without_such_a_word_takes_its_place(phone: Phone, words: str) -> None:
    await phone.writes("une coupe avec Nadia jeudi à 10h")
    assert "Manucure avec Nadia\njeudi 5 mars 2026 à 10h00" in await phone.writes(words)


async def test_what_is_named_again_stays_what_it_is(phone: Phone) -> None:
    await phone.writes("une coupe et une manucure avec Nadia jeudi à 10h")
    summary = await phone.writes("la coupe à 9h")
    assert "• 09h00 Coupe, avec Nadia\n• 09h45 Manucure, avec Nadia" in summary


async def test_a_service_is_added_by_the_button(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("une coupe avec Nadia jeudi à 10h")
    assert phone.labels == ["Oui, je réserve", "Autre horaire", "Ajouter un service"]
    assert "Coupe, et avec cela" in await phone.taps("Ajouter")
    assert phone.labels == ["Tresses", "Taille de barbe", "Manucure", "Non merci"]
    assert "Coupe avec Nadia" in await phone.taps("Non merci")
    await phone.taps("Ajouter")
    assert "Coupe avec Nadia" in await phone.writes("non")
    await phone.taps("Ajouter")
    assert "parking" not in await phone.writes("c'est combien ?")
    assert "et avec cela" in phone.last["text"]
    assert "quelle formule" in await phone.writes("tresses")
    await phone.taps("Courtes")
    assert "• 10h45 Tresses (Courtes), avec Nadia" in await phone.taps("Non merci")
    assert "• 10h45 Tresses (Courtes), avec Nadia" in await phone.taps("Oui")
    assert [part[0] for part in (await visits(runtime, phone))[0][1]] == ["cut", "braids"]


@pytest.mark.parametrize("words", ["sans la manucure", "enlevez la manucure", "without the manicure"])
async def test_a_service_is_left_out_in_words(phone: Phone, words: str) -> None:
    await phone.writes("une coupe et une manucure avec Nadia jeudi à 10h")
    assert "5 000 FCFA" in await phone.writes(words) or "FCFA 5,000" in phone.last["text"]


async def test_a_service_is_left_out_by_the_button(phone: Phone) -> None:
    await phone.writes("a haircut and a manicure with Nadia on Thursday at 10:00")
    await phone.writes("no")
    assert "Which one" in await phone.taps("Leave one out")
    assert phone.labels == ["Haircut", "Manicure"]
    assert "Manicure with Nadia\nThursday 5 March 2026 at 10:00" in await phone.writes("the haircut")


async def test_a_group_is_booked_on_its_own(phone: Phone) -> None:
    answer = await phone.writes("une coupe avec Nadia et un atelier maquillage jeudi à 10h")
    assert "« Atelier maquillage » se réserve à part" in answer
    assert "Coupe avec Nadia\njeudi 5 mars 2026 à 10h00" in answer
    await phone.writes("recommencer")
    answer = await phone.writes("un atelier maquillage et une manucure jeudi à 10h")
    assert "« Atelier maquillage » se réserve à part. Je continue avec et laisse « Manucure » de côté." in answer
    assert "Atelier maquillage avec Émile" in answer
    assert phone.labels[-1] == "Abandonner"


async def test_five_services_are_the_most(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    phone = Phone(runtime, client, await make_tenant(runtime, services=[CUT, *MORE, PARLOUR[3]]))
    answer = await phone.writes("coupe, peeling, massage, epilation, henna et manucure avec Nadia jeudi à 9h")
    assert "5 prestations au plus" in answer
    assert answer.count("•") == 5
    assert "Manucure" not in answer
    assert phone.labels[-1] == "Abandonner"


async def test_services_of_different_places_are_two_visits(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    places = [{"key": "centre", "name": "Centre"}, {"key": "bali", "name": "Bali"}]
    tenant = await make_tenant(
        runtime, locations=places, staff=[STAFF[0], {**STAFF[1], "location": "bali"}], services=PARLOUR
    )
    phone = Phone(runtime, client, tenant)
    answer = await phone.writes("tresses courtes sans perles et une barbe")
    assert "« Taille de barbe » ne se fait pas à la même adresse que « Tresses »" in answer
    assert "Tresses (Courtes) : quel jour" in answer


async def test_an_old_time_button_means_the_visit_it_was_made_for(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("une coupe avec Nadia jeudi")
    for_the_cut = phone.last["choices"][0]["id"]
    await phone.writes("et aussi une manucure")
    for_both = phone.last["choices"][0]["id"]
    assert "Coupe avec Nadia\njeudi 5 mars 2026 à 09h00" in await phone.taps_id(for_the_cut)
    assert "• 09h00 Coupe, avec Nadia\n• 09h45 Manucure, avec Nadia" in await phone.taps_id(for_both)
    old_yes = phone.last["choices"][0]["id"]
    await phone.writes("recommencer")
    assert "• 09h45 Manucure, avec Nadia" in await phone.taps_id(for_both)
    await phone.taps_id(for_the_cut)
    assert "n'en ai donc pas tenu compte" in await phone.taps_id(old_yes)
    assert await visits(runtime, phone) == []


async def test_a_yes_holds_for_every_price_of_the_visit(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    document = tenant_document(services=PARLOUR)
    phone = Phone(runtime, client, await apply_document(runtime, document))
    assert "12 000 FCFA" in await phone.writes("une coupe et une manucure avec Nadia jeudi à 10h")
    document["services"][3]["price"] = "8000"
    await apply_document(runtime, document)
    assert "13 000 FCFA" in await phone.taps("Oui")
    assert await visits(runtime, phone) == []
    assert "13 000 FCFA" in await phone.taps("Oui")
    assert [price for price, _ in await visits(runtime, phone)] == [13000]


async def test_a_part_that_was_taken_meanwhile_leads_to_other_times(
    runtime: Runtime, phone: Phone, salon: Salon
) -> None:
    await phone.writes("tresses courtes sans perles et une manucure avec Nadia jeudi à 9h")
    await salon.book(at(5, 11), service="manicure", staff="nadia")
    answer = await phone.taps("Oui")
    assert "n'est plus disponible" in answer
    assert phone.labels
    assert [part[0] for _, parts in await visits(runtime, phone) for part in parts] == ["manicure"]


async def test_a_visit_moves_with_all_its_parts(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("short braids with beads and a beard trim on Thursday at 9:00")
    before: list[list[Any]] = [
        ["braids", "short", ["beads"], "Nadia", "05 09:00"],
        ["beard", None, [], "Émile", "05 11:30"],
    ]
    await phone.writes("yes")
    assert await visits(runtime, phone) == [(17500, before)]
    summary = await phone.writes("move it to Friday at 9:00")
    for fact in ("Braids (Short, Beads) + Beard trim", "with Nadia, Émile", "FCFA 17,500"):
        assert fact in summary
    assert "moved" in await phone.writes("yes")
    after = [[*part[:4], part[4].replace("05", "06")] for part in before]
    assert await visits(runtime, phone) == [(17500, after)]


async def test_a_single_class_and_one_service_offer_nothing_to_add(
    runtime: Runtime, client: "TestClient[Any, Any]"
) -> None:
    phone = Phone(runtime, client, await make_tenant(runtime, services=[CUT, CLASS]))
    await phone.writes("une coupe avec Nadia jeudi à 10h")
    assert phone.labels == ["Oui, je réserve", "Autre horaire", "Abandonner"]


async def test_a_service_of_the_whole_team_asks_for_nobody(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    both = {**CUT, "key": "bridal", "name": {"fr": "Mariage", "en": "Bridal"}, "needs_all_staff": True}
    phone = Phone(runtime, client, await make_tenant(runtime, services=[both, PARLOUR[3]]))
    assert "Mariage : quel jour" in await phone.writes("mariage")
    assert "Mariage avec Nadia, Émile" in await phone.writes("jeudi à 10h avec Émile")
    assert "• 10h45 Manucure, avec Émile" in await phone.writes("et une manucure")
    await phone.taps("Oui")
    parts: list[list[Any]] = [["bridal", None, [], name, "05 10:00"] for name in ("Nadia", "Émile")]
    assert await visits(runtime, phone) == [(12000, [*parts, ["manicure", None, [], "Émile", "05 10:45"]])]
