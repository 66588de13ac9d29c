"""What the dialects share over HTTP: keys and faults at the API, the page to pay on, switches for tests and demos."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiohttp import web

from core.clock import Clock
from core.money import Money
from standins.psp.books import Payment, Refused
from standins.psp.controls import controls
from standins.psp.faults import AFTERWARDS, ANSWERS, AT_THE_API, AT_THE_PAGE, RETRY_AFTER_S, STATUSES
from standins.psp.page import closed_page, language_of, payment_page
from standins.psp.world import PspAccount, PspWorld

Handler = Callable[[PspAccount, web.Request], Awaitable[web.StreamResponse]]
Json = dict[str, Any]


class PspServer(PspWorld):
    """Serve `app`; `prefix` is where it is mounted. Calls with a key that no account has are answered 401."""

    vendor = ""
    is_mobile = False

    def __init__(self, *, clock: Clock | None = None, prefix: str = "", store: Path | None = None) -> None:
        super().__init__(clock=clock, store=store)
        self.prefix = prefix
        self.calls: list[str] = []
        self.page_size = 100
        self.app = web.Application(client_max_size=2**20)
        self.app.router.add_get("/pay/{id}", self._show_page)
        self.app.router.add_post("/pay/{id}", self._use_page)
        self.app.router.add_routes(controls(self))
        self.app.on_cleanup.append(self._close)
        self.add_routes()

    def add_routes(self) -> None:
        raise NotImplementedError

    def key_of(self, request: web.Request) -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")

    def refusal(self, refused: Refused) -> web.StreamResponse:
        raise NotImplementedError

    def exponent(self, currency: str) -> int:
        raise NotImplementedError

    def return_url(self, payment: Payment) -> str:
        return payment.return_url

    def page_url(self, request: web.Request, payment_id: str) -> str:
        return f"{request.url.origin()}{self.prefix}/pay/{payment_id}"

    def route(self, method: str, path: str, handler: Handler) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            called = f"{method} {request.path.removeprefix(self.prefix)}"
            self.calls.append(called)
            self.tick()
            fault = self.faults.take(AT_THE_API, called)
            if fault and fault not in AFTERWARDS:
                return await self.broken(request, fault)
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
        self.keep()
        return await self.broken(request, fault) if fault else response

    async def broken(self, request: web.Request, fault: str) -> web.StreamResponse:
        if fault not in STATUSES:
            return await ANSWERS[fault](request)
        response = self.refusal(Refused("stand_in", "The stand-in was told to fail.", status=STATUSES[fault]))
        if fault == "429":
            response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response

    async def _show_page(self, request: web.Request) -> web.StreamResponse:
        self.tick()
        return self._page(request, self._paged(request))

    async def _use_page(self, request: web.Request) -> web.StreamResponse:
        payment = self._paged(request)
        action = str((await request.post()).get("do", ""))
        try:
            self._act(payment, action)
        except Refused:
            return self._page(request, payment)
        if action == "decline" and payment.is_payable:
            return self._page(request, payment)
        self.keep()
        raise web.HTTPSeeOther(self.return_url(payment))

    def _act(self, payment: Payment, action: str) -> None:
        if action == "decline":
            self.decline(payment.id)
        elif action == "pay":
            fault = self.faults.take(AT_THE_PAGE)
            if fault == "slow":
                return self.start_paying(payment.id)
            self.pay(payment.id, self._wrong(payment).get(fault))
        return None

    def _wrong(self, payment: Payment) -> dict[str, int]:
        """In whole coins, as people pay."""
        coin = int(Money(1, payment.currency).amount.scaleb(self.exponent(payment.currency)))
        half, more = payment.amount // coin // 2, payment.amount // coin // 4 + 1
        return {"underpay": half * coin, "overpay": payment.amount + more * coin}

    def _paged(self, request: web.Request) -> Payment:
        try:
            return self.find(request.match_info["id"])[1]
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
