"""How many may ask at once: one slow provider, or one tenant's rush, must not use up the process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from llm.failures import Kind, LlmError

AT_ONCE = 20
AT_ONCE_A_TENANT = 3
PATIENCE_S = 0.5


class Bulkhead:
    def __init__(self) -> None:
        self._all = asyncio.Semaphore(AT_ONCE)
        self._tenants: dict[int, asyncio.Semaphore] = {}
        self._inside: dict[int, int] = {}

    @contextlib.asynccontextmanager
    async def place(self, tenant_id: int) -> AsyncIterator[None]:
        """Raises LlmError (busy) when there is none within half a second."""
        own = self._tenants.setdefault(tenant_id, asyncio.Semaphore(AT_ONCE_A_TENANT))
        self._inside[tenant_id] = self._inside.get(tenant_id, 0) + 1
        try:
            async with contextlib.AsyncExitStack() as stack:
                try:
                    async with asyncio.timeout(PATIENCE_S):
                        await stack.enter_async_context(own)
                        await stack.enter_async_context(self._all)
                except TimeoutError:
                    raise LlmError(Kind.BUSY) from None
                yield
        finally:
            self._inside[tenant_id] -= 1
            if not self._inside[tenant_id]:
                del self._inside[tenant_id], self._tenants[tenant_id]
