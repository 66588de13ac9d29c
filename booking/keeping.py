"""Held time that is kept for somebody who is paying: so long at a time, and not for ever.

The payment is locked before the booking, here and wherever both are changed.
"""

from datetime import datetime, timedelta

from booking import occupancy
from booking.booking import COLUMNS, Booking, booking_from, get, lock
from core.uow import UnitOfWork
from payments import payment
from payments.payment import Payment

# Who opens the provider's page or types a PIN in the last third, or the last minutes, is given more time: so much at
# once, and in all.
_SHORTLY = timedelta(minutes=5)
_THIRD = 3
_STEP = timedelta(minutes=10)
_AT_MOST = timedelta(minutes=15)
# Whose provider does not answer when its page is to be closed may be paying on it: asked again so often, and so long.
_ASKED_AGAIN = timedelta(minutes=1)
_UNANSWERED_AT_MOST = timedelta(minutes=5)

# What is held too long and was not taken by anybody is still there; whoever takes it ends it first.
_HOLD_LONGER = f"""
WITH moved AS (
    UPDATE bookings SET hold_until = $3
    WHERE tenant_id = $1 AND id = $2 AND (status = 'held') IS TRUE AND hold_until < $3 RETURNING {COLUMNS}
), settled AS ({occupancy.SETTLED}
)
SELECT * FROM moved
"""


async def hold_longer(uow: UnitOfWork, booking_id: int, until: datetime) -> Booking | None:
    """The booking and all that it takes up; None where it is not held (any longer), or as long already. The caller
    holds its payments locked."""
    await lock(uow, booking_id)
    row = await uow.driver.fetchrow(_HOLD_LONGER, uow.tenant_id, booking_id, until)
    return booking_from(row) if row else None


async def keep_while_paying(uow: UnitOfWork, payment_id: int, *, now: datetime) -> Payment | None:
    """Ten minutes more where the time ends shortly and money is on its way; never beyond fifteen minutes after the
    time that was agreed at first. None where that is used up, somebody else has the time, or nothing is to be paid."""
    asked = await payment.lock(uow, payment_id)
    shortly = min(_SHORTLY, (asked.expires_at - asked.created_at) / _THIRD)
    if not asked.may_be_paid or asked.expires_at > now + shortly:
        return None
    cap = asked.hold_cap or asked.expires_at + _AT_MOST
    until = min(now + _STEP, asked.expires_at + _STEP, cap, (await get(uow, asked.booking_id)).starts_at)
    if until <= max(now, asked.expires_at) or await hold_longer(uow, asked.booking_id, until) is None:
        return None
    return await payment.prolong(uow, asked, until, hold_cap=cap)


async def keep_unanswered(uow: UnitOfWork, booking_id: int, *, now: datetime) -> bool:
    """A minute more for held time whose page could not be closed nor asked about, five in all. The link has ended all
    the same; the payment is over with the time."""
    await payment.lock_of_booking(uow, booking_id)
    ends = [asked.expires_at for asked in await payment.of_booking(uow, booking_id) if asked.may_be_paid]
    if not ends:
        return False
    until = min(now + _ASKED_AGAIN, max(ends) + _UNANSWERED_AT_MOST, (await get(uow, booking_id)).starts_at)
    return until > now and await hold_longer(uow, booking_id, until) is not None
