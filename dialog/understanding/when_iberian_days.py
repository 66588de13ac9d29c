"""Rules for days as Spanish and Portuguese put them: "terça agora", "a segunda semana de maio", "el próximo 15"."""

from __future__ import annotations

from datetime import timedelta

from dialog.understanding.when_calendar import day_number, made_day
from dialog.understanding.when_clocks import bare_clock, on_part
from dialog.understanding.when_edges import later_in
from dialog.understanding.when_grammar import NAMES, Item, Made, has, kept, rule, values
from dialog.understanding.when_months import whole_month
from dialog.understanding.when_values import (
    FIRST_THING,
    MORNING,
    Context,
    Days,
    month_length,
)
from dialog.understanding.when_weeks import in_units, unit_around, units_after

_ARTICLES = frozenset({"un", "una", "uno", "um", "uma"})
_EARLY = frozenset({"temprano", "tempranito", "cedo", "cedinho", "bien", "bem"})
_VERY = frozenset({"agora", "mismo", "mesmo"})
_WITHIN = frozenset({"de", "del", "en", "dans", "dentro", "au", "courant", "within"})
_PLURAL = frozenset({"los", "os", "nos", "dos"})
_ORDINAL_WEEKDAYS = {"segunda": 2, "quarta": 4, "quinta": 5, "sexta": 6}
_MILLENNIUM = 2000
_NOON_HOUR = 12 * 60


def _article(ctx: Context, items: list[Item]) -> Made:
    """The `una` of "una cita" is no number."""
    return ("other", None) if items[0].text in _ARTICLES else None


def _year(ctx: Context, items: list[Item]) -> Made:
    """Dos mil veintiséis."""
    first, last = (item.value for item in items if item.kind == "N")
    if first != _MILLENNIUM or not isinstance(last, int) or last > 99:
        return None
    return ("num", _MILLENNIUM + last)


def _ordinal_sum(ctx: Context, items: list[Item]) -> Made:
    """Vigésimo segundo."""
    tens, rest = (int(str(item.value)) for item in items)
    return ("ord", tens + rest) if tens in (10, 20, 30) and rest < 10 else None


def _of_year(ctx: Context, items: list[Item]) -> Made:
    """The article in "5 de mayo del 2027" says nothing."""
    year = items[-1].value
    return [("from", "of"), ("num", year)] if isinstance(year, int) and 1900 <= year <= 2200 else None


def _after_a_day(ctx: Context, items: list[Item]) -> Made:
    """Dentro de tres semanas a partir de mañana: the count does not begin today."""
    return kept(items[1:])


def _week_of_month(ctx: Context, items: list[Item]) -> Made:
    """The `semana del` of "primera semana del mes" names no day."""
    last = items[-1]
    return [("unit", "week"), ("from", "of"), (NAMES[last.kind], last.value)]


def _half_of_month(ctx: Context, items: list[Item]) -> Made:
    """La segunda mitad de julio."""
    made = whole_month(ctx, int(str(values(items, "month")[0])))
    half = _ORDINAL_WEEKDAYS.get(items[0].text) if items[0].kind == "W" else items[0].value
    if not isinstance(made, tuple) or not isinstance(made[1], Days) or items[1].value != "mid" or half not in (1, 2):
        return None
    start, end = made[1].start, made[1].end
    assert start is not None
    return ("days", Days(start, start.replace(day=15)) if half == 1 else Days(start.replace(day=16), end))


def _weekday_in_eight(ctx: Context, items: list[Item]) -> Made:
    """Jueves en ocho, lunes en quince."""
    weeks = {8: 1, 15: 2}.get(int(str(items[2].value)))
    return [*kept(items[:1]), ("weekslater", weeks)] if weeks else None


def _next_weekday_number(ctx: Context, items: list[Item]) -> Made:
    """El próximo martes 16."""
    weekday = values(items, "weekday")[0]
    said = items[-1].text
    is_day = said.isdigit() and len(said) < 3 and (int(said) > 12 or has(items, "on"))
    found = day_number(ctx, int(said)) if is_day else None
    return made_day(found) if found is not None and found.weekday() == weekday else None


def _fourth(ctx: Context, items: list[Item]) -> Made:
    """El cuarto jueves de noviembre."""
    return [("ord", 4), *kept(items[1:])] if items[0].text == "cuarto" else None


def _within_week(ctx: Context, items: list[Item]) -> Made:
    """Esta semana del 10 al 12: the days count."""
    return [("from", "of"), *kept(items[2 - (items[0].kind == "K") :])]


def _morning_of(ctx: Context, items: list[Item]) -> Made:
    """Mañana del lunes: the word for tomorrow is that for the morning too."""
    if items[0].text != "manana":
        return None
    return [("part", MORNING), ("from", "of"), ("weekday", items[-1].value)]


def _on_morning(ctx: Context, items: list[Item]) -> Made:
    """El lunes de mañana."""
    return [*kept(items[:1]), ("part", MORNING)] if items[-1].text == "manana" else None


def _weekday_hour(ctx: Context, items: list[Item]) -> Made:
    """Domingo, 5 de la tarde: no fifth of the month."""
    clock = bare_clock(next(item for item in items if item.kind == "N"))
    part = items[-1].value
    if clock is None or clock.minute > _NOON_HOUR or not isinstance(part, tuple):
        return None
    return [*kept(items[:1]), ("clock", on_part(clock, part))]


def _late_part(ctx: Context, items: list[Item]) -> Made:
    """Tarde en la noche: what else is the afternoon is `late` here."""
    part = items[-1].value
    if items[0].text != "tarde" or not isinstance(part, tuple):
        return None
    name, start, end, is_afternoon = part
    return ("part", (name, (start + end) // 2, end, is_afternoon))


def _edge_by_hour(ctx: Context, items: list[Item]) -> Made:
    """A primera hora de la tarde, última hora de la noche."""
    edge, part = (item.value for item in items if item.kind == "P")
    if not isinstance(part, tuple) or not isinstance(edge, tuple) or edge[0] not in ("first thing", "end of day"):
        return None
    name, start, end, is_afternoon = part
    third = (end - start) // 3
    first, last = (start, start + third) if edge[0] == "first thing" else (end - third, end)
    return ("part", (name, first, last, is_afternoon))


def _edge_of_that_day(ctx: Context, items: list[Item]) -> Made:
    """A última hora de esta tarde."""
    made = _edge_by_hour(ctx, [items[0], items[-1]])
    return [*kept(items[2:3]), made] if isinstance(made, tuple) else None


def _later_that_day(ctx: Context, items: list[Item]) -> Made:
    """Más tarde esta noche: its second half."""
    part = items[-1].value
    if not isinstance(part, tuple):
        return None
    name, start, end, is_afternoon = part
    return [*kept(items[1:2]), ("part", (name, (start + end) // 2, end, is_afternoon))]


def _this_number(ctx: Context, items: list[Item]) -> Made:
    """Este 20."""
    said = items[-1].text
    return made_day(day_number(ctx, int(said))) if said.isdigit() and len(said) < 3 else None


def _early(ctx: Context, items: list[Item]) -> Made:
    """Mañana temprano, bem cedo."""
    return ("part", FIRST_THING) if items[0].text in _EARLY else None


def _early_on(ctx: Context, items: list[Item]) -> Made:
    """Temprano mañana."""
    return [*kept(items[1:]), ("part", FIRST_THING)] if items[0].text in _EARLY else None


def _this_very(ctx: Context, items: list[Item]) -> Made:
    """Terça agora, el lunes mismo."""
    if items[1].text not in _VERY:
        return None
    return [("this", "this"), ("weekday", items[0].value)]


def _two_numbers(ctx: Context, items: list[Item]) -> Made:
    """Los días 15 y 16."""
    first, second = (int(str(item.value)) for item in items if item.kind == "N")
    start = day_number(ctx, first) if items[0].text in _PLURAL else None
    if start is None or not first < second <= month_length(start.year, start.month):
        return None
    return ("days", Days(start, start.replace(day=second)))


def _ordinal(ctx: Context, items: list[Item]) -> Made:
    """A segunda semana de maio, a quinta sexta do mês: weekdays that are ordinals here."""
    place = _ORDINAL_WEEKDAYS.get(items[0].text)
    if place is None:
        return None
    return [("ord", place), *((NAMES[item.kind], item.value) for item in items[1:])]


def _this_unit(ctx: Context, items: list[Item]) -> Made:
    """Algo en la semana, de la semana: the one that runs."""
    unit = items[-1]
    return unit_around(ctx, [unit]) if unit.value in ("week", "month") and items[0].text in _WITHIN else None


def _next_number(ctx: Context, items: list[Item]) -> Made:
    """El próximo 15."""
    said = items[-1]
    if not said.text.isdigit() or int(said.text) > 31 or not items[-2].text.startswith("prox"):
        return None
    return made_day(day_number(ctx, int(said.text)))


def _later_of(ctx: Context, items: list[Item]) -> Made:
    """Más tarde de este mes is within it."""
    return later_in(ctx, items) if items[0].text in ("mas", "mais") else None


def _in_the_day(ctx: Context, items: list[Item]) -> Made:
    """Paso en el día: today."""
    is_day = items[0].text == "en" and items[1].end - items[1].start >= len("el dia")
    return made_day(ctx.today) if is_day else None


def _next_day(ctx: Context, items: list[Item]) -> Made:
    """El próximo día."""
    return made_day(ctx.today + timedelta(days=1)) if items[-1].text == "dia" else None


def _clocks_last(ctx: Context, items: list[Item]) -> Made:
    """El primer lunes de 13 a 15 del próximo mes: the month belongs to the day."""
    start = next(i for i, item in enumerate(items) if item.kind == "W") + 1
    end = max(i for i, item in enumerate(items) if item.kind in "oF")
    return [*kept(items[:start]), *kept(items[end:]), *kept(items[start:end])]


def _part_last(ctx: Context, items: list[Item]) -> Made:
    """El lunes por la tarde de la semana que viene: the week belongs to the day."""
    part = next(item for item in items if item.kind == "P")
    return [*kept([item for item in items if item is not part]), ("part", part.value)]


WORDS = (
    rule("num and? num", _year),
    rule("from on num", _of_year),
    rule("ord ord", _ordinal_sum),
    rule("in num unit since (relday|weekday|on|the|next|this)", _after_a_day),
    rule("weekof on (unit|month|this|next)", _week_of_month),
    rule("(this|next|the)? weekof on num to on? num", _within_week),
    rule("weekday part from (the|on|this|next)* (unit next?|month)", _part_last),
    rule(
        "weekday (at|at_to|from)+ num (hsign|ampm)? (of_ part)? from (the|on)* (this unit|next unit|unit next)",
        _clocks_last,
    ),
    rule("(ord|weekday) edge (of_|on)* month", _half_of_month),
    rule("weekday in num", _weekday_in_eight),
    rule("relday from on* weekday", _morning_of),
    rule("weekday from relday", _on_morning),
    rule("edge relday", _early_on),
    rule("weekday this", _this_very),
    rule("num other", _article),
    rule("weekday unit", _ordinal),
    rule("weekday weekday from on* (this|next)* (unit|month)", _ordinal),
)

NUMBERED = (
    rule("weekday comma? num from on? part", _weekday_hour),
    rule("(ord|last) weekday (at_|from)* clock of_ (the|on|this)* next? (unit|month) next?", _clocks_last),
    rule(
        "(ord|last) weekday (at_|from)* (clock|num) (to|and) at_* (clock|num) of_ (the|on|this)* next? (unit|month)"
        " next?",
        _clocks_last,
    ),
    rule("(next|this) weekday on? num", _next_weekday_number),
    rule("quarter (weekday|unit|weekend)", _fourth),
)

DAYS = (rule("on num (and|also|to) num", _two_numbers),)

LATER = (
    rule("part (in|from)? on? part", _late_part),
    rule("part from part", _edge_by_hour),
    rule("part from day part", _edge_of_that_day),
    rule("fromnow day part", _later_that_day),
    rule("edge", _early),
    rule("num unit since (on|the)* day", units_after),
    rule("num unit after", in_units),
    rule("after days", _later_of),
    rule("(of_|in) (the|on) unit", _this_unit),
    rule("(on|the)* next num", _next_number),
    rule("this num", _this_number),
    rule("(on|the)* next on", _next_day),
    rule("in on", _in_the_day),
)
