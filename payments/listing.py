"""What the listings of providers have in common: numbered pages to the last one, and only what is in the window."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from payments.failures import Retryable
from payments.provider import Window
from payments.wire import Json, understood

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Page:
    """Entries by their names; `last` page and `total` of entries as the listing counts them, 0 where it does not."""

    entries: list[tuple[str, Json]]
    last: int
    total: int


async def numbered(fetch: Callable[[int], Awaitable[Page]], size: int) -> AsyncIterator[Json]:
    """Every object of a listing, each once. Fewer than it counts itself are not the whole: Retryable."""
    seen: set[str] = set()
    number = 0
    while True:
        number += 1
        page = await fetch(number)
        new = [(name, entry) for name, entry in page.entries if name not in seen]
        for name, entry in new:
            seen.add(name)
            yield entry
        if number >= page.last and (page.last or len(page.entries) < size or not new):
            break
    if len(seen) < page.total:
        raise Retryable("a listing with fewer entries than it counts", code="incomplete")


async def within(
    window: Window, entries: AsyncIterator[Json], read: Callable[[Json], _T], at: Callable[[_T], datetime | None]
) -> AsyncIterator[_T]:
    """Those that happened in the window; without a time of its own the provider's filter has decided."""
    async for entry in entries:
        with understood():
            one = read(entry)
        when = at(one)
        if when is None or window.starts_at <= when < window.ends_at:
            yield one
