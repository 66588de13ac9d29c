"""The calendar seen from today: the next 5 July, the next Friday, two weeks on."""

from __future__ import annotations

from datetime import date, timedelta

from dialog.understanding.when_grammar import Made
from dialog.understanding.when_values import Context, Days, add_months, make_date, one_day

_HORIZON_DAYS = 400


def made_day(day: date | None) -> Made:
    return ("day", one_day(day)) if day is not None else None


def made_days(start: date, end: date, grain: str) -> Made:
    return ("days", Days(start, end, grain))


def on_next(ctx: Context, month: int, day: int) -> date | None:
    """This day of the month the next time that it comes, today included."""
    for year in range(ctx.today.year, ctx.today.year + 5):
        found = make_date(year, month, day)
        if found is not None and found >= ctx.today:
            return found
    return None


def on_next_feast(ctx: Context, feast: str, days: int) -> date:
    """So many days from a feast that moves, the next time that they come."""
    of = _easter if feast == "easter" else _thanksgiving
    found = of(ctx.today.year) + timedelta(days=days)
    return found if found >= ctx.today else of(ctx.today.year + 1) + timedelta(days=days)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the method of Meeus."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _thanksgiving(year: int) -> date:
    """The fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


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


def days_later(day: date, count: object, unit: object) -> date | None:
    if not isinstance(count, int) or count > _HORIZON_DAYS:
        return None
    if unit in ("month", "year"):
        return add_months(day, count * (12 if unit == "year" else 1))
    return day + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}.get(str(unit), 7))


def nth_weekday(span: Days, weekday: int, nth: int) -> date | None:
    assert span.start is not None
    assert span.end is not None
    if nth < 0:
        return span.end - timedelta(days=(span.end.weekday() - weekday) % 7, weeks=-nth - 1)
    first = span.start + timedelta(days=(weekday - span.start.weekday()) % 7)
    found = first + timedelta(weeks=nth - 1)
    return found if found <= span.end else None
