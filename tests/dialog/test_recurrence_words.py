"""How often and how long, in people's words. Now is Monday 2 March 2026."""

from datetime import datetime

import pytest

from dialog.recurrence_words import Recurrence, read, reads_whole_series

NOW = datetime(2026, 3, 2, 9)


@pytest.mark.parametrize(
    ("language", "text", "expected", "rest"),
    [
        ("en", "a haircut with Nadia every Tuesday at 10 for 4 weeks", {"every_weeks": 1, "weeks": 4}, "Tuesday at 10"),
        ("en", "every week for 4 weeks", {"every_weeks": 1, "weeks": 4}, ""),
        ("en", "a trim every other Friday until the end of April", {"every_weeks": 2, "until": "2026-04-30"}, "Friday"),
        ("en", "4 Tuesdays in a row at 10", {"every_weeks": 1, "count": 4}, "Tuesdays at 10"),
        ("en", "every Tuesday for the next six weeks", {"every_weeks": 1, "weeks": 6}, "Tuesday"),
        ("en", "every 3 weeks, five times", {"every_weeks": 3, "count": 5}, ","),
        ("en", "weekly for two months", {"every_weeks": 1, "months": 2}, ""),
        ("fr", "une coupe tous les mardis à 10h pendant 2 mois", {"every_weeks": 1, "months": 2}, "mardis à 10h"),
        ("fr", "chaque semaine, 4 fois", {"every_weeks": 1, "count": 4}, ","),
        ("fr", "une fois par semaine pendant un mois", {"every_weeks": 1, "months": 1}, ""),
        ("fr", "un mardi sur deux à 10h, 5 fois", {"every_weeks": 2, "count": 5}, "mardi à 10h,"),
        ("fr", "toutes les deux semaines jusqu'au 30 juin", {"every_weeks": 2, "until": "2026-06-30"}, ""),
        ("fr", "4 semaines de suite", {"every_weeks": 1, "weeks": 4}, ""),
        ("fr", "chaque mardi jusqu’à fin avril", {"every_weeks": 1, "until": "2026-04-30"}, "mardi"),
    ],
)
def test_a_rhythm_is_read_and_taken_out(language: str, text: str, expected: dict[str, object], rest: str) -> None:
    recurrence, left = read(text, language=language, now=NOW)
    assert recurrence is not None
    assert recurrence.values == expected
    assert " ".join(left.split()).endswith(rest)


@pytest.mark.parametrize(
    "text",
    ["a haircut on Tuesday for 4 people", "in 2 weeks", "dans 2 semaines", "2 fois", "next week", "jusqu'à 15h", ""],
)
def test_without_a_rhythm_nothing_recurs(text: str) -> None:
    assert read(text, language="en", now=NOW) == (None, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4", Recurrence(count=4)),
        ("quatre", Recurrence(count=4)),
        ("6 weeks", Recurrence(count=6)),
        ("8 fois", Recurrence(count=8)),
        ("for 3 months", Recurrence(months=3)),
        ("just once", Recurrence(count=1)),
        ("at 10", None),
        ("in 2 weeks", None),
    ],
)
def test_the_end_is_read_alone_when_it_is_asked_for(text: str, expected: Recurrence | None) -> None:
    assert read(text, language="en", now=NOW, is_recurring=True, is_asked=True)[0] == expected


@pytest.mark.parametrize("text", ["every day at 10", "tous les mois", "chaque jour"])
def test_other_rhythms_are_told_apart(text: str) -> None:
    recurrence, _ = read(text, language="en", now=NOW)
    assert recurrence is not None
    assert recurrence.every_weeks == 0


@pytest.mark.parametrize("text", ["cancel all of them", "annuler toute la série", "all", "toutes", "the whole series"])
def test_a_whole_series_is_meant(text: str) -> None:
    assert reads_whole_series(text)


@pytest.mark.parametrize("text", ["cancel it", "annuler", "cancel all my bookings", "Friday"])
def test_one_date_is_meant(text: str) -> None:
    assert not reads_whole_series(text)
