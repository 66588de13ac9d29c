"""Whatever is written, in whatever state: reading answers, and in time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.commands import Interpretation, Range
from dialog.understanding.rules import understand
from dialog.understanding.state import Offered, ReadingState
from dialog.understanding.text import wordset
from tests.dialog.reading import SPA

_LANGUAGES = ("en", "fr", "es", "pt", "de")
_FIELDS = ("service", "staff", "location", "date", "time", "date_range", "time_range", "party_size", "booking")
_PLAIN = ReadingState()
_WORDS = sorted(
    wordset(
        "tomorrow today demain hoy amanhã monday lundi martes quinta-feira next prochain last dernier first 1st 2nd the"
        " le la of de in dans at à from to between entre and et or ou not pas no non sauf yes oui sí sim 3 15h30 3pm"
        " 12:30 half past moins quart midi noon 31 30/2 31/12/2026 2026-02-30 29 february février 00:00 24h 25:61 week"
        " semaine month mois year weeks two deux before after avant après until since for people personnes Lena Marc"
        " Sunday Massage Facial soin visage Opéra book cancel move annuler déplacer cambiar stop price combien where"
        " ? ! . , : - ' ’ 👍 🙏 👩🏽‍🦱 ₦5000 12€ +237699000000 a@b.c #4 1.5 ½ ² Ⅷ ٣ hair cut soindu 2nd any1"
    )
)


def _read(text: str, language: str = "en", state: ReadingState = _PLAIN, at: datetime | None = None) -> Interpretation:
    now = at or datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
    return understand(text, language=language, now=now, tz=ZoneInfo("Europe/Paris"), catalogue=SPA, state=state)


_values = (
    st.sampled_from(["massage", "lena", "opera", "2026-06-12", "15:00", "someone long gone", ""])
    | st.integers(0, 30)
    | st.builds(Range, start=st.sampled_from([None, "2026-06-12", "09:00"]), end=st.sampled_from([None, "12:00"]))
)
_states = st.builds(
    ReadingState,
    flow=st.sampled_from([None, "book", "cancel", "reschedule"]),
    asked=st.lists(st.sampled_from(_FIELDS), max_size=2).map(tuple),
    question=st.sampled_from([None, "confirm", "offer", "offer_intent", "anything_else"]),
    confirming=st.booleans(),
    filled=st.dictionaries(st.sampled_from(_FIELDS), _values, max_size=4),
    offer=st.lists(
        st.builds(Offered, handle=st.sampled_from(["o1", "o2", "o3"]), field=st.sampled_from(_FIELDS), value=_values),
        max_size=4,
    ).map(tuple),
)
# Lone surrogates too: a body of JSON may hold them.
_any_text = st.text(st.characters() | st.characters(categories=["Cs", "Mn", "Nd", "No", "So", "Cf"]), max_size=200)
_said = st.lists(st.sampled_from(_WORDS), max_size=25).flatmap(
    lambda words: st.sampled_from([" ", "", "  ", ", ", "\n"]).map(lambda between: between.join(words))
)
_moments = st.datetimes(datetime(2024, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))


@given(text=_any_text, language=st.sampled_from(_LANGUAGES), state=_states)
def test_any_text_at_all_is_read_as_something(text: str, language: str, state: ReadingState) -> None:
    assert _read(text, language, state).commands


@given(text=_said, language=st.sampled_from(_LANGUAGES), state=_states, at=_moments)
def test_words_of_ours_in_any_order_are_read_as_something(
    text: str, language: str, state: ReadingState, at: datetime
) -> None:
    assert _read(text, language, state, at).commands


@given(part=_any_text | _said, state=_states, language=st.sampled_from(_LANGUAGES))
def test_a_text_of_four_thousand_characters_is_read_as_something(part: str, state: ReadingState, language: str) -> None:
    assert _read((part * 4000)[:4000], language, state).commands


@pytest.mark.parametrize(
    "part",
    [
        "a", "é", "ß", "👍", "1 ", "1h", "1/2/", "12:30", "1.", "00", "$1,", "+237 6", "a@b ", "x.y.", "(", "'", "j'",
        "? ", "\n", "no, ", "not ", "and ", "Lena and Marc, ", "soin du ", "tommorow ", "aaaaaaab ", "tomorrow at 3 ",
        "lundi ou mardi ", "from 3 to 4 ", "the first of the last ", "two weeks after two weeks before ", "half past ",
        "cancel my booking of ", "I want to book a massage with Lena tomorrow at 3, ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "fr", "es", "pt"])
def test_a_long_text_that_says_the_same_again_and_again_takes_no_fifty_milliseconds(part: str, language: str) -> None:
    text = (part * 4000)[:4000]
    state = ReadingState("book", ("date",), filled={"time": "15:00", "service": "massage"})
    assert min(_seconds(text, language, state) for _ in range(3)) < 0.05


def _seconds(text: str, language: str, state: ReadingState) -> float:
    began = time.process_time()
    _read(text, language, state)
    return time.process_time() - began
