"""Rules for weekdays and for day numbers: next Friday, Friday 31, the 15th."""

from __future__ import annotations

from datetime import timedelta

from dialog.understanding.when_calendar import day_number, made_day, next_weekday
from dialog.understanding.when_grammar import Item, Made, has, rule, values
from dialog.understanding.when_numeric import weekday_dotted, weekday_numeric
from dialog.understanding.when_values import Context, Days, add_months, make_date, monday_of, one_day
from dialog.understanding.when_week_days import WEEKDAY
from dialog.understanding.when_weeks import week_later

_FLOORS = 5


def weekday_said(ctx: Context, items: list[Item]) -> Made:
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
    coming = next_weekday(ctx, weekday)
    return ("day", Days(coming, coming, WEEKDAY))


def weekday_coming(ctx: Context, items: list[Item]) -> Made:
    """Lundi qui vient."""
    return weekday_said(ctx, items) if "coming" in values(items, "this") else None


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


def _same_day(ctx: Context, items: list[Item]) -> Made:
    """Friday, 6 July: the date counts, the weekday only checks it."""
    weekday = int(str(values(items, "weekday")[0]))
    day = values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None:
        return None
    if day.other is not None and day.other.start and day.start.weekday() != weekday == day.other.start.weekday():
        return ("day", day.other)
    return ("day", Days(day.start, day.start, "day", day.other, impossible=day.start.weekday() != weekday))


def _weekday_week(ctx: Context, items: list[Item]) -> Made:
    """British "Friday week": the Friday after the next to come."""
    if items[1].text not in ("week", "wk", "fortnight"):
        return None
    weeks = 2 if items[1].value == "fortnight" else 1
    return made_day(next_weekday(ctx, int(str(items[0].value))) + timedelta(weeks=weeks))


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


def after_next_weekday(ctx: Context, items: list[Item]) -> Made:
    """The `after next Friday` in "two months after next Friday"."""
    made = made_day(monday_of(ctx.today) + timedelta(days=7 + int(str(values(items, "weekday")[0]))))
    return [("after", "after"), made] if isinstance(made, tuple) else None


def weekdays_ahead(ctx: Context, items: list[Item]) -> Made:
    """Three Fridays from now."""
    count = int(str(values(items, "num")[0]))
    return made_day(next_weekday(ctx, int(str(values(items, "weekday")[0]))) + timedelta(weeks=count - 1))


def _number(ctx: Context, items: list[Item]) -> Made:
    """The 15th, le 15."""
    said = next(item for item in items if item.kind in "NO")
    if said.kind == "N" and len(said.text) > 2 and said.text.isdigit():
        return None
    is_word = said.kind == "O" and not said.text[:1].isdigit()
    if is_word and items[0].text == "on" and int(str(said.value)) > _FLOORS:
        return made_day(day_number(ctx, int(str(said.value))))
    if is_word and (said.is_weak or (int(str(said.value)) < 13 and ctx.expects != "date")):
        return None
    return made_day(day_number(ctx, int(str(said.value))))


WEEKDAYS = (
    rule("weekday unit", _weekday_week),
    rule("(on|the)* weekday comma? num dot num", weekday_numeric),
    rule("weekday comma? num dot num", weekday_dotted),
    rule("weekday comma? num dash num", _weekday_hours),
    rule("weekday comma? (on|the)* nr", _weekday_number),
    rule("weekday comma? (on|the)* day", _same_day),
    rule("day comma? on? weekday", _same_day),
    rule("weekday", weekday_said),
    rule("day weekslater", week_later),
    rule("on the? ord", _number),
    rule("(on|the) ord", _number),
    rule("on the? num", _number),
    rule("ord", _number),
)
