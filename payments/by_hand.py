"""Money that no provider tells of: the customer says that it was sent, the merchant that it came.

What the merchant says is taken in as a provider's answer would be. An attempt is one try: open once it was asked for,
processing once the customer says that it was paid, failed when nothing has come. It is never polled.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from core.uow import UnitOfWork
from payments import intake
from payments.accounts import PaymentAccount, get_account
from payments.attempts import OPEN, Attempt, AttemptStatus, attempts_of, begin, change
from payments.intake import Change
from payments.payment import Payment, PaymentStatus, get, lock, move
from payments.provider_values import PaymentState, ProviderPayment
from payments.registry import PROVIDERS

_SAID = "said_by_merchant"


@dataclass(frozen=True, slots=True)
class ByHand:
    """The newest try and the first, and the account that says how to pay."""

    account: PaymentAccount
    attempt: Attempt
    first: Attempt

    @property
    def reference(self) -> str:
        """The same for all tries: who has written it on a transfer cannot change it."""
        return self.first.quoted

    @property
    def is_claimed(self) -> bool:
        """The customer says that it was paid, and nobody has answered yet."""
        return self.attempt.status is AttemptStatus.PROCESSING


async def find(uow: UnitOfWork, payment_id: int) -> ByHand | None:
    """None where it is paid through a provider, or nobody has tried yet."""
    tries = await attempts_of(uow, payment_id)
    account = await get_account(uow, tries[-1].account_id) if tries else None
    if account is None or not account.is_by_hand:
        return None
    return ByHand(account, tries[-1], next(one for one in tries if one.account_id == account.id))


async def ask(uow: UnitOfWork, payment: Payment, account: PaymentAccount, *, now: datetime) -> ByHand:
    """From now on the merchants may say that it came; asking twice changes nothing."""
    known = await find(uow, payment.id)
    if known is not None:
        return known
    attempt = await _begin(uow, payment, account, AttemptStatus.OPEN, now)
    return ByHand(account, attempt, attempt)


async def claim(uow: UnitOfWork, payment_id: int, *, now: datetime) -> ByHand | None:
    """The customer says that it was paid, be it late; None where it is known to be, or was not to be paid by hand."""
    asked = await lock(uow, payment_id)
    known = await find(uow, payment_id)
    if known is None or asked.is_paid:
        return None
    attempt = known.attempt
    if attempt.status is AttemptStatus.OPEN:
        attempt = await change(uow, attempt, AttemptStatus.PROCESSING, poll_at=None)
    elif attempt.status not in OPEN:
        attempt = await _begin(uow, asked, known.account, AttemptStatus.PROCESSING, now)
    if asked.may_be_paid:
        await move(uow, payment_id, PaymentStatus.PENDING)
    return replace(known, attempt=attempt)


async def received(uow: UnitOfWork, payment_id: int, *, by: int, now: datetime) -> Change | None:
    """A merchant says that all of it came, also after its time; None where that was known, whoever said so."""
    asked = await lock(uow, payment_id)
    known = await find(uow, payment_id)
    if known is None or asked.captured_amount:
        return None
    first = known.first
    if known.attempt.id != first.id and known.attempt.status in OPEN:
        await change(uow, known.attempt, AttemptStatus.CANCELLED, poll_at=None)
    ids = replace(first.ids, provider_ref=f"merchant:{by}")
    came = ProviderPayment(ids, PaymentState.PAID, _SAID, captured=first.asked, captured_at=now)
    return await intake.apply(uow, first.id, came)


async def missed(uow: UnitOfWork, attempt_id: int, payment_id: int) -> ByHand | None:
    """A merchant says that nothing has come; the time stays held. None where this try is over already."""
    asked = await lock(uow, payment_id)
    known = await find(uow, payment_id)
    if known is None or known.attempt.id != attempt_id or known.attempt.status not in OPEN:
        return None
    attempt = await change(uow, known.attempt, AttemptStatus.FAILED, poll_at=None)
    if asked.may_be_paid:
        await move(uow, payment_id, PaymentStatus.FAILED)
    return replace(known, attempt=attempt)


async def _begin(
    uow: UnitOfWork, payment: Payment, account: PaymentAccount, status: AttemptStatus, now: datetime
) -> Attempt:
    begun = await begin(uow, payment, account_id=account.id, provider=account.provider, expires_at=None, now=now)
    return await change(uow, begun, status, poll_at=None)


_UNPAID = """
SELECT p.id FROM payments p
WHERE p.tenant_id = $1 AND ($2::bigint IS NULL OR p.customer_id = $2) AND p.created_at > $3 AND p.captured_amount = 0
    AND EXISTS (SELECT 1 FROM payment_attempts a
                WHERE a.tenant_id = $1 AND a.payment_id = p.id AND a.provider = ANY ($4::text[]))
ORDER BY p.id DESC
"""
_BY_HAND = [key for key, provider in PROVIDERS.items() if provider.capabilities.by_hand]


async def unpaid_of(uow: UnitOfWork, customer_id: int, *, since: datetime) -> list[Payment]:
    """What this customer was asked for and nobody has seen yet; what may still be paid, else the last that is over."""
    asked = await _unpaid(uow, customer_id, since)
    return [one for one in asked if one.may_be_paid] or asked[:1]


async def unpaid(uow: UnitOfWork, *, since: datetime) -> list[Payment]:
    """Everybody's, also what is over; the newest first."""
    return await _unpaid(uow, None, since)


async def _unpaid(uow: UnitOfWork, customer_id: int | None, since: datetime) -> list[Payment]:
    rows = await uow.driver.fetch(_UNPAID, uow.tenant_id, customer_id, since, _BY_HAND)
    return [await get(uow, row["id"]) for row in rows]
