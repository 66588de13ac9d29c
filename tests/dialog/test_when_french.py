"""French dates and times in the words of customers; today is Tuesday 9 June 2026, ten in the morning."""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.understanding import when

NOW = datetime(2026, 6, 9, 10, 0)


def read(text: str, **known: object) -> tuple[str, str | None, str | None] | None:
    found = when.read(text, "fr", when.context("fr", NOW, **known))  # type: ignore[arg-type]
    return (found.kind, found.start, found.end) if found else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("demain", "2026-06-10"),
        ("après-demain", "2026-06-11"),
        ("ap demain", "2026-06-11"),
        ("apres demain", "2026-06-11"),
        ("vendredi", "2026-06-12"),
        ("mardi prochain", "2026-06-16"),
        ("jeudi en huit", "2026-06-18"),
        ("samedi en quinze", "2026-06-27"),
        ("le 14", "2026-06-14"),
        ("le 3", "2026-07-03"),
        ("le 5/8", "2026-08-05"),
        ("1er juillet", "2026-07-01"),
        ("dimanche 21 juin", "2026-06-21"),
        ("vendrdi", "2026-06-12"),
        ("dans trois jours", "2026-06-12"),
        ("le premier lundi de juillet", "2026-07-06"),
        ("mercredi de la semaine prochaine", "2026-06-17"),
    ],
)
def test_a_day_is_read(text: str, day: str) -> None:
    assert read(text) == ("date", day, None)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("15h30", "15:30"),
        ("à 9 h", "09:00"),
        ("vers 4h", "16:00"),
        ("midi et demi", "12:30"),
        ("onze heures moins le quart", "10:45"),
        ("trois heures et quart", "15:15"),
        ("huit heures du soir", "20:00"),
        ("8h du matin", "08:00"),
        ("dix-sept heures vingt", "17:20"),
        ("pour 16h", "16:00"),
    ],
)
def test_a_clock_time_is_read(text: str, clock: str) -> None:
    assert read(text) == ("time", clock, None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("entre 14h et 16h", "14:00", "16:00"),
        ("de 9h à 11h", "09:00", "11:00"),
        ("après 17h", "17:00", None),
        ("avant midi", None, "12:00"),
        ("le matin", "08:00", "12:00"),
        ("en fin d'après-midi", "16:00", "18:00"),
    ],
)
def test_a_window_of_the_day_is_read(text: str, start: str | None, end: str | None) -> None:
    found = read(text)
    assert found is not None
    assert found[1:] == (start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("la semaine prochaine", "2026-06-15", "2026-06-21"),
        ("ce week-end", "2026-06-13", "2026-06-14"),
        ("du 3 au 7 juillet", "2026-07-03", "2026-07-07"),
        ("de lundi à mercredi", "2026-06-15", "2026-06-17"),
        ("jusqu'à vendredi", None, "2026-06-12"),
        ("fin juillet", "2026-07-21", "2026-07-31"),
    ],
)
def test_a_range_of_days_is_read(text: str, start: str | None, end: str | None) -> None:
    assert read(text) == ("date_range", start, end)


@pytest.mark.parametrize("text", ["demain à 16h", "16h demain", "demain 16h00", "a 4h demain apres-midi"])
def test_day_and_time_come_in_any_order(text: str) -> None:
    assert read(text) == ("datetime", "2026-06-10T16:00", None)


@pytest.mark.parametrize(
    "text",
    [
        "bonne semaine !",
        "ça coûte 15 000 FCFA",
        "mon numéro est le 699 12 34 56 78",
        "merci beaucoup",
        "on est 4 personnes",
    ],
)
def test_nothing_is_read_where_no_time_was_said(text: str) -> None:
    assert read(text) is None


def test_a_time_ahead_counts_from_now() -> None:
    assert read("dans deux heures") == ("datetime", "2026-06-09T12:00", None)
