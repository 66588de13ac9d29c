"""Rules for what Spanish and Portuguese say in a way of their own: "las tres y media", "quinze para as oito"."""

from __future__ import annotations

from dialog.understanding.when_clocks import bare_clock, dotted, on_part
from dialog.understanding.when_dates import day_number
from dialog.understanding.when_grammar import Item, Made, has, rule, values
from dialog.understanding.when_hours import ordered
from dialog.understanding.when_values import DAY, FIRST_THING, MORNING, Clock, Context
from dialog.understanding.when_weeks import made_day, next_units, unit_around, units_after

_ARTICLES = frozenset({"un", "una", "uno", "um", "uma"})
_AND = frozenset({"y", "e"})
_EARLY = frozenset({"temprano", "tempranito", "cedo", "cedinho"})
_VERY = frozenset({"agora", "mismo", "mesmo"})
_IN = frozenset({"en", "em"})
_ROUND = (5, 10, 15, 20, 25)
_ORDINAL_WEEKDAYS = {"segunda": 2, "quarta": 4, "quinta": 5, "sexta": 6}
_MILLENNIUM = 2000


def _article(ctx: Context, items: list[Item]) -> Made:
    """The `una` of "una cita" is no number."""
    return ("other", None) if items[0].text in _ARTICLES else None


def _year(ctx: Context, items: list[Item]) -> Made:
    """Dos mil veintiséis."""
    first, last = (item.value for item in items if item.kind == "N")
    if first != _MILLENNIUM or not isinstance(last, int) or last > 99:
        return None
    return ("num", _MILLENNIUM + last)


def _morning_of(ctx: Context, items: list[Item]) -> Made:
    """Mañana del lunes: the word for tomorrow is that for the morning too."""
    if items[0].text != "manana":
        return None
    return [("part", MORNING), ("from", "of"), ("weekday", items[-1].value)]


def _late_part(ctx: Context, items: list[Item]) -> Made:
    """Tarde en la noche: what else is the afternoon is `late` here."""
    part = items[-1].value
    if items[0].text != "tarde" or not isinstance(part, tuple):
        return None
    name, start, end, is_afternoon = part
    return ("part", (name, (start + end) // 2, end, is_afternoon))


def _early(ctx: Context, items: list[Item]) -> Made:
    """Mañana temprano, bem cedo."""
    return ("part", FIRST_THING) if items[0].text in _EARLY else None


def _this_very(ctx: Context, items: list[Item]) -> Made:
    """Terça agora, el lunes mismo."""
    if items[1].text not in _VERY:
        return None
    return [("this", "this"), ("weekday", items[0].value)]


def _clock(hour: object, minute: object, items: list[Item], *, is_settled: bool = False) -> Made:
    if not isinstance(hour, int) or not isinstance(minute, int) or hour > 24:
        return None
    clock = Clock((hour * 60 + minute) % DAY, is_settled or hour > 12 or hour == 0)
    half = next(iter(values(items, "ampm")), None)
    return ("clock", clock.on_half(half == "pm") if half and hour <= 12 else clock)


def _and_minutes(ctx: Context, items: list[Item]) -> Made:
    """Las tres y media, 8 y cuarto, às sete e vinte; a bare "3 y 15" without article only in words."""
    if not any(item.kind == "&" and item.text in _AND for item in items):
        return None
    numbers = [item for item in items if item.kind == "N"]
    if len(numbers) == 1:
        return _clock(numbers[0].value, 30 if has(items, "half") else 15, items)
    hour, minute = numbers
    by_article = has(items, "at") or has(items, "ampm")
    in_words = not hour.text.isdigit() and not minute.text.isdigit()
    least = 5 if by_article else 10
    if not (by_article or in_words) or not isinstance(minute.value, int) or not least <= minute.value < 60:
        return None
    return _clock(hour.value, minute.value, items) if minute.value % 5 == 0 or not minute.text.isdigit() else None


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
    if not isinstance(less, int) or (less not in _ROUND and not has(items, "tunit")) or less > 59:
        return None
    if noon:
        return ("clock", Clock((int(str(noon[0])) - less) % DAY, True))
    return _clock(numbers[-1], -less, items)


def _past_hour(ctx: Context, items: list[Item]) -> Made:
    """Quinze depois das oito."""
    past, hour = (item.value for item in items if item.kind == "N")
    if not isinstance(past, int) or (past not in _ROUND and not has(items, "tunit")) or past > 59:
        return None
    return _clock(hour, past, items)


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


def _ordinal(ctx: Context, items: list[Item]) -> Made:
    """A segunda semana de maio, a quinta sexta do mês: weekdays that are ordinals here."""
    place = _ORDINAL_WEEKDAYS.get(items[0].text)
    if place is None:
        return None
    names = {"U": "unit", "W": "weekday", "F": "from", "v": "on", "M": "month", "n": "next", "t": "this"}
    return [("ord", place), *((names[item.kind], item.value) for item in items[1:])]


def _in_next_units(ctx: Context, items: list[Item]) -> Made:
    """En los próximos dos días, en los dos días siguientes: a span from tomorrow on."""
    return next_units(ctx, items) if items[0].kind != "i" or items[0].text in _IN else None


def _this_unit(ctx: Context, items: list[Item]) -> Made:
    """Algo en la semana, de la semana: the one that runs."""
    unit = items[-1]
    return unit_around(ctx, [unit]) if unit.value in ("week", "month") and items[0].text in ("de", "en") else None


def _decimal(ctx: Context, items: list[Item]) -> Made:
    """37.1 is no time."""
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


def _next_number(ctx: Context, items: list[Item]) -> Made:
    """El próximo 15."""
    said = items[-1]
    if not isinstance(said.value, int) or said.value > 31 or not items[-2].text.startswith("prox"):
        return None
    return made_day(day_number(ctx, said.value))


WORDS = (
    rule("num and? num", _year),
    rule("relday from on* weekday", _morning_of),
    rule("weekday this", _this_very),
    rule("in? the? (next num unit|num unit next|num next unit)", _in_next_units),
    rule("num other", _article),
    rule("weekday unit", _ordinal),
    rule("weekday weekday from on* (this|next)* (unit|month)", _ordinal),
)

CLOCKS = (
    rule("for num for at num", _people),
    rule("between (at|at_to)+ num and num", _window),
    rule("(at|about)* num (hsign|ampm)? and (half|quarter) ampm?", _and_minutes),
    rule("(at|about)* num and num tunit? ampm?", _and_minutes),
    rule("(at|about)* num hsign? minus (quarter|num) tunit? ampm?", _less),
    rule("(quarter|num) tunit? for (at|at_to|on|the)+ (num|noon) hsign? ampm?", _until_hour),
    rule("quarter for num hsign? ampm?", _until_hour),
    rule("num tunit? after at num hsign? ampm?", _past_hour),
)

LATER = (
    rule("part in? part", _late_part),
    rule("edge", _early),
    rule("in? num unit since (on|the)* day", units_after),
    rule("(from|in) the unit", _this_unit),
    rule("day (comma|at_)* num dot num", _day_dotted),
    rule("(on|the)* next num", _next_number),
)

WINDOWS = (
    rule("num dot num", _decimal),
    rule(
        "(from|between|since) (at|at_to|about)* (num|clock) (to|and) (at_)* (num|clock) (of_|in|at_to)* (the|on)* part",
        _window_in_part,
    ),
)
