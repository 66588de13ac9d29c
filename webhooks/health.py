"""Whether the process lives, whether messages are taken and worked on, and its numbers."""

import asyncpg
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from core.metrics import metrics_text
from core.runtime import Runtime
from core.uow import call_across_tenants


class Health:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._has_seen_worker = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/livez", self.livez),
            web.get("/readyz", self.readyz),
            web.get("/metrics", self.metrics),
        ]

    async def livez(self, _: web.Request) -> web.StreamResponse:
        return web.Response(text="ok")

    async def readyz(self, _: web.Request) -> web.StreamResponse:
        """Without Redis the sweeps still find every row, so its absence is said but does not turn webhooks away."""
        database = await self._has_schema()
        redis = await self._runtime.queue.is_reachable()
        self._has_seen_worker = self._has_seen_worker or (redis and await self._runtime.queue.has_worker())
        is_ready = database and (self._has_seen_worker or not redis)
        facts = {"database": database, "redis": redis, "worker": self._has_seen_worker}
        return web.json_response(facts, status=200 if is_ready else 503)

    async def metrics(self, _: web.Request) -> web.StreamResponse:
        return web.Response(body=metrics_text(), content_type="text/plain", charset="utf-8")

    async def _has_schema(self) -> bool:
        try:
            await call_across_tenants(self._runtime, "SELECT FROM inbound_events LIMIT 0")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, OSError):
            return False
        return True
