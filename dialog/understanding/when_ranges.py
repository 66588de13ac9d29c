"""Rules for spans: from one day to another, from one instant to another, hours beside a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dialog.understanding.when_calendar import day_number, next_weekday, on_next
from dialog.understanding.when_clocks import bare_clock, dotted, spoken
from dialog.understanding.when_grammar import Item, Made, has, rule, values
from dialog.understanding.when_hours import ordered
from dialog.understanding.when_values import (
    Clock,
    Context,
    Days,
    Moments,
    add_months,
    likely,
    make_date,
    one_day,
)
from dialog.understanding.when_week_days import WEEKDAY
from dialog.understanding.when_within import weekday_in

_HALF_A_YEAR = timedelta(days=183)


def _month_numbers(ctx: Context, items: list[Item]) -> Made:
    """November 19 to 20, November between 19 and 20."""
    month = int(str(values(items, "month")[0]))
    first, second = (int(str(item.value)) for item in items if item.kind in "NO")
    start = on_next(ctx, month, first)
    end = make_date(start.year, month, second) if start else None
    return ("days", Days(start, end)) if start and end and start < end else None


def _numbers(ctx: Context, items: list[Item]) -> Made:
    """Du 13 au 18, from the 3rd to the 8th."""
    first, second = (int(str(item.value)) for item in items if item.kind in "NO")
    start = day_number(ctx, first)
    end = make_date(start.year, start.month, second) if start else None
    return _span(ctx, items, start, end)


def _span(ctx: Context, items: list[Item], start: date | None, end: date | None) -> Made:
    """From the one to the other; two days where a booking is moved "from the 24th to the 26th"."""
    if start is None or end is None or start >= end:
        return None
    if ctx.is_move and has(items, "from"):
        old, new = (item for item in items if item.kind in "NOD")
        made = (Item("D", one_day(day), said.start, said.end) for day, said in ((start, old), (end, new)))
        return [("day", day) for day in made]
    return ("days", Days(start, end))


def _hour_to_day(ctx: Context, items: list[Item]) -> Made:
    """The `las 4 hasta mañana` of "desde hoy a las 4 hasta mañana a las 5" is an hour."""
    clock = bare_clock(items[1])
    day = items[-1].value
    return [("clock", clock), ("until", "until"), ("day", day)] if clock is not None else None


def _number_to_day(ctx: Context, items: list[Item]) -> Made:
    """13 to 15 July: the number belongs to the month of the day."""
    number = next(int(str(item.value)) for item in items if item.kind in "NO")
    day = values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None:
        return None
    start = make_date(day.start.year, day.start.month, number)
    if start is None or start >= day.start or (has(items, "also") and (day.start - start).days > 1):
        return None
    return _span(ctx, items, start, day.start)


def _day_to_number(ctx: Context, items: list[Item]) -> Made:
    """July 13 to 15."""
    number = next(int(str(item.value)) for item in items if item.kind in "NO")
    day = values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None:
        return None
    end = make_date(day.start.year, day.start.month, number)
    if end is not None and end <= day.start:
        later = add_months(day.start, 1)
        end = make_date(later.year, later.month, number)
    return _span(ctx, items, day.start, end)


def _day_range(ctx: Context, items: list[Item]) -> Made:
    """From Monday to Friday; the second end comes after the first."""
    first, second = (item.value for item in items if item.kind in "DS")
    if ctx.is_move and not has(items, "between"):
        return [("day", first), ("dash", None), ("day", second)]
    if not isinstance(first, Days) or not isinstance(second, Days) or first.start is None or second.end is None:
        return None
    start, end = first.start, second.end
    if end < start and (start - end).days < 7:
        end += timedelta(days=7)
    elif end < start:
        earlier = make_date(start.year - 1, start.month, start.day)
        start = earlier if earlier is not None and timedelta(0) <= end - earlier < _HALF_A_YEAR else start
    return ("days", Days(start, end)) if start < end else None


def _since_day(ctx: Context, items: list[Item]) -> Made:
    days = next(item.value for item in items if item.kind in "DS")
    if not isinstance(days, Days) or days.start is None or (ctx.is_move and has(items, "from")):
        return None
    if any(item.kind == "F" and item.value != "from" for item in items):
        return None
    if "after" in values(items, "after") and days.end is not None and items[0].kind == ">":
        return ("days", Days(days.end + timedelta(days=1), None))
    return ("days", Days(days.start, None))


def _since_instant(ctx: Context, items: list[Item]) -> Made:
    """À partir de lundi 8h."""
    day, clock = values(items, "day")[0], values(items, "clock")[0]
    is_start = items[0].kind == "s" or (items[0].value == "from" and not ctx.is_move)
    if not is_start or not isinstance(day, Days) or day.start is None or not isinstance(clock, Clock):
        return None
    return ("moments", Moments(_instant(ctx, day.start, clock), None))


def _until_day(ctx: Context, items: list[Item]) -> Made:
    days = next(item.value for item in items if item.kind in "DS")
    if not isinstance(days, Days) or days.end is None or days.start is None:
        return None
    is_included = has(items, "until") or has(items, "less") or "not after" in values(items, "before")
    is_included = is_included or _is_tail(days)
    return ("days", Days(None, days.end if is_included else days.start))


def _is_tail(days: Days) -> bool:
    """The end of a week or a month: before it means within the whole."""
    if days.start is None or days.end is None:
        return False
    following = days.end + timedelta(days=1)
    if days.grain == "week":
        return days.start.weekday() > 0 and following.weekday() == 0
    return days.grain == "month" and days.start.day > 1 and following.day == 1


def _by_day(ctx: Context, items: list[Item]) -> Made:
    """D'ici vendredi, de aquí a fin de mes: any day up to it."""
    days = next(item.value for item in items if item.kind in "DS")
    if items[0].text not in ("d", "de") or not isinstance(days, Days) or days.end is None:
        return None
    return ("days", Days(None, days.end))


def _days_for(ctx: Context, items: list[Item]) -> Made:
    """From 18 December for 10 days."""
    day = values(items, "day")[0]
    span = values(items, "span")[0]
    if not isinstance(day, Days) or day.start is None or not isinstance(span, timedelta) or span.days < 1:
        return None
    return ("days", Days(day.start, day.start + span))


def _instant(ctx: Context, day: date, clock: Clock) -> datetime:
    minute = likely(clock, ctx)
    return datetime.combine(day, time(minute // 60 % 24, minute % 60))


def _moments(ctx: Context, items: list[Item]) -> Made:
    """From 4pm today to 5pm tomorrow."""
    days = [d.start for d in values(items, "day") if isinstance(d, Days) and d.start]
    clocks = [c for c in values(items, "clock") if isinstance(c, Clock)]
    if len(days) != 2 or len(clocks) != 2:
        return None
    start, end = (_instant(ctx, day, clock) for day, clock in zip(days, clocks, strict=True))
    return ("moments", Moments(start, end)) if start < end else None


_NAMES = {"C": "clock", "P": "part", "G": "hours", "D": "day"}


def _weekday_hour(ctx: Context, items: list[Item]) -> Made:
    """Sat 3: a short word right before an hour is a weekday; "mar 10" is March as well."""
    said, number = items
    if said.text == "mar" or not number.text.isdigit() or int(number.text) > 12:
        return None
    made = spoken(ctx, [number])
    day = next_weekday(ctx, int(str(said.value)))
    return [("day", Days(day, day, WEEKDAY)), made] if isinstance(made, tuple) else None


def _sure_weekday(ctx: Context, items: list[Item]) -> Made:
    """Sat 1pm, on wed: a short or doubtful word is a weekday beside a preposition or a time; vista al mar is none."""
    if items[0].text == "al" and items[-1].text == "mar" and items[-1].kind == "W":
        return None
    made: list[tuple[str, object]] = []
    for item in items:
        if item.kind == "W":
            day = next_weekday(ctx, int(str(item.value)))
            made.append(("day", Days(day, day, WEEKDAY)))
        elif item.kind in _NAMES:
            made.append((_NAMES[item.kind], item.value))
        elif item.kind in "-j&/":
            made.append(("dash" if item.kind == "-" else "also", item.value))
    return made


def _for_weekday(ctx: Context, items: list[Item]) -> Made:
    """For sat; "para ter" is to have."""
    return _sure_weekday(ctx, items) if items[-1].text in ("sat", "sun", "wed") else None


def _weekday_range(ctx: Context, items: list[Item]) -> Made:
    """Mon-wed, lun à ven: short words are weekdays where two stand together."""
    first = next(item for item in items if item.kind == "W")
    made = _sure_weekday(ctx, [first, Item("-", "-", 0, 0), items[-1]])
    assert isinstance(made, list)
    days = [Item("D", value, 0, 0) for name, value in made if name == "day"]
    return made if ctx.is_move else _day_range(ctx, days)


def _day_to_weekday(ctx: Context, items: list[Item]) -> Made:
    """Lun-mer: a short word is a weekday where a day goes up to it."""
    made = _sure_weekday(ctx, [items[0], Item("-", "-", 0, 0), items[-1]])
    assert isinstance(made, list)
    return made if ctx.is_move else _day_range(ctx, [Item("D", value, 0, 0) for name, value in made if name == "day"])


def _asked_clock(ctx: Context, items: list[Item]) -> Made:
    return None if items[0].text in ("one", "un", "une") else spoken(ctx, items)


def _asked_hours(ctx: Context, items: list[Item]) -> Made:
    first, second = (bare_clock(item) for item in items if item.kind == "N")
    return ("hours", ordered(ctx, first, second)) if first and second else None


def _asked_day(ctx: Context, items: list[Item]) -> Made:
    number = items[-1]
    if number.text in ("one", "un", "une"):
        return None
    day = day_number(ctx, int(str(number.value))) if len(number.text) < 3 or not number.text.isdigit() else None
    return ("day", Days(day, day)) if day else None


MONTH_NUMBERS = (
    rule("(from|between|since|the)* month (from|between|since|the|on)* nr (to|and) (the|on)* nr", _month_numbers),
)

NUMBER_RANGES = (
    rule("at num to (the|on)* day", _hour_to_day),
    rule(
        "(from|between|since)? (the|on)* weekday? (the|on)* nr (to|and|also) (the|on)* weekday? (the|on)* day",
        _number_to_day,
    ),
    rule("(from|between) weekday? (the|on)+ nr (to|and) weekday? (the|on)* nr", _numbers),
    rule("(from|between)? weekday? (the|on)* ord (to|and) weekday? (the|on)* ord", _numbers),
    rule("(from|since)? (the|on)* day to weekday? (the|on)+ nr", _day_to_number),
    rule("from? (the|on)* day to ord", _day_to_number),
)

MOMENT_RANGES = (
    rule("(from|since)? (the|on)* day comma? at_* clock to (the|on)* day comma? at_* clock", _moments),
    rule("(from|since)? at_* clock (comma|of_|on|the)* day to at_* clock (comma|of_|on|the)* day", _moments),
)

DAY_RANGES = (
    rule("span (since|from)+ (the|on)* day", _days_for),
    rule("(from|since)? (the|on)* (day|days) comma? to (the|on|at)* (day|days)", _day_range),
    rule("between (the|on|at|at_to)* (day|days) and (the|on|at|at_to)* (day|days)", _day_range),
    rule("(from|since)? (the|on)* day span", _days_for),
    rule("(from|since) (the|on)* day comma? at_* clock", _since_instant),
    rule("(from|since|after) (the|on)* (day|days)", _since_day),
    rule("(before|until) (the|on)* (day|days)", _until_day),
    rule("in (the|on|at_to)* (day|days)", _by_day),
    rule("(day|days) later", _since_day),
    rule("later (on|the)* (day|days)", _since_day),
    rule("(day|days) less", _until_day),
)

WEAK_DAYS = (
    rule("(from|on|the)* weekday to (the|on)* weekday", _weekday_range),
    rule("day to (the|on)* weekday", _day_to_weekday),
    rule("weekday to (the|on)* day", _day_to_weekday),
    rule("(on|at_)+ the? weekday", _sure_weekday),
    rule("for the? weekday", _for_weekday),
    rule("weekday (comma|dash)? (at_|of_)* (clock|part|hours)", _sure_weekday),
    rule("(clock|part|hours) (at_|on|comma|of_)* weekday", _sure_weekday),
    rule("weekday (and|also|slash) weekday", _sure_weekday),
    rule("weekday also day", _sure_weekday),
    rule("weekday num", _weekday_hour),
    rule("weekday (of_|the|on|comma)* days", weekday_in),
    rule("days (comma|on|the)* weekday", weekday_in),
)

ASKED = {
    "time": (rule("num to num", _asked_hours), rule("num dot num", dotted), rule("num", _asked_clock)),
    "date": (rule("num", _asked_day),),
}
