"""What goes back when a booking ends before it was done: all that came in but the fee, and nothing more is asked for.

The payments are locked before the booking, here and wherever both are changed.
"""

from datetime import datetime

from booking.booking import Booking
from core.money import Money
from core.uow import UnitOfWork
from payments import links, payment, refunds
from payments.accounts import get_account
from payments.attempts import OPEN, attempts_of
from payments.payment import Payment, PaymentStatus
from payments.refunds import Refund


async def lock_payments(uow: UnitOfWork, booking_id: int) -> bool:
    """False where nothing was ever to be paid, as for most bookings."""
    return await payment.lock_of_booking(uow, booking_id)


async def give_back(
    uow: UnitOfWork,
    booking: Booking,
    *,
    keep: Money | None,
    by: str,
    now: datetime,
    status: PaymentStatus = PaymentStatus.CANCELLED,
) -> list[Refund]:
    """All that came in but the fee. Below the tenant's limit nobody is asked; the link ends. The caller holds the
    payments locked."""
    made: list[Refund] = []
    for paid in await payment.of_booking(uow, booking.id):
        await links.end(uow, paid.id, now=now)
        for attempt in await attempts_of(uow, paid.id):
            if attempt.status in OPEN:
                uow.wake("payment", attempt.id)  # to close the provider's page
        await payment.move(uow, paid.id, status)
        left = await refunds.refundable(uow, paid)
        amount = Money(max(left.minor - (keep.minor if keep else 0), 0), paid.currency)
        if amount.minor:
            limit = await _limit(uow, paid)
            made += await refunds.request(
                uow,
                paid,
                amount,
                reason=status.value,
                key=f"{status}:{booking.id}:{paid.id}",
                by=by,
                is_approved=amount.minor < limit,
                now=now,
            )
    return made


async def _limit(uow: UnitOfWork, paid: Payment) -> int:
    captured = [attempt for attempt in await attempts_of(uow, paid.id) if attempt.captured_amount]
    return min([(await get_account(uow, attempt.account_id)).refund_auto_approve_below for attempt in captured])
