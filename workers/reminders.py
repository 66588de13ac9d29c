"""Reminders: rows with a due time by the business clock, each sent once, never after a cancellation."""

from booking import reminders
from booking.queries import get_booking
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.notices import tell_customer
from tenants.tenant import get_tenant
from workers.sweeps import wake_rows

_DUE = "SELECT tenant_id, reminder_id AS id FROM due_reminders($1, $2)"
_LIMIT = 500


async def wake_due(runtime: Runtime) -> None:
    await wake_rows(runtime, "reminder", _DUE, runtime.clock.now(), _LIMIT)


async def send(runtime: Runtime, tenant_id: int, reminder_id: int) -> None:
    """Marks the reminder sent in the transaction that writes the outbox row; a second run finds it done."""
    async with unit_of_work(runtime, tenant_id) as uow:
        due = await reminders.claim(uow, reminder_id, now=runtime.clock.now())
        if due is None:
            return
        view = await get_booking(uow, due.booking_id)
        await tell_customer(uow, await get_tenant(uow), view, "reminder", f"reminder:{reminder_id}")
