"""Stripe: Checkout Sessions, an idempotency key on every call that moves something, one currency table of its own."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from core.errors import TransientError
from core.money import Money
from core.settings import Settings
from payments.cancelling import outcome_by
from payments.failures import (
    AmountOutOfRange,
    DuplicateReference,
    KeySpent,
    NotFound,
    NotSupported,
    Rejected,
    Retryable,
    UnknownOutcome,
)
from payments.provider import Account, Capabilities, Expiry, Window
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
from payments.providers import stripe_answers as answers
from payments.providers import stripe_webhooks as webhooks
from payments.providers.stripe_currencies import LIMITS, from_units, to_units
from payments.wire import Json, at, call, or_none, secret, text, understood

_VERSION = "2026-10-28.endive"
_PAGE = 100
_PAID = (("expand[]", "payment_intent.latest_charge.balance_transaction"),)
_LANGUAGES = frozenset({"en", "fr", "es", "pt", "de", "it"})
# How long after we asked a session whose answer was lost can have been made.
_SEARCH = timedelta(minutes=30)


class Stripe:
    key = "stripe"
    capabilities = Capabilities(
        limits=LIMITS,
        expiry=Expiry.PER_LINK,
        shortest=timedelta(minutes=31),  # thirty by Stripe's clock, and the way there
        longest=timedelta(hours=23, minutes=59),
        repeats_create=True,
        can_cancel=True,
        disputes=True,
        payouts=True,
        failure_webhooks=True,
    )

    def api_url(self, settings: Settings) -> str:
        return settings.stripe.api_url

    async def create_checkout(self, account: Account, request: CheckoutRequest) -> Checkout:
        fields = _checkout_fields(request, self.to_units(request.amount))
        body = await _post(account, "/v1/checkout/sessions", fields, request.reference)
        with understood(moves=True):
            return answers.checkout(body, request.reference)

    async def cancel_checkout(self, account: Account, payment: PaymentIds) -> CancelOutcome:
        try:
            known = payment if payment.provider_id else await self._located(account, payment)
            if known is None:
                return CancelOutcome.CANCELLED
            await _post(account, at("/v1/checkout/sessions", known.provider_id) + "/expire", {})
        except TransientError:
            return CancelOutcome.UNKNOWN
        except Rejected:
            return await outcome_by(self.fetch_payment(account, payment))
        return CancelOutcome.CANCELLED

    async def fetch_payment(self, account: Account, payment: PaymentIds) -> ProviderPayment | None:
        known = payment if payment.provider_id else await self._located(account, payment)
        if known is None:
            return None
        try:
            body = await _get(account, at("/v1/checkout/sessions", known.provider_id), _PAID)
        except NotFound:
            return None
        with understood():
            return answers.payment(body)

    async def create_refund(self, account: Account, request: RefundRequest) -> ProviderRefund:
        money = request.payment.provider_ref or await self._money_of(account, request.payment)
        fields = {
            "payment_intent": money,
            "amount": str(self.to_units(request.amount)),
            "metadata[refund_key]": request.refund_key,
            "metadata[reason]": request.reason[:500],
        }
        body = await _post(account, "/v1/refunds", fields, request.idempotency_key)
        with understood(moves=True):
            return answers.refund(body)

    async def fetch_refund(self, account: Account, provider_id: str) -> ProviderRefund | None:
        body = await _find(account, at("/v1/refunds", provider_id))
        with understood():
            return answers.refund(body) if body else None

    async def find_refund(self, account: Account, payment: PaymentIds, refund_key: str) -> ProviderRefund | None:
        money = payment.provider_ref or await self._money_of(account, payment)
        async for body in _pages(account, "/v1/refunds", [("payment_intent", money)]):
            with understood():
                refund = answers.refund(body)
            if refund.refund_key == refund_key:
                return refund
        return None

    async def fetch_dispute(self, account: Account, provider_id: str) -> ProviderDispute | None:
        body = await _find(account, at("/v1/disputes", provider_id))
        with understood():
            return answers.dispute(body) if body else None

    async def create_payout(self, account: Account, request: PayoutRequest) -> ProviderPayout:
        """To a bank account of the Stripe account itself: `recipient` names which, the default one where empty."""
        fields = {
            "amount": str(self.to_units(request.amount)),
            "currency": request.amount.currency.lower(),
            "metadata[reference]": request.reference,
        }
        fields |= {"destination": request.recipient} if request.recipient else {}
        body = await _post(account, "/v1/payouts", fields, request.idempotency_key or request.reference)
        with understood(moves=True):
            return answers.payout(body)

    async def fetch_payout(self, account: Account, *, reference: str, provider_id: str = "") -> ProviderPayout | None:
        if provider_id:
            body = await _find(account, at("/v1/payouts", provider_id))
            with understood():
                return answers.payout(body) if body else None
        async for listed in _pages(account, "/v1/payouts", []):
            with understood():
                payout = answers.payout(listed)
            if payout.reference == reference:
                return payout
        return None

    async def list_payments(self, account: Account, window: Window) -> AsyncIterator[ProviderPayment]:
        """From the balance: what moved the money, with its fee. Cards are `charge` there, all other ways `payment`."""
        async for body in _pages(account, "/v1/balance_transactions", [*_created(window), ("expand[]", "data.source")]):
            if body.get("type") in ("charge", "payment"):
                with understood():
                    yield answers.moved(body)

    async def list_refunds(self, account: Account, window: Window) -> AsyncIterator[ProviderRefund]:
        async for body in _pages(account, "/v1/refunds", _created(window)):
            with understood():
                yield answers.refund(body)

    async def list_disputes(self, account: Account, window: Window) -> AsyncIterator[ProviderDispute]:
        async for body in _pages(account, "/v1/disputes", _created(window)):
            with understood():
                yield answers.dispute(body)

    async def list_payouts(self, account: Account, window: Window) -> AsyncIterator[ProviderPayout]:
        async for body in _pages(account, "/v1/payouts", _created(window)):
            with understood():
                yield answers.payout(body)

    def verify_webhook(self, raw: bytes, headers: Mapping[str, str], now: datetime, secrets: Mapping[str, str]) -> None:
        webhooks.verify(raw, headers, now, secrets)

    def parse_webhook(self, raw: bytes) -> list[ProviderEvent]:
        return webhooks.parse(raw)

    def to_units(self, amount: Money) -> int:
        return to_units(amount)

    def from_units(self, units: int, currency: str) -> Money:
        return from_units(units, currency)

    async def _located(self, account: Account, payment: PaymentIds) -> PaymentIds | None:
        """A session whose answer was lost: Stripe cannot look up our reference, so those of that time are read."""
        if payment.created_at is None:
            raise NotSupported("a session is found by its id, or by when it was asked for", code="no_id")
        window = Window(payment.created_at - _SEARCH, payment.created_at + _SEARCH)
        async for body in _pages(account, "/v1/checkout/sessions", _created(window)):
            if body.get("client_reference_id") == payment.reference:
                return PaymentIds(payment.reference, text(body.get("id")), text(body.get("payment_intent")))
        return None

    async def _money_of(self, account: Account, payment: PaymentIds) -> str:
        found = await self.fetch_payment(account, payment)
        if found is None or not found.ids.provider_ref:
            raise Rejected("no money has come by this checkout", code="no_payment_intent")
        return found.ids.provider_ref


def _checkout_fields(request: CheckoutRequest, amount_units: int) -> dict[str, str]:
    line = "line_items[0]"
    fields = {
        "mode": "payment",
        f"{line}[quantity]": "1",
        f"{line}[price_data][currency]": request.amount.currency.lower(),
        f"{line}[price_data][unit_amount]": str(amount_units),
        f"{line}[price_data][product_data][name]": request.description[:250] or "-",
        "success_url": request.return_url,
        "cancel_url": request.return_url,
        "client_reference_id": request.reference,
        "locale": request.language if request.language in _LANGUAGES else "auto",
    }
    for name, value in {**request.metadata, "reference": request.reference}.items():
        fields[f"metadata[{name}]"] = value
        fields[f"payment_intent_data[metadata][{name}]"] = value
    if request.payer.email:
        fields["customer_email"] = request.payer.email
    if request.expires_at is not None:
        fields["expires_at"] = str(int(request.expires_at.timestamp()))
    return fields


def _created(window: Window) -> list[tuple[str, str]]:
    first, end = window.starts_at.timestamp(), window.ends_at.timestamp()
    return [("created[gte]", str(-int(-first // 1))), ("created[lt]", str(-int(-end // 1)))]


async def _pages(account: Account, path: str, query: list[tuple[str, str]]) -> AsyncIterator[Json]:
    """Every object of a listing. One that claims to go on and does not is incomplete: Retryable."""
    after: list[tuple[str, str]] = []
    while True:
        body = await _get(account, path, (*query, ("limit", str(_PAGE)), *after))
        found = body.get("data")
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise Retryable("a listing without its data", code="garbled")
        for entry in found:
            yield entry
        if not body.get("has_more"):
            return
        following = [("starting_after", text(found[-1].get("id")))] if found else []
        if following in ([], after):
            raise Retryable("a listing that does not go on", code="incomplete")
        after = following


async def _find(account: Account, path: str) -> dict[str, Any] | None:
    return await or_none(_get(account, path))


async def _get(account: Account, path: str, query: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    return await call(account, "GET", path, _refusal, headers=_headers(account), query=query)


async def _post(account: Account, path: str, fields: Mapping[str, str], key: str = "") -> dict[str, Any]:
    """A failure is kept with the key and replayed for a day, whether or not anything was done."""
    headers = _headers(account) | ({"Idempotency-Key": key} if key else {})
    try:
        return await call(account, "POST", path, _refusal, headers=headers, fields=fields)
    except UnknownOutcome as error:
        if key and error.code.startswith("5"):
            raise KeySpent(str(error), code=error.code) from error
        raise


def _headers(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret(account, 'secret_key')}", "Stripe-Version": _VERSION}


def _refusal(status: int, body: Json) -> Rejected | AmountOutOfRange | Retryable | UnknownOutcome:
    error = body.get("error")
    said: Json = error if isinstance(error, Mapping) else {}
    kind, code = text(said.get("type")), text(said.get("code"))
    if status == 409 or code == "lock_timeout":  # the same key is at work in another call, or the object is locked
        return Retryable("the provider is at work on it", code=code or "409")
    if kind == "idempotency_error":
        return DuplicateReference("the key was used for something else", code=kind)
    if code.startswith("amount_too_"):
        return AmountOutOfRange("the provider does not take that amount", code=code)
    return Rejected(f"HTTP {status} {code or kind}", code=code or kind or str(status), field=text(said.get("param")))


PROVIDER = Stripe()
