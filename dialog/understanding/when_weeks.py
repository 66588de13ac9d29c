"""Rules for weeks and other units counted from today: next week, in ten days, this weekend."""

from __future__ import annotations

from datetime import date, timedelta

from dialog.understanding.text import wordset
from dialog.understanding.when_calendar import days_later, made_day, made_days
from dialog.understanding.when_grammar import Item, Made, has, values
from dialog.understanding.when_values import Context, Days, add_months, monday_of, month_length

_SOME_DAYS = 3
_NIGHTS = frozenset({"nights", "noches", "nuits", "noites"})
_WEEKS_AT_MOST = 52
_WHOLE = wordset("all whole entire toute tout entiere entier toda todo inteira inteiro entera entero")
_WHOLE_ALONE = _WHOLE - {"toda", "todo"}


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
    if unit == "day" and not (has(items, "this") and items[-1].text.endswith("s")):
        return made_day(ctx.today + timedelta(days=int(is_next)))
    return None


def unit_after_next(ctx: Context, items: list[Item]) -> Made:
    """The week after next, el mes tras el próximo mes."""
    if items[0].value == "month":
        return whole_month_after_next(ctx)
    made = unit_around(ctx, [item for item in items if item.kind == "U"])
    if not isinstance(made, tuple) or not isinstance(made[1], Days) or made[1].grain != "week":
        return None
    return _shifted(made[1], 14)


def whole_month_after_next(ctx: Context) -> Made:
    first = add_months(ctx.today.replace(day=1), 2)
    return made_days(first, first.replace(day=month_length(first.year, first.month)), "month")


def unit_coming(ctx: Context, items: list[Item]) -> Made:
    """La semaine qui vient, la semana en curso."""
    is_long = "day" not in values(items, "unit")
    is_said = {"coming", "current"} & set(values(items, "this"))
    return unit_around(ctx, items) if is_long and is_said else None


def whole_unit(ctx: Context, items: list[Item]) -> Made:
    """All week, toute la semaine."""
    said = next(item for item in items if item.kind == "w").text
    unit = next(item for item in items if item.kind == "U")
    is_whole = said in _WHOLE and (len(items) > 2 or said in _WHOLE_ALONE)
    return unit_around(ctx, [unit]) if is_whole and unit.value in ("week", "month") else None


def units_before(ctx: Context, items: list[Item]) -> Made:
    """Three days before Christmas."""
    day = values(items, "day")[0]
    count, unit = values(items, "num")[0], values(items, "unit")[0]
    is_before = next(item for item in items if item.kind == "<").text != "by"
    if not is_before or not isinstance(day, Days) or day.start is None or not isinstance(count, int):
        return None
    return made_day(days_later(day.start, -count, unit))


def coming_days(ctx: Context, items: list[Item]) -> Made:
    """Ces prochains jours, in the coming days: some, from tomorrow on."""
    unit = next(item for item in items if item.kind == "U")
    is_ahead = has(items, "next") or "coming" in values(items, "this")
    if not is_ahead or unit.value != "day" or unit.text not in ("days", "jours", "dias"):
        return None
    return made_days(ctx.today + timedelta(days=1), ctx.today + timedelta(days=_SOME_DAYS), "day")


def week_number(ctx: Context, items: list[Item]) -> Made:
    """Week 28, semaine 28: of the calendar."""
    unit, number = (item for item in items if item.kind in "UN")
    week = number.value
    if unit.value != "week" or unit.text[-1:] == "s" or not number.text.isdigit() or not isinstance(week, int):
        return None
    if not 1 <= week <= _WEEKS_AT_MOST:
        return None
    monday = date.fromisocalendar(ctx.today.year, week, 1)
    if monday + timedelta(days=6) < ctx.today:
        monday = date.fromisocalendar(ctx.today.year + 1, week, 1)
    return made_days(monday, monday + timedelta(days=6), "week")


def for_the_unit(ctx: Context, items: list[Item]) -> Made:
    """Away for the month, pour la semaine."""
    is_length = items[0].text in ("for", "pour", "pendant", "durant")
    return unit_around(ctx, [items[-1]]) if is_length and items[-1].value in ("week", "month") else None


def weekend_of(ctx: Context, items: list[Item]) -> Made:
    """Le week-end du 20."""
    days, day = (item.value for item in items if item.kind in "DS")
    if not isinstance(days, Days) or days.grain != "weekend" or not isinstance(day, Days) or day.start is None:
        return None
    saturday = monday_of(day.start) + timedelta(days=5)
    return made_days(saturday, saturday + timedelta(days=1), "weekend")


def weekend(ctx: Context, items: list[Item]) -> Made:
    saturday = monday_of(ctx.today) + timedelta(days=5)
    if len(items) == 1 and items[0].is_weak and ctx.expects != "date":
        return None
    if has(items, "next"):
        saturday += timedelta(days=7)
    start = max(saturday, ctx.today)
    return made_days(start, saturday + timedelta(days=1), "weekend")


def weekend_after_next(ctx: Context, items: list[Item]) -> Made:
    saturday = monday_of(ctx.today) + timedelta(days=5 + 14)
    return made_days(saturday, saturday + timedelta(days=1), "weekend")


def weekends_ahead(ctx: Context, items: list[Item]) -> Made:
    """Dans deux week-ends."""
    count = values(items, "num")[0]
    if not isinstance(count, int) or not 1 <= count <= _WEEKS_AT_MOST:
        return None
    saturday = monday_of(ctx.today) + timedelta(days=5, weeks=count - 1)
    return made_days(saturday, saturday + timedelta(days=1), "weekend")


def _shifted(days: Days, by: int) -> Made:
    assert days.start is not None
    assert days.end is not None
    return made_days(days.start + timedelta(days=by), days.end + timedelta(days=by), days.grain)


def in_units(ctx: Context, items: list[Item]) -> Made:
    """In two weeks, dans 3 jours, a month from now: one day; within two weeks, sous 3 jours: any until then."""
    found = days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return (
        made_days(ctx.today, found, "day") if found is not None and "within" in values(items, "in") else made_day(found)
    )


def units_after(ctx: Context, items: list[Item]) -> Made:
    """Two weeks from Friday, 3 days after the 5th, fortnight from Monday."""
    day = values(items, "day")[0]
    count = next(iter(values(items, "num")), 1)
    if not isinstance(day, Days) or day.start is None:
        return None
    found = days_later(day.start, count, values(items, "unit")[0])
    is_stay = found is not None and any(item.text in _NIGHTS for item in items)
    return made_days(day.start, found, "day") if is_stay and found else made_day(found)


def fortnight_after(ctx: Context, items: list[Item]) -> Made:
    return units_after(ctx, items) if values(items, "unit")[0] == "fortnight" else None


def next_units(ctx: Context, items: list[Item]) -> Made:
    """The next three days."""
    end = days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return made_days(ctx.today + timedelta(days=1), end, "day") if end else None


def coming_units(ctx: Context, items: list[Item]) -> Made:
    """The coming two weeks."""
    return next_units(ctx, items) if "coming" in values(items, "this") else None


def next_units_counted(ctx: Context, items: list[Item]) -> Made:
    """3 prochains jours; but 12 next month is a day."""
    is_plural = items[1].text.endswith("s") or items[2].text in ("days", "weeks", "months")
    return next_units(ctx, items) if is_plural else None


def within_units(ctx: Context, items: list[Item]) -> Made:
    """Within the next two weeks; `in` them is from tomorrow on."""
    if items[0].text == "in":
        return None
    end = days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return made_days(ctx.today, end, "day") if end else None


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
