"""Variants and add-ons in chat: asked for once, understood in words. NOW is Monday 2 March 2026, 9:00 in Douala."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from tests.dialog.parlour import EXTRAS, PARLOUR, descriptions, visits
from tests.support.phone import Phone
from tests.support.tenants import SERVICES, TenantFixture, apply_document, make_tenant, tenant_document

LONG_WITH_BEADS = ["braids", "long", ["beads"], "Nadia", "03 09:00"]


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime, services=PARLOUR)


async def test_variant_and_add_ons_are_chosen_by_taps(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("réserver")
    assert "quelle formule" in await phone.taps("Tresses")
    assert descriptions(phone) == {"Courtes": "2 h · 12 000 FCFA", "Longues": "3 h · 15 000 FCFA"}
    assert "Tresses (Longues) : souhaitez-vous un supplément" in await phone.taps("Longues")
    assert descriptions(phone) == {"Non merci": "", "Perles": "+30 min · +2 000 FCFA", "Shampoing": "+1 000 FCFA"}
    assert "Tresses (Longues, Perles), c'est noté" in await phone.taps("Perles")
    assert phone.labels == ["Non merci", "Shampoing"]
    assert "Tresses (Longues, Perles) : quel jour" in await phone.taps("Non merci")
    await phone.taps("mar. 3 mars")
    summary = await phone.taps("09h00")
    for fact in ("Tresses (Longues, Perles) avec Nadia", "mardi 3 mars 2026 à 09h00", "3 h 30 · 17 000 FCFA"):
        assert fact in summary
    assert "Tresses (Longues, Perles) avec Nadia" in await phone.taps("Oui")
    assert await visits(runtime, phone) == [(17000, [LONG_WITH_BEADS])]


async def test_one_sentence_names_variant_and_add_ons(runtime: Runtime, phone: Phone) -> None:
    summary = await phone.writes("Hello, I would like long braids with beads tomorrow at 9")
    assert "Braids (Long, Beads) with Nadia" in summary
    assert "confirmed" in await phone.writes("yes")
    assert await visits(runtime, phone) == [(17000, [LONG_WITH_BEADS])]


@pytest.mark.parametrize("words", ["2", "the long one", "longues", "les longues s'il vous plaît", "Long"])
async def test_the_variant_is_told_in_words(phone: Phone, words: str) -> None:
    await phone.writes("des tresses demain à 9h")
    await phone.writes(words)
    assert phone.labels[1] in ("Perles", "Beads")
    assert any(name in phone.last["text"] for name in ("(Longues)", "(Long)"))


@pytest.mark.parametrize("words", ["non merci", "sans rien", "rien", "c'est tout", "no thanks", "nothing else", "none"])
async def test_no_add_on_is_wanted_in_words_and_it_is_not_asked_again(phone: Phone, words: str) -> None:
    await phone.writes("tresses courtes demain à 9h")
    assert "2 h · " in await phone.writes(words)
    assert phone.labels[0].startswith(("Oui", "Yes"))
    assert "2 h · " in await phone.writes("à 10h30")


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("avec des perles", "Perles"),
        ("perles et lavage", "Perles, Shampoing"),
        ("les deux", "Perles, Shampoing"),
        ("2", "Perles"),
        ("beads please", "Perles"),
    ],
)
async def test_add_ons_are_told_in_words(phone: Phone, words: str, chosen: str) -> None:
    await phone.writes("tresses courtes demain à 9h")
    assert f"Tresses (Courtes, {chosen})" in await phone.writes(words)


async def test_a_yes_takes_the_only_add_on_that_is_left(phone: Phone) -> None:
    await phone.writes("tresses courtes demain à 9h")
    await phone.taps("Perles")
    assert "Tresses (Courtes, Perles, Shampoing) avec Nadia" in await phone.writes("oui")


async def test_who_says_when_instead_wants_no_add_on(phone: Phone) -> None:
    await phone.writes("tresses courtes")
    assert "Tresses (Courtes) avec Nadia\njeudi 5 mars" in await phone.writes("jeudi à 10h")


async def test_a_question_in_between_leaves_the_choice_open(phone: Phone) -> None:
    await phone.writes("tresses courtes demain à 9h")
    answer = await phone.writes("c'est combien ?")
    for line in ("Tresses : dès 12 000 FCFA", "• Longues : 15 000 FCFA", "+ Perles : 2 000 FCFA"):
        assert line in answer
    assert phone.labels == ["Non merci", "Perles", "Shampoing"]
    assert "Tresses (Courtes, Perles)" in await phone.taps("Perles")


async def test_how_long_each_variant_takes_is_told(phone: Phone) -> None:
    answer = await phone.writes("how long do braids take?")
    assert answer.splitlines() == ["Braids: 2 h – 3 h", "• Short: 2 h", "• Long: 3 h", "+ Beads: 30 min"]


async def test_extras_change_at_the_summary(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("long braids with beads tomorrow at 9")
    old_yes = phone.last["choices"][0]["id"]
    assert "Braids (Long)" in await phone.writes("without beads")
    assert "Braids (Long, Wash)" in await phone.writes("with a wash")
    assert "Braids (Short, Wash)" in await phone.writes("short please")
    assert "did not act on it" in await phone.taps_id(old_yes)
    assert await visits(runtime, phone) == []
    await phone.writes("no")
    assert "which one" in await phone.taps("Other options")
    await phone.taps("Long")
    assert "Braids (Long) with Nadia\nTuesday 3 March" in await phone.taps("No, thanks")
    assert "confirmed" in await phone.taps("Yes")
    assert await visits(runtime, phone) == [(15000, [["braids", "long", [], "Nadia", "03 09:00"]])]


async def test_an_old_time_button_is_a_time_for_what_is_wished_now(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("tresses longues avec perles mardi")
    tapped = phone.last["choices"][0]["id"]
    await phone.writes("plutôt courtes")
    assert "Tresses (Courtes, Perles)" in await phone.taps_id(tapped)
    await phone.writes("recommencer")
    assert "quelle formule" in await phone.taps_id(tapped)
    await phone.taps("Longues")
    assert "Tresses (Longues) avec Nadia\nmardi 3 mars 2026 à 09h00" in await phone.taps("Non merci")
    assert await visits(runtime, phone) == []


async def test_an_old_variant_button_brings_its_service_along(phone: Phone) -> None:
    await phone.writes("tresses")
    tapped = next(choice["id"] for choice in phone.last["choices"] if choice["label"] == "Longues")
    await phone.writes("une coupe")
    assert "Tresses (Longues) : souhaitez-vous" in await phone.taps_id(tapped)


async def test_another_service_takes_the_place_of_one_whose_extras_were_asked_for(phone: Phone) -> None:
    await phone.writes("tresses")
    await phone.taps("Longues")
    assert "Coupe : avec qui" in await phone.writes("finalement une coupe")
    assert "Coupe avec Nadia" in await phone.taps("Nadia")


async def test_a_variant_that_got_dearer_is_shown_again(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    document = tenant_document(services=PARLOUR)
    phone = Phone(runtime, client, await apply_document(runtime, document))
    assert "15 000 FCFA" in await phone.writes("tresses longues sans perles demain à 9h")
    document["services"][1]["variants"] = [{**EXTRAS["variants"][1], "price": "20000"}]
    await apply_document(runtime, document)
    assert "20 000 FCFA" in await phone.taps("Oui")
    assert await visits(runtime, phone) == []


async def test_a_variant_that_is_no_more_is_asked_for_anew(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    document = tenant_document(services=PARLOUR)
    phone = Phone(runtime, client, await apply_document(runtime, document))
    await phone.writes("tresses longues sans perles demain à 9h")
    document["services"][1]["variants"] = EXTRAS["variants"][:1]
    await apply_document(runtime, document)
    assert "quelle formule" in await phone.taps("Oui")
    assert phone.labels == ["Courtes"]


async def test_keys_of_any_length_fit_on_buttons(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    key = "k" * 60
    extra = {"key": key, "name": {"fr": "Longue"}, "duration_minutes": 30}
    other = {**extra, "key": f"{key[:-1]}z", "name": {"fr": "Autre"}}
    service = {**SERVICES[0], "key": key, "variants": [extra, other], "add_ons": [extra, other]}
    staff = [{"key": name, "name": name, "hours": {"tue": ["09:00-18:00"]}} for name in ("x" * 60, "y" * 60)]
    services = [{**service, "staff": [person["key"] for person in staff]}, {**SERVICES[0], "staff": ["x" * 60]}]
    tenant = await make_tenant(runtime, services=services, staff=staff, merchants=[])
    phone = Phone(runtime, client, tenant)
    await phone.writes("réserver")
    for label in ("Coupe", "Autre", "Autre", "Non merci", "y", "mar. 3 mars", "09h00"):
        await phone.taps(label)
    assert "Coupe (Autre, Autre) avec yyy" in phone.last["text"]
    assert "confirmé" in await phone.taps("Oui")


async def test_the_only_service_needs_no_naming(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    phone = Phone(runtime, client, await make_tenant(runtime, services=[PARLOUR[1]]))
    assert "quelle formule" in await phone.writes("réserver")
    await phone.writes("longues")
    await phone.writes("avec perles")
    await phone.taps("Non merci")
    for label in ("mar. 3 mars", "09h00"):
        await phone.taps(label)
    assert "Tresses (Longues, Perles) avec Nadia" in await phone.taps("Oui")
