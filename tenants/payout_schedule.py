"""When a tenant is paid out: at six in the morning where the business is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_AT = time(6)


class PayoutSchedule(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"  # on Mondays
    MONTHLY = "monthly"  # on the first
    MANUAL = "manual"


def next_payout(schedule: PayoutSchedule, zone: str, now: datetime) -> datetime | None:
    """The first time after `now`; None where a person says when."""
    if schedule is PayoutSchedule.MANUAL:
        return None
    day = now.astimezone(ZoneInfo(zone)).date()
    while True:
        at = datetime.combine(day, _AT, ZoneInfo(zone)).astimezone(UTC)
        if at > now and _FALLS[schedule](day):
            return at
        day += timedelta(days=1)


_FALLS: dict[PayoutSchedule, Callable[[date], bool]] = {
    PayoutSchedule.DAILY: lambda day: True,
    PayoutSchedule.WEEKLY: lambda day: day.weekday() == 0,
    PayoutSchedule.MONTHLY: lambda day: day.day == 1,
}
