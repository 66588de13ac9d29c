"""A weekday, its hour and its week in any order; today is Tuesday 9 June 2026, ten in the morning."""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.understanding import when

NOW = datetime(2026, 6, 9, 10, 0)


def read(language: str, text: str) -> tuple[str, str | None, str | None] | None:
    found = when.read(text, language, when.context(language, NOW))
    return (found.kind, found.start, found.end) if found else None


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "el viernes a las 5 la semana que viene", "2026-06-19T17:00"),
        ("es", "la semana del 22, el jueves a las 5", "2026-06-25T17:00"),
        ("es", "a las 5 el sábado la otra semana", "2026-06-20T17:00"),
        ("es", "el viernes a las 5, el 19", "2026-06-19T17:00"),
        ("es", "el sábado a las 5 del finde que viene", "2026-06-20T17:00"),
        ("fr", "jeudi à 17h la semaine prochaine", "2026-06-18T17:00"),
        ("fr", "la semaine du 22 juin, vendredi 9h", "2026-06-26T09:00"),
        ("fr", "vendredi 9h, le 19", "2026-06-19T09:00"),
        ("en", "thursday at 5 next week", "2026-06-18T17:00"),
        ("en", "the week of june 22, thursday at 5", "2026-06-25T17:00"),
        ("en", "sat the week of the 22nd at 5", "2026-06-27T17:00"),
        ("pt", "quinta às 17h na semana que vem", "2026-06-18T17:00"),
        ("pt", "17h30 quinta semana que vem", "2026-06-18T17:30"),
    ],
)
def test_the_hour_may_stand_between_a_weekday_and_its_week(language: str, text: str, expected: str) -> None:
    assert read(language, text) == ("datetime", expected, None)


@pytest.mark.parametrize(
    ("language", "text", "start", "end"),
    [
        ("es", "el jueves por la tarde la semana que viene", "2026-06-18T12:00", "2026-06-18T18:00"),
        ("fr", "samedi matin la semaine du 22", "2026-06-27T08:00", "2026-06-27T12:00"),
        ("en", "thursday from 3 to 5 next week", "2026-06-18T15:00", "2026-06-18T17:00"),
        ("pt", "sábado de manhã na semana do dia 22", "2026-06-27T08:00", "2026-06-27T12:00"),
    ],
)
def test_so_may_a_part_of_the_day(language: str, text: str, start: str, end: str) -> None:
    assert read(language, text) == ("datetime_range", start, end)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "por la noche el 15 a las 8", ("datetime", "2026-06-15T20:00", None)),
        ("es", "por la tarde el 15/6 después de las 4", ("datetime_range", "2026-06-15T16:00", None)),
        ("es", "la noche del 15 de 8 a 9", ("datetime_range", "2026-06-15T20:00", "2026-06-15T21:00")),
        ("fr", "le soir le 15 à 8h30", ("datetime", "2026-06-15T20:30", None)),
        ("fr", "la matinée de demain entre 9h et 10h", ("datetime_range", "2026-06-10T09:00", "2026-06-10T10:00")),
        ("en", "in the evening on the 15th at 8 o'clock", ("datetime", "2026-06-15T20:00", None)),
        ("en", "after 8 on june 15 in the evening", ("datetime_range", "2026-06-15T20:00", None)),
        ("pt", "a noite do dia 15 às 9", ("datetime", "2026-06-15T21:00", None)),
    ],
)
def test_the_day_may_stand_between_a_part_of_it_and_its_hour(
    language: str, text: str, expected: tuple[str, str, str | None]
) -> None:
    assert read(language, text) == expected


def test_other_words_keep_a_day_and_a_week_apart() -> None:
    assert read("es", "mañana no, la semana que viene") == ("date", "2026-06-10", None)
    assert read("en", "friday is bad, how about next week") == ("date", "2026-06-12", None)
