"""Bookings that recur, in chat. NOW is Monday 2 March 2026, 9:00 in Douala."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from booking.invariants import find_violations
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import TenantFixture, make_tenant

TUESDAYS = ["03 10:00", "10 10:00", "17 10:00", "24 10:00"]


async def stored(runtime: Runtime, tenant: TenantFixture, status: str = "confirmed") -> list[str]:
    sql = (
        "SELECT to_char(starts_at AT TIME ZONE 'Africa/Douala', 'DD HH24:MI') AS start FROM bookings"
        " WHERE tenant_id = $1 AND status = $2 AND series IS NOT NULL ORDER BY starts_at"
    )
    return [row["start"] for row in await query(runtime, sql, tenant.tenant_id, status)]


@pytest.mark.parametrize(
    ("words", "yes", "done"),
    [
        ("a haircut with Nadia every Tuesday at 10 for 4 weeks", "yes", "bookings are confirmed"),
        ("une coupe avec Nadia tous les mardis à 10h, 4 fois", "oui", "rendez-vous sont confirmés"),
        ("une coupe avec Nadia tous les mardis à 10h pendant un mois", "oui", "rendez-vous sont confirmés"),
    ],
)
async def test_one_sentence_and_one_yes_book_all_dates(
    runtime: Runtime, tenant: TenantFixture, phone: Phone, words: str, yes: str, done: str
) -> None:
    summary = await phone.writes(words)
    assert ("Tue 3 Mar, Tue 10 Mar, Tue 17 Mar, Tue 24 Mar" in summary) or "mar. 3 mars, mar. 10 mars" in summary
    assert await stored(runtime, tenant) == []
    assert done in await phone.writes(yes)
    expected = [*TUESDAYS, "31 10:00"] if "mois" in words else TUESDAYS
    assert await stored(runtime, tenant) == expected
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        assert await find_violations(uow) == []
    notices = await outbox(runtime, tenant.tenant_id, kind="notice")
    assert {row["recipient"] for row in notices} <= {
        address for m in tenant.merchants.values() for address in (m.wa_id, str(m.telegram_user_id))
    }
    assert len(notices) == 2
    assert all("rendez-vous répétés" in row["payload"]["text"] for row in notices)


async def test_dates_that_cannot_be_had_are_named_before_the_yes(
    runtime: Runtime, client: "TestClient[Any, Any]"
) -> None:
    holidays = [{"date": "2026-03-17", "name": "Closed"}]
    tenant = await make_tenant(runtime, rules={"horizon_days": 25}, holidays=holidays)
    rival, phone = Phone(runtime, client, tenant), Phone(runtime, client, tenant)
    await rival.writes("a haircut with Nadia on Tuesday 10 March at 10:00")
    assert "confirmed" in await rival.writes("yes")
    summary = await phone.writes("a haircut with Nadia every Tuesday at 10 for 5 weeks")
    for line in ("Already taken: Tue 10 Mar", "Not open for it: Tue 17 Mar", "Too far ahead to book yet: Tue 31 Mar"):
        assert line in summary
    assert "Shall I book the 2 that can be had?" in summary
    assert "Your 2 bookings are confirmed" in await phone.taps("Yes")
    assert await stored(runtime, tenant) == ["03 10:00", "24 10:00"]


async def test_a_yes_to_a_list_that_has_changed_shows_the_new_one(
    runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture, phone: Phone
) -> None:
    await phone.writes("a haircut with Nadia every Tuesday at 10 for 4 weeks")
    rival = Phone(runtime, client, tenant)
    await rival.writes("a haircut with Nadia on Tuesday 17 March at 10:00")
    await rival.writes("yes")
    assert "Already taken: Tue 17 Mar" in await phone.taps("Yes")
    assert await stored(runtime, tenant) == []
    assert "confirmed" in await phone.taps("Yes")
    assert await stored(runtime, tenant) == ["03 10:00", "10 10:00", "24 10:00"]


async def test_how_often_is_asked_where_it_was_not_said(runtime: Runtime, tenant: TenantFixture, phone: Phone) -> None:
    assert "How many times" in await phone.writes("a haircut with Nadia every Tuesday at 10")
    assert phone.labels == ["4 times", "6 times", "8 times", "12 times", "Just this one"]
    assert "all 3" in await phone.writes("3")
    assert "all 4" in await phone.writes("no, 4 times")
    await phone.writes("yes")
    assert await stored(runtime, tenant) == TUESDAYS


async def test_it_may_be_said_piece_by_piece(runtime: Runtime, tenant: TenantFixture, phone: Phone) -> None:
    await phone.writes("je voudrais une coupe avec Nadia chaque semaine pendant 4 semaines")
    await phone.writes("mardi")
    assert "mar. 24 mars" in await phone.writes("10h")
    await phone.taps("Oui")
    assert await stored(runtime, tenant) == TUESDAYS


async def test_the_rhythm_may_be_given_up(runtime: Runtime, tenant: TenantFixture, phone: Phone) -> None:
    await phone.writes("a haircut with Nadia every Tuesday at 10 for 4 weeks")
    summary = await phone.taps("Just this one")
    assert "Tuesday 3 March 2026 at 10:00" in summary
    assert "Tue 10 Mar" not in summary
    assert "Your booking is confirmed" in await phone.writes("yes")
    assert await stored(runtime, tenant) == []


async def test_who_else_does_it_on_a_date_is_named(
    runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture, phone: Phone
) -> None:
    rival = Phone(runtime, client, tenant)
    await rival.writes("a haircut with Nadia on Tuesday 10 March at 10:00")
    await rival.writes("yes")
    await phone.writes("a haircut every Tuesday at 10 for 3 weeks")
    summary = await phone.taps("Anyone") if "Anyone" in phone.labels else phone.last["text"]
    assert "Tue 3 Mar, Tue 10 Mar (Émile), Tue 17 Mar" in summary
    assert "Tue 10 Mar (Émile)" in await phone.writes("yes")
    assert await stored(runtime, tenant) == TUESDAYS[:3]


@pytest.mark.parametrize("words", ["are you open every Tuesday?", "vous êtes ouverts tous les mardis ?"])
async def test_a_question_with_a_rhythm_is_no_wish(phone: Phone, words: str) -> None:
    assert "09" in await phone.writes(words)


async def test_other_rhythms_are_refused_with_what_can_be_had(phone: Phone) -> None:
    answer = await phone.writes("a haircut with Nadia every day at 10")
    assert "every week or every few weeks only" in answer


async def test_no_more_dates_than_the_tenant_allows(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    phone = Phone(runtime, client, await make_tenant(runtime, rules={"max_recurrences": 3}))
    answer = await phone.writes("a haircut with Nadia every Tuesday at 10 for 2 months")
    assert "I can book 3 dates at most" in answer
    await phone.writes("yes")
    assert await stored(runtime, phone.tenant) == TUESDAYS[:3]


@pytest.fixture
async def booked(runtime: Runtime, tenant: TenantFixture, phone: Phone) -> Phone:
    await phone.writes("a haircut with Nadia every Tuesday at 10 for 4 weeks")
    assert "confirmed" in await phone.writes("yes")
    return phone


@pytest.mark.parametrize("words", ["cancel all of them", "annuler toute la série"])
async def test_a_whole_series_is_cancelled_after_a_yes(
    runtime: Runtime, tenant: TenantFixture, booked: Phone, words: str
) -> None:
    assert "Tue 3 Mar, Tue 10 Mar, Tue 17 Mar, Tue 24 Mar" in await booked.writes(words)
    assert await stored(runtime, tenant) == TUESDAYS
    assert "Your 4 bookings are cancelled" in await booked.writes("yes")
    assert await stored(runtime, tenant) == []
    notices = [row["payload"]["text"] for row in await outbox(runtime, tenant.tenant_id, kind="notice")]
    assert len([text for text in notices if "Annulés par le client" in text]) == 2


async def test_one_date_or_all_that_follow(runtime: Runtime, tenant: TenantFixture, booked: Phone) -> None:
    assert "Which booking" in await booked.writes("cancel")
    assert "Tuesday 17 March 2026" in await booked.taps("Tue 17")
    assert booked.labels == ["Yes, cancel it", "All from here on", "No, keep it"]
    assert "Tue 17 Mar, Tue 24 Mar" in await booked.taps("All from here on")
    assert "cancelled" in await booked.taps("Yes")
    assert await stored(runtime, tenant) == TUESDAYS[:2]
    await booked.writes("cancel my booking on Tuesday 10 March")
    assert booked.labels == ["Yes, cancel it", "No, keep it"]
    await booked.taps("Yes")
    assert await stored(runtime, tenant) == TUESDAYS[:1]


async def test_words_turn_the_cancellation_of_one_into_that_of_all(
    runtime: Runtime, tenant: TenantFixture, booked: Phone
) -> None:
    await booked.writes("cancel my booking on Tuesday 10 March")
    assert "Tue 10 Mar, Tue 17 Mar, Tue 24 Mar" in await booked.writes("all of them")
    await booked.writes("yes")
    assert await stored(runtime, tenant) == TUESDAYS[:1]


async def test_what_is_too_late_of_a_series_is_asked_of_the_team(
    runtime: Runtime, client: "TestClient[Any, Any]", clock: FixedClock
) -> None:
    tenant = await make_tenant(runtime, rules={"cancel_until_hours": 48, "late_cancel_fee": {"percent": 50}})
    phone, owner = Phone(runtime, client, tenant), Phone(runtime, client, tenant, address=tenant.merchants["awa"].wa_id)
    await phone.writes("a haircut with Nadia every Tuesday at 10 for 4 weeks")
    await phone.writes("yes")
    summary = await phone.writes("cancel all of them")
    assert "Cancel these 3 bookings" in summary
    assert "Tue 3 Mar: Bookings can be cancelled here until 48 hours before" in summary
    answer = await phone.writes("yes")
    assert "Your 3 bookings are cancelled" in answer
    assert "your booking stands" in answer
    await owner.reads()
    assert owner.labels == ["Annuler avec frais", "Annuler sans frais", "Maintenir"]
    await owner.taps("Annuler sans")
    assert await stored(runtime, tenant) == []


@pytest.mark.parametrize(
    ("button", "status", "told"), [("Accepter", "confirmed", "confirmed"), ("Refuser", "cancelled", "cannot")]
)
async def test_a_team_that_approves_decides_on_all_dates_at_once(
    runtime: Runtime, client: "TestClient[Any, Any]", button: str, status: str, told: str
) -> None:
    tenant = await make_tenant(runtime, rules={"requires_approval": True})
    phone, owner = Phone(runtime, client, tenant), Phone(runtime, client, tenant, address=tenant.merchants["awa"].wa_id)
    await phone.writes("a haircut with Nadia every Tuesday at 10 for 4 weeks")
    assert "with the team" in await phone.writes("yes")
    assert "Demande de 4 rendez-vous" in await owner.reads()
    request = owner.last["choices"]
    assert "4 dates" in await owner.taps(button)
    assert await stored(runtime, tenant, status) == TUESDAYS
    assert len(await phone.received()) == 1
    assert told in await phone.reads()
    for choice in request:
        assert "déjà réglée" in await owner.taps_id(choice["id"])
    assert await stored(runtime, tenant, status) == TUESDAYS


async def test_a_date_that_was_moved_since_is_not_decided_by_the_button_of_all(
    runtime: Runtime, client: "TestClient[Any, Any]"
) -> None:
    tenant = await make_tenant(runtime, rules={"requires_approval": True, "max_open_bookings_per_customer": 10})
    customer = Phone(runtime, client, tenant)
    owner = Phone(runtime, client, tenant, address=tenant.merchants["awa"].wa_id)
    await customer.writes("a haircut with Nadia every Tuesday at 10 for 4 weeks")
    await customer.writes("yes")
    await owner.reads()
    accept_all = owner.last["choices"][0]["id"]
    await customer.writes("move my appointment of Tuesday 3 March to Wednesday 25 March at 15:00")
    await customer.writes("yes")
    await owner.taps_id(accept_all)
    assert await stored(runtime, tenant) == TUESDAYS[1:]
    assert await stored(runtime, tenant, "pending_approval") == ["25 15:00"]


async def test_the_policy_stands_in_the_summary_and_the_confirmation(
    runtime: Runtime, client: "TestClient[Any, Any]"
) -> None:
    tenant = await make_tenant(runtime, rules={"late_cancel_fee": {"percent": 50}, "no_show_fee": {"full": True}})
    phone = Phone(runtime, client, tenant)
    policy = "Cancelling later than 12 hours before costs FCFA 2,500. Not coming costs FCFA 5,000."
    assert policy in await phone.writes("a haircut with Nadia on Tuesday at 10")
    assert policy in await phone.writes("yes")
    assert policy in await phone.writes("a haircut with Nadia every Tuesday at 11 for 2 weeks")
    assert policy in await phone.writes("yes")


async def test_who_missed_too_many_is_sent_to_a_person(
    runtime: Runtime, client: "TestClient[Any, Any]", clock: FixedClock
) -> None:
    tenant = await make_tenant(runtime, rules={"max_no_shows_per_customer": 1})
    phone, owner = Phone(runtime, client, tenant), Phone(runtime, client, tenant, address=tenant.merchants["awa"].wa_id)
    await phone.writes("a haircut with Nadia today at 11")
    await phone.writes("yes")
    clock.advance(clock.now().replace(hour=13) - clock.now())
    await owner.writes("no show Mireille")
    for wish in ("a haircut with Nadia on Friday at 10", "a haircut with Nadia every Friday at 10 for 2 weeks"):
        await phone.writes(wish)
        assert "Too many of your bookings" in await phone.writes("yes")
        assert phone.labels[0] == "Talk to a person"
        assert "Mireille" in await owner.reads()
        assert "vendredi 6 mars 2026" in owner.last["text"] or "Friday 6 March" in owner.last["text"]
    assert await stored(runtime, tenant) == []
