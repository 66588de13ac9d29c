"""What money means to a booking: what has to be paid before it is agreed, what a payment leads to, what goes back.

The payment is locked before the booking, here and wherever both are changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from booking import lifecycle
from booking.booking import Booking, Status, get
from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from booking.fees import fee_by
from booking.keeping import hold_longer
from booking.plans import find_plan
from booking.queries import BookingView
from booking.visit import Visit
from core.money import Money
from core.uow import UnitOfWork
from payments import by_hand, links, payment, refunds
from payments.accounts import PaymentAccount, account_for
from payments.by_hand import ByHand
from payments.intake import Change
from payments.payment import Payment, PaymentStatus
from payments.refunds import Refund, RefundStatus

_EXTRA, _LATE = "extra", "late"
# Why money went back before enough of it had come.
_WENT_BACK = (_EXTRA, _LATE, PaymentStatus.EXPIRED.value)


def deposit(visit: Visit, staff_ids: tuple[int, ...]) -> Money | None:
    """What has to be paid before the visit is agreed: the deposits of its services, by the seat for a group."""
    asked = [fee_by(item.service.deposit, item.price(id)) for item, id in zip(visit.items, staff_ids, strict=True)]
    known = [one for one in asked if one is not None]
    if not known:
        return None
    total = sum(one.minor for one in known)
    return _chargeable(Money(total * (visit.party_size if visit.is_group else 1), known[0].currency))


def _chargeable(amount: Money) -> Money:
    """Of three decimal places cards take two (Stripe refuses the third): rounded down, so never above the price."""
    step = 10 if Money(1, amount.currency).amount.as_tuple().exponent == -3 else 1
    return Money(amount.minor - amount.minor % step, amount.currency)


async def due_for(uow: UnitOfWork, catalogue: Catalogue, view: BookingView) -> Money | None:
    """Of what is held: the deposit that makes it an agreement; None where nothing is due, or no account
    takes it."""
    plan = await find_plan(uow, catalogue, view.id, party_size=view.party_size) if catalogue.pays_by else None
    amount = deposit(plan.visit, plan.leads) if plan else None
    return amount if amount and catalogue.takes(amount) else None


@dataclass(frozen=True, slots=True)
class Due:
    """`token` makes the link (payments/links.py) that works till the hold ends."""

    payment: Payment
    token: str
    by_hand: ByHand | None


async def ask_for(uow: UnitOfWork, booking: Booking, amount: Money, *, now: datetime) -> Due | None:
    """In the transaction that holds; asked twice, the same link. None where the tenant has no account that could take
    it: then nothing is asked for. Who pays by hand is held the time for longer."""
    account = await account_for(uow, amount)
    if booking.hold_until is None or account is None:
        return None
    until = booking.hold_until
    if account.is_by_hand and not await payment.lock_of_booking(uow, booking.id):
        until = await _hold_for_hand(uow, booking, account, now)
    purpose = "full" if amount.minor == booking.price_minor else "deposit"
    asked = await payment.ask(
        uow,
        booking_id=booking.id,
        customer_id=booking.customer_id,
        purpose=purpose,
        amount=amount,
        expires_at=until,
        now=now,
    )
    token = await links.issue(uow, asked, now=now)
    return Due(asked, token, await by_hand.ask(uow, asked, account, now=now) if account.is_by_hand else None)


async def _hold_for_hand(uow: UnitOfWork, booking: Booking, account: PaymentAccount, now: datetime) -> datetime:
    """Till when it is held: as long as the account says, but not into the tenant's notice, when nobody else could have
    the time any more. What begins too soon for that is held as for everybody."""
    assert booking.hold_until is not None
    notice = timedelta(minutes=(await load_catalogue(uow)).rules.min_notice_minutes)
    until = min(now + account.hold, booking.starts_at - notice)
    return until if await hold_longer(uow, booking.id, until) else booking.hold_until


class Outcome(StrEnum):
    NOTHING_NEW = "nothing_new"
    UNDERPAID = "underpaid"
    KEPT = "kept"
    TOO_LATE = "too_late"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Settled:
    """What somebody has to be told: `booking` as it is now, `refunds` of what could not be kept."""

    outcome: Outcome
    booking: Booking
    change: Change
    refunds: list[Refund]


async def settle(uow: UnitOfWork, change: Change, *, now: datetime) -> Settled:
    """What came in ends in a booking, in a refund, or waits for the rest till the hold ends; in the transaction in
    which it was written down, under the payment's lock."""
    paid = change.payment
    if change.is_newly_paid and await _is_enough_left(uow, change):
        done = await lifecycle.on_payment(uow, paid.booking_id, now=now)
        if not done.is_kept:
            return Settled(Outcome.TOO_LATE, done.booking, change, await _return_all(uow, paid, now))
        return Settled(Outcome.KEPT, done.booking, change, await _return_extra(uow, change, done.booking, now))
    booking = await get(uow, paid.booking_id)
    if not change.more.minor:
        return Settled(Outcome.NOTHING_NEW, booking, change, [])
    if change.before.is_paid:
        return Settled(Outcome.EXTRA, booking, change, await _return_extra(uow, change, booking, now))
    if booking.status is Status.HELD and booking.hold_until and booking.hold_until > now:
        return Settled(Outcome.UNDERPAID, booking, change, [])
    return Settled(Outcome.TOO_LATE, booking, change, await _return_all(uow, paid, now))


async def _is_enough_left(uow: UnitOfWork, change: Change) -> bool:
    """Of what comes in parts the first may be on its way back when the rest comes: the rest alone pays for nothing."""
    if not change.before.captured_amount:
        return True
    return (await refunds.refundable(uow, change.payment)).minor >= change.payment.amount


async def _return_all(uow: UnitOfWork, paid: Payment, now: datetime) -> list[Refund]:
    return await _return(uow, paid, await refunds.refundable(uow, paid), _LATE, now)


async def _return_extra(uow: UnitOfWork, change: Change, booking: Booking, now: datetime) -> list[Refund]:
    """A second payment, and what is more than was asked for. Where the booking is off, what has come now: what was to
    become of all before, a fee that is kept too, was decided when it ended."""
    paid = change.payment
    is_off = booking.status in (Status.CANCELLED, Status.EXPIRED)
    if not is_off and paid.captured_amount <= paid.amount:
        return []
    left = (await refunds.refundable(uow, paid)).minor
    if is_off:
        return await _return(uow, paid, Money(min(left, change.more.minor), paid.currency), _EXTRA, now)
    before = [one for one in await refunds.refunds_of(uow, paid.id) if one.reason in _WENT_BACK]
    gone = sum(one.amount for one in before if one.status is not RefundStatus.REJECTED)
    extra = min(left, paid.captured_amount - paid.amount - gone)
    return await _return(uow, paid, Money(extra, paid.currency), _EXTRA, now)


async def _return(uow: UnitOfWork, paid: Payment, amount: Money, reason: str, now: datetime) -> list[Refund]:
    """What we may not keep goes back by itself; the key says how much had come in, so that each sum goes back once."""
    if amount.minor <= 0:
        return []
    key = f"{reason}:{paid.id}:{paid.captured_amount}"
    return await refunds.request(uow, paid, amount, reason=reason, key=key, by="system", is_approved=True, now=now)
