"""Written files are read back by a parser, as a calendar program would."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.booking import Status
from booking.ics import Entry, EntryStatus, booking_uid, entry_status, write_feed, write_file
from tests.support.calendars import parsed

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ENTRY = Entry(
    uid=booking_uid("salon", 7),
    sequence=2,
    status=EntryStatus.CONFIRMED,
    starts_at=datetime(2026, 3, 3, 9, 30, tzinfo=UTC),
    ends_at=datetime(2026, 3, 3, 10, 15, tzinfo=UTC),
    summary="Coupe chez Salon",
    location="Centre, 3 Rue des Palmiers, Douala",
    position=(4.0483, 9.6966),
    description="Avec Nadia.",
)


def written(entry: Entry) -> Any:
    (event,) = parsed(write_file([entry], organizer="Salon", now=NOW)).events
    return event


def test_a_file_says_what_was_agreed() -> None:
    calendar = parsed(write_file([ENTRY], organizer="Salon", now=NOW))
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    (event,) = calendar.events
    assert (event["uid"], event["sequence"], event["status"]) == ("booking-7@salon.booka", 2, "CONFIRMED")
    assert (event.start, event.end) == (ENTRY.starts_at, ENTRY.ends_at)
    assert (event["summary"], event["location"], event["description"]) == (
        ENTRY.summary,
        ENTRY.location,
        ENTRY.description,
    )
    assert (event["geo"].latitude, event["geo"].longitude) == ENTRY.position
    assert event["organizer"].params["CN"] == "Salon"
    assert event["dtstamp"].dt == event["last-modified"].dt == NOW
    assert event.subcomponents == []


def test_a_change_has_the_same_name_and_a_higher_number() -> None:
    moved = replace(ENTRY, sequence=3, starts_at=ENTRY.starts_at + timedelta(days=1))
    before, after = written(ENTRY), written(moved)
    assert before["uid"] == after["uid"]
    assert before["sequence"] < after["sequence"]


def test_what_was_published_is_taken_back_by_a_cancellation() -> None:
    calendar = parsed(write_file([replace(ENTRY, status=EntryStatus.CANCELLED)], organizer="Salon", now=NOW))
    assert calendar["method"] == "CANCEL"
    assert [event["status"] for event in calendar.events] == ["CANCELLED"]


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("America/New_York", "2026-03-08T03:30"),  # the first half hour after the gap
        ("America/New_York", "2026-11-01T01:30"),  # the first of two
        ("America/New_York", "2026-11-01T01:30 fold"),
        ("Europe/London", "2026-03-29T02:15"),
        ("Europe/London", "2026-10-25T01:15 fold"),
        ("Australia/Lord_Howe", "2026-04-05T01:45 fold"),  # thirty minutes only
        ("Australia/Lord_Howe", "2026-10-04T02:45"),
        ("Asia/Beirut", "2026-03-29T01:00"),  # has no midnight that day
        ("Asia/Kolkata", "2026-07-01T10:30"),
        ("Africa/Douala", "2026-03-03T10:30"),
    ],
)
def test_a_program_in_the_same_zone_shows_the_agreed_wall_time(zone: str, wall: str) -> None:
    text, _, fold = wall.partition(" ")
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=int(bool(fold)))
    event = written(replace(ENTRY, starts_at=local.astimezone(UTC), ends_at=local.astimezone(UTC) + timedelta(hours=1)))
    shown = event.start.astimezone(ZoneInfo(zone))
    assert (shown.replace(tzinfo=None).isoformat(timespec="minutes"), shown.fold) == (text, int(bool(fold)))
    assert event.end - event.start == timedelta(hours=1)


@pytest.mark.parametrize(
    "words",
    [
        'Coupe; "brushing", soin \\ détente',
        "deux\nlignes",
        "Ndolé & tresses 💇🏾 " * 20,
        "BEGIN:VALARM",
        "مرحبا",
    ],
)
def test_any_words_come_through(words: str) -> None:
    event = written(replace(ENTRY, summary=words, location=words, description=words))
    assert [event[key] for key in ("summary", "location", "description")] == [words] * 3


def test_words_cannot_begin_a_line_of_their_own() -> None:
    name = 'Ada\r\nATTACH:http://x\rX-EVIL:1\x00\x0b\x85ATTACH:1\u2028ATTACH:2"'
    lines = write_file([replace(ENTRY, summary=name)], organizer=name, now=NOW).splitlines()
    assert not [line for line in lines if line.startswith(("ATTACH", "X-EVIL")) or "\x00" in line]


def test_lines_are_folded_by_bytes() -> None:
    text = write_file([replace(ENTRY, description="é" * 300)], organizer="é" * 100, now=NOW)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert text.endswith("END:VCALENDAR\r\n")


def test_a_feed_is_named_and_has_no_method() -> None:
    text = write_feed([ENTRY], name="Nadia · Salon", zone=ZoneInfo("Africa/Douala"), changed_at=NOW)
    calendar = parsed(text)
    assert "method" not in calendar
    assert calendar["x-wr-calname"] == "Nadia · Salon"
    assert calendar["x-wr-timezone"] == "Africa/Douala"
    assert text == write_feed([ENTRY], name="Nadia · Salon", zone=ZoneInfo("Africa/Douala"), changed_at=NOW)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Coiffure, Beauté; Ongles \\ Spa", r"Coiffure\, Beauté\; Ongles \\ Spa"),
        ("Salon\r\nBEGIN:VEVENT", r"Salon\nBEGIN:VEVENT"),
    ],
)
def test_any_name_of_a_feed_comes_through(name: str, written: str) -> None:
    text = write_feed([], name=name, zone=ZoneInfo("Africa/Douala"), changed_at=NOW)
    assert f"\r\nNAME:{written}\r\nX-WR-CALNAME:{written}\r\n" in text
    assert parsed(text).events == []


def test_an_empty_feed_is_a_calendar() -> None:
    text = write_feed([], name="Nadia", zone=ZoneInfo("Africa/Douala"), changed_at=NOW)
    assert parsed(text).events == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.PENDING_APPROVAL, "TENTATIVE"),
        (Status.CONFIRMED, "CONFIRMED"),
        (Status.COMPLETED, "CONFIRMED"),
        (Status.NO_SHOW, "CONFIRMED"),
        (Status.CANCELLED, "CANCELLED"),
        (Status.EXPIRED, "CANCELLED"),
    ],
)
def test_a_status_as_calendars_say_it(status: Status, expected: str) -> None:
    assert entry_status(status) == expected


def test_parts_of_a_visit_have_names_of_their_own() -> None:
    assert [booking_uid("salon", 7, part) for part in (0, 1)] == ["booking-7@salon.booka", "booking-7-2@salon.booka"]
