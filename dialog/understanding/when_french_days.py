"""Rules for days as French puts them: "la semaine prochaine, mais pas avant jeudi", "dans les trois jours"."""

from __future__ import annotations

from datetime import timedelta

from dialog.understanding.when_calendar import day_number, days_later, made_day, made_days, on_next
from dialog.understanding.when_edges import later_in
from dialog.understanding.when_grammar import Item, Made, has, kept, rule, values
from dialog.understanding.when_months import whole_month
from dialog.understanding.when_values import Context, Days, make_date, monday_of
from dialog.understanding.when_weeks import next_units, unit_around
from dialog.understanding.when_within import weekday_in

_FRIDAY = 4
_IN = frozenset({"en", "dans"})


def _month_named(ctx: Context, items: list[Item]) -> Made:
    """Au mois de mai: the month stands for itself, whatever else its name may mean."""
    return ("month", items[-1].value) if items[0].value == "month" and items[0].text == "mois" else None


def _month_next_year(ctx: Context, items: list[Item]) -> Made:
    """Mars de l'an prochain."""
    is_year = "year" in values(items, "unit")
    return whole_month(ctx, int(str(items[0].value)), ctx.today.year + 1) if is_year else None


def _coming_units(ctx: Context, items: list[Item]) -> Made:
    """Les deux semaines à venir."""
    is_plural = next(item for item in items if item.kind == "U").text.endswith("s")
    return next_units(ctx, items) if is_plural and "coming" in values(items, "this") else None


def _weekday_in_units(ctx: Context, items: list[Item]) -> Made:
    """Dans deux semaines, le jeudi."""
    count, unit = values(items, "num")[0], values(items, "unit")[0]
    weeks = {8: 7, 15: 14}.get(int(str(count)), count) if unit == "day" else count
    is_weeks = unit == "week" or (unit == "day" and isinstance(weeks, int) and weeks in (7, 14))
    found = days_later(ctx.today, weeks, unit) if is_weeks else None
    weekday = int(str(values(items, "weekday")[0]))
    return made_day(monday_of(found) + timedelta(days=weekday)) if found else None


def _in_the_units(ctx: Context, items: list[Item]) -> Made:
    """Dans les trois jours: any until then."""
    if items[0].text not in _IN:
        return None
    found = days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return made_days(ctx.today, found, "day") if found else None


def _days_before_month(ctx: Context, items: list[Item]) -> Made:
    """Le 10-15 décembre, 26/27 décembre."""
    first, second = (item.value for item in items if item.kind == "N")
    if has(items, "slash") and (not isinstance(first, int) or second != first + 1):
        return None
    start = on_next(ctx, int(str(items[-1].value)), int(str(first)))
    end = make_date(start.year, start.month, int(str(second))) if start else None
    return ("days", Days(start, end)) if start and end and start < end else None


def _weekday_of(ctx: Context, items: list[Item]) -> Made:
    """La semaine prochaine, mais pas avant mercredi."""
    made = weekday_in(ctx, [items[0], items[-1]])
    if not isinstance(made, tuple):
        return None
    return [*kept([item for item in items[1:-1] if item.kind in "><~s"]), made]


def _bare_number(ctx: Context, items: list[Item]) -> Made:
    """Je reviendrai en 15: a day, where no word follows that it could count."""
    if items[0].text not in ("en", "sur") or not items[1].text.isdigit() or len(items[1].text) > 2:
        return None
    if items[-1].kind == "x":
        return [("other", item.text) for item in items]
    return made_day(day_number(ctx, int(items[1].text)))


def _share(ctx: Context, items: list[Item]) -> Made:
    """Trois sur cinq."""
    return [("other", item.text) for item in items] if items[1].text == "sur" else None


def _fortnight_number(ctx: Context, items: list[Item]) -> Made:
    """The `en 15` of no weekday and no week."""
    number = {1: 8, 2: 15}.get(int(str(items[0].value)))
    return made_day(day_number(ctx, number)) if items[0].text == "en" and number else None


def _weekday_of_that_week(ctx: Context, items: list[Item]) -> Made:
    """El lunes de la semana del 6 de julio."""
    return _weekday_of_week(ctx, [items[-1], items[0]])


def _weekday_of_week(ctx: Context, items: list[Item]) -> Made:
    """La semaine du 14, plutôt le jeudi: the day was read as the next to come, and is that of the week."""
    week, day = (item.value for item in items if item.kind in "SD")
    if not isinstance(week, Days) or not isinstance(day, Days) or week.grain not in ("week", "weekend"):
        return None
    if week.start is None or week.end is None or day.start is None or not day.start <= ctx.today + timedelta(days=7):
        return None
    inside = week.start <= day.start <= week.end
    if week.grain == "weekend" and day.start.weekday() < _FRIDAY:
        return None
    return made_day(day.start if inside else monday_of(week.start) + timedelta(days=day.start.weekday()))


def _days_after_tomorrow(ctx: Context, items: list[Item]) -> Made:
    """Deux jours après demain."""
    if items[-1].text != "apres":
        return None
    return made_day(days_later(ctx.today + timedelta(days=1), values(items, "num")[0], values(items, "unit")[0]))


def _later_in_unit(ctx: Context, items: list[Item]) -> Made:
    """Plus tard dans la semaine."""
    made = unit_around(ctx, items[-1:])
    return later_in(ctx, [Item("S", made[1], 0, 0)]) if isinstance(made, tuple) else None


def _weekdays_from_to(ctx: Context, items: list[Item]) -> Made:
    """La semaine prochaine, entre mardi et jeudi."""
    if has(items, "and") != has(items, "between"):
        return None
    made = [weekday_in(ctx, [items[0], item]) for item in items if item.kind == "W"]
    days = [day[1].start for day in made if isinstance(day, tuple) and isinstance(day[1], Days)]
    if len(days) != 2 or days[0] is None or days[1] is None or days[0] >= days[1]:
        return None
    return ("days", Days(days[0], days[1]))


def _weekday_and_number(ctx: Context, items: list[Item]) -> Made:
    """La semaine prochaine, mardi 15."""
    made = weekday_in(ctx, [item for item in items if item.kind in "SW"])
    day = made[1] if isinstance(made, tuple) else None
    is_same = isinstance(day, Days) and day.start is not None and day.start.day == items[-1].value
    return made if is_same else None


WORDS = (
    rule("unit of_+ month", _month_named),
    rule("month (of_|the)* unit next", _month_next_year),
    rule("in? (the|on)* num unit this", _coming_units),
    rule("in num unit (comma|on|the|about)* weekday", _weekday_in_units),
    rule("in the num unit", _in_the_units),
    rule("on num dash num month", _days_before_month),
    rule("num slash num of_* month", _days_before_month),
    rule("num unit relday", _days_after_tomorrow),
)

WEEKS = (
    rule("days comma? (from|between)? (on|the)* weekday (to|and) (on|the)* weekday", _weekdays_from_to),
    rule("days comma? (on|the)* weekday (on|the)* (num|ord)", _weekday_and_number),
)

WITHIN = (
    rule("days comma? (after|before|since|until) (the|on)* weekday", _weekday_of),
    rule("fromnow (the|on|this)* unit", _later_in_unit),
)

BESIDE_WEEK = (
    rule("days comma? (about|on|the)* day", _weekday_of_week),
    rule("day of_ (on|the)* days", _weekday_of_that_week),
)

NUMBERS = (
    rule("num of_ num", _share),
    rule("of_ num other", _bare_number),
    rule("of_ num", _bare_number),
    rule("weekslater", _fortnight_number),
)
