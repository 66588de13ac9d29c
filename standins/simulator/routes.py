"""The routes of /sim: the page, its files, live views by server-sent events (or polling), and what people do."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from aiohttp import web
from jinja2 import Environment, PackageLoader, select_autoescape

from standins.simulator.people import Channel, SimAccount, SimPerson, SimTenant
from standins.simulator.simulator import Simulator
from standins.simulator.words import WORDS, language_of

_SCRIPTS = ("sim.js", "page.js", "phones.js", "inspector.js")
_FILES = {"sim.css": "text/css"} | dict.fromkeys(_SCRIPTS, "text/javascript")
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
_HEARTBEAT_S = 15.0
_POLL_S = 20.0
_LONGEST_TEXT = 4096


class SimRoutes:
    def __init__(self, simulator: Simulator) -> None:
        self._sim = simulator
        templates = Environment(loader=PackageLoader("standins.simulator", "."), autoescape=select_autoescape())
        self._page = templates.get_template("page.html")

    def mount(self, app: web.Application) -> None:
        app.add_routes(
            [
                web.get("/sim", self._show_page),
                web.get("/sim/files/{name}", self._file),
                web.get("/sim/view", self._poll),
                web.get("/sim/events", self._stream),
                web.get("/sim/timeline", self._timeline),
                web.post("/sim/customers", self._json(self._add_customer)),
                web.post("/sim/say", self._json(self._say)),
                web.post("/sim/tap", self._json(self._tap)),
                web.post("/sim/attach", self._json(self._attach)),
                web.post("/sim/read", self._json(self._read)),
                web.post("/sim/network", self._json(self._network)),
            ]
        )
        app.on_shutdown.append(self._end_streams)
        app.cleanup_ctx.append(self._run)

    async def _run(self, _: web.Application) -> AsyncIterator[None]:
        await self._sim.open()
        yield
        await self._sim.close()

    async def _end_streams(self, _: web.Application) -> None:
        self._sim.phones.close()

    async def _show_page(self, request: web.Request) -> web.Response:
        language = language_of(request.query.get("lang"), request.headers.get("Accept-Language", ""))
        tenants = [
            {"key": t.key, "name": t.name, "openers": t.openers.get(language, ()), "merchants": _named(t.merchants)}
            for t in self._sim.tenants.values()
        ]
        data = {"tenants": tenants, "customers": _named(self._sim.customers()), "words": WORDS[language]}
        page = self._page.render(words=WORDS[language], language=language, data=data)
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _FILES:
            raise web.HTTPNotFound
        return web.Response(
            body=_asset(name), content_type=_FILES[name], charset="utf-8", headers={"Cache-Control": "no-cache"}
        )

    async def _poll(self, request: web.Request) -> web.Response:
        """Answers at the next change after `?after=`, at the latest after twenty seconds."""
        after = request.query.get("after", "")
        if after.isdigit():
            await self._sim.phones.wait_beyond(int(after), _POLL_S)
        return _json_answer(self._view(request))

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        self._view(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionResetError):  # the page was left
            await self._write_views(request, response)
        return response

    async def _write_views(self, request: web.Request, response: web.StreamResponse) -> None:
        shown = 0
        while not self._sim.phones.is_closed:
            if shown != self._sim.phones.version:
                view = self._view(request)
                shown = view["version"]
                await response.write(b"data: " + orjson.dumps(view) + b"\n\n")
            elif not await self._sim.phones.wait_beyond(shown, _HEARTBEAT_S):
                await response.write(b": still here\n\n")

    async def _timeline(self, request: web.Request) -> web.Response:
        _, account, person = self._chosen(request.query)
        return _json_answer(await self._sim.timeline(account, person))

    def _view(self, request: web.Request) -> dict[str, Any]:
        query = request.query
        version = self._sim.phones.version
        return {
            "version": version,
            "network": self._sim.network,
            "customers": _named(self._sim.customers()),
            "customer": self._phone(query, "customer"),
            "merchant": self._phone(query, "merchant"),
        }

    def _phone(self, query: Any, side: str) -> dict[str, Any]:
        """The thread on screen, and how many unread messages wait on each of the phone's two apps."""
        tenant, account, person = self._chosen({**query, "side": side})
        zone = ZoneInfo(tenant.timezone)

        def clock_time(at: str) -> str:
            return datetime.fromisoformat(at).astimezone(zone).strftime("%H:%M")

        phones = self._sim.phones
        unread = {a.channel.value: phones.thread(self._sim.address(a, person)).unread for a in tenant.accounts.values()}
        view = phones.view(self._sim.address(account, person), clock_time)
        now = self._sim.clock.now().astimezone(zone)
        return view | {"unread": unread, "name": person.name, "now": now.strftime("%H:%M")}

    def _chosen(self, query: Any) -> tuple[SimTenant, SimAccount, SimPerson]:
        """tenant, side (customer or merchant), and that side's channel and person; 404 for anything unknown."""
        tenant = self._sim.tenants.get(str(query.get("tenant")))
        side = str(query.get("side"))
        if tenant is None or side not in ("customer", "merchant"):
            raise web.HTTPNotFound
        account = tenant.accounts.get(_channel(query.get(f"{side}_channel")))
        people = self._sim.customers() if side == "customer" else tenant.merchants
        person = next((p for p in people if p.key == query.get(side)), None)
        if account is None or person is None:
            raise web.HTTPNotFound
        return tenant, account, person

    def _json(
        self, act: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """JSON bodies only: another site's form cannot play on this page."""

        async def handler(request: web.Request) -> web.Response:
            if request.content_type != "application/json":
                raise web.HTTPUnsupportedMediaType
            try:
                body = orjson.loads(await request.read())
            except orjson.JSONDecodeError as error:
                raise web.HTTPBadRequest from error
            if not isinstance(body, dict):
                raise web.HTTPBadRequest
            return _json_answer(act(body))

        return handler

    def _add_customer(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"customer": self._sim.add_customer().key}

    def _say(self, body: dict[str, Any]) -> dict[str, Any]:
        _, account, person = self._chosen(body)
        text = str(body.get("text", "")).strip()[:_LONGEST_TEXT]
        if not text:
            raise web.HTTPBadRequest
        self._sim.say(account, person, text, str(body.get("language", "en"))[:5])
        return {}

    def _tap(self, body: dict[str, Any]) -> dict[str, Any]:
        _, account, person = self._chosen(body)
        language = str(body.get("language", "en"))[:5]
        if not self._sim.tap(account, person, int(body.get("seq") or 0), str(body.get("choice")), language):
            raise web.HTTPNotFound
        return {}

    def _attach(self, body: dict[str, Any]) -> dict[str, Any]:
        _, account, person = self._chosen(body)
        language = language_of(str(body.get("language")), "")
        kind = "location" if body.get("kind") == "location" else "voice"
        self._sim.send_attachment(account, person, kind, WORDS[language][kind], language)
        return {}

    def _read(self, body: dict[str, Any]) -> dict[str, Any]:
        _, account, person = self._chosen(body)
        self._sim.read(account, person)
        return {}

    def _network(self, body: dict[str, Any]) -> dict[str, Any]:
        self._sim.set_network(str(body.get("state")))
        return {"network": self._sim.network}


def _channel(value: object) -> Channel:
    return Channel.TELEGRAM if value == Channel.TELEGRAM else Channel.WHATSAPP


def _named(people: Any) -> list[dict[str, str]]:
    return [{"key": person.key, "name": person.name} for person in people]


def _json_answer(value: Any) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json")


@lru_cache
def _asset(name: str) -> bytes:
    return files("standins.simulator").joinpath(name).read_bytes()
