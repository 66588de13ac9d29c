"""Rules for months: in May, March 2027, June next year."""

from __future__ import annotations

from datetime import date

from dialog.understanding.when_calendar import made_days
from dialog.understanding.when_grammar import Item, Made, has, values
from dialog.understanding.when_values import Context, Days, month_length


def whole_month(ctx: Context, month: int, year: int | None = None) -> Made:
    if year is None:
        year = ctx.today.year + (month < ctx.today.month)
    if not 1900 <= year <= 2200:
        return None
    return made_days(date(year, month, 1), date(year, month, month_length(year, month)), "month")


def month(ctx: Context, items: list[Item]) -> Made:
    month = int(str(values(items, "month")[0]))
    year = next((year_of(item.value, item.text) for item in items if item.kind == "N"), None)
    if has(items, "num") and (year is None or not 1900 < year < 2200):
        return None
    alone = next(item for item in items if item.kind == "M")
    if alone.is_weak and len(items) == 1 and ctx.expects != "date":
        return None
    if has(items, "next") and month == ctx.today.month:
        year = ctx.today.year + 1
    later = [d for d in values(items, "days") if isinstance(d, Days) and d.grain == "year" and d.start]
    if later and later[0].start:
        year = later[0].start.year
    return whole_month(ctx, month, year)


def of_month(ctx: Context, items: list[Item]) -> Made:
    """The `of March` in "the last Monday of March": the month stands for itself, whatever else its name may mean."""
    made = month(ctx, [item for item in items if item.kind == "M"] * 2)
    return [("of", "of"), made] if isinstance(made, tuple) else None


def month_of_year(ctx: Context, items: list[Item]) -> Made:
    """June next year."""
    first, year = (d for d in values(items, "days"))
    if not isinstance(first, Days) or not isinstance(year, Days) or first.start is None or year.start is None:
        return None
    return (
        whole_month(ctx, first.start.month, year.start.year) if (first.grain, year.grain) == ("month", "year") else None
    )


def year_of(number: object, text: str) -> int | None:
    if not isinstance(number, int):
        return None
    if len(text) == 2 and text.isdigit():
        return 2000 + number
    return number if 1900 <= number <= 2200 else None
