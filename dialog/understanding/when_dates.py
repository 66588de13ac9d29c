"""Rules for days, weeks and months."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from dialog.understanding.when_grammar import Item, Made, has, rule, values
from dialog.understanding.when_values import (
    Context,
    Days,
    add_months,
    make_date,
    monday_of,
    one_day,
)
from dialog.understanding.when_weeks import (
    edge_of_month,
    in_units,
    made_day,
    month,
    month_of_year,
    next_units,
    number_in,
    numbers_in,
    of_month,
    unit_after_next,
    unit_around,
    week_later,
    weekday_in,
    weekday_of_unit,
    weekend,
    weekend_after_next,
    whole_month,
    within_units,
    year_of,
)


def on_next(ctx: Context, month: int, day: int) -> date | None:
    """This day of the month the next time that it comes, today included."""
    for year in range(ctx.today.year, ctx.today.year + 5):
        found = make_date(year, month, day)
        if found is not None and found >= ctx.today:
            return found
    return None


def day_number(ctx: Context, number: int) -> date | None:
    """The next day with this number, today included."""
    for months in range(3):
        first = add_months(ctx.today.replace(day=1), months)
        found = make_date(first.year, first.month, number)
        if found is not None and found >= ctx.today:
            return found
    return None


def next_weekday(ctx: Context, weekday: int) -> date:
    return ctx.today + timedelta(days=(weekday - ctx.today.weekday()) % 7 or 7)


def _numeric(ctx: Context, items: list[Item]) -> Made:
    """31/12, 31/12/2026, 2026-12-31, 20 02 14: the order by the language or locale unless only one can be."""
    parts = [(item.value, item.text) for item in items if item.kind == "N"]
    if any(len(text) > 4 for _, text in parts):
        return None
    if len(parts) == 3 and len(parts[0][1]) == 4:
        return made_day(make_date(*(int(str(value)) for value, _ in parts)))
    first, second = int(str(parts[0][0])), int(str(parts[1][0]))
    year = None
    if len(parts) == 3:
        said = year_of(*parts[2])
        if said is None:
            return None
        year = said
    elif len(parts[1][1]) == 4:
        return whole_month(ctx, first, second) if first <= 12 and 1900 <= second <= 2200 else None
    readings = [(first, second), (second, first)] if ctx.is_day_first else [(second, first), (first, second)]
    found = [d for day, month in readings if (d := _in_year(ctx, month, day, year)) is not None]
    if not found:
        return None
    other = one_day(found[1]) if len(found) > 1 and found[1] != found[0] else None
    return ("day", Days(found[0], found[0], "day", other))


def _in_year(ctx: Context, month: int, day: int, year: int | None) -> date | None:
    return on_next(ctx, month, day) if year is None else make_date(year, month, day)


def _numeric_asked(ctx: Context, items: list[Item]) -> Made:
    """3-7 or 7.6 alone may be hours or a price: only where it cannot be a time, or a date was asked."""
    first, second = (item for item in items if item.kind == "N")
    if first.text.isdigit() is False or (
        len(second.text) < 2 and ctx.expects != "date" and items[1].kind == "-" and int(str(first.value)) < 13
    ):
        return None
    if items[1].kind == "-" and not items[1].glued:
        return None
    if ctx.expects == "time" or (items[1].kind == "-" and int(str(second.value)) < 13 and int(str(first.value)) < 13):
        return None if ctx.expects != "date" else _numeric(ctx, items)
    return _numeric(ctx, items)


def _relative(ctx: Context, items: list[Item]) -> Made:
    return made_day(ctx.today + timedelta(days=int(str(values(items, "relday")[0]))))


def _weekday(ctx: Context, items: list[Item]) -> Made:
    weekday = int(str(values(items, "weekday")[0]))
    if has(items, "weekslater"):
        weeks = int(str(values(items, "weekslater")[0]))
        days = (weekday - ctx.today.weekday()) % 7
        return made_day(ctx.today + timedelta(days=days, weeks=weeks))
    if has(items, "next"):
        return made_day(monday_of(ctx.today) + timedelta(days=7 + weekday))
    if has(items, "this"):
        this_week = monday_of(ctx.today) + timedelta(days=weekday)
        return made_day(this_week if this_week >= ctx.today else this_week + timedelta(days=7))
    if len(items) == 1 and items[0].is_weak and ctx.expects != "date":
        return None
    return made_day(next_weekday(ctx, weekday))


def _weekday_number(ctx: Context, items: list[Item]) -> Made:
    """Friday 31: the next one that is both; marked where the next 31st is not."""
    weekday = int(str(values(items, "weekday")[0]))
    said = next(item for item in items if item.kind in "NO")
    number = int(str(said.value))
    nearest = day_number(ctx, number)
    if nearest is None:
        return None
    if nearest.weekday() == weekday:
        return made_day(nearest)
    if said.kind == "N" and number <= 12 and not has(items, "the") and not has(items, "on"):
        return None
    for months in range(1, 13):
        first = add_months(ctx.today.replace(day=1), months)
        found = make_date(first.year, first.month, number)
        if found is not None and found.weekday() == weekday:
            return ("day", Days(found, found, "day", one_day(nearest), impossible=True))
    return None


def _number(ctx: Context, items: list[Item]) -> Made:
    """The 15th, le 15."""
    said = next(item for item in items if item.kind in "NO")
    if said.kind == "N" and len(said.text) > 2 and said.text.isdigit():
        return None
    is_word = said.kind == "O" and not said.text[:1].isdigit()
    if is_word and (said.is_weak or (int(str(said.value)) < 13 and ctx.expects != "date")):
        return None
    return made_day(day_number(ctx, int(str(said.value))))


def _asked_number(ctx: Context, items: list[Item]) -> Made:
    return _number(ctx, items) if ctx.expects == "date" else None


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
    year = year_of(numbers[1].value, numbers[1].text) if len(numbers) > 1 else None
    if len(numbers) > 1 and year is None:
        return None
    if len(numbers[0].text) == 4 and numbers[0].text.isdigit():
        return whole_month(ctx, month, day) if len(numbers) == 1 else None
    found = _in_year(ctx, month, day, year)
    weekday = values(items, "weekday")
    if found is not None and weekday and found.weekday() != weekday[0]:
        return ("day", Days(found, found, "day", None, impossible=True))
    return made_day(found)


def _after_next_weekday(ctx: Context, items: list[Item]) -> Made:
    """The `after next Friday` in "two months after next Friday"."""
    made = made_day(monday_of(ctx.today) + timedelta(days=7 + int(str(values(items, "weekday")[0]))))
    return [("after", "after"), made] if isinstance(made, tuple) else None


def _weekdays_ahead(ctx: Context, items: list[Item]) -> Made:
    """Three Fridays from now."""
    count = int(str(values(items, "num")[0]))
    return made_day(next_weekday(ctx, int(str(values(items, "weekday")[0]))) + timedelta(weeks=count - 1))


def _holiday(ctx: Context, items: list[Item]) -> Made:
    value = values(items, "holiday")[0]
    assert isinstance(value, tuple)
    return made_day(on_next(ctx, *value))


def _weekday_hours(ctx: Context, items: list[Item]) -> Made:
    """Monday 11-4."""
    numbers = [item for item in items if item.kind == "N"]
    dash = next(item for item in items if item.kind == "-")
    if dash.text != "-" or any(not isinstance(n.value, int) or n.value > 24 for n in numbers):
        return None
    day = made_day(next_weekday(ctx, int(str(values(items, "weekday")[0]))))
    return (
        [day, ("num", numbers[0].value), ("dash", "-"), ("num", numbers[1].value)] if isinstance(day, tuple) else None
    )


def _weekday_week(ctx: Context, items: list[Item]) -> Made:
    """British "Friday week": the Friday after the next to come."""
    if items[1].text not in ("week", "wk"):
        return None
    return made_day(next_weekday(ctx, int(str(items[0].value))) + timedelta(weeks=1))


def _same_day(ctx: Context, items: list[Item]) -> Made:
    """Friday, 6 July: the date counts, the weekday only checks it."""
    weekday = int(str(values(items, "weekday")[0]))
    day = values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None:
        return None
    if day.other is not None and day.other.start and day.start.weekday() != weekday == day.other.start.weekday():
        return ("day", day.other)
    return ("day", Days(day.start, day.start, "day", day.other, impossible=day.start.weekday() != weekday))


def _weekday_numeric(ctx: Context, items: list[Item]) -> Made:
    """Friday 7.6: a date, where one of its two orders falls on that day."""
    weekday = int(str(values(items, "weekday")[0]))
    made = _numeric(ctx, [item for item in items if item.kind in "N."])
    days = made[1] if isinstance(made, tuple) else None
    if not isinstance(days, Days):
        return None
    found = [d for d in (days, days.other) if d is not None and d.start and d.start.weekday() == weekday]
    return ("day", found[0]) if found else None


NUMERIC = (
    rule("num dash num dash num", _numeric),
    rule("num slash num slash num", _numeric),
    rule("num slash num", _numeric),
    rule("num dot num dot num", _numeric),
    rule("on num num num", _numeric),
    rule("on num num", _numeric),
)

ALL_NUMBERS = (rule("num num num", _numeric), rule("num num", _numeric))

LOOSE_NUMERIC = (rule("num dot num", _numeric_asked), rule("num dash num", _numeric_asked))

DATES = (
    rule("weekslater weekday", _after_next_weekday),
    rule("num weekday fromnow", _weekdays_ahead),
    rule("(the|on)* holiday", _holiday),
    rule("in the? num unit", in_units),
    rule("num unit fromnow", in_units),
    rule("in (the|this)? next num unit", within_units),
    rule("(the|this)? next num unit", next_units),
    rule("num next unit", next_units),
    rule("relday", _relative),
    rule("weekday comma? (on|the)* nr (of_|the)* month (comma|of_|in)? num", _with_month),
    rule("weekday comma? (on|the)* nr (dot|dash|of_|the)* month", _with_month),
    rule("weekday comma? (on|the)* month (on|the|dash)* nr comma? num", _with_month),
    rule("weekday comma? (on|the)* month (on|the|dash|dot|slash)* nr", _with_month),
    rule("(on|the)* nr (of_|the|dash|dot|slash)* month (comma|of_|dash|in)? num", _with_month),
    rule("(on|the)* nr unit? (dot|dash|of_|the|slash)* month", _with_month),
    rule("month (on|the|dash|dot|slash)* nr (comma|of_)? num", _with_month),
    rule("month (on|the|dash|dot|slash)* nr", _with_month),
    rule("edge (of_|in|the|on|about|dash)* month", edge_of_month),
    rule("next month", month),
    rule("month next", month),
    rule("month (of_|comma|dash|in)? num", month),
    rule("in month", month),
    rule("of_ (the|on)? month", of_month),
    rule("(this|the)* next unit", unit_around),
    rule("(this|the|on)* unit (of_|the)* next", unit_around),
    rule("this unit", unit_around),
    rule("unit weekslater", unit_after_next),
    rule("this? month", month),
    rule("days (of_|the|on)* days", month_of_year),
    rule("(on|the)? ord weekday (of_|in)? (the|on)* days", weekday_in),
    rule("(on|the)? last weekday (of_|in)? (the|on)* days", weekday_in),
    rule("(on|the)? weekday last (of_|in)? (the|on)* days", weekday_in),
    rule("(on|the)? (ord|last) weekday of_ (the|on)* unit", weekday_of_unit),
    rule("(on|the)? (ord|last) (unit|weekend) (of_|in|the|on)* (days|unit)", number_in),
    rule("(from|between)? (the|on)* nr (to|and) (the|on)* nr (of_|in|the|on)* days", numbers_in),
    rule("(on|the)* nr unit? (of_|in|the|on)* days", number_in),
    rule("weekend weekslater", weekend_after_next),
    rule("(this|the|on)* next weekend", weekend),
    rule("(this|on|the)* weekend next", weekend),
    rule("(this|the|on)* weekend", weekend),
    rule("weekday (of_|on|in|the|comma)* days", weekday_in),
    rule("days (of_|on|comma)* weekday", weekday_in),
    rule("(on|the)* weekday weekslater", _weekday),
    rule("(on|the)* weekday (of_)* next", _weekday),
    rule("(on|the|this)* next weekday", _weekday),
    rule("this weekday", _weekday),
)

WEEKDAYS = (
    rule("weekday unit", _weekday_week),
    rule("(on|the)* weekday comma? num dot num", _weekday_numeric),
    rule("weekday comma? num dash num", _weekday_hours),
    rule("weekday comma? (on|the)* nr", _weekday_number),
    rule("weekday comma? (on|the)* day", _same_day),
    rule("day comma? on? weekday", _same_day),
    rule("weekday", _weekday),
    rule("day weekslater", week_later),
    rule("(on|the) ord", _number),
    rule("on the? num", _number),
    rule("ord", _number),
)
