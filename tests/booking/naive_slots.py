"""An independent, deliberately naive answer to `booka slots`: it walks minute by minute and knows only the rules.

It shares no code with booking/: wall times by datetime and zoneinfo, sets of minutes (since 1970) instead of ranges.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def naive_slots(line: dict[str, Any]) -> list[str]:
    zone = ZoneInfo(line["tz"])
    team = [line | member for member in line.get("staff") or [{}]]
    opened = [_open_minutes(member, line, zone) for member in team]
    taken = [_busy_minutes(member, line) for member in team]
    shared = set().union(*opened)
    need = all if line.get("assign") == "all" else any
    found = []
    for at in range(_minute(line["range"]["start"]), _minute(line["range"]["end"])):
        if at not in shared or not _in_time(at, line, zone) or not _on_lattice(at, shared, line["step"], zone):
            continue
        if need(_is_free(at, hours, busy, line) for hours, busy in zip(opened, taken, strict=True)):
            found.append(_instant(at).isoformat().replace("+00:00", "Z"))
    return found


def _minute(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) // 60


def _instant(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def _wall(day: date, text: str, zone: ZoneInfo) -> int:
    """24:00 is the next day's midnight; a skipped wall time keeps the offset of before the gap."""
    hour, minute = (int(part) for part in text.split(":"))
    day += timedelta(days=hour // 24)
    return int(datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=zone).timestamp()) // 60


def _open_minutes(member: dict[str, Any], line: dict[str, Any], zone: ZoneInfo) -> set[int]:
    day = datetime.fromisoformat(line["range"]["start"]).date() - timedelta(days=4)
    last = datetime.fromisoformat(line["range"]["end"]).date() + timedelta(days=2)
    minutes: set[int] = set()
    while day <= last:
        for opens, closes in _shifts(member, line, day):
            last_day = day if _clock(closes) > _clock(opens) else day + timedelta(days=1)
            minutes.update(range(_wall(day, opens, zone), _wall(last_day, closes, zone)))
        day += timedelta(days=1)
    return minutes


def _clock(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _shifts(member: dict[str, Any], line: dict[str, Any], day: date) -> list[tuple[str, str]]:
    for override in member.get("overrides") or []:
        if override["date"] == day.isoformat():
            return [(opens, closes) for opens, closes in override["hours"]]
    if day.isoformat() in (line.get("holidays") or []):
        return []
    return [(h["start"], h["end"]) for h in member["working_hours"] if day.isoweekday() in h["days"]]


def _busy_minutes(member: dict[str, Any], line: dict[str, Any]) -> set[int]:
    taken: set[int] = set()
    for entry in [*(line.get("busy") or []), *(member.get("busy") or [])]:
        buffers = entry.get("buffers") or {"before": 0, "after": 0}
        taken.update(range(_minute(entry["start"]) - buffers["before"], _minute(entry["end"]) + buffers["after"]))
    return taken


def _in_time(at: int, line: dict[str, Any], zone: ZoneInfo) -> bool:
    if at < _minute(line["now"]) + line["min_notice"]:
        return False
    if line.get("horizon_days") is None:
        return True
    today = datetime.fromisoformat(line["now"]).astimezone(zone).date()
    return _instant(at).astimezone(zone).date() <= today + timedelta(days=line["horizon_days"])


def _on_lattice(at: int, shared: set[int], step: int, zone: ZoneInfo) -> bool:
    """Counted from where the opening begins, or from the last midnight when it was open the whole day before."""
    today = _instant(at).astimezone(zone).date()
    midnight, day_before = _wall(today, "00:00", zone), _wall(today - timedelta(days=1), "00:00", zone)
    anchor = at
    while anchor - 1 in shared and anchor > day_before:
        anchor -= 1
    return (at - (midnight if anchor == day_before else anchor)) % step == 0


def _is_free(at: int, hours: set[int], taken: set[int], line: dict[str, Any]) -> bool:
    before, after = line["buffers"]["before"], line["buffers"]["after"]
    working = all(minute in hours for minute in range(at, at + line["duration"]))
    return working and not any(minute in taken for minute in range(at - before, at + line["duration"] + after))
