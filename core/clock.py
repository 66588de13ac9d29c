"""The only reader of the system clock. BOOKA_NOW moves the start; from there time runs on."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """`now()` is an aware UTC instant. `starts_at` shifts it so that tests and demos choose the day."""

    def __init__(self, starts_at: datetime | None = None) -> None:
        self._offset = timedelta(0) if starts_at is None else starts_at.astimezone(UTC) - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    @staticmethod
    def world_now() -> datetime:
        """What everybody's clock says, wherever ours was set: for the signatures of others."""
        return datetime.now(UTC)

    @staticmethod
    def monotonic() -> float:
        """Seconds for measuring durations; never a date."""
        return time.monotonic()


class FixedClock(Clock):
    """A clock that stands still until it is told: for tests."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, step: timedelta) -> None:
        self._at += step

    def set(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)
