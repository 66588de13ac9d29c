"""Rules for clock times and windows of the day."""

from __future__ import annotations

from datetime import timedelta

from dialog.understanding.when_grammar import Item, Made, has, rule, values
from dialog.understanding.when_values import DAY, Clock, Context, Hours, likely, one_day


def _clock(
    hour: object, minute: object, *, half: object = None, settled: bool = False, grain: str = "minute"
) -> Clock | None:
    if not isinstance(hour, int) or not isinstance(minute, int) or hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    plain = Clock((hour % 24) * 60 + minute, settled or hour > 12 or hour == 0, grain)
    if half is None or hour > 12:
        return plain
    return plain.on_half(half == "pm")


def _made(clock: Clock | None) -> Made:
    return ("clock", clock) if clock is not None else None


def _written(ctx: Context, items: list[Item]) -> Made:
    """15:30, 3.30pm, 15h30, 3 pm, ten thirty pm, 3h."""
    numbers = [item for item in items if item.kind == "N"]
    half = next(iter(values(items, "ampm")), None)
    hour = numbers[0].value
    minute: object = numbers[1].value if len(numbers) > 1 else 0
    if len(numbers) > 1 and len(numbers[1].text) == 1 and numbers[1].text.isdigit():
        return None
    if len(numbers) == 1 and isinstance(hour, int) and hour > 99 and half:
        hour, minute = divmod(hour, 100)
    leading_zero = numbers[0].text.startswith("0")
    grain = "minute" if len(numbers) > 1 else "hour"
    return _made(_clock(hour, minute, half=half, settled=leading_zero, grain=grain))


def _dotted(ctx: Context, items: list[Item]) -> Made:
    """At 2.30."""
    hour, minute = (item for item in items if item.kind == "N")
    return _made(_clock(hour.value, minute.value)) if len(minute.text) == 2 else None


def _minus(ctx: Context, items: list[Item]) -> Made:
    """Quarter to five, dix heures moins vingt, ten minutes to 3."""
    numbers = [n for n in values(items, "num") if isinstance(n, int)]
    quarter = has(items, "quarter")
    noon = values(items, "noon")
    if has(items, "hsign") and not noon and not has(items, "minus") and len(numbers) > 1:
        hour, less = numbers[-1] * 60, numbers[0]
    elif (has(items, "hsign") and has(items, "minus")) or noon:
        hour = noon[0] if noon else numbers[0] * 60
        less = 15 if quarter else numbers[-1]
    else:
        hour, less = numbers[-1] * 60, 15 if quarter else numbers[0]
    if not isinstance(hour, int) or hour > DAY or not 0 < less < 60:
        return None
    minute = (hour - less) % DAY
    half = next(iter(values(items, "ampm")), None)
    clock = Clock(minute, bool(noon) or hour > NOON_HOUR)
    return _made(clock.on_half(half == "pm") if half else clock)


NOON_HOUR = 12 * 60


def _spoken_minus(ctx: Context, items: list[Item]) -> Made:
    """Ten to five in words, or minutes that can be no hour; digits with a dash are a range."""
    first = items[0]
    if (
        items[1].text == "-"
        or (first.text.isdigit() and first.value not in (20, 25))
        or first.value not in (5, 10, 20, 25)
    ):
        return None
    return _minus(ctx, items)


def _past(ctx: Context, items: list[Item]) -> Made:
    """Half past three, ten past 9, quarter after 5, trois heures et quart, midi et demi."""
    numbers = [n for n in values(items, "num") if isinstance(n, int)]
    extra = 30 if has(items, "half") else 15 if has(items, "quarter") else None
    noon = values(items, "noon")
    if noon:
        minute = extra if extra is not None else numbers[0]
        return _made(Clock((int(str(noon[0])) + minute) % DAY, True)) if 0 < minute < 60 else None
    if extra is None:
        extra, numbers = (numbers[1], numbers[:1]) if has(items, "hsign") else (numbers[0], numbers[1:])
    half = next(iter(values(items, "ampm")), None)
    return _made(_clock(numbers[0], extra, half=half))


def _noon(ctx: Context, items: list[Item]) -> Made:
    value = values(items, "noon")[0]
    return ("clock", Clock(int(str(value)), True, "hour"))


def _spoken(ctx: Context, items: list[Item]) -> Made:
    """At three thirty, at 7, twelve o three."""
    numbers = [item for item in items if item.kind == "N"]
    if any(item.value == "loose" for item in items if item.kind == "c") and not numbers[0].text.isdigit():
        return None
    if len(numbers) > 1:
        minute = numbers[1].value
        if not isinstance(minute, int) or (minute < 10 and not has(items, "zero")):
            return None
        return _made(_clock(numbers[0].value, minute))
    hour = numbers[0].value
    if isinstance(hour, int) and 100 <= hour <= 2400 and len(numbers[0].text) in (3, 4):
        return _made(_clock(hour // 100, hour % 100)) if hour % 5 == 0 else None
    return _made(_clock(hour, 0, settled=len(numbers[0].text) == 2 and numbers[0].text[0] == "0", grain="hour"))


def _spelled(ctx: Context, items: list[Item]) -> Made:
    """Nine thirty, vingt et un trente: two numbers in words, the second one minutes."""
    first, second = (item for item in items if item.kind == "N")
    in_words = not first.text.isdigit() and not second.text.isdigit()
    if not in_words or not isinstance(second.value, int) or second.value < 10 or second.value % 5:
        return None
    return _made(_clock(first.value, second.value))


_NAMES = {"D": "day", "S": "days", "C": "clock", "P": "part", "G": "hours"}


def _with_part(ctx: Context, items: list[Item]) -> Made:
    """Three in the afternoon, huit heures du soir, morning 11; the part only settles the half of the day."""
    part = values(items, "part")[0]
    if not isinstance(part, tuple):
        return None
    made: list[tuple[str, object]] = []
    for item in items:
        if isinstance(item.value, Clock):
            made.append(("clock", _on_part(item.value, part)))
        elif item.kind in "DS":
            made.append((_NAMES[item.kind], item.value))
    return made


def _on_part(clock: Clock, part: tuple[object, ...]) -> Clock:
    if clock.settled or part[3] is None:
        return clock
    if part[0] == "night" and clock.minute < 5 * 60:
        return clock.on_half(False)
    if clock.minute >= NOON_HOUR:
        return Clock(0 if part[0] in ("night", "evening") else clock.minute, True, clock.grain)
    return clock.on_half(bool(part[3]))


def _part_number(ctx: Context, items: list[Item]) -> Made:
    """Morning 11, l'après-midi sept."""
    number = [item for item in items if item.kind == "N"]
    if number[0].text in ("one", "un", "une") and not any(item.kind in "@àcvio" for item in items):
        return None
    made = _spoken(ctx, number)
    part = values(items, "part")[0]
    if not isinstance(made, tuple) or not isinstance(made[1], Clock) or not isinstance(part, tuple):
        return None
    return ("clock", _on_part(made[1], part))


def _number_day_part(ctx: Context, items: list[Item]) -> Made:
    """Nine tomorrow morning."""
    made = _part_number(ctx, [item for item in items if item.kind in "NP"])
    days = [(_NAMES[item.kind], item.value) for item in items if item.kind == "D"]
    return [*days, made] if isinstance(made, tuple) else None


def _part_numbers(ctx: Context, items: list[Item]) -> Made:
    """Morning 6-8."""
    made = _range(ctx, [item for item in items if item.kind == "N"])
    part = values(items, "part")[0]
    if not isinstance(made, tuple) or not isinstance(made[1], Hours) or not isinstance(part, tuple):
        return None
    return ("hours", _moved(made[1], part))


def _half_of_day(ctx: Context, items: list[Item]) -> Made:
    """Tuesday PM."""
    is_pm = values(items, "ampm")[0] == "pm"
    return [("day", items[0].value), ("part", ("half", 720, 1080, True) if is_pm else ("half", 480, 720, False))]


def _edge_of_part(ctx: Context, items: list[Item]) -> Made:
    """Late afternoon, début de matinée: the half of it that was named."""
    part = values(items, "part")[0]
    edge = next(iter(values(items, "edge")), "end")
    if not isinstance(part, tuple):
        return None
    name, start, end, is_pm = part
    share = (end - start) // (3 if end - start > 300 else 2)
    middle = (start + end) // 2
    if edge == "mid":
        return ("clock", Clock(NOON_HOUR if name == "daytime" else min(start + 120, middle), True))
    made: tuple[str, object] = (
        "part",
        (name, start, start + share, is_pm) if edge == "begin" else (name, end - share, end, is_pm),
    )
    return [("day", one_day(ctx.today)), made] if has(items, "this") else made


def _this_part(ctx: Context, items: list[Item]) -> Made:
    from_this = values(items, "this")
    return [("day", one_day(ctx.today)), ("part", values(items, "part")[0])] if from_this else None


def _range(ctx: Context, items: list[Item]) -> Made:
    """From 3 to 4pm, 9h-11h, between 10 and 11:30; a bare number counts as an hour here."""
    ends = [_end(item) for item in items if item.kind in "NC"]
    if ctx.is_move and not has(items, "between"):
        return [("clock", ends[0]), ("dash", "to"), ("clock", ends[1])] if all(i.kind != "N" for i in items) else None
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    return ("hours", ordered(ctx, ends[0], ends[1]))


def _end(item: Item) -> Clock | None:
    if isinstance(item.value, Clock):
        return item.value
    hour = item.value
    return _clock(hour, 0, settled=item.text.startswith("0"), grain="hour") if isinstance(hour, int) else None


def ordered(ctx: Context, first: Clock, second: Clock) -> Hours:
    """Both ends on the halves of the day that make the window go forward and be short."""
    if first.settled and second.settled:
        return Hours(first.minute, second.minute)
    if second.settled:
        start = likely(first, ctx)
        if second.is_half_said or start >= second.minute:
            start = min(_halves(first), key=lambda minute: (second.minute - minute - 1) % DAY)
        return Hours(start, second.minute)
    start = likely(first, ctx)
    return Hours(start, min(_halves(second), key=lambda minute: (minute - start - 1) % DAY))


def _halves(clock: Clock) -> tuple[int, ...]:
    early = clock.minute % NOON_HOUR
    return (early, early + NOON_HOUR)


def _open_end(ctx: Context, items: list[Item]) -> Made:
    """After five, from 15h on, no earlier than 10."""
    clock = next((c for item in items if item.kind in "NC" and (c := _end(item))), None)
    if clock is None or any(item.kind == "F" and item.value != "from" for item in items):
        return None
    return ("hours", Hours(likely(clock, ctx), None))


def _open_start(ctx: Context, items: list[Item]) -> Made:
    clock = next((c for item in items if item.kind in "NC" and (c := _end(item))), None)
    return ("hours", Hours(None, likely(clock, ctx))) if clock else None


def _until(ctx: Context, items: list[Item]) -> Made:
    """`until 5` has no start; with a window before it, it is that window's new end."""
    return _open_start(ctx, items)


def _both_open(ctx: Context, items: list[Item]) -> Made:
    """After 3:30 but before 6."""
    first, second = (item.value for item in items if item.kind == "G")
    if isinstance(first, Hours) and isinstance(second, Hours):
        start = first.start if first.start is not None else second.start
        end = second.end if second.end is not None else first.end
        one_side_each = (first.start is None) != (second.start is None) and (first.end is None) != (second.end is None)
        if one_side_each and start is not None and end is not None and start < end:
            return ("hours", Hours(start, end))
    return None


def _hours_with_part(ctx: Context, items: list[Item]) -> Made:
    """Between 5 and 7 in the evening: the part settles both ends."""
    hours = values(items, "hours")[0]
    part = values(items, "part")[0]
    if not isinstance(hours, Hours) or not isinstance(part, tuple):
        return None
    days = [(_NAMES[item.kind], item.value) for item in items if item.kind == "D"]
    return [*days, ("hours", _moved(hours, part))]


def _moved(hours: Hours, part: tuple[object, ...]) -> Hours:
    def on_half(minute: int | None) -> int | None:
        if minute is None or part[3] is None:
            return minute
        if part[3] and minute < NOON_HOUR:
            return minute + NOON_HOUR
        return minute - NOON_HOUR if not part[3] and minute >= 13 * 60 else minute

    return Hours(on_half(hours.start), on_half(hours.end))


def _for_duration(ctx: Context, items: list[Item]) -> Made:
    """From 9 for two hours."""
    clock = _end(next(item for item in items if item.kind in "NC"))
    span = values(items, "span")[0]
    if clock is None or not isinstance(span, timedelta) or span >= timedelta(days=1):
        return None
    start = likely(clock, ctx)
    return ("hours", Hours(start, (start + int(span.total_seconds() // 60)) % DAY))


def _part_open(ctx: Context, items: list[Item]) -> Made:
    """After the morning, until the evening."""
    part = values(items, "part")[0]
    if not isinstance(part, tuple):
        return None
    return ("hours", Hours(None, part[1]) if items[0].kind in "<~" else Hours(part[2], None))


WRITTEN = (
    rule("num colon num colon num ampm?", _written),
    rule("num colon num hsign? ampm?", _written),
    rule("num dot num ampm", _written),
    rule("num hsign minus (the|on)* quarter ampm?", _minus),
    rule("num hsign minus num tunit? ampm?", _minus),
    rule("noon minus (the|on)* (quarter|num) tunit?", _minus),
    rule("(quarter|num) tunit? (dash|minus|before|until) noon", _minus),
    rule("(half|quarter|num) tunit? (past|after) noon", _past),
    rule("num hsign (and|minus)? (half|quarter) ampm?", _past),
    rule("noon and? (half|quarter|num)", _past),
    rule("quarter (dash|minus|before|until) num hsign? ampm?", _minus),
    rule("num tunit (dash|minus|before|until) num hsign? ampm?", _minus),
    rule("num dash num hsign? ampm?", _spoken_minus),
    rule("(half|quarter) (past|after) num hsign? ampm?", _past),
    rule("num tunit? (past|after) num hsign? ampm?", _past),
    rule("half num hsign? ampm?", _past),
    rule("num (dot|dash)? num ampm", _written),
    rule("num ampm", _written),
    rule("num dot ampm", _written),
    rule("at_ num dot num", _dotted),
    rule("num hsign num tunit? ampm?", _written),
    rule("num hsign ampm?", _written),
    rule("num noon", _noon),
    rule("noon", _noon),
    rule("num dash? zero dash? num ampm?", _spoken),
    rule("num dash? num", _spelled),
    rule("clock at_? clock", lambda ctx, items: ("clock", items[-1].value) if _same_clock(items) else None),
)

PARTS = (
    rule("edge dash? (of_|in|the|on|dash)* part", _edge_of_part),
    rule("part edge", _edge_of_part),
    rule("fromnow this? part", _edge_of_part),
    rule("this part", _this_part),
)

SPOKEN = (
    rule("at_* num (in|of_|at_to|this)+ (the|on)* part", _part_number),
    rule("for num num", _spoken),
    rule("for num", lambda ctx, items: ("other", None)),
    rule("clock comma? (of_|in|at_|this|at_to)? (the|on)* part", _with_part),
    rule("part (at_|in|comma|from)* the? clock", _with_part),
    rule("clock (at_|on)? day (at_|in|of_)? the? part", _with_part),
    rule("day (at_|in|of_)? the? part (at_|in|comma|of_)* clock", _with_part),
)

BARE = (
    rule("(from|between) (num|clock) (to|and) (at_)* (num|clock)", _range),
    rule("(num|clock) to at_* clock", _range),
    rule("clock to at_* num", _range),
    rule("num (at_to|until) num", _range),
    rule("part num to num", _part_numbers),
    rule("span (from|at_|since)+ clock", _for_duration),
    rule("(from|at_|since)* (num|clock) for? span", _for_duration),
    rule("(after|since) (at_|the)* (clock|num)", _open_end),
    rule("at_? (clock|num) later", _open_end),
    rule("(before|until) (at_|the)* (clock|num)", _open_start),
    rule("at_? (clock|num) less", _open_start),
    rule("from (at_)? clock", _open_end),
    rule("(at|at_to|about)+ num zero? num", _spoken),
    rule("(at|at_to|about)+ num", _spoken),
)

CLOSING = (
    rule("part (at_|in|comma|from)* the? clock", _with_part),
    rule("clock comma? (of_|in|at_|this|at_to)? (the|on)* part", _with_part),
    rule("clock (at_|on)* day (at_|in|of_)? (the|on)* part", _with_part),
    rule("day (at_|in|of_)? (the|on)* part (at_|in|comma|of_)* clock", _with_part),
    rule("at_* num day (at_|in|of_)? (the|on)* part", _number_day_part),
    rule("at_* num comma? (part|day part)", _number_day_part),
    rule("day ampm", _half_of_day),
    rule("hours (and|comma|dash)* hours", _both_open),
    rule("hours (of_|in|at_|this|on|the)* part", _hours_with_part),
    rule("part (at_|from|comma)* hours", _hours_with_part),
    rule("part (at_|in|comma|from|the)* num", _part_number),
    rule("(after|before|until|since) (the|on)* part", _part_open),
)


def _same_clock(items: list[Item]) -> bool:
    first, second = items[0].value, items[-1].value
    return isinstance(first, Clock) and isinstance(second, Clock) and first.minute % 720 == second.minute % 720
