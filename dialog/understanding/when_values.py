"""What words about time stand for while they are put together, and what the reader knows about now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

NOON = 12 * 60
DAY = 24 * 60
# Parts of the day: name, first and last minute, whether clock times beside it are after noon.
MORNING = ("morning", 480, 720, False)
AFTERNOON = ("afternoon", 720, 1080, True)
EVENING = ("evening", 1080, 1320, True)
NIGHT = ("night", 1080, 1320, True)
FIRST_THING = ("first thing", 480, 600, False)


@dataclass(frozen=True, slots=True)
class Days:
    """Dates, the last one included; one day has the same start and end. `other`: a second real reading."""

    start: date | None
    end: date | None
    grain: str = "day"
    other: Days | None = None
    impossible: bool = False

    @property
    def is_one_day(self) -> bool:
        return self.start is not None and self.start == self.end


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes after midnight; `settled`: the half of the day is plain, `is_half_said`: am, pm or a part said so."""

    minute: int
    settled: bool
    grain: str = "minute"
    is_half_said: bool = False

    def on_half(self, is_afternoon: bool) -> Clock:
        hour, rest = divmod(self.minute, 60)
        if is_afternoon and hour < 12:
            hour += 12
        elif not is_afternoon and hour == 12:
            hour = 0
        return Clock(hour * 60 + rest, True, self.grain, True)


@dataclass(frozen=True, slots=True)
class Hours:
    """A window of the day in minutes; an open side is None; `is_part`: a part of the day by its name; `is_until`: up to
    its end, from whenever the day begins that stands before it; `is_start_said`: which half of the day it begins in."""

    start: int | None
    end: int | None
    is_part: bool = False
    is_afternoon: bool | None = None
    is_until: bool = False
    is_start_said: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One day with its clock time."""

    day: date
    clock: Clock


@dataclass(frozen=True, slots=True)
class Moments:
    """From one instant to another, or a window on one day; an open side is None."""

    start: datetime | None
    end: datetime | None
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """`now` is the wall time where the business is; `expects`: date, time or None, what was just asked;
    `dinner`: bare hours are those of an evening meal; `is_move`: "from Friday to Monday" is an old and a new day;
    `known`: the day that is settled already, from which "the day after" counts."""

    now: datetime
    is_day_first: bool
    expects: str | None = None
    dinner: bool = False
    is_move: bool = False
    known: date | None = None

    @property
    def today(self) -> date:
        return self.now.date()


def one_day(day: date) -> Days:
    return Days(day, day)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_length(year, month + 1)))


def month_length(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def make_date(year: int, month: int, day: int) -> date | None:
    if not (1 <= month <= 12 and 1900 <= year <= 2200 and 1 <= day <= 31):
        return None
    return date(year, month, day) if day <= month_length(year, month) else None


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def likely(clock: Clock, ctx: Context) -> int:
    """The minute a customer means: the hour at which such a business is open, where no half was said."""
    hour = clock.minute // 60
    evening = range(1, 12) if ctx.dinner else range(1, 7)
    if clock.settled or hour not in evening:
        return clock.minute
    return clock.minute + NOON


def other_half(clock: Clock, ctx: Context) -> int | None:
    """The reading not taken, where nothing settled the half of the day."""
    if clock.settled or not 60 <= clock.minute < 13 * 60:
        return None
    taken = likely(clock, ctx)
    return taken - NOON if taken >= NOON else taken + NOON
