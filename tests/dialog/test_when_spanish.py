"""Spanish dates and times in the words of customers; today is Tuesday 9 June 2026, ten in the morning."""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.understanding import when

NOW = datetime(2026, 6, 9, 10, 0)


def read(text: str, **known: object) -> tuple[str, str | None, str | None] | None:
    found = when.read(text, "es", when.context("es", NOW, **known))  # type: ignore[arg-type]
    return (found.kind, found.start, found.end) if found else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hoy", "2026-06-09"),
        ("mañana", "2026-06-10"),
        ("manana", "2026-06-10"),
        ("pasado mañana", "2026-06-11"),
        ("el viernes", "2026-06-12"),
        ("el viernes que viene", "2026-06-19"),
        ("el próximo lunes", "2026-06-15"),
        ("este sábado", "2026-06-13"),
        ("miercoles", "2026-06-10"),
        ("jueves en ocho", "2026-06-18"),
        ("de hoy en ocho", "2026-06-16"),
        ("el martes de la semana que viene", "2026-06-16"),
        ("el lunes dentro de dos semanas", "2026-06-22"),
        ("el 15", "2026-06-15"),
        ("el día 5", "2026-07-05"),
        ("día nueve", "2026-06-09"),
        ("lunes 15 de junio", "2026-06-15"),
        ("el próximo martes 16", "2026-06-16"),
        ("5/7", "2026-07-05"),
        ("1.º de julio", "2026-07-01"),
        ("1° de julio", "2026-07-01"),
        ("primero de julio", "2026-07-01"),
        ("5 de mayo del 2027", "2027-05-05"),
        ("el dos de octubre de dos mil veintiséis", "2026-10-02"),
        ("dentro de dos semanas", "2026-06-23"),
        ("en quince días", "2026-06-24"),
        ("dentro de tres semanas a partir de mañana", "2026-07-01"),
        ("el primer lunes de julio", "2026-07-06"),
        ("el último viernes del mes", "2026-06-26"),
        ("último día del mes", "2026-06-30"),
        ("el 3 del mes que viene", "2026-07-03"),
        ("el día antes del 15", "2026-06-14"),
        ("viernez", "2026-06-12"),
        ("quiero una cita mañana", "2026-06-10"),
        ("¿está Ana mañana?", "2026-06-10"),
    ],
)
def test_a_day_is_read(text: str, day: str) -> None:
    assert read(text) == ("date", day, None)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("a las 3", "15:00"),
        ("a las 15", "15:00"),
        ("15 hs", "15:00"),
        ("15h30", "15:30"),
        ("a las 7'30 de la tarde", "19:30"),
        ("21.30 h", "21:30"),
        ("las 3 y media", "15:30"),
        ("tres y cuarto", "15:15"),
        ("a las tres menos cuarto", "14:45"),
        ("un cuarto para las cinco", "16:45"),
        ("diez para las 4", "15:50"),
        ("tres minutos para las 5:30 pm", "17:27"),
        ("quince minutos pasadas las ocho", "08:15"),
        ("a la una y media", "13:30"),
        ("la una menos cuarto", "12:45"),
        ("las ocho y veinte de la noche", "20:20"),
        ("9 de la mañana", "09:00"),
        ("la una de la noche", "01:00"),
        ("doce y media de la noche", "00:30"),
        ("4 p. m.", "16:00"),
        ("sobre las 5", "17:00"),
        ("a las 4 en punto", "16:00"),
        ("al mediodía", "12:00"),
        ("mesa para 10 para las 8", "08:00"),
    ],
)
def test_a_clock_time_is_read(text: str, clock: str) -> None:
    assert read(text) == ("time", clock, None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("entre las 3 y las 5", "15:00", "17:00"),
        ("entre las 3 y 5", "15:00", "17:00"),
        ("de las 9 a la una", "09:00", "13:00"),
        ("de 9 a 1 de la tarde", "09:00", "13:00"),
        ("desde las 10 hasta las 12", "10:00", "12:00"),
        ("después de las 5", "17:00", None),
        ("de las 5 en adelante", "17:00", None),
        ("antes del mediodía", None, "12:00"),
        ("como muy tarde a las 6", None, "18:00"),
        ("por la mañana", "08:00", "12:00"),
        ("a última hora de la tarde", "16:00", "18:00"),
        ("temprano", "08:00", "10:00"),
    ],
)
def test_a_window_of_the_day_is_read(text: str, start: str | None, end: str | None) -> None:
    assert read(text) == ("time_range", start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("esta semana", "2026-06-08", "2026-06-14"),
        ("la semana que viene", "2026-06-15", "2026-06-21"),
        ("este finde", "2026-06-13", "2026-06-14"),
        ("del 15 al 18", "2026-06-15", "2026-06-18"),
        ("los días 15 y 16", "2026-06-15", "2026-06-16"),
        ("de lunes a miércoles", "2026-06-15", "2026-06-17"),
        ("a partir del lunes", "2026-06-15", None),
        ("hasta el viernes", None, "2026-06-12"),
        ("a finales de mes", "2026-06-16", "2026-06-30"),
        ("a fin de mes", "2026-06-21", "2026-06-30"),
        ("la primera quincena de julio", "2026-07-01", "2026-07-15"),
        ("en los próximos dos días", "2026-06-10", "2026-06-11"),
        ("la semana del 15", "2026-06-15", "2026-06-21"),
    ],
)
def test_a_span_of_days_is_read(text: str, start: str | None, end: str | None) -> None:
    assert read(text) == ("date_range", start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("mañana a las 3 y media", "2026-06-10T15:30", None),
        ("a las tres y media mañana", "2026-06-10T15:30", None),
        ("el 20 de junio a las 5 y media de la tarde", "2026-06-20T17:30", None),
        ("a las 10 en punto 15 de julio", "2026-07-15T10:00", None),
        ("mañana por la mañana", "2026-06-10T08:00", "2026-06-10T12:00"),
        ("la mañana del lunes", "2026-06-15T08:00", "2026-06-15T12:00"),
        ("hoy por la noche", "2026-06-09T18:00", "2026-06-09T22:00"),
        ("mañana temprano", "2026-06-10T08:00", "2026-06-10T10:00"),
        ("el lunes por la tarde de la semana que viene", "2026-06-15T12:00", "2026-06-15T18:00"),
        ("15 de julio de 3 a 5", "2026-07-15T15:00", "2026-07-15T17:00"),
        ("el 15 después de las 5", "2026-06-15T17:00", None),
        ("las próximas dos horas", "2026-06-09T10:00", "2026-06-09T12:00"),
    ],
)
def test_a_day_goes_together_with_its_time(text: str, start: str, end: str | None) -> None:
    found = read(text)
    assert found is not None
    assert found[1:] == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "buenos días",
        "buenas tardes",
        "hasta luego",
        "una manzana y un café",
        "somos de dos a cuatro personas",
        "cuesta 30 euros",
        "tengo 30 años",
        "la segunda opción",
        "calle Mayor 5",
        "vienes con tu hija",
        "el lunes pasado",
        "hace dos horas",
        "37.1 de fiebre",
    ],
)
def test_no_time_is_found_where_there_is_none(text: str) -> None:
    assert read(text) is None
