"""Cash or a transfer to the merchant: nobody to ask, no network. The merchant says in chat what came and went."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from babel.numbers import list_currencies

from core.money import Money
from core.settings import Settings
from payments.failures import NotSupported, SignatureInvalid
from payments.provider import Account, Capabilities, Limits, Window
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
    RefundState,
)

_BY_HAND = "by_hand"


class Manual:
    """What only people know stays pending here. An empty listing would say that nothing came in: there is none."""

    key = "manual"
    capabilities = Capabilities(
        limits={currency: Limits() for currency in sorted(list_currencies())},
        can_cancel=True,
        lists=False,
        by_hand=True,
    )

    def api_url(self, settings: Settings) -> str:
        return ""

    async def create_checkout(self, account: Account, request: CheckoutRequest) -> Checkout:
        return Checkout(PaymentIds(request.reference), url="", expires_at=None)

    async def cancel_checkout(self, account: Account, payment: PaymentIds) -> CancelOutcome:
        return CancelOutcome.CANCELLED

    async def fetch_payment(self, account: Account, payment: PaymentIds) -> ProviderPayment | None:
        return ProviderPayment(payment, PaymentState.PENDING, _BY_HAND)

    async def create_refund(self, account: Account, request: RefundRequest) -> ProviderRefund:
        """Asked of the merchant, done by nobody yet."""
        return ProviderRefund(
            provider_id=request.refund_key,
            state=RefundState.PENDING,
            raw_status=_BY_HAND,
            amount=request.amount,
            payment=request.payment,
            refund_key=request.refund_key,
        )

    async def fetch_refund(self, account: Account, provider_id: str) -> ProviderRefund | None:
        return None

    async def find_refund(self, account: Account, payment: PaymentIds, refund_key: str) -> ProviderRefund | None:
        return None

    async def fetch_dispute(self, account: Account, provider_id: str) -> ProviderDispute | None:
        raise _not_here()

    async def create_payout(self, account: Account, request: PayoutRequest) -> ProviderPayout:
        raise _not_here()

    async def fetch_payout(self, account: Account, *, reference: str, provider_id: str = "") -> ProviderPayout | None:
        raise _not_here()

    def list_payments(self, account: Account, window: Window) -> AsyncIterator[ProviderPayment]:
        raise _not_here()

    def list_refunds(self, account: Account, window: Window) -> AsyncIterator[ProviderRefund]:
        raise _not_here()

    def list_disputes(self, account: Account, window: Window) -> AsyncIterator[ProviderDispute]:
        raise _not_here()

    def list_payouts(self, account: Account, window: Window) -> AsyncIterator[ProviderPayout]:
        raise _not_here()

    def verify_webhook(self, raw: bytes, headers: Mapping[str, str], now: datetime, secrets: Mapping[str, str]) -> None:
        raise SignatureInvalid("nobody sends webhooks for cash", code="signature")

    def parse_webhook(self, raw: bytes) -> list[ProviderEvent]:
        return []

    def to_units(self, amount: Money) -> int:
        return amount.minor

    def from_units(self, units: int, currency: str) -> Money:
        return Money(units, currency)


def _not_here() -> NotSupported:
    return NotSupported("paid by hand: there is no provider", code=_BY_HAND)


PROVIDER = Manual()
