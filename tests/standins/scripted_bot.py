"""A web application that answers every webhook by a script: the page and the stand-ins without Booka behind them."""

import asyncio
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from core.clock import Clock
from core.signing import is_signed_sha256
from standins.bot_api import BotApi
from standins.graph_api import GraphApi
from standins.simulator.people import Address, Channel, SimAccount, SimPerson, SimTenant
from standins.simulator.routes import SimRoutes
from standins.simulator.simulator import Simulator

SECRET = "app-secret"
HOURS = ("09:00", "09:45", "10:30", "11:15", "14:00", "14:45", "15:30", "16:15", "17:00")


def sim_tenant(key: str = "salon", name: str = "Maison Test") -> SimTenant:
    return SimTenant(
        key=key,
        name=name,
        timezone="Africa/Douala",
        accounts={
            Channel.WHATSAPP: SimAccount(Channel.WHATSAPP, f"{key}-wa", f"1065{len(key)}"),
            Channel.TELEGRAM: SimAccount(Channel.TELEGRAM, f"{key}-tg", f"700{len(key)}:token", "secret-token"),
        },
        merchants=[
            SimPerson("owner", "Solange", {Channel.WHATSAPP: "237677000001", Channel.TELEGRAM: "8200000001"}),
        ],
        openers={"en": ["Hello", "Haircut tomorrow at 10:30"], "fr": ["Bonjour", "Coupe demain à 10h30"]},
    )


class ScriptedBot:
    """`webhooks` are the genuine ones that came; forged ones are answered 401 and counted."""

    def __init__(self, base_url: str, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.graph = GraphApi(
            clock=self.clock,
            callback_url=f"{base_url}/webhooks/whatsapp",
            app_secret=SECRET,
            auto_statuses=("sent", "delivered"),
        )
        self.bot = BotApi(clock=self.clock)
        self.webhooks: list[dict[str, Any]] = []
        self.statuses: list[str] = []
        self.forged = 0
        self.pause_s = 0.0
        self.tenant = sim_tenant()
        self.simulator = Simulator(
            tenants=[self.tenant, sim_tenant("dentist", "Dentiste Test")],
            base_url=base_url,
            app_secret=SECRET,
            graph=self.graph,
            bot=self.bot,
            clock=self.clock,
            inspector=self._inspect,
            quick_reply_label=lambda payload, _: payload.title(),
        )
        self._base_url = base_url
        self._http: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhooks/whatsapp", self._whatsapp)
        app.router.add_post("/webhooks/telegram/{account}", self._telegram)
        app.add_subapp("/graph/", self.graph.app)
        app.add_subapp("/bot/", self.bot.app)
        SimRoutes(self.simulator).mount(app)
        app.cleanup_ctx.append(self._client)
        return app

    async def _client(self, _: web.Application) -> Any:
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer t"}) as self._http:
            yield

    async def _inspect(self, address: Address) -> list[dict[str, Any]]:
        return [
            {
                "kind": "turn",
                "at": self.clock.now().isoformat(),
                "title": f"rules · high · {address.account}",
                "ms": 12.5,
                "commands": ["start_flow book", "set_field field=service value=haircut"],
                "parts": {"commands": [{"kind": "start_flow"}], "state": {"flow": "book"}, "outbox": []},
            }
        ]

    async def _whatsapp(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if not is_signed_sha256(SECRET.encode(), raw, request.headers["X-Hub-Signature-256"].removeprefix("sha256=")):
            self.forged += 1
            return web.Response(status=401)
        value = orjson.loads(raw)["entry"][0]["changes"][0]["value"]
        self.statuses += [status["status"] for status in value.get("statuses", ())]
        if "messages" in value:
            self.webhooks.append(value)
            self._later(self._answer_whatsapp(value["metadata"]["phone_number_id"], value["messages"][0]))
        return web.Response()

    async def _telegram(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != "secret-token":
            self.forged += 1
            return web.Response(status=401)
        update = orjson.loads(await request.read())
        self.webhooks.append(update)
        self._later(self._answer_telegram(update))
        return web.Response()

    async def settle(self) -> None:
        """Returns once nothing is under way any more."""
        while self._tasks:
            await asyncio.gather(*self._tasks)
        await self.graph.drain_statuses()

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer_whatsapp(self, number: str, message: dict[str, Any]) -> None:
        typing = {"status": "read", "message_id": message["id"], "typing_indicator": {"type": "text"}}
        await self._graph(number, typing)
        await asyncio.sleep(self.pause_s)
        await self._graph(number, {"to": message["from"], **_whatsapp_step(message)})
        if _tapped(message) == "yes":
            notice = {"type": "text", "text": {"body": "New booking: Haircut, Tue 3 March 10:30, Claire"}}
            await self._graph(number, {"to": "237677000001", **notice})

    async def _graph(self, number: str, body: dict[str, Any]) -> None:
        assert self._http
        url = f"{self._base_url}/graph/v25.0/{number}/messages"
        async with self._http.post(url, json={"messaging_product": "whatsapp", **body}) as response:
            assert response.status == 200, await response.text()

    async def _answer_telegram(self, update: dict[str, Any]) -> None:
        token = self.tenant.accounts[Channel.TELEGRAM].address
        query = update.get("callback_query")
        chat = (query or update)["message"]["chat"]["id"]
        if query:
            await self._bot(token, "answerCallbackQuery", callback_query_id=query["id"])
        await self._bot(token, "sendChatAction", chat_id=chat, action="typing")
        await asyncio.sleep(self.pause_s)
        if query and query["data"] == "yes":
            sent = await self._bot(token, "sendMessage", chat_id=chat, text="Reserving…")
            words = "Confirmed! Haircut with Solange, Tue 3 March, 10:30."
            await self._bot(token, "editMessageText", chat_id=chat, message_id=sent["message_id"], text=words)
            return
        keyboard = [
            [{"text": label, "callback_data": key}]
            for key, label in (("haircut", "Haircut · 6 000 FCFA"), ("yes", "Yes, book it"), ("no", "No"))
        ]
        markup = {"inline_keyboard": keyboard}
        await self._bot(token, "sendMessage", chat_id=chat, text="What would you like?", reply_markup=markup)

    async def _bot(self, token: str, method: str, **body: Any) -> Any:
        assert self._http
        async with self._http.post(f"{self._base_url}/bot/bot{token}/{method}", json=body) as response:
            answer = await response.json()
            assert answer["ok"], answer
            return answer["result"]


def _tapped(message: dict[str, Any]) -> str:
    interactive = message.get("interactive") or {}
    reply = interactive.get("button_reply") or interactive.get("list_reply") or {}
    return str(reply.get("id", ""))


def _whatsapp_step(message: dict[str, Any]) -> dict[str, Any]:
    """hello → list of times → summary with buttons → confirmed."""
    tapped = _tapped(message)
    if tapped.startswith("t"):
        summary = "*Haircut* with Solange\nTue 3 March, 10:30\n6 000 FCFA\n\nShall I book it?"
        buttons = [
            {"type": "reply", "reply": {"id": key, "title": title}}
            for key, title in (("yes", "Yes, book it"), ("change", "Change"), ("no", "No"))
        ]
        return _interactive("button", summary, {"buttons": buttons})
    if tapped == "yes":
        words = "*Confirmed!* Haircut with Solange, Tue 3 March, 10:30. See you at 27 Rue Njo-Njo."
        return {"type": "text", "text": {"body": words}}
    rows = [{"id": f"t{hour}", "title": hour, "description": "Solange, Yannick"} for hour in HOURS]
    action = {"button": "Times", "sections": [{"rows": [*rows, {"id": "tmore", "title": "More"}]}]}
    return _interactive("list", "Haircut on Tue 3 March. Which time suits you?", action)


def _interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}
