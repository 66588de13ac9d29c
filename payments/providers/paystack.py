"""Paystack: our reference is its idempotency, a link never ends, and every currency is sent a hundredfold."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import orjson

from core.money import Money
from core.settings import Settings
from payments.cancelling import outcome_by
from payments.failures import AmountOutOfRange, AuthError, DuplicateReference, NotFound, Rejected
from payments.listing import Page, numbered, within
from payments.provider import Account, Capabilities, Expiry, Limits, Window
from payments.provider_values import (
    CancelOutcome,
    Checkout,
    CheckoutRequest,
    PaymentIds,
    PayoutRequest,
    ProviderDispute,
    ProviderEvent,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundRequest,
)
from payments.providers import paystack_answers as answers
from payments.providers import paystack_webhooks as webhooks
from payments.wire import Json, at, call, inner, or_none, secret, text, understood

_PAGE = 100
# A link can be paid long after it was made, and listings go by when it was made.
_LATE = timedelta(hours=72)


class Paystack:
    key = "paystack"
    capabilities = Capabilities(
        limits={
            "NGN": Limits(5_000),
            "GHS": Limits(10),
            "ZAR": Limits(100),
            "KES": Limits(300),
            "USD": Limits(200),
            "XOF": Limits(1),
        },
        expiry=Expiry.GLOBAL,
        disputes=True,
        payouts=True,
    )

    def api_url(self, settings: Settings) -> str:
        return settings.paystack.api_url

    async def create_checkout(self, account: Account, request: CheckoutRequest) -> Checkout:
        asked = {
            "email": account.address_of(request.payer),
            "amount": self.to_units(request.amount),
            "currency": request.amount.currency,
            "reference": request.reference,
            "callback_url": request.return_url,
            "metadata": orjson.dumps({**request.metadata, "description": request.description}).decode(),
        }
        body = await _ask(account, "POST", "/transaction/initialize", json=asked)
        with understood(moves=True):
            return answers.checkout(body["data"], request.reference)

    async def cancel_checkout(self, account: Account, payment: PaymentIds) -> CancelOutcome:
        """Nothing ends a link there; what can be said is whether it was paid."""
        return await outcome_by(self.fetch_payment(account, payment), ended=())

    async def fetch_payment(self, account: Account, payment: PaymentIds) -> ProviderPayment | None:
        body = await _find(account, at("/transaction/verify", payment.reference))
        with understood():
            return answers.payment(body["data"]) if body else None

    async def create_refund(self, account: Account, request: RefundRequest) -> ProviderRefund:
        """Not idempotent: after an UnknownOutcome only `find_refund` tells whether it was done. The currency is the
        transaction's; the list of those that may be named there lacks XOF."""
        asked = {
            "transaction": request.payment.reference or request.payment.provider_ref,
            "amount": self.to_units(request.amount),
            "merchant_note": f"{request.refund_key} {request.reason}".strip(),
        }
        body = await _ask(account, "POST", "/refund", json=asked)
        with understood(moves=True):
            return replace(answers.refund(body["data"], request.payment), refund_key=request.refund_key)

    async def fetch_refund(self, account: Account, provider_id: str) -> ProviderRefund | None:
        body = await _find(account, at("/refund", provider_id))
        with understood():
            return answers.refund(body["data"]) if body else None

    async def find_refund(self, account: Account, payment: PaymentIds, refund_key: str) -> ProviderRefund | None:
        transaction = payment.provider_ref
        if not transaction:
            found = await self.fetch_payment(account, payment)
            transaction = found.ids.provider_ref if found else ""
        if not transaction:
            return None
        async for body in _pages(account, "/refund", [("transaction", transaction)]):
            with understood():
                refund = answers.refund(body, payment)
            if refund.refund_key == refund_key:
                return refund
        return None

    async def fetch_dispute(self, account: Account, provider_id: str) -> ProviderDispute | None:
        body = await _find(account, at("/dispute", provider_id))
        with understood():
            return answers.dispute(body["data"]) if body else None

    async def create_payout(self, account: Account, request: PayoutRequest) -> ProviderPayout:
        """`recipient` is a transfer recipient (RCP_…); one-time passwords must be off for the account."""
        asked = {
            "source": "balance",
            "amount": self.to_units(request.amount),
            "currency": request.amount.currency,
            "recipient": request.recipient,
            "reference": request.reference,
            "reason": request.reason,
        }
        body = await _ask(account, "POST", "/transfer", json=asked)
        with understood(moves=True):
            return answers.payout(body["data"])

    async def fetch_payout(self, account: Account, *, reference: str, provider_id: str = "") -> ProviderPayout | None:
        body = await _find(account, at("/transfer/verify", reference))
        with understood():
            return answers.payout(body["data"]) if body else None

    async def list_payments(self, account: Account, window: Window) -> AsyncIterator[ProviderPayment]:
        """Also what was given back since: its status is no longer success, so none is asked for."""
        wider = Window(window.starts_at - _LATE, window.ends_at)
        listed = _pages(account, "/transaction", _between(wider))
        async for payment in within(window, listed, answers.payment, attrgetter("captured_at")):
            if payment.captured:
                yield payment

    def list_refunds(self, account: Account, window: Window) -> AsyncIterator[ProviderRefund]:
        listed = _pages(account, "/refund", _between(window))
        return within(window, listed, answers.refund, attrgetter("created_at"))

    def list_disputes(self, account: Account, window: Window) -> AsyncIterator[ProviderDispute]:
        listed = _pages(account, "/dispute", _between(window))
        return within(window, listed, answers.dispute, attrgetter("opened_at"))

    def list_payouts(self, account: Account, window: Window) -> AsyncIterator[ProviderPayout]:
        listed = _pages(account, "/transfer", _between(window))
        return within(window, listed, answers.payout, attrgetter("created_at"))

    def verify_webhook(self, raw: bytes, headers: Mapping[str, str], now: datetime, secrets: Mapping[str, str]) -> None:
        webhooks.verify(raw, headers, secrets)

    def parse_webhook(self, raw: bytes) -> list[ProviderEvent]:
        return webhooks.parse(raw)

    def to_units(self, amount: Money) -> int:
        return answers.to_units(amount)

    def from_units(self, units: int, currency: str) -> Money:
        return answers.from_units(units, currency)


def _between(window: Window) -> list[tuple[str, str]]:
    return [("from", _stamp(window.starts_at)), ("to", _stamp(window.ends_at))]


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _pages(account: Account, path: str, query: list[tuple[str, str]]) -> AsyncIterator[Json]:
    async def fetch(number: int) -> Page:
        body = await _ask(account, "GET", path, query=(*query, ("perPage", str(_PAGE)), ("page", str(number))))
        with understood():
            named, meta = [(text(entry["id"]), entry) for entry in body["data"]], inner(body.get("meta"))
            return Page(named, int(meta.get("pageCount") or 0), int(meta.get("total") or 0))

    return numbered(fetch, _PAGE)


async def _find(account: Account, path: str) -> dict[str, Any] | None:
    return await or_none(_ask(account, "GET", path))


async def _ask(
    account: Account, method: str, path: str, *, query: tuple[tuple[str, str], ...] = (), json: Json | None = None
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {secret(account, 'secret_key')}"}
    body = await call(account, method, path, _refusal, headers=headers, query=query, json=json)
    if body.get("status") is not True:  # says only whether the call was understood
        raise _refusal(200, body)
    return body


def _refusal(status: int, body: Json) -> Rejected | AmountOutOfRange | AuthError:
    """The words are all there is: codes came late and not everywhere."""
    said, code = text(body.get("message")).lower(), text(body.get("code"))
    if "duplicate" in said and "reference" in said:
        return DuplicateReference("the reference was used before", code=code or "duplicate_reference")
    if "invalid key" in said:
        return AuthError("the key is refused", code=code or "invalid_key")
    if "not found" in said:
        return NotFound("not found", code=code or str(status))
    if "amount" in said and ("minimum" in said or "invalid amount" in said or "less than" in said):
        return AmountOutOfRange("the provider does not take that amount", code=code or "amount")
    if "currency" in said:
        return AmountOutOfRange("the account does not take that currency", code=code or "currency")
    return Rejected(f"HTTP {status} {code}".strip(), code=code or str(status))


PROVIDER = Paystack()
