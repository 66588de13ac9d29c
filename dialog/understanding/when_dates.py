"""Rules for days as they are told: tomorrow, 15 February, and the order in which all of these are tried."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from dialog.understanding.when_calendar import made_day, on_next, on_next_feast
from dialog.understanding.when_clocks import bare_clock
from dialog.understanding.when_edges import edge_of_month
from dialog.understanding.when_grammar import Item, Made, rule, values
from dialog.understanding.when_hours import ordered
from dialog.understanding.when_months import month, month_of_year, of_month, whole_month, year_of
from dialog.understanding.when_numeric import in_year
from dialog.understanding.when_values import Context, Days, make_date
from dialog.understanding.when_weekdays import after_next_weekday, weekday_coming, weekday_said, weekdays_ahead
from dialog.understanding.when_weeks import (
    coming_days,
    coming_units,
    in_units,
    next_units,
    next_units_counted,
    unit_after_next,
    unit_around,
    unit_coming,
    week_number,
    weekend,
    weekend_after_next,
    weekends_ahead,
    whole_unit,
    within_units,
)
from dialog.understanding.when_within import (
    half_of,
    nth_weekday_ahead,
    number_in,
    number_in_unit,
    number_in_year,
    numbers_in,
    week_from,
    weekday_beside,
    weekday_in,
    weekday_of_unit,
    weekday_span_in,
    weekdays_in,
)

_YEARS_AHEAD = 3


def _relative(ctx: Context, items: list[Item]) -> Made:
    return made_day(ctx.today + timedelta(days=int(str(values(items, "relday")[0]))))


def _with_month(ctx: Context, items: list[Item]) -> Made:
    """15 February, Feb the 15th 2027, lundi 3 mai; a dash joins only without spaces."""
    if any(
        item.kind == "-" and not (item.text == "-" and item.glued and after.glued) for item, after in pairwise(items)
    ):
        return None
    if any(unit != "day" for unit in values(items, "unit")):
        return None
    month = int(str(values(items, "month")[0]))
    numbers = [item for item in items if item.kind in "NO"]
    day = int(str(numbers[0].value))
    if len(numbers[0].text) == 4 and numbers[0].text.isdigit():
        return whole_month(ctx, month, day) if len(numbers) == 1 else _year_first(month, numbers)
    year = year_of(numbers[1].value, numbers[1].text) if len(numbers) > 1 else None
    if len(numbers) > 1 and (year is None or (len(numbers[1].text) == 2 and year < ctx.today.year - 1)):
        return None
    found = in_year(ctx, month, day, year)
    weekday = values(items, "weekday")
    if found is not None and weekday and found.weekday() != weekday[0]:
        return ("day", Days(found, found, "day", None, impossible=True))
    return made_day(found)


def _hours_of_date(ctx: Context, items: list[Item]) -> Made:
    """From 5 to 6 of April 22: neither a year that is over nor a far one can be meant."""
    numbers = [item for item in items if item.kind == "N"]
    ends = [clock for item in numbers[:2] if (clock := bare_clock(item))]
    number, month = int(str(numbers[2].value)), int(str(values(items, "month")[0]))
    is_near = ctx.today.year <= 2000 + number <= ctx.today.year + _YEARS_AHEAD
    is_day = number <= 31 and not is_near and numbers[2].text.isdigit()
    found = on_next(ctx, month, number) if is_day and len(ends) == 2 else None
    made = made_day(found)
    return [made, ("hours", ordered(ctx, ends[0], ends[1]))] if isinstance(made, tuple) else None


def _year_first(month: int, numbers: list[Item]) -> Made:
    """2027/mar/01."""
    year, day = (item.value for item in numbers)
    is_day = isinstance(day, int) and isinstance(year, int) and day <= 31
    return made_day(make_date(int(str(year)), month, int(str(day)))) if is_day else None


def _holiday(ctx: Context, items: list[Item]) -> Made:
    value = values(items, "holiday")[0]
    assert isinstance(value, tuple)
    return made_day(on_next_feast(ctx, *value) if isinstance(value[0], str) else on_next(ctx, *value))


DATES = (
    rule("(from|between)? num (to|and) num of_ month num", _hours_of_date),
    rule("weekslater weekday", after_next_weekday),
    rule("num weekday fromnow", weekdays_ahead),
    rule("(the|on)* holiday", _holiday),
    rule("in the? num unit", in_units),
    rule("num unit fromnow", in_units),
    rule("in (the|this)? next num unit", within_units),
    rule("(the|this)? next num unit", next_units),
    rule("in? the? this num unit", coming_units),
    rule("num next unit", next_units_counted),
    rule("relday", _relative),
    rule("weekday comma? (on|the)* nr (of_|the)* month (comma|of_|in)? num", _with_month),
    rule("weekday comma? (on|the)* nr (dot|dash|of_|the)* month", _with_month),
    rule("weekday comma? (on|the)* month (on|the|dash)* nr comma? num", _with_month),
    rule("weekday comma? (on|the)* month (on|the|dash|dot|slash)* nr", _with_month),
    rule("(on|the)* nr (of_|the|dash|dot|slash)* month (comma|of_|dash|in|dot|slash)? num", _with_month),
    rule("(on|the)* nr unit? (dot|dash|of_|the|slash)* month", _with_month),
    rule("month (on|the|dash|dot|slash)* nr (comma|of_)? num", _with_month),
    rule("month (on|the|dash|dot|slash)* nr", _with_month),
    rule("month comma nr", _with_month),
    rule("edge (of_|in|the|on|about|dash)* month", edge_of_month),
    rule("(the|on)* (ord|last) half (of_|the|on)* month", half_of),
    rule("next month", month),
    rule("month next", month),
    rule("month (of_|comma|dash|in)? num", month),
    rule("in (the|on)* month", month),
    rule("of_ (the|on)? month", of_month),
    rule("(this|the|on|in)* (next|this) unit", coming_days),
    rule("(the|on)* unit next", coming_days),
    rule("(this|the)* next unit", unit_around),
    rule("(this|the|on)* unit (of_|the)* next", unit_around),
    rule("this unit", unit_around),
    rule("whole (the|on|at_to)* unit", whole_unit),
    rule("(the|on|at_to)* unit whole", whole_unit),
    rule("(the|on)* unit this", unit_coming),
    rule("(on|the)* weekday this", weekday_coming),
    rule("unit weekslater (the|on)* unit?", unit_after_next),
    rule("this? month", month),
    rule("days (of_|the|on)* days", month_of_year),
    rule("(on|the)? ord weekday (of_|in)? (the|on)* days", weekday_in),
    rule("(on|the)? last weekday (of_|in)? (the|on)* days", weekday_in),
    rule("(on|the)? weekday last (of_|in)? (the|on)* days", weekday_in),
    rule("(on|the)? (ord|last) weekday of_ (the|on)* unit", weekday_of_unit),
    rule("(on|the)* ord weekday", nth_weekday_ahead),
    rule("(on|the)? (ord|last) (unit|weekend) (of_|in|the|on)* days", number_in),
    rule("(on|the)? (ord|last) (unit|weekend) (of_|in|the|on)* unit", number_in_unit),
    rule("(on|the)? (ord|last) (unit|weekend) (of_|in|the|on)* num", number_in_year),
    rule("(on|the)* nr unit? of_ (the|on)* unit", number_in_unit),
    rule("(the|on)* (ord|last) half (of_|the|on)* days", half_of),
    rule("unit num of_ (the|on)* days", number_in),
    rule("(from|between|since)? (the|on)* nr (to|and) (the|on)* nr (of_|in|the|on)* days", numbers_in),
    rule("(on|the)* nr unit? (of_|in|the|on)* days", number_in),
    rule("(the|on)* unit num", week_number),
    rule("in num weekend", weekends_ahead),
    rule("num weekend fromnow", weekends_ahead),
    rule("weekend weekslater weekend?", weekend_after_next),
    rule("(this|the|on)* next weekend", weekend),
    rule("(this|on|the)* weekend next", weekend),
    rule("(this|the|on)* weekend", weekend),
)

WEEKDAYS = (
    rule("from? (the|on)* weekday to (the|on)* weekday (of_|in|the|on|comma)* days", weekday_span_in),
    rule("between (the|on)* weekday and (the|on)* weekday (of_|in|the|on|comma)* days", weekday_span_in),
    rule("days (comma|of_|from)* (the|on)* weekday to (the|on)* weekday", weekday_span_in),
    rule("days comma? between (the|on)* weekday and (the|on)* weekday", weekday_span_in),
    rule("weekday (and|also|comma) (on|the)* weekday (of_|on|in|the|comma)* days", weekdays_in),
    rule("(on|the)* weekday (before|after) (the|on)* day", weekday_beside),
    rule("days comma? (from|since) (the|on)* weekday", week_from),
    rule("(from|since) (the|on)* weekday (of_|on|in|the|comma)* days", week_from),
    rule("weekday (of_|on|in|the|comma)* days", weekday_in),
    rule("days (of_|on|the|comma|about)* weekday", weekday_in),
    rule("(on|the)* weekday weekslater", weekday_said),
    rule("(on|the)* weekday (of_)* next", weekday_said),
    rule("(on|the|this)* next weekday", weekday_said),
    rule("this weekday", weekday_said),
)
