"""The webhooks of payment providers: true by their signature, stored each fact once, and only then answered 200."""

from aiohttp import web

from core import failpoints
from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import UnitOfWork, in_unit
from payments import events
from payments.accounts import PaymentAccount, get_account
from payments.failures import SignatureInvalid, WebhookUnreadable
from payments.provider import PaymentProvider
from payments.provider_values import ProviderEvent
from payments.registry import PROVIDERS
from webhooks.body import read_body
from webhooks.channels import Handler
from webhooks.metrics import EVENTS

log = get_logger("webhooks")


class PaymentWebhooks:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"/webhooks/{provider.key}" + "/{account}", self._receiver(provider))
            for provider in PROVIDERS.values()
            if not provider.capabilities.by_hand
        ]

    def _receiver(self, provider: PaymentProvider) -> Handler:
        async def receive(request: web.Request) -> web.StreamResponse:
            tenant_id, account = await self._account(provider, request.match_info["account"])
            raw = await read_body(request)
            failpoints.hit("payment_webhook.received")
            try:
                self._check(provider, account, raw, request)
                found = provider.parse_webhook(raw)
            except SignatureInvalid as error:
                raise web.HTTPUnauthorized from error
            except WebhookUnreadable as error:
                raise web.HTTPBadRequest from error
            return await self._record(tenant_id, account, found, raw)

        return receive

    async def _account(self, provider: PaymentProvider, name: str) -> tuple[int, PaymentAccount]:
        found = None if "\0" in name else await events.find_account(self._runtime, provider.key, name)
        if found is None:
            raise web.HTTPNotFound
        tenant_id, account_id = found
        return tenant_id, await in_unit(self._runtime, tenant_id, lambda uow: get_account(uow, account_id))

    def _check(self, provider: PaymentProvider, account: PaymentAccount, raw: bytes, request: web.Request) -> None:
        """Who signs goes by the world's clock; ours may be set to another day (BOOKA_NOW, never in production)."""
        clock = self._runtime.clock
        try:
            provider.verify_webhook(raw, request.headers, clock.world_now(), account.secrets)
        except SignatureInvalid:
            provider.verify_webhook(raw, request.headers, clock.now(), account.secrets)

    async def _record(
        self, tenant_id: int, account: PaymentAccount, found: list[ProviderEvent], raw: bytes
    ) -> web.StreamResponse:
        """Answers 503 when the database refused: the provider delivers again."""

        async def store(uow: UnitOfWork) -> None:
            await events.record(uow, account.id, found, raw)

        try:
            await in_unit(self._runtime, tenant_id, store)
        except Exception:
            log.exception("webhooks.not_stored", channel=account.provider, count=len(found))
            return web.Response(status=503, text="Service Unavailable")
        failpoints.hit("payment_webhook.recorded")
        for event in found:
            EVENTS.labels(account.provider, event.kind.value).inc()
        return web.Response(text="ok")
