"""What must hold between bookings, calendars, seats and reminders, checked from the rows themselves."""

from collections import Counter
from datetime import datetime, timedelta

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
    "waiting list offers what is agreed, or nothing": """
        SELECT w.id FROM waitlist_entries w LEFT JOIN bookings b ON b.tenant_id = w.tenant_id AND b.id = w.booking_id
        WHERE w.tenant_id = $1 AND w.status = 'offered' AND b.status IN ('held', 'cancelled', 'expired') IS NOT TRUE
    """,
    "wait that has somebody else's booking": """
        SELECT w.id FROM waitlist_entries w JOIN bookings b ON b.tenant_id = w.tenant_id AND b.id = w.booking_id
        WHERE w.tenant_id = $1 AND b.customer_id <> w.customer_id
    """,
}


# A sweep ends them within seconds; a calendar is not kept from anybody meanwhile.
_NEGLECTED = """
    SELECT id FROM bookings
    WHERE tenant_id = $1 AND status IN ('held', 'pending_approval') AND hold_until <= $2
"""
_UNSETTLED = """
    SELECT w.id FROM waitlist_entries w JOIN bookings b ON b.tenant_id = w.tenant_id AND b.id = w.booking_id
    WHERE w.tenant_id = $1 AND w.status = 'offered' AND b.status IN ('cancelled', 'expired') AND b.hold_until <= $2
"""
_NEGLECTED_FOR = timedelta(minutes=10)


async def find_violations(uow: UnitOfWork) -> list[str]:
    """One line each, with the row's id; an empty list when all is well."""
    return [f"{fault}: {row_id}" for fault, row_id in await _find(uow)]


async def count_violations(uow: UnitOfWork) -> Counter[str]:
    """How many rows violate what."""
    return Counter(fault for fault, _ in await _find(uow))


async def find_neglected(uow: UnitOfWork, now: datetime) -> list[str]:
    """Holds, requests and offers that are long past their time: nobody sweeps. Only a process that shares the business
    clock can tell."""
    found = []
    for fault, sql in (("held past its time", _NEGLECTED), ("offered past its time", _UNSETTLED)):
        rows = await uow.driver.fetch(sql, uow.tenant_id, now - _NEGLECTED_FOR)
        found += [f"{fault}: {row['id']}" for row in rows]
    return found


async def _find(uow: UnitOfWork) -> list[tuple[str, int]]:
    faults = await find_faults(uow)
    for fault, sql in _CHECKS.items():
        faults += [(fault, row["id"]) for row in await uow.driver.fetch(sql, uow.tenant_id)]
    return faults
