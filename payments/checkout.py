"""From our link to the provider's page: the attempt is written down, then the provider is asked, then its answer kept.

A crash between any two of these leaves an attempt that is found again: by the next tap on the link, or by polling.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from core import failpoints
from core.errors import ExpectedError, PermanentError
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from payments.accounts import PaymentAccount, account_for, get_account
from payments.attempts import OPEN, Attempt, AttemptStatus, attempts_of, begin, change, lock_attempt, next_poll
from payments.cases import CaseKind, open_case
from payments.closing import close
from payments.failures import DuplicateReference, KeySpent
from payments.payment import Payment, PaymentStatus, lock, move
from payments.provider_values import Checkout, CheckoutRequest, Payer

# Nobody pays within seconds: a page that is about to end is not handed out again.
_STILL_USABLE = timedelta(minutes=1)


class PaymentOverError(ExpectedError):
    """Paid, cancelled or too late: nobody is led to the provider any more. `facts["status"]`."""

    reply_key = "payment.over"


class NoAccountError(ExpectedError):
    """The tenant has no account that takes this currency and amount."""

    reply_key = "payment.no_account"


@dataclass(frozen=True, slots=True)
class Order:
    """What the provider's page says: to whom it is shown, for what, and where it leads afterwards."""

    description: str
    return_url: str
    payer: Payer
    language: str


async def open_checkout(runtime: Runtime, tenant_id: int, payment_id: int, order: Order) -> str:
    """Where to pay: the page that is open already, else a new one. Empty where people pay by hand.

    Raises PaymentOverError, NoAccountError and the failures of the provider: the same link may be tried again.
    """
    try:
        return await _open(runtime, tenant_id, payment_id, order)
    except DuplicateReference:  # an earlier call arrived and its answer is lost; its page was never shown to anybody
        return await _open(runtime, tenant_id, payment_id, order)


async def _open(runtime: Runtime, tenant_id: int, payment_id: int, order: Order) -> str:
    attempt, account = await in_unit(runtime, tenant_id, lambda uow: _prepare(uow, payment_id))
    if attempt.status is not AttemptStatus.CREATED:
        return attempt.url or ""
    failpoints.hit("checkout.begun")
    try:
        checkout = await account.adapter.create_checkout(account.at(runtime), _request(attempt, order))
    except (PermanentError, KeySpent) as error:
        await in_unit(runtime, tenant_id, partial(_give_up, attempt=attempt, error=error))
        raise
    failpoints.hit("checkout.answered")
    payment, attempt = await in_unit(runtime, tenant_id, lambda uow: _keep(uow, attempt, checkout))
    failpoints.hit("checkout.kept")
    if not payment.may_be_paid:
        await close(runtime, tenant_id, attempt, account)
        raise PaymentOverError(status=payment.status)
    return attempt.url or ""


async def _prepare(uow: UnitOfWork, payment_id: int) -> tuple[Attempt, PaymentAccount]:
    now = uow.runtime.clock.now()
    payment = await lock(uow, payment_id)
    if not payment.may_be_paid or payment.expires_at <= now:
        raise PaymentOverError(status=payment.status)
    for attempt in await attempts_of(uow, payment.id):
        if attempt.status in OPEN:
            account = await get_account(uow, attempt.account_id)
            if _is_usable(attempt, account, now):
                return attempt, account
            ended = AttemptStatus.EXPIRED if attempt.url else AttemptStatus.CANCELLED
            await change(uow, attempt, ended, poll_at=next_poll(attempt.created_at, now))
    return await _begin(uow, payment, now)


def _is_usable(attempt: Attempt, account: PaymentAccount, now: datetime) -> bool:
    if attempt.expires_at is not None and attempt.expires_at <= now + _STILL_USABLE:
        return False
    if attempt.status is AttemptStatus.CREATED:
        return account.adapter.capabilities.repeats_create
    return bool(attempt.url)  # its answer was lost, and not every provider tells afterwards where to pay


async def _begin(uow: UnitOfWork, payment: Payment, now: datetime) -> tuple[Attempt, PaymentAccount]:
    account = await account_for(uow, payment.asked)
    if account is None:
        raise NoAccountError(currency=payment.currency)
    expires_at = account.adapter.capabilities.expires_at(payment.expires_at, now)
    attempt = await begin(
        uow, payment, account_id=account.id, provider=account.provider, expires_at=expires_at, now=now
    )
    return attempt, account


def _request(attempt: Attempt, order: Order) -> CheckoutRequest:
    return CheckoutRequest(
        reference=attempt.reference,
        amount=attempt.asked,
        description=order.description,
        return_url=order.return_url,
        payer=order.payer,
        expires_at=attempt.expires_at,
        language=order.language,
        metadata={"payment_id": str(attempt.payment_id), "attempt_id": str(attempt.id)},
    )


async def _keep(uow: UnitOfWork, attempt: Attempt, checkout: Checkout) -> tuple[Payment, Attempt]:
    """The money may have been quicker than the answer: then the attempt stays what it has become. So may the customer
    have been, who has called it off."""
    payment, attempt = await lock_attempt(uow, attempt.id)
    is_new = attempt.status is AttemptStatus.CREATED
    kept = await change(
        uow,
        attempt,
        AttemptStatus.OPEN if is_new else attempt.status,
        poll_at=next_poll(attempt.created_at, uow.runtime.clock.now()),
        ids=checkout.ids,
        url=checkout.url,
        expires_at=checkout.expires_at,
    )
    if payment.may_be_paid:
        await move(uow, payment.id, PaymentStatus.PENDING)
    return payment, kept


async def _give_up(uow: UnitOfWork, attempt: Attempt, error: PermanentError | KeySpent) -> None:
    """It is asked about for as long as any other: what was refused may have been carried out. Where it is refused for
    good nobody can pay, and a person has to know."""
    now = uow.runtime.clock.now()
    await lock(uow, attempt.payment_id)
    await change(uow, attempt, AttemptStatus.FAILED, poll_at=next_poll(attempt.created_at, now))
    if isinstance(error, PermanentError) and not isinstance(error, DuplicateReference):
        note = (
            f"{attempt.provider} makes no page to pay {attempt.amount} {attempt.currency} on ({error.code or error}):"
            " check the account's keys and what it may take"
        )
        await open_case(
            uow, CaseKind.ACCOUNT, f"account:{attempt.account_id}", note, payment_id=attempt.payment_id, now=now
        )
