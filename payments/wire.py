"""One call to a provider's API: what came back as JSON, or one of payments/failures.py. No retry."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from core.errors import PermanentError, TransientError, UnknownOutcomeError
from core.http import HttpAnswer, form, request
from payments.failures import AuthError, NotFound, Retryable, UnknownOutcome
from payments.provider import Account

Json = Mapping[str, Any]
# Reads the provider's own words for a refusal: status and body to what is to be raised.
Refusal = Callable[[int, Json], PermanentError | TransientError]

_NO_ANSWER = 408
_SLOW_DOWN = 429
_DIGITS = 18


async def call(
    account: Account,
    method: str,
    path: str,
    refusal: Refusal,
    *,
    headers: Mapping[str, str],
    query: Sequence[tuple[str, str]] = (),
    json: Json | None = None,
    fields: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """`json` or `fields` (url-encoded) is the body. Anything but GET is taken to move something."""
    moves = method != "GET"
    url = account.base_url.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
    try:
        answer = await request(
            account.http,
            method,
            url,
            headers=headers,
            json_body=None if json is None else orjson.dumps(json),
            form_body=None if fields is None else form(fields, {}),
            timeout_s=account.timeout_s,
            follows=False,  # the keys are for this address alone
        )
    except UnknownOutcomeError as error:
        raise _lost(moves, str(error), code="no_answer") from error
    except TransientError as error:
        raise Retryable(str(error), code=error.code) from error
    return _read(answer, moves, refusal)


async def or_none(asked: Awaitable[dict[str, Any]]) -> dict[str, Any] | None:
    """None where the provider knows no such thing."""
    try:
        return await asked
    except NotFound:
        return None


@contextlib.contextmanager
def understood(*, moves: bool = False) -> Iterator[None]:
    """What a good answer should have carried and did not is a garbled answer, not a fault of ours."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _lost(moves, f"garbled answer: {type(error).__name__}", code="garbled") from error


def _read(answer: HttpAnswer, moves: bool, refusal: Refusal) -> dict[str, Any]:
    if answer.status >= 500 or answer.status == _NO_ANSWER:
        raise _lost(moves, f"HTTP {answer.status}", code=str(answer.status))
    if answer.status == _SLOW_DOWN:
        raise Retryable("asked to slow down", code="429", retry_after_s=_seconds(answer.headers.get("Retry-After")))
    body = _json_object(answer.body)
    if answer.status in (401, 403):
        raise AuthError(f"HTTP {answer.status}", code=str(answer.status))
    if answer.status == 404:
        raise NotFound("HTTP 404", code="404")
    if answer.status >= 400:
        raise refusal(answer.status, body or {})
    if answer.status >= 300 or body is None:
        raise _lost(moves, f"HTTP {answer.status} without JSON", code="garbled")
    return body


def _lost(moves: bool, message: str, *, code: str) -> TransientError:
    return UnknownOutcome(message, code=code) if moves else Retryable(message, code=code)


def _json_object(raw: bytes) -> dict[str, Any] | None:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None


def whole(value: Any) -> int:
    """An amount as JSON may write it: 5000, "5000", 5000.0. Raises ValueError for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("no amount")
    try:
        number = Decimal(str(value))
        is_whole = number.is_finite() and number.adjusted() < _DIGITS and number == number.to_integral_value()
    except ArithmeticError as error:
        raise ValueError("no amount") from error
    if not is_whole:
        raise ValueError("a fraction of a unit, or beyond all money")
    return int(number)


def text(value: Any) -> str:
    """An id that may be a number, an object's id or nothing. No id holds a character that a database refuses."""
    if isinstance(value, Mapping):
        value = value.get("id")
    said = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return "" if "\x00" in said else said


def at(path: str, name: str) -> str:
    """The path of one object: a name that came from outside stays one segment of it."""
    return f"{path}/{quote(name, safe='')}"


def inner(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}


def instant(value: Any) -> datetime | None:
    """Unix seconds or ISO 8601, read as UTC where it names no offset; None for what is neither."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return read if read is None or read.tzinfo else read.replace(tzinfo=UTC)


def header(headers: Mapping[str, str], name: str) -> str:
    """By its name in any case; nothing where it was sent twice and says two things."""
    values = {value for given, value in headers.items() if given.lower() == name}
    return values.pop() if len(values) == 1 else ""


def secret_values(secrets: Mapping[str, str], name: str) -> list[str]:
    """Newest first; two of them while the secret is changed."""
    return secrets.get(name, "").split()


def secret(account: Account, name: str) -> str:
    values = secret_values(account.secrets, name)
    if not values:
        raise AuthError(f"the account has no {name}", code="no_secret")
    return values[0]
