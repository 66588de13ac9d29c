"""The page behind a payment link: to whom, for what, how much, until when; one button leads to the provider.

The provider is called when the button is pressed, not when a messenger fetches the address for its preview.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, select_autoescape

from booking.booking import Status
from booking.keeping import keep_while_paying
from booking.queries import BookingView, get_booking
from bot.cutting import unbroken
from core.errors import ExpectedError, PermanentError, TransientError, UnknownOutcomeError
from core.money import Money
from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import UnitOfWork, in_unit
from dialog.conversation import get_conversation
from dialog.hand_payments import claim, hand_words
from dialog.labels import time_label
from dialog.notices import booking_words
from dialog.texts import say
from payments import by_hand, checkout, links, payment
from payments.attempts import Attempt, AttemptStatus, attempts_of
from payments.by_hand import ByHand
from payments.checkout import Order, PaymentOverError
from payments.payment import Payment, PaymentStatus
from payments.provider_values import Payer
from tenants.tenant import Tenant, get_tenant

log = get_logger("payments")

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self' https: http:",
    "X-Robots-Tag": "noindex, nofollow",
}
_BACK = "done"
_LOOK_AGAIN_S = 3
_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class _Bill:
    """What a link is for, read afresh at each look."""

    tenant: Tenant
    view: BookingView
    payment: Payment
    language: str
    is_open: bool
    by_hand: ByHand | None


class PaymentPages:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        loader = PackageLoader("webhooks", "pages")
        pages = Environment(
            loader=loader,
            autoescape=select_autoescape(),
            trim_blocks=True,
            finalize=lambda value: unbroken(value) if isinstance(value, str) else value,
        )
        self._page = pages.get_template("pay.html")
        source, _, _ = loader.get_source(Environment(autoescape=True), "pay.css")
        self._style = source

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/p/pay.css", self._css),
            web.get("/p/{token}", self._show),
            web.post("/p/{token}", self._go),
            web.get("/p/{token}/" + _BACK, self._back),
        ]

    async def _css(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=self._style, content_type="text/css", headers={"Cache-Control": "max-age=86400"})

    async def _show(self, request: web.Request) -> web.StreamResponse:
        bill = await self._bill(request)
        if bill is None:
            return self._answer("en", say("en", "pay.over"), 404)
        if bill.payment.is_paid:
            return self._paid(bill)
        return self._offer(bill, request.path) if bill.is_open else self._told(bill, "pay.over", 410)

    async def _go(self, request: web.Request) -> web.StreamResponse:
        """To the provider; a failure of theirs leaves the link as it is, to be pressed again."""
        bill = await self._bill(request)
        if bill is None or not bill.is_open:
            return await self._show(request)
        if bill.by_hand is not None:
            return await self._say_paid(bill)
        order = _order(bill, f"{links.link_url(self._runtime.settings.base_url, request.match_info['token'])}/{_BACK}")
        try:
            url = await checkout.open_checkout(self._runtime, bill.tenant.id, bill.payment.id, order)
        except PaymentOverError:
            return await self._show(request)
        except ExpectedError as refusal:
            return self._told(bill, refusal.reply_key, 410)
        except (TransientError, UnknownOutcomeError, PermanentError) as error:
            log.warning("payments.no_checkout", payment_id=bill.payment.id, error=type(error).__name__)
            return self._told(bill, "pay.later", 200)
        if not url:
            return await self._show(request)
        now = self._runtime.clock.now()
        await in_unit(self._runtime, bill.tenant.id, partial(keep_while_paying, payment_id=bill.payment.id, now=now))
        raise web.HTTPSeeOther(url, headers=_HEADERS)

    async def _say_paid(self, bill: _Bill) -> web.Response:
        """The customer says so here as well as in the chat: the merchants are asked."""
        await in_unit(self._runtime, bill.tenant.id, lambda uow: claim(uow, bill.tenant, bill.payment.id))
        return self._told(bill, "pay.claimed")

    async def _back(self, request: web.Request) -> web.StreamResponse:
        """The customer comes back from the provider: what it says is asked for at once, by the one way there is."""
        bill = await self._bill(request)
        if bill is None:
            return self._answer("en", say("en", "pay.over"), 404)
        tries = await in_unit(self._runtime, bill.tenant.id, lambda uow: attempts_of(uow, bill.payment.id))
        for attempt in tries:
            await self._runtime.queue.wake("payment", bill.tenant.id, attempt.id)
        if bill.payment.is_paid:
            return self._paid(bill)
        if not bill.is_open:
            return self._told(bill, "pay.checking")
        answer = self._waiting(bill, request, tries)
        answer.headers["Refresh"] = f"{_LOOK_AGAIN_S}; url={request.path}?{_AGAIN}"
        return answer

    def _waiting(self, bill: _Bill, request: web.Request, tries: Sequence[Attempt]) -> web.Response:
        """Nothing has come yet. Who has failed may pay all the same, and who went away without paying, as a second look
        shows; who has paid a moment ago or has begun to is to wait."""
        path = request.path.removesuffix(f"/{_BACK}")
        if bill.payment.status is PaymentStatus.FAILED:
            return self._offer(bill, path, "pay.failed")
        is_under_way = any(attempt.status is AttemptStatus.PROCESSING for attempt in tries)
        if is_under_way or _AGAIN not in request.query:
            return self._told(bill, "pay.checking")
        return self._offer(bill, path, "pay.unsure")

    async def _bill(self, request: web.Request) -> _Bill | None:
        token = request.match_info["token"]
        found = await links.find(self._runtime, token)
        if found is None:
            return None
        tenant_id, payment_id = found

        async def read(uow: UnitOfWork) -> _Bill:
            now = self._runtime.clock.now()
            asked = await payment.get(uow, payment_id)
            view, tenant = await get_booking(uow, asked.booking_id), await get_tenant(uow)
            talk = await get_conversation(uow, view.conversation_id) if view.conversation_id else None
            is_held = view.status == "held" and view.hold_until is not None and view.hold_until > now
            is_open = is_held and asked.may_be_paid and await links.open_link(uow, token, now=now)
            language = (talk and talk.language) or tenant.languages[0]
            return _Bill(tenant, view, asked, language, is_open, await by_hand.find(uow, payment_id))

        return await in_unit(self._runtime, tenant_id, read)

    def _offer(self, bill: _Bill, path: str, note: str = "") -> web.Response:
        amount, zone, language = bill.payment.asked.format(bill.language), bill.view.zone, bill.language
        until = say(language, "pay.until", until=time_label(bill.payment.expires_at.astimezone(zone), language))
        go, how = say(language, "pay.go", amount=amount), []
        if bill.by_hand is not None:
            words = hand_words(bill.view, bill.payment, bill.by_hand, bill.tenant, language)
            until, go = say(language, "pay.until_day", until=words["until"]), say(language, "button.have_paid")
            how = [*words["how"].splitlines(), say(language, "pay.reference", reference=words["reference"])]
        words = booking_words(bill.view, language)
        return self._render(
            language,
            200,
            title=say(language, "pay.title", tenant=bill.tenant.name),
            lines=[f"{words['service']}, {words['staff']}", words["moment"], words["location"]],
            note=say(language, note) if note else "",
            until=until,
            how=how,
            go=go,
            action=path,
            amount=amount,
        )

    def _told(self, bill: _Bill, key: str, status: int = 200, *, amount: Money | None = None) -> web.Response:
        told = (amount or bill.payment.asked).format(bill.language)
        note = say(bill.language, key, tenant=bill.tenant.name, amount=told)
        return self._answer(bill.language, note, status, say(bill.language, "pay.title", tenant=bill.tenant.name))

    def _paid(self, bill: _Bill) -> web.Response:
        if bill.view.status not in (Status.CANCELLED, Status.EXPIRED):
            return self._told(bill, "pay.paid")
        back = Money(bill.payment.refunded_amount, bill.payment.currency)
        return self._told(bill, "pay.returned" if back.minor else "pay.off", amount=back)

    def _answer(self, language: str, note: str, status: int, title: str = "Booka") -> web.Response:
        return self._render(language, status, title=title, note=note)

    def _render(self, language: str, status: int, **words: Any) -> web.Response:
        text = self._page.render(language=language, **words)
        return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)


def _order(bill: _Bill, return_url: str) -> Order:
    words = booking_words(bill.view, bill.language)
    return Order(
        description=f"{bill.tenant.name} - {words['service']}, {words['moment']}",
        return_url=return_url,
        payer=Payer(
            key=str(bill.payment.customer_id),
            name=bill.view.customer_name or "",
            phone=bill.view.customer_phone or "",
        ),
        language=bill.language,
    )
