"""Rules for several days told together: "le 10, 11 ou 12", "los días 15 y 16", the first ten days of July."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from dialog.understanding.when_calendar import day_number, made_days, on_next
from dialog.understanding.when_grammar import KINDS, Item, Made, rule, values
from dialog.understanding.when_months import whole_month
from dialog.understanding.when_values import Context, Days
from dialog.understanding.when_weeks import unit_around

_DAYS = frozenset({"dias", "days", "jours", "nos", "dos", "os", "los"})
_FIRST = frozenset({"premiers", "primeros", "primeiros", "first"})
_LAST = frozenset({"derniers", "ultimos", "last"})
_AT_MOST = 31


def _in_a_row(ctx: Context, items: list[Item]) -> Made:
    """Le 10, 11 ou 12, los días 15, 16 y 17 de julio: one after another, so a span."""
    numbers = [int(str(item.value)) for item in items if item.kind in "NO"]
    if any(later != number + 1 for number, later in pairwise(numbers)):
        return None
    month = values(items, "month")
    start = on_next(ctx, int(str(month[0])), numbers[0]) if month else day_number(ctx, numbers[0])
    return made_days(start, start + timedelta(days=len(numbers) - 1), "day") if start else None


def _two_in_plural(ctx: Context, items: list[Item]) -> Made:
    """Días 15 y 18."""
    first, last = (int(str(item.value)) for item in items if item.kind == "N")
    start = day_number(ctx, first) if items[0].text in _DAYS and items[0].value == "day" else None
    if start is None or not first < last <= _AT_MOST or (start + timedelta(days=last - first)).day != last:
        return None
    return made_days(start, start + timedelta(days=last - first), "day")


def _first_or_last(ctx: Context, items: list[Item]) -> Made:
    """The first ten days of July, les deux premières semaines du mois prochain."""
    count, unit = int(str(values(items, "num")[0])), values(items, "unit")[0]
    days = count * {"day": 1, "week": 7}.get(str(unit), 0)
    month = values(items, "month")
    made = whole_month(ctx, int(str(month[0]))) if month else unit_around(ctx, items[5:]) if len(items) > 5 else None
    span = made[1] if isinstance(made, tuple) else None
    if not isinstance(span, Days) or span.start is None or span.end is None or not 0 < days < _AT_MOST:
        return None
    is_first = 1 in values(items, "ord")
    if not is_first and not any(item.kind == KINDS["last"] for item in items):
        return None
    start = span.start if is_first else span.end - timedelta(days=days - 1)
    return made_days(start, start + timedelta(days=days - 1), "day")


def _edge_counted(ctx: Context, items: list[Item]) -> Made:
    """Les dix premiers jours de juillet, whose words for the first days are one."""
    count = next(item for item in items if item.kind == KINDS["num"])
    edge = next(item for item in items if item.kind == KINDS["edge"])
    if edge.text not in _FIRST | _LAST:
        return None
    place = Item(KINDS["ord"], 1, 0, 0) if edge.text in _FIRST else Item(KINDS["last"], "last", 0, 0)
    return _first_or_last(ctx, [place, count, Item(KINDS["unit"], "day", 0, 0), items[-1]])


def _of_unit(ctx: Context, items: list[Item]) -> Made:
    """The same of this month or the next, whose words come last."""
    last = max(i for i, item in enumerate(items) if item.kind == KINDS["unit"])
    first = next(i for i, item in enumerate(items) if item.kind == KINDS["unit"])
    if first == last or items[last].value != "month":
        return None
    made = unit_around(ctx, items[first + 1 :])
    span = made[1] if isinstance(made, tuple) else None
    if not isinstance(span, Days) or span.start is None:
        return None
    return _first_or_last(ctx, [*items[: first + 1], Item(KINDS["month"], span.start.month, 0, 0)])


_ROW = "nr comma (on|the)* nr (and|also|comma) (on|the)* nr"
_COUNT = "(the|on)* ((ord|last) num|num (ord|last)) unit"

LISTS = (
    rule("(the|on)* num edge (of_|the|on)* month", _edge_counted),
    rule(f"(on|the|unit)* {_ROW} (of_|the)* month", _in_a_row),
    rule("the nr nr nr month", _in_a_row),
    rule(f"(on|the|unit)+ {_ROW}", _in_a_row),
    rule(f"{_COUNT} (of_|in|the|on)* month", _first_or_last),
    rule(f"{_COUNT} (of_|in|the|on)* (this unit|next unit|unit next?)", _of_unit),
)

PAIRS = (
    rule("on num and on? num", _in_a_row),
    rule("unit num (and|to) num", _two_in_plural),
)
