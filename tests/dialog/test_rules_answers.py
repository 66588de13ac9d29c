"""Answers are read in the light of what was asked and what lies on the table."""

from __future__ import annotations

import pytest

from dialog.understanding.state import Offered, ReadingState
from tests.dialog.reading import kinds, read, values

CONFIRM = ReadingState(
    flow="book",
    question="confirm",
    confirming=True,
    filled={"service": "massage", "staff": "lena", "date": "2026-06-12", "time": "15:00"},
)
TIMES = ReadingState(
    flow="book",
    asked=("time",),
    question="offer",
    filled={"service": "massage", "date": "2026-06-12"},
    offer=(Offered("o1", "time", "09:30"), Offered("o2", "time", "11:00"), Offered("o3", "time", "15:00")),
)

HELD = ReadingState(question="offer", offer=(Offered("o1", "booking", 7, "Yes, book it"),))


@pytest.mark.parametrize(
    "text", ["yes", "Yes please", "ok", "sounds good", "👍", "oui", "d'accord", "ça marche", "c'est bon", "parfait"]
)
def test_a_yes_in_any_form_agrees_to_the_summary(text: str) -> None:
    assert kinds(text, CONFIRM) == ["affirm"]


@pytest.mark.parametrize("text", ["no", "nope", "non merci", "that's wrong", "pas du tout"])
def test_a_no_in_any_form_declines_the_summary(text: str) -> None:
    assert kinds(text, CONFIRM) == ["deny"]


def test_a_new_value_at_the_summary_is_a_correction() -> None:
    assert values("no, make it saturday at 10am", CONFIRM) == {"date": "2026-06-13", "time": "10:00"}
    assert "affirm" not in kinds("no, make it saturday at 10am", CONFIRM)


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("the second one", "o2"),
        ("le dernier", "o3"),
        ("11am", "o2"),
        ("3", "o3"),
        ("15h", "o3"),
        ("the earliest please", "o1"),
        ("2", "o2"),
    ],
)
def test_an_offered_time_is_chosen_by_place_or_by_value(text: str, handle: str) -> None:
    chosen = [c for c in read(text, TIMES).commands if c.kind == "choose"]
    assert [getattr(c, "handle", None) for c in chosen] == [handle]


@pytest.mark.parametrize("text", ["le 1er juillet", "July 2nd", "un massage", "we are 2", "une séance de massage"])
def test_a_number_in_a_date_or_a_count_is_no_place_in_the_list(text: str) -> None:
    assert "choose" not in kinds(text, TIMES, "fr" if text.startswith(("le", "un")) else "en")


@pytest.mark.parametrize("text", ["anything else?", "other times please", "d'autres horaires", "plus tard ?"])
def test_other_options_are_asked_for(text: str) -> None:
    assert "more_options" in kinds(text, TIMES)


@pytest.mark.parametrize("text", ["anyone", "peu importe", "I don't mind", "n'importe qui"])
def test_no_preference_skips_what_was_asked(text: str) -> None:
    assert kinds(text, ReadingState(flow="book", asked=("staff",))) == ["skip"]


def test_a_name_that_is_a_weekday_is_a_name_when_a_person_was_asked_for() -> None:
    assert values("Sunday", ReadingState(flow="book", asked=("staff",))) == {"staff": "sunday"}
    assert values("Sunday", ReadingState(flow="book", asked=("date",))) == {"date": "2026-06-14"}


def test_what_is_ruled_out_is_never_set() -> None:
    commands = read("not Lena, Marc", ReadingState(flow="book", asked=("staff",))).commands
    assert [(c.kind, getattr(c, "value", None)) for c in commands] == [("set_field", "marc")]
    commands = read("not Lena", ReadingState(flow="book", asked=("staff",))).commands
    assert [(c.kind, getattr(c, "value", None)) for c in commands] == [("exclude", "lena")]


@pytest.mark.parametrize("text", ["cancel", "annuler", "never mind", "laisse tomber"])
def test_leaving_half_way_leaves_the_flow_and_touches_no_booking(text: str) -> None:
    assert kinds(text, ReadingState(flow="book", asked=("date",))) == ["cancel_flow"]


def test_a_question_inside_a_booking_sets_nothing() -> None:
    commands = read("how much is a massage?", ReadingState(flow="book", asked=("date",))).commands
    assert [c.kind for c in commands] == ["ask_info"]
    assert commands[0].model_dump() == {"kind": "ask_info", "topic": "price", "about": {"service": "massage"}}


@pytest.mark.parametrize("text", ["yes", "oui je prends", "d'accord", "I'll take it", "c'est bon pour moi"])
def test_a_yes_to_a_time_that_is_held_for_somebody_who_waits(text: str) -> None:
    assert kinds(text, HELD) == ["affirm"]


@pytest.mark.parametrize("text", ["no thanks", "non merci", "no", "pas possible"])
def test_a_no_to_a_time_that_is_held(text: str) -> None:
    assert kinds(text, HELD) == ["deny"]


@pytest.mark.parametrize(
    "text",
    [
        "take me off the waiting list",
        "remove me from the waitlist",
        "cancel my waiting list",
        "retirez-moi de la liste d'attente",
        "je ne veux plus être sur la liste d'attente",
        "annuler ma liste d'attente",
    ],
)
def test_leaving_the_waiting_list_is_neither_an_erasure_nor_a_goodbye_to_all_messages(text: str) -> None:
    assert kinds(text, ReadingState()) == ["list_bookings"]


@pytest.mark.parametrize(
    "text", ["put me on the waiting list", "prévenez-moi si une place se libère", "liste d'attente"]
)
def test_joining_the_waiting_list(text: str) -> None:
    assert kinds(text, ReadingState()) == ["join_waitlist"]
