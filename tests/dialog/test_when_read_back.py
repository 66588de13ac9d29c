"""What the bot writes about days and hours, in each language, is read back as what it stands for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dialog.labels import day_label, day_words, local_moment_words, time_label
from dialog.texts import languages, say
from dialog.understanding import when

LANGUAGES = sorted(when.TABLES)
nows = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(second=0, microsecond=0))
ahead = st.integers(0, 360).map(lambda days: timedelta(days=days))
few = settings(max_examples=60)
clocks = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))


def read(text: str, language: str, now: datetime) -> tuple[str, str | None, str | None] | None:
    found = when.read(text, language, when.context(language, now))
    return (found.kind, found.start, found.end) if found else None


def iso(at: time) -> str:
    return at.isoformat("minutes")


@pytest.mark.parametrize("language", LANGUAGES)
@few
@given(now=nows, ahead=ahead)
def test_a_day_on_a_button_or_in_a_sentence_is_that_day(language: str, now: datetime, ahead: timedelta) -> None:
    day = now.date() + ahead
    for written in (day_label(day, language), day_words(day, language)):
        for text in (written, written.lower(), written.upper(), f"{written}."):
            assert read(text, language, now) == ("date", day.isoformat(), None), text


@pytest.mark.parametrize("language", LANGUAGES)
@few
@given(now=nows, at=clocks)
def test_a_clock_time_is_that_minute(language: str, now: datetime, at: time) -> None:
    assert read(time_label(at, language), language, now) == ("time", iso(at), None)


@pytest.mark.parametrize("language", LANGUAGES)
@few
@given(now=nows, ahead=ahead, at=clocks)
def test_a_day_with_its_time_is_that_moment(language: str, now: datetime, ahead: timedelta, at: time) -> None:
    local = datetime.combine(now.date() + ahead, at)
    expected = ("datetime", local.isoformat(timespec="minutes"), None)
    short, clock = day_label(local.date(), language), time_label(at, language)
    for text in (local_moment_words(local, language), f"{short} {clock}", f"{short}, {clock}", f"{clock}, {short}"):
        assert read(text, language, now) == expected, text


@pytest.mark.parametrize("language", languages())
@few
@given(now=nows, first=ahead, days=st.integers(1, 30))
def test_days_from_one_to_another_are_those_days(language: str, now: datetime, first: timedelta, days: int) -> None:
    start = now.date() + first
    end = start + timedelta(days=days)
    text = say(language, "waitlist.days", first=day_words(start, language), last=day_words(end, language))
    assert read(text, language, now) == ("date_range", start.isoformat(), end.isoformat())


@pytest.mark.parametrize("language", languages())
@few
@given(now=nows, at=clocks)
def test_an_open_window_is_open_on_that_side(language: str, now: datetime, at: time) -> None:
    written = time_label(at, language)
    after = say(language, "waitlist.after", start=written)
    before = say(language, "waitlist.before", end=written)
    assert read(after, language, now) == ("time_range", iso(at), None)
    assert read(before, language, now) == ("time_range", None, iso(at))


@pytest.mark.parametrize("language", LANGUAGES)
@few
@given(now=nows, opens=clocks, minutes=st.integers(5, 15 * 60))
def test_opening_hours_are_those_hours(language: str, now: datetime, opens: time, minutes: int) -> None:
    """Also where they go on after midnight; 19:00–10:00 would rather be until 22:00."""
    closes = (datetime.combine(now, opens) + timedelta(minutes=minutes)).time()
    assume(minutes < 12 * 60 or closes.hour not in (10, 11, 12))
    text = f"{time_label(opens, language)}–{time_label(closes, language)}"
    assert read(text, language, now) == ("time_range", iso(opens), iso(closes))


@pytest.mark.parametrize("language", languages())
@few
@given(now=nows, opens=clocks, minutes=st.integers(5, 15 * 60))
def test_a_window_on_the_waitlist_is_that_window(language: str, now: datetime, opens: time, minutes: int) -> None:
    closes = (datetime.combine(now, opens) + timedelta(minutes=minutes)).time()
    assume(minutes < 12 * 60 or closes.hour not in (10, 11, 12))
    first, last = time_label(opens, language), time_label(closes, language)
    text = say(language, "waitlist.between", start=first, end=last)
    assert read(text, language, now) == ("time_range", iso(opens), iso(closes))


@pytest.mark.parametrize("language", LANGUAGES)
@few
@given(now=nows, weekday=st.integers(0, 6))
def test_a_day_of_opening_is_the_next_such_day(language: str, now: datetime, weekday: int) -> None:
    """`Mon 09:00–18:00`, with the day as it is abbreviated in the week's hours."""
    monday = date(2026, 6, 1)
    short = day_label(monday + timedelta(days=weekday), language).split()[0]
    hours = f"{time_label(time(9), language)}–{time_label(time(18), language)}"
    ahead = now.date() + timedelta(days=(weekday - now.weekday()) % 7 or 7)
    assert read(f"{short} {hours}", language, now) == ("datetime_range", f"{ahead}T09:00", f"{ahead}T18:00")
