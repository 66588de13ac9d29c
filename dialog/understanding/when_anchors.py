"""Days told by another day: the day before, la veille, the one after, celle d'après."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from dialog.understanding.text import wordset
from dialog.understanding.when_calendar import day_number, made_day, made_days
from dialog.understanding.when_grammar import KINDS, Item, Made, has, kept, rule, values
from dialog.understanding.when_values import Context, Days, monday_of, one_day

_ANCHOR, _DAY, _DAYS, _OTHER, _UNIT, _AFTER = (
    KINDS[name] for name in ("anchor", "day", "days", "other", "unit", "after")
)

_FOLLOWING = wordset("siguiente seguinte suivant suivante following d")
_NEAREST = wordset("closest nearest cercano proche proximo proxima")
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


def _told(ctx: Context, items: list[Item]) -> date | None:
    """The day from which another is counted, where what stands before it is not only "next"."""
    is_next = any(item.kind == KINDS["next"] and item.text not in _FOLLOWING | _NEAREST for item in items)
    if is_next or any(item.kind == KINDS["before"] and item.text == "by" for item in items):
        return None
    days = next((day for day in values(items, "day") if isinstance(day, Days)), None)
    return days.start if days is not None else day_number(ctx, int(str(items[-1].value)))


def _weekday_beside(ctx: Context, items: list[Item]) -> Made:
    """El lunes siguiente al 15, the Friday before the 20th, le premier lundi après le 15."""
    day = _told(ctx, items)
    weekday = int(str(values(items, "weekday")[0]))
    nth = int(str(items[0].value)) if items[0].kind == KINDS["ord"] else 1
    if day is None or nth < 1:
        return None
    if has(items, "before"):
        return made_day(day - timedelta(days=(day.weekday() - weekday) % 7 or 7))
    return made_day(day + timedelta(days=(weekday - day.weekday()) % 7 or 7, weeks=nth - 1))


def _week_beside(ctx: Context, items: list[Item]) -> Made:
    """La semana siguiente al 15, the week before the 20th."""
    day = _told(ctx, items)
    if day is not None and values(items, "unit")[0] == "day":
        return made_day(day + timedelta(days=-1 if has(items, "before") else 1))
    if day is None or values(items, "unit")[0] != "week":
        return None
    monday = monday_of(day) + timedelta(days=-7 if has(items, "before") else 7)
    return made_days(monday, monday + timedelta(days=6), "week")


def _nearest(ctx: Context, items: list[Item]) -> Made:
    """The closest Friday to the 20th, el viernes más cercano al 20."""
    day = _told(ctx, items)
    weekday = int(str(values(items, "weekday")[0]))
    said = {item.text for item in items if item.kind in (_OTHER, KINDS["next"])}
    if day is None or not said & _NEAREST:
        return None
    ahead = (weekday - day.weekday()) % 7
    return made_day(day + timedelta(days=ahead if ahead < 4 else ahead - 7))


def _following(ctx: Context, items: list[Item]) -> Made:
    """The `siguiente al` of "la semana siguiente al 15" is an after."""
    return [*kept(items[:1]), ("after", "after"), *kept(items[2:])] if items[1].text in _FOLLOWING else None


_FROM_DAY = "(after|before|next) ((of_|at_to|on|the)* day|(of_|at_to)* (on|the)+ nr)"

FOLLOWING = (rule("(weekday|unit) next at_to? (on|the)+ (nr|day|weekday)", _following),)

WEEKDAYS_BESIDE = (
    rule("other weekday to (on|the)* (day|nr)", _nearest),
    rule("weekday other next (to|from|about)? (on|the)* (day|nr)", _nearest),
    rule("weekday (on|the)? other? other (to|from|about)? (on|the)* (day|nr)", _nearest),
    rule(f"ord? weekday {_FROM_DAY}", _weekday_beside),
    rule(f"(the|on|at_to)+ unit {_FROM_DAY}", _week_beside),
)

BESIDE = (rule("anchor (of_|the|on|at_to)* day", _beside),)


def settle(items: list[Item], ctx: Context) -> None:
    """Le lendemain, of no day told beside it and none known, is tomorrow."""
    if ctx.known is not None:
        return
    for at, item in enumerate(items):
        after = "".join(i.kind for i in items[at + 1 : at + 3])
        is_of = after[:1] in _OF or after == KINDS["at_to"] + KINDS["on"]
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
