"""What happens to a booking: held, agreed, asked for, moved, ended. Nothing else changes a status.

All is decided by conditional statements on the booking's own row, so that of two who act at once one finds the other's
work done. What a status may become is said in booking.TRANSITIONS alone.
"""

from dataclasses import dataclass
from datetime import datetime

from booking import claims
from booking.booking import (
    TRANSITIONS,
    AlreadyDecidedError,
    Booking,
    By,
    IllegalTransitionError,
    NotBookableError,
    NotStartedError,
    SlotTakenError,
    Status,
    TooLateToCancelError,
    TooLateToChangeError,
    TooManyBookingsError,
    get,
    lock,
    sources_of,
)
from booking.catalogue_rows import load_catalogue
from booking.fees import store_fee
from booking.giving_back import give_back
from booking.holding import hold, hold_again
from booking.moving_back import forget, move_back
from booking.outcomes import complete, complete_ended, no_show
from booking.rescheduling import reschedule
from booking.results import store_result
from booking.rules import is_too_late
from core.money import Money
from core.uow import UnitOfWork
from payments.payment import PaymentStatus, lock_of_booking

__all__ = [
    "AlreadyDecidedError",
    "Booking",
    "IllegalTransitionError",
    "NotBookableError",
    "NotStartedError",
    "Paid",
    "SlotTakenError",
    "Status",
    "TooLateToCancelError",
    "TooLateToChangeError",
    "TooManyBookingsError",
    "approve",
    "cancel",
    "complete",
    "complete_ended",
    "confirm",
    "decline",
    "expire",
    "hold",
    "no_show",
    "on_payment",
    "reschedule",
    "waive_fee",
]


@dataclass(frozen=True, slots=True)
class Paid:
    """Not kept: the time is gone or the booking was cancelled, and the money has to go back."""

    booking: Booking
    is_kept: bool


async def confirm(uow: UnitOfWork, booking_id: int, *, now: datetime) -> Booking:
    """held → confirmed, or pending_approval where the tenant approves. Confirming twice gives the same booking.

    A hold that has run out is taken anew when its time is still free; else SlotTakenError.
    """
    booking = await _confirm_held(uow, booking_id, now)
    if booking is not None:
        return booking
    booking = await get(uow, booking_id)
    if booking.status in (Status.CONFIRMED, Status.PENDING_APPROVAL):
        return booking
    if booking.status not in (Status.HELD, Status.EXPIRED):
        raise IllegalTransitionError(status=booking.status)
    await hold_again(uow, await load_catalogue(uow), booking, now=now)
    confirmed = await _confirm_held(uow, booking_id, now)
    assert confirmed is not None
    return confirmed


async def on_payment(uow: UnitOfWork, booking_id: int, *, now: datetime) -> Paid:
    """A hold that is paid for is confirmed, also one that has run out while its time is still free. What comes twice
    changes nothing."""
    booking = await get(uow, booking_id)
    if booking.status in (Status.HELD, Status.EXPIRED):
        try:
            return Paid(await confirm(uow, booking_id, now=now), is_kept=True)
        except SlotTakenError:
            return Paid(await get(uow, booking_id), is_kept=False)
        except IllegalTransitionError:  # it was ended or told how it went meanwhile
            booking = await get(uow, booking_id)
    return Paid(booking, is_kept=booking.status is not Status.CANCELLED)


async def approve(uow: UnitOfWork, booking_id: int, *, now: datetime) -> Booking:
    """pending_approval → confirmed, once: AlreadyDecidedError when it is decided or its time to decide is over."""
    await lock(uow, booking_id)
    booking = await _move(uow, booking_id, Status.PENDING_APPROVAL, Status.CONFIRMED, now=now)
    if booking is None:
        raise AlreadyDecidedError(status=(await get(uow, booking_id)).status)
    return booking


async def decline(uow: UnitOfWork, booking_id: int, *, now: datetime) -> Booking:
    """pending_approval → cancelled by the merchant, once: AlreadyDecidedError.

    What was agreed before the customer asked for another time goes back to it, confirmed, while that is free.
    """
    is_paid_for = await lock_of_booking(uow, booking_id)
    booking = await get(uow, booking_id)
    if booking.status is Status.PENDING_APPROVAL:
        restored = await move_back(uow, await load_catalogue(uow), booking, now=now)
        if restored is not None:
            return restored
    following = [Status.PENDING_APPROVAL]
    declined = await claims.release(uow, booking_id, Status.CANCELLED, following=following, now=now, by="merchant")
    if declined is None:
        raise AlreadyDecidedError(status=(await get(uow, booking_id)).status)
    if is_paid_for:
        await give_back(uow, declined, keep=None, by="merchant", now=now)
    return declined


async def cancel(
    uow: UnitOfWork, booking_id: int, *, now: datetime, by: By, key: str, fee: Money | None = None
) -> Booking:
    """Gives the time back and calls the reminders off. Cancelling twice gives the same booking.

    A customer's agreed booking only till cancel_until_hours before its start: TooLateToCancelError. `fee` is what
    the merchant, asked by the customer, takes for a late one.
    """
    is_paid_for = await lock_of_booking(uow, booking_id)
    booking = await get(uow, booking_id)
    if booking.status is Status.CANCELLED:
        return booking
    if by == "customer":
        rules = (await load_catalogue(uow)).rules
        if is_too_late(booking, rules, now):
            raise TooLateToCancelError(hours=rules.cancel_until_hours)
    following = sources_of(Status.CANCELLED)
    cancelled = await claims.release(uow, booking_id, Status.CANCELLED, following=following, now=now, by=by)
    if cancelled is None:
        return await _cancelled_meanwhile(uow, booking_id)
    await store_result(uow, key, booking_id)
    if is_paid_for:
        await give_back(uow, cancelled, keep=fee, by=by, now=now)
    return cancelled if fee is None else await store_fee(uow, cancelled, fee)


async def waive_fee(uow: UnitOfWork, booking_id: int) -> Booking:
    """The merchant does without the fee that was stored; twice gives the same booking."""
    await lock(uow, booking_id)
    return await store_fee(uow, await get(uow, booking_id), None)


async def expire(uow: UnitOfWork, booking_id: int, *, now: datetime) -> bool:
    """held or pending_approval → expired once its time has run out; False when there is nothing to end.

    A move that was not accepted in time goes back to what was agreed, as when it is declined. A request that somebody
    else has ended, by taking its time, is wound up here as well: what was paid for it goes back.
    """
    is_paid_for = await lock_of_booking(uow, booking_id)
    booking = await get(uow, booking_id)
    has_lapsed = booking.status in (Status.PENDING_APPROVAL, Status.EXPIRED) and (booking.hold_until or now) <= now
    if has_lapsed and await move_back(uow, await load_catalogue(uow), booking, now=now):
        return True
    following = sources_of(Status.EXPIRED)
    ended = await claims.release(uow, booking_id, Status.EXPIRED, following=following, now=now, by="system")
    is_news = await forget(uow, booking_id) or ended is not None
    if is_news and is_paid_for:
        await give_back(uow, ended or booking, keep=None, by="system", now=now, status=PaymentStatus.EXPIRED)
    return is_news


async def _move(uow: UnitOfWork, booking_id: int, origin: Status, target: Status, *, now: datetime) -> Booking | None:
    """Along the table of transitions; None when the booking is not (any longer) in `origin`."""
    if target not in TRANSITIONS[origin]:
        raise ValueError(f"no booking goes from {origin} to {target}")
    rules = (await load_catalogue(uow)).rules
    return await claims.move_on(
        uow,
        booking_id,
        origin,
        target,
        now=now,
        request_timeout=rules.approval_timeout,
        reminders_hours_before=rules.reminders_hours_before,
    )


async def _confirm_held(uow: UnitOfWork, booking_id: int, now: datetime) -> Booking | None:
    approves = (await load_catalogue(uow)).rules.requires_approval
    target = Status.PENDING_APPROVAL if approves else Status.CONFIRMED
    return await _move(uow, booking_id, Status.HELD, target, now=now)


async def _cancelled_meanwhile(uow: UnitOfWork, booking_id: int) -> Booking:
    booking = await get(uow, booking_id)
    if booking.status is not Status.CANCELLED:
        raise IllegalTransitionError(status=booking.status)
    return booking
