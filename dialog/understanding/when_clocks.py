"""Rules for clock times and windows of the day."""

from __future__ import annotations

import re

from dialog.understanding.when_grammar import Item, Made, has, rule, values
from dialog.understanding.when_values import DAY, Clock, Context, Hours

NOON_HOUR = 12 * 60
_ROUND = re.compile("[0-5][05]")
_FIGURES = frozenset("0123456789")
_FRENCH_OPEN = frozenset({"apres", "avant", "passe", "plus", "jusqu", "jusque", "pas", "jamais"})


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
    if numbers[0].text.isdigit() and has(items, "dash"):
        return None
    if has(items, "hsign") and any(item.kind == ":" and not item.glued for item in items):
        return None
    half = next(iter(values(items, "ampm")), None)
    hour: object = numbers[0].value
    minute: object = numbers[1].value if len(numbers) > 1 else 0
    if len(numbers) > 1 and (numbers[1].text in ("one", "a") or numbers[1].text in _FIGURES):
        return None
    if len(numbers) == 1 and isinstance(hour, int) and hour > 99 and (half or len(numbers[0].text) == 4):
        hour, minute = hour // 100, hour % 100
    leading_zero = numbers[0].text.startswith("0")
    grain = "minute" if len(numbers) > 1 else "hour"
    return _made(_clock(hour, minute, half=half, settled=leading_zero, grain=grain))


def dotted(ctx: Context, items: list[Item]) -> Made:
    """At 2.30."""
    hour, minute = (item for item in items if item.kind == "N")
    return _made(_clock(hour.value, minute.value)) if len(minute.text) == 2 else None


def minus(ctx: Context, items: list[Item]) -> Made:
    """Quarter to five, dix heures moins vingt, ten minutes to 3."""
    if _is_open(items):
        return None
    numbers = [n for n in values(items, "num") if isinstance(n, int)]
    quarter = has(items, "quarter")
    noon = values(items, "noon")
    if has(items, "hsign") and not noon and not has(items, "minus") and len(numbers) > 1:
        hour, less = numbers[-1] * 60, numbers[0]
    elif (has(items, "hsign") and has(items, "minus")) or noon:
        hour = int(str(noon[0])) if noon else numbers[0] * 60
        less = 15 if quarter else numbers[-1]
    else:
        hour, less = numbers[-1] * 60, 15 if quarter else numbers[0]
    if not isinstance(hour, int) or hour > DAY or not 0 < less < 60:
        return None
    half = next(iter(values(items, "ampm")), None)
    hour += NOON_HOUR * (hour == 60 and not noon)
    minute = (hour - less) % DAY
    clock = Clock(minute, bool(noon) or hour > NOON_HOUR + 60)
    return _made(clock.on_half(half == "pm") if half else clock)


def _spoken_minus(ctx: Context, items: list[Item]) -> Made:
    """Ten to five in words, or minutes that can be no hour; digits with a dash are a range."""
    first = items[0]
    if (
        items[1].text == "-"
        or (first.text.isdigit() and first.value not in (20, 25))
        or first.value not in (5, 10, 20, 25)
    ):
        return None
    return minus(ctx, items)


def _is_open(items: list[Item]) -> bool:
    """The `12 après 16h` of "le 12 après 16h": before and after count minutes in French only where they are named."""
    is_plain = not has(items, "tunit") and not has(items, "quarter")
    return is_plain and any(item.kind in "<>~" and item.text in _FRENCH_OPEN for item in items)


def _past(ctx: Context, items: list[Item]) -> Made:
    """Half past three, ten past 9, quarter after 5, trois heures et quart, midi et demi."""
    if _is_open(items):
        return None
    numbers = [n for n in values(items, "num") if isinstance(n, int)]
    extra = 30 if has(items, "half") else 15 if has(items, "quarter") else None
    noon = values(items, "noon")
    if noon:
        minute = extra if extra is not None else numbers[0]
        return _made(Clock((int(str(noon[0])) + minute) % DAY, True)) if 0 < minute < 60 else None
    if has(items, "quarter") and len(numbers) > 1 and has(items, "hsign"):
        return _made(_clock(numbers[0], numbers[1] * 15)) if numbers[1] == 3 else None
    if extra is None:
        extra, numbers = numbers[0], numbers[1:]
    half = next(iter(values(items, "ampm")), None)
    return _made(_clock(numbers[0], extra, half=half))


def _around(ctx: Context, items: list[Item]) -> Made:
    """Four minutes to six fifteen, 10 min past 4:15."""
    shift, hour, minute = (item.value for item in items if item.kind == "N")
    clock = _clock(hour, minute)
    if clock is None or not isinstance(shift, int) or not isinstance(minute, int) or shift > 59 or minute < 10:
        return None
    is_past = has(items, "past") or has(items, "after")
    moved = Clock((clock.minute + (shift if is_past else -shift)) % DAY, clock.settled)
    half = next(iter(values(items, "ampm")), None)
    return _made(moved.on_half(half == "pm") if half else moved)


def _from_noon(ctx: Context, items: list[Item]) -> Made:
    """Entre midi et deux: what follows `and` is the other end, no minutes."""
    return [("between", "between"), ("clock", Clock(int(str(values(items, "noon")[0])), True, "hour"))]


def _up_to_noon(ctx: Context, items: list[Item]) -> Made:
    """From 10 till noon; ten to noon is ten minutes before it."""
    number = next(item for item in items if item.kind == "N")
    is_until = items[0].kind in "Fs" or has(items, "until")
    if not isinstance(number.value, int) or number.value > 11 or (number.value in (5, 10) and not is_until):
        return None
    noon = int(str(values(items, "noon")[0]))
    return ("hours", Hours(number.value * 60, noon)) if noon else None


def _noon(ctx: Context, items: list[Item]) -> Made:
    """Noon, 12 noon; the 22 of "lunes 22 mediodía" is a day."""
    if any(item.kind == "N" and item.value not in (0, 12) for item in items):
        return None
    value = values(items, "noon")[0]
    if has(items, "num") and values(items, "num")[0] not in (0, 12, 24):
        return None
    return ("clock", Clock(int(str(value)), True, "hour"))


def spoken(ctx: Context, items: list[Item]) -> Made:
    """At three thirty, at 7, twelve o three."""
    numbers = [item for item in items if item.kind == "N"]
    if any(item.value == "loose" for item in items if item.kind == "c") and not numbers[0].text.isdigit():
        return None
    if len(numbers) > 1:
        minute = numbers[1].value
        if not isinstance(minute, int) or (minute < 10 and not has(items, "zero")):
            return None
        return _made(_clock(numbers[0].value, minute))
    if numbers[0].text in ("un", "une"):
        return None
    hour = numbers[0].value
    if isinstance(hour, int) and 100 <= hour <= 2400 and len(numbers[0].text) in (3, 4):
        return _made(_clock(hour // 100, hour % 100)) if hour % 5 == 0 else None
    return _made(_clock(hour, 0, settled=len(numbers[0].text) == 2 and numbers[0].text[0] == "0", grain="hour"))


def _spoken_zero(ctx: Context, items: list[Item]) -> Made:
    """Twelve o three, six oh five pm."""
    made = spoken(ctx, items)
    half = next(iter(values(items, "ampm")), None)
    clock = made[1] if isinstance(made, tuple) else None
    return _made(clock.on_half(half == "pm")) if half and isinstance(clock, Clock) else made


def _spelled(ctx: Context, items: list[Item]) -> Made:
    """Nine thirty, vingt et un trente: two numbers in words, the second one minutes; 4 30 where a time was asked."""
    first, second = (item for item in items if item.kind == "N")
    if ctx.expects == "time" and len(items) == 2 and first.text.isdigit() and _ROUND.fullmatch(second.text):
        return _made(_clock(first.value, second.value)) if len(first.text) < 3 else None
    in_words = not second.text.isdigit()
    if not in_words or not isinstance(second.value, int) or second.value < 10:
        return None
    if second.value % 5 and (first.text.isdigit() or not isinstance(first.value, int) or first.value > 12):
        return None
    if second.value % 5 and second.value < 20:
        return None
    return _made(_clock(first.value, second.value))


NAMES = {"D": "day", "S": "days", "C": "clock", "P": "part", "G": "hours"}


def with_part(ctx: Context, items: list[Item]) -> Made:
    """Three in the afternoon, huit heures du soir, morning 11; the part only settles the half of the day."""
    part = values(items, "part")[0]
    if not isinstance(part, tuple):
        return None
    made: list[tuple[str, object]] = []
    for item in items:
        if isinstance(item.value, Clock):
            made.append(("clock", on_part(item.value, part)))
        elif item.kind in "DS":
            made.append((NAMES[item.kind], item.value))
    return made


def on_part(clock: Clock, part: tuple[object, ...]) -> Clock:
    is_on_24_hours = clock.settled and not (part[3] and 60 <= clock.minute < NOON_HOUR and not clock.is_half_said)
    if is_on_24_hours or part[3] is None:
        return clock
    if part[0] == "night" and clock.minute < 5 * 60:
        return clock.on_half(False)
    if part[0] in ("lunchtime", "midday") and 11 * 60 <= clock.minute < NOON_HOUR:
        return clock.on_half(False)
    if clock.minute >= NOON_HOUR:
        return Clock(clock.minute - NOON_HOUR * (part[0] in ("night", "evening", "dawn")), True, clock.grain)
    return clock.on_half(bool(part[3]))


def part_number(ctx: Context, items: list[Item]) -> Made:
    """Morning 11, l'après-midi sept."""
    number = [item for item in items if item.kind == "N"]
    if number[0].text in ("one", "un", "une") and not any(item.kind in "@àcvio" for item in items):
        return None
    made = spoken(ctx, number)
    part = values(items, "part")[0]
    if not isinstance(made, tuple) or not isinstance(made[1], Clock) or not isinstance(part, tuple):
        return None
    return ("clock", on_part(made[1], part))


def bare_clock(item: Item) -> Clock | None:
    if isinstance(item.value, Clock):
        return item.value
    hour = item.value
    if not isinstance(hour, int):
        return None
    if len(item.text) == 4 and item.text.isdigit():
        is_clock = item.text.startswith("0") or hour % 5 == 0
        return _clock(hour // 100, hour % 100, settled=True) if is_clock else None
    return _clock(hour, 0, settled=item.text.startswith("0"), grain="hour")


WRITTEN = (
    rule("between (at_|the)* noon", _from_noon),
    rule("(from|since) (at_|the|on)* num (to|until)+ (at_|the)* noon", _up_to_noon),
    rule("num (dash|until) noon", _up_to_noon),
    rule("num colon num colon num ampm?", _written),
    rule("num colon num hsign? ampm?", _written),
    rule("num dot num ampm", _written),
    rule("num hsign minus (the|on)* quarter ampm?", minus),
    rule("num hsign minus num tunit? ampm?", minus),
    rule("noon minus (the|on)* (quarter|num) tunit?", minus),
    rule("(quarter|num) tunit? (dash|minus|before|until) noon", minus),
    rule("(half|quarter|num) tunit? (past|after) noon", _past),
    rule("num hsign and? num quarter", _past),
    rule("num hsign (and|minus)? (half|quarter) ampm?", _past),
    rule("noon and? (half|quarter|num)", _past),
    rule("quarter (dash|minus|before|until) num hsign? ampm?", minus),
    rule("num tunit (dash|minus|before|until|past|after) (at_)* num colon num ampm?", _around),
    rule("num tunit (dash|minus|before|until|past|after) (at_)* num num ampm?", _around),
    rule("num tunit (before|past|after) num hsign num ampm?", _around),
    rule("num tunit (dash|minus|before|until) num hsign? ampm?", minus),
    rule("num dash num hsign? ampm?", _spoken_minus),
    rule("(half|quarter) (past|after) num hsign? ampm?", _past),
    rule("num tunit? (past|after) num hsign? ampm?", _past),
    rule("half num hsign? ampm?", _past),
    rule("quarter of_ num hsign? ampm?", minus),
    rule("at_ num num tunit", _written),
    rule("num dash? zero dash? num ampm?", _spoken_zero),
    rule("num (dot|dash)? num ampm", _written),
    rule("num ampm", _written),
    rule("num dot ampm", _written),
    rule("at_ num dot num", dotted),
    rule("num hsign num tunit? ampm?", _written),
    rule("num hsign and num tunit", _written),
    rule("num hsign ampm?", _written),
    rule("num noon", _noon),
    rule("noon", _noon),
    rule("num dash? num", _spelled),
    rule("clock at_? clock", lambda ctx, items: ("clock", items[-1].value) if _same_clock(items) else None),
)

SPOKEN = (
    rule("(at|about)* num (in|of_|at_to|this|at)+ (the|on)* part", part_number),
    rule("for num num", spoken),
    rule("for num", lambda ctx, items: ("other", None)),
    rule("clock comma? (of_|in|at_|this|at_to)? (the|on)* part", with_part),
    rule("part (at_|in|comma|from)* the? clock", with_part),
    rule("clock (at_|on)? day (at_|in|of_)? the? part", with_part),
    rule("day (at_|in|of_)? the? part (at_|in|comma|of_)* clock", with_part),
)


def _same_clock(items: list[Item]) -> bool:
    first, second = items[0].value, items[-1].value
    return isinstance(first, Clock) and isinstance(second, Clock) and first.minute % 720 == second.minute % 720
