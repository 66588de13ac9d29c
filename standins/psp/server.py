"""What the dialects share: accounts, the page, what customers, banks and time do to payments, faults at the API."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson
from aiohttp import web

from core.clock import Clock
from core.money import Money
from standins.psp.books import Books, Dispute, Payment, Payout, Refund, Refused, Status, due_after, new_id, new_number
from standins.psp.faults import AFTERWARDS, ANSWERS, AT_A_PAYOUT, AT_A_REFUND, AT_THE_API, AT_THE_PAGE, PspFaults
from standins.psp.page import closed_page, language_of, payment_page
from standins.psp.webhooks import Sign, Webhook, Webhooks


@dataclass(eq=False)
class PspAccount:
    """`key` is what the API is called with; `private_key` a second one where the vendor has it."""

    key: str
    webhook_url: str = ""
    webhook_secret: str = ""
    private_key: str = ""
    books: Books = field(default_factory=Books)


Handler = Callable[[PspAccount, web.Request], Awaitable[web.StreamResponse]]
Json = dict[str, Any]


class PspServer:
    """Serve `app`; `prefix` is where it is mounted. Calls of keys that no account has are answered 401.

    `pay`, `begin`, `settle`, `decline`, `expire`, `dispute`, `resolve`, `set_refund` and `set_payout` are what others
    do; they take any name of the thing. `tick` lets expire what is due, which every call does too.
    """

    vendor = ""
    is_mobile = False
    settles_late = False
    refunds_at_once = False
    retries_s: tuple[float, ...] = ()

    def __init__(self, *, clock: Clock | None = None, prefix: str = "") -> None:
        self.clock = clock or Clock()
        self.prefix = prefix
        self.accounts: dict[str, PspAccount] = {}
        self.calls: list[str] = []
        self.faults = PspFaults()
        self.page_size = 100
        self.webhooks = Webhooks(self.faults, retries_s=self.retries_s, accepts=self.is_taken)
        self.app = web.Application(client_max_size=2**20)
        self.app.router.add_get("/pay/{id}", self._show_page)
        self.app.router.add_post("/pay/{id}", self._use_page)
        self.app.on_cleanup.append(self._close)
        self.add_routes()

    def add_account(
        self, key: str, *, webhook_url: str = "", webhook_secret: str = "", private_key: str = ""
    ) -> PspAccount:
        self.accounts[key] = PspAccount(key, webhook_url, webhook_secret, private_key)
        return self.accounts[key]

    def add_routes(self) -> None:
        raise NotImplementedError

    def key_of(self, request: web.Request) -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")

    def refusal(self, refused: Refused) -> web.StreamResponse:
        raise NotImplementedError

    def exponent(self, currency: str) -> int:
        raise NotImplementedError

    def announce(self, account: PspAccount, what: str, thing: Payment | Refund | Dispute | Payout) -> None:
        """Sends the vendor's webhooks for what has happened."""
        raise NotImplementedError

    def sign(self, account: PspAccount) -> Sign:
        raise NotImplementedError

    def return_url(self, payment: Payment) -> str:
        return payment.return_url

    @staticmethod
    def is_taken(status: int) -> bool:
        return status == 200

    def post(self, account: PspAccount, kind: str, body: Mapping[str, Any]) -> None:
        self.webhooks.send(Webhook(kind, account.webhook_url, orjson.dumps(body)), self.sign(account))

    def find(self, name: str) -> tuple[PspAccount, Payment]:
        for account in self.accounts.values():
            for payment in account.books.payments.values():
                if name in (payment.id, payment.reference, str(payment.number)):
                    return account, payment
        raise Refused("not_found", "Not found.", status=404)

    def pay(self, name: str, amount: int | None = None) -> None:
        """As from the page. Raises Refused when it cannot be paid any more."""
        self.tick()
        account, payment = self.find(name)
        if not payment.is_payable:
            raise Refused("closed", "This payment is no longer open.")
        self._receive(account, payment, payment.amount if amount is None else amount)

    def begin(self, name: str) -> None:
        """The customer has done their part; the money takes its time."""
        self.tick()
        account, payment = self.find(name)
        if payment.status is not Status.OPEN:
            raise Refused("closed", "This payment is no longer open.")
        payment.status = Status.PROCESSING
        self.announce(account, "payment.processing", payment)

    def settle(self, name: str, amount: int | None = None) -> None:
        """Money under way arrives, however late; with some vendors also for what has ended."""
        account, payment = self.find(name)
        if payment.received or not (payment.status is Status.PROCESSING or self.settles_late):
            raise Refused("closed", "This payment is no longer open.")
        self._receive(account, payment, payment.amount if amount is None else amount)

    def decline(self, name: str) -> None:
        self.tick()
        account, payment = self.find(name)
        if not payment.is_payable:
            raise Refused("closed", "This payment is no longer open.")
        payment.was_declined = True
        self.on_decline(payment)
        self.announce(account, "payment.declined", payment)

    def on_decline(self, payment: Payment) -> None:
        """By default the page stays open for another try; money under way is lost."""
        if payment.status is Status.PROCESSING:
            payment.status = Status.FAILED

    def expire(self, name: str) -> None:
        account, payment = self.find(name)
        if payment.status is Status.OPEN:
            payment.status = Status.EXPIRED
            self.announce(account, "payment.expired", payment)

    def tick(self) -> None:
        for account in self.accounts.values():
            for payment in account.books.due(self.clock.now()):
                payment.status = Status.EXPIRED
                self.announce(account, "payment.expired", payment)

    def dispute(self, name: str, amount: int | None = None) -> Dispute:
        account, payment = self.find(name)
        now = self.clock.now()
        disputed = payment.received if amount is None else amount
        dispute = Dispute(new_id("dp_"), payment, disputed, now, due_after(now), number=new_number())
        account.books.disputes[dispute.id] = dispute
        self.announce(account, "dispute.opened", dispute)
        return dispute

    def resolve(self, dispute_id: str, *, won: bool) -> None:
        for account in self.accounts.values():
            if dispute_id in account.books.disputes:
                dispute = account.books.disputes[dispute_id]
                dispute.status = "won" if won else "lost"
                self.announce(account, "dispute.closed", dispute)

    def set_refund(self, refund_id: str, status: str) -> None:
        for account in self.accounts.values():
            if refund_id in account.books.refunds:
                refund = account.books.refunds[refund_id]
                refund.status = status
                self.announce(account, "refund.updated", refund)

    def set_payout(self, payout_id: str, status: str) -> None:
        for account in self.accounts.values():
            if payout_id in account.books.payouts:
                payout = account.books.payouts[payout_id]
                payout.status = status
                self.announce(account, "payout.updated", payout)

    def _receive(self, account: PspAccount, payment: Payment, amount: int) -> None:
        was_begun = payment.status is Status.PROCESSING
        account.books.receive(payment, amount, self.clock.now())
        self.announce(account, "payment.settled" if was_begun else "payment.paid", payment)

    def make_refund(self, account: PspAccount, refund: Refund) -> Refund:
        """Books it, and lets it end as planned: at once or a moment later."""
        account.books.refund(refund)
        fault = self.faults.take(AT_A_REFUND)
        if self.refunds_at_once and not fault:
            refund.status = "succeeded"
        elif fault != "refund_stuck":
            self.webhooks.run(self._later(self.set_refund, refund.id, "failed" if fault else "succeeded"))
        self.announce(account, "refund.created", refund)
        return refund

    def make_payout(self, account: PspAccount, payout: Payout) -> Payout:
        account.books.pay_out(payout)
        fault = self.faults.take(AT_A_PAYOUT)
        if fault != "payout_stuck":
            self.webhooks.run(self._later(self.set_payout, payout.id, "failed" if fault else "paid"))
        return payout

    @staticmethod
    async def _later(change: Callable[[str, str], None], name: str, status: str) -> None:
        change(name, status)

    def page_url(self, request: web.Request, payment_id: str) -> str:
        return f"{request.url.origin()}{self.prefix}/pay/{payment_id}"

    def route(self, method: str, path: str, handler: Handler) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            called = f"{method} {request.path.removeprefix(self.prefix)}"
            self.calls.append(called)
            self.tick()
            fault = self.faults.take(AT_THE_API, called)
            if fault and fault not in AFTERWARDS:
                return await ANSWERS[fault](request)
            account = self.accounts.get(self.key_of(request))
            if account is None:
                return self.refusal(Refused("key", "Invalid key", status=401))
            return await self.answered(account, request, handler, fault)

        self.app.router.add_route(method, path, answer)

    async def answered(
        self, account: PspAccount, request: web.Request, handler: Handler, fault: str
    ) -> web.StreamResponse:
        """`fault` is one that comes after the call was carried out."""
        try:
            response = await handler(account, request)
        except Refused as refused:
            response = self.refusal(refused)
        return await ANSWERS[fault](request) if fault else response

    async def _show_page(self, request: web.Request) -> web.StreamResponse:
        self.tick()
        return self._page(request, self._paged(request)[1])

    async def _use_page(self, request: web.Request) -> web.StreamResponse:
        payment = self._paged(request)[1]
        action = str((await request.post()).get("do", ""))
        try:
            self._act(payment, action)
        except Refused:
            return self._page(request, payment)
        if action == "decline" and payment.is_payable:
            return self._page(request, payment)
        raise web.HTTPSeeOther(self.return_url(payment))

    def _act(self, payment: Payment, action: str) -> None:
        if action == "decline":
            self.decline(payment.id)
        elif action == "pay":
            fault = self.faults.take(AT_THE_PAGE)
            if fault == "slow":
                return self.begin(payment.id)
            wrong = {"underpay": payment.amount // 2, "overpay": payment.amount + payment.amount // 4 + 1}
            self.pay(payment.id, wrong.get(fault))
        return None

    def _paged(self, request: web.Request) -> tuple[PspAccount, Payment]:
        try:
            return self.find(request.match_info["id"])
        except Refused as refused:
            raise web.HTTPNotFound from refused

    def _page(self, request: web.Request, payment: Payment) -> web.Response:
        language = language_of(payment.language, request.headers.get("Accept-Language", ""))
        if not payment.is_payable:
            text, status = closed_page(self.vendor, language, paid=payment.received > 0), 410
            return web.Response(text=text, status=200 if payment.received else status, content_type="text/html")
        text = payment_page(
            self.vendor,
            payment.description,
            self._money(payment).format(language),
            language,
            is_mobile=self.is_mobile,
            declined=payment.was_declined,
        )
        return web.Response(text=text, content_type="text/html")

    def _money(self, payment: Payment) -> Money:
        amount = Decimal(payment.amount).scaleb(-self.exponent(payment.currency))
        return Money(int(amount / Money(1, payment.currency).amount), payment.currency)

    async def _close(self, app: web.Application) -> None:
        await self.webhooks.close()
