"""Waiting-list entries as rows: what somebody waits for, and the line they stand in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from booking.booking import Booking
from booking.catalogue import Catalogue
from booking.visit import Item, Visit
from core.uow import UnitOfWork


class WaitStatus(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LEFT = "left"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A service on local dates (the last one included), starting between two wall times ("HH:MM", both included).

    Without staff anybody will do, without a location any place.
    """

    service_id: int
    from_date: date
    to_date: date
    from_time: str | None = None
    to_time: str | None = None
    variant: str | None = None
    add_ons: tuple[str, ...] = ()
    staff_id: int | None = None
    location_id: int | None = None
    party_size: int = 1

    def allows(self, local: datetime) -> bool:
        """Whether a start suits, by the wall time of its place."""
        clock = local.strftime("%H:%M")
        is_then = (self.from_time or "00:00") <= clock <= (self.to_time or "24:00")
        return is_then and self.from_date <= local.date() <= self.to_date

    def visit(self, catalogue: Catalogue) -> Visit | None:
        """What a booking of it would be; None where the service is no longer offered."""
        service = catalogue.services_by_id.get(self.service_id)
        if service is None:
            return None
        staff_ids: tuple[int, ...] = ()
        if self.staff_id is not None and not service.needs_all_staff:
            staff_ids = (self.staff_id,)
        elif self.location_id is not None:
            team = catalogue.staff_of(service)
            # Nobody has the id 0: where the place has nobody (any more), nobody can do it.
            staff_ids = tuple(person.id for person in team if person.location_id == self.location_id) or (0,)
        return Visit((Item(service, self.variant, self.add_ons, staff_ids),), self.party_size)


@dataclass(frozen=True, slots=True)
class Entry:
    """`passed` are starts that are not to be offered (again). `booking_id`: the hold that is the offer."""

    id: int
    customer_id: int
    conversation_id: int | None
    wanted: Wanted
    status: WaitStatus
    booking_id: int | None
    passed: tuple[datetime, ...]


WANTED = ", ".join(field.name for field in fields(Wanted))
COLUMNS = f"id, customer_id, conversation_id, status, booking_id, passed, {WANTED}"


def entry_from(row: Mapping[str, Any]) -> Entry:
    wanted = {field.name: row[field.name] for field in fields(Wanted)}
    return Entry(
        id=row["id"],
        customer_id=row["customer_id"],
        conversation_id=row["conversation_id"],
        wanted=Wanted(**wanted | {"add_ons": tuple(row["add_ons"])}),
        status=WaitStatus(row["status"]),
        booking_id=row["booking_id"],
        passed=tuple(datetime.fromisoformat(start) for start in row["passed"]),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry with the name and the phone of its customer, as far as they are known."""

    entry: Entry
    customer_name: str | None
    customer_phone: str | None


_LINE = f"""
SELECT {COLUMNS} FROM waitlist_entries WHERE tenant_id = $1 AND status = 'waiting' ORDER BY queue_at, id
"""
_OF_CUSTOMER = f"""
SELECT {COLUMNS} FROM waitlist_entries
WHERE tenant_id = $1 AND customer_id = $2 AND status IN ('waiting', 'offered') ORDER BY from_date, id
"""
_WAITING = f"""
SELECT {", ".join(f"w.{name}" for name in COLUMNS.split(", "))}, c.name AS customer_name, c.phone AS customer_phone
FROM waitlist_entries w JOIN customers c ON c.tenant_id = w.tenant_id AND c.id = w.customer_id
WHERE w.tenant_id = $1 AND w.status IN ('waiting', 'offered') ORDER BY w.queue_at, w.id
"""
_OFFERED = f"SELECT {COLUMNS} FROM waitlist_entries WHERE tenant_id = $1 AND booking_id = $2 AND status = 'offered'"


async def find_line(uow: UnitOfWork) -> list[Entry]:
    """Everybody who waits, in the order of the line."""
    return [entry_from(row) for row in await uow.driver.fetch(_LINE, uow.tenant_id)]


async def find_waiting(uow: UnitOfWork) -> list[Waiting]:
    """Everybody who waits or has an offer, in the order of the line."""
    rows = await uow.driver.fetch(_WAITING, uow.tenant_id)
    return [Waiting(entry_from(row), row["customer_name"], row["customer_phone"]) for row in rows]


async def waits_of(uow: UnitOfWork, customer_id: int) -> list[Entry]:
    """What a customer waits for or has an offer for; soonest first."""
    return [entry_from(row) for row in await uow.driver.fetch(_OF_CUSTOMER, uow.tenant_id, customer_id)]


async def find_offered(uow: UnitOfWork, booking_id: int) -> Entry | None:
    """The entry whose open offer this booking is."""
    row = await uow.driver.fetchrow(_OFFERED, uow.tenant_id, booking_id)
    return entry_from(row) if row else None


# The end of the line, whatever a clock that was set back says: `$3` is now.
END_OF_LINE = """
greatest($3::timestamptz, (SELECT max(queue_at) + interval '1 microsecond' FROM waitlist_entries
    WHERE tenant_id = $1 AND status IN ('waiting', 'offered')))
"""
_PUT_BACK = f"""
UPDATE waitlist_entries w SET status = 'waiting', booking_id = NULL, queue_at = {END_OF_LINE},
    passed = w.passed || to_jsonb(b.starts_at)
FROM bookings b
WHERE w.tenant_id = $1 AND w.booking_id = $2 AND w.status = 'offered' AND b.tenant_id = $1 AND b.id = $2
RETURNING {", ".join(f"w.{name}" for name in COLUMNS.split(", "))}
"""


async def put_back(uow: UnitOfWork, booking: Booking, *, now: datetime) -> Entry | None:
    """Whose offer this was goes to the end of the line, and is not offered that start again; None when it is none."""
    row = await uow.driver.fetchrow(_PUT_BACK, uow.tenant_id, booking.id, now)
    return entry_from(row) if row else None


_CLOSE = """
UPDATE waitlist_entries SET status = $3
WHERE tenant_id = $1 AND id = ANY ($2::bigint[]) AND status IN ('waiting', 'offered') RETURNING id
"""


async def close(uow: UnitOfWork, entry_ids: Sequence[int], status: WaitStatus) -> int:
    """How many were open till now."""
    return len(await uow.driver.fetch(_CLOSE, uow.tenant_id, list(entry_ids), status))


# Parts of the statements that change bookings (booking/claims.py). A booking that is agreed is no longer an offer …
ANSWERED = """
UPDATE waitlist_entries SET status = 'taken'
WHERE tenant_id = $1 AND booking_id = ANY (ARRAY(SELECT id FROM moved)) AND status = 'offered'
"""
# … what was agreed may fulfil what its customer waits for …
DOES_WAIT = """
EXISTS (SELECT 1 FROM waitlist_entries w WHERE w.tenant_id = $1 AND w.customer_id = moved.customer_id
    AND w.status IN ('waiting', 'offered')) AS is_awaited
"""
# … and time that is given back may be what anybody waits for.
IS_AWAITED = """
EXISTS (SELECT 1 FROM waitlist_entries WHERE tenant_id = $1 AND status IN ('waiting', 'offered')) AS is_awaited
"""


def wake_line(uow: UnitOfWork) -> None:
    """The job looks at the whole line once this is committed; a wake-up that is lost is found by a sweep."""
    uow.wake("waitlist", uow.tenant_id)
