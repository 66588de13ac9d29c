"""French days and hours put together, as customers write them; today is Tuesday 9 June 2026, ten in the morning.

A line is what is said, then from when and to when; `…` is an open side, one value alone a single day or time.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from dialog.understanding import when

NOW = datetime(2026, 6, 9, 10, 0)

SAID = """
cette semaine vers 19h = 19:00
la semaine prochaine, si possible mercredi = 2026-06-17
la semaine prochaine mais pas avant mercredi = 2026-06-17 …
la semaine prochaine entre mardi et vendredi = 2026-06-16 2026-06-19
la semaine prochaine, mardi 16 à 15h = 2026-06-16T15:00
dans deux semaines, le jeudi = 2026-06-25
le premier lundi de 13h à 15h du mois prochain = 2026-07-06T13:00 2026-07-06T15:00
je passe sur la 20 = 2026-06-20
je passe en 20 = 2026-06-20
au mois de mai = 2027-05-01 2027-05-31
fin du mois de mars = 2027-03-21 2027-03-31
à la mi-juillet = 2026-07-10 2026-07-20
dans le courant de la semaine = 2026-06-08 2026-06-14
plus tard dans la semaine = 2026-06-11 2026-06-14
en fin de semaine prochaine = 2026-06-18 2026-06-21
les deux semaines à venir = 2026-06-10 2026-06-23
dans les trois jours = 2026-06-09 2026-06-12
dans les 24 heures = 2026-06-09T10:00 2026-06-10T10:00
dans quelques heures = 2026-06-09T13:00
trois heures plus tard = 2026-06-09T13:00
dans nonante minutes = 2026-06-09T11:30
deux jours après demain = 2026-06-12
lundi after 17h = 2026-06-15T17:00 …
before 11h = … 11:00
pour vendredi midi, pas avant = 2026-06-12T12:00
avant vendredi midi = … 2026-06-12T12:00
au plus tôt le 20 juin = 2026-06-20 …
9h passées = 09:00 …
le 20 après 16h = 2026-06-20T16:00 …
le 12/6 avant midi = … 2026-06-12T12:00
avez-vous une place 12/06 à 15h = 2026-06-12T15:00
vendredi prochain 9h = 2026-06-19T09:00
8h le lendemain matin = 2026-06-10T08:00
plutôt 12.06.2026 à 15h = 2026-06-12T15:00
le 12 - midi = 2026-06-12T12:00
15h 12-06-2026 = 2026-06-12T15:00
rdv 15 7 2026 svp = 2026-07-15
7 - 2026 = 2026-07-01 2026-07-31
2026/07 = 2026-07-01 2026-07-31
le 10-15 juillet = 2026-07-10 2026-07-15
22 juillet de 14 à 16 = 2026-07-22T14:00 2026-07-22T16:00
22 juillet 14-16h = 2026-07-22T14:00 2026-07-22T16:00
jeudi 14-16h = 2026-06-11T14:00 2026-06-11T16:00
de 5 au 6 demain = 2026-06-10T17:00 2026-06-10T18:00
entre 10h et les 12h = 10:00 12:00
2-5 après-midi = 14:00 17:00
10h -> 12h = 10:00 12:00
entre mercredi 8h et vendredi 17h = 2026-06-10T08:00 2026-06-12T17:00
03h de l'après-midi = 15:00
7hpm = 19:00
4h du mat = 04:00
trois minutes avant dix heures trente = 10:27
zéro heure trente = 00:30
demain en milieu d'après-midi = 2026-06-10T14:00 2026-06-10T16:00
tard le soir = 19:00 23:00
demain ou après-demain = 2026-06-10
je passe le 20 à 9h = 2026-06-20T09:00
semaine du 22, jeudi = 2026-06-25
ce lundi 15 à 9h = 2026-06-15T09:00
sous 48h = 2026-06-09T10:00 2026-06-11T10:00
le 26/27 juillet = 2026-07-26 2026-07-27
jeudi 12h30/13h = 2026-06-11T12:30 2026-06-11T13:00
en fin d'année = 2026-11-01 2026-12-31
mars de l'an prochain = 2027-03-01 2027-03-31
le cinquième jeudi de juillet = 2026-07-30
cinq minutes après midi = 12:05
de 12 juin 9h30 à 15 juin 18h = 2026-06-12T09:30 2026-06-15T18:00
mar-ven = 2026-06-16 2026-06-19
2026-06-28 au 2026-07-03 = 2026-06-28 2026-07-03
"""


@pytest.mark.parametrize(("text", "expected"), [line.split(" = ") for line in SAID.strip().splitlines()])
def test_what_customers_say_in_french_is_read(text: str, expected: str) -> None:
    found = when.read(text, "fr", when.context("fr", NOW))
    assert found is not None
    ends = (found.start, found.end) if found.kind.endswith("_range") else (found.start,)
    assert " ".join(end or "…" for end in ends) == expected


@pytest.mark.parametrize(
    "text",
    ["je l'ai fait en 2 séances", "une note de 3 sur 5", "une table de 4", "un vernis mat", "sur 12 mois"],
)
def test_a_number_that_counts_something_is_no_day(text: str) -> None:
    assert when.read(text, "fr", when.context("fr", NOW)) is None
