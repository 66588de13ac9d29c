"""Rules for numbers in words and for lengths of time: twenty five, 2.5 hours, in two hours."""

from __future__ import annotations

from datetime import timedelta

from dialog.understanding.when_grammar import Item, Made, has, kept, rule, values
from dialog.understanding.when_values import Clock, Context, Moment


def _sum(ctx: Context, items: list[Item]) -> Made:
    """Twenty five, vingt et un, thirty first."""
    tens = int(str(values(items, "tens")[0]))
    rest = next((item for item in items if item.kind in "NO"), None)
    if rest is None:
        return ("num", tens)
    if any(item.kind == "-" and item.text != "-" for item in items):
        return None
    if not 0 < int(str(rest.value)) < 10 or rest.text.isdigit():
        return [("num", tens), *kept([rest])]
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


def _decimal_from_now(ctx: Context, items: list[Item]) -> Made:
    """In 1.5 hours."""
    made = _decimal(ctx, items[1:])
    if not isinstance(made, tuple) or not isinstance(made[1], timedelta):
        return None
    at = ctx.now + made[1]
    return ("moment", Moment(at.date(), Clock(at.hour * 60 + at.minute, True)))


def _long(ctx: Context, items: list[Item]) -> Made:
    """For 3 hours 30 minutes."""
    counts = zip(values(items, "num"), values(items, "tunit"), strict=True)
    return ("span", timedelta(minutes=sum(int(str(count)) * int(str(unit)) for count, unit in counts)))


def _and_half(ctx: Context, items: list[Item]) -> Made:
    """Durante dos horas y media."""
    made = _duration(ctx, items[:-2])
    if not isinstance(made, tuple) or not isinstance(made[1], timedelta) or 1 in values(items, "tunit"):
        return None
    return ("span", made[1] + timedelta(minutes=30))


def _from_now(ctx: Context, items: list[Item]) -> Made:
    """In two hours, 30 minutes later: an instant."""
    count = int(str(values(items, "num")[0]))
    per_unit = next(iter(values(items, "tunit")), 60)
    at = ctx.now + timedelta(minutes=count * int(str(per_unit)))
    return ("moment", Moment(at.date(), Clock(at.hour * 60 + at.minute, True)))


def _from_now_and(ctx: Context, items: list[Item]) -> Made:
    """In two and a half hours, dans 1h30, en dos horas y media."""
    numbers = [int(str(value)) for value in values(items, "num")]
    if any(item.kind == "u" and item.value == 1 for item in items[:-1]):
        return None
    extra = numbers[1] if len(numbers) > 1 else 30 if has(items, "half") else 15
    at = ctx.now + timedelta(minutes=60 * numbers[0] + extra)
    return ("moment", Moment(at.date(), Clock(at.hour * 60 + at.minute, True)))


def _fraction_from_now(ctx: Context, items: list[Item]) -> Made:
    """In 3/4h."""
    part, whole = (int(str(value)) for value in values(items, "num"))
    if not 0 < part < whole <= 4:
        return None
    at = ctx.now + timedelta(minutes=60 * part // whole)
    return ("moment", Moment(at.date(), Clock(at.hour * 60 + at.minute, True)))


NUMBERS = (
    rule("tens (dash|and)* (num|ord)", _sum),
    rule("tens", _sum),
)


DURATIONS = (
    rule("in the? num (tunit|hsign) and? the? (half|quarter)", _from_now_and),
    rule("in the? num and the? half (tunit|hsign)", _from_now_and),
    rule("in the? num (tunit|hsign) and? num tunit?", _from_now_and),
    rule("in num dot num tunit", _decimal_from_now),
    rule("num dot num tunit", _decimal),
    rule("for (the|on)* num tunit and? num tunit", _long),
    rule("in the? num (tunit|hsign)", _from_now),
    rule("num (tunit|hsign) fromnow", _from_now),
    rule("in num slash num of_? (tunit|hsign)", _fraction_from_now),
    rule("in minus of_ num (tunit|hsign)", _from_now),
    rule("ago num (tunit|hsign|unit)", lambda ctx, items: ("other", None)),
    rule("num (tunit|hsign|unit) ago", lambda ctx, items: ("other", None)),
    rule("for (the|on)* num (tunit|hsign) and half", _and_half),
    rule("for (the|on)* num (tunit|hsign|unit)", _duration),
    rule("num tunit", lambda ctx, items: None),
)


LATE_DURATIONS = (rule("num (tunit|unit)", _duration),)
