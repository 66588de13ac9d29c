"""What the reader may know beside the words: the catalogue, and where the conversation stands."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import date, time
from typing import NamedTuple

from dialog.commands import Value


class Entry(NamedTuple):
    """One service, member of staff or location; `names` first the shown one, then other languages' and synonyms."""

    key: str
    names: tuple[str, ...]


class CatalogueView(NamedTuple):
    """What can be named in a message. Equal views share one index, so build it afresh as often as you like: it is
    compared and hashed with every message, and as plain tuples that costs next to nothing."""

    services: tuple[Entry, ...] = ()
    staff: tuple[Entry, ...] = ()
    locations: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """One choice on the table; `label` is what the customer saw, where that differs from the value's name. What is not
    `is_light` does something for good when it is picked."""

    handle: str
    field: str
    value: Value
    label: str | None = None
    is_light: bool = True


@dataclass(frozen=True, slots=True)
class ReadingState:
    """`asked` are the fields just asked for, `question` what a bare yes or no answers:
    confirm, offer, offer_intent, anything_else or None."""

    flow: str | None = None
    asked: tuple[str, ...] = ()
    question: str | None = None
    confirming: bool = False
    filled: dict[str, Value] = field(default_factory=dict)
    offer: tuple[Offered, ...] = ()

    @property
    def day(self) -> date | None:
        """That for which the booking under way is; None where what stands there is none."""
        said = self.filled.get("date")
        with contextlib.suppress(ValueError):
            return date.fromisoformat(said) if isinstance(said, str) else None
        return None

    @property
    def minute(self) -> int | None:
        """Of the day, at which the booking under way begins; None where what stands there is no time."""
        with contextlib.suppress(ValueError):
            known = time.fromisoformat(str(self.filled.get("time")))
            return known.hour * 60 + known.minute
        return None
