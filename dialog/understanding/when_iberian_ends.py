"""Rules for open ends as Spanish and Portuguese put them: "como muy tarde a las 5", "el viernes como pronto"."""

from __future__ import annotations

from datetime import datetime, time

from dialog.understanding.when_clocks import bare_clock, on_part
from dialog.understanding.when_grammar import Item, Made, kept, rule, values
from dialog.understanding.when_hours import open_start
from dialog.understanding.when_values import Clock, Context, Days, Hours, Moments, likely

_EARLIEST = "not before"
_HOURS = frozenset({"horas", "hora"})
_LONGEST_HOURS = 6
_PART = "(of_ (the|on)* part)?"
_AT = f"at_+ (clock|num) {_PART}"


def _instants(ctx: Context, items: list[Item]) -> Made:
    """Desde el lunes a las 9 hasta el martes a las 5."""
    days = [day.start for day in values(items, "day") if isinstance(day, Days)]
    clocks = clocks_said(items)
    ends = [
        datetime.combine(day, time(likely(clock, ctx) // 60 % 24, likely(clock, ctx) % 60))
        for day, clock in zip(days, clocks, strict=False)
        if day is not None and clock is not None
    ]
    return ("moments", Moments(ends[0], ends[1])) if len(ends) == 2 and ends[0] < ends[1] else None


def _open_instant(ctx: Context, items: list[Item]) -> Made:
    """Hasta el 20 de julio a las 5, después del lunes a las 9."""
    day, clocks = values(items, "day")[0], clocks_said(items)
    if not isinstance(day, Days) or day.start is None or not clocks:
        return None
    minute = likely(clocks[0], ctx)
    at = datetime.combine(day.start, time(minute // 60 % 24, minute % 60))
    return ("moments", Moments(at, None) if items[0].kind == ">" else Moments(None, at))


def _from_now_to(ctx: Context, items: list[Item]) -> Made:
    """Desde ahora hasta el viernes."""
    days = items[-1].value
    if not isinstance(days, Days) or days.end is None or days.end <= ctx.today:
        return None
    return ("days", Days(ctx.today, days.end))


def _from_hour(ctx: Context, items: list[Item]) -> Made:
    """The hours of "de 2 horas a 4 horas" are no length."""
    clock = bare_clock(items[1])
    is_said = items[2].text in _HOURS and clock is not None and items[-1].kind != "a"
    return [*kept(items[:1]), ("clock", clock), *kept(items[3:])] if is_said else None


def _length(ctx: Context, items: list[Item]) -> Made:
    """Una sesión de 2 horas: how long it takes, where it is no hour as 15 horas is."""
    count = items[1]
    is_length = items[2].text in _HOURS and isinstance(count.value, int) and 1 <= count.value <= _LONGEST_HOURS
    return ("other", None) if is_length and not count.text.startswith("0") else None


def _and_day(ctx: Context, items: list[Item]) -> Made:
    """The `las 2 y mañana` of "entre hoy a las 2 y mañana a las 4" is an hour."""
    clock = bare_clock(items[1])
    return [("clock", clock), ("and", "y"), *kept(items[3:])] if clock is not None else None


def _either(ctx: Context, items: list[Item]) -> Made:
    """3 o 4 de la tarde: what is said last goes for both."""
    numbers = [clock for item in items if item.kind == "N" and (clock := bare_clock(item))]
    said = items[-1].value
    first, last = (on_part(c, said) if isinstance(said, tuple) else c.on_half(said == "pm") for c in numbers)
    return [("clock", first), ("also", "o"), ("clock", last)]


def clocks_said(items: list[Item]) -> list[Clock]:
    """The clock times said, each with the part of the day beside it: the one after it, else the one before."""
    found: list[Clock] = []
    before: object = None
    is_beside = False
    for item in items:
        if item.kind in "NC" and (clock := bare_clock(item)):
            found.append(on_part(clock, before) if isinstance(before, tuple) else clock)
            before, is_beside = None, True
        elif item.kind == "P" and is_beside and isinstance(item.value, tuple):
            found[-1] = on_part(found[-1], item.value)
        elif item.kind == "P":
            before = item.value
        elif item.kind not in "oFvd":
            is_beside = False
    return found


def _at_most(ctx: Context, items: list[Item]) -> Made:
    """Como muy tarde a las 5, no máximo na sexta."""
    value = items[-1].value
    if isinstance(value, Days):
        return ("days", Days(None, value.end))
    clock = bare_clock(items[-1])
    return ("hours", Hours(None, likely(clock, ctx))) if clock else None


def _at_least(ctx: Context, items: list[Item]) -> Made:
    """El viernes como pronto, a las 5 lo más temprano: said after it, as it is said before it elsewhere."""
    value = next(item.value for item in items if item.kind in "DSCN")
    if items[-1].value != _EARLIEST:
        return None
    if isinstance(value, Days):
        return ("days", Days(value.start, None))
    clock = bare_clock(items[-2])
    return ("hours", Hours(likely(clock, ctx), None)) if clock else None


LENGTHS = (
    rule("(from|between) num (to|and) num tunit", lambda ctx, items: ("other", None)),
    rule("from num hsign (to|from|ampm)", _from_hour),
    rule("from num hsign", _length),
)

HOURS_BETWEEN = (rule("at num and (the|on)* day", _and_day),)

ENDS = (
    rule("at_* num also at_* num (of_ (the|on)* part|ampm)", _either),
    rule(f"(from|since)? (the|on)* day part? {_AT} to (the|on)* day {_AT}", _instants),
    rule(f"(from|since)? {_AT} (of_|on|the)+ day to at_* (clock|num) {_PART} (of_|on|the)+ day", _instants),
    rule(f"between (the|on)* day {_AT} and (the|on)* day {_AT}", _instants),
    rule(f"(before|until|after) (the|on|at_to)* day comma? {_AT}", _open_instant),
    rule(f"less (at_to|the|on)* day comma? {_AT}", _open_instant),
    rule("fromnow to (the|on)* (day|days)", _from_now_to),
    rule("at_? clock less", open_start),
    rule("at_+ num less", open_start),
    rule("less (at|at_to|on|the)+ (num|clock|day|days)", _at_most),
    rule("less (day|days|clock)", _at_most),
)

LATE_ENDS = (
    rule("less clock", _at_most),
    rule("at_+ (num|clock) after", _at_least),
    rule("(day|days|clock) after", _at_least),
)
