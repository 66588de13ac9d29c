"""Reminders: rows with a due time, planned in the statement that confirms, each sent at most once."""

from dataclasses import dataclass
from datetime import datetime

from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ReminderDue:
    reminder_id: int
    booking_id: int
    hours_before: int


# Waits for a cancellation under way: it changes the same row, and this statement then finds it no longer pending.
_CLAIM = """
UPDATE reminders r SET done_at = $3, status = CASE
    WHEN b.status = 'confirmed' AND b.starts_at = r.starts_at AND b.starts_at > $3 THEN 'sent' ELSE 'skipped' END
FROM bookings b
WHERE r.tenant_id = $1 AND r.id = $2 AND r.status = 'pending' AND r.due_at <= $3
    AND b.tenant_id = r.tenant_id AND b.id = r.booking_id
RETURNING r.id AS reminder_id, r.booking_id, r.hours_before, r.status
"""


async def claim(uow: UnitOfWork, reminder_id: int, *, now: datetime) -> ReminderDue | None:
    """Marks the reminder sent in the transaction in which the caller writes the message; None: nothing to send.

    It is skipped once its booking has started, was moved or is not confirmed any more.
    """
    row = await uow.driver.fetchrow(_CLAIM, uow.tenant_id, reminder_id, now)
    if row is None or row["status"] != "sent":
        return None
    return ReminderDue(row["reminder_id"], row["booking_id"], row["hours_before"])
