"""How bookings stand with their money: many at once, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.money import Money
from core.uow import UnitOfWork
from payments.payment import COLUMNS, Payment, payment_from


@dataclass(frozen=True, slots=True)
class Standing:
    """`returning` is what is on its way back, in minor units."""

    payment: Payment
    returning: int

    @property
    def is_full(self) -> bool:
        """The whole price was asked for, not a deposit on it."""
        return self.payment.purpose == "full"

    @property
    def back(self) -> Money:
        return Money(self.payment.refunded_amount, self.payment.currency)

    @property
    def kept(self) -> Money:
        """What has come and is neither back nor on its way."""
        paid = self.payment
        return Money(max(paid.captured_amount - paid.refunded_amount - self.returning, 0), paid.currency)

    @property
    def is_all_back(self) -> bool:
        return 0 < self.payment.captured_amount <= self.payment.refunded_amount


_OF_BOOKINGS = f"""
SELECT DISTINCT ON (p.booking_id) {", ".join(f"p.{name}" for name in COLUMNS.split(", "))},
    (SELECT coalesce(sum(r.amount), 0)::bigint FROM refunds r WHERE r.tenant_id = $1 AND r.payment_id = p.id
     AND r.status IN ('approved', 'submitted', 'unknown')) AS returning
FROM payments p WHERE p.tenant_id = $1 AND p.booking_id = ANY ($2::bigint[]) ORDER BY p.booking_id, p.id DESC
"""


async def standings(uow: UnitOfWork, booking_ids: Sequence[int]) -> dict[int, Standing]:
    """By booking; those that nothing was ever asked for are missing."""
    rows = await uow.driver.fetch(_OF_BOOKINGS, uow.tenant_id, list(booking_ids))
    return {row["booking_id"]: Standing(payment_from(row), row["returning"]) for row in rows}


async def standing_of(uow: UnitOfWork, booking_id: int) -> Standing | None:
    """None where nothing was ever asked for."""
    return (await standings(uow, [booking_id])).get(booking_id)
