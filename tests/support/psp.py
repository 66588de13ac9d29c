"""A payment provider on this machine: the stand-in over real HTTP, a salon with a deposit, a customer who pays."""

import contextlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from core.clock import FixedClock
from core.ids import new_token
from core.runtime import Runtime
from core.uow import call_across_tenants, in_unit, unit_of_work
from payments.cases import close_case, list_cases
from payments.invariants import find_violations
from payments.payouts import Payout, latest_payouts
from payments.registry import PROVIDERS
from standins.psp.notchpay import NotchPayServer
from standins.psp.paystack import PaystackServer
from standins.psp.server import PspServer
from standins.psp.stripe import StripeServer
from tests.support.phone import Phone, query
from tests.support.tenants import SERVICES, STAFF, TenantFixture, make_tenant
from webhooks.app import create_app
from workers import completions, payments, payouts, refunds

SERVERS: dict[str, type[PspServer]] = {
    "notchpay": NotchPayServer,
    "paystack": PaystackServer,
    "stripe": StripeServer,
}
CURRENCY = {"notchpay": "XAF", "paystack": "XOF", "stripe": "XAF"}
_LINK = re.compile(r"https?://\S+(/p/\S+)")


@dataclass
class Shop:
    """`runtime` is the tests' own with the stand-in's URL; `client` is the web process that webhooks come to."""

    runtime: Runtime
    provider: str
    psp: PspServer
    client: "TestClient[Any, Any]"
    account: str
    tenant: TenantFixture

    def phone(self) -> Phone:
        return Phone(self.runtime, self.client, self.tenant)

    def owner(self) -> Phone:
        return Phone(self.runtime, self.client, self.tenant, address=self.tenant.merchants["awa"].wa_id)

    async def book(self, phone: Phone, *, at: str = "10h") -> str:
        """As far as the link; the path of our own page."""
        summary = await phone.writes(f"une coupe avec Nadia vendredi à {at}")
        assert "À payer maintenant" in summary, summary
        asked = await phone.taps("Oui")
        found = _LINK.search(asked)
        assert found, asked
        return found[1]

    async def sell(self, *, at: str = "10h") -> Phone:
        """A deposit that was paid, and all that follows at once."""
        phone = self.phone()
        await self.press(await self.book(phone, at=at))
        self.psp.pay(self.newest)
        await self.work()
        return phone

    async def press(self, path: str) -> str:
        """The button on our page: where it leads, empty where it leads nowhere."""
        answer = await self.client.post(path, allow_redirects=False)
        return answer.headers.get("Location", "")

    @property
    def newest(self) -> str:
        """The provider's name of the newest payment."""
        (account,) = self.psp.accounts.values()
        return list(account.books.payments)[-1]

    async def work(self) -> None:
        """Whatever the workers would do now, till nothing is due."""
        await self.psp.webhooks.drain()
        for _ in range(10):
            now, done = self.runtime.clock.now(), 0
            for sql, work, arguments in (
                (payments._EVENTS, payments.handle_event, ()),
                (payments._ATTEMPTS, payments.sync, ()),
                (payments._REFUNDS, refunds.send_refund, ()),
                (payouts._RELEASES, payouts.release, (24,)),
                (payouts._ACCOUNTS, payouts.take_turn, ()),
                (payouts._PAYOUTS, payouts.send, ()),
            ):
                for row in await call_across_tenants(self.runtime, sql, now, *arguments, 500):
                    if row["tenant_id"] == self.tenant.tenant_id:
                        await work(self.runtime, row["tenant_id"], row["id"])
                        done += 1
            await self.psp.webhooks.drain()
            if not done:
                return

    async def serve(self) -> None:
        """The customer comes, and a day goes by in which nobody complains: what was paid is released."""
        assert isinstance(self.runtime.clock, FixedClock)
        sql = "SELECT id, ends_at FROM bookings WHERE tenant_id = $1 AND status = 'confirmed' ORDER BY ends_at"
        for row in await query(self.runtime, sql, self.tenant.tenant_id):
            self.runtime.clock.set(max(row["ends_at"] + timedelta(hours=25), self.runtime.clock.now()))
            await self.work()
            await completions.complete(self.runtime, self.tenant.tenant_id, row["id"])
        await self.work()

    async def check_books(self) -> None:
        """The ledger sums to zero, and is of one mind with the provider's own books: there, what is under way or in
        dispute has left already."""
        balances, currency = await self.balances(), CURRENCY[self.provider]
        (account,) = self.psp.accounts.values()
        there = PROVIDERS[self.provider].from_units(account.books.balance(currency), currency)
        under_way = ("refunds_in_transit", "dispute_reserve", "payouts_in_transit")
        here = balances.get(f"psp_clearing:{self.provider}", 0) + sum(balances.get(name, 0) for name in under_way)
        assert (sum(balances.values()), here) == (0, there.minor)
        assert await in_unit(self.runtime, self.tenant.tenant_id, find_violations) == []

    async def next_day(self) -> None:
        """As the workers live through it: at the hour of payouts."""
        assert isinstance(self.runtime.clock, FixedClock)
        sql = "SELECT next_payout_at AS at FROM payment_accounts WHERE tenant_id = $1"
        (row,) = await query(self.runtime, sql, self.tenant.tenant_id)
        self.runtime.clock.set(max(row["at"], self.runtime.clock.now()))
        await self.work()

    async def later(self, **by: int) -> None:
        assert isinstance(self.runtime.clock, FixedClock)
        self.runtime.clock.advance(timedelta(**by))
        await self.work()

    async def payouts(self) -> list[Payout]:
        """The newest first."""
        return await in_unit(self.runtime, self.tenant.tenant_id, lambda uow: latest_payouts(uow, 9))

    async def resolve_cases(self) -> None:
        """An admin has seen to all that is open."""
        now = self.runtime.clock.now()
        async with unit_of_work(self.runtime, self.tenant.tenant_id) as uow:
            for case in await list_cases(uow):
                await close_case(uow, case.id, by="admin", now=now)

    async def end_payments(self) -> None:
        """The sweep of links whose time ends."""
        now = self.runtime.clock.now()
        for row in await call_across_tenants(self.runtime, payments._ENDING, now, now + timedelta(minutes=3), 500):
            if row["tenant_id"] == self.tenant.tenant_id:
                await payments.see_to_end(self.runtime, row["tenant_id"], row["id"])

    async def stored(self) -> tuple[str, str, int, int]:
        """Booking, payment, captured, refunded."""
        sql = """
            SELECT b.status AS booking, p.status, p.captured_amount, p.refunded_amount
            FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE p.tenant_id = $1 ORDER BY p.id DESC LIMIT 1
        """
        (row,) = await query(self.runtime, sql, self.tenant.tenant_id)
        return tuple(row)

    async def cases(self) -> list[str]:
        sql = "SELECT kind FROM payment_cases WHERE tenant_id = $1 AND closed_at IS NULL ORDER BY id"
        return [row["kind"] for row in await query(self.runtime, sql, self.tenant.tenant_id)]

    async def balances(self) -> dict[str, int]:
        sql = """
            SELECT account, sum(amount)::bigint AS minor FROM ledger_entries WHERE tenant_id = $1
            GROUP BY account HAVING sum(amount) <> 0
        """
        return {row["account"]: row["minor"] for row in await query(self.runtime, sql, self.tenant.tenant_id)}


@contextlib.asynccontextmanager
async def open_shop(
    runtime: Runtime,
    provider: str,
    *,
    refund_below: str = "10000",
    people: Sequence[str] = (),
    account: Mapping[str, Any] | None = None,
    **rules: Any,
) -> AsyncIterator[Shop]:
    """A haircut of 5,000 with a deposit of 30 %, done by the usual two or by `people`. `account` adds to the payment
    account."""
    name = f"shop-{new_token(5).lower().replace('_', 'x')}"
    psp = SERVERS[provider](clock=runtime.clock)
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(psp.app))
        url = str(server.make_url("")).rstrip("/")
        section = getattr(runtime.settings, provider).model_copy(update={"api_url": url})
        settings = runtime.settings.model_copy(update={provider: section, "public_url": "http://booka.test"})
        runtime = replace(runtime, settings=settings)
        client = await stack.enter_async_context(TestClient(TestServer(create_app(runtime))))
        stated = open_account(psp, provider, str(client.make_url("")).rstrip("/"), name)
        tenant = await make_tenant(
            runtime,
            currency=CURRENCY[provider],
            **_offer(people),
            payments=[{**stated, "refund_auto_approve_below": refund_below, **(account or {})}],
            rules=rules,
        )
        yield Shop(runtime, provider, psp, client, name, tenant)


def open_account(psp: PspServer, provider: str, web_url: str, name: str) -> dict[str, Any]:
    """At the stand-in, with webhooks to this web process; as the tenant's file says it."""
    key = f"sk_{new_token(6)}"
    secrets = {
        "notchpay": {"public_key": key, "private_key": f"{key}-private", "hash_key": f"{key}-hash"},
        "paystack": {"secret_key": key},
        "stripe": {"secret_key": key, "webhook_secret": f"{key}-webhook"},
    }[provider]
    psp.add_account(
        key,
        webhook_url=f"{web_url}/webhooks/{provider}/{name}",
        webhook_secret=secrets.get("webhook_secret") or secrets.get("hash_key", key),
        private_key=secrets.get("private_key", ""),
    )
    sealed = {one: {"value": value} for one, value in secrets.items()}
    return {"provider": provider, "account": name, "secrets": sealed}


def _offer(people: Sequence[str]) -> dict[str, Any]:
    cut = {**SERVICES[0], "deposit": {"percent": 30}}
    if not people:
        return {"services": [cut, *SERVICES[1:]]}
    staff = [{**STAFF[0], "key": key, "name": key.upper()} for key in people]
    return {"services": [{**cut, "staff": list(people)}], "staff": staff}
