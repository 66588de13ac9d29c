"""The ways in which payment providers fail, each by its name, planned for the next calls, payments or webhooks."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

_HANG_S = 60.0

AT_THE_API = frozenset({"401", "429", "500", "503", "timeout", "garbage", "500_after", "lost_answer", "timeout_after"})
AT_A_LISTING = frozenset({"page_error", "short_list"})
AT_THE_PAGE = frozenset({"underpay", "overpay", "slow"})
AT_A_WEBHOOK = frozenset({"duplicate", "drop", "delay", "reorder"})
AT_A_REFUND = frozenset({"refund_fails", "refund_stuck"})
AT_A_PAYOUT = frozenset({"payout_fails", "payout_stuck"})
ALL = AT_THE_API | AT_A_LISTING | AT_THE_PAGE | AT_A_WEBHOOK | AT_A_REFUND | AT_A_PAYOUT


@dataclass
class _Planned:
    name: str
    left: int
    on: str


class PspFaults:
    """`500_after`, `lost_answer` and `timeout_after` carry the call out first. `slow` money comes when it is settled.

    `delay_s` is how late a delayed webhook is.
    """

    def __init__(self) -> None:
        self.delay_s = 0.2
        self._planned: list[_Planned] = []
        self._shares: dict[str, float] = {}
        self._dice = random.Random(7)

    def plan(self, name: str, *, times: int = 1, on: str = "") -> None:
        """The next `times` occasions; `on` is a part of `METHOD /path` of a call or of the name of a webhook."""
        if name not in ALL:
            raise ValueError(f"no such fault: {name}")
        self._planned.append(_Planned(name, times, on))

    def share(self, **shares: float) -> None:
        """This part of all occasions, one fault each, beside what is planned: the same ones at every run."""
        if not ALL.issuperset(shares):
            raise ValueError(f"no such faults: {shares}")
        self._shares |= shares

    def take(self, names: frozenset[str], occasion: str = "") -> str:
        """The first fault of `names` planned for this occasion, used up by one; empty when there is none."""
        for planned in self._planned:
            if planned.name in names and planned.on in occasion and planned.left > 0:
                planned.left -= 1
                return planned.name
        return self._drawn(names)

    def _drawn(self, names: frozenset[str]) -> str:
        shares = {name: share for name, share in self._shares.items() if name in names}
        if not shares:
            return ""
        return self._dice.choices((*shares, ""), (*shares.values(), 1 - sum(shares.values())))[0]

    def clear(self) -> None:
        self._planned.clear()
        self._shares.clear()


async def _hang(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(_HANG_S)
    return web.Response(status=504)


async def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _garbage(request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html><body>Welcome to nginx!</body></html>", content_type="text/html")


# In the vendor's own words.
STATUSES: Mapping[str, int] = {"401": 401, "429": 429, "500": 500, "503": 503, "500_after": 500}
RETRY_AFTER_S = 2
# In nobody's words.
ANSWERS: Mapping[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
    "timeout": _hang,
    "garbage": _garbage,
    "lost_answer": _cut,
    "timeout_after": _hang,
}
AFTERWARDS = frozenset({"500_after", "lost_answer", "timeout_after"})
