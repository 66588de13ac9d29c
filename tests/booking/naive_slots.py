"""An independent, deliberately naive answer to `booka slots`: it walks minute by minute and knows only the rules.

It shares no code with booking/: wall times by datetime and zoneinfo, sets of minutes (since 1970) instead of ranges.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.booking.naive_minutes import (
    dates_between,
    instant_of,
    is_in_time,
    lattice,
    minute_of,
    shift_minutes,
)


def naive_slots(line: dict[str, Any]) -> list[str]:
    zone, now = ZoneInfo(line["tz"]), datetime.fromisoformat(line["now"])
    team = [line | member for member in line.get("staff") or [{}]]
    opened = [_open_minutes(member, line, zone) for member in team]
    taken = [_busy_minutes(member, line) for member in team]
    points = lattice(set().union(*opened), line["step"], zone)
    need = all if line.get("assign") == "all" else any
    found = []
    for at in range(minute_of(line["range"]["start"]), minute_of(line["range"]["end"])):
        if at not in points or not is_in_time(at, now, line["min_notice"], line.get("horizon_days"), zone):
            continue
        if need(_is_free(at, hours, busy, line) for hours, busy in zip(opened, taken, strict=True)):
            found.append(instant_of(at).isoformat().replace("+00:00", "Z"))
    return found


def _open_minutes(member: dict[str, Any], line: dict[str, Any], zone: ZoneInfo) -> set[int]:
    first = datetime.fromisoformat(line["range"]["start"]).date() - timedelta(days=4)
    last = datetime.fromisoformat(line["range"]["end"]).date() + timedelta(days=2)
    days = dates_between(first, last)
    return set().union(*(shift_minutes(day, _shifts(member, line, day), zone) for day in days))


def _shifts(member: dict[str, Any], line: dict[str, Any], day: date) -> list[tuple[str, str]]:
    for override in member.get("overrides") or []:
        if override["date"] == day.isoformat():
            return [(opens, closes) for opens, closes in override["hours"]]
    if day.isoformat() in (line.get("holidays") or []):
        return []
    return [(h["start"], h["end"]) for h in member["working_hours"] if day.isoweekday() in h["days"]]


def _busy_minutes(member: dict[str, Any], line: dict[str, Any]) -> set[int]:
    """Those that hold for everybody, and the member's own."""
    taken: set[int] = set()
    for entry in [*(line.get("busy") or []), *(member.get("busy") or [])]:
        buffers = entry.get("buffers") or {"before": 0, "after": 0}
        taken.update(range(minute_of(entry["start"]) - buffers["before"], minute_of(entry["end"]) + buffers["after"]))
    return taken


def _is_free(at: int, hours: set[int], taken: set[int], line: dict[str, Any]) -> bool:
    before, after = line["buffers"]["before"], line["buffers"]["after"]
    working = hours.issuperset(range(at, at + line["duration"]))
    return working and taken.isdisjoint(range(at - before, at + line["duration"] + after))
