"""What customers want, said out of nothing; and the words that work in every state."""

from __future__ import annotations

import io
import json

import pytest

from cli.understanding import parse_when_lines, understand_lines
from dialog.understanding.state import ReadingState
from tests.dialog.reading import kinds, read, values

IDLE = ReadingState()
STATES = [
    IDLE,
    ReadingState(flow="book", asked=("time",)),
    ReadingState(flow="book", question="confirm", confirming=True),
    ReadingState(flow="cancel", asked=("booking",)),
]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "I'd like a massage with Lena on friday at 3",
            {"service": "massage", "staff": "lena", "date": "2026-06-12", "time": "15:00"},
        ),
        ("je voudrais réserver un soin du visage samedi matin", {"service": "facial", "date": "2026-06-13"}),
        ("masage tomorow 10am", {"service": "massage", "date": "2026-06-10", "time": "10:00"}),
        ("vous êtes dispo demain à 16h ?", {"date": "2026-06-10", "time": "16:00"}),
        ("facial for 2 people next thursday", {"service": "facial", "party_size": 2, "date": "2026-06-18"}),
    ],
)
def test_several_facts_in_one_message_start_a_booking(text: str, said: dict[str, object]) -> None:
    assert "start_flow" in kinds(text, IDLE)
    assert said.items() <= values(text, IDLE).items()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("menu", "restart"),
        ("restart", "restart"),
        ("recommencer", "restart"),
        ("stop", "opt_out"),
        ("STOP", "opt_out"),
        ("start", "opt_in"),
        ("I want to talk to a person", "handoff"),
        ("je veux parler à quelqu'un", "handoff"),
        ("my bookings", "list_bookings"),
        ("mes rendez-vous", "list_bookings"),
        ("export my data", "privacy"),
        ("delete my data", "privacy"),
        ("supprimer mes données", "privacy"),
    ],
)
def test_some_words_work_in_every_state(text: str, kind: str, state: ReadingState) -> None:
    assert kinds(text, state) == [kind]


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("book", "book"),
        ("réserver", "book"),
        ("reschedule", "reschedule"),
        ("déplacer", "reschedule"),
        ("cancel", "cancel"),
        ("annuler", "cancel"),
    ],
)
def test_the_words_of_the_menu_start_their_flow(text: str, flow: str) -> None:
    commands = read(text, IDLE).commands
    assert [(c.kind, getattr(c, "flow", None)) for c in commands] == [("start_flow", flow)]


def test_an_existing_booking_is_pointed_at_apart_from_the_new_value() -> None:
    commands = read("move my appointment from friday to monday", IDLE).commands
    assert commands[0].model_dump() == {"kind": "start_flow", "flow": "reschedule", "booking": {"date": "2026-06-12"}}
    assert values("move my appointment from friday to monday", IDLE) == {"date": "2026-06-15"}


def test_stop_inside_a_sentence_does_not_opt_out() -> None:
    assert "opt_out" not in kinds("can I stop by tomorrow?", IDLE)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("where are you located?", "address"),
        ("c'est combien un massage ?", "price"),
        ("à quelle heure vous ouvrez ?", "hours"),
        ("is there parking?", "parking"),
        ("je peux payer par carte ?", "payment"),
        ("how long does a facial take?", "duration"),
    ],
)
def test_questions_are_told_by_topic(text: str, topic: str) -> None:
    asked = [c.model_dump() for c in read(text, IDLE).commands if c.kind == "ask_info"]
    assert topic in [c["topic"] for c in asked]


@pytest.mark.parametrize(
    "text", ["", "   ", "?", "\x00", "asdkjh", "ﬁ½Ⅷ²", "99/99/9999 99:99", "a" * 5000, "12 " * 800]
)
def test_no_message_is_too_strange_to_be_answered(text: str) -> None:
    assert read(text, IDLE).commands


def test_what_was_not_understood_is_not_claimed_with_confidence() -> None:
    assert read("the quick brown fox", IDLE).confidence == "low"


def test_the_command_line_answers_every_line_and_goes_on_after_a_bad_one() -> None:
    rows = [
        {"id": "a", "lang": "en", "ref": "2026-06-09T10:00:00", "text": "tomorrow at 4pm"},
        "not an object",
        {"id": "c"},
    ]
    out = io.StringIO()
    parse_when_lines(io.StringIO("".join(json.dumps(row) + "\n" for row in rows)), out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert answers[0]["start"] == "2026-06-10T16:00"
    assert answers[1]["error"]
    assert (answers[2]["id"], "error" in answers[2]) == ("c", True)


def test_understanding_on_the_command_line_takes_the_whole_state() -> None:
    row = {
        "id": 1,
        "lang": "en",
        "now": "2026-06-09T10:00:00+02:00",
        "tz": "Europe/Paris",
        "catalogue": {"services": [{"key": "massage", "name": "Massage", "synonyms": []}]},
        "state": {"flow": "book", "asked": ["service"], "filled": {}, "offer": []},
        "text": "massage",
    }
    out = io.StringIO()
    understand_lines(io.StringIO(json.dumps(row) + "\n"), out)
    answer = json.loads(out.getvalue())
    assert answer["commands"] == [{"kind": "set_field", "field": "service", "value": "massage"}]
    assert (answer["id"], answer["source"], answer["confidence"]) == (1, "rules", "high")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the soup looked appealing to my prince", "en"),
        ("is your school worried about cancer", "en"),
        ("an annual check of my timing belt", "en"),
        ("ma douche perd de l'eau, quel loyer et quelle maladie", "fr"),
        ("je cherche des soins pour mes pieds", "fr"),
        ("a medida que aparecer en la manga", "es"),
        ("quero cuidar das minhas unhas", "pt"),
    ],
)
def test_an_ordinary_word_is_no_slip_of_another(text: str, language: str) -> None:
    """Nothing is cancelled, moved or set by one, and nobody is called."""
    said = read(text, IDLE, language).commands
    assert {c.flow for c in said if c.kind == "start_flow"} <= {"book"}
    assert {c.kind for c in said} <= {"start_flow", "cannot_handle", "ask_info"}, said
