"""The one HTTP client of a process: shared connections, a timeout on every call, one table of retryable faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

import aiohttp

from core.errors import TransientError, UnknownOutcomeError

_CONNECT_S = 5.0
_TOTAL_S = 25.0


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def open_http() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=_TOTAL_S, sock_connect=_CONNECT_S),
        connector=aiohttp.TCPConnector(limit=200, limit_per_host=100, ttl_dns_cache=60),
    )


def form(fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes | IO[bytes], str]]) -> aiohttp.FormData:
    """A multipart body; files as (name, content, type) by field. It can be sent once."""
    data = aiohttp.FormData(quote_fields=False)
    for name, value in fields.items():
        data.add_field(name, value)
    for name, (filename, content, content_type) in files.items():
        data.add_field(name, content, filename=filename, content_type=content_type)
    return data


async def request(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    json_body: bytes | None = None,
    form_body: aiohttp.FormData | None = None,
    timeout_s: float = _TOTAL_S,
    follows: bool = True,
) -> HttpAnswer:
    """One call with one of the two bodies, no retry: the outbox or the caller's policy decides about that. `follows`
    is about redirects.

    Raises TransientError when nothing left this machine, UnknownOutcomeError when it may have arrived.
    """
    sent_headers = dict(headers or {})
    if json_body is not None:
        sent_headers["Content-Type"] = "application/json"
    try:
        async with http.request(
            method,
            url,
            data=form_body if json_body is None else json_body,
            headers=sent_headers,
            allow_redirects=follows,
            timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=_CONNECT_S),
        ) as response:
            return HttpAnswer(response.status, response.headers, await response.read())
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise TransientError(f"no connection: {type(error).__name__}", code="connect") from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise UnknownOutcomeError(f"no answer: {type(error).__name__}", code="no_answer") from error
