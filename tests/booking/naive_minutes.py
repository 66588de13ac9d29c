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


def is_on_lattice(at: int, shared: Set[int], step: int, zone: ZoneInfo) -> bool:
    """Counted from where the opening begins, or from the last midnight when it was open the whole day before."""
    today = instant_of(at).astimezone(zone).date()
    midnight, day_before = wall_minute(today, "00:00", zone), wall_minute(today - _DAY, "00:00", zone)
    anchor = at
    while anchor - 1 in shared and anchor > day_before:
        anchor -= 1
    return (at - (midnight if anchor == day_before else anchor)) % step == 0


def is_in_time(at: int, now: datetime, min_notice: int, horizon_days: int | None, zone: ZoneInfo) -> bool:
    if instant_of(at) < now + timedelta(minutes=min_notice):
        return False
    last = None if horizon_days is None else now.astimezone(zone).date() + timedelta(days=horizon_days)
    return last is None or instant_of(at).astimezone(zone).date() <= last
