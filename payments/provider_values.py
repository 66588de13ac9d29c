"""What is asked of a payment provider and what it tells: the values that cross payments/provider.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.money import Money


@dataclass(frozen=True, slots=True)
class Payer:
    """`key` names the customer among the tenant's, without telling who it is; the rest where it is known."""

    key: str
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """`reference` is new for each attempt, `^[a-z0-9-]{16,50}$`, and the only one of these that must be unique.

    A repeated request has to be the same to the letter, `expires_at` included.
    """

    reference: str
    amount: Money
    description: str
    return_url: str
    payer: Payer
    expires_at: datetime | None = None
    language: str = "en"
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentIds:
    """The names of one attempt: ours, the provider's for the checkout, the provider's for the money once there is any.

    `created_at` is when we asked for it: where the provider cannot look up `reference`, it narrows the search.
    """

    reference: str = ""
    provider_id: str = ""
    provider_ref: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checkout:
    """`url` is empty where there is no page to pay on: the customer pays the merchant directly."""

    ids: PaymentIds
    url: str
    expires_at: datetime | None
    raw: Mapping[str, Any] = field(repr=False, default_factory=dict)


class CancelOutcome(StrEnum):
    CANCELLED = "cancelled"  # nobody can pay it any more; also when it had ended already
    ALREADY_PAID = "already_paid"
    NOT_CANCELLABLE = "not_cancellable"  # a payment may still come
    UNKNOWN = "unknown"  # no answer: ask again before the time is given away


class PaymentState(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"  # the customer has acted, the money is under way
    PAID = "paid"
    PARTIAL = "partial"  # less than was asked for has come
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REVERSED = "reversed"  # paid once, given back by refund or chargeback: which, its refunds and disputes tell
    UNKNOWN = "unknown"  # a status we do not know; `raw_status` keeps it


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """`captured` is what came in before any refund, whatever was asked for; None while nothing did."""

    ids: PaymentIds
    state: PaymentState
    raw_status: str
    asked: Money | None = None
    captured: Money | None = None
    captured_at: datetime | None = None
    fee: Money | None = None
    refunded: Money | None = None
    url: str = ""
    raw: Mapping[str, Any] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """`refund_key` is ours and stays with the refund, so that `find_refund` finds it; `^[a-z0-9-]{16,50}$`.

    `idempotency_key` is the same for a repeated call, another one once it is known that nothing was done.
    """

    refund_key: str
    idempotency_key: str
    payment: PaymentIds
    amount: Money
    reason: str = ""


class RefundState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NEEDS_ATTENTION = "needs_attention"  # stuck until a person gives the provider details
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    provider_id: str
    state: RefundState
    raw_status: str
    amount: Money
    payment: PaymentIds
    refund_key: str = ""
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(repr=False, default_factory=dict)


class DisputeState(StrEnum):
    OPEN = "open"  # also every status we do not know
    WON = "won"  # the money stays, also when the dispute was withdrawn
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ProviderDispute:
    provider_id: str
    state: DisputeState
    raw_status: str
    amount: Money
    payment: PaymentIds
    fee: Money | None = None
    opened_at: datetime | None = None
    due_by: datetime | None = None
    raw: Mapping[str, Any] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class PayoutRequest:
    """`reference` is ours, `^[a-z0-9-]{16,50}$`; `recipient` the provider's name for where the money goes.

    `idempotency_key`, where it is not the reference: the same for a repeated call, another one after KeySpent.
    """

    reference: str
    recipient: str
    amount: Money
    reason: str = ""
    idempotency_key: str = ""


class PayoutState(StrEnum):
    PENDING = "pending"
    PAID = "paid"  # may still fail later
    FAILED = "failed"
    REVERSED = "reversed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ProviderPayout:
    provider_id: str
    state: PayoutState
    raw_status: str
    amount: Money
    reference: str = ""
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(repr=False, default_factory=dict)


class EventKind(StrEnum):
    PAYMENT_SUCCEEDED = "payment.succeeded"
    PAYMENT_PROCESSING = "payment.processing"
    PAYMENT_PARTIAL = "payment.partial"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_EXPIRED = "payment.expired"
    PAYMENT_CANCELLED = "payment.cancelled"
    REFUND_PENDING = "refund.pending"
    REFUND_SUCCEEDED = "refund.succeeded"
    REFUND_FAILED = "refund.failed"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_UPDATED = "dispute.updated"
    DISPUTE_WON = "dispute.won"
    DISPUTE_LOST = "dispute.lost"
    PAYOUT_PAID = "payout.paid"
    PAYOUT_FAILED = "payout.failed"
    PAYOUT_REVERSED = "payout.reversed"
    UNKNOWN = "unknown"


class Trust(StrEnum):
    FULL = "full"
    TRIGGER = "trigger"  # believe nothing of it: read the provider's own API


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One fact a webhook reports. Ids that it does not carry are empty; one that carries none is of kind UNKNOWN."""

    dedupe_key: str
    kind: EventKind
    raw_kind: str
    trust: Trust
    payment: PaymentIds = field(default_factory=PaymentIds)
    refund_id: str = ""
    refund_key: str = ""
    dispute_id: str = ""
    payout_id: str = ""
    payout_reference: str = ""
    amount: Money | None = None
    occurred_at: datetime | None = None
