"""What is said against what is known already: later, one more, instead; and what only looks like a wish."""

from __future__ import annotations

import pytest

from dialog.commands import Value
from dialog.understanding import when
from dialog.understanding.state import Offered, ReadingState
from tests.dialog.reading import kinds, read, values
from tests.dialog.test_when_english import NOW

FILLED: dict[str, Value] = {
    "service": "massage",
    "staff": "lena",
    "date": "2026-06-12",
    "time": "10:00",
    "party_size": 4,
}
NOTHING = ReadingState()
CONFIRM = ReadingState(flow="book", question="confirm", confirming=True, filled=dict(FILLED))
DONE = ReadingState(question="anything_else")
DAY = ReadingState(flow="book", asked=("date",), filled={"service": "massage", "staff": "lena"})
HOUR = ReadingState(flow="book", asked=("time",), filled={"service": "massage", "date": "2026-06-12"})
SERVICE = ReadingState(flow="book", asked=("service",))
STAFF = ReadingState(
    flow="book",
    asked=("staff",),
    question="offer",
    filled={"service": "massage"},
    offer=(Offered("o1", "staff", "lena"), Offered("o2", "staff", "marc")),
)
TIMES = ReadingState(
    flow="book",
    asked=("time",),
    question="offer",
    filled={"service": "massage", "date": "2026-06-12"},
    offer=(Offered("o1", "time", "09:00"), Offered("o2", "time", "11:30"), Offered("o3", "time", "17:00")),
)


@pytest.mark.parametrize(
    ("language", "text", "field", "value"),
    [
        ("en", "two hours later", "time", "12:00"),
        ("en", "half an hour earlier pls", "time", "09:30"),
        ("fr", "une heure plus tard", "time", "11:00"),
        ("fr", "un quart d'heure plus tôt", "time", "09:45"),
        ("es", "una hora antes", "time", "09:00"),
        ("pt", "30 minutos mais tarde", "time", "10:30"),
        ("en", "plus one", "party_size", 5),
        ("en", "add 2 kids", "party_size", 6),
        ("en", "minus one", "party_size", 3),
        ("fr", "deux personnes de plus", "party_size", 6),
        ("fr", "un couvert de moins", "party_size", 3),
        ("en", "sorry 5 not 4", "party_size", 5),
        ("fr", "6 au lieu de 4", "party_size", 6),
        ("en", "not 10, 11", "time", "11:00"),
        ("en", "can we do 2 instead", "time", "14:00"),
        ("en", "the day after", "date", "2026-06-13"),
        ("fr", "la veille", "date", "2026-06-11"),
        ("en", "could it be with marc?", "staff", "marc"),
        ("en", "what about marc?", "staff", "marc"),
    ],
)
def test_a_value_is_told_against_the_known_one(language: str, text: str, field: str, value: object) -> None:
    assert values(text, CONFIRM, language) == {field: value}


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "rather friday", {"date": "2026-06-12"}),
        ("fr", "plutôt vendredi", {"date": "2026-06-12"}),
        ("en", "can you make it 3 instead", {"time": "15:00"}),
        ("fr", "on peut faire 18h plutôt ?", {"time": "18:00"}),
        ("en", "only 2 of us will come", {"party_size": 2}),
        ("fr", "on ne sera que 3", {"party_size": 3}),
    ],
)
def test_after_the_booking_it_is_moved(language: str, text: str, said: dict[str, object]) -> None:
    commands = read(text, DONE, language).commands
    assert commands[0].kind == "start_flow"
    assert commands[0].flow == "reschedule"
    assert values(text, DONE, language) == said


@pytest.mark.parametrize(
    ("language", "text", "old", "said"),
    [
        ("en", "please move thursday's massage to friday 11am", "2026-06-11", {"date": "2026-06-12", "time": "11:00"}),
        ("en", "my 2:30 on monday with lena needs to move to tuesday", "2026-06-15", {"date": "2026-06-16"}),
        ("fr", "mettre mon rdv de jeudi à vendredi", "2026-06-11", {"date": "2026-06-12"}),
        ("fr", "mon rdv de jeudi, on peut le faire samedi ?", "2026-06-11", {"date": "2026-06-13"}),
    ],
)
def test_the_old_time_is_no_new_one(language: str, text: str, old: str, said: dict[str, object]) -> None:
    command = read(text, NOTHING, language).commands[0]
    assert command.kind == "start_flow"
    assert (command.flow, (command.booking or {}).get("date")) == ("reschedule", old)
    assert values(text, NOTHING, language) == said


def test_a_place_points_at_the_booking_too() -> None:
    command = read("move my bastille booking", NOTHING).commands[0]
    assert command.kind == "start_flow"
    assert (command.flow, command.booking) == ("reschedule", {"location": "bastille"})


def test_what_is_ruled_out_points_at_what_is_cancelled() -> None:
    command = read("i cant make it tomorrow", NOTHING).commands[0]
    assert command.kind == "start_flow"
    assert (command.flow, command.booking) == ("cancel", {"date": "2026-06-10"})


def test_giving_up_names_no_wish() -> None:
    assert kinds("cancel the facial", SERVICE) == ["cancel_flow"]
    assert kinds("je ne veux plus de mon rendez-vous", NOTHING, "fr") == ["start_flow"]


@pytest.mark.parametrize(
    ("language", "text", "state", "said"),
    [
        ("en", "1 person then", TIMES, {"party_size": 1}),
        ("en", "is 3 possible", TIMES, {"time": "15:00"}),
        ("fr", "pas le premier", TIMES, {}),
        ("en", "wed or thurs", DAY, {"date_range": {"start": "2026-06-10", "end": "2026-06-11"}}),
        ("en", "not tomorrow, friday", DAY, {"date": "2026-06-12"}),
        ("fr", "pas demain, samedi", DAY, {"date": "2026-06-13"}),
        ("fr", "demain ou après-demain", DAY, {"date_range": {"start": "2026-06-10", "end": "2026-06-11"}}),
        ("en", "thursday but not before 2", DAY, {"date": "2026-06-11", "time_range": {"start": "14:00"}}),
        (
            "en",
            "from monday 8am to 10am",
            DAY,
            {"date": "2026-06-15", "time_range": {"start": "08:00", "end": "10:00"}},
        ),
        ("en", "i have a meeting at 3, so 4", HOUR, {"time": "16:00"}),
        ("fr", "je récupère les enfants à 16h donc 17h", HOUR, {"time": "17:00"}),
        ("fr", "je travaille de 8h à 17h donc après", HOUR, {"time_range": {"start": "17:00"}}),
        ("en", "my parents and me on friday", DAY, {"party_size": 3, "date": "2026-06-12"}),
        ("en", "5/12", DAY, {"date": "2026-12-05"}),
        ("fr", "je voudrais sunday", DAY, {"staff": "sunday"}),
    ],
)
def test_what_is_wanted(language: str, text: str, state: ReadingState, said: dict[str, object]) -> None:
    found = values(text, state, language)
    plain = {f: v.model_dump(exclude_none=True) if hasattr(v, "model_dump") else v for f, v in found.items()}
    assert plain == said


def test_what_is_offered_is_taken_after_a_no() -> None:
    assert kinds("no, marc", STAFF) == ["choose"]


@pytest.mark.parametrize(
    ("language", "text", "topics"),
    [
        ("fr", "quelles sont vos conditions d'annulation ?", ["policy"]),
        ("fr", "quels sont vos tarifs ?", ["price"]),
        ("fr", "fermé le lundi ?", ["hours"]),
        ("en", "whats cheapest", ["price"]),
        ("en", "is lena your best therapist?", ["rating"]),
        ("fr", "comment on peut annuler ?", ["policy"]),
    ],
)
def test_one_thing_is_asked(language: str, text: str, topics: list[str]) -> None:
    commands = read(text, NOTHING, language).commands
    assert [c.topic for c in commands if c.kind == "ask_info"] == topics
    assert {c.kind for c in commands} == {"ask_info"}


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "i left my scarf at your place", "handoff"),
        ("fr", "j'ai oublié mon parapluie chez vous", "handoff"),
        ("fr", "le taxi est en panne, j'arrive", "running_late"),
        ("en", "who am i seeing again", "list_bookings"),
        ("en", "happy sunday", "chitchat"),
        ("en", "put me on standby for friday", "join_waitlist"),
    ],
)
def test_other_wishes(language: str, text: str, kind: str) -> None:
    assert kind in kinds(text, NOTHING, language)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "next tomorrow", "2026-06-11"),
        ("en", "easter monday", "2027-03-29"),
        ("en", "the day after thanksgiving", "2026-11-27"),
        ("fr", "le lundi de Pâques", "2027-03-29"),
        ("fr", "jeudi de l'Ascension", "2027-05-06"),
        ("fr", "lundi de pentecôte", "2027-05-17"),
    ],
)
def test_feasts_move(language: str, text: str, day: str) -> None:
    found = when.read(text, language, when.context(language, NOW))
    assert found is not None
    assert found.start == day


@pytest.mark.parametrize(
    ("language", "text", "hours"),
    [
        ("en", "b4 9am", (None, "09:00")),
        ("fr", "after 17h", ("17:00", None)),
        ("en", "between 7 and 8.30", ("07:00", "08:30")),
        ("en", "after 4.30", ("16:30", None)),
    ],
)
def test_hours_of_mixed_and_short_messages(language: str, text: str, hours: tuple[str | None, str | None]) -> None:
    found = when.read(text, language, when.context(language, NOW))
    assert found is not None
    assert (found.start, found.end) == hours
