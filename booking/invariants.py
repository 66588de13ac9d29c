"""What must hold between bookings, calendars, seats and reminders, checked from the rows themselves."""

from booking.occupancy import find_faults
from core.uow import UnitOfWork

_CHECKS = {
    "seats taken differ from the live bookings of the session": """
        SELECT s.id FROM group_sessions s
        LEFT JOIN bookings b ON b.tenant_id = s.tenant_id AND b.group_session_id = s.id
            AND b.status IN ('held', 'pending_approval', 'confirmed')
        WHERE s.tenant_id = $1 GROUP BY s.id HAVING coalesce(sum(b.party_size), 0) <> s.taken
    """,
    "held booking without an end": """
        SELECT id FROM bookings
        WHERE tenant_id = $1 AND status IN ('held', 'pending_approval') AND hold_until IS NULL
    """,
    "reminder waits for a booking that is over": """
        SELECT r.id FROM reminders r JOIN bookings b ON b.tenant_id = r.tenant_id AND b.id = r.booking_id
        WHERE r.tenant_id = $1 AND r.status = 'pending' AND b.status IN ('cancelled', 'expired')
    """,
}


async def find_violations(uow: UnitOfWork) -> list[str]:
    """One line each, with the row's id; an empty list when all is well."""
    faults = await find_faults(uow)
    for fault, sql in _CHECKS.items():
        faults += [(fault, row["id"]) for row in await uow.driver.fetch(sql, uow.tenant_id)]
    return [f"{fault}: {row_id}" for fault, row_id in faults]
