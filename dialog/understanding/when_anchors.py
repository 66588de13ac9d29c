"""Days told by another day: the day before, la veille, the one after, celle d'après."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from dialog.understanding.when_grammar import KINDS, Item, Made, rule, values
from dialog.understanding.when_values import Context, Days, monday_of, one_day

_ANCHOR, _DAY, _DAYS, _OTHER, _UNIT, _AFTER = (
    KINDS[name] for name in ("anchor", "day", "days", "other", "unit", "after")
)

_TOLD = frozenset(KINDS[name] for name in ("weekday", "month", "relday", "weekend", "holiday", "unit", "ord", "on"))
_OF = frozenset({*_TOLD, *(KINDS[name] for name in ("from", "of", "the"))})


def _beside(ctx: Context, items: list[Item]) -> Made:
    """The day before the 15th, la veille de vendredi."""
    shift, day = values(items, "anchor")[0], values(items, "day")[0]
    return _shifted(day, shift) if isinstance(day, Days) else None


def _shifted(days: Days, shift: object) -> Made:
    if days.start is None or days.end is None:
        return None
    if shift == "week" and days.is_one_day:
        monday = monday_of(days.start) + timedelta(days=7)
        return ("days", Days(monday, monday + timedelta(days=6), "week"))
    shift = 7 if shift == "week" else shift
    if not isinstance(shift, int):
        return None
    by = timedelta(days=shift)
    return ("day" if days.is_one_day else "days", Days(days.start + by, days.end + by, days.grain))


BESIDE = (rule("anchor (of_|the|on|at_to)* day", _beside),)


def settle(items: list[Item], ctx: Context) -> None:
    """Le lendemain, of no day told beside it and none known, is tomorrow."""
    if ctx.known is not None:
        return
    for at, item in enumerate(items):
        is_of = at + 1 < len(items) and items[at + 1].kind in _OF
        if item.kind == _ANCHOR and item.value == 1 and not is_of and not any(i.kind in _TOLD for i in items[:at]):
            item.kind = KINDS["relday"]


def _both(first: object, second: object) -> object:
    """Tomorrow or the day after."""
    return Days(first.start, second.end) if isinstance(first, Days) and isinstance(second, Days) else second


def _settled(ctx: Context, anchor: Item) -> Days | None:
    if ctx.known is not None:
        return one_day(ctx.known)
    return one_day(ctx.today) if anchor.value == 1 or anchor.text.endswith("later") else None


def resolve(items: list[Item], ctx: Context) -> None:
    """An anchor means the last day named before it, whose place it takes; alone, the day after is tomorrow."""
    for unit, after in pairwise(items):
        if unit.kind == _UNIT and unit.value == "week" and after.kind == _AFTER:
            unit.kind, unit.value, after.kind = _ANCHOR, "week", _OTHER
    for at, item in enumerate(items):
        if item.kind != _ANCHOR:
            continue
        before = next((i for i in range(at - 1, -1, -1) if items[i].kind in (_DAY, _DAYS)), None)
        named = items[before].value if before is not None else _settled(ctx, item)
        made = _shifted(named, item.value) if isinstance(named, Days) else None
        if isinstance(made, tuple):
            is_either = before is not None and at == before + 2 and items[at - 1].kind == KINDS["also"]
            item.kind, item.value = (
                KINDS["days" if is_either else made[0]],
                _both(named, made[1]) if is_either else made[1],
            )
            if before is not None:
                items[before].kind = _OTHER
