"""Whatever is written, reading when somebody wants to come never fails and never takes long."""

from __future__ import annotations

import io
import json
import time
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cli.understanding import parse_when_lines
from dialog.understanding import when

LANGUAGES = sorted(when.TABLES)
LIMIT_S = 0.05
nows = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31))
asked = st.sampled_from([None, "date", "time"])


def words_of(language: str) -> list[str]:
    """Every spelling of the language's table, and the signs and figures that stand between."""
    spellings = [
        spelling for group in when.TABLES[language].words.values() for words in group for spelling in words.split("|")
    ]
    figures = [
        "0",
        "1",
        "3",
        "9",
        "12",
        "15",
        "24",
        "30",
        "31",
        "59",
        "99",
        "0930",
        "2026",
        "2027",
        "9999",
        "3rd",
        "1º",
    ]
    return sorted(spellings) + figures + [":", ".", "-", "/", ",", "–", "h", "'", "?", "+", "(", "$", "%", "@"]


def read(text: str, language: str, now: datetime, expects: str | None) -> when.When | None:
    return when.read(text, language, when.context(language, now, expects=expects))


def seconds(text: str, language: str, now: datetime, expects: str | None) -> float:
    """Of this process alone, and the best of three: what another program does at the same time is no slowness."""
    best = LIMIT_S
    for _ in range(3):
        began = time.process_time()
        read(text, language, now, expects)
        best = min(best, time.process_time() - began)
    return best


def is_time(text: str | None) -> bool:
    if text is None:
        return True
    try:
        datetime.fromisoformat(text if "-" in text else f"2026-01-01T{text}")
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text(max_size=80), now=nows, expects=asked)
@example(text="\u0130\u0130 3 \u00df\u00df", now=datetime(2026, 6, 9), expects=None)
@example(text="٣ مايو ١٢:٣٠", now=datetime(2026, 6, 9), expects="time")
@example(text="²³ ½ ①⑫ 𝟙𝟚:𝟛𝟘", now=datetime(2026, 6, 9), expects="time")
@example(text="e\u0301\u0301\u0301 a\u0300 4h", now=datetime(2026, 6, 9), expects=None)
def test_any_text_of_unicode_can_be_read(language: str, text: str, now: datetime, expects: str | None) -> None:
    found = read(text, language, now, expects)
    assert found is None or (is_time(found.start) and is_time(found.end))


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data(), now=nows, expects=asked)
def test_words_of_time_in_any_order_can_be_read(
    language: str, data: st.DataObject, now: datetime, expects: str | None
) -> None:
    words = data.draw(st.lists(st.sampled_from(words_of(language)), min_size=1, max_size=12))
    text = data.draw(st.sampled_from([" ", ""])).join(words) if len(words) > 6 else " ".join(words)
    found = read(text, language, now, expects)
    if found is not None:
        assert text[slice(*found.span)] == found.text
        assert is_time(found.start)
        assert is_time(found.end)
        assert found.start or found.end


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40)
@given(data=st.data(), now=nows, expects=asked)
def test_a_long_message_of_such_words_takes_no_longer_than_the_limit(
    language: str, data: st.DataObject, now: datetime, expects: str | None
) -> None:
    few = data.draw(st.lists(st.sampled_from(words_of(language)), min_size=1, max_size=8))
    text = " ".join(few * 400)[: data.draw(st.integers(200, 5000))]
    assert seconds(text, language, now, expects) < LIMIT_S


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "unit", ["1", "1 ", "1.", "1-", "a@", "a", "00 ", "$1", "9:", "12/", "monday ", "x1", "3 a ", "\u0130", "é", "1e"]
)
def test_a_message_of_one_thing_over_and_over_takes_no_longer_either(language: str, unit: str) -> None:
    assert seconds(unit * 5000, language, datetime(2026, 6, 9, 10), None) < LIMIT_S


@given(text=st.text(max_size=60), language=st.sampled_from([*LANGUAGES, "de", ""]))
def test_the_command_answers_every_line(text: str, language: str) -> None:
    out = io.StringIO()
    row = {"id": 1, "lang": language, "ref": "2026-06-09T10:00:00", "text": text}
    parse_when_lines(io.StringIO(json.dumps(row) + "\n"), out)
    answer = json.loads(out.getvalue())
    assert answer["id"] == 1
    assert "error" not in answer


@pytest.mark.parametrize("language", LANGUAGES)
@given(now=nows, days=st.integers(1, 395))
def test_a_date_in_figures_with_its_year_is_that_day(language: str, now: datetime, days: int) -> None:
    day: date = now.date() + timedelta(days=days)
    for text in (f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day:%Y-%m-%dT09:30}"):
        found = read(text, language, now, None)
        assert found is not None
        assert found.start is not None
        assert found.start[:10] == day.isoformat()
