"""What the dialects that speak JSON read of a call, and how they write an instant."""

from datetime import datetime
from typing import Any

import orjson

from standins.psp.books import Refused


def json_object(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def whole(value: Any, refusal: str) -> int:
    if isinstance(value, bool) or not str(value).isdigit():
        raise Refused("amount", refusal, field_name="amount")
    return int(value)


def stamp(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
