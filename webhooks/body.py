"""Bodies of strangers: what PostgreSQL cannot hold is cut out or refused before anything is stored."""

import asyncio
import json
from typing import Any

import orjson
from aiohttp import web

_NUL = b"\\u0000"
_SURROGATE = b"\\ud"
_MANY_BRACKETS = 200
# Vendors send at once; whoever dribbles holds a connection open.
_BODY_WITHIN_S = 20.0


class UnreadableBodyError(Exception):
    """No JSON object, or one nested so deep that it cannot be written again."""


async def read_body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(_BODY_WITHIN_S):
            return await request.read()
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error


def read_object(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        body = _read_with_half_characters(raw, error)
    if not isinstance(body, dict):
        raise UnreadableBodyError("not a JSON object")
    if raw.count(b"[") + raw.count(b"{") > _MANY_BRACKETS:
        _refuse_unwritable(body)
    return _mended(body) if _NUL in raw else body


def _refuse_unwritable(body: Any) -> None:
    """Events are written again as jsonb: the writer's limits count (254 levels, integers of 64 bits)."""
    try:
        orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise UnreadableBodyError("cannot be written again") from error


def _read_with_half_characters(raw: bytes, cause: Exception) -> Any:
    """A text cut in the middle of an emoji escapes half of it; that is no reason to lose the message."""
    if _SURROGATE not in raw.lower():
        raise UnreadableBodyError("not JSON") from cause
    try:
        body = _mended(json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise UnreadableBodyError("not JSON") from error
    _refuse_unwritable(body)
    return body


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value
