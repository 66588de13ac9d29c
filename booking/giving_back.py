"""What goes back when a booking ends before it was done: all that came in but the fee, and nothing more is asked for.

The payments are locked before the booking, here and wherever both are changed.
"""

from collections.abc import Sequence
from datetime import datetime

from booking.booking import Booking
from core.money import Money
from core.uow import UnitOfWork
from payments import links, payment, refunds
from payments.accounts import get_account
from payments.attempts import OPEN, Attempt, attempts_of
from payments.payment import Payment, PaymentStatus
from payments.refund_caps import OURSELVES, is_within
from payments.refunds import Refund


async def give_back(
    uow: UnitOfWork,
    booking: Booking,
    *,
    keep: Money | None,
    by: str,
    now: datetime,
    status: PaymentStatus = PaymentStatus.CANCELLED,
) -> list[Refund]:
    """All that came in but the fee. Below the tenant's limit and within its caps nobody is asked, nor for what ended by
    itself; the link ends. The caller holds the payments locked."""
    made: list[Refund] = []
    for paid in await payment.of_booking(uow, booking.id):
        await links.end(uow, paid.id, now=now)
        attempts = await attempts_of(uow, paid.id)
        for attempt in attempts:
            if attempt.status in OPEN:
                uow.wake("payment", attempt.id)  # to close the provider's page
        await payment.move(uow, paid.id, status)
        left = await refunds.refundable(uow, paid)
        amount = Money(max(left.minor - (keep.minor if keep else 0), 0), paid.currency)
        if amount.minor:
            made += await refunds.request(
                uow,
                paid,
                amount,
                reason=status.value,
                key=f"{status}:{booking.id}:{paid.id}",
                by=by,
                is_approved=await _goes_without_asking(uow, paid, attempts, amount, by=by, now=now),
                now=now,
            )
    return made


async def _goes_without_asking(
    uow: UnitOfWork, paid: Payment, attempts: Sequence[Attempt], amount: Money, *, by: str, now: datetime
) -> bool:
    if by == OURSELVES:  # for what was never agreed nothing may be kept, whoever is asked
        return True
    ids = {attempt.account_id for attempt in attempts if attempt.captured_amount}
    accounts = [await get_account(uow, id) for id in ids]
    if amount.minor >= min(account.refund_auto_approve_below for account in accounts):
        return False
    return await is_within(uow, accounts, paid, amount, now=now)


async def forgo(uow: UnitOfWork, booking_ids: Sequence[int]) -> None:
    """What was to be paid for time that its customer has given up is seen to behind this transaction: it is too late
    to lock the payments before their bookings."""
    for payment_id in await payment.unpaid_of(uow, booking_ids):
        uow.wake("payment_end", payment_id)
