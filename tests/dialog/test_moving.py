"""Moving a booking in chat. NOW is Monday 2 March 2026, 9:00 in Douala."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.clock import FixedClock
from core.runtime import Runtime
from tests.dialog.moves import FRIDAY, SATURDAY, bookings
from tests.support.phone import Phone, outbox
from tests.support.tenants import TenantFixture, make_tenant


@pytest.fixture
async def booked(phone: Phone) -> Phone:
    """Friday at 10:00 with Nadia, told in English."""
    await phone.writes("book a haircut with Nadia on Friday at 10:00")
    assert "confirmed" in await phone.writes("yes")
    return phone


async def notices(runtime: Runtime, tenant: TenantFixture, word: str) -> list[str]:
    """The texts of the notices that hold this word."""
    texts = [str(row["payload"]["text"]) for row in await outbox(runtime, tenant.tenant_id, kind="notice")]
    return [text for text in texts if word in text]


async def test_one_sentence_moves_a_booking(runtime: Runtime, booked: Phone) -> None:
    summary = await booked.writes("move my Friday appointment to Saturday at 10")
    for fact in ("Haircut", "Friday 6 March 2026 at 10:00", "Saturday 7 March 2026 at 10:00", "Nadia", "FCFA 5,000"):
        assert fact in summary
    assert [label for label in booked.labels if label.startswith("Yes")] == ["Yes, move it"]
    assert await bookings(runtime, booked.tenant) == [FRIDAY]
    answer = await booked.taps("Yes")
    assert "moved" in answer
    assert "Saturday 7 March 2026 at 10:00" in answer
    assert await bookings(runtime, booked.tenant) == [SATURDAY]
    told = await notices(runtime, booked.tenant, "Déplacé")
    assert len(told) == 2
    assert all("vendredi 6 mars 2026 à 10h00" in text and "samedi 7 mars 2026 à 10h00" in text for text in told)


async def test_a_booking_is_moved_by_taps_in_french(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("une coupe avec Nadia mardi à 10h")
    await phone.writes("oui")
    assert "mardi 3 mars" in await phone.writes("mes rendez-vous")
    assert "quel jour" in await phone.taps("Déplacer")
    assert "horaires libres" in await phone.taps("jeu. 5 mars")
    assert "Je le déplace ?" in await phone.taps("10h30")
    assert "déplacé" in await phone.taps("Oui")
    assert await bookings(runtime, phone.tenant) == [("confirmed", "Nadia", "05 10:30")]


async def test_old_and_new_day_are_told_apart_in_french(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("une coupe avec Nadia mardi à 10h")
    await phone.writes("oui")
    summary = await phone.writes("je voudrais décaler mon rendez-vous de mardi à jeudi 15h")
    assert "mardi 3 mars 2026 à 10h00" in summary
    assert "jeudi 5 mars 2026 à 15h00" in summary
    assert "déplacé" in await phone.writes("oui")
    assert await bookings(runtime, phone.tenant) == [("confirmed", "Nadia", "05 15:00")]


async def test_a_time_alone_keeps_the_day_and_the_own_time_hides_nothing(runtime: Runtime, booked: Phone) -> None:
    assert "Friday 6 March 2026 at 10:30" in await booked.writes("can we move it to 10:30")
    assert "moved" in await booked.writes("yes")
    assert await bookings(runtime, booked.tenant) == [("confirmed", "Nadia", "06 10:30")]


async def test_it_moves_to_somebody_else_and_both_are_told(runtime: Runtime, booked: Phone) -> None:
    summary = await booked.writes("move my Friday appointment to Saturday at 10 with Émile")
    assert "with Émile" in summary
    assert "moved" in await booked.writes("yes")
    assert await bookings(runtime, booked.tenant) == [("confirmed", "Émile", "07 10:00")]
    assert len(await notices(runtime, booked.tenant, "avec Nadia au samedi 7 mars 2026 à 10h00 avec Émile")) == 2


async def test_which_of_two_is_asked_and_the_new_time_kept(runtime: Runtime, booked: Phone) -> None:
    await booked.writes("book a haircut with Émile on Thursday at 11")
    await booked.writes("yes")
    assert "Which booking" in await booked.writes("move my appointment to Saturday at 10")
    assert [label[:3] for label in booked.labels] == ["Thu", "Fri"]
    assert "Saturday 7 March 2026 at 10:00, with Nadia" in await booked.writes("Friday")
    assert "moved" in await booked.writes("yes")
    assert sorted(await bookings(runtime, booked.tenant)) == [
        ("confirmed", "Nadia", "07 10:00"),
        ("confirmed", "Émile", "05 11:00"),
    ]


async def test_words_after_the_question_are_the_new_time(runtime: Runtime, booked: Phone) -> None:
    assert "which day" in await booked.writes("reschedule")
    assert "Saturday 7 March 2026 at 10:00" in await booked.writes("Saturday at 10")
    assert "Thursday 5 March 2026 at 10:00" in await booked.writes("no, Thursday instead")
    assert "moved" in await booked.writes("yes")
    assert await bookings(runtime, booked.tenant) == [("confirmed", "Nadia", "05 10:00")]


async def test_another_day_and_the_word_itself_are_understood_on_the_way(runtime: Runtime, booked: Phone) -> None:
    assert "which day" in await booked.writes("move")
    assert "which day" in await booked.writes("reschedule")
    await booked.writes("Saturday at 10")
    assert "which day" in await booked.writes("another day")
    assert "Saturday 7 March 2026 at 10:00" in await booked.writes("Saturday")
    assert "Shall I move it?" in await booked.writes("reschedule")
    assert await bookings(runtime, booked.tenant) == [FRIDAY]
    assert "moved" in await booked.writes("yes, reschedule")
    assert await bookings(runtime, booked.tenant) == [SATURDAY]


async def test_a_button_of_another_booking_says_what_it_said_then(runtime: Runtime, booked: Phone) -> None:
    await booked.writes("braids with Nadia on Thursday")
    slot = booked.last["choices"][0]["id"]
    await booked.writes("reschedule")
    assert "Shall I book it?" in await booked.taps_id(slot)
    assert await bookings(runtime, booked.tenant) == [FRIDAY]


async def test_a_stale_yes_moves_nothing(runtime: Runtime, booked: Phone) -> None:
    await booked.writes("move my Friday appointment to Saturday at 10")
    old_yes = booked.last["choices"][0]["id"]
    await booked.writes("Thursday at 11")
    assert "Thursday 5 March 2026 at 11:00" in await booked.taps_id(old_yes)
    assert await bookings(runtime, booked.tenant) == [FRIDAY]
    assert "moved" in await booked.taps("Yes")
    assert "moved" not in await booked.taps_id(old_yes)
    assert await bookings(runtime, booked.tenant) == [("confirmed", "Nadia", "05 11:00")]


async def test_a_no_asks_what_to_change_and_leaving_keeps_the_old_time(runtime: Runtime, booked: Phone) -> None:
    await booked.writes("move my Friday appointment to Saturday at 10")
    assert "change" in await booked.writes("no")
    assert "Other service" not in booked.labels
    assert "which day" in await booked.taps("Another day")
    assert "stays as it is" in await booked.writes("never mind")
    await booked.writes("move my Friday appointment to Saturday at 10")
    assert "stays as it is" in await booked.taps("No, keep it")
    assert await bookings(runtime, booked.tenant) == [FRIDAY]


async def test_a_time_that_was_just_taken_leaves_the_old_one(
    runtime: Runtime, client: "TestClient[Any, Any]", booked: Phone
) -> None:
    await booked.writes("move my Friday appointment to Saturday at 10")
    other = Phone(runtime, client, booked.tenant)
    await other.writes("a haircut with Nadia on Saturday at 10")
    assert "confirmed" in await other.writes("yes")
    assert "taken" in await booked.taps("Yes")
    assert "10:00" not in booked.labels
    assert (await bookings(runtime, booked.tenant))[0] == FRIDAY
    assert "Saturday 7 March 2026 at 11:00" in await booked.taps("11:00")
    assert "moved" in await booked.taps("Yes")


async def test_too_late_is_told_to_the_team(
    runtime: Runtime, client: "TestClient[Any, Any]", clock: FixedClock
) -> None:
    phone = Phone(runtime, client, await make_tenant(runtime, rules={"cancel_until_hours": 24}))
    await phone.writes("haircut with Nadia on Friday at 10:00")
    await phone.writes("yes")
    clock.advance(timedelta(days=3, hours=12))
    assert "until 24 hours before" in await phone.writes("reschedule")
    assert await bookings(runtime, phone.tenant) == [FRIDAY]
    assert len(await notices(runtime, phone.tenant, "souhaite déplacer")) == 2


async def test_too_late_at_the_yes_is_told_too(
    runtime: Runtime, client: "TestClient[Any, Any]", clock: FixedClock
) -> None:
    phone = Phone(runtime, client, await make_tenant(runtime, rules={"cancel_until_hours": 95}))
    await phone.writes("haircut with Nadia on Friday at 10:00")
    await phone.writes("yes")
    await phone.writes("move it to Saturday at 10")
    clock.advance(timedelta(hours=3))
    assert "until 95 hours before" in await phone.taps("Yes")
    assert await bookings(runtime, phone.tenant) == [FRIDAY]


async def test_a_cancelled_booking_cannot_be_moved_by_its_old_yes(runtime: Runtime, booked: Phone) -> None:
    await booked.writes("move my Friday appointment to Saturday at 10")
    old_yes = booked.last["choices"][0]["id"]
    await booked.writes("my bookings")
    await booked.taps("Cancel")
    assert "cancelled" in await booked.taps("Yes")
    await booked.taps_id(old_yes)
    assert [row[0] for row in await bookings(runtime, booked.tenant)] == ["cancelled"]


async def test_without_a_booking_there_is_nothing_to_move(phone: Phone) -> None:
    assert "no bookings" in await phone.writes("I want to reschedule my appointment")
