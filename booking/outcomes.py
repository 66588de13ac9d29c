"""How an appointment ended: it took place, or nobody came. The merchant says so, and may correct it; else time does."""

from datetime import datetime

from booking import claims
from booking.booking import (
    COLUMNS,
    TRANSITIONS,
    Booking,
    IllegalTransitionError,
    NotStartedError,
    Status,
    booking_from,
    get,
    lock,
)
from booking.catalogue_rows import load_catalogue
from booking.fees import fee_by, price_of, store_fee
from booking.rules import COMPLETED_AFTER
from core.uow import UnitOfWork


async def complete(uow: UnitOfWork, booking_id: int, *, now: datetime) -> Booking:
    """confirmed (or no_show, by mistake) → completed, from its start on; twice gives the same booking.

    Raises NotStartedError or IllegalTransitionError. What is left of its time is free.
    """
    return await _settle(uow, booking_id, Status.COMPLETED, now)


async def no_show(uow: UnitOfWork, booking_id: int, *, now: datetime) -> Booking:
    """confirmed (or completed, by mistake or by time) → no_show, in the same way as `complete`.

    The fee of the tenant's rule is stored; a correction takes it back.
    """
    return await _settle(uow, booking_id, Status.NO_SHOW, now)


async def complete_ended(uow: UnitOfWork, booking_id: int, *, now: datetime) -> bool:
    """Completes what has been over for COMPLETED_AFTER and about which nobody said anything; False otherwise."""
    await lock(uow, booking_id)
    booking = await get(uow, booking_id)
    if booking.status is not Status.CONFIRMED or booking.ends_at > now - COMPLETED_AFTER:
        return False
    await _end(uow, booking, Status.COMPLETED, now, "system")
    return True


async def _settle(uow: UnitOfWork, booking_id: int, outcome: Status, now: datetime) -> Booking:
    await lock(uow, booking_id)
    booking = await get(uow, booking_id)
    if booking.status is outcome:
        return booking
    if outcome not in TRANSITIONS[booking.status]:
        raise IllegalTransitionError(status=booking.status)
    if now < booking.starts_at:
        raise NotStartedError
    if booking.status is Status.CONFIRMED:
        settled = await _end(uow, booking, outcome, now, "merchant")
    else:
        settled = booking_from(await uow.driver.fetchrow(_CORRECT, uow.tenant_id, booking_id, outcome))
    rule = (await load_catalogue(uow)).rules.no_show_fee if outcome is Status.NO_SHOW else None
    return await store_fee(uow, settled, fee_by(rule, price_of(settled)))


async def _end(uow: UnitOfWork, booking: Booking, outcome: Status, now: datetime, by: str) -> Booking:
    ended = await claims.release(uow, booking.id, outcome, following=[Status.CONFIRMED], now=now, by=by)
    assert ended is not None, "its row is locked"
    return ended


# Seat and time were given back when it first ended.
_CORRECT = f"""
UPDATE bookings SET status = $3, sequence = sequence + 1 WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}
"""
