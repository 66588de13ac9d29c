"""Rules for what is counted ahead in Spanish and Portuguese: "los próximos dos días", "dentro de dos viernes"."""

from __future__ import annotations

from datetime import timedelta

from dialog.understanding.when_calendar import days_later, made_day, made_days, next_weekday
from dialog.understanding.when_grammar import Item, Made, kept, rule, values
from dialog.understanding.when_values import Context, Moments, add_months, monday_of, month_length
from dialog.understanding.when_weeks import next_units, unit_around

_IN = frozenset({"en", "em", "dans"})
_COMING = frozenset({"que", "q"})
_MANY = 9
_WEEKS_IN_DAYS = {7: 1, 8: 1, 14: 2, 15: 2}


def _in_next_units(ctx: Context, items: list[Item]) -> Made:
    """En los próximos dos días, en los dos días siguientes: a span from tomorrow on."""
    if not _is_plural(items):
        return None
    if items[0].kind == "i" and items[0].text == "dentro":
        end = days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
        return made_days(ctx.today, end, "day") if end else None
    if items[0].kind == "i" and items[0].text not in _IN:
        return None
    is_calendar = items[-1].text in _COMING and values(items, "unit")[0] in ("week", "month")
    return _units_coming(ctx, items) if is_calendar else next_units(ctx, items)


def _units_coming(ctx: Context, items: list[Item]) -> Made:
    """Las dos semanas que vienen: whole ones, from the next on."""
    count, unit = (int(str(values(items, "num")[0])), values(items, "unit")[0])
    if not 1 < count < _MANY:
        return None
    if unit == "week":
        monday = monday_of(ctx.today) + timedelta(days=7)
        return made_days(monday, monday + timedelta(days=7 * count - 1), "day")
    first, last = (add_months(ctx.today.replace(day=1), months) for months in (1, count))
    return made_days(first, last.replace(day=month_length(last.year, last.month)), "day")


def _is_plural(items: list[Item]) -> bool:
    """Los próximos, siguientes, seguintes: of one alone it is said otherwise."""
    said = next(item for item in items if item.kind == "n").text
    counted = next(item for item in items if item.kind in "Uuh").text
    return said.endswith("s") or said == "qui" or (said in _COMING and counted.endswith("s"))


def _next_hours(ctx: Context, items: list[Item]) -> Made:
    """Las próximas dos horas."""
    count = int(str(values(items, "num")[0]))
    first = next(item for item in items if item.kind in "nN")
    if count < 2 or not _is_plural(items) or first.text in _COMING:
        return None
    span = timedelta(minutes=count * int(str(next(iter(values(items, "tunit")), 60))))
    return ("moments", Moments(ctx.now, ctx.now + span)) if span <= timedelta(days=7) else None


def _after_tomorrow(ctx: Context, items: list[Item]) -> Made:
    """Dois dias depois de amanhã: counted from tomorrow, which by itself would be the day after."""
    if items[2].text != "depois":
        return None
    return made_day(days_later(ctx.today + timedelta(days=1), items[0].value, items[1].value))


def _next_hour(ctx: Context, items: list[Item]) -> Made:
    """En la próxima hora."""
    is_hour = items[-1].text == "hora"
    return ("moments", Moments(ctx.now, ctx.now + timedelta(hours=1))) if is_hour else None


def _either_count(ctx: Context, items: list[Item]) -> Made:
    """En dos o tres días."""
    counts, unit = values(items, "num"), values(items, "unit")[0]
    start, end = (days_later(ctx.today, count, unit) for count in counts)
    return made_days(start, end, "day") if start and end and start < end else None


def _from_today(ctx: Context, items: list[Item]) -> Made:
    """De hoy en dos semanas."""
    ahead, count, unit = (items[i].value for i in (0, 2, 3))
    return made_day(days_later(ctx.today + timedelta(days=int(str(ahead))), count, unit))


def _weekday_ahead(ctx: Context, items: list[Item]) -> Made:
    """El lunes dentro de dos semanas."""
    weekday, count, unit = (item.value for item in items if item.kind in "WNU")
    if unit == "day" and count in _WEEKS_IN_DAYS:
        count, unit = _WEEKS_IN_DAYS[count], "week"
    if unit != "week" or not isinstance(count, int) or not isinstance(weekday, int):
        return None
    return made_day(monday_of(ctx.today) + timedelta(days=weekday, weeks=count))


def _weekdays_ahead(ctx: Context, items: list[Item]) -> Made:
    """Dentro de dos viernes."""
    weekday, count = (int(str(values(items, name)[0])) for name in ("weekday", "num"))
    return made_day(next_weekday(ctx, weekday) + timedelta(weeks=count - 1)) if 0 < count < 9 else None


def _weekday_next_week(ctx: Context, items: list[Item]) -> Made:
    """Quinta semana que vem is Thursday, no fifth week."""
    week = unit_around(ctx, items[1:]) if items[1].value == "week" else None
    return [*kept(items[:1]), week] if isinstance(week, tuple) else None


AHEAD = (
    rule("weekday unit next", _weekday_next_week),
    rule("in minus from num unit", next_units),
    rule("in num also num unit", _either_count),
    rule("relday in num unit", _from_today),
    rule("weekday from? in num unit", _weekday_ahead),
    rule("in num weekday", _weekdays_ahead),
    rule("num weekday since relday", _weekdays_ahead),
    rule("in? (the|at)? (next num unit|num unit next|num next unit)", _in_next_units),
    rule("in? (the|at)? next num (tunit|hsign)", _next_hours),
    rule("in? (the|at)? num (tunit|hsign) next", _next_hours),
    rule("(in|for|on) (the|at|on)? next hsign", _next_hour),
    rule("num unit relday", _after_tomorrow),
)
