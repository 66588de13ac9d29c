"""Rules for the minutes of an hour as Spanish and Portuguese put them: "las tres y media", "quinze para as oito"."""

from __future__ import annotations

from dialog.understanding.when_clocks import on_part
from dialog.understanding.when_grammar import Item, Made, has, values
from dialog.understanding.when_values import DAY, Clock, Context

_AND = frozenset({"y", "e", "½"})
_WITH = frozenset({"con", "com"})
_ROUND = (5, 10, 15, 20, 25)


def clock_at(hour: object, minute: object, items: list[Item], *, is_settled: bool = False) -> Made:
    if not isinstance(hour, int) or not isinstance(minute, int) or hour > 24:
        return None
    if minute < 0 and hour == 1:
        hour = 13
    clock = Clock((hour * 60 + minute) % DAY, is_settled or hour > 12 or hour == 0)
    half = next(iter(values(items, "ampm")), None)
    return ("clock", clock.on_half(half == "pm") if half and hour <= 12 else clock)


def and_minutes(ctx: Context, items: list[Item]) -> Made:
    """Las tres y media, 8 y cuarto, às sete e vinte; a bare "3 y 15" without article only in words."""
    if not any(item.kind == "&" and item.text in _AND for item in items) and not has(items, "tunit"):
        return None
    numbers = [item for item in items if item.kind == "N"]
    if len(numbers) == 1:
        return clock_at(numbers[0].value, 30 if has(items, "half") else 15, items)
    hour, minute = numbers
    by_article = has(items, "at") or has(items, "ampm") or has(items, "tunit")
    in_words = not hour.text.isdigit() and not minute.text.isdigit()
    least = 1 if has(items, "tunit") else 5
    if not (by_article or in_words) or not isinstance(minute.value, int) or not least <= minute.value < 60:
        return None
    is_no_hour = minute.value > (24 if int(str(hour.value)) > 12 else 12)
    is_minute = minute.value % 5 == 0 or is_no_hour or not minute.text.isdigit() or least == 1
    return clock_at(hour.value, minute.value, items) if is_minute else None


def minutes_in_part(ctx: Context, items: list[Item]) -> Made:
    """Nueve y tres de la mañana."""
    hour, minute = (item.value for item in items if item.kind == "N")
    made = clock_at(hour, minute, []) if isinstance(minute, int) and 0 < minute < 60 else None
    part = values(items, "part")[0]
    if not isinstance(made, tuple) or not isinstance(made[1], Clock) or not isinstance(part, tuple):
        return None
    return ("clock", on_part(made[1], part))


def with_minutes(ctx: Context, items: list[Item]) -> Made:
    """A las 8 con 30, 17 horas con 45 minutos; not the company of "a las 8 con 10 invitados"."""
    hour, minute = (item for item in items if item.kind == "N")
    is_with = any(item.kind == "x" and item.text in _WITH for item in items)
    in_words = not minute.text.isdigit() and not hour.text.isdigit()
    is_many = isinstance(minute.value, int) and minute.value >= (5 if in_words else 10) and minute.value % 5 == 0
    is_said = has(items, "tunit") or has(items, "ampm") or has(items, "part")
    if not is_with or not (is_many or is_said):
        return None
    if has(items, "part"):
        return minutes_in_part(ctx, items)
    return clock_at(hour.value, minute.value, items)


def less(ctx: Context, items: list[Item]) -> Made:
    """Las ocho menos cuarto."""
    numbers = [item.value for item in items if item.kind == "N"]
    less = 15 if has(items, "quarter") else numbers[-1]
    if not isinstance(less, int) or not 0 < less < 60 or not isinstance(numbers[0], int):
        return None
    return clock_at(numbers[0], -less, items)


def until_hour(ctx: Context, items: list[Item]) -> Made:
    """Un cuarto para las tres, quinze para o meio-dia."""
    noon = values(items, "noon")
    numbers = [item.value for item in items if item.kind == "N"]
    less = 15 if has(items, "quarter") else numbers[0]
    if not isinstance(less, int) or (less not in _ROUND and not has(items, "tunit")) or less > 120:
        return None
    if noon:
        return ("clock", Clock((int(str(noon[0])) - less) % DAY, True))
    return clock_at(numbers[-1], -less, items)


def past_hour(ctx: Context, items: list[Item]) -> Made:
    """Quinze depois das oito."""
    numbers = [item.value for item in items if item.kind == "N"]
    past = 15 if has(items, "quarter") else numbers[0]
    is_plain = has(items, "tunit") or any(item.text.startswith("pasad") for item in items)
    if items[0].text.isdigit() and not is_plain:
        return None
    if not isinstance(past, int) or (past not in _ROUND and not is_plain) or past > 120:
        return None
    return clock_at(numbers[-1], past, items)


def around_clock(ctx: Context, items: list[Item]) -> Made:
    """Tres minutos para las 5:30 pm."""
    shift, hour, minute = (int(str(item.value)) for item in items if item.kind == "N")
    if shift > 59 or minute > 59 or hour > 24:
        return None
    return clock_at(hour, minute + (shift if has(items, "after") else -shift), items)


def hour_minute_in_part(ctx: Context, items: list[Item]) -> Made:
    """Seis dos de la tarde, siete quince de la noche: minutes in words need no `y`."""
    hour, minute = (item for item in items if item.kind == "N")
    if hour.text.isdigit() or minute.text.isdigit() or not isinstance(hour.value, int) or hour.value > 12:
        return None
    return minutes_in_part(ctx, items)


def comma_minutes(ctx: Context, items: list[Item]) -> Made:
    """7,30 pm."""
    hour, minute = (item for item in items if item.kind == "N")
    comma = next(item for item in items if item.kind == ",")
    is_clock = comma.glued and minute.glued and len(minute.text) == 2 and int(str(minute.value)) < 60
    return clock_at(hour.value, minute.value, items) if is_clock else None


def around_half(ctx: Context, items: list[Item]) -> Made:
    """Tres minutos para las cinco y media, diez minutos después de las cinco treinta."""
    numbers = [int(str(item.value)) for item in items if item.kind == "N"]
    minute = 30 if has(items, "half") else 15 if has(items, "quarter") else numbers.pop()
    if len(numbers) != 2 or numbers[0] > 59 or not 10 <= minute <= 59:
        return None
    return clock_at(numbers[1], minute + (numbers[0] if has(items, "after") else -numbers[0]), items)


def and_zero(ctx: Context, items: list[Item]) -> Made:
    """Las ocho y cero cinco."""
    hour, minute = (item.value for item in items if item.kind == "N")
    return clock_at(hour, minute, items) if isinstance(minute, int) and minute < 10 else None
