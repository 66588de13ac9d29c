"""Opening hours as instants: wall times of a date become UTC in the location's zone, date by date."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

Span = tuple[int, int]
"""Half-open [start, end) in epoch seconds: whole numbers keep the search exact and quick."""

Shift = tuple[int, int]
"""Minutes from the local midnight of the date on which it starts; an end beyond 1440 is on the next date."""

DAY_MINUTES = 1440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


@dataclass(frozen=True, eq=False)
class Timetable:
    """Shifts by ISO weekday; an override replaces the shifts that start on its date (and opens a holiday).

    Breaks are closed times of the weekday, which leave the shift's lattice as it is. On a day of `time_off` (first and
    last, both included) no shift starts, whatever else is said.
    """

    weekly: Mapping[int, tuple[Shift, ...]]
    overrides: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    breaks: Mapping[int, tuple[Shift, ...]] = field(default_factory=dict)
    time_off: tuple[tuple[date, date], ...] = ()

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        if any(first <= day <= last for first, last in self.time_off):
            return ()
        if day in self.overrides:
            return self.overrides[day]
        return () if day in self.holidays else self.weekly.get(day.isoweekday(), ())


def timetable_from_json(
    hours: Mapping[str, Sequence[str]],
    overrides: Mapping[str, Sequence[str]],
    holidays: frozenset[date] = frozenset(),
    *,
    breaks: Mapping[str, Sequence[str]] | None = None,
    time_off: Sequence[Sequence[str]] = (),
) -> Timetable:
    """As a tenant file stores them: {"mon": ["09:00-13:00", …]}, {"2026-12-24": ["09:00-12:00"]} and
    [["2026-08-03", "2026-08-14"]]."""
    return Timetable(
        _week(hours),
        {date.fromisoformat(day): _shifts(ranges) for day, ranges in overrides.items()},
        holidays,
        _week(breaks or {}),
        tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in time_off),
    )


def _week(hours: Mapping[str, Sequence[str]]) -> dict[int, tuple[Shift, ...]]:
    return {_WEEKDAYS[day]: _shifts(ranges) for day, ranges in hours.items()}


def _shifts(ranges: Sequence[str]) -> tuple[Shift, ...]:
    return tuple(shift(*text.split("-", 1)) for text in ranges)


def shift(start: str, end: str) -> Shift:
    """Two wall times "HH:MM"; an end at or before the start is on the next day, the day's own end is "24:00"."""
    starts, ends = _minutes(start), _minutes(end)
    if starts >= DAY_MINUTES:
        raise ValueError(f"a shift cannot start at {start}")
    return starts, ends if ends > starts else ends + DAY_MINUTES


def _minutes(text: str) -> int:
    if text == "24:00":
        return DAY_MINUTES
    try:
        wall = time.fromisoformat(text)
    except ValueError:
        wall = None
    if wall is None or wall.tzinfo is not None or wall.second or wall.microsecond:
        raise ValueError(f"{text!r} is not a wall time such as 09:00")
    return wall.hour * 60 + wall.minute


def open_spans(timetable: Timetable, zone: ZoneInfo, first: date, last: date) -> list[Span]:
    """What starts on the dates `first`…`last`, adjacent and overlapping shifts merged."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return merge(span for day in days for span in _spans_of_date(timetable, zone, day))


@lru_cache(maxsize=16384)
def _spans_of_date(timetable: Timetable, zone: ZoneInfo, day: date) -> tuple[Span, ...]:
    shifts = timetable.shifts_on(day)
    return tuple((wall_second(day, start, zone), wall_second(day, end, zone)) for start, end in shifts)


def break_spans(timetable: Timetable, zone: ZoneInfo, first: date, last: date) -> list[Span]:
    """The breaks that start on the dates `first`…`last`."""
    if not timetable.breaks:
        return []
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return merge(
        (wall_second(day, start, zone), wall_second(day, end, zone))
        for day in days
        for start, end in timetable.breaks.get(day.isoweekday(), ())
    )


def wall_second(day: date, minutes: int, zone: ZoneInfo) -> int:
    """A wall time that a change of the clocks skips moves forward by the gap; of a doubled one, the first is meant."""
    days, minute = divmod(minutes, DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days), time(minute // 60, minute % 60), zone)
    return epoch(wall)


def epoch(instant: datetime) -> int:
    """Whole epoch seconds; a fraction is cut off."""
    return math.floor(instant.timestamp())


def instant(second: int) -> datetime:
    return _EPOCH + timedelta(seconds=second)


def local_date(second: int, zone: ZoneInfo) -> date:
    return instant(second).astimezone(zone).date()


def merge(spans: Iterable[Span]) -> list[Span]:
    """In order; touching spans become one, empty ones vanish."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def intersect(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Of two merged lists."""
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            common.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


def subtract(spans: Sequence[Span], blocked: Sequence[Span]) -> list[Span]:
    """Of two merged lists: what of `spans` no blocked span covers."""
    left: list[Span] = []
    j = 0
    for start, end in spans:
        while j < len(blocked) and blocked[j][1] <= start:
            j += 1
        k = j
        while k < len(blocked) and blocked[k][0] < end:
            if start < blocked[k][0]:
                left.append((start, blocked[k][0]))
            start = max(start, blocked[k][1])
            k += 1
        if start < end:
            left.append((start, end))
    return left


def covered(layers: Sequence[Sequence[Span]], needed: int) -> list[Span]:
    """Where at least `needed` of the merged lists are."""
    changes = sorted((at, step) for spans in layers for span in spans for at, step in ((span[0], 1), (span[1], -1)))
    found: list[Span] = []
    depth = 0
    for (at, step), (following, _) in pairwise([*changes, (0, 0)]):
        depth += step
        if depth >= needed and at < following:
            found.append((at, following))
    return merge(found)
