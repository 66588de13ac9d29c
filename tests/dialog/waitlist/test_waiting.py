"""What is waited for, and who sees it. NOW is Monday 2 March 2026, 9:00 in Douala."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from tests.dialog.waitlist.full_friday import FRIDAY, PEOPLE, VENDREDI, entries, free_friday, waits
from tests.support.phone import Phone
from tests.support.tenants import make_tenant


async def test_one_sentence_says_all(phone: Phone, rival: Phone) -> None:
    noted = await phone.writes("put me on the waiting list for a haircut with Nadia on Friday morning")
    for fact in ("Haircut with Nadia", FRIDAY, "between 08:00 and 12:00"):
        assert fact in noted


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["Coupe", "vendredi"], ["Coupe avec n'importe qui", VENDREDI]),
        (["Coupe", "entre jeudi et vendredi"], ["du jeudi 5 mars 2026 au vendredi 6 mars 2026"]),
    ],
)
async def test_what_is_missing_is_asked_one_thing_at_a_time(
    phone: Phone, rival: Phone, answers: list[str], expected: list[str]
) -> None:
    if "jeudi" in answers[1]:
        await full_thursday(phone)
    assert "Quelle prestation" in await phone.writes("prévenez-moi si une place se libère")
    assert "quel jour" in await phone.writes(answers[0])
    noted = await phone.writes(answers[1])
    assert "sur la liste d'attente" in noted
    for fact in expected:
        assert fact in noted


async def full_thursday(phone: Phone) -> None:
    owner = phone.tenant.merchants["awa"]
    awa = Phone(phone.runtime, phone.client, phone.tenant, address=owner.wa_id)
    await awa.writes("block Thursday for Nadia", "block Thursday for Émile")


async def test_the_missing_day_is_chosen_by_a_tap(phone: Phone, rival: Phone) -> None:
    await phone.writes("I'd like to be on the waiting list")
    assert "for which day" in await phone.taps("Haircut")
    assert phone.labels[0] == "Any day"
    assert FRIDAY in await phone.taps("Fri 6 Mar")
    assert await entries(phone) == ["waiting"]


async def test_any_day_is_not_waited_for_while_one_is_free(phone: Phone, rival: Phone) -> None:
    await phone.writes("I'd like to be on the waiting list for a haircut")
    answer = await phone.taps("Any day")
    assert "No need to wait" in answer
    assert "Tue 3 Mar" in phone.labels
    assert await entries(phone) == []


async def test_where_nothing_is_free_at_all_any_day_is_waited_for(
    runtime: Runtime, client: "TestClient[Any, Any]", phone: Phone
) -> None:
    """The one haircut of the next five days is gone."""
    nadia = PEOPLE[0] | {"hours": {"fri": ["10:00-10:45"]}, "overrides": {}}
    services = [{"key": "cut", "name": {"en": "Haircut", "fr": "Coupe"}, "duration_minutes": 45, "staff": ["nadia"]}]
    tenant = await make_tenant(runtime, services=services, staff=[nadia], rules={"horizon_days": 5})
    holder = Phone(runtime, client, tenant)
    await holder.writes("une coupe vendredi à 10h")
    assert "confirmé" in await holder.writes("oui")
    waiting = Phone(runtime, client, tenant, channel=phone.channel)
    assert "rien de libre" in await waiting.writes("je voudrais une coupe")
    noted = await waiting.taps("Liste d'attente")
    assert "du lundi 2 mars 2026 au samedi 7 mars 2026" in noted
    await free_friday(holder)
    assert f"{VENDREDI} à 10h00" in await waiting.reads()


async def test_a_part_of_the_day_that_is_full_is_what_is_waited_for(phone: Phone, rival: Phone) -> None:
    owner = phone.tenant.merchants["awa"]
    awa = Phone(phone.runtime, phone.client, phone.tenant, address=owner.wa_id)
    await awa.writes("block Thursday 12:00-18:00 for Nadia")
    assert "Nothing is free at that time of day" in await phone.writes(
        "book a haircut with Nadia on Thursday afternoon"
    )
    noted = await phone.taps("Waiting list")
    assert "Thursday 5 March 2026, between 12:00 and 18:00" in noted


async def test_leaving_the_question_half_way_notes_nothing(phone: Phone, rival: Phone) -> None:
    await phone.writes("put me on the waiting list for a haircut")
    assert "dropped it" in await phone.writes("never mind")
    assert await entries(phone) == []


async def test_what_is_free_is_offered_instead(phone: Phone, rival: Phone) -> None:
    answer = await phone.writes("put me on the waiting list for a haircut with Nadia on Thursday at 10")
    assert "No need to wait" in answer
    assert "Shall I book it?" in answer
    assert "confirmed" in await phone.taps("Yes")
    assert await entries(phone) == []


async def test_a_time_that_is_not_free_is_what_is_waited_for(phone: Phone, rival: Phone) -> None:
    await rival.writes("a haircut with Nadia on Thursday at 10")
    await rival.writes("yes")
    assert "not free" in await phone.writes("a haircut with Nadia on Thursday at 10")
    assert "Thursday 5 March 2026, at 10:00" in await phone.writes("put me on the waiting list")


async def test_my_bookings_tell_what_is_waited_for_and_lead_out_of_it(phone: Phone, rival: Phone) -> None:
    await waits(phone)
    listed = await phone.writes("my bookings")
    assert "On the waiting list:\n• Haircut with anyone, Friday 6 March 2026" in listed
    assert "off the waiting list" in await phone.taps("Leave the list")
    assert await entries(phone) == ["left"]
    await free_friday(rival)
    assert await phone.reads() == ""


async def test_of_several_waits_the_one_to_end_is_asked(phone: Phone, rival: Phone) -> None:
    await waits(phone)
    await phone.writes("put me on the waiting list for a haircut with Nadia on Friday at 10")
    assert "On the waiting list:" in await phone.writes("take me off the waiting list")
    assert "Which wait" in await phone.taps("Leave the list")
    assert [choice.get("description") for choice in phone.last["choices"]] == [FRIDAY, f"{FRIDAY}, at 10:00"]
    await phone.taps_id(phone.last["choices"][1]["id"])
    assert await entries(phone) == ["waiting", "left"]


async def test_a_customer_waits_for_five_things_at_most(phone: Phone, rival: Phone) -> None:
    for clock in ("10:00", "10:15", "10:30", "10:45", "11:00"):
        assert "on the waiting list" in await phone.writes(
            f"put me on the waiting list for a haircut on Friday at {clock}"
        )
    assert "5 waiting lists" in await phone.writes("put me on the waiting list for a haircut on Friday at 11:15")


async def test_merchants_see_who_waits(phone: Phone, other: Phone, rival: Phone) -> None:
    people = phone.tenant.merchants

    def merchant(name: str) -> Phone:
        who = people[name]
        address = who.wa_id if phone.channel == "whatsapp" else str(who.telegram_user_id)
        return Phone(phone.runtime, phone.client, phone.tenant, channel=phone.channel, address=address)

    awa, nadia = merchant("awa"), merchant("nadia")
    assert "Personne n'est sur la liste d'attente" in await awa.writes("liste d'attente")
    await waits(phone)
    await other.writes("put me on the waiting list for a haircut with Émile on Friday")
    await free_friday(rival)
    listed = await awa.writes("liste d'attente")
    name = "Mireille" if phone.channel == "whatsapp" else "Paul"
    assert f"• Coupe avec n'importe qui, {VENDREDI} : {name}" in listed
    assert f"(proposé : {VENDREDI} à 10h00)" in listed
    assert "Coupe avec Émile" in listed
    assert "Émile" not in await nadia.writes("waiting list")
