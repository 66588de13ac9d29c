"""What is told beside the wish in French, Spanish, Portuguese and mixed tongues: reasons, others, corrections."""

from __future__ import annotations

import pytest

from dialog.commands import Range
from dialog.understanding.state import Offered, ReadingState
from tests.dialog.reading import kinds, read, values

FILLED = {"service": "massage", "staff": "lena", "date": "2026-06-13", "time": "10:00"}
NOTHING = ReadingState()
CONFIRM = ReadingState(flow="book", question="confirm", confirming=True, filled=dict(FILLED))
DAY = ReadingState(flow="book", asked=("date",), filled={"service": "massage", "staff": "lena"})
HOUR = ReadingState(flow="book", asked=("time",), filled={"service": "massage", "date": "2026-06-12"})
HOW_MANY = ReadingState(flow="book", asked=("party_size",), filled={"service": "massage"})
DAYS = ReadingState(
    flow="book",
    asked=("date",),
    question="offer",
    filled={"service": "massage"},
    offer=(
        Offered("o1", "date", "2026-06-22"),
        Offered("o2", "date", "2026-06-25"),
        Offered("o3", "date", "2026-06-26"),
    ),
)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("fr", "jeudi je garde ma nièce, disons vendredi", "2026-06-12"),
        ("fr", "le 18 on déménage donc le 20", "2026-06-20"),
        ("fr", "vendredi... non attendez, samedi", "2026-06-13"),
        ("fr", "je rentre jeudi, je voudrais venir samedi", "2026-06-13"),
        ("es", "el jueves trabajo, así que el viernes", "2026-06-12"),
        ("en", "thursday is too soon, friday", "2026-06-12"),
    ],
)
def test_a_day_settled_on_after_a_reason_is_the_one(language: str, text: str, day: str) -> None:
    assert values(text, DAY, language)["date"] == day


@pytest.mark.parametrize(
    ("language", "text", "hour"),
    [
        ("fr", "9h c'est trop tôt, mettons 11h", "11:00"),
        ("fr", "14h j'ai un meeting, 16h plutôt", "16:00"),
        ("en", "3 45", "15:45"),
        ("fr", "10 15", "10:15"),
    ],
)
def test_an_hour_told_against_another_is_the_one(language: str, text: str, hour: str) -> None:
    assert values(text, HOUR, language)["time"] == hour


@pytest.mark.parametrize(
    ("language", "text", "people"),
    [
        ("fr", "nous serons deux couples", 4),
        ("fr", "9, ah non Julie a annulé, 8", 8),
        ("fr", "on était 5 mais Marc vient plus donc 4", 4),
        ("fr", "une demi-douzaine", 6),
        ("es", "tres parejas", 6),
        ("es", "una docena", 12),
        ("es", "7, perdón, 6", 6),
        ("pt", "meia dúzia", 6),
        ("pt", "eu, minha irmã e os 2 filhos", 4),
    ],
)
def test_how_many_come_is_counted_in_couples_and_put_right(language: str, text: str, people: int) -> None:
    assert values(text, HOW_MANY, language)["party_size"] == people


@pytest.mark.parametrize(
    ("language", "text", "handle"),
    [("fr", "le lundi", "o1"), ("es", "el jueves", "o2"), ("pt", "a sexta", "o3"), ("en", "friday works", "o3")],
)
def test_a_weekday_takes_the_offered_day_that_falls_on_it(language: str, text: str, handle: str) -> None:
    chosen = [c.handle for c in read(text, DAYS, language).commands if c.kind == "choose"]
    assert chosen == [handle]


@pytest.mark.parametrize(("language", "text"), [("fr", "oui samedi"), ("es", "sí, el sábado"), ("pt", "sim, sábado")])
def test_the_weekday_of_a_summary_is_its_own_day(language: str, text: str) -> None:
    assert "correct_field" not in kinds(text, CONFIRM, language)


def test_no_be_ten_is_nine() -> None:
    assert values("no be 10, na 9", CONFIRM, "fr")["time"] == "09:00"


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("fr", "rappelle-moi l'heure de mon rendez-vous", "list_bookings"),
        ("fr", "mon rendez-vous de jeudi tombe à l'eau", "start_flow"),
        ("fr", "faites-moi signe si quelqu'un se décommande", "join_waitlist"),
        ("fr", "ça fait une heure que j'attends", "handoff"),
        ("fr", "effacez-moi de vos fichiers", "privacy"),
        ("fr", "je veux encore vos promos", "opt_in"),
        ("fr", "il va pleuvoir demain ?", "cannot_handle"),
        ("es", "avisadme si se cae alguien el lunes", "join_waitlist"),
        ("es", "me das de baja", "opt_out"),
        ("pt", "esqueci o dia da minha consulta", "list_bookings"),
        ("pt", "desmarca meu horário", "start_flow"),
        ("fr", "wetin una get for my name?", "list_bookings"),
    ],
)
def test_a_wish_of_its_own_is_heard(language: str, text: str, kind: str) -> None:
    assert kinds(text, NOTHING, language)[0] == kind


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "redonne-moi l'adresse"),
        ("fr", "vous êtes à côté du marché ?"),
        ("es", "¿por dónde andáis?"),
    ],
)
def test_where_it_is_is_asked(language: str, text: str) -> None:
    topics = [c.topic for c in read(text, NOTHING, language).commands if c.kind == "ask_info"]
    assert topics == ["address"]


def test_a_question_with_pas_rules_nothing_out() -> None:
    said = values("vous n'avez pas 16h ?", HOUR, "fr")
    assert said["time"] == "16:00"


def test_s_il_vous_plait_braids_nothing() -> None:
    assert "set_field" not in kinds("oui s'il vous plaît", CONFIRM, "fr")


def test_two_free_hours_are_no_time_of_day() -> None:
    said = values("j'ai deux heures de libre jeudi matin pour un massage", NOTHING, "fr")
    assert said["time_range"] == Range(start="08:00", end="12:00")
    assert "time" not in said
