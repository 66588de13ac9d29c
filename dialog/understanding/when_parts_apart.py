"""A part of the day and the hour in it, with the day between them: "por la noche el 15 a las 8"."""

from __future__ import annotations

from dialog.understanding.when_clocks import on_part
from dialog.understanding.when_grammar import KINDS, Item
from dialog.understanding.when_hours import moved
from dialog.understanding.when_values import Clock, Hours

_PART, _DAY, _OTHER = (KINDS[name] for name in ("part", "day", "other"))
_HOURS = frozenset({KINDS["clock"], KINDS["hours"]})
_BETWEEN = frozenset(
    KINDS[name] for name in ("at", "at_to", "about", "on", "the", "of", "from", "in", "comma", "dash", "this")
)


def settle(items: list[Item]) -> None:
    """The part settles which half of the day the hour is in, and says no more."""
    for at, item in enumerate(items):
        hour = _hour_over_day(items, at) if item.kind == _PART and isinstance(item.value, tuple) else None
        if hour is None or not isinstance(item.value, tuple):
            continue
        if isinstance(hour.value, Clock):
            hour.value = on_part(hour.value, item.value)
        elif isinstance(hour.value, Hours) and not hour.value.is_part:
            hour.value = moved(hour.value, item.value)
        item.kind = _OTHER


def _hour_over_day(items: list[Item], at: int) -> Item | None:
    for way in (1, -1):
        days = 0
        place = at + way
        while 0 <= place < len(items) and (items[place].kind in _BETWEEN or items[place].kind == _DAY):
            days += items[place].kind == _DAY
            place += way
        if days == 1 and 0 <= place < len(items) and items[place].kind in _HOURS:
            return items[place]
    return None
