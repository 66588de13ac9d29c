"""Closing the provider's page: before held time is given away, and after a booking was called off."""

from core import failpoints
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from payments.accounts import PaymentAccount
from payments.attempts import OPEN, Attempt, AttemptStatus, change, lock_attempt, next_poll
from payments.payment import PaymentStatus, get
from payments.provider_values import CancelOutcome

_OPEN_OF_BOOKING = """
SELECT a.id FROM payment_attempts a JOIN payments p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id
WHERE a.tenant_id = $1 AND p.booking_id = $2 AND a.status IN ('created', 'open', 'processing') ORDER BY a.id
"""


async def open_attempts(uow: UnitOfWork, booking_id: int) -> list[int]:
    """Those on whose pages somebody may still pay for this booking."""
    return [row["id"] for row in await uow.driver.fetch(_OPEN_OF_BOOKING, uow.tenant_id, booking_id)]


async def is_over(uow: UnitOfWork, attempt: Attempt) -> bool:
    """Whether a page is open for something that is not to be paid any more, or was paid on another page."""
    if attempt.status not in OPEN:
        return False
    asked = await get(uow, attempt.payment_id)
    return asked.is_paid or asked.status in (PaymentStatus.EXPIRED, PaymentStatus.CANCELLED)


async def close(runtime: Runtime, tenant_id: int, attempt: Attempt, account: PaymentAccount) -> CancelOutcome:
    """What the provider said; where it gave no answer it is asked again later on."""
    outcome = await account.adapter.cancel_checkout(account.at(runtime), attempt.ids)
    failpoints.hit("payment_page.closed")
    if outcome is CancelOutcome.CANCELLED:
        await in_unit(runtime, tenant_id, lambda uow: _closed(uow, attempt.id))
    return outcome


async def _closed(uow: UnitOfWork, attempt_id: int) -> None:
    """What has been paid meanwhile stays paid."""
    _, attempt = await lock_attempt(uow, attempt_id)
    if attempt.status in OPEN:
        await change(uow, attempt, AttemptStatus.CANCELLED, poll_at=None)


async def leave_open(uow: UnitOfWork, attempt_id: int) -> None:
    """A page that cannot be closed is led to no more, and asked about for as long as a payment may come; unless the
    time was kept because somebody is paying there."""
    asked, attempt = await lock_attempt(uow, attempt_id)
    now = uow.runtime.clock.now()
    is_kept = asked.may_be_paid and asked.expires_at > now
    if attempt.status in OPEN and not is_kept:
        await change(uow, attempt, AttemptStatus.EXPIRED, poll_at=next_poll(attempt.created_at, now))
