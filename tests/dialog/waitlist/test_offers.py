"""From "nothing is free" to the yes or no. NOW is Monday 2 March 2026, 9:00 in Douala."""

from datetime import timedelta

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from tests.dialog.waitlist.full_friday import FRIDAY, VENDREDI, confirmed, entries, free_friday, move_on, waits
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import TenantFixture
from workers import holds


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


async def test_the_template_carries_both_answers(runtime: Runtime, phone: Phone, rival: Phone) -> None:
    await waits(phone)
    await free_friday(rival)
    await phone.reads()
    template = phone.last["template"]
    assert template["name"] == "booka_waitlist_offer"
    assert template["buttons"] == [choice["id"] for choice in phone.last["choices"]]
    assert "10:00" in template["parameters"][0]
