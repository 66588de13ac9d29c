"""A payment provider together with its stand-in, an account at both, and somewhere for the webhooks to go."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.clock import FixedClock
from core.money import Money
from payments.provider import Account, PaymentProvider, Window
from payments.provider_values import Checkout, CheckoutRequest, Payer, ProviderEvent, RefundRequest
from payments.registry import PROVIDERS
from standins.psp.notchpay import NotchPayServer
from standins.psp.paystack import PaystackServer
from standins.psp.server import PspServer
from standins.psp.stripe import StripeServer
from standins.psp.world import PspAccount

STAND_INS: Mapping[str, type[PspServer]] = {
    "stripe": StripeServer,
    "paystack": PaystackServer,
    "notchpay": NotchPayServer,
}
SECRETS = {
    "stripe": {"secret_key": "sk-of-the-tests", "webhook_secret": "whsec-of-the-tests"},
    "paystack": {"secret_key": "sk-of-the-tests"},
    "notchpay": {"public_key": "pk-of-the-tests", "private_key": "grant-of-the-tests", "hash_key": "hash-of-the-tests"},
}
CURRENCY = {"stripe": "XAF", "paystack": "XOF", "notchpay": "XAF"}
# 4500 as each provider counts it.
IN_UNITS = {"stripe": 4500, "paystack": 450_000, "notchpay": 4500}


@dataclass
class Desk:
    """`taken` are the webhooks that were answered with `answers` (the last one from then on)."""

    provider: PaymentProvider
    server: PspServer
    books: PspAccount
    account: Account
    clock: FixedClock
    taken: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=lambda: [200])
    made: int = 0

    def money(self, minor: int = 4500) -> Money:
        return Money(minor, CURRENCY[self.provider.key])

    def request(self, minor: int = 4500) -> CheckoutRequest:
        self.made += 1
        wanted = self.clock.now() + timedelta(hours=1)
        return CheckoutRequest(
            reference=f"pay-of-the-tests-{self.made:04}",
            amount=self.money(minor),
            description="Tresses, lundi 10h30",
            return_url="https://booka.example/p/abc",
            payer=Payer("17", name="Ngo Bidi"),
            expires_at=self.provider.capabilities.expires_at(wanted, self.clock.now()),
            language="fr",
            metadata={"attempt_id": str(self.made)},
        )

    async def open(self, minor: int = 4500) -> Checkout:
        made = await self.provider.create_checkout(self.account, self.request(minor))
        return replace(made, ids=replace(made.ids, created_at=self.clock.now()))

    async def paid(self, minor: int = 4500) -> Checkout:
        checkout = await self.open(minor)
        self.server.pay(checkout.ids.reference)
        await self.server.webhooks.drain()
        return checkout

    def refund_request(self, checkout: Checkout, minor: int, number: int = 1) -> RefundRequest:
        key = f"refund-of-the-tests-{number:04}"
        return RefundRequest(key, key, checkout.ids, self.money(minor), "cancelled in time")

    def events(self) -> list[ProviderEvent]:
        """All that was taken, each verified first."""
        found = []
        for raw, headers in self.taken:
            self.provider.verify_webhook(raw, headers, self.clock.now(), self.account.secrets)
            found += self.provider.parse_webhook(raw)
        return found

    def today(self) -> Window:
        return Window(self.clock.now() - timedelta(hours=1), self.clock.now() + timedelta(hours=1))

    async def take(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == 200:
            self.taken.append((await request.read(), dict(request.headers)))
        return web.Response(status=status)


@contextlib.asynccontextmanager
async def open_desk(
    key: str, clock: FixedClock, http: aiohttp.ClientSession, *, store: Path | None = None
) -> AsyncIterator[Desk]:
    server = STAND_INS[key](clock=clock, store=store)
    names = SECRETS[key]
    books = server.add_account(
        names.get("public_key") or names["secret_key"],
        webhook_secret=names.get("webhook_secret") or names.get("hash_key", ""),
        private_key=names.get("private_key", ""),
    )
    account = Account("", names, http, "booka.example", timeout_s=5)
    desk = Desk(PROVIDERS[key], server, books, account, clock)
    receiver = web.Application()
    receiver.router.add_post("/hook", desk.take)
    async with TestServer(server.app) as api, TestServer(receiver) as shop:
        books.webhook_url = str(shop.make_url("/hook"))
        desk.account = replace(account, base_url=str(api.make_url("")).rstrip("/"))
        yield desk
        await server.webhooks.close()
