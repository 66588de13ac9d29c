"""Rules for clock times as Spanish and Portuguese put them: "las tres y media", "quinze para as oito"."""

from __future__ import annotations

from datetime import datetime, time

from dialog.understanding.when_calendar import day_number, made_day
from dialog.understanding.when_clocks import bare_clock, dotted, on_part
from dialog.understanding.when_grammar import Item, Made, has, kept, rule, values
from dialog.understanding.when_hours import open_start, ordered
from dialog.understanding.when_values import DAY, Clock, Context, Days, Hours, Moments, likely

_AND = frozenset({"y", "e"})
_ROUND = (5, 10, 15, 20, 25)


def _clock(hour: object, minute: object, items: list[Item], *, is_settled: bool = False) -> Made:
    if not isinstance(hour, int) or not isinstance(minute, int) or hour > 24:
        return None
    if minute < 0 and hour == 1:
        hour = 13
    clock = Clock((hour * 60 + minute) % DAY, is_settled or hour > 12 or hour == 0)
    half = next(iter(values(items, "ampm")), None)
    return ("clock", clock.on_half(half == "pm") if half and hour <= 12 else clock)


def _and_minutes(ctx: Context, items: list[Item]) -> Made:
    """Las tres y media, 8 y cuarto, às sete e vinte; a bare "3 y 15" without article only in words."""
    if not any(item.kind == "&" and item.text in _AND for item in items) and not has(items, "tunit"):
        return None
    numbers = [item for item in items if item.kind == "N"]
    if len(numbers) == 1:
        return _clock(numbers[0].value, 30 if has(items, "half") else 15, items)
    hour, minute = numbers
    by_article = has(items, "at") or has(items, "ampm") or has(items, "tunit")
    in_words = not hour.text.isdigit() and not minute.text.isdigit()
    if not (by_article or in_words) or not isinstance(minute.value, int) or not 5 <= minute.value < 60:
        return None
    return _clock(hour.value, minute.value, items) if minute.value % 5 == 0 or not minute.text.isdigit() else None


def _minutes_in_part(ctx: Context, items: list[Item]) -> Made:
    """Nueve y tres de la mañana."""
    hour, minute = (item.value for item in items if item.kind == "N")
    made = _clock(hour, minute, []) if isinstance(minute, int) and 0 < minute < 60 else None
    part = values(items, "part")[0]
    if not isinstance(made, tuple) or not isinstance(made[1], Clock) or not isinstance(part, tuple):
        return None
    return ("clock", on_part(made[1], part))


def _dotted_alone(ctx: Context, items: list[Item]) -> Made:
    """15.30 and nothing else, where it can be no date."""
    return dotted(ctx, [items[0], items[2]]) if int(str(items[2].value)) > 12 or items[2].text == "00" else None


def _dotted_hour(ctx: Context, items: list[Item]) -> Made:
    """21.30h."""
    return dotted(ctx, [item for item in items if item.kind == "N"])


def _less(ctx: Context, items: list[Item]) -> Made:
    """Las ocho menos cuarto."""
    numbers = [item.value for item in items if item.kind == "N"]
    less = 15 if has(items, "quarter") else numbers[-1]
    if not isinstance(less, int) or not 0 < less < 60 or not isinstance(numbers[0], int):
        return None
    return _clock(numbers[0], -less, items)


def _until_hour(ctx: Context, items: list[Item]) -> Made:
    """Un cuarto para las tres, quinze para o meio-dia."""
    noon = values(items, "noon")
    numbers = [item.value for item in items if item.kind == "N"]
    less = 15 if has(items, "quarter") else numbers[0]
    if not isinstance(less, int) or (less not in _ROUND and not has(items, "tunit")) or less > 120:
        return None
    if noon:
        return ("clock", Clock((int(str(noon[0])) - less) % DAY, True))
    return _clock(numbers[-1], -less, items)


def _past_hour(ctx: Context, items: list[Item]) -> Made:
    """Quinze depois das oito."""
    numbers = [item.value for item in items if item.kind == "N"]
    past = 15 if has(items, "quarter") else numbers[0]
    is_plain = has(items, "tunit") or any(item.text.startswith("pasad") for item in items)
    if items[0].text.isdigit() and not is_plain:
        return None
    if not isinstance(past, int) or (past not in _ROUND and not is_plain) or past > 120:
        return None
    return _clock(numbers[-1], past, items)


def _around_clock(ctx: Context, items: list[Item]) -> Made:
    """Tres minutos para las 5:30 pm."""
    shift, hour, minute = (int(str(item.value)) for item in items if item.kind == "N")
    if shift > 59 or minute > 59 or hour > 24:
        return None
    return _clock(hour, minute + (shift if has(items, "after") else -shift), items)


def _day_then_after(ctx: Context, items: list[Item]) -> Made:
    """El quince después de las 5: a day, no minutes."""
    day = made_day(day_number(ctx, int(str(items[1].value))))
    return [day, *kept(items[2:])] if isinstance(day, tuple) else None


def _day_then_part(ctx: Context, items: list[Item]) -> Made:
    """El 15 8 de la mañana."""
    numbers = [item for item in items if item.kind == "N"]
    day = made_day(day_number(ctx, int(str(numbers[0].value))))
    made = _clock(numbers[1].value, 0, [])
    part = values(items, "part")[0]
    if not (isinstance(day, tuple) and isinstance(made, tuple) and isinstance(made[1], Clock)):
        return None
    return [day, ("clock", on_part(made[1], part))] if isinstance(part, tuple) else None


def _clock_then_date(ctx: Context, items: list[Item]) -> Made:
    """A las 10 en punto 15 de julio: the second number is no minutes."""
    noon = values(items, "noon")
    at = next(i for i, item in enumerate(items) if item.kind in "hz")
    hour = items[0].value if not noon else int(str(noon[0])) // 60
    made = _clock(hour, 0, [], is_settled=bool(noon))
    return [made, *kept(items[at + 1 :])] if isinstance(made, tuple) else None


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


def _window(ctx: Context, items: list[Item]) -> Made:
    """Entre las 3 y 5."""
    first, second = (item for item in items if item.kind == "N")
    made = _clock(first.value, 0, []), _clock(second.value, 0, [])
    ends = [part[1] for part in made if isinstance(part, tuple)]
    if len(ends) != 2 or not isinstance(ends[0], Clock) or not isinstance(ends[1], Clock):
        return None
    return ("hours", ordered(ctx, ends[0], ends[1]))


def _instants(ctx: Context, items: list[Item]) -> Made:
    """Desde el lunes a las 9 hasta el martes a las 5."""
    days = [day.start for day in values(items, "day") if isinstance(day, Days)]
    clocks = [bare_clock(item) for item in items if item.kind in "NC"]
    ends = [
        datetime.combine(day, time(likely(clock, ctx) // 60 % 24, likely(clock, ctx) % 60))
        for day, clock in zip(days, clocks, strict=False)
        if day is not None and clock is not None
    ]
    return ("moments", Moments(ends[0], ends[1])) if len(ends) == 2 and ends[0] < ends[1] else None


def _decimal(ctx: Context, items: list[Item]) -> Made:
    """37.1 is no time; 4.30 may be one, where a time was asked for."""
    hour, _, minute = items
    if ctx.expects == "time" and len(minute.text) == 2 and int(str(hour.value)) < 24 and int(str(minute.value)) < 60:
        return None
    return ("other", None) if items[1].glued and items[2].glued else None


def _day_dotted(ctx: Context, items: list[Item]) -> Made:
    """Mañana 15.30."""
    numbers = [item for item in items if item.kind == "N"]
    made = dotted(ctx, numbers) if int(str(numbers[1].value)) > 12 else None
    return [("day", items[0].value), made] if isinstance(made, tuple) else None


def _window_in_part(ctx: Context, items: list[Item]) -> Made:
    """De 5 a 7 de la tarde."""
    ends = [clock for item in items if item.kind in "NC" and (clock := bare_clock(item))]
    part = values(items, "part")[0]
    if len(ends) != 2 or ctx.is_move or not isinstance(part, tuple):
        return None
    return ("hours", ordered(ctx, ends[0], on_part(ends[1], part)))


def _at_most(ctx: Context, items: list[Item]) -> Made:
    """Como muy tarde a las 5, no máximo na sexta."""
    value = items[-1].value
    if isinstance(value, Days):
        return ("days", Days(None, value.end))
    clock = bare_clock(items[-1])
    return ("hours", Hours(None, likely(clock, ctx))) if clock else None


CLOCKS = (
    rule("for num for at num", _people),
    rule("between (at|at_to)+ num and num", _window),
    rule("between (at|at_to)* num and (at|at_to)* num (of_|in|at_to)+ (the|on)* part", _window_in_part),
    rule("on num after at num", _day_then_after),
    rule("on num num of_ (the|on)* part", _day_then_part),
    rule("num hsign num (of_|the)* month", _clock_then_date),
    rule("noon num (of_|the)* month", _clock_then_date),
    rule("num hsign num slash num", _clock_then_date),
    rule("noon num slash num", _clock_then_date),
    rule("of_ month (from|between) (at|at_to)* num (to|and) (at|at_to)* num", _month_then_hours),
    rule("(at|about)* num (hsign|ampm)? and (half|quarter) ampm?", _and_minutes),
    rule("(at|about)* num and num of_ (the|on)* part", _minutes_in_part),
    rule("(at|about)* num and num tunit? ampm?", _and_minutes),
    rule("(at|about)+ num num tunit", _and_minutes),
    rule("num dot num hsign", _dotted_hour),
    rule("(at|about)* num hsign? minus (quarter|num) tunit? ampm?", _less),
    rule("(at|about)* num ampm minus (quarter|num) tunit?", _less),
    rule("num tunit (for|after|before) (at|at_to)* num colon num ampm?", _around_clock),
    rule("num ampm and num tunit", _and_minutes),
    rule("(quarter|num) tunit? for (at|at_to|on|the)+ (num|noon) hsign? ampm?", _until_hour),
    rule("quarter for num hsign? ampm?", _until_hour),
    rule("num tunit before at num hsign? ampm?", _until_hour),
    rule("(quarter|num) tunit? after at num hsign? ampm?", _past_hour),
)

ALONE = (rule("num dot num", _dotted_alone),)

BESIDE_DAY = (rule("day (comma|at_)* num dot num", _day_dotted),)

WINDOWS = (
    rule("(from|since)? (the|on)* day at_+ (clock|num) to (the|on)* day at_+ (clock|num)", _instants),
    rule("num dot num", _decimal),
    rule("at_? clock less", open_start),
    rule("less (at|at_to|on|the)+ (num|clock|day)", _at_most),
    rule("less (day|clock)", _at_most),
    rule(
        "(from|between|since) (at|at_to|about)* (num|clock) (to|and) (at_)* (num|clock) (of_|in|at_to)* (the|on)* part",
        _window_in_part,
    ),
)
