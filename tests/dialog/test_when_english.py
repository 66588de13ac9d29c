"""English dates and times in the words of customers; today is Tuesday 9 June 2026, ten in the morning."""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.understanding import when

NOW = datetime(2026, 6, 9, 10, 0)


def read(text: str, **known: object) -> tuple[str, str | None, str | None] | None:
    found = when.read(text, "en", when.context("en", NOW, **known))  # type: ignore[arg-type]
    return (found.kind, found.start, found.end) if found else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tomorrow", "2026-06-10"),
        ("the day after tomorrow please", "2026-06-11"),
        ("could we say friday", "2026-06-12"),
        ("on wed", "2026-06-10"),
        ("tuesday", "2026-06-16"),
        ("this tuesday", "2026-06-09"),
        ("next thursday", "2026-06-18"),
        ("friday next week", "2026-06-19"),
        ("the 20th", "2026-06-20"),
        ("the 2nd", "2026-07-02"),
        ("14 august", "2026-08-14"),
        ("sept 3rd", "2026-09-03"),
        ("march 5", "2027-03-05"),
        ("saturdy", "2026-06-13"),
        ("in ten days", "2026-06-19"),
        ("two weeks from friday", "2026-06-26"),
        ("the first monday of july", "2026-07-06"),
        ("christmas eve", "2026-12-24"),
    ],
)
def test_a_day_is_read(text: str, day: str) -> None:
    assert read(text) == ("date", day, None)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("at 3", "15:00"),
        ("around 10", "10:00"),
        ("8am", "08:00"),
        ("4:45 pm", "16:45"),
        ("half past two", "14:30"),
        ("quarter to eleven", "10:45"),
        ("twenty past 9", "09:20"),
        ("noon", "12:00"),
        ("seven in the evening", "19:00"),
        ("ten thirty", "10:30"),
        ("17h15", "17:15"),
    ],
)
def test_a_clock_time_is_read_at_an_hour_when_shops_are_open(text: str, clock: str) -> None:
    assert read(text) == ("time", clock, None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("between 2 and 4", "14:00", "16:00"),
        ("10-11am", "10:00", "11:00"),
        ("after five", "17:00", None),
        ("before noon", None, "12:00"),
        ("any time in the morning", "08:00", "12:00"),
        ("9 to 5", "09:00", "17:00"),
    ],
)
def test_a_window_of_the_day_is_read(text: str, start: str | None, end: str | None) -> None:
    assert read(text) == ("time_range", start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("next week", "2026-06-15", "2026-06-21"),
        ("this weekend", "2026-06-13", "2026-06-14"),
        ("from 3 to 7 july", "2026-07-03", "2026-07-07"),
        ("monday to wednesday", "2026-06-15", "2026-06-17"),
        ("until friday", None, "2026-06-12"),
        ("end of july", "2026-07-21", "2026-07-31"),
    ],
)
def test_a_range_of_days_is_read(text: str, start: str | None, end: str | None) -> None:
    assert read(text) == ("date_range", start, end)


@pytest.mark.parametrize("text", ["tomorrow at 4", "4pm tomorrow", "at four tomorrow afternoon", "tomorrow, 16:00"])
def test_day_and_time_come_in_any_order(text: str) -> None:
    assert read(text) == ("datetime", "2026-06-10T16:00", None)


@pytest.mark.parametrize(
    "text",
    [
        "it costs $15",
        "call me on +44 7700 900123",
        "12000 fcfa",
        "room #12",
        "there are 4 people",
        "good morning",
        "20%",
    ],
)
def test_nothing_is_read_where_no_time_was_said(text: str) -> None:
    assert read(text) is None


def test_the_order_of_day_and_month_follows_the_locale() -> None:
    assert read("5/8") == ("date", "2027-05-08", None)
    assert read("5/8", locale="en-GB") == ("date", "2026-08-05", None)


def test_a_doubtful_half_of_the_day_and_a_doubtful_order_are_named_as_alternatives() -> None:
    clock = when.read("at 3", "en", when.context("en", NOW))
    day = when.read("5/8", "en", when.context("en", NOW))
    assert clock is not None
    assert clock.alternatives == (("03:00", None),)
    assert day is not None
    assert day.alternatives == (("2026-08-05", None),)


def test_a_bare_number_is_what_was_asked_for() -> None:
    assert read("5") is None
    assert read("5", expects="time") == ("time", "17:00", None)
    assert read("25", expects="date") == ("date", "2026-06-25", None)


def test_the_words_that_were_read_are_told() -> None:
    found = when.read("Hi! Could I come tomorrow at 4pm?", "en", when.context("en", NOW))
    assert found is not None
    assert found.text == "tomorrow at 4pm"


def test_a_weekday_that_is_not_that_date_is_marked_impossible() -> None:
    mentions = when.find("friday the 16th", "en", when.context("en", NOW))
    assert getattr(mentions[0].value, "impossible", False)


def test_a_message_in_english_may_hold_french_words_of_time() -> None:
    assert read("can I come demain") == ("date", "2026-06-10", None)
