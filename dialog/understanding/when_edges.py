"""Rules for a piece of a longer time: early next week, fin avril, the rest of the month."""

from __future__ import annotations

from datetime import date, timedelta

from dialog.understanding.when_calendar import day_number, made_days
from dialog.understanding.when_grammar import Item, Made, kept, rule, values
from dialog.understanding.when_months import month
from dialog.understanding.when_values import Context, Days, add_months, month_length, one_day
from dialog.understanding.when_weeks import (
    for_the_unit,
    fortnight_after,
    unit_around,
    units_after,
    units_before,
    week_of,
    week_on,
    weekend_of,
)


def edge_of(ctx: Context, items: list[Item]) -> Made:
    """Early next week, fin avril, end of the month."""
    edge = values(items, "edge")[0]
    span = next((d for d in values(items, "days") if isinstance(d, Days)), None)
    if span is None and "day" in values(items, "unit"):
        return None
    if span is None:
        made = unit_around(ctx, [item for item in items if item.kind == "U"])
        span = made[1] if isinstance(made, tuple) and isinstance(made[1], Days) else None
    if span is None or span.start is None or span.end is None:
        return None
    start, end = _edges(span.start, span.end, str(edge), span.grain)
    if end < ctx.today and span.grain == "year":
        return edge_of(ctx, [Item("S", year_after(span.start), 0, 0), *(item for item in items if item.kind == "B")])
    if end < ctx.today and span.grain == "month":
        later = add_months(span.start, 1)
        start, end = _edges(later, later.replace(day=month_length(later.year, later.month)), str(edge), "month")
    return made_days(start, end, span.grain)


def year_after(day: date) -> Days:
    return Days(date(day.year + 1, 1, 1), date(day.year + 1, 12, 31), "year")


def edge_of_month(ctx: Context, items: list[Item]) -> Made:
    made = month(ctx, [item for item in items if item.kind == "M"] * 2)
    if not isinstance(made, tuple):
        return None
    days = [Item("S", made[1], 0, 0), *(item for item in items if item.kind == "B")]
    return edge_of(ctx, days)


def _edges(start: date, end: date, edge: str, grain: str) -> tuple[date, date]:
    if grain == "month" and edge in ("early", "late"):
        middle = start + timedelta(days=14)
        return (start, middle) if edge == "early" else (middle + timedelta(days=1), end)
    if grain == "year" and edge == "tail":
        return date(start.year, 11, 1), end
    first, last = {"week": (2, 4), "month": (9, 20), "year": (89, 303)}.get(grain, (0, 0))
    if edge in ("begin", "early"):
        return start, start + timedelta(days=first)
    if edge in ("mid", "mi", "middle"):
        later = grain == "month" and edge == "mid"
        return start + timedelta(days=first + later), start + timedelta(days=last - (grain == "month"))
    if edge == "tail" and grain == "week":
        return start + timedelta(days=3), end
    return start + timedelta(days=last), end


def rest_of(ctx: Context, items: list[Item]) -> Made:
    span = next((d for d in values(items, "days") if isinstance(d, Days)), None)
    if span is None:
        made = unit_around(ctx, [item for item in items if item.kind == "U"])
        span = made[1] if isinstance(made, tuple) and isinstance(made[1], Days) else None
    return made_days(ctx.today, span.end, span.grain) if span is not None and span.end else None


def later_in(ctx: Context, items: list[Item]) -> Made:
    """Later this week."""
    days = values(items, "days")[0]
    if not isinstance(days, Days) or days.start is None or days.end is None or days.grain not in ("week", "month"):
        return None
    start = days.start + timedelta(days=3 if days.grain == "week" else 15)
    return made_days(max(ctx.today, start), days.end, days.grain)


def _week_then_hour(ctx: Context, items: list[Item]) -> Made:
    """La semaine du 22 à 17h: no hours from 22 on."""
    number = next(item for item in items if item.kind == "N")
    day = day_number(ctx, int(str(number.value)))
    made = week_of(ctx, [Item("D", one_day(day), 0, 0)]) if day is not None else None
    return [made, *kept(items[-1:])] if isinstance(made, tuple) else None


WEEK_OF = (
    rule("the? weekof (of_|the|on)* day", week_of),
    rule("(the|on)+ unit of (the|on)* day", week_of),
    rule("the? weekof on num at_to clock", _week_then_hour),
)

WIDER = (
    rule("num unit (after|from|on) (on|the)* day", units_after),
    rule("num unit day", week_on),
    rule("num unit before (of_|the|on)* day", units_before),
    rule("unit (after|from|on) (on|the)* day", fortnight_after),
    rule("edge (of_|in|the|on|about|dash)* days", edge_of),
    rule("days edge", edge_of),
    rule("fromnow days", later_in),
    rule("edge (of_|in|the|on|this)* unit", edge_of),
    rule("the? rest (of_|the|on)* (days|unit)", rest_of),
    rule("the? weekof (of_|the|on)* day", week_of),
    rule("(the|on)* unit of_ (the|on)* day", week_of),
    rule("days (of_|the|on)+ day", weekend_of),
    rule("for (the|this|on)+ unit", for_the_unit),
)
