"""More of how Spanish and Portuguese tell days and hours; today is Tuesday 9 June 2026, ten in the morning.

A line is what is said, then from when and to when; `…` is an open side, one value alone a single day or time.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.understanding import when

NOW = datetime(2026, 6, 9, 10, 0)

SPANISH = """
el 8 del 9 = 2026-09-08
lunes 5 del 10 a las 4 = 2026-10-05T16:00
el 6 del 2 del 27 = 2027-02-06
del 3 al 7 del 8 = 2026-08-03 2026-08-07
a las 6 del 14 = 2026-06-14T18:00
de 3 a 4 del 14 = 2026-06-14T15:00 2026-06-14T16:00
el 8 del mes 9 = 2026-09-08
el 8 del noveno mes = 2026-09-08
el 8 del mes de septiembre = 2026-09-08
el próximo mes de octubre = 2026-10-01 2026-10-31
el 4 de julio del año que viene = 2027-07-04
2027-02 = 2027-02-01 2027-02-28
del 2-8 al 9-8 = 2026-08-02 2026-08-09
la misma semana = 2026-06-08 2026-06-14
el mes en curso = 2026-06-01 2026-06-30
el mes tras el próximo = 2026-08-01 2026-08-31
la semana siguiente a la próxima = 2026-06-22 2026-06-28
las tres semanas que vienen = 2026-06-15 2026-07-05
los dos meses que vienen = 2026-07-01 2026-08-31
dentro de los próximos cuatro días = 2026-06-09 2026-06-13
esta semana de trabajo = 2026-06-08 2026-06-12
lo que queda del mes = 2026-06-09 2026-06-30
de miércoles a viernes de la semana que viene = 2026-06-17 2026-06-19
la semana que viene entre martes y jueves = 2026-06-16 2026-06-18
esta semana del 11 al 13 = 2026-06-11 2026-06-13
el cuarto sábado de julio = 2026-07-25
el segundo día del mes que viene = 2026-07-02
el primer día de la semana que viene = 2026-06-15
la segunda mitad de la semana que viene = 2026-06-19 2026-06-21
en agosto, el primer jueves = 2026-08-06
el mes que viene el 12 = 2026-07-12
el domingo del fin de semana que viene = 2026-06-21
el primer jueves de 10 a 12 del próximo mes = 2026-07-02T10:00 2026-07-02T12:00
el viernes a las 4 de la semana que viene = 2026-06-19T16:00
el día anterior al sábado = 2026-06-12
más de una semana después de hoy = 2026-06-16 …
menos de 2 días después de mañana = 2026-06-10 2026-06-12
no antes del jueves = 2026-06-11 …
el jueves como pronto = 2026-06-11 …
en o después del 20 = 2026-06-20 …
pasado el 20 = 2026-06-21 …
después de la próxima semana = 2026-06-22 …
mañana a más tardar = … 2026-06-10
antes de que termine el mes = … 2026-06-30
tan tarde como las 6 = … 18:00
como pronto a las 4 = 16:00 …
después de las 9 pero antes de las 11 = 09:00 11:00
hasta el 12 de julio a las 4 = … 2026-07-12T16:00
entre hoy a las 3 y mañana a las 2 = 2026-06-09T15:00 2026-06-10T14:00
desde ahora hasta el sábado = 2026-06-09 2026-06-13
seis cuatro de la tarde = 18:04
siete cuarenta y tres = 07:43
a las 4 y pico de la tarde = 16:00
a las nueve y cero cinco = 09:05
cuarto pasadas de las diez = 10:15
un cuarto antes de las 9 = 08:45
dos minutos para las cuatro y media = 16:28
4,30 pm = 16:30
4.15 de la tarde = 16:15
a las cero horas = 00:00
las doce de la medianoche = 00:00
al mediodía a la 1 = 13:00
3 o 4 de la tarde = 15:00
entre cuatro y seis = 16:00 18:00
entre las 12 y la 1 = 12:00 13:00
entre las 9 y 10 pm = 21:00 22:00
de 8.30 a 9.45 = 08:30 09:45
del mediodía a las 2 = 12:00 14:00
desde las 9 por dos horas = 09:00 11:00
en horario de oficina = 08:00 18:00
lunes veintidós siete pm = 2026-06-22T19:00
lunes 22 mediodía = 2026-06-22T12:00
6/7/2026 4pm = 2026-07-06T16:00
mañana bien temprano = 2026-06-10T08:00 2026-06-10T10:00
en tres cuartos de hora = 2026-06-09T10:45
en menos de una hora = 2026-06-09T11:00
en la próxima hora = 2026-06-09T10:00 2026-06-09T11:00
una sesión de 2 horas el viernes a las 10 = 2026-06-12T10:00
domingo, 4 de la tarde = 2026-06-14T16:00
el sábado de mañana = 2026-06-13T08:00 2026-06-13T12:00
en tres o cuatro días = 2026-06-12 2026-06-13
hasta el jueves a las 9 de la noche = … 2026-06-11T21:00
desde el lunes a las 10 de la noche hasta el martes a las 7 de la mañana = 2026-06-15T22:00 2026-06-16T07:00
a últimas horas de la noche = 20:40 22:00
a última hora de esta tarde = 2026-06-09T16:00 2026-06-09T18:00
más tarde esta noche = 2026-06-09T20:00 2026-06-09T22:00
de 4 a 5 de mayo 18 = 2027-05-18T16:00 2027-05-18T17:00
"""

PORTUGUESE = """
dia 8 do 9 = 2026-09-08
dia 8 do mês 9 = 2026-09-08
4 de julho do ano que vem = 2027-07-04
a mesma semana = 2026-06-08 2026-06-14
o mês atual = 2026-06-01 2026-06-30
o mês depois do próximo = 2026-08-01 2026-08-31
as três semanas que vêm = 2026-06-15 2026-07-05
o que resta do mês = 2026-06-09 2026-06-30
de terça a quinta da semana que vem = 2026-06-16 2026-06-18
semana que vem entre quarta e sexta = 2026-06-17 2026-06-19
sexta às 4 da semana que vem = 2026-06-19T16:00
três dias depois de amanhã = 2026-06-13
o dia antes do dia 20 = 2026-06-19
não antes de quinta = 2026-06-11 …
às 6 o mais tardar = … 18:00
depois das 9 mas antes das 11 = 09:00 11:00
às sete e pouco da noite = 19:00
seis quatro da tarde = 18:04
meio-dia e meio = 12:30
às zero horas = 00:00
entre quatro e seis = 16:00 18:00
de 8.30 a 9.45 = 08:30 09:45
na próxima hora = 2026-06-09T10:00 2026-06-09T11:00
em três quartos de hora = 2026-06-09T10:45
entre hoje às 15h e amanhã às 14h = 2026-06-09T15:00 2026-06-10T14:00
"""

NO_TIME = """
llego diez minutos tarde
tan pronto como sea posible
el pasado lunes
una persona menos
cuarto de baño
más de 3 personas
tardo entre 10 y 15 minutos
está a 200 metros
"""


def lines(block: str, language: str) -> list[tuple[str, str, str]]:
    pairs = [line.split(" = ") for line in block.strip().splitlines()]
    return [(language, text, expected) for text, expected in pairs]


def side(value: str | None) -> str:
    return value or "…"


@pytest.mark.parametrize(("language", "text", "expected"), lines(SPANISH, "es") + lines(PORTUGUESE, "pt"))
def test_a_family_of_phrases_is_read(language: str, text: str, expected: str) -> None:
    found = when.read(text, language, when.context(language, NOW))
    assert found is not None
    is_range = found.kind.endswith("range")
    assert (f"{side(found.start)} {side(found.end)}" if is_range else found.start) == expected


@pytest.mark.parametrize("text", NO_TIME.strip().splitlines())
def test_words_alike_are_no_time(text: str) -> None:
    assert when.read(text, "es", when.context("es", NOW)) is None
