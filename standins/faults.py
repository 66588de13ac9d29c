"""Switches that make a stand-in misbehave the way the real party does: refusals, outages, slowness, lost answers."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Sent:
    """One call that a stand-in accepted. `account` is a phone_number_id or a bot token; `answer_id` the vendor's id."""

    at: datetime
    account: str
    recipient: str
    type: str
    body: dict[str, Any]
    answer_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """One call that was answered by an error; `code` is the vendor's code or the HTTP status."""

    at: datetime
    account: str
    recipient: str
    type: str
    body: dict[str, Any]
    code: int
    detail: str


OnSent = Callable[[Sent], Awaitable[None]]


class Faults:
    """`is_down` answers 503 to all; `drop_after_accept` calls are carried out but lose their answer."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self.is_down = False
        self.drop_after_accept = 0
        self._next: deque[Any] = deque()

    def plan(self, error: Any, times: int) -> None:
        self._next.extend([error] * times)

    def take(self) -> Any | None:
        """The error planned for this call, if any."""
        return self._next.popleft() if self._next else None

    def clear(self) -> None:
        self.delay_s, self.is_down, self.drop_after_accept = 0.0, False, 0
        self._next.clear()

    async def lag(self) -> None:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)

    def lose_answer(self, request: web.Request) -> None:
        """Cuts the connection when an answer is to be lost: the caller cannot know that the call was carried out."""
        if self.drop_after_accept > 0:
            self.drop_after_accept -= 1
            if request.transport is not None:
                request.transport.abort()


def unavailable() -> web.Response:
    return web.Response(status=503, text="<html><title>503</title></html>", content_type="text/html")


def uploaded(field: web.FileField) -> dict[str, str]:
    """A file as recordings hold it: name, type and text."""
    with field.file as file:
        content = file.read().decode("utf-8", "replace")
    return {"filename": field.filename, "mime_type": field.content_type, "content": content}
