"""The agreement: its record, and the one table that says which status may follow which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from core.errors import ExpectedError
from core.uow import UnitOfWork

By = Literal["customer", "merchant", "system"]


class Status(StrEnum):
    HELD = "held"
    PENDING_APPROVAL = "pending_approval"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NO_SHOW = "no_show"


TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.CONFIRMED, Status.PENDING_APPROVAL, Status.CANCELLED, Status.EXPIRED}),
    Status.PENDING_APPROVAL: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}),
    # A move that the merchant has to accept makes a request of what was agreed.
    Status.CONFIRMED: frozenset({Status.PENDING_APPROVAL, Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW}),
    # A yes that came late, when the time is still free; a move that was not accepted, when the old time is.
    Status.EXPIRED: frozenset({Status.HELD, Status.CONFIRMED}),
    Status.COMPLETED: frozenset({Status.NO_SHOW}),  # and back: what the merchant said by mistake, or nobody said
    Status.NO_SHOW: frozenset({Status.COMPLETED}),
    Status.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Booking:
    """Instants are UTC; `starts_at`…`ends_at` is the visit without buffers. `sequence` grows at each change.

    Service, staff and location are those of the first appointment. `series` is common to bookings that recur;
    `fee_minor` is what a late cancellation or a no-show costs, `moved_from` the appointments of before a request to
    move.
    """

    id: int
    status: Status
    customer_id: int
    service_id: int
    staff_id: int
    location_id: int
    group_session_id: int | None
    conversation_id: int | None
    party_size: int
    starts_at: datetime
    ends_at: datetime
    price_minor: int | None
    currency: str
    hold_until: datetime | None
    sequence: int
    series: str | None
    fee_minor: int | None
    moved_from: Sequence[Mapping[str, Any]] | None = field(hash=False)

    @property
    def agreed_start(self) -> datetime | None:
        """When the visit that both sides agreed to begins; while a move waits for the merchant, as before it."""
        if self.status is Status.PENDING_APPROVAL and self.moved_from:
            return min(datetime.fromisoformat(one["starts_at"]) for one in self.moved_from)
        return self.starts_at if self.status is Status.CONFIRMED else None


COLUMNS = ", ".join(field.name for field in fields(Booking))


def booking_from(row: Mapping[str, Any]) -> Booking:
    values = {field.name: row[field.name] for field in fields(Booking)}
    return Booking(**values | {"status": Status(row["status"])})


_GET = f"SELECT {COLUMNS} FROM bookings WHERE tenant_id = $1 AND id = $2"


async def get(uow: UnitOfWork, booking_id: int) -> Booking:
    """Raises LookupError when this tenant has no such booking."""
    row = await uow.driver.fetchrow(_GET, uow.tenant_id, booking_id)
    if row is None:
        raise LookupError(f"there is no booking {booking_id}")
    return booking_from(row)


_LOCK = "SELECT id FROM bookings WHERE tenant_id = $1 AND id = $2 FOR UPDATE"


async def lock(uow: UnitOfWork, booking_id: int) -> None:
    """Waits for whoever is changing this booking. A statement that waits by itself would go on with the calendar rows
    and reminders of before; the one after this sees all that was done."""
    await uow.driver.execute(_LOCK, uow.tenant_id, booking_id)


def sources_of(target: Status) -> list[Status]:
    """The statuses from which `target` may be reached."""
    return [status for status, targets in TRANSITIONS.items() if target in targets]


class SlotTakenError(ExpectedError):
    """Somebody was quicker; other times should be offered at once."""

    reply_key = "error.slot_taken"


class NotBookableError(ExpectedError):
    """The time is outside the opening hours, the step, the notice or the horizon (any more)."""

    reply_key = "error.not_bookable"


class TooManyBookingsError(ExpectedError):
    """The customer has as many open bookings as the tenant allows; `facts["limit"]`."""

    reply_key = "error.too_many_bookings"


class TooManyNoShowsError(ExpectedError):
    """The customer did not come too often, by the tenant's rule, to book without a person; `facts["limit"]`."""

    reply_key = "error.too_many_no_shows"


class TooLateToCancelError(ExpectedError):
    """Inside the tenant's cancel_until_hours a customer has to ask the merchant."""

    reply_key = "error.too_late_to_cancel"


class TooLateToChangeError(ExpectedError):
    """Inside the tenant's cancel_until_hours a customer has to ask the merchant for another time."""

    reply_key = "error.too_late_to_change"


class NotStartedError(ExpectedError):
    """Before its start nobody can say how an appointment went."""

    reply_key = "error.not_started"


class AlreadyDecidedError(ExpectedError):
    """A request is accepted or declined once; `facts["status"]` says how it stands."""

    reply_key = "error.already_decided"


class IllegalTransitionError(ExpectedError):
    """The booking's status does not allow this; `facts["status"]` says how it stands."""

    reply_key = "error.illegal_transition"
