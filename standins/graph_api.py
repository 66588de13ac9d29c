"""A local server that speaks the part of the WhatsApp Cloud API that Booka uses, limits and errors included."""

import itertools
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import orjson
from aiohttp import web

from core.clock import Clock
from core.ids import new_token
from standins.faults import Faults, OnSent, Refused, Sent, unavailable, uploaded
from standins.graph_limits import GraphError, check_message, check_upload
from standins.graph_statuses import StatusReporter

_WINDOW = timedelta(hours=24)


class GraphApi:
    """Serve `app`; the API's base URL is `http://host:port/v25.0`.

    With `callback_url` and `app_secret` the statuses of `auto_statuses` are posted to it by themselves; others
    follow by `report`. `enforce_window` refuses free-form messages to people whose last `note_inbound` is older
    than 24 hours (131047); `enforce_known_inbound` refuses typing for message ids that were never noted. `media` holds
    what was uploaded, by its id; without `takes_media` the route is not there.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        callback_url: str = "",
        app_secret: str = "",
        auto_statuses: tuple[str, ...] = ("sent", "delivered", "read"),
        status_pause_s: float = 0.0,
        enforce_window: bool = False,
        enforce_known_inbound: bool = False,
        takes_media: bool = True,
        on_sent: OnSent | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.received: list[Sent] = []
        self.refused: list[Refused] = []
        self.faults = Faults()
        self.on_sent = on_sent
        self.enforce_window = enforce_window
        self.enforce_known_inbound = enforce_known_inbound
        self._auto_statuses, self._pause_s = auto_statuses, status_pause_s
        self._reporter = StatusReporter(callback_url, app_secret, self.clock) if callback_url else None
        self._last_inbound: dict[tuple[str, str], datetime] = {}
        self._inbound_ids: set[str] = set()
        self._fail_later: list[int] = []
        self._by_id: dict[str, Sent] = {}
        self.media: dict[str, dict[str, str]] = {}
        self._media_ids = itertools.count(1_000_000_000_001)
        self.app = web.Application(client_max_size=4 * 2**20)
        self.app.router.add_post("/{version}/{phone_number_id}/messages", self._messages)
        if takes_media:
            self.app.router.add_post("/{version}/{phone_number_id}/media", self._upload)
        self.app.cleanup_ctx.append(self._run_reporter)

    def fail_next(self, code: int = 131000, *, status: int = 400, times: int = 1) -> None:
        """The next calls are refused with this code; `code=0` answers a bare HTTP error without Meta's JSON."""
        self.faults.plan(GraphError(code, "Planned by the stand-in.", status), times)

    def fail_later(self, code: int, *, times: int = 1) -> None:
        """The next sends are accepted and reported failed afterwards, as Meta does with a closed window."""
        self._fail_later.extend([code] * times)

    def note_inbound(self, phone_number_id: str, wa_id: str, message_id: str, at: datetime | None = None) -> None:
        """Somebody wrote to the business: opens the window and makes the id known to typing calls."""
        self._inbound_ids.add(message_id)
        self._last_inbound[phone_number_id, wa_id] = at or self.clock.now()

    def report(self, message_id: str, status: str, *, error_code: int | None = None) -> None:
        if self._reporter is not None and message_id in self._by_id:
            self._reporter.report(self._by_id[message_id], status, error_code=error_code)

    async def drain_statuses(self) -> None:
        if self._reporter is not None:
            await self._reporter.drain()

    async def _run_reporter(self, _: web.Application) -> AsyncIterator[None]:
        if self._reporter is not None:
            await self._reporter.open()
        yield
        if self._reporter is not None:
            await self._reporter.close()

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        await self.faults.lag()
        if self.faults.is_down:
            return unavailable()
        account, body = request.match_info["phone_number_id"], _json_object(raw)
        try:
            answer = await self._accept(request, account, body)
        except GraphError as error:
            self._note_refusal(account, body, error)
            return _refusal(error)
        self.faults.lose_answer(request)
        return web.json_response(answer)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        account, form = request.match_info["phone_number_id"], await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        given = next((uploaded(value) for value in form.values() if isinstance(value, web.FileField)), None)
        await self.faults.lag()
        if self.faults.is_down:
            return unavailable()
        try:
            self._let_in(request)
            media_id = self._keep(check_upload(fields, given))
        except GraphError as error:
            self._note_refusal(account, {"type": "media", **fields}, error)
            return _refusal(error)
        return web.json_response({"id": media_id})

    def _keep(self, file: dict[str, str]) -> str:
        media_id = str(next(self._media_ids))
        self.media[media_id] = file
        return media_id

    def _let_in(self, request: web.Request) -> None:
        planned = self.faults.take()
        if planned is not None:
            raise planned
        if not request.headers.get("Authorization", "").removeprefix("Bearer").strip():
            raise GraphError(190, "Missing bearer token.", 401)

    async def _accept(self, request: web.Request, account: str, body: dict[str, Any]) -> dict[str, Any]:
        self._let_in(request)
        if body.get("status") == "read":
            return await self._mark_read(account, body)
        check_message(body, self.media)
        recipient = str(body.get("to") or body["recipient"]).lstrip("+")
        self._check_window(account, recipient, body)
        sent = Sent(self.clock.now(), account, recipient, str(body.get("type", "text")), body, f"wamid.{new_token(24)}")
        await self._record(sent)
        self._report_by_itself(sent)
        return _accepted(sent)

    async def _mark_read(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        message_id = str(body.get("message_id", ""))
        if not message_id or (self.enforce_known_inbound and message_id not in self._inbound_ids):
            raise GraphError(100, "message_id does not name a message received by this number.")
        typing = body.get("typing_indicator")
        if typing is not None and typing.get("type") != "text":
            raise GraphError(100, "typing_indicator.type must be text.")
        kind = "read" if typing is None else "typing"
        await self._record(Sent(self.clock.now(), account, "", kind, body, message_id))
        return {"success": True}

    def _check_window(self, account: str, recipient: str, body: dict[str, Any]) -> None:
        if not self.enforce_window or body.get("type") == "template":
            return
        last = self._last_inbound.get((account, recipient))
        if last is None or self.clock.now() - last > _WINDOW:
            raise GraphError(131047, "More than 24 hours have passed since the recipient last replied.")

    async def _record(self, sent: Sent) -> None:
        self.received.append(sent)
        if sent.recipient:
            self._by_id[sent.answer_id] = sent
        if self.on_sent is not None:
            await self.on_sent(sent)

    def _report_by_itself(self, sent: Sent) -> None:
        if self._reporter is None:
            return
        if self._fail_later:
            self._reporter.report(sent, "failed", error_code=self._fail_later.pop(0))
            return
        for step, status in enumerate(self._auto_statuses):
            self._reporter.report(sent, status, after_s=self._pause_s if step else 0.0)

    def _note_refusal(self, account: str, body: dict[str, Any], error: GraphError) -> None:
        recipient = str(body.get("to") or body.get("recipient") or "").lstrip("+")
        kind = str(body.get("type") or body.get("status") or "")
        self.refused.append(
            Refused(self.clock.now(), account, recipient, kind, body, error.code or error.status, error.details)
        )


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _accepted(sent: Sent) -> dict[str, Any]:
    message = {"id": sent.answer_id}
    if sent.type == "template":
        message["message_status"] = "accepted"
    contact = {"input": str(sent.body.get("to") or sent.recipient)}
    contact |= {"wa_id": sent.recipient} if "to" in sent.body else {"user_id": sent.recipient}
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}


def _refusal(error: GraphError) -> web.Response:
    if error.code == 0:
        return web.Response(status=error.status, text="Service error", content_type="text/html")
    return web.json_response(error.to_json(), status=error.status)
