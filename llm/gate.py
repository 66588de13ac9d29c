"""What one process knows of the endpoints it asks: connections, which of them fail, how each wants to be asked."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from core.registry import discover
from core.runtime import Runtime
from llm import providers
from llm.breaker import Breaker
from llm.bulkhead import Bulkhead
from llm.call import Endpoint, LlmProvider, PriceList
from llm.ladder import Ladder


@dataclass(frozen=True)
class Lane:
    """Of one endpoint, key and model: another tenant's bad key closes only that tenant's."""

    breaker: Breaker
    ladder: Ladder


@dataclass(frozen=True)
class _Vendors:
    providers: Mapping[str, LlmProvider]
    prices: PriceList


class Gate:
    def __init__(self, runtime: Runtime) -> None:
        self.bulkhead = Bulkhead()
        self._monotonic = runtime.clock.monotonic  # not the runtime, which would keep itself alive
        self._lanes: dict[Endpoint, Lane] = {}
        self._loaded: _Vendors | None = None
        self._loading = asyncio.Lock()
        self._unfinished: set[asyncio.Task[Any]] = set()
        runtime.closing.push_async_callback(self._close)

    def lane(self, endpoint: Endpoint) -> Lane:
        return self._lanes.setdefault(endpoint, Lane(Breaker(self._monotonic), Ladder()))

    async def provider(self, key: str) -> LlmProvider:
        return (await self._vendors()).providers[key]

    async def prices(self) -> PriceList:
        return (await self._vendors()).prices

    async def _vendors(self) -> "_Vendors":
        """The vendors' libraries take a second to load: in a thread, when the first question is asked."""
        async with self._loading:
            if self._loaded is None:
                self._loaded = await asyncio.to_thread(_load)
        return self._loaded

    async def see_through(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs to its end also where the caller is cancelled meanwhile; the process waits for it before it closes."""
        task = asyncio.ensure_future(work)
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)
        await asyncio.shield(task)

    async def _close(self) -> None:
        await asyncio.gather(*self._unfinished, return_exceptions=True)
        for provider in self._loaded.providers.values() if self._loaded else ():
            await provider.close()


_gates: WeakKeyDictionary[Runtime, Gate] = WeakKeyDictionary()


def gate_of(runtime: Runtime) -> Gate:
    found = _gates.get(runtime)
    if found is None:
        found = _gates[runtime] = Gate(runtime)
    return found


def _load() -> _Vendors:
    found = {key: make() for key, make in discover(providers, "PROVIDER").items()}
    (prices,) = discover(providers, "PRICES").values()
    return _Vendors(found, prices())
