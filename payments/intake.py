"""What the provider says of an attempt becomes what we know: one function for webhook, redirect and poller.

The provider is asked first, with no transaction open; its answer is then applied under the payment's lock. What came in
is written to the ledger once, however often and in whatever order it is told. What it means to the booking is for the
caller to decide, in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork
from payments import ledger
from payments.accounts import PaymentAccount
from payments.attempts import (
    OPEN,
    Attempt,
    AttemptStatus,
    capture,
    change,
    get_attempt,
    lock_attempt,
    next_poll,
    polled,
)
from payments.cases import PROVIDER, CaseKind, close_cases_of, open_case, open_unless_decided
from payments.ledger import Source
from payments.payment import Payment, PaymentStatus, count, move
from payments.provider_values import PaymentState, ProviderPayment
from payments.registry import PROVIDERS
from payments.releases import pass_on

_STATUS = {
    PaymentState.PENDING: AttemptStatus.OPEN,
    PaymentState.UNKNOWN: AttemptStatus.OPEN,
    PaymentState.PROCESSING: AttemptStatus.PROCESSING,
    PaymentState.PARTIAL: AttemptStatus.PROCESSING,
    PaymentState.PAID: AttemptStatus.CAPTURED,
    PaymentState.REVERSED: AttemptStatus.CAPTURED,
    PaymentState.FAILED: AttemptStatus.FAILED,
    PaymentState.EXPIRED: AttemptStatus.EXPIRED,
    PaymentState.CANCELLED: AttemptStatus.CANCELLED,
}
_SOON = timedelta(minutes=1)
_PAYMENT = {
    AttemptStatus.OPEN: PaymentStatus.PENDING,
    AttemptStatus.PROCESSING: PaymentStatus.PENDING,
    AttemptStatus.FAILED: PaymentStatus.FAILED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """The payment as it was and as it is now. `more` is what came in that was not known before."""

    before: Payment
    payment: Payment
    attempt: Attempt
    more: Money

    @property
    def is_newly_paid(self) -> bool:
        return self.payment.is_paid and not self.before.is_paid


async def look(runtime: Runtime, attempt: Attempt, account: PaymentAccount) -> ProviderPayment | None:
    """What the provider says now; None where it knows nothing of the attempt. Raises the failures of the provider."""
    return await account.adapter.fetch_payment(account.at(runtime), attempt.ids)


async def apply(uow: UnitOfWork, attempt_id: int, found: ProviderPayment | None) -> Change:
    """Under the payment's lock; the same answer applied again changes nothing."""
    now = uow.runtime.clock.now()
    before, attempt = await lock_attempt(uow, attempt_id)
    if found is None:
        await polled(uow, attempt, poll_at=next_poll(attempt.created_at, now))
        if attempt.url and attempt.status in OPEN:
            await _ask_whose_account(uow, attempt, now)
        return Change(before, before, attempt, Money(0, attempt.currency))
    attempt, more = await _take_in(uow, before, attempt, found, now)
    status = _status(attempt, found)
    attempt = await change(uow, attempt, status, poll_at=_poll_at(attempt, status, now), ids=found.ids)
    if found.state is PaymentState.PARTIAL and not found.captured:
        await _ask_how_much(uow, attempt, now)
    payment = await count(uow, before.id, now=now)
    if payment.captured_amount == 0 and status in _PAYMENT and payment.may_be_paid:
        payment = await move(uow, payment.id, _PAYMENT[status]) or payment
    return Change(before, payment, attempt, more)


def _status(attempt: Attempt, found: ProviderPayment) -> AttemptStatus:
    """What has once come in is not undone by a status: refunds and disputes tell what went back."""
    status = _STATUS[found.state]
    if attempt.captured_amount >= attempt.amount or attempt.status is AttemptStatus.CAPTURED:
        return AttemptStatus.CAPTURED
    if attempt.status not in OPEN and status in OPEN:
        return attempt.status
    return status


def _poll_at(attempt: Attempt, status: AttemptStatus, now: datetime) -> datetime | None:
    """A captured attempt is looked at no more; one that ended is, as long as its page may still be paid on."""
    if status is AttemptStatus.CAPTURED:
        return None
    if status not in OPEN and PROVIDERS[attempt.provider].capabilities.can_cancel:
        return None
    return next_poll(attempt.created_at, now)


async def _take_in(
    uow: UnitOfWork, payment: Payment, attempt: Attempt, found: ProviderPayment, now: datetime
) -> tuple[Attempt, Money]:
    """Writes down what came in and is new: compared in our units with what was stored when it was asked for."""
    nothing = Money(0, attempt.currency)
    captured = found.captured
    if captured is None or captured.minor == 0:
        return attempt, nothing
    if captured.currency != attempt.currency:
        await _set_aside(uow, attempt, captured, found.fee, now)
        return attempt, nothing
    fee = found.fee.minor if found.fee and found.fee.currency == attempt.currency else attempt.fee
    more, dearer = captured.minor - attempt.captured_amount, fee - attempt.fee
    if more <= 0 and dearer <= 0:
        return attempt, nothing
    more, dearer = max(more, 0), max(dearer, 0)
    total = attempt.captured_amount + more
    came, fee_of_it = Money(more, attempt.currency), Money(dearer, attempt.currency)
    entries = ledger.captured(attempt.provider, came, fee_of_it)
    source = Source("attempt", attempt.id, f"captured:{total}:{attempt.fee + dearer}")
    await ledger.post(uow, source, entries, currency=attempt.currency, now=now)
    if attempt.status is not AttemptStatus.OPEN:  # some of it may have come before
        await close_cases_of(uow, CaseKind.PARTIAL, f"attempt:{attempt.id}", by=PROVIDER, now=now)
    attempt = await capture(uow, attempt, total, attempt.fee + dearer, found.captured_at or now)
    await pass_on(uow, payment, attempt, came, fee_of_it, now=now)
    return attempt, came


async def _ask_whose_account(uow: UnitOfWork, attempt: Attempt, now: datetime) -> None:
    """What people pay on that page may come to somebody's account without our ever hearing of it."""
    note = (
        f"{attempt.provider} does not know {attempt.reference}, for which it gave us a page to pay on: are the keys"
        " those of another of its accounts by now? Each account needs a name of its own"
    )
    subject = f"unknown:{attempt.account_id}"
    await open_unless_decided(uow, CaseKind.ACCOUNT, subject, note, payment_id=attempt.payment_id, now=now)


async def _ask_how_much(uow: UnitOfWork, attempt: Attempt, now: datetime) -> None:
    """Some of it has come, and the provider does not say how much: till it does, only a person can find out."""
    note = (
        f"less than {attempt.amount} {attempt.currency} came in for {attempt.reference}, and {attempt.provider} does"
        " not say how much: look in its dashboard, then ask for the rest or pay it back there"
    )
    subject = f"attempt:{attempt.id}"
    await open_unless_decided(uow, CaseKind.PARTIAL, subject, note, payment_id=attempt.payment_id, now=now)


async def _set_aside(uow: UnitOfWork, attempt: Attempt, captured: Money, fee: Money | None, now: datetime) -> None:
    """Money in another currency than was asked for pays for nothing; a person decides."""
    kept = fee.minor if fee and fee.currency == captured.currency else 0
    entries = [
        ledger.Entry(ledger.clearing(attempt.provider), captured.minor - kept),
        ledger.Entry(ledger.PSP_FEE, kept),
        ledger.Entry(ledger.SUSPENSE, -captured.minor),
    ]
    source = Source("attempt", attempt.id, f"other_currency:{captured.currency}")
    await ledger.post(uow, source, entries, currency=captured.currency, now=now)
    note = f"{captured.minor} {captured.currency} came in where {attempt.currency} was asked for: refund it by hand"
    await open_case(uow, CaseKind.WRONG_CURRENCY, f"attempt:{attempt.id}", note, payment_id=attempt.payment_id, now=now)


async def look_later(uow: UnitOfWork, attempt_id: int) -> None:
    """The provider does not answer: asked again in a minute, while there is something to be expected."""
    now, attempt = uow.runtime.clock.now(), await get_attempt(uow, attempt_id)
    soon = now + _SOON
    await polled(uow, attempt, poll_at=min(soon, next_poll(attempt.created_at, now) or soon))


async def give_up(uow: UnitOfWork, attempt_id: int, why: str) -> None:
    """The provider refuses to tell: a person looks at the account; it is asked again by the ordinary clock."""
    now, attempt = uow.runtime.clock.now(), await get_attempt(uow, attempt_id)
    await polled(uow, attempt, poll_at=next_poll(attempt.created_at, now))
    note = f"{attempt.provider} does not tell of {attempt.reference} ({why}): check the account's keys"
    await open_case(
        uow, CaseKind.ACCOUNT, f"account:{attempt.account_id}", note, payment_id=attempt.payment_id, now=now
    )
