"""`booka slots`: one question a line as JSON in, its bookable starts out; the search is the one bookings go through."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import IO, Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError, model_validator

from booking.hours import Shift, Span, Timetable, epoch, merge, open_spans, shift, wall_second
from booking.slots import Part, SlotQuestion, StaffCalendar, find_slots, search_dates


def slots_lines(stdin: IO[str], stdout: IO[str]) -> None:
    """Answers every line in order; a line that cannot be read is answered with an error and the rest goes on."""
    for line in stdin:
        if line.strip():
            stdout.write(json.dumps(_answer(line), ensure_ascii=False) + "\n")
            stdout.flush()


def _answer(line: str) -> dict[str, Any]:
    row: Any = None
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("the line is not a JSON object")
        found = find_slots(_question(_Line.model_validate(row)))
        return {"id": row["id"], "slots": [_iso(slot.starts_at) for slot in found]}
    except (ValueError, OverflowError, RecursionError) as problem:
        return {"id": row.get("id") if isinstance(row, dict) else None, "error": _describe(problem)}


def _describe(problem: Exception) -> str:
    if not isinstance(problem, ValidationError):
        return str(problem) or type(problem).__name__
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'line'}: {e['msg']}" for e in problem.errors())


def _iso(instant: dt.datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _zone(key: Any) -> ZoneInfo:
    try:
        return ZoneInfo(key)
    except (KeyError, TypeError, OSError, ValueError) as problem:
        raise ValueError(f"{key!r} is not a known time zone") from problem


def _moment(text: Any) -> Any:
    return dt.date.fromisoformat(text) if isinstance(text, str) and len(text) == len("2026-03-08") else text


Moment = Annotated[dt.datetime | dt.date, BeforeValidator(_moment)]
Minutes = Annotated[int, Field(ge=0, le=525_600)]
Length = Annotated[int, Field(gt=0, le=525_600)]


class _Buffers(BaseModel):
    before: Minutes = 0
    after: Minutes = 0


class _Range(BaseModel):
    """Instants, local datetimes, or dates (the last one included)."""

    start: Moment
    end: Moment


def _shift(hours: tuple[str, str]) -> tuple[str, str]:
    shift(*hours)
    return hours


class _Hours(BaseModel):
    days: list[Annotated[int, Field(ge=1, le=7)]]
    start: str
    end: str

    @model_validator(mode="after")
    def _is_a_shift(self) -> Self:
        _shift((self.start, self.end))
        return self


class _Override(BaseModel):
    date: dt.date
    hours: list[Annotated[tuple[str, str], AfterValidator(_shift)]]


class _Busy(BaseModel):
    start: dt.datetime
    end: dt.datetime
    buffers: _Buffers = _Buffers()


class _Calendar(BaseModel):
    """What is left out is that of the whole line; the line's busy times hold for everybody."""

    working_hours: list[_Hours] | None = None
    overrides: list[_Override] | None = None
    busy: list[_Busy] | None = None


class _Line(_Calendar):
    id: Any
    tz: Annotated[ZoneInfo, BeforeValidator(_zone)]
    now: dt.datetime
    duration: Length
    step: Length | None = None
    buffers: _Buffers = _Buffers()
    min_notice: Minutes = 0
    horizon_days: Annotated[int, Field(ge=0, le=36_500)] | None = None
    range: _Range
    holidays: list[dt.date] = []
    staff: list[_Calendar] | None = None
    assign: Literal["any", "all"] = "any"

    model_config = {"arbitrary_types_allowed": True}


def _question(line: _Line) -> SlotQuestion:
    start, end = _range_seconds(line)
    first, last = search_dates(start, end, line.duration, line.tz)
    calendars = [_Calendar()] if line.staff is None else line.staff
    opening = [open_spans(_timetable(line, calendar), line.tz, first, last) for calendar in calendars]
    return SlotQuestion(
        zone=line.tz,
        now=_instant(line.now, line.tz),
        from_second=start,
        to_second=end,
        step_minutes=line.step or line.duration,
        min_notice_minutes=line.min_notice,
        horizon_days=line.horizon_days,
        lattice=merge(span for spans in opening for span in spans),
        parts=[_part(line, calendars, opening)],
    )


def _part(line: _Line, calendars: Sequence[_Calendar], opening: Sequence[Sequence[Span]]) -> Part:
    return Part(
        team=[
            StaffCalendar(n, line.duration, spans, _busy([*(line.busy or ()), *(calendar.busy or ())], line.tz))
            for n, (calendar, spans) in enumerate(zip(calendars, opening, strict=True))
        ],
        buffer_before_minutes=line.buffers.before,
        buffer_after_minutes=line.buffers.after,
        everyone=line.assign == "all",
    )


def _range_seconds(line: _Line) -> Span:
    start, end = line.range.start, line.range.end
    first = epoch(_instant(start, line.tz)) if isinstance(start, dt.datetime) else wall_second(start, 0, line.tz)
    if not isinstance(end, dt.datetime):
        return first, wall_second(end + dt.timedelta(days=1), 0, line.tz)
    return first, _rounded_up(_instant(end, line.tz))


def _instant(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """In UTC: adding minutes to a moment of a zone with daylight saving would add them to its wall time."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)


def _timetable(line: _Line, calendar: _Calendar) -> Timetable:
    working = line.working_hours if calendar.working_hours is None else calendar.working_hours
    overrides = line.overrides if calendar.overrides is None else calendar.overrides
    weekly: dict[int, tuple[Shift, ...]] = {}
    for hours in working or ():
        for day in hours.days:
            weekly[day] = (*weekly.get(day, ()), shift(hours.start, hours.end))
    replaced: dict[dt.date, tuple[Shift, ...]] = {}
    for override in overrides or ():
        replaced[override.date] = (*replaced.get(override.date, ()), *(shift(*pair) for pair in override.hours))
    return Timetable(weekly, replaced, frozenset(line.holidays))


def _busy(busy: Sequence[_Busy], zone: ZoneInfo) -> list[Span]:
    return [_taken(taken, zone) for taken in busy]


def _taken(taken: _Busy, zone: ZoneInfo) -> Span:
    start, end = _instant(taken.start, zone), _instant(taken.end, zone)
    if end < start:
        raise ValueError(f"busy: what starts at {taken.start.isoformat()} ends before, at {taken.end.isoformat()}")
    return epoch(start) - taken.buffers.before * 60, _rounded_up(end) + taken.buffers.after * 60


def _rounded_up(moment: dt.datetime) -> int:
    return epoch(moment) + (1 if moment.microsecond else 0)
