"""Reads values out of vendors' JSON, in which anything may be missing, null or of another type."""

from datetime import UTC, datetime
from typing import Any

import orjson

from core.signing import fingerprint

_KEY_LIMIT = 200
_FIRST_INSTANT, _LAST_INSTANT = 0, 4_102_444_800


def as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def as_key(value: Any) -> str | None:
    """An id as text, short enough for an index; None when there is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        return None
    return value if len(value) <= _KEY_LIMIT else fingerprint(value.encode())


def content_key(value: Any) -> str:
    """The identity of an event that has no id: a redelivery has the same content."""
    return fingerprint(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


def as_instant(value: Any) -> datetime | None:
    """Unix seconds, as a number or as text; None when they are no sensible date."""
    try:
        seconds = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return datetime.fromtimestamp(seconds, UTC) if _FIRST_INSTANT < seconds < _LAST_INSTANT else None
