"""The two web servers that ack.py compares, each in a process of its own."""

import asyncio
import hmac
import sys
from hashlib import sha256
from pathlib import Path

import asyncpg
import uvloop
from aiohttp import web

from core.runtime import open_runtime
from core.settings import load_settings
from ops.bench.setting import APP_SECRET
from webhooks.app import create_app

_INSERT = "INSERT INTO bench_floor (event_key, payload) VALUES ($1, $2) ON CONFLICT DO NOTHING"


def floor_app(pool: asyncpg.Pool) -> web.Application:
    """The least that a durable acknowledgement can be: the HMAC of the bytes, one row, 200."""

    async def receive(request: web.Request) -> web.Response:
        raw = await request.read()
        given = request.headers.get("X-Hub-Signature-256", "")
        expected = "sha256=" + hmac.new(APP_SECRET.encode(), raw, sha256).hexdigest()
        if not hmac.compare_digest(expected, given):
            return web.Response(status=401)
        async with pool.acquire() as connection:
            await connection.execute(_INSERT, given, raw.decode())
        return web.Response(text="ok")

    app = web.Application(client_max_size=4 * 2**20)
    app.add_routes([web.post("/webhooks/whatsapp", receive)])
    return app


async def serve(kind: str, data_dir: Path, port: int) -> None:
    settings = load_settings(data_dir=data_dir, whatsapp={"app_secret": APP_SECRET, "verify_token": "t"})
    async with open_runtime(settings) as runtime:
        pool = await asyncpg.create_pool(runtime.database_url, min_size=16, max_size=16)
        app = floor_app(pool) if kind == "floor" else create_app(runtime)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        await runner.cleanup()
        await pool.close()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
