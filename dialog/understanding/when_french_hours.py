"""Rules for hours as French puts them: "12h30/13h", "mardi 14-16h", "le premier lundi de 13h à 15h du mois"."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dialog.understanding.when_calendar import day_number
from dialog.understanding.when_clocks import NOON_HOUR, bare_clock
from dialog.understanding.when_grammar import KINDS, Item, Made, kept, rule, values
from dialog.understanding.when_hours import moved, ordered
from dialog.understanding.when_values import MORNING, Clock, Context, Days, Hours, Moment, Moments, likely

_HOURS_AT_MOST = 168
_LONGEST_HOURS = 6
_WEEK = 7
_IN = frozenset({"en", "dans"})


def _noon_and_date(ctx: Context, items: list[Item]) -> Made:
    """The `midi et 15` of "entre le 12 juin midi et 15 juin 16h" is no quarter past."""
    noon = Clock(int(str(items[0].value)), True, "hour")
    return [("clock", noon), *kept(items[1:])]


def _minutes_after_noon(ctx: Context, items: list[Item]) -> Made:
    """Cinq minutes après midi: no afternoon."""
    minute = items[0].value
    is_after = items[-1].text == "apres" and isinstance(items[-1].value, tuple) and items[-1].value[1] == NOON_HOUR
    if not is_after or items[1].value != 1 or not isinstance(minute, int) or not 0 < minute < 60:
        return None
    return ("clock", Clock(NOON_HOUR + minute, True))


def _clock_or_clock(ctx: Context, items: list[Item]) -> Made:
    """12h30/13h."""
    at = next(i for i, item in enumerate(items) if item.kind == KINDS["slash"])
    ends = [_written([item.value for item in part if item.kind == "N"]) for part in (items[:at], items[at:])]
    return [("clock", ends[0]), ("slash", "/"), ("clock", ends[1])] if all(ends) else None


def _written(numbers: list[object]) -> Clock | None:
    hour, minute = (int(str(number)) for number in [*numbers, 0][:2])
    return Clock(hour * 60 + minute, hour > 12) if hour < 24 and minute < 60 else None


def _in_the_hours(ctx: Context, items: list[Item]) -> Made:
    """Dans les 48 heures."""
    return _hours_from_now(ctx, values(items, "num")[0]) if items[0].text in _IN else None


def _hours_ahead(ctx: Context, items: list[Item]) -> Made:
    """Sous 48h, d'ici deux heures."""
    if items[0].text not in ("sous", "d"):
        return None
    return _hours_from_now(ctx, values(items, "num")[0])


def _hours_from_now(ctx: Context, count: object) -> Made:
    if not isinstance(count, int) or not 0 < count <= _HOURS_AT_MOST:
        return None
    return ("moments", Moments(ctx.now, ctx.now + timedelta(hours=count)))


def _hours_later(ctx: Context, items: list[Item]) -> Made:
    """Trois heures plus tard."""
    count = values(items, "num")[0]
    if not items[1].text.startswith("heure") or not isinstance(count, int) or count > _HOURS_AT_MOST:
        return None
    at = ctx.now + timedelta(hours=count)
    return ("moment", Moment(at.date(), Clock(at.hour * 60 + at.minute, True)))


def _day_then_hours(ctx: Context, items: list[Item]) -> Made:
    """22 avril de 16 à 17: the month has its day, what follows is hours."""
    first, second = bare_clock(items[-3]), bare_clock(items[-1])
    if first is None or second is None or (len(items[-3].text) > 2 and items[-3].kind == "N"):
        return None
    if items[2].kind == "C" and items[-1].kind == "N":
        return None
    return [*kept(items[:2]), ("hours", ordered(ctx, first, second))]


def _hours_inside(ctx: Context, items: list[Item]) -> Made:
    """Le premier lundi de 13h à 15h du mois prochain: the hours stand between the day and its month."""
    first, second = (clock for clock in values(items, "clock") if isinstance(clock, Clock))
    last = max(i for i, item in enumerate(items) if item.kind == "C")
    place = [item for item in items[last + 1 :] if item.kind in "UMnt"]
    return [*kept(items[:2]), ("from", "of"), *kept(place), ("hours", ordered(ctx, first, second))]


def _weekday_hours(ctx: Context, items: list[Item]) -> Made:
    """Mardi 17 à 18, where the 17th is no Tuesday."""
    weekday, first, second = items[0], bare_clock(items[1]), bare_clock(items[-1])
    day = day_number(ctx, int(str(items[1].value)))
    if first is None or second is None or len(items[1].text) > 2:
        return None
    is_one = items[2].kind == KINDS["dash"] and items[2].glued
    is_far = day is not None and (day - ctx.today).days > _WEEK
    is_one = is_one or (is_far and items[2].text == "to" and first.minute < second.minute <= NOON_HOUR)
    if day is not None and day.weekday() == weekday.value and not is_one:
        return None
    return [*kept(items[:1]), ("hours", ordered(ctx, first, second))]


def _hours_then_day(ctx: Context, items: list[Item]) -> Made:
    """De 5 au 6 demain: the day is told, so that the numbers are hours."""
    first, second = (bare_clock(item) for item in items if item.kind == "N")
    if first is None or second is None:
        return None
    return [("hours", ordered(ctx, first, second)), *kept(items[-1:])]


def _hours_of_part(ctx: Context, items: list[Item]) -> Made:
    """2-5 après-midi."""
    first, second = bare_clock(items[0]), bare_clock(items[2])
    part = items[-1].value
    if first is None or second is None or not isinstance(part, tuple):
        return None
    return ("hours", moved(ordered(ctx, first, second), part))


def _until_instant(ctx: Context, items: list[Item]) -> Made:
    """Avant vendredi midi, jusqu'à demain 17h; by Monday at 2:30 is the hour itself."""
    day, clock = values(items, "day")[0], bare_clock(items[-1])
    if not isinstance(day, Days) or day.start is None or clock is None or items[0].text == "by":
        return None
    return ("moments", Moments(None, _instant(ctx, day.start, likely(clock, ctx))))


def _after_instant(ctx: Context, items: list[Item]) -> Made:
    """Après vendredi 17h, pas avant lundi 9h."""
    day, clock = values(items, "day")[0], bare_clock(items[-1])
    if not isinstance(day, Days) or day.start is None or clock is None:
        return None
    return ("moments", Moments(_instant(ctx, day.start, likely(clock, ctx)), None))


def _between_instants(ctx: Context, items: list[Item]) -> Made:
    """Entre mardi 8h et jeudi 17h."""
    days = [day.start for day in values(items, "day") if isinstance(day, Days)]
    clocks = [clock for clock in values(items, "clock") if isinstance(clock, Clock)]
    ends = [_instant(ctx, day, likely(clock, ctx)) for day, clock in zip(days, clocks, strict=True) if day is not None]
    return ("moments", Moments(ends[0], ends[1])) if len(ends) == 2 and ends[0] < ends[1] else None


def _instant(ctx: Context, day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60 % 24, minute % 60))


def _texted_morning(ctx: Context, items: list[Item]) -> Made:
    """Mardi mat, demain 9h mat."""
    return [*kept(items[:1]), ("part", MORNING)] if items[1].text == "mat" else None


def _hours_by_slash(ctx: Context, items: list[Item]) -> Made:
    """Lundi 10/12h."""
    first, second = (item.value for item in items if item.kind == "N")
    if not isinstance(first, int) or not isinstance(second, int) or not first < second <= 24 or not items[4].glued:
        return None
    return [*kept(items[:1]), ("hours", Hours(first * 60, second * 60))]


def _day_then_bare_hours(ctx: Context, items: list[Item]) -> Made:
    """Le 22 8 à 10: where an hour follows, the second number is one too."""
    number, first, second = (item for item in items if item.kind == "N")
    ends = bare_clock(first), bare_clock(second)
    figures = [item.text for item in (number, first, second)]
    is_hours = all(text.isdigit() and text[0] != "0" and len(text) < 3 for text in figures)
    is_hours = is_hours and (items[-1] is second or (items[3].kind == KINDS["dash"] and items[3].glued))
    if not is_hours or ends[0] is None or ends[1] is None or int(first.text) >= int(second.text):
        return None
    return [*kept(items[:2]), ("hours", ordered(ctx, ends[0], ends[1]))]


def _length(ctx: Context, items: list[Item]) -> Made:
    """The length of "une heure de massage" is no time of the day."""
    count = items[0].value
    is_length = items[1].text.startswith("heure") and isinstance(count, int) and 0 < count <= _LONGEST_HOURS
    return ("other", None) if is_length else None


WORDS = (
    rule("num hsign of_ other", _length),
    rule("(weekday|relday|hsign) other", _texted_morning),
    rule("weekday num slash num hsign", _hours_by_slash),
    rule("on num num (at_to|until|dash) num hsign?", _day_then_bare_hours),
    rule("num tunit part", _minutes_after_noon),
    rule("noon and num (month|hsign|slash)", _noon_and_date),
    rule("num hsign num slash num hsign num?", _clock_or_clock),
    rule("in the num hsign", _in_the_hours),
    rule("in num hsign", _hours_ahead),
    rule("num hsign fromnow", _hours_later),
)

MONTHS = (
    rule("(num|ord) month (from|between)? (num|clock) (to|and) (num|clock)", _day_then_hours),
    rule(
        "(ord|last) weekday (from|between)? clock (to|and) clock (of_|on|the)+ this? (month|unit) next?", _hours_inside
    ),
)

HOURS = (
    rule("num at_to on num day", _hours_then_day),
    rule("weekday num (at_to|dash|until) (num|clock)", _weekday_hours),
    rule("num dash num (of_|in|on|the)* part", _hours_of_part),
)


def _by_instant(ctx: Context, items: list[Item]) -> Made:
    """D'ici demain 15h."""
    return _until_instant(ctx, items) if items[0].text in ("d", "de") else None


INSTANTS = (
    rule("in (the|on|at_to)* day comma? at_* clock", _by_instant),
    rule("(before|until) (the|on|at_to)* day comma? at_* clock", _until_instant),
    rule("after (the|on)* day comma? at_* clock", _after_instant),
    rule("between (the|on)* day comma? at_* clock and (the|on)* day comma? at_* clock", _between_instants),
)
