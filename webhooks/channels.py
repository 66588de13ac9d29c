"""The webhooks of the channels: checked, split, stored, and only then answered 200."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channel import Arrival, Channel
from bot.registry import CHANNELS
from core import failpoints
from core.inbox import InboundEvent, Inbox
from core.masking import mask_words
from core.runtime import Runtime
from core.telemetry import get_logger
from tenants.channel_accounts import ChannelAccount, ChannelAccounts
from webhooks.body import UnreadableBodyError, read_body, read_object
from webhooks.metrics import EVENTS

log = get_logger("webhooks")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ChannelWebhooks:
    """One inbox and one memory of accounts for all channels of the process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._inbox = Inbox(runtime)
        self._accounts = ChannelAccounts(runtime)

    def routes(self) -> list[web.RouteDef]:
        routes = []
        for channel in CHANNELS.values():
            path = f"/webhooks/{channel.key}" + ("/{account}" if channel.has_account_in_url else "")
            routes.append(web.post(path, self._receiver(channel)))
            if not channel.has_account_in_url:
                routes.append(web.get(path, self._handshake(channel), allow_head=False))
        return routes

    def _handshake(self, channel: Channel) -> Handler:
        async def handshake(request: web.Request) -> web.StreamResponse:
            challenge = channel.answer_handshake(self._runtime.settings, request.query)
            if challenge is None:
                raise web.HTTPForbidden
            return web.Response(text=challenge)

        return handshake

    def _receiver(self, channel: Channel) -> Handler:
        async def receive(request: web.Request) -> web.StreamResponse:
            account = await self._account_of_url(channel, request) if channel.has_account_in_url else None
            raw = await read_body(request)
            failpoints.hit("webhook.received")
            if not channel.is_genuine(self._runtime.settings, account, request.headers, raw):
                raise web.HTTPUnauthorized
            try:
                body = read_object(raw)
            except UnreadableBodyError as error:
                raise web.HTTPBadRequest from error
            arrivals = channel.split(body, account.account if account else "")
            return await self._record(channel, arrivals, account)

        return receive

    async def _account_of_url(self, channel: Channel, request: web.Request) -> ChannelAccount:
        name = request.match_info["account"]
        account = None if "\0" in name else await self._accounts.find(channel.key, account=name)
        if account is None:
            raise web.HTTPNotFound
        return account

    async def _record(
        self, channel: Channel, arrivals: list[Arrival], account: ChannelAccount | None
    ) -> web.StreamResponse:
        """Answers 503 when the database refused: the vendor delivers again."""
        try:
            events = [await self._event(channel, arrival, account) for arrival in arrivals]
            await self._inbox.record(events)
        except Exception:
            log.exception("webhooks.not_stored", channel=channel.key, count=len(arrivals))
            return web.Response(status=503, text="Service Unavailable")
        failpoints.hit("webhook.recorded")
        for arrival in arrivals:
            EVENTS.labels(channel.key, arrival.kind).inc()
        return web.Response(text="ok")

    async def _event(self, channel: Channel, arrival: Arrival, account: ChannelAccount | None) -> InboundEvent:
        """One delivery may bring events of several tenants, and of numbers that are nobody's."""
        if not channel.has_account_in_url and arrival.scope:
            account = await self._accounts.find(channel.key, external_id=arrival.scope)
        return InboundEvent(
            account.tenant_id if account else None,
            account.id if account else None,
            channel.key,
            arrival.scope,
            arrival.event_key,
            arrival.kind,
            mask_words(arrival.payload),
            arrival.sender,
            arrival.urgent,
            arrival.occurred_at,
        )
