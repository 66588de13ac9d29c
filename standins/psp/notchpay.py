"""A local server that speaks the part of Notch Pay's API that Booka uses, in either of the shapes it is seen in."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from core.signing import hmac_sha256_hex
from standins.psp.books import Payment, Payout, Refund, Refused, Status, new_id, new_number
from standins.psp.faults import AT_A_LISTING
from standins.psp.reading import json_object, stamp, whole
from standins.psp.server import Handler, Json, PspServer
from standins.psp.webhooks import Sign
from standins.psp.world import PspAccount, Thing

_LIFE = timedelta(hours=3)
_EXPONENTS = {"XAF": 0, "XOF": 0, "USD": 2, "EUR": 2, "GHS": 2, "NGN": 2}
_STATUS = {
    Status.OPEN: "pending",
    Status.PROCESSING: "processing",
    Status.PAID: "complete",
    Status.PARTIAL: "incomplete",
    Status.FAILED: "failed",
    Status.EXPIRED: "expired",
    Status.CANCELLED: "canceled",
}
_EVENTS = {
    "payment.created": "payment.created",
    "payment.processing": "payment.processing",
    "payment.declined": "payment.failed",
    "payment.expired": "payment.expired",
    "payment.cancelled": "payment.canceled",
    "refund.created": "refund.created",
}
_DONE = {"succeeded": "complete", "paid": "complete"}

_NO_AMOUNT = "The amount must be an integer."


class NotchPayServer(PspServer):
    """`old_shapes` answers and reports as the older documents say; without `tells_received` nothing says how much of a
    payment has come. What has ended stays so; what the customer has begun is confirmed by the operator whenever that
    is, also after the three hours.
    """

    vendor = "Notch Pay"
    is_mobile = True

    def add_routes(self) -> None:
        self.old_shapes, self.tells_received = False, True
        self.route("POST", "/payments", self._create)
        self.route("POST", "/payments/initialize", self._create)
        self.route("GET", "/payments", self._list("payments", self._transaction))
        self.route("GET", "/payments/{name}", self._show_payment)
        self.route("DELETE", "/payments/{name}", self._cancel)
        self.route("POST", "/refunds", self._granted(self._create_refund))
        self.route("GET", "/refunds", self._granted(self._list("refunds", self._refund)))
        self.route("GET", "/refunds/{name}", self._granted(self._show("refunds", "refund", self._refund)))
        self.route("POST", "/transfers", self._granted(self._create_transfer))
        self.route("GET", "/transfers", self._granted(self._list("payouts", self._transfer)))
        self.route("GET", "/transfers/{name}", self._granted(self._show("payouts", "transfer", self._transfer)))

    def exponent(self, currency: str) -> int:
        return _EXPONENTS[currency]

    def key_of(self, request: web.Request) -> str:
        return request.headers.get("Authorization", "")

    def refusal(self, refused: Refused) -> web.StreamResponse:
        status = 422 if refused.status == 400 else refused.status
        body: Json = {"code": status, "status": "error", "message": refused.message}
        if refused.field_name:
            body["errors"] = {refused.field_name: [_WORDS.get(refused.code, refused.message)]}
        return web.json_response(body, status=status)

    def sign(self, account: PspAccount) -> Sign:
        return lambda body: {"x-notch-signature": hmac_sha256_hex(account.webhook_secret.encode(), body)}

    def return_url(self, payment: Payment) -> str:
        joint = "&" if "?" in payment.return_url else "?"
        names = {"reference": payment.id, "trxref": payment.reference, "status": _STATUS[payment.status]}
        return f"{payment.return_url}{joint}{urlencode(names)}"

    def on_decline(self, payment: Payment) -> None:
        payment.status = Status.FAILED

    def announce(self, account: PspAccount, what: str, thing: Thing) -> None:
        """Chargebacks of mobile money are settled by telephone: no word of them."""
        if isinstance(thing, Payment):
            paid = "payment.complete" if thing.status is Status.PAID else "payment.partially_pay"
            self._send(account, _EVENTS.get(what, paid), self._transaction(account, thing))
        elif isinstance(thing, Refund):
            kind = _EVENTS.get(what, f"refund.{_DONE.get(thing.status, thing.status)}")
            self._send(account, kind, self._refund(account, thing))
        elif isinstance(thing, Payout):
            kind = f"transfer.{_DONE.get(thing.status, thing.status)}"
            self._send(account, kind, self._transfer(account, thing))

    def _send(self, account: PspAccount, kind: str, data: Json) -> None:
        name = {"event": kind} if self.old_shapes else {"type": kind, "created_at": stamp(self.clock.now())}
        self.post(account, kind, {"id": new_id("whk." if self.old_shapes else "evt."), **name, "data": data})

    async def _create(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        asked = json_object(await request.read())
        if not any(asked.get(name) for name in ("email", "phone", "customer")):
            raise Refused("payer", "One of email, phone, customer is required.", field_name="email")
        now = self.clock.now()
        payment = Payment(
            id=new_id("trx."),
            reference=str(asked.get("reference") or new_id("ref.")),
            amount=whole(asked.get("amount"), _NO_AMOUNT),
            currency=_currency(asked.get("currency")),
            created_at=now,
            expires_at=now + _LIFE,
            return_url=str(asked.get("callback") or ""),
            description=str(asked.get("description") or "Notch Pay"),
            language=str(asked.get("locale") or ""),
            asked=asked,
            number=new_number(),
        )
        account.books.open(payment, unique=True)
        self.announce(account, "payment.created", payment)
        body: Json = {"code": 201, "status": "Accepted", "message": "Payment initialized"}
        body["transaction"] = payment.id if self.old_shapes else self._transaction(account, payment)
        body["authorization_url"] = self.page_url(request, payment.id)
        return web.json_response(body, status=201)

    async def _show_payment(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        payment = account.books.payment(request.match_info["name"])
        name, status = ("payment", 200) if self.old_shapes else ("transaction", 202)
        return _answer(name, self._transaction(account, payment), status=status)

    async def _cancel(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        payment = account.books.payment(request.match_info["name"])
        if payment.status is not Status.OPEN:
            raise Refused("not_pending", "Only pending payments can be canceled.")
        payment.status = Status.CANCELLED
        self.announce(account, "payment.cancelled", payment)
        return web.json_response({"code": 202, "status": "Accepted", "message": "Payment canceled"}, status=202)

    async def _create_refund(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        asked = json_object(await request.read())
        payment = account.books.payment(str(asked.get("payment") or ""))
        left = payment.received - account.books.refunded(payment)
        amount = whole(asked["amount"], _NO_AMOUNT) if "amount" in asked else left
        refund = Refund(new_id("re."), payment, amount, str(asked.get("reason") or ""), self.clock.now())
        return _answer("refund", self._refund(account, self.make_refund(account, refund)), status=201)

    async def _create_transfer(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        asked = json_object(await request.read())
        payout = Payout(
            id=new_id("trf."),
            reference=str(asked.get("reference") or new_id("ref.")),
            amount=whole(asked.get("amount"), _NO_AMOUNT),
            currency=_currency(asked.get("currency")),
            recipient=str(asked.get("beneficiary") or ""),
            created_at=self.clock.now(),
        )
        return _answer("transfer", self._transfer(account, self.make_payout(account, payout)), status=201)

    def _granted(self, handler: Handler) -> Handler:
        async def checked(account: PspAccount, request: web.Request) -> web.StreamResponse:
            if request.headers.get("X-Grant", "") != account.private_key:
                raise Refused("grant", "Unauthorized", status=401)
            return await handler(account, request)

        return checked

    def _show(self, kind: str, name: str, shape: Any) -> Handler:
        async def show(account: PspAccount, request: web.Request) -> web.StreamResponse:
            asked = request.match_info["name"]
            entries = getattr(account.books, kind).values()
            found = [entry for entry in entries if asked in (entry.id, getattr(entry, "reference", ""))]
            if not found:
                raise Refused("not_found", "Not found", status=404)
            return _answer(name, shape(account, found[0]))

        return show

    def _list(self, kind: str, shape: Any) -> Handler:
        async def listing(account: PspAccount, request: web.Request) -> web.StreamResponse:
            found = [entry for entry in getattr(account.books, kind).values() if _fits(entry, request.query)]
            return await self._listing(request, found, lambda entry: shape(account, entry))

        return listing

    async def _listing(
        self, request: web.Request, oldest_first: list[Any], shape: Callable[[Any], Json]
    ) -> web.StreamResponse:
        """Newest first, by page; dates are days."""
        query = request.query
        found = oldest_first[::-1]
        size = min(int(query.get("limit", "30")), self.page_size)
        page = int(query.get("page", "1"))
        shown = [shape(entry) for entry in found[(page - 1) * size : page * size]]
        fault = self.faults.take(AT_A_LISTING, request.path) if page > 1 else ""
        if fault == "page_error":
            return await self.broken(request, "500")
        if fault == "short_list":
            shown = shown[:-1]
        last = max(1, -(-len(found) // size))
        counts = {"totals": len(found), "last_page": last, "current_page": page, "selected": len(shown)}
        return web.json_response({"code": 200, "status": "OK", "message": "retrieved", **counts, "items": shown})

    def _transaction(self, account: PspAccount, payment: Payment) -> Json:
        """New: `reference` is theirs, ours is `trxref`. Old: ours is `merchant_reference`."""
        status, returned = _STATUS[payment.status], account.books.returned(payment)
        if payment.received and returned:
            status = "refunded" if returned == payment.received else "partialy-refunded"
        names = {"merchant_reference" if self.old_shapes else "trxref": payment.reference}
        return {
            "reference": payment.id,
            **names,
            "status": status,
            "amount": payment.amount,
            **({"amount_received": payment.received} if payment.received and self.tells_received else {}),
            "currency": payment.currency,
            "fee": payment.fee if payment.received else None,
            "description": payment.description,
            "created_at": stamp(payment.created_at),
            "completed_at": stamp(payment.paid_at),
            "expires_at": stamp(payment.expires_at),
        }

    def _refund(self, account: PspAccount, refund: Refund) -> Json:
        return {
            "id": refund.id,
            "payment": refund.payment.id,
            "amount": refund.amount,
            "currency": refund.payment.currency,
            "reason": refund.note,
            "status": _DONE.get(refund.status, refund.status),
            "created_at": stamp(refund.created_at),
        }

    def _transfer(self, account: PspAccount, payout: Payout) -> Json:
        return {
            "id": payout.id,
            "reference": payout.reference,
            "amount": payout.amount,
            "currency": payout.currency,
            "status": _DONE.get(payout.status, payout.status),
            "created_at": stamp(payout.created_at),
        }


_WORDS = {"duplicate": "The reference has already been taken."}


def _answer(name: str, body: Json, *, status: int = 200) -> web.Response:
    return web.json_response({"code": status, "status": "OK", "message": "retrieved", name: body}, status=status)


def _currency(value: Any) -> str:
    if value not in _EXPONENTS:
        raise Refused("currency", "The selected currency is invalid.", field_name="currency")
    return str(value)


def _fits(entry: Any, query: Mapping[str, str]) -> bool:
    day = entry.created_at.date().isoformat()
    return bool(query.get("date_start", "") <= day <= query.get("date_end", "9"))
