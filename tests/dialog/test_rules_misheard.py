"""What is easily heard as something else."""

from __future__ import annotations

import pytest

from dialog.commands import Range
from dialog.understanding.state import ReadingState
from tests.dialog.reading import kinds, read, values

IDLE = ReadingState()
SUMMARY = ReadingState(
    flow="book",
    question="confirm",
    confirming=True,
    filled={"service": "massage", "date": "2026-06-11", "time": "14:00"},
)


@pytest.mark.parametrize(
    ("text", "language", "old", "new"),
    [
        ("déplacez mon massage du 24 au 26 svp", "fr", "2026-06-24", "2026-06-26"),
        ("repoussez mon massage du 13 au 20 juin", "fr", "2026-06-13", "2026-06-20"),
        ("move my massage from the 24th to the 26th", "en", "2026-06-24", "2026-06-26"),
    ],
)
def test_a_booking_moves_from_one_day_to_the_other(text: str, language: str, old: str, new: str) -> None:
    move = read(text, IDLE, language).commands[0]
    assert move.kind == "start_flow"
    assert (move.flow, move.booking) == ("reschedule", {"service": "massage", "date": old})
    assert values(text, IDLE, language) == {"date": new}


def test_the_same_words_are_a_span_for_who_wants_to_come() -> None:
    span = Range(start="2026-06-13", end="2026-06-20")
    assert values("un massage du 13 au 20 juin", IDLE, "fr")["date_range"] == span


@pytest.mark.parametrize("text", ["massage sat 3", "sat 3 for a massage pls", "massage, opera, Sat 3"])
def test_a_short_weekday_stands_right_before_its_hour(text: str) -> None:
    assert {"date": "2026-06-13", "time": "15:00"}.items() <= values(text, IDLE).items()


def test_who_sat_for_hours_wants_no_saturday() -> None:
    assert values("last time I sat 3 hours", IDLE) == {}


@pytest.mark.parametrize(
    ("text", "language", "not_said"),
    [
        ("no, that will be too late", "en", "running_late"),
        ("something came up, please take me off monday", "en", "opt_out"),
        ("merci beaucoup ma chère", "fr", "ask_info"),
        ("bonjour madame, j'espère que vous allez bien", "fr", "start_flow"),
        ("the nails came out lovely!", "en", "handoff"),
    ],
)
def test_it_is_not_what_it_sounds_like(text: str, language: str, not_said: str) -> None:
    assert not_said not in kinds(text, SUMMARY if language == "en" else IDLE, language)


def test_who_is_not_cancelling_does_not_cancel() -> None:
    said = read("I'm not cancelling, just asking", IDLE).commands
    assert all(command.flow != "cancel" for command in said if command.kind == "start_flow")


def test_not_today_but_then() -> None:
    assert values("not today. next thursday", IDLE) == {"date": "2026-06-18"}


def test_the_number_to_call_is_asked_for() -> None:
    assert [
        c.topic for c in read("what number do I call to make a booking", IDLE).commands if c.kind == "ask_info"
    ] == ["phone"]
