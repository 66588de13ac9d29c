"""Rules for months as Spanish and Portuguese put them: "el 21 del 3", "el mes de julio", "el mes tras el próximo"."""

from __future__ import annotations

from dialog.understanding.when_calendar import day_number, made_day, made_days
from dialog.understanding.when_clocks import bare_clock
from dialog.understanding.when_grammar import Item, Made, kept, rule, values
from dialog.understanding.when_hours import ordered
from dialog.understanding.when_iberian_ends import clocks_said
from dialog.understanding.when_months import year_of
from dialog.understanding.when_numeric import in_year
from dialog.understanding.when_values import Context, Days, make_date
from dialog.understanding.when_weeks import unit_around

_MONTHS = 12
_PART = "(of_ (the|on)* part)?"


def _named_month(ctx: Context, items: list[Item]) -> Made:
    """The `mes de` of "el mes de julio" says nothing."""
    return kept(items[-1:]) if items[0].value == "month" else None


def _numbered_month(ctx: Context, items: list[Item]) -> Made:
    """The `mes 7` of "el 10 del mes 7", and the seventh month."""
    month = next(item.value for item in items if item.kind in "NO")
    is_month = "month" in values(items, "unit") and isinstance(month, int) and 1 <= month <= _MONTHS
    before = [item for item in items[:-2] if item.kind in "Fv"]
    return [*kept(before), ("month", month)] if is_month else None


def _day_of_numbered_month(ctx: Context, items: list[Item]) -> Made:
    """El 10 del séptimo mes."""
    made = _numbered_month(ctx, items[-2:])
    return [("num", items[0].value), ("from", "of"), *made] if isinstance(made, list) else None


def _day_of_month(ctx: Context, items: list[Item]) -> Made:
    """El 21 del 3, lunes 5 del 7 del 27."""
    day, month, *rest = (item for item in items if item.kind in "NO")
    year = year_of(rest[0].value, rest[0].text) if rest else None
    if not isinstance(month.value, int) or not 1 <= month.value <= _MONTHS or (rest and year is None):
        return None
    found = in_year(ctx, month.value, int(str(day.value)), year)
    weekday = values(items, "weekday")
    if found is not None and weekday and found.weekday() != weekday[0]:
        return ("day", Days(found, found, "day", None, impossible=True))
    return made_day(found)


def _days_of_month(ctx: Context, items: list[Item]) -> Made:
    """Del 5 al 7 del 10."""
    first, last, month = (int(str(item.value)) for item in items if item.kind in "NO")
    start = in_year(ctx, month, first, None) if 1 <= month <= _MONTHS else None
    end = make_date(start.year, month, last) if start else None
    return made_days(start, end, "day") if start and end and start < end else None


def _clock_of_day(ctx: Context, items: list[Item]) -> Made:
    """A las 5 del 12: an hour, no day of December."""
    hour, number = (item for item in items if item.kind == "N")
    clock, day = bare_clock(hour), made_day(day_number(ctx, int(str(number.value))))
    return [("clock", clock), day] if clock is not None and isinstance(day, tuple) else None


def _hours_of_day(ctx: Context, items: list[Item]) -> Made:
    """De 5 a 6 del 12, el 2 de 9 a 11."""
    numbers = [item for item in items if item.kind == "N"]
    number = numbers.pop(0 if items[0].kind == "v" else 2)
    day = made_day(day_number(ctx, int(str(number.value)))) if number.text.isdigit() else None
    ends = [clock for item in numbers if (clock := bare_clock(item))]
    if len(ends) != len(numbers) or not isinstance(day, tuple):
        return None
    return [day, ("hours", ordered(ctx, ends[0], ends[1]))]


def _hours_after_day(ctx: Context, items: list[Item]) -> Made:
    """El 15 de 9 de la mañana a 1 de la tarde, le 15 de 9 à 11h: no day of September."""
    first = next(i for i, item in enumerate(items) if item.kind in "N") + 1
    ends = clocks_said(items[first:])
    hours = ("hours", ordered(ctx, ends[0], ends[1])) if len(ends) == 2 else None
    return [*kept(items[:first]), hours] if hours is not None and not ctx.is_move else None


def _of_year(ctx: Context, items: list[Item]) -> Made:
    """El 15 de julio del año que viene."""
    day, year = items[0].value, items[-1].value
    if not isinstance(day, Days) or not isinstance(year, Days) or day.start is None or year.start is None:
        return None
    is_year = year.grain == "year" and day.is_one_day
    return made_day(make_date(year.start.year, day.start.month, day.start.day)) if is_year else None


def _after_next_unit(ctx: Context, items: list[Item]) -> Made:
    """Después de la próxima semana: from the one after it on."""
    made = unit_around(ctx, [Item("n", "next", 0, 0), items[-1]])
    return [("after", "after"), made] if isinstance(made, tuple) else None


MONTH_WORDS = (
    rule("unit of_ (on|the)* month", _named_month),
    rule("nr from on ord unit", _day_of_numbered_month),
    rule("(from|on)+ unit num", _numbered_month),
)

NUMBERED_MONTHS = (
    rule("(from|between)? num (to|and) num from on num", _hours_of_day),
    rule("(at|at_to|about)+ num from on num", _clock_of_day),
    rule("(from|between|since)? on nr (to|and) on nr from on num", _days_of_month),
    rule("on num (from|at|between)+ num (to|and) at? num", _hours_of_day),
    rule(f"on num (from|at|between)+ (num|clock) {_PART} (to|and) at_* (num|clock) {_PART}", _hours_after_day),
    rule("weekday? comma? on? nr from on num (from on? num)?", _day_of_month),
    rule("on num from num (from on? num)?", _day_of_month),
    rule("day of_ (on|the)* days", _of_year),
    rule("weekslater unit", _after_next_unit),
)
