"""What keeps an approved refund from being sent: a bank that is asking for the same money, or has it by now."""

from enum import StrEnum

from core.uow import UnitOfWork
from payments.payment import get
from payments.refunds import Refund, is_disputed, left_of_each


class Hindrance(StrEnum):
    DISPUTED = "disputed"
    TAKEN = "taken"


async def hindrance(uow: UnitOfWork, refund: Refund) -> Hindrance | None:
    """None where it may go. Approved before the dispute was heard of, it may not have left yet."""
    if await is_disputed(uow, refund.payment_id):
        return Hindrance.DISPUTED
    left = await left_of_each(uow, await get(uow, refund.payment_id))
    is_taken = any(attempt.id == refund.attempt_id and minor < 0 for attempt, minor in left)
    return Hindrance.TAKEN if is_taken else None
