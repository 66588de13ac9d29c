"""What English chats tell beside the wish: reasons, other appointments, one's own name, and what cannot be kept."""

from __future__ import annotations

import pytest

from dialog.commands import Range
from dialog.understanding.state import Offered, ReadingState
from tests.dialog.reading import kinds, read, values

NOTHING = ReadingState()
CONFIRM = ReadingState(
    flow="book",
    question="confirm",
    confirming=True,
    filled={"service": "massage", "staff": "lena", "date": "2026-06-12", "time": "10:00"},
)
HOUR = ReadingState(flow="book", asked=("time",), filled={"service": "massage", "date": "2026-06-12"})
TIMES = ReadingState(
    flow="book",
    asked=("time",),
    question="offer",
    filled={"service": "massage", "date": "2026-06-12"},
    offer=(Offered("o1", "time", "09:00"), Offered("o2", "time", "11:30"), Offered("o3", "time", "15:00")),
)
DONE = ReadingState(question="anything_else")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my name is Lena, a massage with Marc please", {"service": "massage", "staff": "marc"}),
        ("last month I had a massage at 4. Now I want a facial at 2", {"service": "facial", "time": "14:00"}),
    ],
)
def test_what_is_only_told_is_not_wished(text: str, expected: dict[str, object]) -> None:
    got = values(text, NOTHING)
    assert {field: got.get(field) for field in expected} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my train leaves at 10, so 8", "08:00"),
        ("I take my meds at 8 and at 2 so 11 is better", "11:00"),
        ("around tenish", "10:00"),
        ("could you do 4", "16:00"),
        ("let's say 9", "09:00"),
    ],
)
def test_the_hour_that_fits_is_told_from_those_that_do_not(text: str, expected: str) -> None:
    assert values(text, HOUR) == {"time": expected}


def test_two_hours_are_a_range() -> None:
    assert values("at 2:15 or 3:30", HOUR) == {"time_range": Range(start="14:15", end="15:30")}


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("9 is too early, the next one", "o2"),
        ("no, all too early except the 3pm", "o3"),
        ("the late one", "o3"),
    ],
)
def test_a_choice_is_told_by_the_others(text: str, handle: str) -> None:
    chosen = [c for c in read(text, TIMES).commands if c.kind == "choose"]
    assert [c.handle for c in chosen] == [handle]


def test_mornings_that_cannot_be_choose_none() -> None:
    assert "choose" not in kinds("I can't do mornings", TIMES)


@pytest.mark.parametrize("text", ["no no it's right", "no wait, that's correct", "no changes, book it"])
def test_a_no_may_agree(text: str) -> None:
    assert kinds(text, CONFIRM) == ["affirm"]


@pytest.mark.parametrize("text", ["11 am or 11 pm?", "in the morning or in the evening?"])
def test_the_half_of_the_day_is_asked_about(text: str) -> None:
    assert kinds(text, CONFIRM) == ["ask_info"]


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("something came up, I need another day", "reschedule"),
        ("I can't come on Friday, is Monday open?", "reschedule"),
        ("I'm supposed to come at 10 but something came up, is 12 ok?", "reschedule"),
        ("can I push my 8:30 massage on the 9th to the afternoon", "reschedule"),
        ("can't do Friday's massage anymore", "cancel"),
        ("I won't need the appointment on the 30th anymore", "cancel"),
    ],
)
def test_what_cannot_be_kept_is_moved_or_cancelled(text: str, flow: str) -> None:
    command = read(text, NOTHING).commands[0]
    assert (command.kind, getattr(command, "flow", None)) == ("start_flow", flow)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I've been standing outside for half an hour", "handoff"),
        ("the door is locked and nobody is here", "handoff"),
        ("Marc was so rude to me", "handoff"),
        ("you can send me reminders again", "opt_in"),
        ("what info do you hold on me, send a copy of all the data you keep on me", "privacy"),
        ("how far are you from the station", "ask_info"),
        ("do you guys take transfer, my card isn't working", "ask_info"),
        ("I know I have something with you next week, can you check", "list_bookings"),
    ],
)
def test_a_wish_that_is_told_as_a_story(text: str, kind: str) -> None:
    assert kinds(text, NOTHING) == [kind]


@pytest.mark.parametrize("text", ["what's 12 x 15", "what is 30 x 4"])
def test_sums_book_nothing(text: str) -> None:
    assert "start_flow" not in kinds(text, NOTHING)


def test_a_hand_waved_at_the_end_is_a_goodbye() -> None:
    assert kinds("👋", DONE) == ["goodbye"]
    assert kinds("👋", NOTHING) == ["greet"]
