"""Rules for clock times as Spanish and Portuguese put them: "las tres y media", "quinze para as oito"."""

from __future__ import annotations

from dialog.understanding.when_calendar import day_number, made_day
from dialog.understanding.when_clocks import bare_clock, dotted, on_part
from dialog.understanding.when_grammar import Item, Made, has, kept, rule, values
from dialog.understanding.when_hours import ordered
from dialog.understanding.when_values import DAY, Clock, Context

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
    is_no_hour = minute.value > (24 if int(str(hour.value)) > 12 else 12)
    is_minute = minute.value % 5 == 0 or is_no_hour or not minute.text.isdigit()
    return _clock(hour.value, minute.value, items) if is_minute else None


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


def _dotted_in_part(ctx: Context, items: list[Item]) -> Made:
    """9.15 de la noche."""
    made = dotted(ctx, [items[0], items[2]])
    part = items[-1].value
    is_clock = isinstance(made, tuple) and isinstance(made[1], Clock) and isinstance(part, tuple)
    return [made, *kept(items[3:])] if is_clock and isinstance(made, tuple) else None


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


def _weekday_number_clock(ctx: Context, items: list[Item]) -> Made:
    """Lunes veintidós seis pm: no clock has 22 hours before noon or after."""
    number, hour = (int(str(item.value)) for item in items if item.kind == "N")
    made = _clock(hour, 0, items) if 12 < number <= 31 and hour <= 12 else None
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


def _hour_minute_in_part(ctx: Context, items: list[Item]) -> Made:
    """Seis dos de la tarde, siete quince de la noche: minutes in words need no `y`."""
    hour, minute = (item for item in items if item.kind == "N")
    if hour.text.isdigit() or minute.text.isdigit() or not isinstance(hour.value, int) or hour.value > 12:
        return None
    return _minutes_in_part(ctx, items)


def _comma_minutes(ctx: Context, items: list[Item]) -> Made:
    """7,30 pm."""
    hour, minute = (item for item in items if item.kind == "N")
    is_clock = items[1].glued and items[2].glued and len(minute.text) == 2 and int(str(minute.value)) < 60
    return _clock(hour.value, minute.value, items) if is_clock else None


def _around_half(ctx: Context, items: list[Item]) -> Made:
    """Tres minutos para las cinco y media, diez minutos después de las cinco treinta."""
    numbers = [int(str(item.value)) for item in items if item.kind == "N"]
    minute = 30 if has(items, "half") else 15 if has(items, "quarter") else numbers.pop()
    if len(numbers) != 2 or numbers[0] > 59 or not 10 <= minute <= 59:
        return None
    return _clock(numbers[1], minute + (numbers[0] if has(items, "after") else -numbers[0]), items)


def _window(ctx: Context, items: list[Item]) -> Made:
    """Entre las 3 y 5."""
    first, second = (item for item in items if item.kind == "N")
    made = _clock(first.value, 0, []), _clock(second.value, 0, items)
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
    made = dotted(ctx, numbers) if int(str(numbers[1].value)) > 12 else None
    return [("day", items[0].value), made] if isinstance(made, tuple) else None


def _and_zero(ctx: Context, items: list[Item]) -> Made:
    """Las ocho y cero cinco."""
    hour, minute = (item.value for item in items if item.kind == "N")
    return _clock(hour, minute, items) if isinstance(minute, int) and minute < 10 else None


def _at_noon(ctx: Context, items: list[Item]) -> Made:
    """Al mediodía a las 2: which half, and the hour."""
    clock = bare_clock(items[-1])
    is_near = clock is not None and not clock.settled and clock.minute < 4 * 60
    return ("clock", clock.on_half(True)) if clock is not None and is_near else None


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
    rule("num tunit (for|after|before) (at|at_to)* num and? (half|quarter|num)", _around_half),
    rule("for num for at num", _people),
    rule("between num and num", _between_words),
    rule("between (at|at_to)+ num and at num (ampm|hsign)", _window),
    rule("between (at|at_to)+ num and the? num (ampm|hsign)?", _window),
    rule("between (at|at_to)* num and (at|at_to)* num (of_|in|at_to)+ (the|on)* part", _window_in_part),
    rule("on num after at num", _day_then_after),
    rule("on num num of_ (the|on)* part", _day_then_part),
    rule("num hsign num (of_|the)* month", _clock_then_date),
    rule("noon num (of_|the)* month", _clock_then_date),
    rule("num hsign num slash num", _clock_then_date),
    rule("noon num slash num", _clock_then_date),
    rule("of_ month (from|between) (at|at_to)* num (to|and) (at|at_to)* num", _month_then_hours),
    rule("(at|about)* num and zero num ampm?", _and_zero),
    rule("zero hsign", lambda ctx, items: ("clock", Clock(0, True, "hour"))),
    rule("at_to on? noon at_to at num", _at_noon),
    rule("from? at? num dot num to at? num dot num (ampm|hsign)?", _dotted_window),
    rule("between at? num dot num and at? num dot num (ampm|hsign)?", _dotted_window),
    rule("(at|about)* num (hsign|ampm)? and (half|quarter) ampm?", _and_minutes),
    rule("(at|about)* num and num of_ (the|on)* part", _minutes_in_part),
    rule("(at|about)* num num of_ (the|on)* part", _hour_minute_in_part),
    rule("num comma num (ampm|hsign)", _comma_minutes),
    rule("(at|about)* num and num tunit? ampm?", _and_minutes),
    rule("(at|about)+ num num tunit", _and_minutes),
    rule("num dot num hsign", _dotted_hour),
    rule("num dot num of_ (the|on)* part", _dotted_in_part),
    rule("(at|about)* num hsign? minus (quarter|num) tunit? ampm?", _less),
    rule("(at|about)* num ampm minus (quarter|num) tunit?", _less),
    rule("num tunit (for|after|before) (at|at_to)* num colon num ampm?", _around_clock),
    rule("num ampm and num tunit", _and_minutes),
    rule("(quarter|num) tunit? for (at|at_to|on|the)+ (num|noon) hsign? ampm?", _until_hour),
    rule("quarter for num hsign? ampm?", _until_hour),
    rule("quarter before (at|at_to|on)+ (num|noon) hsign? ampm?", _until_hour),
    rule("num tunit before at num hsign? ampm?", _until_hour),
    rule("(quarter|num) tunit? after of_? at num hsign? ampm?", _past_hour),
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
