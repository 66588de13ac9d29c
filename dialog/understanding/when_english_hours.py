"""Rules for hours as English puts them: "at 10 to 6", "1630 hours"."""

from __future__ import annotations

from dialog.understanding.when_clocks import minus
from dialog.understanding.when_grammar import Item, Made, rule
from dialog.understanding.when_values import Clock, Context

_HOUR = 60


def _spoken_minus_at(ctx: Context, items: list[Item]) -> Made:
    """At 10 to 6."""
    is_minutes = items[0].kind == "@" and items[2].text == "to" and items[1].value in (5, 10)
    return minus(ctx, items[1:]) if is_minutes else None


def _four_figures(ctx: Context, items: list[Item]) -> Made:
    """1630 hours."""
    figures, unit = items
    if not isinstance(figures.value, int) or len(figures.text) != 4 or unit.value != _HOUR:
        return None
    hour, minute = divmod(figures.value, 100)
    return ("clock", Clock(hour * 60 + minute, settled=True)) if hour < 24 and minute < 60 else None


WRITTEN = (
    rule("num tunit", _four_figures),
    rule("at num dash num hsign? ampm?", _spoken_minus_at),
)
