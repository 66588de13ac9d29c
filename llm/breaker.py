"""Stops asking an endpoint that keeps failing, and lets one call through now and then to see whether it is back."""

from collections import deque
from collections.abc import Callable

from llm.failures import UNSENT, Kind

FAILURES = 5
WITHIN_S = 30.0
OPEN_S = 30.0
REFUSED_OPEN_S = 600.0

_REFUSED = frozenset({Kind.UNAUTHORISED, Kind.NO_CREDIT})
# The fault is in what was asked, or in nobody: the endpoint is well.
_INNOCENT = (UNSENT - {Kind.NO_CONNECTION}) | {
    *(Kind.BAD_REQUEST, Kind.UNSUPPORTED, Kind.REFUSAL, Kind.FILTERED, Kind.LENGTH, Kind.CANCELLED),
    *(Kind.PARSE_ERROR, Kind.SCHEMA_ERROR),
}


class Breaker:
    """Of one endpoint, key and model, in one process. A key that is refused is not tried again for ten minutes."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._open_until: float | None = None
        self._is_probing = False

    def lets_in(self) -> bool:
        """False while it is open; after that one call at a time until one succeeds."""
        if self._open_until is None:
            return True
        if self._is_probing or self._monotonic() < self._open_until:
            return False
        self._is_probing = True
        return True

    def note(self, failure: Kind | None) -> bool:
        """Of a call that was let in; True when it opens the breaker now."""
        was_probe, self._is_probing = self._is_probing, False
        now = self._monotonic()
        if failure in _REFUSED:
            self._open_until = now + REFUSED_OPEN_S
            return True
        if failure is None or failure in _INNOCENT:
            if failure is not Kind.CANCELLED:
                self._open_until = None
                self._failures.clear()
            return False
        self._failures.append(now)
        is_full = len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN_S
        if was_probe or (self._open_until is None and is_full):
            self._open_until = now + OPEN_S
            return True
        return False
