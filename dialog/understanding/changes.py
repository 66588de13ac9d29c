"""Fields that a message fills or changes, and those that are to be different without saying how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from dialog.commands import Clarify, Command, CorrectField, FieldName, SetField
from dialog.understanding.fields import Said
from dialog.understanding.offers import choose
from dialog.understanding.reading import Reading


def set_values(reading: Reading, said: Sequence[Said]) -> list[Command]:
    """Each value picks an offered choice, else fills a field or sets it right; a doubtful one is asked back."""
    commands: list[Command] = []
    for value in said:
        if value.is_doubtful:
            commands.append(Clarify())
            continue
        picked = choose(reading, value)
        if picked is not None:
            commands.append(picked)
            continue
        known = reading.state.filled.get(value.field)
        make = CorrectField if known is not None and known != value.value else SetField
        commands.append(make(field=cast(FieldName, value.field), value=value.value))
    return commands


def to_change(reading: Reading) -> list[Command]:
    """`Change the time` without the new one."""
    fields: dict[FieldName, str] = {
        "time": "time hour heure horaire creneau horario",
        "date": "date day jour",
        "service": "service prestation",
        "staff": "stylist person doctor dentist barber coiffeuse coiffeur medecin docteur personne",
        "location": "location place branch lieu adresse salon",
        "party_size": "people nombre party",
    }
    words = {said for w in reading.words for said in (w.sense, w.text)}
    named = [f for f, known in fields.items() if words & set(known.split())]
    return [CorrectField(field=f, value=None) for f in named[:1]]
