"""What a payment provider is to the rest of Booka: one Protocol. Adapters keep no state."""

import ipaddress
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import aiohttp

from core.money import Money
from core.settings import Settings
from payments.provider_values import (
    CancelOutcome,
    Checkout,
    CheckoutRequest,
    Payer,
    PaymentIds,
    PayoutRequest,
    ProviderDispute,
    ProviderEvent,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundRequest,
)

_RESERVED_DOMAIN = "example.com"


class Expiry(StrEnum):
    PER_LINK = "per_link"
    GLOBAL = "global"  # a setting of the whole integration, so a late payment is always possible
    FIXED = "fixed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Limits:
    """Smallest and largest amount of one payment, in ISO minor units."""

    smallest_minor: int = 1
    largest_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`shortest` and `longest` life of a checkout; equal where it is fixed, None where nothing is promised.

    `repeats_create`: the same request with the same reference answers the same checkout again, but after KeySpent.
    `failure_webhooks`: failed and expired payments are reported; else only polling finds them.
    `by_hand`: there is nobody to ask; the merchant says in chat what came in and what was given back.
    """

    limits: Mapping[str, Limits]
    expiry: Expiry = Expiry.NONE
    shortest: timedelta | None = None
    longest: timedelta | None = None
    repeats_create: bool = False
    can_cancel: bool = False
    refunds: bool = True
    partial_refund: bool = True
    disputes: bool = False
    payouts: bool = False
    lists: bool = True
    failure_webhooks: bool = False
    by_hand: bool = False

    @property
    def currencies(self) -> frozenset[str]:
        return frozenset(self.limits)

    def takes(self, amount: Money) -> bool:
        limits = self.limits.get(amount.currency)
        if limits is None or amount.minor < limits.smallest_minor:
            return False
        return limits.largest_minor is None or amount.minor <= limits.largest_minor

    def expires_at(self, wanted: datetime, now: datetime) -> datetime | None:
        """When a checkout opened now can be made to end, as near to `wanted` as the provider allows."""
        if self.shortest is None or self.longest is None:
            return None
        return min(max(wanted, now + self.shortest), now + self.longest)


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant's account at one provider, for one call. `email_domain` is a host of ours.

    While a secret is changed it may hold both values, the newer first, with a space between.
    """

    base_url: str
    secrets: Mapping[str, str] = field(repr=False)
    http: aiohttp.ClientSession = field(repr=False)
    email_domain: str = _RESERVED_DOMAIN
    timeout_s: float = 15.0

    def address_of(self, payer: Payer) -> str:
        """Some providers insist on one; where a customer gave none it is made up on a domain that is ours."""
        return payer.email or f"customer-{payer.key}@{_mail_domain(self.email_domain)}"


def _mail_domain(host: str) -> str:
    """A host that mail cannot be written to, such as 127.0.0.1 of a demo, gives way to a reserved domain."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if "." in host else _RESERVED_DOMAIN
    return _RESERVED_DOMAIN


@dataclass(frozen=True, slots=True)
class Window:
    """Half open: what happened at `ends_at` belongs to the next one."""

    starts_at: datetime
    ends_at: datetime


class PaymentProvider(Protocol):
    """One call to the provider each, no retry inside. Raises the errors of payments/failures.py only.

    A call that moves something (create_…, cancel_…) raises UnknownOutcome when it may have been carried out, 5xx
    included; one that reads raises Retryable. Reading answers None where the provider knows no such thing.
    Listings go to the last page or raise: what came before an error is not the whole.
    """

    key: str
    capabilities: Capabilities

    def api_url(self, settings: Settings) -> str: ...

    async def create_checkout(self, account: Account, request: CheckoutRequest) -> Checkout: ...

    async def cancel_checkout(self, account: Account, payment: PaymentIds) -> CancelOutcome:
        """Answers UNKNOWN in place of raising UnknownOutcome."""
        ...

    async def fetch_payment(self, account: Account, payment: PaymentIds) -> ProviderPayment | None: ...

    async def create_refund(self, account: Account, request: RefundRequest) -> ProviderRefund: ...

    async def fetch_refund(self, account: Account, provider_id: str) -> ProviderRefund | None: ...

    async def find_refund(self, account: Account, payment: PaymentIds, refund_key: str) -> ProviderRefund | None: ...

    async def fetch_dispute(self, account: Account, provider_id: str) -> ProviderDispute | None: ...

    async def create_payout(self, account: Account, request: PayoutRequest) -> ProviderPayout: ...

    async def fetch_payout(
        self, account: Account, *, reference: str, provider_id: str = ""
    ) -> ProviderPayout | None: ...

    def list_payments(self, account: Account, window: Window) -> AsyncIterator[ProviderPayment]:
        """Payments that brought money in the window; what is pending or failed may be missing."""
        ...

    def list_refunds(self, account: Account, window: Window) -> AsyncIterator[ProviderRefund]: ...

    def list_disputes(self, account: Account, window: Window) -> AsyncIterator[ProviderDispute]: ...

    def list_payouts(self, account: Account, window: Window) -> AsyncIterator[ProviderPayout]: ...

    def verify_webhook(self, raw: bytes, headers: Mapping[str, str], now: datetime, secrets: Mapping[str, str]) -> None:
        """Raises SignatureInvalid. `raw` are the bytes as they came, `secrets` those of the account in the URL."""
        ...

    def parse_webhook(self, raw: bytes) -> list[ProviderEvent]:
        """Raises WebhookUnreadable."""
        ...

    def to_units(self, amount: Money) -> int:
        """In the provider's own units. Raises AmountOutOfRange when it has no exact value there."""
        ...

    def from_units(self, units: int, currency: str) -> Money: ...
