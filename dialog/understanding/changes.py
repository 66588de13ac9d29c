"""Something is to be different, and the new value was not said."""

from __future__ import annotations

from dialog.commands import Command, CorrectField, FieldName
from dialog.understanding.reading import Reading


def to_change(reading: Reading) -> list[Command]:
    """`Change the time` without the new one."""
    fields: dict[FieldName, str] = {
        "time": "time hour heure horaire creneau",
        "date": "date day jour",
        "service": "service prestation",
        "staff": "stylist person doctor dentist barber coiffeuse coiffeur medecin docteur personne",
        "location": "location place branch lieu adresse salon",
        "party_size": "people nombre party",
    }
    words = {w.sense for w in reading.words}
    named = [f for f, known in fields.items() if words & set(known.split())]
    return [CorrectField(field=f, value=None) for f in named[:1]]
