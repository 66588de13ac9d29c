"""Rules for bare figures beside a day, which are hours there: "tomorrow 3", "mañana 9-13", "monday 11-4"."""

from __future__ import annotations

from dialog.understanding.when_clocks import bare_clock, spoken
from dialog.understanding.when_grammar import Item, Made, has, rule
from dialog.understanding.when_hours import ordered
from dialog.understanding.when_values import Clock, Context, Days

_NOON = 12 * 60


def _beside_day(ctx: Context, items: list[Item]) -> Made:
    """Tomorrow 3, monday 11-4, 6-8 next monday: bare numbers next to a day are hours."""
    day = next(item for item in items if item.kind == "D")
    numbers = [item for item in items if item.kind == "N"]
    if len(numbers) == 1:
        made = spoken(ctx, numbers)
        return [("day", day.value), made] if isinstance(made, tuple) else None
    first, second = (bare_clock(item) for item in numbers)
    if first is None or second is None:
        return _minutes_after_and(day, numbers) if has(items, "and") else None
    if has(items, "and") and not has(items, "between") and first.minute <= _NOON < second.minute:
        return _minutes_after_and(day, numbers)
    return [("day", day.value), ("hours", ordered(ctx, first, second))]


def _minutes_after_and(day: Item, numbers: list[Item]) -> Made:
    """Mañana 4 y 20."""
    hour, minute = (int(str(item.value)) for item in numbers)
    is_clock = 0 < hour <= 12 <= minute < 60 and minute % 5 == 0
    return [("day", day.value), ("clock", Clock(hour * 60 + minute, settled=False))] if is_clock else None


def _figures_beside_day(ctx: Context, items: list[Item]) -> Made:
    """Jueves 10 30."""
    day, hour, minute = (item for item in items if item.kind in "DN")
    if len(minute.text) != 2 or not minute.text.isdigit() or int(minute.text) % 5 or not hour.text.isdigit():
        return None
    made = spoken(ctx, [hour, minute])
    return [("day", day.value), made] if isinstance(made, tuple) else None


def _dashed_beside_day(ctx: Context, items: list[Item]) -> Made:
    """Mañana 9-13: the day is told, so that this is no date, if it is not that very day."""
    day, first, last = (item.value for item in items if item.kind in "DN")
    if not isinstance(day, Days) or not isinstance(first, int) or not isinstance(last, int) or day.start is None:
        return None
    is_date = sorted((first, last)) == sorted((day.start.day, day.start.month))
    is_figures = all(item.text.isdigit() for item in items if item.kind == "N")
    return _beside_day(ctx, items) if first < last <= 24 and is_figures and not is_date else None


DASHED = (rule("day comma? num dash num", _dashed_beside_day),)

BESIDE_DAY = (
    rule("day (at_|from|comma|between)* num (to|and) num", _beside_day),
    rule("num to num (of_|on|the)* day", _beside_day),
    rule("day (comma|at_)* num num", _figures_beside_day),
    rule("day (comma|at_)* num", _beside_day),
)
