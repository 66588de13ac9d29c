"""Rules for dates in figures: 31/12, 2026-12-31, 7.6."""

from __future__ import annotations

from datetime import date

from dialog.understanding.when_calendar import day_number, made_day, on_next
from dialog.understanding.when_grammar import Item, Made, kept, rule, values
from dialog.understanding.when_months import whole_month, year_of
from dialog.understanding.when_values import Clock, Context, Days, Hours, make_date, one_day

_YEARS_AHEAD = 3
_FAR_DAYS = 120
_FROM_THE = frozenset({"du", "del", "do"})


def _numeric(ctx: Context, items: list[Item]) -> Made:
    """31/12, 31/12/2026, 2026-12-31, 20 02 14: the order by the language or locale unless only one can be."""
    parts = [(item.value, item.text) for item in items if item.kind == "N"]
    if any(len(text) > 4 for _, text in parts):
        return None
    if len(parts) == 3 and len(parts[0][1]) == 4:
        return made_day(make_date(*(int(str(value)) for value, _ in parts)))
    if len(parts[0][1]) == 4:
        return _year_and_month(ctx, parts)
    first, second = int(str(parts[0][0])), int(str(parts[1][0]))
    year = None
    if len(parts) == 3:
        said = year_of(*parts[2])
        if said is None:
            return None
        year = said
    elif len(parts[1][1]) == 4:
        return whole_month(ctx, first, second) if first <= 12 and 1900 <= second <= 2200 else None
    readings = [(first, second), (second, first)] if ctx.is_day_first else [(second, first), (first, second)]
    found = [d for day, month in readings if (d := in_year(ctx, month, day, year)) is not None]
    if not found:
        return None
    other = one_day(found[1]) if len(found) > 1 and found[1] != found[0] else None
    return ("day", Days(found[0], found[0], "day", other))


def _year_and_month(ctx: Context, parts: list[tuple[object, str]]) -> Made:
    """2026/12; 2010-12 is rather hours."""
    year, month = (int(str(value)) for value, _ in parts)
    is_near = ctx.today.year <= year <= ctx.today.year + _YEARS_AHEAD
    return whole_month(ctx, month, year) if is_near and 1 <= month <= 12 and len(parts[1][1]) == 2 else None


def in_year(ctx: Context, month: int, day: int, year: int | None) -> date | None:
    return on_next(ctx, month, day) if year is None else make_date(year, month, day)


def _year_month(ctx: Context, items: list[Item]) -> Made:
    """2027-03, 2027/3."""
    year, month = (item.value for item in items if item.kind == "N")
    is_year = len(items[0].text) == 4 and isinstance(year, int) and abs(year - ctx.today.year) <= _YEARS_AHEAD
    is_glued = len(items[2].text) <= 2 and items[1].glued and items[2].glued
    is_month = isinstance(month, int) and 1 <= month <= 12 and is_glued
    return whole_month(ctx, int(str(month)), int(str(year))) if is_year and is_month else None


def _from_to(ctx: Context, items: list[Item]) -> Made:
    """Del 3-9 al 12-9, du 3.9 au 12.9."""
    middle = next(i for i, item in enumerate(items) if item.kind in "-à~" and i > 4)
    made = [_numeric(ctx, part) for part in (items[2:middle], items[middle + 2 :])]
    days = [part[1] for part in made if isinstance(part, tuple)]
    first, last = days if len(days) == 2 else (None, None)
    if not isinstance(first, Days) or not isinstance(last, Days) or first.start is None or last.start is None:
        return None
    return ("days", Days(first.start, last.start)) if first.start < last.start else None


def _glued(ctx: Context, items: list[Item]) -> Made:
    """El 7-25, le 15.06: after the article a date, if it can be one."""
    is_date = items[2].glued and items[3].glued and (items[0].text not in _FROM_THE or items[2].kind == ".")
    return _numeric(ctx, items[1:]) if is_date else None


def _before_hour(ctx: Context, items: list[Item]) -> Made:
    """13/6 10am, 13/6/2026 10am: ten is no minutes."""
    date = len(items) - 2
    made = _numeric(ctx, items[:date])
    return [made, *kept(items[date:])] if isinstance(made, tuple) else None


def _before_half(ctx: Context, items: list[Item]) -> Made:
    """19/06 am: no hour has two figures where the first is nought."""
    first, second = (item for item in items if item.kind == "N")
    is_date = second.text.startswith("0") or int(str(first.value)) > 12 or int(str(second.value)) > 12
    made = _numeric(ctx, items[:3]) if is_date else None
    return [made, *kept(items[3:])] if isinstance(made, tuple) else None


def _before_bound(ctx: Context, items: list[Item]) -> Made:
    """6/15 after 5: no minutes past an hour."""
    made = _numeric(ctx, items[:-1])
    return [made, *kept(items[-1:])] if isinstance(made, tuple) else None


def _hour_before_month(ctx: Context, items: list[Item]) -> Made:
    """At 9 June 15, between 9 and 11 June 15: where the month is put first, or an `at` says that it is an hour."""
    hour, day = (item for item in items if item.kind in "NO")
    if (ctx.is_day_first and items[0].kind != "@") or not hour.text.isdigit() or int(hour.text) > 12:
        return None
    month = next(item.value for item in items if item.kind == "M")
    made = made_day(on_next(ctx, int(str(month)), int(str(day.value)))) if len(day.text) < 3 else None
    return [*kept(items[:2]), made] if isinstance(made, tuple) else None


def _hours_of_nth(ctx: Context, items: list[Item]) -> Made:
    """The first Monday in July from 9 to 11: the month has its day."""
    at = next(i for i, item in enumerate(items) if item.kind == "M")
    number = next(item for item in items if item.kind == "N")
    made = whole_month(ctx, int(str(items[at].value))) if isinstance(number.value, int) and number.value <= 24 else None
    return [*kept(items[:at]), made, *kept(items[at + 1 :])] if isinstance(made, tuple) else None


def _day_before_hour(ctx: Context, items: list[Item]) -> Made:
    """Le 12 - midi, le 12 10 am, vendredi 12 - midi."""
    at = next(i for i, item in enumerate(items) if item.kind == "N")
    day = day_number(ctx, int(str(items[at].value)))
    weekday = next(iter(values(items, "weekday")), None)
    is_hour = items[at + 1].kind != "N" or (isinstance(hour := items[at + 1].value, int) and hour <= 12)
    is_told = day is not None and (day.weekday() == weekday if weekday is not None else items[0].kind == "v")
    made = made_day(day) if is_told and is_hour else None
    return [made, *kept(items[at + 1 :])] if isinstance(made, tuple) else None


def _month_before_hour(ctx: Context, items: list[Item]) -> Made:
    """June 6 10am."""
    month, day = (item.value for item in items[:2])
    if not items[2].text.isdigit() or not isinstance(day, int) or not isinstance(month, int):
        return None
    made = made_day(on_next(ctx, month, day))
    return [made, *kept(items[2:])] if isinstance(made, tuple) else None


def _spelled_year(ctx: Context, items: list[Item]) -> Made:
    """June fifteenth twenty twenty seven."""
    century, rest = items[-2:]
    if century.value != ctx.today.year // 100 or century.text.isdigit() or not isinstance(rest.value, int):
        return None
    year = ctx.today.year // 100 * 100 + rest.value
    if not ctx.today.year <= year <= ctx.today.year + _YEARS_AHEAD:
        return None
    return [*kept(items[:-2]), ("num", year)]


def _dashed_alone(ctx: Context, items: list[Item]) -> Made:
    """3 - 28 and nothing else: a date in one order only, where it cannot be the hours of a business as 9 - 17 can."""
    first, second = (item.value for item in items if item.kind == "N")
    if ctx.expects == "time" or not (isinstance(first, int) and isinstance(second, int)):
        return None
    if 6 <= first < second <= 22 or items[1].text != "-":
        return ("hours", Hours(first * 60, second * 60)) if second > 12 and items[1].text == "-" else None
    made = _numeric(ctx, items)
    days = made[1] if isinstance(made, tuple) else None
    return made if isinstance(days, Days) and days.other is None and first != second else None


def _numeric_asked(ctx: Context, items: list[Item]) -> Made:
    """3-7 or 7.6 alone may be hours or a price: only where it cannot be a time, or a date was asked."""
    first, second = (item for item in items if item.kind == "N")
    if first.text.isdigit() is False or (
        len(second.text) < 2 and ctx.expects != "date" and items[1].kind == "-" and int(str(first.value)) < 13
    ):
        return None
    if items[1].kind == "-" and not items[1].glued:
        return None
    if items[1].kind == "." and _is_dotted_clock(ctx, first, second):
        return ("clock", Clock(int(str(first.value)) * 60 + int(str(second.value)), False))
    if ctx.expects == "time" or (items[1].kind == "-" and int(str(second.value)) < 13 and int(str(first.value)) < 13):
        return None if ctx.expects != "date" else _numeric(ctx, items)
    return _numeric(ctx, items)


def _is_dotted_clock(ctx: Context, first: Item, second: Item) -> bool:
    """8.30 is no day of any month but of the thirtieth in American order, which is not written with a dot."""
    hour, minute = int(str(first.value)), int(str(second.value))
    is_written = first.text.isdigit() and len(second.text) == 2 and not minute % 5
    return is_written and ctx.expects != "date" and 1 <= hour <= 12 < minute <= 55


def _with_near_year(ctx: Context, items: list[Item]) -> Made:
    """15 11 2016, 11 - 2016: the year tells that it is a date."""
    year = items[-1]
    is_near = isinstance(year.value, int) and 0 <= year.value - ctx.today.year <= _YEARS_AHEAD
    return _numeric(ctx, items) if is_near and len(year.text) == 4 and items[0].text.isdigit() else None


def weekday_numeric(ctx: Context, items: list[Item]) -> Made:
    """Friday 7.6: a date, where one of its two orders falls on that day."""
    weekday = int(str(values(items, "weekday")[0]))
    made = _numeric(ctx, [item for item in items if item.kind in "N."])
    days = made[1] if isinstance(made, tuple) else None
    if not isinstance(days, Days):
        return None
    found = [d for d in (days, days.other) if d is not None and d.start and d.start.weekday() == weekday]
    number = items[-1]
    is_clock = items[-2].kind == "." and len(number.text) == 2 and int(number.text) in (*range(10, 60, 5), 0)
    is_far = bool(found) and found[0].start is not None and (found[0].start - ctx.today).days > _FAR_DAYS
    return ("day", found[0]) if found and not (is_clock and is_far) else None


def weekday_dotted(ctx: Context, items: list[Item]) -> Made:
    """Friday 4.30, where it can be no date that is near."""
    hour, minute = (item for item in items if item.kind == "N")
    if len(minute.text) != 2 or int(str(hour.value)) > 23 or int(minute.text) not in (*range(10, 60, 5), 0):
        return None
    clock = Clock(int(str(hour.value)) * 60 + int(minute.text), int(str(hour.value)) > 12)
    return [*kept(items[:1]), ("clock", clock)]


NUMERIC = (
    rule("num dot num dot num", _numeric),
    rule("num dash num dash num", _numeric),
    rule("num slash num slash num", _numeric),
    rule("num (slash|dash|dot) num", _year_month),
    rule("num slash num", _numeric),
    rule("num num num", _with_near_year),
    rule("num dash num", _with_near_year),
    rule("on num num num", _numeric),
    rule("on num num", _numeric),
)


ALL_NUMBERS = (rule("num num num", _numeric), rule("num num", _numeric))

BEFORE_CLOCKS = (
    rule(
        "(ord|last) weekday (of_|in) (the|on)* month (comma|from|between|at_)* num"
        " (dash|at_to|until|hsign|ampm|colon|of_|and)",
        _hours_of_nth,
    ),
    rule("(at|after|before|until|and|dash|about) num month nr", _hour_before_month),
    rule("num slash num slash num (after|before|until|since|from|between)", _before_bound),
    rule("num slash num (after|before|until|since|from|between)", _before_bound),
    rule("from on num (dash|dot) num to on num (dash|dot) num", _from_to),
    rule("num slash num slash num num ampm", _before_hour),
    rule("num slash num after num", _before_hour),
    rule("num dash num dash num num ampm", _before_hour),
    rule("num dot num dot num num ampm", _before_hour),
    rule("num dash num dash num", _numeric),
    rule("on num dash num", _glued),
    rule("on num dot num", _glued),
    rule("num dot num dot num", _numeric),
    rule("num slash num dash noon", _before_hour),
    rule("weekday? on? num (dash noon|num ampm)", _day_before_hour),
    rule("num slash num num ampm", _before_hour),
    rule("num slash num ampm", _before_half),
    rule("month num num ampm", _month_before_hour),
    rule("(nr (of_|the)* month|month (the|on)* nr) comma? num num", _spelled_year),
)

ALONE = (rule("num dash num", _dashed_alone),)


LOOSE_NUMERIC = (rule("num dot num", _numeric_asked), rule("num dash num", _numeric_asked))
