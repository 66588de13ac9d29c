"""A local server that speaks the part of Stripe's API that Booka uses: Checkout, refunds, disputes, payouts."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from aiohttp import web

from core.signing import hmac_sha256_hex
from standins.psp import stripe_objects as objects
from standins.psp.books import Dispute, Payment, Payout, Refund, Refused, Status, new_id, new_number
from standins.psp.faults import AT_A_LISTING
from standins.psp.reading import mapping, number, wanted
from standins.psp.server import Handler, Json, PspServer
from standins.psp.webhooks import Sign
from standins.psp.world import PspAccount, Thing

_VERSION = "2026-10-28.endive"
_WHOLE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF"
_SHORTEST, _LONGEST, _DEFAULT = timedelta(minutes=30), timedelta(hours=24), timedelta(hours=24)
# When it was made, its name, and how it looks: most are not shown.
_Row = tuple[datetime, str, Callable[[], Json]]
_EVENTS: Mapping[str, tuple[str, ...]] = {
    "payment.paid": ("payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"),
    "payment.processing": ("payment_intent.processing", "checkout.session.completed"),
    "payment.settled": ("payment_intent.succeeded", "charge.succeeded", "checkout.session.async_payment_succeeded"),
    "payment.declined": ("payment_intent.payment_failed",),
    "payment.failed": ("payment_intent.payment_failed", "checkout.session.async_payment_failed"),
    "payment.expired": ("checkout.session.expired",),
    "refund.created": ("charge.refunded", "refund.created"),
    "refund.updated": ("refund.updated", "charge.refund.updated"),
    "refund.failed": ("refund.failed",),
    "dispute.opened": ("charge.dispute.created", "charge.dispute.funds_withdrawn"),
    "dispute.closed": ("charge.dispute.closed",),
    "payout.paid": ("payout.paid",),
    "payout.failed": ("payout.failed",),
}


class StripeServer(PspServer):
    """Keys replay what they were first answered with, a 500 included; nothing is kept of a call that was refused."""

    vendor = "Stripe"
    refunds_at_once = True
    retries_s = (0.1, 0.3, 0.9)

    def add_routes(self) -> None:
        self._replays: dict[tuple[str, str], tuple[str, int, bytes]] = {}
        self.route("POST", "/v1/checkout/sessions", self._create_session)
        self.route("GET", "/v1/checkout/sessions", self._list_sessions)
        self.route("GET", "/v1/checkout/sessions/{id}", self._show_session)
        self.route("POST", "/v1/checkout/sessions/{id}/expire", self._expire_session)
        self.route("POST", "/v1/refunds", self._create_refund)
        self.route("GET", "/v1/refunds", self._list_refunds)
        self.route("GET", "/v1/refunds/{id}", self._show("refunds", objects.refund))
        self.route("GET", "/v1/disputes", self._list("disputes", objects.dispute))
        self.route("GET", "/v1/disputes/{id}", self._show("disputes", objects.dispute))
        self.route("POST", "/v1/payouts", self._create_payout)
        self.route("GET", "/v1/payouts", self._list("payouts", objects.payout))
        self.route("GET", "/v1/payouts/{id}", self._show("payouts", objects.payout))
        self.route("GET", "/v1/balance_transactions", self._list_balance)

    @staticmethod
    def is_taken(status: int) -> bool:
        return 200 <= status < 300

    def exponent(self, currency: str) -> int:
        return 0 if currency in _WHOLE else 2

    def refusal(self, refused: Refused) -> web.StreamResponse:
        kind = "idempotency_error" if refused.code == "idempotency_error" else "invalid_request_error"
        error = {"type": kind, "code": _CODES.get(refused.code, refused.code), "message": refused.message}
        return web.json_response({"error": error | {"param": refused.field_name or None}}, status=refused.status)

    def sign(self, account: PspAccount) -> Sign:
        def headers(body: bytes) -> Mapping[str, str]:
            signed_at = int(self.clock.now().timestamp())
            signature = hmac_sha256_hex(account.webhook_secret.encode(), f"{signed_at}.".encode() + body)
            return {"Stripe-Signature": f"t={signed_at},v1={signature}"}

        return headers

    def announce(self, account: PspAccount, what: str, thing: Thing) -> None:
        if isinstance(thing, Payment) and what == "payment.declined" and thing.status is Status.FAILED:
            what = "payment.failed"
        if isinstance(thing, Payout):
            what = f"payout.{thing.status}"
        kinds = _EVENTS.get(what, ())
        if isinstance(thing, Refund) and thing.status == "failed":
            kinds += _EVENTS["refund.failed"]
        if isinstance(thing, Dispute) and thing.status == "won":
            kinds += ("charge.dispute.funds_reinstated",)
        for kind in kinds:
            body = objects.event(new_id("evt_"), kind, self._object(account, kind, thing), self.clock.now(), _VERSION)
            self.post(account, kind, body)

    def _object(self, account: PspAccount, kind: str, thing: Thing) -> Json:
        if isinstance(thing, Payout):
            return objects.payout(thing)
        if isinstance(thing, Dispute):
            return objects.dispute(thing)
        if isinstance(thing, Refund):
            is_charge = kind == "charge.refunded"
            return objects.charge(account.books, thing.payment) if is_charge else objects.refund(thing)
        if kind.startswith("checkout."):
            return objects.session(thing, "")
        return objects.charge(account.books, thing) if kind.startswith("charge.") else objects.intent(thing)

    async def answered(
        self, account: PspAccount, request: web.Request, handler: Handler, fault: str
    ) -> web.StreamResponse:
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        kept = self._replays.get((account.key, key)) if key else None
        if kept is not None:
            if kept[0] != await _asked(request):
                words = "Keys for idempotent requests can only be used with the same parameters."
                return self.refusal(Refused("idempotency_error", words))
            headers = {"Idempotent-Replayed": "true"}
            return web.Response(body=kept[2], status=kept[1], content_type="application/json", headers=headers)
        response = await super().answered(account, request, handler, "")
        if key and isinstance(response, web.Response) and response.status == 200:
            self._keep_answer(account.key, key, await _asked(request), response)
        return await self.broken(request, fault) if fault else response

    async def broken(self, request: web.Request, fault: str) -> web.StreamResponse:
        """A failure is kept with the key, also when nothing was done."""
        response = await super().broken(request, fault)
        key = request.headers.get("Idempotency-Key", "")
        if key and isinstance(response, web.Response) and response.status >= 500:
            self._keep_answer(self.key_of(request), key, await _asked(request), response)
        return response

    def _keep_answer(self, account_key: str, key: str, asked: str, response: web.Response) -> None:
        assert isinstance(response.body, bytes)
        self._replays[account_key, key] = (asked, response.status, response.body)

    async def _create_session(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        now = self.clock.now()
        expires_at = now + _DEFAULT
        if "expires_at" in form:
            expires_at = datetime.fromtimestamp(number(form, "expires_at"), UTC)
            if not _SHORTEST <= expires_at - now <= _LONGEST:
                words = "The `expires_at` timestamp must be between 30 minutes and 24 hours from now."
                raise Refused("expires_at", words, field_name="expires_at")
        line = "line_items[0]"
        payment = Payment(
            id=new_id("cs_test_"),
            reference=form.get("client_reference_id", ""),
            amount=number(form, f"{line}[price_data][unit_amount]") * number(form, f"{line}[quantity]"),
            currency=wanted(form, f"{line}[price_data][currency]").upper(),
            created_at=now,
            expires_at=expires_at,
            return_url=wanted(form, "success_url"),
            description=wanted(form, f"{line}[price_data][product_data][name]"),
            language=form.get("locale", ""),
            asked={
                "metadata": mapping(form, "metadata"),
                "intent_metadata": mapping(form, "payment_intent_data[metadata]"),
            },
            number=new_number(),
        )
        account.books.open(payment, unique=False)
        return web.json_response(objects.session(payment, self.page_url(request, payment.id)))

    async def _show_session(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        payment = _session(account, request)
        body = objects.session(payment, self.page_url(request, payment.id))
        return web.json_response(objects.expand(account.books, body, _expansions(request)))

    async def _expire_session(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        payment = _session(account, request)
        if payment.status is not Status.OPEN:
            raise Refused("not_open", 'Only Checkout Sessions with a status in ["open"] can be expired.')
        self.expire(payment.id)
        return web.json_response(objects.session(payment, ""))

    async def _list_sessions(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        def shape(payment: Payment) -> Json:
            return objects.session(payment, self.page_url(request, payment.id))

        return await self._listing(account, request, _rows(account.books.payments.values(), shape))

    async def _create_refund(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        intent = wanted(form, "payment_intent")
        found = account.books.find(intent.removeprefix("pi_"))
        if found is None:
            raise Refused("resource_missing", f"No such payment_intent: '{intent}'", status=404)
        left = found.received - account.books.refunded(found)
        amount = number(form, "amount") if "amount" in form else left
        refund = Refund(new_id("re_"), found, amount, form.get("reason", ""), self.clock.now(), number=new_number())
        refund.asked = {"metadata": mapping(form, "metadata")}
        return web.json_response(objects.refund(self.make_refund(account, refund)))

    async def _list_refunds(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        intent = request.query.get("payment_intent")
        found = [r for r in account.books.refunds.values() if not intent or objects.intent_id(r.payment) == intent]
        return await self._listing(account, request, _rows(found, objects.refund))

    async def _create_payout(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        payout = Payout(
            id=new_id("po_"),
            reference=form.get("metadata[reference]", "") or new_id("ref-"),
            amount=number(form, "amount"),
            currency=wanted(form, "currency").upper(),
            recipient=form.get("destination", ""),
            created_at=self.clock.now(),
        )
        return web.json_response(objects.payout(self.make_payout(account, payout)))

    async def _list_balance(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        paid = [payment for payment in account.books.payments.values() if payment.paid_at]
        lines = [(p.paid_at or p.created_at, f"txn_{p.number}", partial(objects.balance_line, p)) for p in paid]
        back = [refund for refund in account.books.refunds.values() if refund.status != "failed"]
        lines += [(r.created_at, f"txn_re{r.number}", partial(objects.refund_line, r)) for r in back]
        return await self._listing(account, request, sorted(lines, key=lambda line: line[0]))

    def _show(self, kind: str, shape: Any) -> Handler:
        async def show(account: PspAccount, request: web.Request) -> web.StreamResponse:
            found = getattr(account.books, kind).get(request.match_info["id"])
            if found is None:
                raise Refused("resource_missing", f"No such object: '{request.match_info['id']}'", status=404)
            return web.json_response(shape(found))

        return show

    def _list(self, kind: str, shape: Callable[[Any], Json]) -> Handler:
        async def listing(account: PspAccount, request: web.Request) -> web.StreamResponse:
            return await self._listing(account, request, _rows(getattr(account.books, kind).values(), shape))

        return listing

    async def _listing(self, account: PspAccount, request: web.Request, oldest_first: list[_Row]) -> web.StreamResponse:
        """Newest first, by cursor."""
        after = request.query.get("starting_after")
        fault = self.faults.take(AT_A_LISTING, request.path) if after else ""
        if fault:
            return await self.broken(request, "500")
        found = [row for row in reversed(oldest_first) if _is_created(row[0], request.query)]
        if after:
            found = found[[row[1] for row in found].index(after) + 1 :]
        size = min(int(request.query.get("limit", "10")), self.page_size)
        shown = [make() for _, _, make in found[:size]]
        page = {"object": "list", "url": request.path, "has_more": len(found) > size, "data": shown}
        return web.json_response(objects.expand(account.books, page, _expansions(request)))


_CODES = {
    "too_much": "charge_already_refunded",
    "disputed": "charge_disputed",
    "amount": "amount_too_small",
    "balance": "balance_insufficient",
    "not_found": "resource_missing",
    "key": "api_key_invalid",
}


async def _asked(request: web.Request) -> str:
    return f"{request.path} {sorted((await request.post()).items())}"


def _expansions(request: web.Request) -> list[str]:
    """Also numbered, as Stripe's library writes them."""
    return [value for name, value in request.query.items() if re.fullmatch(r"expand\[\d*\]", name)]


def _session(account: PspAccount, request: web.Request) -> Payment:
    payment = account.books.payments.get(request.match_info["id"])
    if payment is None:
        raise Refused("resource_missing", f"No such checkout.session: {request.match_info['id']}", status=404)
    return payment


def _rows(entries: Iterable[Any], shape: Callable[[Any], Json]) -> list[_Row]:
    return [(entry.created_at, entry.id, partial(shape, entry)) for entry in entries]


def _is_created(created_at: datetime, query: Mapping[str, str]) -> bool:
    at = objects.seconds(created_at)
    bounds = {"gte": at.__ge__, "gt": at.__gt__, "lt": at.__lt__, "lte": at.__le__}
    return all(fits(int(query[f"created[{name}]"])) for name, fits in bounds.items() if f"created[{name}]" in query)
