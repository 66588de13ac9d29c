"""A small spa and short ways to read a message in it; today is Tuesday 9 June 2026, ten in the morning in Paris."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.commands import Interpretation
from dialog.understanding.rules import understand
from dialog.understanding.state import CatalogueView, Entry, ReadingState

PARIS = ZoneInfo("Europe/Paris")
SPA = CatalogueView(
    services=(Entry("massage", ("Massage",)), Entry("facial", ("Facial", "Soin du visage"))),
    staff=(Entry("lena", ("Lena",)), Entry("marc", ("Marc",)), Entry("sunday", ("Sunday",))),
    locations=(Entry("opera", ("Opéra",)), Entry("bastille", ("Bastille",))),
)


def read(text: str, state: ReadingState, language: str = "en") -> Interpretation:
    now = datetime(2026, 6, 9, 10, 0, tzinfo=PARIS)
    return understand(text, language=language, now=now, tz=PARIS, catalogue=SPA, state=state)


def kinds(text: str, state: ReadingState, language: str = "en") -> list[str]:
    return [command.kind for command in read(text, state, language).commands]


def values(text: str, state: ReadingState, language: str = "en") -> dict[str, object]:
    """What was set or corrected."""
    commands = read(text, state, language).commands
    return {c.field: c.value for c in commands if c.kind in ("set_field", "correct_field")}
