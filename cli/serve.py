"""The web process: routes on a port, draining when it is told to stop."""

import asyncio

from aiohttp import web

from core.runtime import Runtime, open_runtime, spare_what_is_loaded
from core.settings import Settings
from webhooks.app import create_app

# The demo's workers drain after it, and all has to end within 20 s.
_DRAIN_S = 5


async def serve_web(settings: Settings) -> None:
    """Serves until cancelled; requests under way are finished."""
    async with open_runtime(settings) as runtime:
        runner = await start_site(create_app(runtime), runtime)
        spare_what_is_loaded()
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


async def start_site(application: web.Application, runtime: Runtime) -> web.AppRunner:
    """Raises OSError with the address when the port is taken."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_DRAIN_S)
    await runner.setup()
    await web.TCPSite(runner, runtime.settings.http.host, runtime.settings.http.port).start()
    return runner
