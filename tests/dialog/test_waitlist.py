"""Waiting for a time in chat, from "nothing is free" to the yes. NOW is Monday 2 March 2026, 9:00 in Douala.

On Friday Nadia has time for one haircut, at 10:00, and somebody has it; Émile is away.
"""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import HOURS, TenantFixture, make_tenant
from workers import holds, waitlist

PEOPLE = [
    {
        "key": "nadia",
        "name": "Nadia",
        "location": "centre",
        "hours": HOURS,
        "overrides": {"2026-03-06": ["10:00-10:45"]},
    },
    {"key": "emile", "name": "Émile", "location": "centre", "hours": HOURS, "overrides": {"2026-03-06": []}},
]
FRIDAY = "Friday 6 March 2026"
VENDREDI = "vendredi 6 mars 2026"


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime, staff=PEOPLE)


@pytest.fixture
async def rival(runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture) -> Phone:
    """Who has the haircut of Friday."""
    rival = Phone(runtime, client, tenant)
    await rival.writes("a haircut with Nadia on Friday at 10:00")
    assert "confirmed" in await rival.writes("yes")
    return rival


@pytest.fixture
def other(runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture, phone: Phone) -> Phone:
    """Another customer on the same channel."""
    return Phone(runtime, client, tenant, channel=phone.channel)


async def move_on(runtime: Runtime, tenant: TenantFixture) -> None:
    """The job, twice as a lost acknowledgement would."""
    for _ in range(2):
        await waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id)


async def free_friday(rival: Phone) -> None:
    await rival.writes("cancel")
    assert await rival.taps_id(rival.last["choices"][0]["id"])
    await move_on(rival.runtime, rival.tenant)


async def entries(phone: Phone) -> list[str]:
    sql = "SELECT status FROM waitlist_entries WHERE tenant_id = $1 ORDER BY id"
    return [row["status"] for row in await query(phone.runtime, sql, phone.tenant.tenant_id)]


async def confirmed(phone: Phone) -> list[str]:
    sql = (
        "SELECT to_char(starts_at AT TIME ZONE 'Africa/Douala', 'DD HH24:MI') AS at FROM bookings"
        " WHERE tenant_id = $1 AND status = 'confirmed' ORDER BY starts_at"
    )
    return [row["at"] for row in await query(phone.runtime, sql, phone.tenant.tenant_id)]


async def waits(phone: Phone, language: str = "en") -> None:
    """Puts this person on the list for Friday."""
    words = "put me on the waiting list for a haircut on Friday" if language == "en" else SOUHAIT
    assert ("on the waiting list" if language == "en" else "liste d'attente") in await phone.writes(words)


SOUHAIT = "mettez-moi sur liste d'attente pour une coupe vendredi"


async def test_from_a_full_day_to_the_yes_by_taps(phone: Phone, rival: Phone) -> None:
    await phone.writes("book a haircut on Friday")
    assert f"Nothing is free on {FRIDAY}" in await phone.taps("Anyone")
    noted = await phone.taps("Waiting list")
    for fact in ("on the waiting list", "Haircut with anyone", FRIDAY, "30 minutes"):
        assert fact in noted
    assert phone.labels == ["Leave the list", "My bookings"]
    await free_friday(rival)
    offer = await phone.reads()
    for fact in ("Haircut with Nadia", f"{FRIDAY} at 10:00", "3 Rue des Palmiers", "FCFA 5,000", "until 09:30"):
        assert fact in offer
    assert phone.labels == ["Yes, book it", "No, thanks"]
    assert "confirmed" in await phone.taps("Yes")
    assert await confirmed(phone) == ["06 10:00"]
    assert await entries(phone) == ["taken"]


async def test_from_a_full_day_to_the_yes_in_french_words(
    runtime: Runtime, tenant: TenantFixture, phone: Phone, rival: Phone
) -> None:
    await phone.writes("une coupe vendredi")
    assert f"Rien de libre le {VENDREDI}" in await phone.writes("peu importe")
    assert "Liste d'attente" in phone.labels
    noted = await phone.writes("mettez-moi sur liste d'attente")
    for fact in ("sur la liste d'attente", "Coupe avec n'importe qui", VENDREDI, "30 minutes"):
        assert fact in noted
    await free_friday(rival)
    offer = await phone.reads()
    for fact in ("Coupe avec Nadia", f"{VENDREDI} à 10h00", "5 000", "jusqu'à 09h30"):
        assert fact in offer
    assert "confirmé" in await phone.writes("oui je prends")
    assert await confirmed(phone) == ["06 10:00"]
    told = [row["payload"]["text"] for row in await outbox(runtime, tenant.tenant_id, kind="notice")]
    assert len([text for text in told if "Nouveau rendez-vous" in text and f"{VENDREDI} à 10h00" in text]) == 4


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


async def test_my_bookings_tell_till_when_a_time_is_held(phone: Phone, rival: Phone) -> None:
    await waits(phone)
    await free_friday(rival)
    assert "held for you until 09:30" in await phone.writes("my bookings")


async def test_a_no_passes_the_time_to_the_next(phone: Phone, other: Phone, rival: Phone) -> None:
    await waits(phone)
    await waits(other)
    await free_friday(rival)
    assert await other.reads() == ""
    assert "A time is free" in await phone.reads()
    assert "next person" in await phone.taps("No")
    await move_on(phone.runtime, phone.tenant)
    assert "A time is free" in await other.reads()
    assert await entries(phone) == ["waiting", "offered"]


async def test_a_no_in_words_passes_it_too(phone: Phone, other: Phone, rival: Phone) -> None:
    await waits(phone, "fr")
    await waits(other, "fr")
    await free_friday(rival)
    await phone.reads()
    assert "personne suivante" in await phone.writes("non merci")
    await move_on(phone.runtime, phone.tenant)
    assert "Un horaire s'est libéré" in await other.reads()


async def test_silence_passes_it_too_and_a_late_yes_is_answered(
    phone: Phone, other: Phone, rival: Phone, clock: FixedClock
) -> None:
    await waits(phone)
    await waits(other)
    await free_friday(rival)
    await phone.reads()
    old_yes = phone.last["choices"][0]["id"]
    clock.advance(timedelta(minutes=30))
    await expire_holds(phone)
    assert "couldn't hold Haircut with Nadia" in await phone.reads()
    assert "A time is free" in await other.reads()
    answer = await phone.taps_id(old_yes)
    assert f"{FRIDAY} at 10:00 is no longer held for you" in answer
    assert "still on the waiting list" in answer
    assert f"Nothing is free on {FRIDAY}" in answer
    assert "confirmed" in await other.taps("Yes")
    assert await confirmed(phone) == ["06 10:00"]
    assert await entries(phone) == ["waiting", "taken"]


async def expire_holds(phone: Phone) -> None:
    """What the sweep and its job do."""
    sql = "SELECT id FROM bookings WHERE tenant_id = $1 AND status = 'held' AND hold_until <= $2"
    for row in await query(phone.runtime, sql, phone.tenant.tenant_id, phone.runtime.clock.now()):
        await holds.expire(phone.runtime, phone.tenant.tenant_id, row["id"])
    await move_on(phone.runtime, phone.tenant)


async def test_a_yes_taps_twice_and_books_once(phone: Phone, rival: Phone) -> None:
    await waits(phone)
    await free_friday(rival)
    await phone.reads()
    yes, no = (choice["id"] for choice in phone.last["choices"])
    assert "confirmed" in await phone.taps_id(yes)
    assert "yours already" in await phone.taps_id(yes)
    assert "yours already" in await phone.taps_id(no)
    assert await confirmed(phone) == ["06 10:00"]


async def test_a_yes_of_somebody_else_takes_nothing(phone: Phone, other: Phone, rival: Phone) -> None:
    await waits(phone)
    await free_friday(rival)
    await phone.reads()
    await other.writes("hello there, how are you")
    assert "earlier" in await other.taps_id(phone.last["choices"][0]["id"])
    assert await entries(phone) == ["offered"]
    assert "confirmed" in await phone.taps("Yes")


async def test_a_yes_to_a_summary_is_not_taken_for_a_yes_to_the_offer(phone: Phone, rival: Phone) -> None:
    """The offer comes while something else is being put together: words show that again, buttons mean what they say."""
    await waits(phone)
    await phone.writes("braids with Nadia on Thursday at 9")
    await free_friday(rival)
    assert "A time is free" in await phone.reads()
    offer = phone.last["choices"][0]["id"]
    assert "Shall I book it?" in await phone.writes("yes")
    assert await confirmed(phone) == []
    assert "confirmed" in await phone.taps_id(offer)
    assert await confirmed(phone) == ["06 10:00"]


@pytest.mark.parametrize(("word", "outcome"), [("yes", "confirmed"), ("no", "next person")])
async def test_an_offer_is_answered_in_words_where_the_question_before_it_has_no_yes(
    phone: Phone, rival: Phone, word: str, outcome: str
) -> None:
    """Which service, which day: a yes is no answer to that, but to the offer that was shown last."""
    await waits(phone)
    assert "with whom" in await phone.writes("a haircut")
    await free_friday(rival)
    assert "A time is free" in await phone.reads()
    assert outcome in await phone.writes(word)


async def test_who_wants_no_messages_is_passed_over_and_keeps_the_place(
    phone: Phone, other: Phone, rival: Phone
) -> None:
    await waits(phone)
    await waits(other)
    await phone.writes("STOP")
    await free_friday(rival)
    assert "A time is free" in await other.reads()
    await phone.writes("START")
    await other.taps("No")
    await move_on(phone.runtime, phone.tenant)
    assert "A time is free" in await phone.reads()


async def test_a_customer_waits_for_five_things_at_most(phone: Phone, rival: Phone) -> None:
    for clock in ("10:00", "10:15", "10:30", "10:45", "11:00"):
        assert "on the waiting list" in await phone.writes(
            f"put me on the waiting list for a haircut on Friday at {clock}"
        )
    assert "5 waiting lists" in await phone.writes("put me on the waiting list for a haircut on Friday at 11:15")


async def test_the_template_carries_both_answers(runtime: Runtime, phone: Phone, rival: Phone) -> None:
    await waits(phone)
    await free_friday(rival)
    await phone.reads()
    template = phone.last["template"]
    assert template["name"] == "booka_waitlist_offer"
    assert template["buttons"] == [choice["id"] for choice in phone.last["choices"]]
    assert "10:00" in template["parameters"][0]


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
