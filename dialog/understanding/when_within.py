"""Rules for a day or a week told by its place in a longer time: the third Monday of March, the 13th of next month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from dialog.understanding.when_calendar import day_number, made_day, made_days, nth_weekday
from dialog.understanding.when_grammar import Item, Made, has, values
from dialog.understanding.when_months import whole_month
from dialog.understanding.when_values import Context, Days, add_months, make_date, monday_of, month_length
from dialog.understanding.when_weeks import unit_around

_THURSDAY = 3


def weekday_beside(ctx: Context, items: list[Item]) -> Made:
    """The Friday before Christmas, le lundi après Pâques."""
    weekday, day = int(str(values(items, "weekday")[0])), values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None or not day.is_one_day:
        return None
    shift = (weekday - day.start.weekday()) % 7 or 7
    return made_day(day.start + timedelta(days=shift if has(items, "after") else (shift % 7 or 7) - 7 or -7))


def week_from(ctx: Context, items: list[Item]) -> Made:
    """Next week from Wednesday, la semaine prochaine à partir de mercredi: the rest of that week."""
    span, weekday = values(items, "days")[0], int(str(values(items, "weekday")[0]))
    is_from = has(items, "since") or "from" in values(items, "from")
    if not is_from or not isinstance(span, Days) or span.grain != "week" or span.start is None or span.end is None:
        return None
    first = monday_of(span.start) + timedelta(days=weekday)
    return made_days(first, span.end, "week") if ctx.today <= first < span.end else None


def weekday_in(ctx: Context, items: list[Item]) -> Made:
    """Friday of next week, mardi la semaine prochaine; the third Monday of March."""
    weekday = int(str(values(items, "weekday")[0]))
    span = values(items, "days")[0]
    if not isinstance(span, Days) or span.start is None or span.end is None:
        return None
    nth = values(items, "ord")
    if span.grain == "month" and (nth or has(items, "last")):
        return made_day(nth_weekday(span, weekday, int(str(nth[0])) if nth else -1))
    is_of_weekend = span.grain == "weekend" and weekday > _THURSDAY
    if not (span.grain == "week" or is_of_weekend) or nth:
        return None
    found = monday_of(span.start) + timedelta(days=weekday)
    return made_day(found)


def weekdays_in(ctx: Context, items: list[Item]) -> Made:
    """Monday or Tuesday of next week."""
    made = [weekday_in(ctx, [item, items[-1]]) for item in items if item.kind == "W"]
    days = [day for day in made if isinstance(day, tuple)]
    return [days[0], ("also", "or"), days[1]] if len(days) == 2 else None


def weekday_span_in(ctx: Context, items: list[Item]) -> Made:
    """La semana que viene entre jueves y sábado, de martes a jueves de la próxima semana."""
    week = next(item.value for item in items if item.kind == "S")
    first, last = (int(str(item.value)) for item in items if item.kind == "W")
    if not isinstance(week, Days) or week.grain != "week" or week.start is None or first >= last:
        return None
    monday = monday_of(week.start)
    return ("days", Days(monday + timedelta(days=first), monday + timedelta(days=last)))


def weekday_of_unit(ctx: Context, items: list[Item]) -> Made:
    """The last Friday of the month."""
    return _in_unit(ctx, items, weekday_in)


def nth_weekday_ahead(ctx: Context, items: list[Item]) -> Made:
    """The third Friday: of this month or, where that is over, of the next."""
    nth, weekday = (int(str(values(items, name)[0])) for name in ("ord", "weekday"))
    numbered = day_number(ctx, nth)
    if not 2 <= nth <= 5 or (numbered is not None and numbered.weekday() == weekday):
        return None
    for first in (ctx.today.replace(day=1), add_months(ctx.today.replace(day=1), 1)):
        last = first.replace(day=month_length(first.year, first.month))
        found = nth_weekday(Days(first, last, "month"), weekday, nth)
        if found is not None and found >= ctx.today:
            return made_day(found)
    return None


def number_in(ctx: Context, items: list[Item]) -> Made:
    """The 13th of this month, 20th day of next month, the second week of November."""
    span = next(iter(values(items, "days")), None)
    if not isinstance(span, Days) or span.start is None or span.end is None or span.grain not in ("month", "year"):
        return None
    said = next((int(str(item.value)) for item in items if item.kind in "NO"), None)
    unit = next(iter(values(items, "unit")), "day")
    if unit in ("week", "workweek"):
        return _week_in(span, said)
    if unit == "month" or span.grain == "year":
        return _month_in(ctx, span, said) if unit == "month" and span.grain == "year" else None
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


def number_in_unit(ctx: Context, items: list[Item]) -> Made:
    """The first week of the month, le 15 du mois."""
    said = next((item for item in items if item.kind == "N"), None)
    if said is not None and not said.text.isdigit():
        return None
    return _in_unit(ctx, items, number_in)


def number_in_year(ctx: Context, items: list[Item]) -> Made:
    """The last week of 2027."""
    year = items[-1].value
    if not isinstance(year, int) or not 1900 <= year <= 2200 or len(items[-1].text) != 4:
        return None
    span = Days(date(year, 1, 1), date(year, 12, 31), "year")
    return number_in(ctx, [*items[:-1], Item("S", span, 0, 0)])


def numbers_in(ctx: Context, items: list[Item]) -> Made:
    """5 to 9 next month."""
    span = values(items, "days")[0]
    first, last = (int(str(item.value)) for item in items if item.kind in "NO")
    if not isinstance(span, Days) or span.start is None or span.grain != "month":
        return None
    start, end = (make_date(span.start.year, span.start.month, day) for day in (first, last))
    return made_days(start, end, "day") if start and end and start < end else None


def half_of(ctx: Context, items: list[Item]) -> Made:
    """The second half of July, la première moitié de la semaine prochaine."""
    span = items[-1].value
    if items[-1].kind == "M":
        made = whole_month(ctx, int(str(span)))
        span = made[1] if isinstance(made, tuple) else None
    if not isinstance(span, Days) or span.start is None or span.end is None or span.grain not in ("month", "week"):
        return None
    middle = span.start + timedelta(days=14 if span.grain == "month" else 3)
    is_first = 1 in values(items, "ord")
    start, end = (span.start, middle) if is_first else (middle + timedelta(days=1), span.end)
    return made_days(start, end, "day")


def _in_unit(ctx: Context, items: list[Item], place: Callable[[Context, list[Item]], Made]) -> Made:
    """What lies behind today in the unit that runs is meant of the next one."""
    made = unit_around(ctx, [items[-1]])
    span = made[1] if isinstance(made, tuple) else None
    if not isinstance(span, Days):
        return None
    found = place(ctx, [*items[:-1], Item("S", span, 0, 0)])
    days = found[1] if isinstance(found, tuple) else None
    is_past = isinstance(days, Days) and days.end is not None and days.end < ctx.today
    if span.grain == "month" and (found is None or is_past):
        assert span.start is not None
        first = add_months(span.start, 1)
        following = Days(first, first.replace(day=month_length(first.year, first.month)), "month")
        return place(ctx, [*items[:-1], Item("S", following, 0, 0)])
    return found


def _month_in(ctx: Context, span: Days, nth: int | None) -> Made:
    assert span.start is not None
    return whole_month(ctx, nth or 12, span.start.year) if nth is None or 1 <= nth <= 12 else None


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
