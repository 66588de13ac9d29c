"""What both naive oracles know of time: wall times and weeks as sets of minutes since 1970. No code of booking/."""

from collections.abc import Iterable, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


def minute_of(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) // 60


def instant_of(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def wall_minute(day: date, text: str, zone: ZoneInfo) -> int:
    """24:00 is the next day's midnight; a skipped wall time keeps the offset of before the gap."""
    hour, minute = (int(part) for part in text.split(":"))
    day += timedelta(days=hour // 24)
    return int(datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=zone).timestamp()) // 60


def shift_minutes(day: date, shifts: Iterable[Sequence[str]], zone: ZoneInfo) -> set[int]:
    """What shifts that start on this date cover; one that does not end after its start ends on the next date."""
    minutes: set[int] = set()
    for opens, closes in shifts:
        last_day = day if _clock(closes) > _clock(opens) else day + _DAY
        minutes.update(range(wall_minute(day, opens, zone), wall_minute(last_day, closes, zone)))
    return minutes


def _clock(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def dates_between(first: date, last: date) -> list[date]:
    return [first + n * _DAY for n in range((last - first).days + 1)]


def lattice(shared: Set[int], step: int, zone: ZoneInfo) -> set[int]:
    """Every step-th minute from where the opening begins, anew from a midnight before which the whole day was open."""
    if not shared:
        return set()
    first, last = (instant_of(at).astimezone(zone).date() for at in (min(shared), max(shared)))
    midnights = {
        wall_minute(day, "00:00", zone): wall_minute(day - _DAY, "00:00", zone) for day in dates_between(first, last)
    }
    points, anchor, open_since = set(), 0, 0
    for at in sorted(shared):
        if at - 1 not in shared:
            anchor = open_since = at
        if at in midnights and open_since <= midnights[at]:
            anchor = at
        if (at - anchor) % step == 0:
            points.add(at)
    return points


def is_in_time(at: int, now: datetime, min_notice: int, horizon_days: int | None, zone: ZoneInfo) -> bool:
    instant = instant_of(at)
    if instant < now + timedelta(minutes=min_notice):
        return False
    last = None if horizon_days is None else now.astimezone(zone).date() + timedelta(days=horizon_days)
    return last is None or instant.astimezone(zone).date() <= last
