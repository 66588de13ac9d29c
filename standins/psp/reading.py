"""What the dialects read of a call, JSON or form, and how they write an instant."""

import re
from collections.abc import Mapping
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


def wanted(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise Refused("parameter_missing", f"Missing required param: {name}.", field_name=name)
    return form[name]


def number(form: Mapping[str, str], name: str) -> int:
    value = wanted(form, name)
    if not re.fullmatch(r"-?\d{1,12}", value):
        raise Refused("parameter_invalid_integer", f"Invalid integer: {value}", field_name=name)
    return int(value)


def mapping(form: Mapping[str, str], name: str) -> dict[str, str]:
    """metadata[reference]=… as {"reference": …}."""
    return {key[len(name) + 1 : -1]: value for key, value in form.items() if key.startswith(f"{name}[")}
