"""A day of an account held against the provider's listing: what differs is asked about again, then it is a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.runtime import Runtime
from core.uow import UnitOfWork
from payments.accounts import PaymentAccount
from payments.attempts import COLUMNS, Attempt, attempt_from, find_attempt
from payments.cases import open_case
from payments.provider import Window
from payments.provider_values import ProviderPayment, ProviderRefund
from payments.reconciliation import Class, Report, compare_payments, compare_refunds
from payments.refunds import COLUMNS as REFUND_COLUMNS
from payments.refunds import Refund, refund_from


@dataclass(frozen=True, slots=True)
class Listing:
    """The provider's side of a window, to its last page."""

    payments: Sequence[ProviderPayment]
    refunds: Sequence[ProviderRefund]


async def fetch(runtime: Runtime, account: PaymentAccount, window: Window) -> Listing:
    """Raises the failures of the provider: half a listing is none."""
    adapter, at = account.adapter, account.at(runtime)
    return Listing(
        [payment async for payment in adapter.list_payments(at, window)],
        [refund async for refund in adapter.list_refunds(at, window)],
    )


async def unsettled(uow: UnitOfWork, account_id: int, listing: Listing) -> list[int]:
    """Attempts of ours of which the provider says something else than we know: to be asked about anew."""
    found = []
    for payment in listing.payments:
        attempt = await find_attempt(uow, account_id, payment.ids)
        if attempt and payment.captured and payment.captured.minor != attempt.captured_amount:
            found.append(attempt.id)
    return found


_ATTEMPTS = f"""
SELECT {COLUMNS} FROM payment_attempts
WHERE tenant_id = $1 AND account_id = $2 AND currency = $3 AND (
    captured_at >= $4 AND captured_at < $5 OR provider_id = ANY ($6::text[]) OR reference = ANY ($7::text[]))
"""
_REFUNDS = f"""
SELECT {", ".join(f"r.{name}" for name in REFUND_COLUMNS.split(", "))} FROM refunds r
JOIN payment_attempts a ON a.tenant_id = r.tenant_id AND a.id = r.attempt_id
WHERE r.tenant_id = $1 AND a.account_id = $2 AND r.currency = $3 AND (
    r.done_at >= $4 AND r.done_at < $5 AND r.status = 'succeeded' OR r.provider_id = ANY ($6::text[]))
"""


async def compare(
    uow: UnitOfWork, account_id: int, currency: str, window: Window, listing: Listing
) -> tuple[Report, Report]:
    """Payments and refunds, by what is stored now."""
    span = (uow.tenant_id, account_id, currency, window.starts_at, window.ends_at)
    names = [[one.ids.provider_id for one in listing.payments], [one.ids.reference for one in listing.payments]]
    ours: list[Attempt] = [attempt_from(row) for row in await uow.driver.fetch(_ATTEMPTS, *span, *names)]
    ids = [one.provider_id for one in listing.refunds]
    back: list[Refund] = [refund_from(row) for row in await uow.driver.fetch(_REFUNDS, *span, ids)]
    return compare_payments(listing.payments, ours, currency), compare_refunds(listing.refunds, back, currency)


async def open_cases(uow: UnitOfWork, account: PaymentAccount, reports: Sequence[Report], now: datetime) -> None:
    """One for each difference that asking again did not settle."""
    for report in reports:
        for item in report.differing:
            if item.cls is Class.FEE:
                continue
            note = f"{account.provider} says {item.theirs}, we say {item.ours} ({item.cls}): compare with its dashboard"
            subject = f"{account.id}:{item.kind}:{item.reference}"
            await open_case(uow, f"reconciliation_{item.cls}", subject, note, payment_id=None, now=now)
