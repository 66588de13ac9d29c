"""Sends a provider's webhooks: signed when they leave, tried again as the vendor does but sooner, or led astray."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from standins.psp.faults import AT_A_WEBHOOK, PspFaults

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Webhook:
    kind: str
    url: str
    body: bytes


# Headers for the body, made at each try: a vendor that signs a time signs the time of sending.
Sign = Callable[[bytes], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try that was made, with what it was answered; 0 is no answer."""

    webhook: Webhook
    headers: Mapping[str, str]
    status: int


class Webhooks:
    """`retries_s` are the pauses before each further try; `accepts` what counts as taken."""

    def __init__(self, faults: PspFaults, *, retries_s: Sequence[float], accepts: Callable[[int], bool]) -> None:
        self.deliveries: list[Delivery] = []
        self.dropped: list[Webhook] = []
        self._faults, self._retries_s, self._accepts = faults, retries_s, accepts
        self._http: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[tuple[Webhook, Sign]] = []

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def drain(self) -> None:
        """Returns once nothing is under way any more; what is held back for reordering goes out first."""
        self._release()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._release()

    def send(self, webhook: Webhook, sign: Sign) -> None:
        fault = self._faults.take(AT_A_WEBHOOK, webhook.kind)
        if fault == "drop" or not webhook.url:
            self.dropped.append(webhook)
        elif fault == "reorder":
            self._held.append((webhook, sign))
        else:
            copies = 2 if fault == "duplicate" else 1
            for _ in range(copies):
                self.run(self._deliver(webhook, sign, self._faults.delay_s if fault == "delay" else 0.0))
            self._release()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """In the background, but waited for by `drain`."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _release(self) -> None:
        """After the one that was to overtake them."""
        held, self._held = self._held, []
        for webhook, sign in held:
            self.run(self._deliver(webhook, sign, 0.05))

    async def _deliver(self, webhook: Webhook, sign: Sign, after_s: float) -> None:
        await asyncio.sleep(after_s)
        for pause_s in (0.0, *self._retries_s):
            await asyncio.sleep(pause_s)
            if self._accepts(await self._post(webhook, sign)):
                return

    async def _post(self, webhook: Webhook, sign: Sign) -> int:
        headers = {"Content-Type": "application/json", **sign(webhook.body)}
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S))
        try:
            async with self._http.post(webhook.url, data=webhook.body, headers=headers) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            status = 0
        self.deliveries.append(Delivery(webhook, headers, status))
        return status
