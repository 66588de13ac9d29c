"""The pure slot search: opening hours, what is taken and the rules in, bookable starts out. No I/O, no clock."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from booking.hours import Span, covered, epoch, instant, intersect, local_date, merge, subtract, wall_second

_MOST_WAYS = 24


Assignment = tuple[int, ...]
"""A staff member for each part of a visit; of a part that needs the whole team, its first."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A bookable time, UTC; it ends by the quickest of the assignments, which are in the order of preference."""

    starts_at: datetime
    ends_at: datetime
    assignments: tuple[Assignment, ...]

    @property
    def staff_ids(self) -> tuple[int, ...]:
        """Who may begin, each once."""
        return tuple(dict.fromkeys(staff[0] for staff in self.assignments))


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a visit at a time (epoch seconds, without buffers), by one person or by the whole team."""

    part: int
    staff_ids: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pool:
    """Rooms of a kind of which any `needed` will do: the busy ranges of each."""

    rooms: Sequence[Sequence[Span]]
    needed: int


@dataclass(frozen=True, slots=True)
class StaffCalendar:
    """`open` is merged; `busy` are occupied ranges, buffers included, of the person and of the rooms that are needed;
    `joinable` are starts of groups with seats. `duration_minutes` is how long it takes this person."""

    staff_id: int
    duration_minutes: int
    open: Sequence[Span]
    busy: Sequence[Span]
    joinable: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a visit. `everyone`: the whole team at once, for as long as the slowest takes."""

    team: Sequence[StaffCalendar]
    buffer_before_minutes: int
    buffer_after_minutes: int
    pools: Sequence[Pool] = ()
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class SlotQuestion:
    """Starts are sought in [from_second, to_second).

    `lattice` is the opening of all staff who share the step lattice, merged: its anchors are where somebody's shift
    begins, so that one calendar alone and anyone's together show the same times. With `fill_gaps` a visit may also
    begin where the time before it ends, or end where the time after it begins. `fits` says whether the limits per day
    allow these blocks.
    """

    zone: ZoneInfo
    now: datetime
    from_second: int
    to_second: int
    step_minutes: int
    min_notice_minutes: int
    horizon_days: int | None
    lattice: Sequence[Span]
    parts: Sequence[Part]
    same_person: bool = False
    fill_gaps: bool = False
    fits: Callable[[Sequence[Block]], bool] | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Who may do a part, and the starts (as spans of seconds) that would be free."""

    staff_ids: tuple[int, ...]
    seconds: int
    windows: Sequence[Span]
    joinable: Sequence[int]


def find_slots(question: SlotQuestion) -> list[Slot]:
    """In order, each start once, with every assignment that is free then."""
    first, end = _bounds(question)
    if first >= end:
        return []
    parts = [_candidates(part) for part in question.parts]
    starts: dict[int, list[_Candidate]] = {}
    segments = list(_segments(question.lattice, question.zone))
    for candidate in parts[0]:
        for start in _starts_of(candidate, question, segments, first, end):
            starts.setdefault(start, []).append(candidate)
    if len(parts) == 1 and question.fits is None:
        return [_slot(start, [(candidate,) for candidate in free]) for start, free in sorted(starts.items())]
    return list(_checked(question, starts, parts))


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


def _candidates(part: Part) -> list[_Candidate]:
    """Those of the team, in order; the whole team as one where everyone is needed."""
    if not part.everyone:
        return [
            _Candidate((c.staff_id,), c.duration_minutes * 60, _windows(part, c, c.duration_minutes * 60), c.joinable)
            for c in part.team
        ]
    if not part.team:
        return []
    seconds = max(calendar.duration_minutes for calendar in part.team) * 60
    windows: Sequence[Span] = _windows(part, part.team[0], seconds)
    for calendar in part.team[1:]:
        windows = intersect(windows, _windows(part, calendar, seconds))
    return [_Candidate(tuple(calendar.staff_id for calendar in part.team), seconds, windows, ())]


def _windows(part: Part, calendar: StaffCalendar, seconds: int) -> list[Span]:
    """The starts at which this person, and a room of each kind, would be free."""
    before, after = part.buffer_before_minutes * 60, part.buffer_after_minutes * 60

    def free(windows: Sequence[Span], busy: Sequence[Span]) -> list[Span]:
        return subtract(windows, merge((a - seconds - after + 1, b + before) for a, b in busy))

    windows = free([(a, b - seconds + 1) for a, b in calendar.open if b - a >= seconds], calendar.busy)
    for pool in part.pools:
        windows = covered([free(windows, busy) for busy in pool.rooms], pool.needed)
    return windows


def _starts_of(
    candidate: _Candidate, question: SlotQuestion, segments: Sequence[tuple[int, int, int]], first: int, end: int
) -> set[int]:
    bounded = [(max(low, first), min(high, end)) for low, high in candidate.windows]
    windows = [span for span in bounded if span[0] < span[1]]
    starts = set(_points(windows, segments, question.step_minutes * 60))
    if question.fill_gaps:
        starts.update(start for start in _edges(candidate.windows) if first <= start < end)
    starts.update(start for start in candidate.joinable if first <= start < end)
    return starts


def _edges(windows: Sequence[Span]) -> Iterator[int]:
    """The first and the last whole minute of each window: nothing is left free before, or after."""
    for low, high in windows:
        earliest, latest = -(-low // 60) * 60, (high - 1) // 60 * 60
        if earliest <= latest:
            yield earliest
            yield latest


def _checked(
    question: SlotQuestion, starts: dict[int, list[_Candidate]], parts: Sequence[Sequence[_Candidate]]
) -> Iterator[Slot]:
    """Starts at which the following parts find somebody, and which the limits allow."""
    for start, beginners in sorted(starts.items()):
        ways = (
            way
            for beginner in beginners
            for way in _continued(question, parts, (beginner,), start + beginner.seconds)
            if question.fits is None or start in beginner.joinable or question.fits(_blocks(start, way))
        )
        found = list(ways if len(parts) == 1 else islice(ways, _MOST_WAYS))
        if found:
            yield _slot(start, found)


def _continued(
    question: SlotQuestion, parts: Sequence[Sequence[_Candidate]], way: tuple[_Candidate, ...], second: int
) -> Iterator[tuple[_Candidate, ...]]:
    if len(way) == len(parts):
        yield way
        return
    for candidate in parts[len(way)]:
        is_other = question.same_person and candidate.staff_ids != way[0].staff_ids
        if not is_other and _is_within(candidate.windows, second):
            yield from _continued(question, parts, (*way, candidate), second + candidate.seconds)


def _is_within(windows: Sequence[Span], second: int) -> bool:
    at = bisect_right(windows, second, key=_low) - 1
    return at >= 0 and second < windows[at][1]


def _low(window: Span) -> int:
    return window[0]


def _blocks(start: int, way: Sequence[_Candidate]) -> list[Block]:
    blocks = []
    for part, candidate in enumerate(way):
        blocks.append(Block(part, candidate.staff_ids, start, start + candidate.seconds))
        start += candidate.seconds
    return blocks


def _slot(start: int, ways: Sequence[Sequence[_Candidate]]) -> Slot:
    seconds = min(sum(candidate.seconds for candidate in way) for way in ways)
    assignments = tuple(tuple(candidate.staff_ids[0] for candidate in way) for way in ways)
    return Slot(instant(start), instant(start + seconds), assignments)


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
