"""Rules for spans: numbers in words, durations, from one day to another, from one instant to another."""

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
    Moment,
    Moments,
    add_months,
    likely,
    make_date,
)


def _sum(ctx: Context, items: list[Item]) -> Made:
    """Twenty five, vingt et un, thirty first."""
    tens = int(str(values(items, "tens")[0]))
    rest = next((item for item in items if item.kind in "NO"), None)
    if rest is None:
        return ("num", tens)
    if not 0 < int(str(rest.value)) < 10:
        return [("num", tens), ("num" if rest.kind == "N" else "ord", rest.value)]
    return ("num" if rest.kind == "N" else "ord", tens + int(str(rest.value)))


def _duration(ctx: Context, items: list[Item]) -> Made:
    count = int(str(values(items, "num")[0]))
    on_the_clock = any(item.kind == "h" and item.value == "clock" for item in items)
    if on_the_clock or (
        any(item.kind == "y" and item.value in ("pour", "para") for item in items) and has(items, "hsign")
    ):
        return None
    if has(items, "unit"):
        unit = str(values(items, "unit")[0])
        days = {"day": 1, "week": 7, "fortnight": 14, "month": 30}.get(unit)
        return ("span", timedelta(days=count * days)) if days else None
    per_unit = next(iter(values(items, "tunit")), 60)
    return ("span", timedelta(minutes=count * int(str(per_unit))))


def _decimal(ctx: Context, items: list[Item]) -> Made:
    """2.5 hours."""
    whole, part = (item.text for item in items if item.kind == "N")
    if not (whole.isdigit() and part.isdigit()):
        return None
    per_unit = int(str(values(items, "tunit")[0]))
    return ("span", timedelta(minutes=int(float(f"{whole}.{part}") * per_unit)))


def _long(ctx: Context, items: list[Item]) -> Made:
    """For 3 hours 30 minutes."""
    counts = zip(values(items, "num"), values(items, "tunit"), strict=True)
    return ("span", timedelta(minutes=sum(int(str(count)) * int(str(unit)) for count, unit in counts)))


def _from_now(ctx: Context, items: list[Item]) -> Made:
    """In two hours, 30 minutes later: an instant."""
    count = int(str(values(items, "num")[0]))
    per_unit = next(iter(values(items, "tunit")), 60)
    at = ctx.now + timedelta(minutes=count * int(str(per_unit)))
    return ("moment", Moment(at.date(), Clock(at.hour * 60 + at.minute, True)))


def _fraction_from_now(ctx: Context, items: list[Item]) -> Made:
    """In 3/4h."""
    part, whole = (int(str(value)) for value in values(items, "num"))
    if not 0 < part < whole <= 4:
        return None
    at = ctx.now + timedelta(minutes=60 * part // whole)
    return ("moment", Moment(at.date(), Clock(at.hour * 60 + at.minute, True)))


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
    return ("days", Days(start, end)) if start and end and start < end else None


def _number_to_day(ctx: Context, items: list[Item]) -> Made:
    """13 to 15 July: the number belongs to the month of the day."""
    number = next(int(str(item.value)) for item in items if item.kind in "NO")
    day = values(items, "day")[0]
    if not isinstance(day, Days) or day.start is None:
        return None
    start = make_date(day.start.year, day.start.month, number)
    if start is None or start >= day.start or (has(items, "also") and (day.start - start).days > 1):
        return None
    return ("days", Days(start, day.start))


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
    return ("days", Days(day.start, end)) if end and day.start < end else None


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
        start = start.replace(year=start.year - 1) if start.month > end.month else start
    return ("days", Days(start, end)) if start < end else None


def _since_day(ctx: Context, items: list[Item]) -> Made:
    days = next(item.value for item in items if item.kind in "DS")
    if not isinstance(days, Days) or days.start is None or (ctx.is_move and has(items, "from")):
        return None
    if any(item.kind == "F" and item.value != "from" for item in items):
        return None
    if "after" in values(items, "after") and days.end is not None:
        return ("days", Days(days.end + timedelta(days=1), None))
    return ("days", Days(days.start, None))


def _until_day(ctx: Context, items: list[Item]) -> Made:
    days = next(item.value for item in items if item.kind in "DS")
    if not isinstance(days, Days) or days.end is None or days.start is None:
        return None
    is_included = has(items, "until") or has(items, "less") or "not after" in values(items, "before")
    return ("days", Days(None, days.end if is_included else days.start))


def _by_day(ctx: Context, items: list[Item]) -> Made:
    """D'ici vendredi: any day up to it."""
    day = values(items, "day")[0]
    is_by = items[0].text == "d" and isinstance(day, Days) and day.end is not None
    return ("days", Days(None, day.end)) if is_by and isinstance(day, Days) else None


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


def _beside_day(ctx: Context, items: list[Item]) -> Made:
    """Tomorrow 3, monday 11-4, 6-8 next monday: bare numbers next to a day are hours."""
    day = next(item for item in items if item.kind == "D")
    numbers = [item for item in items if item.kind == "N"]
    if len(numbers) == 1:
        made = spoken(ctx, numbers)
        return [("day", day.value), made] if isinstance(made, tuple) else None
    first, second = (bare_clock(item) for item in numbers)
    if first is None or second is None:
        return None
    return [("day", day.value), ("hours", ordered(ctx, first, second))]


_NAMES = {"C": "clock", "P": "part", "G": "hours", "D": "day"}


def _sure_weekday(ctx: Context, items: list[Item]) -> Made:
    """Sat 1pm, on wed: a short or doubtful word is a weekday beside a preposition or a time."""
    made: list[tuple[str, object]] = []
    for item in items:
        if item.kind == "W":
            day = next_weekday(ctx, int(str(item.value)))
            made.append(("day", Days(day, day)))
        elif item.kind in _NAMES:
            made.append((_NAMES[item.kind], item.value))
        elif item.kind in "-j&":
            made.append(("dash" if item.kind == "-" else "also", item.value))
    return made


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


NUMBERS = (
    rule("tens (dash|and)* (num|ord)", _sum),
    rule("tens", _sum),
)

DURATIONS = (
    rule("num dot num tunit", _decimal),
    rule("for (the|on)* num tunit and? num tunit", _long),
    rule("in the? num (tunit|hsign)", _from_now),
    rule("num tunit fromnow", _from_now),
    rule("in num slash num (tunit|hsign)", _fraction_from_now),
    rule("ago num (tunit|hsign|unit)", lambda ctx, items: ("other", None)),
    rule("num (tunit|hsign|unit) ago", lambda ctx, items: ("other", None)),
    rule("for (the|on)* num (tunit|hsign|unit)", _duration),
    rule("num tunit", lambda ctx, items: None),
)

LATE_DURATIONS = (rule("num (tunit|unit)", _duration),)

MONTH_NUMBERS = (rule("month (from|between|the|on)* nr (to|and) (the|on)* nr", _month_numbers),)

NUMBER_RANGES = (
    rule("(from|between|since)? weekday? (the|on)* nr (to|and|also) weekday? (the|on)* day", _number_to_day),
    rule("(from|between) weekday? (the|on)+ nr (to|and) weekday? (the|on)* nr", _numbers),
    rule("(from|between)? weekday? ord (to|and) weekday? (the|on)* ord", _numbers),
    rule("from? (the|on)* day to weekday? (the|on)+ nr", _day_to_number),
    rule("from? (the|on)* day to ord", _day_to_number),
)

MOMENT_RANGES = (
    rule("(from|since)? (the|on)* day comma? at_* clock to (the|on)* day comma? at_* clock", _moments),
    rule("(from|since)? at_* clock (comma|of_|on|the)* day to at_* clock (of_|on|the)* day", _moments),
)

DAY_RANGES = (
    rule("span (since|from)+ (the|on)* day", _days_for),
    rule("(from|since)? (the|on)* (day|days) comma? to (the|on)* (day|days)", _day_range),
    rule("between (the|on)* (day|days) and (the|on)* (day|days)", _day_range),
    rule("from? (the|on)* day span", _days_for),
    rule("(from|since|after) (the|on)* (day|days)", _since_day),
    rule("(before|until) (the|on)* (day|days)", _until_day),
    rule("in (the|on)* day", _by_day),
    rule("(day|days) later", _since_day),
    rule("(day|days) less", _until_day),
)

BESIDE_DAY = (
    rule("day (at_|from|comma|between)* num (to|and) num", _beside_day),
    rule("num to num (of_|on|the)* day", _beside_day),
    rule("day (comma|at_)* num", _beside_day),
)

WEAK_DAYS = (
    rule("(on|at_|the)+ weekday", _sure_weekday),
    rule("weekday comma? at_? (clock|part|hours)", _sure_weekday),
    rule("(clock|part|hours) (at_|on|comma|of_)* weekday", _sure_weekday),
    rule("weekday (and|also|dash|to) weekday", _sure_weekday),
)

ASKED = {
    "time": (rule("num to num", _asked_hours), rule("num dot num", dotted), rule("num", _asked_clock)),
    "date": (rule("num", _asked_day),),
}
