"""The pure slot search: opening hours, what is taken and the rules in, bookable starts out. No I/O, no clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.hours import Span, epoch, instant, local_date, merge, subtract, wall_second


@dataclass(frozen=True, slots=True)
class Slot:
    """A bookable time, UTC. `staff_ids` are those who are free, in the order of the question."""

    starts_at: datetime
    ends_at: datetime
    staff_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StaffCalendar:
    """`open` is merged; `busy` are occupied ranges, buffers included; `joinable` are starts of groups with seats."""

    staff_id: int
    open: Sequence[Span]
    busy: Sequence[Span]
    joinable: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class SlotQuestion:
    """Starts are sought in [from_second, to_second).

    `lattice` is the opening of all staff who share the step lattice, merged: its anchors are where somebody's shift
    begins, so that one calendar alone and anyone's together show the same times.
    """

    zone: ZoneInfo
    now: datetime
    from_second: int
    to_second: int
    duration_minutes: int
    step_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    min_notice_minutes: int
    horizon_days: int | None
    lattice: Sequence[Span]
    team: Sequence[StaffCalendar]
    everyone: bool = False


def find_slots(question: SlotQuestion) -> list[Slot]:
    """In order, each start once: those with anyone free, or with everyone when the question says so."""
    free: dict[int, list[int]] = {}
    first, end = _bounds(question)
    if first >= end:
        return []
    segments = list(_segments(question.lattice, question.zone))
    for calendar in question.team:
        for start in _starts_of(calendar, question, segments, first, end):
            free.setdefault(start, []).append(calendar.staff_id)
    needed = len(question.team) if question.everyone else 1
    duration = timedelta(minutes=question.duration_minutes)
    return [
        Slot(instant(start), instant(start) + duration, tuple(staff))
        for start, staff in sorted(free.items())
        if len(staff) >= needed
    ]


def search_dates(from_second: int, to_second: int, duration_minutes: int, zone: ZoneInfo) -> tuple[date, date]:
    """The dates whose shifts matter: from two before the range (see `_segments`) to where the last slot ends."""
    return local_date(from_second, zone) - timedelta(days=2), local_date(to_second + duration_minutes * 60, zone)


def _bounds(question: SlotQuestion) -> tuple[int, int]:
    """Notice compares instants (start == now + notice is bookable), the horizon local dates (today + N inclusive)."""
    earliest = question.now + timedelta(minutes=question.min_notice_minutes)
    first = max(question.from_second, epoch(earliest) + (1 if earliest.microsecond else 0))
    if question.horizon_days is None:
        return first, question.to_second
    beyond = local_date(epoch(question.now), question.zone) + timedelta(days=question.horizon_days + 1)
    return first, min(question.to_second, wall_second(beyond, 0, question.zone))


def _starts_of(
    calendar: StaffCalendar, question: SlotQuestion, segments: Sequence[tuple[int, int, int]], first: int, end: int
) -> set[int]:
    duration = question.duration_minutes * 60
    before, after = question.buffer_before_minutes * 60, question.buffer_after_minutes * 60
    possible = [(max(a, first), min(b - duration + 1, end)) for a, b in calendar.open]
    blocked = merge((a - duration - after + 1, b + before) for a, b in calendar.busy)
    windows = subtract([span for span in possible if span[0] < span[1]], blocked)
    starts = set(_points(windows, segments, question.step_minutes * 60))
    starts.update(start for start in calendar.joinable if first <= start < end)
    return starts


def _points(windows: Sequence[Span], segments: Sequence[tuple[int, int, int]], step: int) -> Iterator[int]:
    """The lattice points inside the windows; both lists are in order."""
    at = 0
    for low, high in windows:
        while at < len(segments) and segments[at][1] <= low:
            at += 1
        reached = at
        while reached < len(segments) and segments[reached][0] < high:
            start, end, anchor = segments[reached]
            lowest = max(low, start)
            yield from range(lowest + (anchor - lowest) % step, min(high, end), step)
            reached += 1


def _segments(lattice: Sequence[Span], zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """(start, end, anchor): the anchor is where the opening begins.

    After a whole local date without a closed minute each date is anchored anew at its midnight. So the lattice of a
    place that never closes does not depend on how far back one looks: two dates are enough.
    """
    for start, end in lattice:
        day = local_date(start, zone)
        whole_day = day if wall_second(day, 0, zone) >= start else day + timedelta(days=1)
        anchor, following = start, wall_second(whole_day + timedelta(days=1), 0, zone)
        while following < end:
            yield anchor, following, anchor
            whole_day += timedelta(days=1)
            anchor, following = following, wall_second(whole_day + timedelta(days=1), 0, zone)
        yield anchor, end, anchor
