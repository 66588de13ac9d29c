"""The calendar file that follows what is said about a booking. NOW is Monday 2 March 2026, 9:00 in Douala."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.calendars import parsed
from tests.support.phone import Phone, outbox
from tests.support.tenants import make_tenant
from workers.holds import expire


@dataclass(frozen=True)
class File:
    name: str
    calendar: Any

    @property
    def event(self) -> Any:
        (event,) = self.calendar.events
        return event

    @property
    def facts(self) -> tuple[str, str, str]:
        """Method, status, and the start as it is in Douala."""
        local = (self.event.start + timedelta(hours=1)).strftime("%d %H:%M")
        return str(self.calendar["method"]), str(self.event["status"]), local


async def files(phone: Phone) -> list[File]:
    """What the person was sent, each straight after the message that it belongs to."""
    rows = await outbox(phone.runtime, phone.tenant.tenant_id, recipient=phone.address)
    sent = []
    for before, row in zip([None, *rows], rows, strict=False):
        if row["kind"] == "attachment":
            assert before is not None and before["kind"] in ("reply", "notice")
            assert row["payload"]["text"] == ""
            document = row["payload"]["document"]
            assert document["filename"].isascii()
            sent.append(File(document["filename"], parsed(document["content"])))
    return sent


def merchant(phone: Phone, client: "TestClient[Any, Any]", name: str = "awa") -> Phone:
    who = phone.tenant.merchants[name]
    address = who.wa_id if phone.channel == "whatsapp" else str(who.telegram_user_id)
    return Phone(phone.runtime, client, phone.tenant, channel=phone.channel, address=address)


@pytest.fixture
async def booked(phone: Phone) -> Phone:
    """Friday at 10:00 with Nadia, told in English."""
    await phone.writes("book a haircut with Nadia on Friday at 10:00")
    assert "confirmed" in await phone.writes("yes")
    return phone


@pytest.fixture
async def cautious(runtime: Runtime, client: "TestClient[Any, Any]", phone: Phone) -> Phone:
    """A customer of a business that accepts each booking."""
    tenant = await make_tenant(runtime, rules={"requires_approval": True})
    return Phone(runtime, client, tenant, channel=phone.channel)


async def test_a_confirmation_is_followed_by_its_file(booked: Phone) -> None:
    (file,) = await files(booked)
    assert file.name == "Haircut 2026-03-06.ics"
    assert file.facts == ("PUBLISH", "CONFIRMED", "06 10:00")
    tenant = booked.tenant.definition.tenant
    assert str(file.event["uid"]).endswith(f"@{booked.tenant.key}.booka")
    assert file.event["summary"] == f"Haircut at {tenant.name}"
    assert file.event["location"] == "Centre, 3 Rue des Palmiers, Douala"
    assert "Nadia" in file.event["description"]
    assert file.event.end - file.event.start == timedelta(minutes=45)


async def test_the_message_before_it_is_one_and_says_it_all(booked: Phone) -> None:
    rows = await outbox(booked.runtime, booked.tenant.tenant_id, recipient=booked.address)
    assert [row["kind"] for row in rows] == ["reply", "interim", "reply", "attachment"]
    assert "document" not in rows[2]["payload"]


async def test_a_file_speaks_french_with_a_name_in_ascii(phone: Phone) -> None:
    await phone.writes("une place à l'atelier maquillage avec Émile samedi à 10h pour 2 personnes")
    assert "confirmé" in await phone.writes("oui")
    (file,) = await files(phone)
    assert file.name == "Atelier maquillage 2 personnes 2026-03-07.ics"
    assert file.event["summary"] == f"Atelier maquillage (2 personnes) chez {phone.tenant.definition.tenant.name}"
    assert "Émile" in file.event["description"]


async def test_a_service_without_a_latin_letter_has_a_file_too(runtime: Runtime, client: Any) -> None:
    service = {"key": "cut", "name": {"en": "قص الشعر", "fr": "قص الشعر"}, "duration_minutes": 45, "staff": ["nadia"]}
    tenant = await make_tenant(runtime, services=[service], languages=["en", "fr"])
    phone = Phone(runtime, client, tenant, channel="telegram")
    await phone.writes("book on Friday at 10:00 with Nadia")
    await phone.writes("yes")
    assert [file.name for file in await files(phone)] == ["Appointment 2026-03-06.ics"]


async def test_a_move_is_an_update_of_the_same_entry(booked: Phone) -> None:
    await booked.writes("move my Friday appointment to Saturday at 10")
    assert "moved" in await booked.taps("Yes")
    before, after = await files(booked)
    assert after.facts == ("PUBLISH", "CONFIRMED", "07 10:00")
    assert after.event["uid"] == before.event["uid"]
    assert after.event["sequence"] > before.event["sequence"]
    assert after.name == "Haircut 2026-03-07.ics"


async def test_a_cancellation_takes_the_entry_back(booked: Phone) -> None:
    await booked.writes("cancel my booking")
    assert "cancelled" in await booked.taps("Yes")
    before, after = await files(booked)
    assert after.facts == ("CANCEL", "CANCELLED", "06 10:00")
    assert after.event["uid"] == before.event["uid"]
    assert after.event["sequence"] > before.event["sequence"]
    assert after.name == "Cancelled Haircut 2026-03-06.ics"


async def test_so_does_one_by_the_team(booked: Phone, client: "TestClient[Any, Any]") -> None:
    owner, name = merchant(booked, client), "Mireille" if booked.channel == "whatsapp" else "Paul"
    await owner.writes(f"annuler {name} vendredi 10h")
    assert "Annulé" in await owner.taps("Oui")
    assert [file.facts[0] for file in await files(booked)] == ["PUBLISH", "CANCEL"]
    assert await files(owner) == []


async def test_a_request_is_in_no_calendar_until_it_is_accepted(
    cautious: Phone, client: "TestClient[Any, Any]"
) -> None:
    await cautious.writes("book a haircut with Nadia on Friday at 10:00")
    await cautious.writes("yes")
    assert await files(cautious) == []
    owner = merchant(cautious, client)
    await owner.reads()
    await owner.taps("Accepter")
    assert [file.facts for file in await files(cautious)] == [("PUBLISH", "CONFIRMED", "06 10:00")]


@pytest.mark.parametrize("who", ["team", "customer"])
async def test_what_never_was_in_a_calendar_is_not_taken_out(
    cautious: Phone, client: "TestClient[Any, Any]", who: str
) -> None:
    await cautious.writes("book a haircut with Nadia on Friday at 10:00")
    await cautious.writes("yes")
    owner = merchant(cautious, client)
    await owner.reads()
    if who == "team":
        await owner.taps("Refuser")
    else:
        await cautious.writes("cancel my booking")
        assert "cancelled" in await cautious.taps("Yes")
    assert await files(cautious) == []


async def ask_to_move(customer: Phone, owner: Phone) -> None:
    """From an accepted Friday to Saturday; the owner has it on the screen."""
    await customer.writes("book a haircut with Nadia on Friday at 10:00")
    await customer.writes("yes")
    await owner.reads()
    await owner.taps("Accepter")
    await customer.reads()
    await customer.writes("move my Friday appointment to Saturday at 10")
    await customer.taps("Yes")
    await owner.reads()


async def test_a_move_that_is_only_asked_for_changes_no_calendar(
    cautious: Phone, client: "TestClient[Any, Any]"
) -> None:
    owner = merchant(cautious, client)
    await ask_to_move(cautious, owner)
    await owner.taps("Refuser")
    assert "Friday" in await cautious.reads()
    assert [file.facts for file in await files(cautious)] == [("PUBLISH", "CONFIRMED", "06 10:00")]


async def test_a_move_that_is_accepted_is_an_update(cautious: Phone, client: "TestClient[Any, Any]") -> None:
    owner = merchant(cautious, client)
    await ask_to_move(cautious, owner)
    await owner.taps("Accepter")
    assert [file.facts[2] for file in await files(cautious)] == ["06 10:00", "07 10:00"]


async def test_who_cancels_while_a_move_is_asked_for_has_the_old_entry_taken_out(
    cautious: Phone, client: "TestClient[Any, Any]"
) -> None:
    await ask_to_move(cautious, merchant(cautious, client))
    await cautious.writes("cancel my booking")
    assert "cancelled" in await cautious.taps("Yes")
    assert [file.facts[0] for file in await files(cautious)] == ["PUBLISH", "CANCEL"]


async def test_a_request_that_lapses_leaves_no_file(runtime: Runtime, cautious: Phone, clock: FixedClock) -> None:
    await cautious.writes("book a haircut with Nadia on Friday at 10:00")
    await cautious.writes("yes")
    clock.advance(timedelta(days=2))
    rows = await outbox(runtime, cautious.tenant.tenant_id, kind="notice")
    booking_id = int(rows[0]["payload"]["choices"][0]["id"].split(":")[1])
    await expire(runtime, cautious.tenant.tenant_id, booking_id)
    assert "Friday" in await cautious.reads()
    assert await files(cautious) == []


async def test_a_series_is_one_file_with_all_its_dates(phone: Phone) -> None:
    await phone.writes("a haircut with Nadia every Tuesday at 10 for 4 weeks")
    assert "confirmed" in await phone.writes("yes")
    (file,) = await files(phone)
    assert [event.start.day for event in file.calendar.events] == [3, 10, 17, 24]
    assert {str(event["status"]) for event in file.calendar.events} == {"CONFIRMED"}
    await phone.writes("cancel all of them")
    assert "cancelled" in await phone.writes("yes")
    gone = (await files(phone))[-1]
    assert (gone.calendar["method"], len(gone.calendar.events)) == ("CANCEL", 4)
    assert {event["uid"] for event in gone.calendar.events} == {event["uid"] for event in file.calendar.events}


async def test_where_the_place_is_known_a_map_can_show_it(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    place = {"key": "centre", "name": "Akwa", "address": "12 Boulevard", "latitude": 4.0483, "longitude": 9.6966}
    phone = Phone(runtime, client, await make_tenant(runtime, locations=[place]), channel="telegram")
    await phone.writes("book a haircut with Nadia on Friday at 10:00")
    await phone.writes("yes")
    (file,) = await files(phone)
    assert (file.event["geo"].latitude, file.event["geo"].longitude) == (4.0483, 9.6966)


async def test_no_name_of_a_person_who_books_is_in_the_file(booked: Phone) -> None:
    (file,) = await files(booked)
    text = file.calendar.to_ical().decode()
    assert "Mireille" not in text and "Essomba" not in text and booked.address not in text
