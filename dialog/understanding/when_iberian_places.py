"""Rules for a place in a longer time as Spanish and Portuguese put it: "el tercer día del mes", "en julio, el 15"."""

from __future__ import annotations

from datetime import timedelta

from dialog.understanding.when_calendar import days_later, made_day, made_days
from dialog.understanding.when_grammar import Item, Made, kept, rule, values
from dialog.understanding.when_values import Context, Days
from dialog.understanding.when_weeks import unit_around
from dialog.understanding.when_within import half_of, number_in, numbers_in, weekday_in

_WEEK = 7


def _nth_day(ctx: Context, items: list[Item]) -> Made:
    """The `tercer día` of a month: `día` is no article here."""
    return [*kept(items[:1]), ("unit", "day"), *kept(items[2:])] if items[1].text == "dia" else None


def _half(ctx: Context, items: list[Item]) -> Made:
    """The `segunda mitad de` of a month or a week is no middle."""
    return [*kept(items[:1]), ("half", 30), ("from", "of")] if items[1].text == "mitad" else None


def _half_of_unit(ctx: Context, items: list[Item]) -> Made:
    made = unit_around(ctx, items[-1:])
    return half_of(ctx, [*items[:-1], Item("S", made[1], 0, 0)]) if isinstance(made, tuple) else None


def _day_of_week(ctx: Context, items: list[Item]) -> Made:
    """El primer día de la semana que viene, el último día de la semana."""
    week = items[-1].value
    if items[-1].kind == "U":
        made = unit_around(ctx, items[-1:])
        week = made[1] if isinstance(made, tuple) else None
    if not isinstance(week, Days) or week.grain != "week" or week.start is None or "day" not in values(items, "unit"):
        return None
    nth = next((int(str(value)) for value in values(items, "ord")), _WEEK)
    return made_day(week.start + timedelta(days=nth - 1)) if 1 <= nth <= _WEEK else None


def _number_after(ctx: Context, items: list[Item]) -> Made:
    """En julio, el día 15; el mes que viene el 3."""
    said = items[-1]
    return number_in(ctx, [said, items[0]]) if said.kind == "N" or said.text[:1].isdigit() else None


def _numbers_after(ctx: Context, items: list[Item]) -> Made:
    """Para agosto, el 10 o el 11."""
    first, last = (int(str(item.value)) for item in items if item.kind == "N")
    is_span = not any(item.kind == "j" for item in items) or last == first + 1
    return numbers_in(ctx, items) if is_span else None


def _weekday_after(ctx: Context, items: list[Item]) -> Made:
    """En julio, el tercer viernes."""
    return weekday_in(ctx, [*items[-2:], items[0]])


def _weekend_dates(ctx: Context, items: list[Item]) -> Made:
    """El finde del 20 y 21: the first of them tells it."""
    return kept(items[:4])


def _more_after(ctx: Context, items: list[Item]) -> Made:
    """Más de dos semanas después de hoy."""
    day = items[-1].value
    start = day.start if isinstance(day, Days) else None
    found = days_later(start, values(items, "num")[0], values(items, "unit")[0]) if start else None
    return ("days", Days(found, None)) if found is not None and items[0].value == "more" else None


def _in_more(ctx: Context, items: list[Item]) -> Made:
    """En más de dos semanas."""
    found = days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return ("days", Days(found, None)) if found is not None and items[1].value == "more" else None


def _less_after(ctx: Context, items: list[Item]) -> Made:
    """Menos de 3 días después de mañana."""
    day = items[-1].value
    start = day.start if isinstance(day, Days) else None
    end = days_later(start, values(items, "num")[0], values(items, "unit")[0]) if start else None
    return made_days(start, end, "day") if start is not None and end is not None else None


PLACE_WORDS = (
    rule("ord on from", _nth_day),
    rule("ord edge", _half),
    rule("weekend from on num (and|to) num", _weekend_dates),
    rule("in fromnow num unit", _in_more),
)

PLACES = (
    rule("(the|on)* (ord|last) half (of_|the|on)* unit", _half_of_unit),
    rule("(the|on)* (ord|last) unit of_ (the|on)* (days|unit)", _day_of_week),
    rule("days comma? (the|on)* ord weekday", _weekday_after),
    rule("days comma? (the|on)* (ord|last) (unit|weekend)", number_in),
    rule("days comma? (the|on)+ num (and|also|to) (the|on)* num", _numbers_after),
    rule("days comma? (the|on)+ nr", _number_after),
)

COUNTED_FROM = (
    rule("fromnow num unit (after|from|since) (on|the|of_)* day", _more_after),
    rule("minus of_ num unit (after|from|since) (on|the|of_)* day", _less_after),
)
