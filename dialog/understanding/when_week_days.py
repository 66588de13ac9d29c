"""A weekday and the week that is told apart from it: "el viernes a las 5 la semana que viene"."""

from __future__ import annotations

from datetime import date, timedelta

from dialog.understanding.when_grammar import KINDS, Item
from dialog.understanding.when_values import Days, monday_of, one_day

WEEKDAY = "weekday"
_FRIDAY = 4
_BETWEEN = frozenset(
    KINDS[name]
    for name in (
        *("clock", "part", "hours", "num", "at", "at_to", "about", "on", "the", "of", "from", "in", "comma", "dash"),
        *("hsign", "ampm", "for", "this"),
    )
)


def settle(items: list[Item]) -> None:
    """A bare weekday beside a week or a date, with no more than its hour between, is the one that is meant there."""
    for at, item in enumerate(items):
        told = item.value
        if item.kind not in (KINDS["days"], KINDS["day"]) or not isinstance(told, Days) or told.start is None:
            continue
        day = _weekday_beside(items, at) if told.grain != WEEKDAY else None
        found = _told_there(told, day.value) if day is not None else None
        if day is not None and found is not None:
            day.value = one_day(found)
            item.kind = KINDS["other"]


def _told_there(told: Days, weekday: object) -> date | None:
    if not isinstance(weekday, Days) or weekday.start is None or told.start is None or told.end is None:
        return None
    if told.is_one_day:
        return told.start if told.start.weekday() == weekday.start.weekday() else None
    found = monday_of(told.start) + timedelta(days=weekday.start.weekday())
    is_one = told.grain in ("week", "weekend") and (told.grain == "week" or found.weekday() >= _FRIDAY)
    return found if is_one and (told.start <= found <= told.end or found.weekday() == _FRIDAY) else None


def _weekday_beside(items: list[Item], at: int) -> Item | None:
    for way in (-1, 1):
        place = at + way
        while 0 <= place < len(items) and items[place].kind in _BETWEEN:
            place += way
        if 0 <= place < len(items) and items[place].kind == KINDS["day"]:
            value = items[place].value
            if isinstance(value, Days) and value.grain == WEEKDAY:
                return items[place]
    return None
