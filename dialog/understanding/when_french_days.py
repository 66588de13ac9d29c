"""Rules for days as French puts them: "la semaine prochaine, mais pas avant jeudi", "dans les trois jours"."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dialog.understanding.when_calendar import day_number, days_later, made_day, made_days, on_next
from dialog.understanding.when_clocks import bare_clock
from dialog.understanding.when_edges import later_in
from dialog.understanding.when_grammar import KINDS, Item, Made, has, kept, rule, values
from dialog.understanding.when_hours import moved, ordered
from dialog.understanding.when_values import Clock, Context, Days, Moment, Moments, likely, make_date, monday_of
from dialog.understanding.when_weeks import next_units, unit_around
from dialog.understanding.when_within import weekday_in

_HOURS_AT_MOST = 168
_IN = frozenset({"en", "dans"})


def _month_named(ctx: Context, items: list[Item]) -> Made:
    """Au mois de mai: the month stands for itself, whatever else its name may mean."""
    return ("month", items[-1].value) if items[0].value == "month" and items[0].text == "mois" else None


def _coming_units(ctx: Context, items: list[Item]) -> Made:
    """Les deux semaines à venir."""
    is_plural = next(item for item in items if item.kind == "U").text.endswith("s")
    return next_units(ctx, items) if is_plural and "coming" in values(items, "this") else None


def _weekday_in_units(ctx: Context, items: list[Item]) -> Made:
    """Dans deux semaines, le jeudi."""
    count, unit = values(items, "num")[0], values(items, "unit")[0]
    found = days_later(ctx.today, count, unit) if unit == "week" else None
    weekday = int(str(values(items, "weekday")[0]))
    return made_day(monday_of(found) + timedelta(days=weekday)) if found else None


def _in_the_units(ctx: Context, items: list[Item]) -> Made:
    """Dans les trois jours: any until then."""
    if items[0].text not in _IN:
        return None
    found = days_later(ctx.today, values(items, "num")[0], values(items, "unit")[0])
    return made_days(ctx.today, found, "day") if found else None


def _in_the_hours(ctx: Context, items: list[Item]) -> Made:
    """Dans les 48 heures."""
    count = values(items, "num")[0]
    if items[0].text not in _IN or not isinstance(count, int) or count > _HOURS_AT_MOST:
        return None
    return ("moments", Moments(ctx.now, ctx.now + timedelta(hours=count)))


def _dashed_before_month(ctx: Context, items: list[Item]) -> Made:
    """Le 10-15 décembre."""
    first, second = (item.value for item in items if item.kind == "N")
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


def _until_instant(ctx: Context, items: list[Item]) -> Made:
    """Avant vendredi midi, jusqu'à demain 17h."""
    day, clock = values(items, "day")[0], bare_clock(items[-1])
    if not isinstance(day, Days) or day.start is None or clock is None:
        return None
    return ("moments", Moments(None, _instant(ctx, day.start, likely(clock, ctx))))


def _after_instant(ctx: Context, items: list[Item]) -> Made:
    """Après vendredi 17h, pas avant lundi 9h."""
    day, clock = values(items, "day")[0], bare_clock(items[-1])
    if not isinstance(day, Days) or day.start is None or clock is None:
        return None
    return ("moments", Moments(_instant(ctx, day.start, likely(clock, ctx)), None))


def _instant(ctx: Context, day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60 % 24, minute % 60))


def _day_then_hours(ctx: Context, items: list[Item]) -> Made:
    """22 avril de 16 à 17: the month has its day, what follows is hours."""
    first, second = bare_clock(items[-3]), bare_clock(items[-1])
    if first is None or second is None or (len(items[-3].text) > 2 and items[-3].kind == "N"):
        return None
    return [*kept(items[:2]), ("hours", ordered(ctx, first, second))]


def _weekday_hours(ctx: Context, items: list[Item]) -> Made:
    """Mardi 17 à 18, where the 17th is no Tuesday."""
    weekday, first, second = items[0], bare_clock(items[1]), bare_clock(items[-1])
    day = day_number(ctx, int(str(items[1].value)))
    if first is None or second is None or len(items[1].text) > 2:
        return None
    is_one = items[2].kind == KINDS["dash"] and items[2].glued
    if day is not None and day.weekday() == weekday.value and not is_one:
        return None
    return [*kept(items[:1]), ("hours", ordered(ctx, first, second))]


def _hours_of_part(ctx: Context, items: list[Item]) -> Made:
    """2-5 après-midi."""
    first, second = bare_clock(items[0]), bare_clock(items[2])
    part = items[-1].value
    if first is None or second is None or not isinstance(part, tuple):
        return None
    return ("hours", moved(ordered(ctx, first, second), part))


def _hours_then_day(ctx: Context, items: list[Item]) -> Made:
    """De 5 au 6 demain: the day is told, so that the numbers are hours."""
    first, second = (bare_clock(item) for item in items if item.kind == "N")
    if first is None or second is None:
        return None
    return [("hours", ordered(ctx, first, second)), *kept(items[-1:])]


def _hours_later(ctx: Context, items: list[Item]) -> Made:
    """Trois heures plus tard."""
    count = values(items, "num")[0]
    if not items[1].text.startswith("heure") or not isinstance(count, int) or count > _HOURS_AT_MOST:
        return None
    at = ctx.now + timedelta(hours=count)
    return ("moment", Moment(at.date(), Clock(at.hour * 60 + at.minute, True)))


def _days_after_tomorrow(ctx: Context, items: list[Item]) -> Made:
    """Deux jours après demain."""
    if items[-1].text != "apres":
        return None
    return made_day(days_later(ctx.today + timedelta(days=1), values(items, "num")[0], values(items, "unit")[0]))


def _between_instants(ctx: Context, items: list[Item]) -> Made:
    """Entre mardi 8h et jeudi 17h."""
    days = [day.start for day in values(items, "day") if isinstance(day, Days)]
    clocks = [clock for clock in values(items, "clock") if isinstance(clock, Clock)]
    ends = [_instant(ctx, day, likely(clock, ctx)) for day, clock in zip(days, clocks, strict=True) if day is not None]
    return ("moments", Moments(ends[0], ends[1])) if len(ends) == 2 and ends[0] < ends[1] else None


def _later_in_unit(ctx: Context, items: list[Item]) -> Made:
    """Plus tard dans la semaine."""
    made = unit_around(ctx, items[-1:])
    return later_in(ctx, [Item("S", made[1], 0, 0)]) if isinstance(made, tuple) else None


def _hours_inside(ctx: Context, items: list[Item]) -> Made:
    """Le premier lundi de 13h à 15h du mois prochain: the hours stand between the day and its month."""
    first, second = (clock for clock in values(items, "clock") if isinstance(clock, Clock))
    last = max(i for i, item in enumerate(items) if item.kind == "C")
    place = [item for item in items[last + 1 :] if item.kind in "UMnt"]
    return [*kept(items[:2]), ("from", "of"), *kept(place), ("hours", ordered(ctx, first, second))]


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


def _noon_and_date(ctx: Context, items: list[Item]) -> Made:
    """The `midi et 15` of "entre le 12 juin midi et 15 juin 16h" is no quarter past."""
    noon = Clock(int(str(items[0].value)), True, "hour")
    return [("clock", noon), *kept(items[1:])]


WORDS = (
    rule("noon and num (month|hsign|slash)", _noon_and_date),
    rule("unit of_+ month", _month_named),
    rule("in? (the|on)* num unit this", _coming_units),
    rule("in num unit (comma|on|the|about)* weekday", _weekday_in_units),
    rule("in the num unit", _in_the_units),
    rule("in the num (hsign|tunit)", _in_the_hours),
    rule("on num dash num month", _dashed_before_month),
    rule("num hsign fromnow", _hours_later),
    rule("num unit relday", _days_after_tomorrow),
)

MONTHS = (
    rule("(num|ord) month (from|between)? (num|clock) (to|and) (num|clock)", _day_then_hours),
    rule(
        "(ord|last) weekday (from|between)? clock (to|and) clock (of_|on|the)+ this? (month|unit) next?", _hours_inside
    ),
)

WEEKS = (
    rule("days comma? (from|between)? (on|the)* weekday (to|and) (on|the)* weekday", _weekdays_from_to),
    rule("days comma? (on|the)* weekday (on|the)* (num|ord)", _weekday_and_number),
)

HOURS = (
    rule("num at_to on num day", _hours_then_day),
    rule("weekday num (at_to|dash|until) (num|clock)", _weekday_hours),
    rule("num dash num (of_|in|on|the)* part", _hours_of_part),
)

WITHIN = (
    rule("days comma? (after|before|since|until) (the|on)* weekday", _weekday_of),
    rule("fromnow (the|on|this)* unit", _later_in_unit),
)

NUMBERS = (
    rule("num of_ num", _share),
    rule("of_ num other", _bare_number),
    rule("of_ num", _bare_number),
    rule("weekslater", _fortnight_number),
)

INSTANTS = (
    rule("(before|until) (the|on)* day comma? at_* clock", _until_instant),
    rule("after (the|on)* day comma? at_* clock", _after_instant),
    rule("between (the|on)* day comma? at_* clock and (the|on)* day comma? at_* clock", _between_instants),
)
