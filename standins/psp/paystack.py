"""A local server that speaks the part of Paystack's API that Booka uses: transactions, refunds, disputes, transfers."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from core.signing import hmac_sha512_hex
from standins.psp.books import Dispute, Payment, Payout, Refund, Refused, Status, new_id, new_number
from standins.psp.faults import AT_A_LISTING
from standins.psp.reading import json_object, stamp, whole
from standins.psp.server import Handler, Json, PspServer
from standins.psp.webhooks import Sign
from standins.psp.world import PspAccount, Thing

_CURRENCIES = frozenset({"NGN", "GHS", "ZAR", "KES", "USD", "XOF"})
_REFERENCE = re.compile(r"[A-Za-z0-9.=-]{1,100}")
_TRANSFER_REFERENCE = re.compile(r"[a-z0-9_-]{16,50}")
_STATUS = {
    Status.OPEN: "abandoned",
    Status.PROCESSING: "ongoing",
    Status.PAID: "success",
    Status.PARTIAL: "success",
    Status.FAILED: "failed",
}
_REFUND = {"succeeded": "processed", "needs_attention": "needs-attention"}
_RESOLUTION = {"won": "declined", "lost": "merchant-accepted"}
_TRANSFER = {"paid": "success"}

_NO_AMOUNT = "Invalid Amount Sent"


class PaystackServer(PspServer):
    """A link never ends, so a payment may come at any time. Only good news is sent, of failures there is no word."""

    vendor = "Paystack"
    settles_late = True
    retries_s = (0.1, 0.1, 0.1, 0.1, 0.5, 0.5)

    def add_routes(self) -> None:
        self.route("POST", "/transaction/initialize", self._initialize)
        self.route("GET", "/transaction/verify/{reference}", self._verify)
        self.route("GET", "/transaction", self._list("payments", self._transaction))
        self.route("POST", "/refund", self._create_refund)
        self.route("GET", "/refund", self._list("refunds", self._refund))
        self.route("GET", "/refund/{id}", self._show("refunds", self._refund))
        self.route("GET", "/dispute", self._list("disputes", self._dispute))
        self.route("GET", "/dispute/{id}", self._show("disputes", self._dispute))
        self.route("POST", "/transfer", self._create_transfer)
        self.route("GET", "/transfer", self._list("payouts", self._transfer))
        self.route("GET", "/transfer/verify/{reference}", self._verify_transfer)

    def exponent(self, currency: str) -> int:
        return 2

    def refusal(self, refused: Refused) -> web.StreamResponse:
        return web.json_response({"status": False, "message": refused.message}, status=refused.status)

    def sign(self, account: PspAccount) -> Sign:
        """With the very key that the API is called with."""
        return lambda body: {"x-paystack-signature": hmac_sha512_hex(account.key.encode(), body)}

    def return_url(self, payment: Payment) -> str:
        joint = "&" if "?" in payment.return_url else "?"
        names = urlencode({"trxref": payment.reference, "reference": payment.reference})
        return f"{payment.return_url}{joint}{names}"

    def announce(self, account: PspAccount, what: str, thing: Thing) -> None:
        if isinstance(thing, Payment):
            if what in ("payment.paid", "payment.settled"):
                self._send(account, "charge.success", self._transaction(account, thing))
        elif isinstance(thing, Refund):
            kinds = ("pending", "processing") if what == "refund.created" else (_refund_status(thing),)
            for kind in kinds:
                self._send(account, f"refund.{kind}", _refund_event(thing, kind))
        elif isinstance(thing, Dispute):
            kind = "create" if what == "dispute.opened" else "resolve"
            self._send(account, f"charge.dispute.{kind}", self._dispute(account, thing))
        else:
            status = _TRANSFER.get(thing.status, thing.status)
            self._send(account, f"transfer.{status}", self._transfer(account, thing))

    def _send(self, account: PspAccount, kind: str, data: Json) -> None:
        self.post(account, kind, {"event": kind, "data": data})

    async def _initialize(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        asked = json_object(await request.read())
        if "@" not in str(asked.get("email", "")):
            raise Refused("email", "Invalid Email Address Passed", field_name="email")
        reference = str(asked.get("reference") or new_id("T"))
        if not _REFERENCE.fullmatch(reference):
            raise Refused("reference", "Invalid transaction reference", field_name="reference")
        payment = Payment(
            id=new_id("ac_"),
            reference=reference,
            amount=whole(asked.get("amount"), _NO_AMOUNT),
            currency=_currency(asked.get("currency")),
            created_at=self.clock.now(),
            expires_at=None,
            return_url=str(asked.get("callback_url") or ""),
            description=str(json_object(str(asked.get("metadata") or "{}").encode()).get("description") or "Paystack"),
            language="",
            asked=asked,
            number=new_number(),
        )
        account.books.open(payment, unique=True)
        data = {
            "authorization_url": self.page_url(request, payment.id),
            "access_code": payment.id,
            "reference": payment.reference,
        }
        return _answer(data, "Authorization URL created")

    async def _verify(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        found = account.books.find(request.match_info["reference"])
        if found is None:
            raise Refused("not_found", "Transaction reference not found.")
        return _answer(self._transaction(account, found), "Verification successful")

    async def _create_refund(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        asked = json_object(await request.read())
        if asked.get("currency", "NGN") not in _CURRENCIES - {"XOF"}:  # as the document of the vendor lists them
            raise Refused("currency", "Invalid currency", field_name="currency")
        payment = account.books.payment(str(asked.get("transaction") or ""))
        left = payment.received - account.books.refunded(payment)
        amount = whole(asked["amount"], _NO_AMOUNT) if "amount" in asked else left
        note = str(asked.get("merchant_note") or "")
        number = new_number()
        refund = Refund(str(number), payment, amount, note, self.clock.now(), number=number)
        refund = self.make_refund(account, refund)
        data = self._refund(account, refund) | {"transaction": self._transaction(account, payment)}
        return _answer(data, "Refund has been queued for processing")

    async def _create_transfer(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        asked = json_object(await request.read())
        reference = str(asked.get("reference") or "")
        if not _TRANSFER_REFERENCE.fullmatch(reference):
            raise Refused("reference", "Invalid transfer reference", field_name="reference")
        payout = Payout(
            id=new_id("TRF_"),
            reference=reference,
            amount=whole(asked.get("amount"), _NO_AMOUNT),
            currency=_currency(asked.get("currency")),
            recipient=str(asked.get("recipient") or ""),
            created_at=self.clock.now(),
            number=new_number(),
        )
        return _answer(self._transfer(account, self.make_payout(account, payout)), "Transfer requires no OTP")

    async def _verify_transfer(self, account: PspAccount, request: web.Request) -> web.StreamResponse:
        found = [p for p in account.books.payouts.values() if p.reference == request.match_info["reference"]]
        if not found:
            raise Refused("not_found", "Transfer not found", status=404)
        return _answer(self._transfer(account, found[0]))

    def _show(self, kind: str, shape: Any) -> Handler:
        async def show(account: PspAccount, request: web.Request) -> web.StreamResponse:
            name = request.match_info["id"]
            found = [entry for entry in getattr(account.books, kind).values() if name in (entry.id, str(entry.number))]
            if not found:
                raise Refused("not_found", "Not found", status=404)
            return _answer(shape(account, found[0]))

        return show

    def _list(self, kind: str, shape: Any) -> Handler:
        async def listing(account: PspAccount, request: web.Request) -> web.StreamResponse:
            found = [entry for entry in getattr(account.books, kind).values() if _fits(entry, request.query)]
            return await self._listing(request, found, lambda entry: shape(account, entry))

        return listing

    async def _listing(
        self, request: web.Request, oldest_first: list[Any], shape: Callable[[Any], Json]
    ) -> web.StreamResponse:
        """Newest first, by page."""
        query = request.query
        found = oldest_first[::-1]
        size = min(int(query.get("perPage", "50")), self.page_size)
        page = int(query.get("page", "1"))
        shown = [shape(entry) for entry in found[(page - 1) * size : page * size]]
        fault = self.faults.take(AT_A_LISTING, request.path) if page > 1 else ""
        if fault == "page_error":
            return await self.broken(request, "500")
        if fault == "short_list":
            shown = shown[:-1]
        pages = -(-len(found) // size)
        meta = {"total": len(found), "skipped": (page - 1) * size, "perPage": size, "page": page, "pageCount": pages}
        return _answer(shown, meta=meta)

    def _transaction(self, account: PspAccount, payment: Payment) -> Json:
        """`amount` is what was paid once it is; given back in full it is called reversed."""
        returned = account.books.returned(payment)
        is_reversed = payment.received and returned == payment.received
        return {
            "id": payment.number,
            "domain": "test",
            "status": "reversed" if is_reversed else _STATUS[payment.status],
            "reference": payment.reference,
            "amount": payment.received or payment.amount,
            "requested_amount": payment.amount,
            "currency": payment.currency,
            "fees": payment.fee if payment.received else None,
            "gateway_response": "Declined" if payment.was_declined else "Approved",
            "channel": "mobile_money",
            "paid_at": stamp(payment.paid_at),
            "paidAt": stamp(payment.paid_at),
            "created_at": stamp(payment.created_at),
            "createdAt": stamp(payment.created_at),
            "metadata": payment.asked.get("metadata"),
            "customer": {"email": payment.asked.get("email")},
        }

    def _refund(self, account: PspAccount, refund: Refund) -> Json:
        return {
            "id": refund.number,
            "domain": "test",
            "transaction": refund.payment.number,
            "transaction_reference": refund.payment.reference,
            "transaction_amount": refund.payment.received,
            "amount": refund.amount,
            "currency": refund.payment.currency,
            "merchant_note": refund.note,
            "status": _refund_status(refund),
            "createdAt": stamp(refund.created_at),
        }

    def _dispute(self, account: PspAccount, dispute: Dispute) -> Json:
        return {
            "id": dispute.number,
            "refund_amount": dispute.amount,
            "currency": dispute.payment.currency,
            "status": "awaiting-merchant-feedback" if dispute.status == "open" else "resolved",
            "resolution": _RESOLUTION.get(dispute.status),
            "domain": "test",
            "transaction": self._transaction(account, dispute.payment),
            "transaction_reference": None,
            "dueAt": stamp(dispute.due_by),
            "createdAt": stamp(dispute.created_at),
        }

    def _transfer(self, account: PspAccount, payout: Payout) -> Json:
        return {
            "id": payout.number,
            "transfer_code": payout.id,
            "domain": "test",
            "amount": payout.amount,
            "currency": payout.currency,
            "reference": payout.reference,
            "source": "balance",
            "status": _TRANSFER.get(payout.status, payout.status),
            "createdAt": stamp(payout.created_at),
        }


def _refund_status(refund: Refund) -> str:
    return _REFUND.get(refund.status, refund.status)


def _refund_event(refund: Refund, status: str) -> Json:
    """Other fields than the API's: ids are text here and the transaction goes by its reference."""
    return {
        "id": str(refund.number),
        "status": status,
        "transaction_reference": refund.payment.reference,
        "refund_reference": None,
        "amount": str(refund.amount),
        "currency": refund.payment.currency,
        "merchant_note": refund.note,
        "domain": "test",
    }


def _answer(data: Any, message: str = "retrieved", **rest: Any) -> web.Response:
    return web.json_response({"status": True, "message": message, "data": data, **rest})


def _currency(value: Any) -> str:
    if value not in _CURRENCIES:
        raise Refused("currency", "Currency not supported by merchant", status=403, field_name="currency")
    return str(value)


def _fits(entry: Any, query: Mapping[str, str]) -> bool:
    transaction = query.get("transaction")
    if transaction and transaction not in (str(entry.payment.number), entry.payment.reference):
        return False
    return query.get("from", "") <= str(stamp(entry.created_at)) <= query.get("to", "9")
