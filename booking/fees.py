"""What a late cancellation or a no-show costs by the tenant's rule; stored with the booking, charged elsewhere.

Without a known price there is no fee: it could be more than the price.
"""

from collections.abc import Mapping
from typing import Any

from booking.booking import COLUMNS, Booking, booking_from
from booking.queries import BookingView
from core.money import Money
from core.uow import UnitOfWork
from payments.standing import standing_of


def fee_by(rule: Mapping[str, Any] | None, price: Money | None) -> Money | None:
    """By one of the rules {"percent"}, {"amount_minor"}, {"full"}; never more than the price, None for nothing."""
    if rule is None or price is None:
        return None
    if "percent" in rule:
        fee = price.percent(rule["percent"])
    elif "amount_minor" in rule:
        fee = Money(min(rule["amount_minor"], price.minor), price.currency)
    else:
        fee = price
    return fee if fee.minor else None


async def late_fee(uow: UnitOfWork, rule: Mapping[str, Any] | None, view: BookingView) -> Money | None:
    """By the tenant's rule for late cancellations. Where there is none it is what was paid in advance: people are told
    before the yes that it goes back to who cancels in time."""
    if rule is not None or view.price is None:
        return fee_by(rule, view.price)
    standing = await standing_of(uow, view.id)
    kept = min(standing.kept.minor, view.price.minor) if standing else 0
    return Money(kept, view.price.currency) if kept else None


def price_of(booking: Booking) -> Money | None:
    return None if booking.price_minor is None else Money(booking.price_minor, booking.currency)


_STORE = f"UPDATE bookings SET fee_minor = $3 WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}"


async def store_fee(uow: UnitOfWork, booking: Booking, fee: Money | None) -> Booking:
    """In the transaction in which the booking ends; None takes the fee back. ValueError when it cannot be its fee."""
    price = price_of(booking)
    if fee is not None and (price is None or fee.currency != price.currency or not 0 < fee.minor <= price.minor):
        raise ValueError(f"no fee of booking {booking.id}: {fee}")
    row = await uow.driver.fetchrow(_STORE, uow.tenant_id, booking.id, fee.minor if fee else None)
    return booking_from(row)
