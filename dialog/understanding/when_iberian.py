"""Rules for clock times as Spanish and Portuguese put them: "el 15 8 de la mañana", "entre las 3 y 5"."""

from __future__ import annotations

from dialog.understanding.when_calendar import day_number, made_day, on_next
from dialog.understanding.when_clocks import bare_clock, dotted, on_part
from dialog.understanding.when_grammar import Item, Made, kept, rule, values
from dialog.understanding.when_hours import ordered
from dialog.understanding.when_iberian_minutes import (
    and_minutes,
    and_zero,
    around_clock,
    around_half,
    clock_at,
    comma_minutes,
    hour_minute_in_part,
    less,
    minutes_in_part,
    past_hour,
    until_hour,
    with_minutes,
)
from dialog.understanding.when_values import Clock, Context

_WITH = frozenset({"con", "com"})


def _company(ctx: Context, items: list[Item]) -> Made:
    """The `con 10` of "a las 8 con 10 invitados": a word follows that it counts."""
    is_company = items[2].text in _WITH
    return [("at", "las"), *kept(items[1:2]), ("other", None), ("other", None)] if is_company else None


def _dotted_alone(ctx: Context, items: list[Item]) -> Made:
    """15.30 and nothing else, where it can be no date."""
    return dotted(ctx, [items[0], items[2]]) if int(str(items[2].value)) > 12 or items[2].text == "00" else None


def _dotted_hour(ctx: Context, items: list[Item]) -> Made:
    """21.30h."""
    return dotted(ctx, [item for item in items if item.kind == "N"])


def _dotted_in_part(ctx: Context, items: list[Item]) -> Made:
    """9.15 de la noche."""
    made = dotted(ctx, [items[0], items[2]])
    part = items[-1].value
    is_clock = isinstance(made, tuple) and isinstance(made[1], Clock) and isinstance(part, tuple)
    return [made, *kept(items[3:])] if is_clock and isinstance(made, tuple) else None


def _day_then_after(ctx: Context, items: list[Item]) -> Made:
    """El quince después de las 5: a day, no minutes."""
    day = made_day(day_number(ctx, int(str(items[1].value))))
    return [day, *kept(items[2:])] if isinstance(day, tuple) else None


def _weekday_then_after(ctx: Context, items: list[Item]) -> Made:
    """Viernes 12 pasadas las 5, where the 12th is a Friday."""
    day = day_number(ctx, int(str(items[1].value)))
    made = made_day(day) if day is not None and day.weekday() == items[0].value else None
    return [made, *kept(items[2:])] if isinstance(made, tuple) else None


def _month_then_after(ctx: Context, items: list[Item]) -> Made:
    """June 15 after 5, junio 15 después de las 5: a day, no minutes."""
    month, day = (int(str(item.value)) for item in items[:2])
    made = made_day(on_next(ctx, month, day))
    return [made, *kept(items[2:])] if isinstance(made, tuple) else None


def _day_then_part(ctx: Context, items: list[Item]) -> Made:
    """El 15 8 de la mañana."""
    numbers = [item for item in items if item.kind == "N"]
    day = made_day(day_number(ctx, int(str(numbers[0].value))))
    made = clock_at(numbers[1].value, 0, [])
    part = values(items, "part")[0]
    if not (isinstance(day, tuple) and isinstance(made, tuple) and isinstance(made[1], Clock)):
        return None
    return [day, ("clock", on_part(made[1], part))] if isinstance(part, tuple) else None


def _clock_then_date(ctx: Context, items: list[Item]) -> Made:
    """A las 10 en punto 15 de julio: the second number is no minutes."""
    noon = values(items, "noon")
    at = next(i for i, item in enumerate(items) if item.kind in "hz")
    hour = items[0].value if not noon else int(str(noon[0])) // 60
    made = clock_at(hour, 0, [], is_settled=bool(noon))
    return [made, *kept(items[at + 1 :])] if isinstance(made, tuple) else None


def _weekday_number_clock(ctx: Context, items: list[Item]) -> Made:
    """Lunes veintidós seis pm: no clock has 22 hours before noon or after."""
    number, hour = (int(str(item.value)) for item in items if item.kind == "N")
    made = clock_at(hour, 0, items) if 12 < number <= 31 and hour <= 12 else None
    return [*kept(items[:1]), ("on", "el"), ("num", number), made] if isinstance(made, tuple) else None


def _month_then_hours(ctx: Context, items: list[Item]) -> Made:
    """The `de 3 a 5` of "15 de julio de 3 a 5" is hours: the month has its day already."""
    numbers = [item for item in items if item.kind == "N"]
    month = next(i for i, item in enumerate(items) if item.kind == "M")
    ends = [bare_clock(item) for item in numbers]
    if ends[0] is None or ends[1] is None:
        return None
    return [*kept(items[: month + 1]), ("hours", ordered(ctx, ends[0], ends[1]))]


def _people(ctx: Context, items: list[Item]) -> Made:
    """The 10 of "mesa para 10 para las 8" is no minutes."""
    return [("for", items[0].value), ("other", None), *[("for", "para")], ("at", "las"), ("num", items[-1].value)]


def _between_words(ctx: Context, items: list[Item]) -> Made:
    """Entre cinco y siete: neither is minutes."""
    if any(item.text.isdigit() for item in items):
        return None
    return [*kept(items[:2]), ("until", "y"), *kept(items[3:])]


def _window(ctx: Context, items: list[Item]) -> Made:
    """Entre las 3 y 5."""
    first, second = (item for item in items if item.kind == "N")
    made = clock_at(first.value, 0, []), clock_at(second.value, 0, items)
    ends = [part[1] for part in made if isinstance(part, tuple)]
    if len(ends) != 2 or not isinstance(ends[0], Clock) or not isinstance(ends[1], Clock):
        return None
    return ("hours", ordered(ctx, ends[0], ends[1]))


def _decimal(ctx: Context, items: list[Item]) -> Made:
    """37.1 is no time; 4.30 may be one, where a time was asked for."""
    hour, _, minute = items
    if ctx.expects == "time" and len(minute.text) == 2 and int(str(hour.value)) < 24 and int(str(minute.value)) < 60:
        return None
    return ("other", None) if items[1].glued and items[2].glued else None


def _day_dotted(ctx: Context, items: list[Item]) -> Made:
    """Mañana 15.30."""
    numbers = [item for item in items if item.kind == "N"]
    is_clock = int(str(numbers[1].value)) > 12 or (numbers[1].text == "00" and int(str(numbers[0].value)) > 12)
    made = dotted(ctx, numbers) if is_clock else None
    return [("day", items[0].value), made] if isinstance(made, tuple) else None


def _at_noon(ctx: Context, items: list[Item]) -> Made:
    """Al mediodía a las 2: which half, and the hour."""
    at = next(i for i, item in enumerate(items) if item.kind == "N")
    clock = bare_clock(items[at])
    is_late = items[-1] is not items[at] and clock is not None and 12 * 60 <= clock.minute < 16 * 60
    if clock is None or not (clock.minute < 4 * 60 or is_late):
        return None
    hour = clock.on_half(True) if clock.minute < 4 * 60 else clock
    return clock_at(hour.minute // 60, items[-1].value if items[-1] is not items[at] else 0, [], is_settled=True)


def _dotted_window(ctx: Context, items: list[Item]) -> Made:
    """De 9.15 a 10.30, where these can be no dates."""
    numbers = [item for item in items if item.kind == "N"]
    half = next(iter(values(items, "ampm")), None)
    ends = [made[1] for pair in (numbers[:2], numbers[2:]) if isinstance(made := dotted(ctx, pair), tuple)]
    is_dates = all(0 < int(str(item.value)) <= 12 for item in numbers[1::2])
    first, last = ends if len(ends) == 2 else (None, None)
    if is_dates or not isinstance(first, Clock) or not isinstance(last, Clock):
        return None
    return ("hours", ordered(ctx, first, last.on_half(half == "pm") if half else last))


def _window_in_part(ctx: Context, items: list[Item]) -> Made:
    """De 5 a 7 de la tarde."""
    ends = [clock for item in items if item.kind in "NC" and (clock := bare_clock(item))]
    part = values(items, "part")[0]
    if len(ends) != 2 or ctx.is_move or not isinstance(part, tuple):
        return None
    return ("hours", ordered(ctx, ends[0], on_part(ends[1], part)))


CLOCKS = (
    rule("weekday comma? on? num num ampm", _weekday_number_clock),
    rule("num tunit (for|after|before) (at|at_to)* num and? (half|quarter|num)", around_half),
    rule("for num for at num", _people),
    rule("between num and num", _between_words),
    rule("between (at|at_to)+ num and at num (ampm|hsign)", _window),
    rule("between (at|at_to)* num and num ampm", _window),
    rule("between (at|at_to)+ num and the? num (ampm|hsign)?", _window),
    rule("between (at|at_to)* num and (at|at_to)* num (of_|in|at_to)+ (the|on)* part", _window_in_part),
    rule("on num after at num", _day_then_after),
    rule("weekday num after at? num", _weekday_then_after),
    rule("month num after (at_|the)* num", _month_then_after),
    rule("on num num of_ (the|on)* part", _day_then_part),
    rule("num hsign num (of_|the)* month", _clock_then_date),
    rule("noon num (of_|the)* month", _clock_then_date),
    rule("num hsign num slash num", _clock_then_date),
    rule("noon num slash num", _clock_then_date),
    rule("of_ month (from|between) (at|at_to)* num (to|and) (at|at_to)* num", _month_then_hours),
    rule("(at|about)* num and zero num ampm?", and_zero),
    rule("zero hsign", lambda ctx, items: ("clock", Clock(0, True, "hour"))),
    rule("at_to on? noon comma? (at_to? at? num colon num|at_to at num)", _at_noon),
    rule("from? at? num dot num to at? num dot num (ampm|hsign)?", _dotted_window),
    rule("between at? num dot num and at? num dot num (ampm|hsign)?", _dotted_window),
    rule("(at|about)* num (hsign|ampm)? and (half|quarter) ampm?", and_minutes),
    rule("(at|about)* num and num of_ (the|on)* part", minutes_in_part),
    rule("(at|about)* num num of_ (the|on)* part", hour_minute_in_part),
    rule("at num other num other", _company),
    rule("at num hsign? other num tunit? ampm?", with_minutes),
    rule("num hsign other num tunit ampm?", with_minutes),
    rule("at? num other num (ampm|of_ (the|on)* part)", with_minutes),
    rule("num comma num (ampm|hsign)", comma_minutes),
    rule("at num comma num", comma_minutes),
    rule("(at|about)* num and num tunit? ampm?", and_minutes),
    rule("(at|about)+ num num tunit", and_minutes),
    rule("num dot num hsign", _dotted_hour),
    rule("num dot num of_ (the|on)* part", _dotted_in_part),
    rule("(at|about)* num hsign? minus (quarter|num) tunit? ampm?", less),
    rule("(at|about)* num ampm minus (quarter|num) tunit?", less),
    rule("num tunit (for|after|before) (at|at_to)* num colon num ampm?", around_clock),
    rule("num ampm and num tunit", and_minutes),
    rule("(quarter|num) tunit? for (at|at_to|on|the)+ (num|noon) hsign? ampm?", until_hour),
    rule("quarter for num hsign? ampm?", until_hour),
    rule("quarter before (at|at_to|on)+ (num|noon) hsign? ampm?", until_hour),
    rule("num tunit before at num hsign? ampm?", until_hour),
    rule("(quarter|num) tunit? after of_? at num hsign? ampm?", past_hour),
)

ALONE = (rule("num dot num", _dotted_alone),)

BESIDE_DAY = (rule("day (comma|at_)* num dot num", _day_dotted),)

WINDOWS = (
    rule("num dot num", _decimal),
    rule(
        "(from|between|since) (at|at_to|about)* (num|clock) (to|and) (at_|the)* (num|clock) (of_|in|at_to)*"
        " (the|on)* part",
        _window_in_part,
    ),
)
