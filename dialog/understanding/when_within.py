"""Rules for a day or a week told by its place in a longer time: the third Monday of March, the 13th of next month."""

from __future__ import annotations

from datetime import timedelta

from dialog.understanding.when_calendar import made_day, made_days, nth_weekday
from dialog.understanding.when_grammar import Item, Made, has, values
from dialog.understanding.when_values import Context, Days, make_date, monday_of
from dialog.understanding.when_weeks import unit_around


def weekday_in(ctx: Context, items: list[Item]) -> Made:
    """Friday of next week, mardi la semaine prochaine; the third Monday of March."""
    weekday = int(str(values(items, "weekday")[0]))
    span = values(items, "days")[0]
    if not isinstance(span, Days) or span.start is None or span.end is None:
        return None
    nth = values(items, "ord")
    if span.grain == "month" and (nth or has(items, "last")):
        return made_day(nth_weekday(span, weekday, int(str(nth[0])) if nth else -1))
    if span.grain != "week" or nth:
        return None
    found = monday_of(span.start) + timedelta(days=weekday)
    return made_day(found)


def weekday_of_unit(ctx: Context, items: list[Item]) -> Made:
    """The last Friday of the month."""
    made = unit_around(ctx, [items[-1]])
    return weekday_in(ctx, [*items[:-1], Item("S", made[1], 0, 0)]) if isinstance(made, tuple) else None


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
        saturday = nth_weekday(span, 5, said if said is not None else -1)
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
