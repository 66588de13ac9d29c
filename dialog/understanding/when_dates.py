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
    month_length,
    one_day,
)

_HORIZON_DAYS = 400


def _day(day: date | None) -> Made:
    return ("day", one_day(day)) if day is not None else None


def _days(start: date, end: date, grain: str) -> Made:
    return ("days", Days(start, end, grain))


def _year_of(number: object, text: str) -> int | None:
    if not isinstance(number, int):
        return None
    if len(text) == 2 and text.isdigit():
        return 2000 + number
    return number if 1900 <= number <= 2200 else None


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
        return _day(make_date(*(int(str(value)) for value, _ in parts)))
    first, second = int(str(parts[0][0])), int(str(parts[1][0]))
    year = None
    if len(parts) == 3:
        said = _year_of(*parts[2])
        if said is None:
            return None
        year = said
    elif len(parts[1][1]) == 4:
        return _month_of(ctx, first, second) if first <= 12 and 1900 <= second <= 2200 else None
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
    return _day(ctx.today + timedelta(days=int(str(values(items, "relday")[0]))))


def _weekday(ctx: Context, items: list[Item]) -> Made:
    weekday = int(str(values(items, "weekday")[0]))
    if has(items, "weekslater"):
        weeks = int(str(values(items, "weekslater")[0]))
        days = (weekday - ctx.today.weekday()) % 7
        return _day(ctx.today + timedelta(days=days, weeks=weeks))
    if has(items, "next"):
        return _day(monday_of(ctx.today) + timedelta(days=7 + weekday))
    if has(items, "this"):
        this_week = monday_of(ctx.today) + timedelta(days=weekday)
        return _day(this_week if this_week >= ctx.today else this_week + timedelta(days=7))
    if len(items) == 1 and items[0].is_weak and ctx.expects != "date":
        return None
    return _day(next_weekday(ctx, weekday))


def _weekday_number(ctx: Context, items: list[Item]) -> Made:
    """Friday 31: the next one that is both; marked where the next 31st is not."""
    weekday = int(str(values(items, "weekday")[0]))
    said = next(item for item in items if item.kind in "NO")
    number = int(str(said.value))
    nearest = day_number(ctx, number)
    if nearest is None:
        return None
    if nearest.weekday() == weekday:
        return _day(nearest)
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
    if said.kind == "O" and not said.text[:1].isdigit() and int(str(said.value)) < 13 and ctx.expects != "date":
        return None
    return _day(day_number(ctx, int(str(said.value))))


def _asked_number(ctx: Context, items: list[Item]) -> Made:
    return _number(ctx, items) if ctx.expects == "date" else None


def _with_month(ctx: Context, items: list[Item]) -> Made:
    """15 February, Feb the 15th 2027, lundi 3 mai; a dash joins only without spaces."""
    if any(
        item.kind == "-" and not (item.text == "-" and item.glued and after.glued) for item, after in pairwise(items)
    ):
        return None
    month = int(str(values(items, "month")[0]))
    numbers = [item for item in items if item.kind in "NO"]
    day = int(str(numbers[0].value))
    year = _year_of(numbers[1].value, numbers[1].text) if len(numbers) > 1 else None
    if len(numbers) > 1 and year is None:
        return None
    if len(numbers[0].text) == 4 and numbers[0].text.isdigit():
        return _month_of(ctx, month, day) if len(numbers) == 1 else None
    found = _in_year(ctx, month, day, year)
    weekday = values(items, "weekday")
    if found is not None and weekday and found.weekday() != weekday[0]:
        return ("day", Days(found, found, "day", None, impossible=True))
    return _day(found)


def _month_of(ctx: Context, month: int, year: int | None = None) -> Made:
    if year is None:
        year = ctx.today.year + (month < ctx.today.month)
    return _days(date(year, month, 1), date(year, month, month_length(year, month)), "month")


def _month(ctx: Context, items: list[Item]) -> Made:
    month = int(str(values(items, "month")[0]))
    year = next((_year_of(item.value, item.text) for item in items if item.kind == "N"), None)
    if has(items, "num") and (year is None or not 1900 < year < 2200):
        return None
    alone = next(item for item in items if item.kind == "M")
    if alone.is_weak and len(items) == 1 and ctx.expects != "date":
        return None
    if has(items, "next") and month == ctx.today.month:
        year = ctx.today.year + 1
    later = [d for d in values(items, "days") if isinstance(d, Days) and d.grain == "year" and d.start]
    if later and later[0].start:
        year = later[0].start.year
    return _month_of(ctx, month, year)


def _of_month(ctx: Context, items: list[Item]) -> Made:
    """The `of March` in "the last Monday of March": the month stands for itself, whatever else its name may mean."""
    made = _month(ctx, [item for item in items if item.kind == "M"] * 2)
    return [("of", "of"), made] if isinstance(made, tuple) else None


def _month_of_year(ctx: Context, items: list[Item]) -> Made:
    """June next year."""
    first, year = (d for d in values(items, "days"))
    if not isinstance(first, Days) or not isinstance(year, Days) or first.start is None or year.start is None:
        return None
    return (
        _month_of(ctx, first.start.month, year.start.year) if (first.grain, year.grain) == ("month", "year") else None
    )


def _edge_of_month(ctx: Context, items: list[Item]) -> Made:
    made = _month(ctx, [item for item in items if item.kind == "M"] * 2)
    if not isinstance(made, tuple):
        return None
    days = [Item("S", made[1], 0, 0), *(item for item in items if item.kind == "B")]
    return _edge_of(ctx, days)


def _after_next_weekday(ctx: Context, items: list[Item]) -> Made:
    """The `after next Friday` in "two months after next Friday"."""
    made = _day(monday_of(ctx.today) + timedelta(days=7 + int(str(values(items, "weekday")[0]))))
    return [("after", "after"), made] if isinstance(made, tuple) else None


def _weekdays_ahead(ctx: Context, items: list[Item]) -> Made:
    """Three Fridays from now."""
    count = int(str(values(items, "num")[0]))
    return _day(next_weekday(ctx, int(str(values(items, "weekday")[0]))) + timedelta(weeks=count - 1))


def _holiday(ctx: Context, items: list[Item]) -> Made:
    value = values(items, "holiday")[0]
    assert isinstance(value, tuple)
    return _day(on_next(ctx, *value))


def _unit_after_next(ctx: Context, items: list[Item]) -> Made:
    """The week after next."""
    made = _unit(ctx, [item for item in items if item.kind == "U"])
    if not isinstance(made, tuple) or not isinstance(made[1], Days) or made[1].grain != "week":
        return None
    return _shifted(made[1], 14)


def _weekend_after_next(ctx: Context, items: list[Item]) -> Made:
    saturday = monday_of(ctx.today) + timedelta(days=5 + 14)
    return _days(saturday, saturday + timedelta(days=1), "weekend")


def _shifted(days: Days, by: int) -> Made:
    assert days.start is not None
    assert days.end is not None
    return _days(days.start + timedelta(days=by), days.end + timedelta(days=by), days.grain)


def _within_units(ctx: Context, items: list[Item]) -> Made:
    """Within the next two weeks."""
    end = _later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return _days(ctx.today, end, "day") if end else None


def _later_in(ctx: Context, items: list[Item]) -> Made:
    """Later this week."""
    days = values(items, "days")[0]
    if not isinstance(days, Days) or days.start is None or days.end is None or days.grain not in ("week", "month"):
        return None
    start = days.start + timedelta(days=3 if days.grain == "week" else 15)
    return _days(max(ctx.today, start), days.end, days.grain)


def _weekday_hours(ctx: Context, items: list[Item]) -> Made:
    """Monday 11-4."""
    numbers = [item for item in items if item.kind == "N"]
    dash = next(item for item in items if item.kind == "-")
    if dash.text != "-" or any(not isinstance(n.value, int) or n.value > 24 for n in numbers):
        return None
    day = _day(next_weekday(ctx, int(str(values(items, "weekday")[0]))))
    return (
        [day, ("num", numbers[0].value), ("dash", "-"), ("num", numbers[1].value)] if isinstance(day, tuple) else None
    )


def _unit(ctx: Context, items: list[Item]) -> Made:
    """This week, la semaine prochaine, next month."""
    unit = values(items, "unit")[0]
    is_next = has(items, "next") or "coming" in values(items, "this")
    monday = monday_of(ctx.today) + timedelta(days=7 * is_next)
    if unit in ("week", "workweek"):
        return _days(monday, monday + timedelta(days=6 if unit == "week" else 4), "week")
    if unit == "month":
        first = add_months(ctx.today.replace(day=1), int(is_next))
        return _days(first, first.replace(day=month_length(first.year, first.month)), "month")
    if unit == "year":
        year = ctx.today.year + is_next
        return _days(date(year, 1, 1), date(year, 12, 31), "year")
    if unit == "day":
        return _day(ctx.today + timedelta(days=int(is_next)))
    return None


def _weekend(ctx: Context, items: list[Item]) -> Made:
    saturday = monday_of(ctx.today) + timedelta(days=5)
    if len(items) == 1 and items[0].is_weak and ctx.expects != "date":
        return None
    if has(items, "next"):
        saturday += timedelta(days=7)
    start = max(saturday, ctx.today)
    return _days(start, saturday + timedelta(days=1), "weekend")


def _in_units(ctx: Context, items: list[Item]) -> Made:
    """In two weeks, dans 3 jours, a month from now: one day."""
    return _day(_later(ctx.today, values(items, "num")[0], values(items, "unit")[0]))


def _later(day: date, count: object, unit: object) -> date | None:
    if not isinstance(count, int) or count > _HORIZON_DAYS:
        return None
    if unit in ("month", "year"):
        return add_months(day, count * (12 if unit == "year" else 1))
    return day + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}.get(str(unit), 7))


def _units_after(ctx: Context, items: list[Item]) -> Made:
    """Two weeks from Friday, 3 days after the 5th."""
    day = values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None:
        return None
    return _day(_later(day.start, values(items, "num")[0], values(items, "unit")[0]))


def _next_units(ctx: Context, items: list[Item]) -> Made:
    """The next three days."""
    end = _later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return _days(ctx.today + timedelta(days=1), end, "day") if end else None


def _weekday_in(ctx: Context, items: list[Item]) -> Made:
    """Friday of next week, mardi la semaine prochaine; the third Monday of March."""
    weekday = int(str(values(items, "weekday")[0]))
    span = values(items, "days")[0]
    if not isinstance(span, Days) or span.start is None or span.end is None:
        return None
    nth = values(items, "ord")
    if span.grain == "month" and (nth or has(items, "last")):
        return _day(_nth_weekday(span, weekday, int(str(nth[0])) if nth else -1))
    if span.grain != "week" or nth:
        return None
    found = monday_of(span.start) + timedelta(days=weekday)
    return _day(found)


def _nth_weekday(span: Days, weekday: int, nth: int) -> date | None:
    assert span.start is not None
    assert span.end is not None
    if nth < 0:
        return span.end - timedelta(days=(span.end.weekday() - weekday) % 7)
    first = span.start + timedelta(days=(weekday - span.start.weekday()) % 7)
    found = first + timedelta(weeks=nth - 1)
    return found if found <= span.end else None


def _number_in(ctx: Context, items: list[Item]) -> Made:
    """The 13th of this month, 20th day of next month, the second week of November."""
    span = next(iter(values(items, "days")), None)
    if span is None and len(values(items, "unit")) == 2:
        made = _unit(ctx, [items[-1]])
        span = made[1] if isinstance(made, tuple) else None
        items = items[:-1]
    if not isinstance(span, Days) or span.start is None or span.end is None or span.grain != "month":
        return None
    said = next((int(str(item.value)) for item in items if item.kind in "NO"), None)
    unit = next(iter(values(items, "unit")), "day")
    if unit in ("week", "workweek"):
        return _week_in(span, said)
    if has(items, "weekend"):
        saturday = _nth_weekday(span, 5, said if said is not None else -1)
        return _days(saturday, saturday + timedelta(days=1), "weekend") if saturday else None
    if said is None:
        return _day(span.end)
    return _day(make_date(span.start.year, span.start.month, said))


def _week_in(span: Days, nth: int | None) -> Made:
    assert span.start is not None
    assert span.end is not None
    if nth is None:
        monday = monday_of(span.end)
        if (span.end - monday).days < 3:
            monday -= timedelta(days=7)
    else:
        monday = monday_of(span.start) + timedelta(days=7 * (span.start.weekday() > 3)) + timedelta(weeks=nth - 1)
    return _days(monday, monday + timedelta(days=6), "week")


def _edge_of(ctx: Context, items: list[Item]) -> Made:
    """Early next week, fin avril, end of the month."""
    edge = values(items, "edge")[0]
    span = next((d for d in values(items, "days") if isinstance(d, Days)), None)
    if span is None:
        made = _unit(ctx, [item for item in items if item.kind == "U"])
        span = made[1] if isinstance(made, tuple) and isinstance(made[1], Days) else None
    if span is None or span.start is None or span.end is None:
        return None
    start, end = _edges(span.start, span.end, str(edge), span.grain)
    if end < ctx.today and span.grain == "month":
        later = add_months(span.start, 1)
        start, end = _edges(later, later.replace(day=month_length(later.year, later.month)), str(edge), "month")
    return _days(start, end, span.grain)


def _edges(start: date, end: date, edge: str, grain: str) -> tuple[date, date]:
    first, last = {"week": (2, 4), "month": (9, 20), "year": (120, 240)}.get(grain, (0, 0))
    if edge == "begin":
        return start, start + timedelta(days=first)
    if edge == "mid":
        return start + timedelta(days=first + (grain == "month")), start + timedelta(days=last - (grain == "month"))
    return start + timedelta(days=last), end


def _rest_of(ctx: Context, items: list[Item]) -> Made:
    span = next((d for d in values(items, "days") if isinstance(d, Days)), None)
    if span is None:
        made = _unit(ctx, [item for item in items if item.kind == "U"])
        span = made[1] if isinstance(made, tuple) and isinstance(made[1], Days) else None
    return _days(ctx.today, span.end, span.grain) if span is not None and span.end else None


def _week_later(ctx: Context, items: list[Item]) -> Made:
    """The Tuesday after next."""
    day = values(items, "day")[0]
    weeks = values(items, "weekslater")[0]
    if not isinstance(day, Days) or day.start is None or not isinstance(weeks, int):
        return None
    return _day(day.start + timedelta(weeks=weeks))


def _week_of(ctx: Context, items: list[Item]) -> Made:
    day = values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None or any(unit != "week" for unit in values(items, "unit")):
        return None
    monday = monday_of(day.start)
    return _days(monday, monday + timedelta(days=6), "week")


def _same_day(ctx: Context, items: list[Item]) -> Made:
    """Friday, 6 July: the date counts, the weekday only checks it."""
    weekday = int(str(values(items, "weekday")[0]))
    day = values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None:
        return None
    return ("day", Days(day.start, day.start, "day", day.other, impossible=day.start.weekday() != weekday))


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
    rule("in the? num unit", _in_units),
    rule("num unit fromnow", _in_units),
    rule("in (the|this)? next num unit", _within_units),
    rule("(the|this)? next num unit", _next_units),
    rule("num next unit", _next_units),
    rule("relday", _relative),
    rule("weekday comma? (on|the)* nr (of_|the)* month (comma|of_|in)? num", _with_month),
    rule("weekday comma? (on|the)* nr (dot|dash|of_|the)* month", _with_month),
    rule("weekday comma? (on|the)* month (on|the|dash)* nr comma? num", _with_month),
    rule("weekday comma? (on|the)* month (on|the|dash|dot|slash)* nr", _with_month),
    rule("(on|the)* nr (of_|the|dash|dot|slash)* month (comma|of_|dash|in)? num", _with_month),
    rule("(on|the)* nr unit? (dot|dash|of_|the|slash)* month", _with_month),
    rule("month (on|the|dash|dot|slash)* nr (comma|of_)? num", _with_month),
    rule("month (on|the|dash|dot|slash)* nr", _with_month),
    rule("edge (of_|in|the|on|about|dash)* month", _edge_of_month),
    rule("next month", _month),
    rule("month next", _month),
    rule("month (of_|comma|dash|in)? num", _month),
    rule("in month", _month),
    rule("of_ (the|on)? month", _of_month),
    rule("(this|the)* next unit", _unit),
    rule("(this|the|on)* unit (of_|the)* next", _unit),
    rule("this unit", _unit),
    rule("unit weekslater", _unit_after_next),
    rule("this? month", _month),
    rule("days (of_|the)* days", _month_of_year),
    rule("(on|the)? ord weekday (of_|in)? (the|on)* days", _weekday_in),
    rule("(on|the)? last weekday (of_|in)? (the|on)* days", _weekday_in),
    rule("(on|the)? weekday last (of_|in)? (the|on)* days", _weekday_in),
    rule("(on|the)? (ord|last) (unit|weekend) (of_|in|the|on)* (days|unit)", _number_in),
    rule("(on|the)* nr unit? (of_|in|the|on)* days", _number_in),
    rule("weekend weekslater", _weekend_after_next),
    rule("(this|the|on)* next weekend", _weekend),
    rule("(this|on|the)* weekend next", _weekend),
    rule("(this|the|on)* weekend", _weekend),
    rule("weekday (of_|on|in|the|comma)* days", _weekday_in),
    rule("days (of_|on|comma)* weekday", _weekday_in),
    rule("(on|the)* weekday weekslater", _weekday),
    rule("(on|the)* weekday (of_)* next", _weekday),
    rule("(on|the|this)* next weekday", _weekday),
    rule("this weekday", _weekday),
)

WEEKDAYS = (
    rule("weekday comma? num dash num", _weekday_hours),
    rule("weekday comma? (on|the)* nr", _weekday_number),
    rule("weekday comma? (on|the)* day", _same_day),
    rule("day comma? on? weekday", _same_day),
    rule("weekday", _weekday),
    rule("day weekslater", _week_later),
    rule("(on|the) ord", _number),
    rule("on the? num", _number),
    rule("ord", _number),
)

WIDER = (
    rule("num unit (after|from|on) (on|the)* day", _units_after),
    rule("edge (of_|in|the|on|about|dash)* days", _edge_of),
    rule("days edge", _edge_of),
    rule("fromnow days", _later_in),
    rule("edge (of_|in|the|on|this)* unit", _edge_of),
    rule("the? rest (of_|the|on)* (days|unit)", _rest_of),
    rule("the? weekof (of_|the|on)* day", _week_of),
    rule("(the|on)* unit of_ (the|on)* day", _week_of),
)
