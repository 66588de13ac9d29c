"""Days told by what stands beside them, several days told together, and hours told by how long something goes on.

Today is Tuesday 9 June 2026, ten in the morning.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.understanding import when

NOW = datetime(2026, 6, 9, 10, 0)


def read(language: str, text: str) -> tuple[str, str | None, str | None] | None:
    found = when.read(text, language, when.context(language, NOW))
    return (found.kind, found.start, found.end) if found else None


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("es", "el lunes siguiente al 15", "2026-06-22"),
        ("es", "el viernes anterior al 20", "2026-06-19"),
        ("es", "el primer lunes después del 15 de julio", "2026-07-20"),
        ("es", "el día siguiente al viernes", "2026-06-13"),
        ("es", "el penúltimo viernes de junio", "2026-06-19"),
        ("es", "el antepenúltimo día del mes", "2026-06-28"),
        ("es", "el viernes más cercano al 20", "2026-06-19"),
        ("es", "el viernes que viene no, el otro", "2026-06-26"),
        ("es", "el otro jueves", "2026-06-18"),
        ("es", "cualquier lunes de julio", "2026-07-06"),
        ("es", "el lunes de la semana del 6 de julio", "2026-07-06"),
        ("fr", "le lundi qui suit le 15", "2026-06-22"),
        ("fr", "le vendredi précédant le 20", "2026-06-19"),
        ("fr", "l'avant-dernier vendredi de juin", "2026-06-19"),
        ("fr", "le surlendemain du 15", "2026-06-17"),
        ("fr", "lundi dans quinze jours", "2026-06-22"),
        ("fr", "pas ce vendredi mais le suivant", "2026-06-19"),
        ("fr", "le samedi du week-end prochain", "2026-06-20"),
        ("en", "the first monday after the 15th", "2026-06-22"),
        ("en", "the friday before the 20th", "2026-06-19"),
        ("en", "the second to last friday of june", "2026-06-19"),
        ("en", "the day following the 15th", "2026-06-16"),
        ("en", "the closest friday to the 20th", "2026-06-19"),
        ("en", "any monday in december", "2026-12-07"),
        ("en", "not this friday but the next", "2026-06-19"),
        ("en", "next month, the 5th", "2026-07-05"),
        ("pt", "a segunda depois do dia 15", "2026-06-22"),
        ("pt", "a penúltima sexta de junho", "2026-06-19"),
        ("pt", "a sexta mais próxima do dia 20", "2026-06-19"),
        ("pt", "na outra sexta", "2026-06-19"),
    ],
)
def test_a_day_is_told_by_another(language: str, text: str, day: str) -> None:
    assert read(language, text) == ("date", day, None)


@pytest.mark.parametrize(
    ("language", "text", "first", "last"),
    [
        ("es", "los días 15, 16 y 17", "2026-06-15", "2026-06-17"),
        ("es", "el 15 y el 16", "2026-06-15", "2026-06-16"),
        ("es", "para agosto, el 10 o el 11", "2026-08-10", "2026-08-11"),
        ("es", "los primeros diez días de julio", "2026-07-01", "2026-07-10"),
        ("es", "la semana siguiente al 15", "2026-06-22", "2026-06-28"),
        ("es", "la semana del 6 al 10", "2026-07-06", "2026-07-10"),
        ("es", "3 noches a partir del 15", "2026-06-15", "2026-06-18"),
        ("es", "en un plazo de 10 días", "2026-06-09", "2026-06-19"),
        ("es", "en agosto, la primera semana", "2026-08-03", "2026-08-09"),
        ("fr", "le 10, 11 ou 12", "2026-06-10", "2026-06-12"),
        ("fr", "les 10, 11 et 12 juin", "2026-06-10", "2026-06-12"),
        ("fr", "les dix premiers jours de juillet", "2026-07-01", "2026-07-10"),
        ("fr", "la semaine suivant le 15", "2026-06-22", "2026-06-28"),
        ("en", "not this weekend but the next", "2026-06-20", "2026-06-21"),
        ("en", "the week after the 15th", "2026-06-22", "2026-06-28"),
        ("en", "the last three days of june", "2026-06-28", "2026-06-30"),
        ("en", "friday through to sunday", "2026-06-12", "2026-06-14"),
        ("pt", "dias 15 e 16", "2026-06-15", "2026-06-16"),
        ("pt", "três noites a partir do dia 19", "2026-06-19", "2026-06-22"),
    ],
)
def test_days_are_told_together(language: str, text: str, first: str, last: str) -> None:
    assert read(language, text) == ("date_range", first, last)


@pytest.mark.parametrize(
    ("language", "text", "start", "end"),
    [
        ("fr", "de jeudi matin à samedi soir", "2026-06-11T08:00", "2026-06-13T22:00"),
        ("fr", "à partir de lundi matin", "2026-06-15T08:00", None),
        ("fr", "d'ici demain 15h", None, "2026-06-10T15:00"),
        ("fr", "demain 9h pour une heure", "2026-06-10T09:00", "2026-06-10T10:00"),
        ("fr", "lundi 10/12h", "2026-06-15T10:00", "2026-06-15T12:00"),
        ("fr", "le 15 de 9 à 11h", "2026-06-15T09:00", "2026-06-15T11:00"),
        ("fr", "mardi mat", "2026-06-16T08:00", "2026-06-16T12:00"),
        ("es", "antes del viernes por la tarde", None, "2026-06-12T12:00"),
        ("es", "a más tardar mañana a las 8", None, "2026-06-10T08:00"),
        ("es", "mañana 9-13", "2026-06-10T09:00", "2026-06-10T13:00"),
        ("es", "el 15 de 9 de la mañana a 1 de la tarde", "2026-06-15T09:00", "2026-06-15T13:00"),
        ("en", "friday evening to sunday evening", "2026-06-12T18:00", "2026-06-14T22:00"),
        ("en", "the first monday in july from 9 to 11", "2026-07-06T09:00", "2026-07-06T11:00"),
        ("en", "june 15 after 5", "2026-06-15T17:00", None),
        ("pt", "sexta do meio-dia às 14h", "2026-06-12T12:00", "2026-06-12T14:00"),
        ("pt", "saio às 17h, então sexta depois das 17h30", "2026-06-12T17:30", None),
    ],
)
def test_instants_are_told_by_parts_and_lengths(language: str, text: str, start: str | None, end: str | None) -> None:
    assert read(language, text) == ("datetime_range", start, end)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "a las 8 con 30", "08:30"),
        ("es", "a las 8 con 10 invitados", "08:00"),
        ("es", "a las 5 y 1/2", "17:30"),
        ("es", "a las 5½ pm", "17:30"),
        ("es", "a las 5y30 pm", "17:30"),
        ("es", "a las tres y tres cuartos", "15:45"),
        ("es", "al filo del mediodía", "12:00"),
        ("fr", "une heure moins le quart", "12:45"),
        ("pt", "nove menos quarto", "08:45"),
        ("en", "at 10 to 4", "15:50"),
        ("en", "1630 hours", "16:30"),
    ],
)
def test_a_clock_time_is_read(language: str, text: str, expected: str) -> None:
    assert read(language, text) == ("time", expected, None)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "el lunes 15 pasadas las 5", "2026-06-15T17:00"),
        ("es", "el lunes 15 después de las 5", "2026-06-15T17:00"),
        ("fr", "lundi 15 après 17h", "2026-06-15T17:00"),
    ],
)
def test_a_day_before_a_bound_is_no_minute(language: str, text: str, expected: str) -> None:
    assert read(language, text) == ("datetime_range", expected, None)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "pasado a las 5", "2026-06-11T17:00"),
        ("es", "mañana 4 y 20", "2026-06-10T16:20"),
        ("es", "dom. al mediodía", "2026-06-14T12:00"),
        ("es", "la noche del martes 16 a las 8", "2026-06-16T20:00"),
        ("es", "veintidos d julio a las quinse horas", "2026-07-22T15:00"),
        ("en", "friday 4.30", "2026-06-12T16:30"),
        ("en", "at 9 june 15", "2026-06-15T09:00"),
        ("en", "at 17:30 2026-06-15", "2026-06-15T17:30"),
    ],
)
def test_a_day_and_its_hour_are_read(language: str, text: str, expected: str) -> None:
    assert read(language, text) == ("datetime", expected, None)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "¿qué medida tiene la mesa?"),
        ("es", "con Javier o con Mariana"),
        ("es", "una habitación con vista al mar"),
        ("es", "calle 25 de mayo 340"),
        ("fr", "rue du 4 septembre"),
        ("fr", "une heure de massage"),
        ("fr", "bonne fin de journée"),
        ("fr", "un vernis mat"),
        ("en", "with Amanda or Martin"),
        ("en", "enjoy your evening"),
        ("en", "west 5th street"),
        ("pt", "com a Amanda, por favor"),
    ],
)
def test_words_that_only_look_like_time_are_none(language: str, text: str) -> None:
    assert read(language, text) is None
