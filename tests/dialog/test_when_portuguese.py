"""Portuguese dates and times in the words of customers; today is Tuesday 9 June 2026, ten in the morning."""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.understanding import when

NOW = datetime(2026, 6, 9, 10, 0)


def read(text: str, **known: object) -> tuple[str, str | None, str | None] | None:
    found = when.read(text, "pt", when.context("pt", NOW, **known))  # type: ignore[arg-type]
    return (found.kind, found.start, found.end) if found else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hj", "2026-06-09"),
        ("amanhã", "2026-06-10"),
        ("depois de amanhã", "2026-06-11"),
        ("segunda", "2026-06-15"),
        ("segunda-feira", "2026-06-15"),
        ("2ª feira", "2026-06-15"),
        ("na quarta", "2026-06-10"),
        ("quarta que vem", "2026-06-17"),
        ("na próxima sexta", "2026-06-19"),
        ("nesta sexta", "2026-06-12"),
        ("sexta agora", "2026-06-12"),
        ("dia 5", "2026-07-05"),
        ("pro dia 20", "2026-06-20"),
        ("sexta dia 12", "2026-06-12"),
        ("1º de julho", "2026-07-01"),
        ("5 de julho", "2026-07-05"),
        ("quarta da semana que vem", "2026-06-17"),
        ("daqui a duas semanas", "2026-06-23"),
        ("daqui 3 dias", "2026-06-12"),
        ("segunda daqui a duas semanas", "2026-06-22"),
        ("última sexta do mês", "2026-06-26"),
        ("último dia do mês", "2026-06-30"),
        ("dia 3 do mês que vem", "2026-07-03"),
        ("na véspera do dia 15", "2026-06-14"),
        ("quero um corte amanhã", "2026-06-10"),
        ("é amanhã", "2026-06-10"),
    ],
)
def test_a_day_is_read(text: str, day: str) -> None:
    assert read(text) == ("date", day, None)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("às 3", "15:00"),
        ("às 15h", "15:00"),
        ("15h30", "15:30"),
        ("três e meia", "15:30"),
        ("às 7 e quinze", "07:15"),
        ("15 para as 3", "14:45"),
        ("quinze pras três", "14:45"),
        ("quinze depois das oito", "08:15"),
        ("meio dia e meia", "12:30"),
        ("quinze para o meio-dia", "11:45"),
        ("à uma", "13:00"),
        ("8 e meia da noite", "20:30"),
        ("por volta das 5", "17:00"),
        ("lá pelas 6 da tarde", "18:00"),
        ("14 horas", "14:00"),
        ("o das 17", "17:00"),
    ],
)
def test_a_clock_time_is_read(text: str, clock: str) -> None:
    assert read(text) == ("time", clock, None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("entre as 3 e as 5", "15:00", "17:00"),
        ("das 9h às 11h", "09:00", "11:00"),
        ("9h-11h", "09:00", "11:00"),
        ("depois das 17h", "17:00", None),
        ("não antes das 16h", "16:00", None),
        ("das 5 em diante", "17:00", None),
        ("até às 18h", None, "18:00"),
        ("antes do meio-dia", None, "12:00"),
        ("depois do almoço", "13:00", "15:00"),
        ("no fim da tarde", "16:00", "18:00"),
        ("de manhã cedo", "08:00", "10:00"),
    ],
)
def test_a_window_of_the_day_is_read(text: str, start: str | None, end: str | None) -> None:
    assert read(text) == ("time_range", start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("semana que vem", "2026-06-15", "2026-06-21"),
        ("nesse fds", "2026-06-13", "2026-06-14"),
        ("do dia 15 ao dia 18", "2026-06-15", "2026-06-18"),
        ("entre os dias 15 e 18", "2026-06-15", "2026-06-18"),
        ("de segunda a quarta", "2026-06-15", "2026-06-17"),
        ("a segunda semana de julho", "2026-07-06", "2026-07-12"),
        ("desde 13 até 15 de julho", "2026-07-13", "2026-07-15"),
        ("até sexta", None, "2026-06-12"),
    ],
)
def test_a_span_of_days_is_read(text: str, start: str | None, end: str | None) -> None:
    assert read(text) == ("date_range", start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("amanhã às 3 e meia", "2026-06-10T15:30", None),
        ("qua 14h", "2026-06-10T14:00", None),
        ("às sete do dia 15", "2026-06-15T07:00", None),
        ("amanhã de manhã", "2026-06-10T08:00", "2026-06-10T12:00"),
        ("hoje à noite", "2026-06-09T18:00", "2026-06-09T22:00"),
        ("amanhã cedo", "2026-06-10T08:00", "2026-06-10T10:00"),
        ("amanhã entre 14h e 16h", "2026-06-10T14:00", "2026-06-10T16:00"),
        ("sábado até meio dia", "2026-06-13T00:00", "2026-06-13T12:00"),
    ],
)
def test_a_day_goes_together_with_its_time(text: str, start: str | None, end: str | None) -> None:
    found = read(text)
    assert found is not None
    assert found[1:] == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "bom dia",
        "boa tarde",
        "até logo",
        "mais cedo",
        "o quanto antes",
        "a segunda opção",
        "somos duas pessoas",
        "custa 30 reais",
        "tenho 30 anos",
        "vocês fazem luzes?",
        "em qual dia da semana?",
        "há duas horas",
        "na segunda passada",
    ],
)
def test_no_time_is_found_where_there_is_none(text: str) -> None:
    assert read(text) is None
