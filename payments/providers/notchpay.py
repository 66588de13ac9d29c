"""Notch Pay: mobile money in central Africa. Its answers come in several shapes, its webhooks are only a trigger."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from core.errors import TransientError
from core.money import Money
from core.settings import Settings
from payments.cancelling import outcome_by
from payments.failures import AmountOutOfRange, DuplicateReference, NotFound, NotSupported, Rejected
from payments.listing import Page, numbered, within
from payments.provider import Account, Capabilities, Expiry, Limits, Window
from payments.provider_values import (
    CancelOutcome,
    Checkout,
    CheckoutRequest,
    PaymentIds,
    PaymentState,
    PayoutRequest,
    ProviderDispute,
    ProviderEvent,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundRequest,
)
from payments.providers import notchpay_answers as answers
from payments.providers import notchpay_webhooks as webhooks
from payments.wire import Json, at, call, inner, or_none, secret, text, understood

_PAGE = 100
_LIFE = timedelta(hours=3)


class NotchPay:
    key = "notchpay"
    capabilities = Capabilities(
        limits={
            "XAF": Limits(10),
            "XOF": Limits(10),
            **dict.fromkeys(("USD", "EUR", "GHS", "NGN"), Limits(1)),
        },
        expiry=Expiry.FIXED,
        shortest=_LIFE,
        longest=_LIFE,
        can_cancel=True,
        payouts=True,
        failure_webhooks=True,
    )

    def api_url(self, settings: Settings) -> str:
        return settings.notchpay.api_url

    async def create_checkout(self, account: Account, request: CheckoutRequest) -> Checkout:
        payer = request.payer
        asked = {
            "amount": self.to_units(request.amount),
            "currency": request.amount.currency,
            "reference": request.reference,
            "callback": request.return_url,
            "description": request.description,
            # One of them is required, and the number saves the customer from typing it.
            **({"phone": payer.phone} if payer.phone else {"email": account.address_of(payer)}),
        }
        body = await _ask(account, "POST", "/payments", json=asked)
        with understood(moves=True):
            return answers.checkout(body, request.reference)

    async def cancel_checkout(self, account: Account, payment: PaymentIds) -> CancelOutcome:
        """Only while it is pending: once the customer was asked for the PIN, money may come."""
        try:
            await _ask(account, "DELETE", at("/payments", payment.provider_id or payment.reference))
        except TransientError:
            return CancelOutcome.UNKNOWN
        except Rejected:
            return await outcome_by(self.fetch_payment(account, payment))
        return CancelOutcome.CANCELLED

    async def fetch_payment(self, account: Account, payment: PaymentIds) -> ProviderPayment | None:
        """By either name: some answers know only theirs, some only ours."""
        for name in filter(None, (payment.provider_id, payment.reference)):
            try:
                body = await _ask(account, "GET", at("/payments", name))
            except NotFound:
                continue
            with understood():
                return answers.payment(answers.body_of(body, "transaction", "payment"), payment.reference)
        return None

    async def create_refund(self, account: Account, request: RefundRequest) -> ProviderRefund:
        """The amount is always sent: without one all is refunded. Not idempotent: see `find_refund`."""
        asked = {
            "payment": request.payment.provider_id or request.payment.reference,
            "amount": self.to_units(request.amount),
            "reason": f"{request.refund_key} {request.reason}".strip(),
        }
        body = await _ask(account, "POST", "/refunds", json=asked, grant=True)
        with understood(moves=True):
            made = answers.refund(answers.body_of(body, "refund"), request.amount)
        return replace(made, payment=request.payment, refund_key=request.refund_key)

    async def fetch_refund(self, account: Account, provider_id: str) -> ProviderRefund | None:
        body = await _find(account, at("/refunds", provider_id))
        with understood():
            return answers.refund(answers.body_of(body, "refund")) if body else None

    async def find_refund(self, account: Account, payment: PaymentIds, refund_key: str) -> ProviderRefund | None:
        async for body in _pages(account, "/refunds", []):
            if answers.refund_key(body) == refund_key:
                with understood():
                    return answers.refund(body)
        return None

    async def fetch_dispute(self, account: Account, provider_id: str) -> ProviderDispute | None:
        raise _no_disputes()

    async def create_payout(self, account: Account, request: PayoutRequest) -> ProviderPayout:
        """`recipient` is `channel/beneficiary`, such as `cm.mtn/ben.…`. Only from addresses the account has named."""
        channel, _, beneficiary = request.recipient.rpartition("/")
        asked = {
            "amount": self.to_units(request.amount),
            "currency": request.amount.currency,
            "beneficiary": beneficiary,
            "reference": request.reference,
            "description": request.reason,
            **({"channel": channel} if channel else {}),
        }
        body = await _ask(account, "POST", "/transfers", json=asked, grant=True)
        with understood(moves=True):
            return answers.payout(answers.body_of(body, "transfer"), request.reference)

    async def fetch_payout(self, account: Account, *, reference: str, provider_id: str = "") -> ProviderPayout | None:
        for name in filter(None, (provider_id, reference)):
            body = await _find(account, at("/transfers", name))
            if body:
                with understood():
                    return answers.payout(answers.body_of(body, "transfer"), reference)
        return None

    async def list_payments(self, account: Account, window: Window) -> AsyncIterator[ProviderPayment]:
        listed = _pages(account, "/payments", _days(window))
        async for payment in within(window, listed, answers.payment, attrgetter("captured_at")):
            if payment.captured or payment.state is PaymentState.PARTIAL:
                yield payment

    def list_refunds(self, account: Account, window: Window) -> AsyncIterator[ProviderRefund]:
        listed = _pages(account, "/refunds", _days(window))
        return within(window, listed, answers.refund, attrgetter("created_at"))

    def list_disputes(self, account: Account, window: Window) -> AsyncIterator[ProviderDispute]:
        raise _no_disputes()

    def list_payouts(self, account: Account, window: Window) -> AsyncIterator[ProviderPayout]:
        listed = _pages(account, "/transfers", _days(window))
        return within(window, listed, answers.payout, attrgetter("created_at"))

    def verify_webhook(self, raw: bytes, headers: Mapping[str, str], now: datetime, secrets: Mapping[str, str]) -> None:
        webhooks.verify(raw, headers, secrets)

    def parse_webhook(self, raw: bytes) -> list[ProviderEvent]:
        return webhooks.parse(raw)

    def to_units(self, amount: Money) -> int:
        return answers.to_units(amount)

    def from_units(self, units: int, currency: str) -> Money:
        return answers.from_units(units, currency)


def _days(window: Window) -> list[tuple[str, str]]:
    """Whole days, a day wider at both ends: what is meant by a day there is not written down."""
    first, last = window.starts_at - timedelta(days=1), window.ends_at + timedelta(days=1)
    return [("date_start", first.date().isoformat()), ("date_end", last.date().isoformat())]


def _pages(account: Account, path: str, query: list[tuple[str, str]]) -> AsyncIterator[Json]:
    async def fetch(number: int) -> Page:
        asked = (*query, ("limit", str(_PAGE)), ("page", str(number)))
        body = await _ask(account, "GET", path, query=asked, grant=path != "/payments")
        with understood():
            listing = body if isinstance(body.get("items"), list) else inner(body.get("data"))
            found = [inner(entry) for entry in listing["items"]]
            named = [(text(entry.get("id")) or str(entry["reference"]), entry) for entry in found]
            return Page(named, int(listing.get("last_page") or 0), int(listing.get("totals") or 0))

    return numbered(fetch, _PAGE)


async def _find(account: Account, path: str) -> dict[str, Any] | None:
    return await or_none(_ask(account, "GET", path, grant=True))


async def _ask(
    account: Account,
    method: str,
    path: str,
    *,
    query: tuple[tuple[str, str], ...] = (),
    json: Json | None = None,
    grant: bool = False,
) -> dict[str, Any]:
    """`grant` sends the private key along, which refunds and transfers want; payments refuse it."""
    headers = {"Authorization": secret(account, "public_key"), "Accept": "application/json"}
    headers |= {"X-Grant": secret(account, "private_key")} if grant else {}
    return await call(account, method, path, _refusal, headers=headers, query=query, json=json)


def _refusal(status: int, body: Json) -> Rejected | AmountOutOfRange:
    said, code = text(body.get("message")).lower(), text(body.get("code"))
    errors = inner(body.get("errors"))
    fields = " ".join(str(name) for name in errors)
    told = f"{said} {errors}".lower()
    if "reference" in told and any(word in told for word in ("taken", "exist", "duplicate", "unique", "used")):
        return DuplicateReference("the reference was used before", code=code or str(status), field="reference")
    if "not found" in said:
        return NotFound("not found", code=code or str(status))
    if "amount" in fields and any(word in told for word in ("minimum", "at least", "maximum", "greater")):
        return AmountOutOfRange("the provider does not take that amount", code=code or "amount")
    return Rejected(f"HTTP {status}", code=code or str(status), field=fields)


def _no_disputes() -> NotSupported:
    return NotSupported("mobile money has no chargebacks to read", code="disputes")


PROVIDER = NotchPay()
