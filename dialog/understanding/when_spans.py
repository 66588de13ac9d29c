"""Rules for instants told by a part of a day, and for how long something goes on: "de jeudi matin à samedi soir"."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from dialog.understanding.when_grammar import KINDS, Item, Made, kept, rule, values
from dialog.understanding.when_values import Clock, Context, Days, Moments, likely

_HOURS = frozenset({"heure", "heures", "hora", "horas", "h"})
_LONGEST_HOURS = 8


def _at(ctx: Context, day: object, at: object, *, is_end: bool) -> datetime | None:
    """The instant of a clock time on a day, or of the beginning or the end of its part."""
    if not isinstance(day, Days) or day.start is None:
        return None
    minute: object = at[2 if is_end else 1] if isinstance(at, tuple) else 0
    if isinstance(at, Clock):
        minute = likely(at, ctx)
    return datetime.combine(day.start, time()) + timedelta(minutes=int(str(minute)))


def _from_to(ctx: Context, items: list[Item]) -> Made:
    """From Thursday morning to Saturday evening."""
    days, times = values(items, "day"), values(items, "part", "clock")
    start, end = _at(ctx, days[0], times[0], is_end=False), _at(ctx, days[1], times[1], is_end=True)
    is_span = start is not None and end is not None and start < end and not ctx.is_move
    return ("moments", Moments(start, end)) if is_span else None


def _open(ctx: Context, items: list[Item]) -> Made:
    """À partir de lundi matin, antes del viernes por la tarde, by Friday morning."""
    sign = items[0]
    if sign.kind == KINDS["from"] and (sign.value != "from" or ctx.is_move):
        return None
    if sign.kind == KINDS["in"] and sign.text not in ("d", "de"):
        return None
    is_until = sign.kind in (KINDS["until"], KINDS["in"]) or sign.text == "by"
    is_before = is_until or sign.kind == KINDS["before"]
    is_after = sign.kind == KINDS["after"] and sign.value == "after"
    at = _at(ctx, values(items, "day")[0], values(items, "part")[0], is_end=is_until or is_after)
    return ("moments", Moments(None, at) if is_before else Moments(at, None)) if at is not None else None


def _length_from(ctx: Context, items: list[Item]) -> Made:
    """The length of "deux heures à partir de 9h" is no two o'clock."""
    count = items[0].value
    if items[1].text not in _HOURS or not isinstance(count, int) or not 0 < count <= _LONGEST_HOURS:
        return None
    return [("span", timedelta(hours=count)), *kept(items[2:])]


def _length_after(ctx: Context, items: list[Item]) -> Made:
    """9h pour deux heures."""
    at = next(i for i, item in enumerate(items) if item.kind == KINDS["for"])
    count, unit = items[at + 1 : at + 3]
    if items[at].value != "pour":
        return None
    per_unit = 60 if unit.kind == KINDS["hsign"] else int(str(unit.value))
    minutes = int(str(count.value)) * per_unit + 30 * (len(items) > at + 3)
    if not 0 < minutes <= _LONGEST_HOURS * 60:
        return None
    return [*kept(items[:at]), ("span", timedelta(minutes=minutes))]


LENGTHS = (
    rule("num hsign since at_* num", _length_from),
    rule("num hsign num? for num (hsign|tunit) (and half)?", _length_after),
)

_ON_DAY = "(the|on)* day (at_|of_|in|the)* (part|clock)"

SPANS = (
    rule(f"(from|since)? {_ON_DAY} to {_ON_DAY}", _from_to),
    rule(f"between {_ON_DAY} and {_ON_DAY}", _from_to),
    rule("(from|since|after|before|until|in) (the|on|at_to)* day (at_|of_|in|the)* part", _open),
)
