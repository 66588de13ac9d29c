"""What a button says when it is tapped: a verb and its values, readable for ever, checked again when it comes.

An id carries values (an instant, a key), never a label or a position, so that a button of last week still says
what it said then. Forging one gains nothing: it can say only what could have been typed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

Range = tuple[str | None, str | None]

_LIMIT_BYTES = 64
MERCHANT_VERBS = frozenset(
    {
        "approve",
        "decline",
        "call_off",
        "late",
        "refund",
        "got",
        "gave",
        "outcome",
        "missed",
        "waiting",
        "calendars",
        "block",
        "unblock",
    }
)
VERBS = frozenset(
    {
        "flow",
        "service",
        "staff",
        "location",
        "date",
        "time",
        "slot",
        "yes",
        "no",
        "more",
        "cancel",
        "lang",
    }
    | {"change", "leave", "menu", "help", "day", "person", "move", "times", "series"}
    | {"wait", "unwait", "take", "pass", "paid"}
    | {"variant", "add_on", "enough", "add", "also", "drop"}
    | MERCHANT_VERBS
)


# What leads on to a question, a summary or a list; all others do something for good.
_LIGHT = frozenset(
    {"flow", "service", "variant", "add_on", "staff", "location", "date", "time", "slot", "times", "more"}
    | {"cancel", "move", "change"}
)


@dataclass(frozen=True, slots=True)
class Tap:
    verb: str
    values: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


def tap_id(verb: str, *values: object) -> str:
    """Raises ValueError when it would not fit into Telegram's callback data."""
    text = ":".join([verb, *(str(value) for value in values)])
    if verb not in VERBS or len(text.encode()) > _LIMIT_BYTES:
        raise ValueError(f"not a tap: {text!r}")
    return text


def read_tap(text: str) -> Tap | None:
    """None for what is none of ours: a foreign button, or one of a version that is no more."""
    verb, *values = text.split(":")
    return Tap(verb, tuple(values)) if verb in VERBS else None


_KEY_LENGTH = 44


def tap_key(key: str) -> str:
    """A key of the tenant file as a button carries it: a long one cut short, and told apart from its like."""
    return key if len(key) <= _KEY_LENGTH else f"{key[:35]}~{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def full_key(value: str, keys: Sequence[str]) -> str | None:
    """The key that this value of a button stands for."""
    return next((key for key in keys if value in (key, tap_key(key))), None)


def is_light(text: str) -> bool:
    """Whether whoever guesses what a customer means may tap it for them."""
    tap = read_tap(text)
    return tap is not None and tap.verb in _LIGHT


def time_id(clock: str) -> str:
    """Of a time of day, HH:MM, on whatever day is meant: a colon would part the values of a tap."""
    return tap_id("time", clock.replace(":", ""))


def slot_id(starts_at: datetime, service_ids: Sequence[int], staff_id: int | None) -> str:
    return _of_visit("slot", int(starts_at.timestamp() // 60), service_ids, staff_id)


def date_id(day: date, service_ids: Sequence[int], staff_id: int | None) -> str:
    return _of_visit("date", day.isoformat(), service_ids, staff_id)


def _of_visit(verb: str, value: object, service_ids: Sequence[int], staff_id: int | None) -> str:
    """The services of the visit in their order, and who was wished for; left out should they ever not fit."""
    services = ".".join(map(str, service_ids))
    text = f"{verb}:{value}:{services}:{staff_id or 0}"
    return text if len(text) <= _LIMIT_BYTES else tap_id(verb, value)


def instant_of(minutes: str) -> datetime | None:
    """The instant of a slot tap; None for rubbish, and for times at which no calendar reaches another zone."""
    try:
        instant = datetime.fromtimestamp(int(minutes) * 60, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return instant if 1970 < instant.year < 9999 else None


def wait_id(service_id: int, staff_id: int | None, days: Range, times: Range = (None, None)) -> str:
    """Days in ISO, both ends included, times HH:MM; an open side is None."""
    first, last = (day or "" for day in days)
    clocks = [(clock or "").replace(":", "") for clock in times]
    spoken = clocks if any(clocks) else ()
    return tap_id("wait", service_id, staff_id or 0, first if first == last and first else f"{first}/{last}", *spoken)


def waited_for(tap: Tap) -> dict[str, Any]:
    """The fields that the button of a wait says; what is no day or time is left out."""
    _, _, days, start, end = (*tap.values, *[""] * 5)[:5]
    first, is_range, last = days.partition("/")
    said: dict[str, Any] = {}
    if is_range:
        said["date_range"] = {"start": _iso(first), "end": _iso(last)}
    elif _iso(first):
        said["date"] = first
    clocks = {"start": clock_of(start), "end": clock_of(end)}
    if clocks["start"] and start == end:
        said["time"] = clocks["start"]
    elif any(clocks.values()):
        said["time_range"] = clocks
    return said


def _iso(text: str) -> str | None:
    return text if day_of(text) else None


def clock_of(text: str) -> str | None:
    """`0930` as 09:30: a colon would part the values of a tap."""
    is_clock = text.isascii() and text.isdigit() and len(text) == 4 and text[:2] <= "24" and text[2:] <= "59"
    return f"{text[:2]}:{text[2:]}" if is_clock else None


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def ids_of(text: str) -> list[int]:
    """The services of a visit; empty for rubbish."""
    found = [id_of(part) for part in text.split(".")]
    return [part for part in found if part is not None] if None not in found else []


def id_of(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
