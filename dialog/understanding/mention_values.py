"""What a mention of time says of the fields: a day, a time, or a range of either."""

from __future__ import annotations

from datetime import date

from dialog.commands import Range, Value
from dialog.understanding.when import Mention, clock_text
from dialog.understanding.when_values import Clock, Context, Days, Hours, Moment, Moments, likely, other_half

# At a house that takes bookings "Saturday night" is the evening.
_NIGHT = (19 * 60, 23 * 60)
_EVENING = Hours(18 * 60, 22 * 60)


def values_of(mention: Mention, ctx: Context) -> list[tuple[str, Value, Value | None, bool]]:
    value = mention.value
    if isinstance(value, Days):
        if value.is_one_day:
            assert value.start is not None
            return [("date", value.start.isoformat(), None, value.impossible)]
        start = max(value.start or ctx.today, ctx.today)
        return [("date_range", Range(start=start.isoformat(), end=_iso(value.end)), None, False)]
    if isinstance(value, Clock):
        other = clock_text(other_half(value, ctx))
        return [("time", str(clock_text(likely(value, ctx))), other, False)]
    if isinstance(value, Hours):
        if value.is_part and (value.start, value.end) == _NIGHT:
            value = _EVENING
        return [("time_range", Range(start=clock_text(value.start), end=clock_text(value.end)), None, False)]
    if isinstance(value, Moment):
        return [
            ("date", value.day.isoformat(), None, False),
            ("time", str(clock_text(value.clock.minute)), None, False),
        ]
    assert isinstance(value, Moments)
    days = Range(start=_iso(value.start and value.start.date()), end=_iso(value.end and value.end.date()))
    return [("date_range", days, None, False)]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
