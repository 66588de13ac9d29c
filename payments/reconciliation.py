"""The provider's side against ours: each payment and refund in one class, and how far the two are apart.

Drift is the sum of absolute differences over what the provider lists: a net sum would hide +x and -x.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from payments.attempts import Attempt, AttemptStatus
from payments.provider_values import ProviderPayment, ProviderRefund, RefundState
from payments.refunds import Refund, RefundStatus


class Class(StrEnum):
    MATCHED = "matched"
    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT = "amount"
    STATUS = "status"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class Item:
    """Minor units: what they say, what we say. `reference` is ours where there is one, else theirs."""

    kind: str
    cls: Class
    reference: str
    theirs: int
    ours: int

    @property
    def difference(self) -> int:
        return abs(self.theirs - self.ours)


@dataclass(frozen=True, slots=True)
class Report:
    items: tuple[Item, ...]
    theirs: int
    ours: int

    @property
    def drift(self) -> int:
        return sum(item.difference for item in self.items)

    @property
    def ratio(self) -> float:
        return self.drift / max(self.theirs, 1)

    @property
    def differing(self) -> list[Item]:
        return [item for item in self.items if item.cls is not Class.MATCHED]


def compare_payments(theirs: Sequence[ProviderPayment], ours: Sequence[Attempt], currency: str) -> Report:
    """Both of one account, currency and window. By the provider's id, else by our reference; each at most once."""
    brought = [one for one in theirs if one.captured and one.captured.currency == currency and one.captured.minor]
    by_id = {attempt.provider_id: attempt for attempt in ours if attempt.provider_id}
    by_reference = {attempt.reference: attempt for attempt in ours}
    items, seen = [], set[int]()
    for payment in brought:
        attempt = by_id.get(payment.ids.provider_id) or by_reference.get(payment.ids.reference)
        if attempt is not None and attempt.id in seen:
            attempt = None
        if attempt is not None:
            seen.add(attempt.id)
        items.append(_payment(payment, attempt))
    items += [
        Item("payment", Class.MISSING_THERE, attempt.reference, 0, attempt.captured_amount)
        for attempt in ours
        if attempt.id not in seen and attempt.captured_amount
    ]
    return _report(items)


def _payment(payment: ProviderPayment, attempt: Attempt | None) -> Item:
    assert payment.captured
    theirs = payment.captured.minor
    if attempt is None:
        reference = payment.ids.reference or payment.ids.provider_id
        return Item("payment", Class.MISSING_HERE, reference, theirs, 0)
    ours, cls = attempt.captured_amount, Class.MATCHED
    if theirs != ours:
        cls = Class.AMOUNT
    elif attempt.status is not AttemptStatus.CAPTURED and theirs >= attempt.amount:
        cls = Class.STATUS
    elif payment.fee is not None and payment.fee.minor != attempt.fee:
        cls = Class.FEE
    return Item("payment", cls, attempt.reference, theirs, ours)


def compare_refunds(theirs: Sequence[ProviderRefund], ours: Sequence[Refund], currency: str) -> Report:
    """What was paid back; a refund made in the provider's own dashboard is missing here."""
    done = [one for one in theirs if one.state is RefundState.SUCCEEDED and one.amount.currency == currency]
    by_id = {refund.provider_id: refund for refund in ours if refund.provider_id}
    items, seen = [], set[int]()
    for one in done:
        refund = by_id.get(one.provider_id)
        items.append(_refund(one, refund))
        if refund is not None:
            seen.add(refund.id)
    items += [
        Item("refund", Class.MISSING_THERE, str(refund.id), 0, refund.amount)
        for refund in ours
        if refund.id not in seen and refund.status is RefundStatus.SUCCEEDED
    ]
    return _report(items)


def _refund(one: ProviderRefund, refund: Refund | None) -> Item:
    if refund is None:
        return Item("refund", Class.MISSING_HERE, one.refund_key or one.provider_id, one.amount.minor, 0)
    cls = Class.MATCHED
    if refund.amount != one.amount.minor:
        cls = Class.AMOUNT
    elif refund.status is not RefundStatus.SUCCEEDED:
        cls = Class.STATUS
    return Item("refund", cls, str(refund.id), one.amount.minor, refund.amount)


def _report(items: Iterable[Item]) -> Report:
    ordered = tuple(sorted(items, key=lambda item: (item.cls, item.reference)))
    return Report(ordered, sum(item.theirs for item in ordered), sum(item.ours for item in ordered))
