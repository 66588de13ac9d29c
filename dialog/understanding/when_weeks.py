"""Rules for weeks, months and other spans of days."""

from __future__ import annotations

from datetime import date, timedelta

from dialog.understanding.when_grammar import Item, Made, has, rule, values
from dialog.understanding.when_values import Context, Days, add_months, make_date, monday_of, month_length, one_day

_HORIZON_DAYS = 400


def made_day(day: date | None) -> Made:
    return ("day", one_day(day)) if day is not None else None


def made_days(start: date, end: date, grain: str) -> Made:
    return ("days", Days(start, end, grain))


def year_of(number: object, text: str) -> int | None:
    if not isinstance(number, int):
        return None
    if len(text) == 2 and text.isdigit():
        return 2000 + number
    return number if 1900 <= number <= 2200 else None


def whole_month(ctx: Context, month: int, year: int | None = None) -> Made:
    if year is None:
        year = ctx.today.year + (month < ctx.today.month)
    if not 1900 <= year <= 2200:
        return None
    return made_days(date(year, month, 1), date(year, month, month_length(year, month)), "month")


def month(ctx: Context, items: list[Item]) -> Made:
    month = int(str(values(items, "month")[0]))
    year = next((year_of(item.value, item.text) for item in items if item.kind == "N"), None)
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
    return whole_month(ctx, month, year)


def of_month(ctx: Context, items: list[Item]) -> Made:
    """The `of March` in "the last Monday of March": the month stands for itself, whatever else its name may mean."""
    made = month(ctx, [item for item in items if item.kind == "M"] * 2)
    return [("of", "of"), made] if isinstance(made, tuple) else None


def month_of_year(ctx: Context, items: list[Item]) -> Made:
    """June next year."""
    first, year = (d for d in values(items, "days"))
    if not isinstance(first, Days) or not isinstance(year, Days) or first.start is None or year.start is None:
        return None
    return (
        whole_month(ctx, first.start.month, year.start.year) if (first.grain, year.grain) == ("month", "year") else None
    )


def edge_of_month(ctx: Context, items: list[Item]) -> Made:
    made = month(ctx, [item for item in items if item.kind == "M"] * 2)
    if not isinstance(made, tuple):
        return None
    days = [Item("S", made[1], 0, 0), *(item for item in items if item.kind == "B")]
    return edge_of(ctx, days)


def unit_after_next(ctx: Context, items: list[Item]) -> Made:
    """The week after next."""
    made = unit_around(ctx, [item for item in items if item.kind == "U"])
    if not isinstance(made, tuple) or not isinstance(made[1], Days) or made[1].grain != "week":
        return None
    return _shifted(made[1], 14)


def weekend_after_next(ctx: Context, items: list[Item]) -> Made:
    saturday = monday_of(ctx.today) + timedelta(days=5 + 14)
    return made_days(saturday, saturday + timedelta(days=1), "weekend")


def _shifted(days: Days, by: int) -> Made:
    assert days.start is not None
    assert days.end is not None
    return made_days(days.start + timedelta(days=by), days.end + timedelta(days=by), days.grain)


def within_units(ctx: Context, items: list[Item]) -> Made:
    """Within the next two weeks; `in` them is from tomorrow on."""
    if items[0].text == "in":
        return None
    end = days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return made_days(ctx.today, end, "day") if end else None


def later_in(ctx: Context, items: list[Item]) -> Made:
    """Later this week."""
    days = values(items, "days")[0]
    if not isinstance(days, Days) or days.start is None or days.end is None or days.grain not in ("week", "month"):
        return None
    start = days.start + timedelta(days=3 if days.grain == "week" else 15)
    return made_days(max(ctx.today, start), days.end, days.grain)


def unit_around(ctx: Context, items: list[Item]) -> Made:
    """This week, la semaine prochaine, next month."""
    unit = values(items, "unit")[0]
    is_next = has(items, "next") or "coming" in values(items, "this")
    monday = monday_of(ctx.today) + timedelta(days=7 * is_next)
    if unit in ("week", "workweek"):
        return made_days(monday, monday + timedelta(days=6 if unit == "week" else 4), "week")
    if unit == "fortnight":
        monday = monday_of(ctx.today) + timedelta(days=14 * is_next)
        return made_days(monday, monday + timedelta(days=13), "week")
    if unit == "month":
        first = add_months(ctx.today.replace(day=1), int(is_next))
        return made_days(first, first.replace(day=month_length(first.year, first.month)), "month")
    if unit == "year":
        year = ctx.today.year + is_next
        return made_days(date(year, 1, 1), date(year, 12, 31), "year")
    if unit == "day":
        return made_day(ctx.today + timedelta(days=int(is_next)))
    return None


def weekend(ctx: Context, items: list[Item]) -> Made:
    saturday = monday_of(ctx.today) + timedelta(days=5)
    if len(items) == 1 and items[0].is_weak and ctx.expects != "date":
        return None
    if has(items, "next"):
        saturday += timedelta(days=7)
    start = max(saturday, ctx.today)
    return made_days(start, saturday + timedelta(days=1), "weekend")


def in_units(ctx: Context, items: list[Item]) -> Made:
    """In two weeks, dans 3 jours, a month from now: one day."""
    return made_day(days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0]))


def days_later(day: date, count: object, unit: object) -> date | None:
    if not isinstance(count, int) or count > _HORIZON_DAYS:
        return None
    if unit in ("month", "year"):
        return add_months(day, count * (12 if unit == "year" else 1))
    return day + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}.get(str(unit), 7))


def units_after(ctx: Context, items: list[Item]) -> Made:
    """Two weeks from Friday, 3 days after the 5th, fortnight from Monday."""
    day = values(items, "day")[0]
    count = next(iter(values(items, "num")), 1)
    if not isinstance(day, Days) or day.start is None:
        return None
    return made_day(days_later(day.start, count, values(items, "unit")[0]))


def fortnight_after(ctx: Context, items: list[Item]) -> Made:
    return units_after(ctx, items) if values(items, "unit")[0] == "fortnight" else None


def next_units(ctx: Context, items: list[Item]) -> Made:
    """The next three days."""
    end = days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return made_days(ctx.today + timedelta(days=1), end, "day") if end else None


def weekday_in(ctx: Context, items: list[Item]) -> Made:
    """Friday of next week, mardi la semaine prochaine; the third Monday of March."""
    weekday = int(str(values(items, "weekday")[0]))
    span = values(items, "days")[0]
    if not isinstance(span, Days) or span.start is None or span.end is None:
        return None
    nth = values(items, "ord")
    if span.grain == "month" and (nth or has(items, "last")):
        return made_day(_nth_weekday(span, weekday, int(str(nth[0])) if nth else -1))
    if span.grain != "week" or nth:
        return None
    found = monday_of(span.start) + timedelta(days=weekday)
    return made_day(found)


def weekday_of_unit(ctx: Context, items: list[Item]) -> Made:
    """The last Friday of the month."""
    made = unit_around(ctx, [items[-1]])
    return weekday_in(ctx, [*items[:-1], Item("S", made[1], 0, 0)]) if isinstance(made, tuple) else None


def _nth_weekday(span: Days, weekday: int, nth: int) -> date | None:
    assert span.start is not None
    assert span.end is not None
    if nth < 0:
        return span.end - timedelta(days=(span.end.weekday() - weekday) % 7)
    first = span.start + timedelta(days=(weekday - span.start.weekday()) % 7)
    found = first + timedelta(weeks=nth - 1)
    return found if found <= span.end else None


def number_in(ctx: Context, items: list[Item]) -> Made:
    """The 13th of this month, 20th day of next month, the second week of November."""
    span = next(iter(values(items, "days")), None)
    if span is None and len(values(items, "unit")) == 2:
        made = unit_around(ctx, [items[-1]])
        span = made[1] if isinstance(made, tuple) else None
        items = items[:-1]
    if not isinstance(span, Days) or span.start is None or span.end is None or span.grain != "month":
        return None
    said = next((int(str(item.value)) for item in items if item.kind in "NO"), None)
    unit = next(iter(values(items, "unit")), "day")
    if unit in ("week", "workweek"):
        return _week_in(span, said)
    if unit == "fortnight":
        middle = span.start.replace(day=15)
        return (
            made_days(span.start, middle, "day")
            if said == 1
            else made_days(middle + timedelta(days=1), span.end, "day")
        )
    if has(items, "weekend"):
        saturday = _nth_weekday(span, 5, said if said is not None else -1)
        return made_days(saturday, saturday + timedelta(days=1), "weekend") if saturday else None
    if said is None:
        return made_day(span.end)
    return made_day(make_date(span.start.year, span.start.month, said))


def numbers_in(ctx: Context, items: list[Item]) -> Made:
    """4 to 23 next month."""
    span = values(items, "days")[0]
    first, last = (int(str(item.value)) for item in items if item.kind in "NO")
    if not isinstance(span, Days) or span.start is None or span.grain != "month":
        return None
    start, end = (make_date(span.start.year, span.start.month, day) for day in (first, last))
    return made_days(start, end, "day") if start and end and start < end else None


def _week_in(span: Days, nth: int | None) -> Made:
    assert span.start is not None
    assert span.end is not None
    if nth is None:
        monday = monday_of(span.end)
        if (span.end - monday).days < 3:
            monday -= timedelta(days=7)
    else:
        monday = monday_of(span.start) + timedelta(days=7 * (span.start.weekday() > 3)) + timedelta(weeks=nth - 1)
    return made_days(monday, monday + timedelta(days=6), "week")


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
    if end < ctx.today and span.grain == "month":
        later = add_months(span.start, 1)
        start, end = _edges(later, later.replace(day=month_length(later.year, later.month)), str(edge), "month")
    return made_days(start, end, span.grain)


def _edges(start: date, end: date, edge: str, grain: str) -> tuple[date, date]:
    first, last = {"week": (2, 4), "month": (9, 20), "year": (120, 240)}.get(grain, (0, 0))
    if edge == "begin":
        return start, start + timedelta(days=first)
    if edge == "mid":
        return start + timedelta(days=first + (grain == "month")), start + timedelta(days=last - (grain == "month"))
    return start + timedelta(days=last), end


def rest_of(ctx: Context, items: list[Item]) -> Made:
    span = next((d for d in values(items, "days") if isinstance(d, Days)), None)
    if span is None:
        made = unit_around(ctx, [item for item in items if item.kind == "U"])
        span = made[1] if isinstance(made, tuple) and isinstance(made[1], Days) else None
    return made_days(ctx.today, span.end, span.grain) if span is not None and span.end else None


def week_of(ctx: Context, items: list[Item]) -> Made:
    day = values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None or any(unit != "week" for unit in values(items, "unit")):
        return None
    monday = monday_of(day.start)
    return made_days(monday, monday + timedelta(days=6), "week")


def week_later(ctx: Context, items: list[Item]) -> Made:
    """The Tuesday after next."""
    day = values(items, "day")[0]
    weeks = values(items, "weekslater")[0]
    if not isinstance(day, Days) or day.start is None or not isinstance(weeks, int):
        return None
    return made_day(day.start + timedelta(weeks=weeks))


def week_on(ctx: Context, items: list[Item]) -> Made:
    """A week today, two weeks Friday."""
    return units_after(ctx, items) if values(items, "unit")[0] in ("week", "fortnight") else None


WIDER = (
    rule("num unit (after|from|on) (on|the)* day", units_after),
    rule("num unit day", week_on),
    rule("unit (after|from|on) (on|the)* day", fortnight_after),
    rule("edge (of_|in|the|on|about|dash)* days", edge_of),
    rule("days edge", edge_of),
    rule("fromnow days", later_in),
    rule("edge (of_|in|the|on|this)* unit", edge_of),
    rule("the? rest (of_|the|on)* (days|unit)", rest_of),
    rule("the? weekof (of_|the|on)* day", week_of),
    rule("(the|on)* unit of_ (the|on)* day", week_of),
)
