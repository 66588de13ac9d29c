"""Taking a slot: asked of the same search that listed it, then stored under the locks of customer and calendars."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import availability, claims, groups, occupancy
from booking.booking import (
    COLUMNS,
    Booking,
    NotBookableError,
    SlotTakenError,
    Status,
    TooManyBookingsError,
    booking_from,
    sources_of,
)
from booking.catalogue import Catalogue, Service, Staff
from booking.results import find_result
from core.errors import ExpectedError
from core.uow import UnitOfWork


class _DoneBeforeError(ExpectedError):
    """The command of this key was carried out while we were on our way."""


@dataclass(frozen=True, slots=True)
class _Wish:
    catalogue: Catalogue
    key: str
    customer_id: int
    service: Service
    staff_id: int | None
    starts_at: datetime
    now: datetime
    conversation_id: int | None
    party_size: int

    @property
    def hold_until(self) -> datetime:
        return self.now + timedelta(minutes=self.catalogue.rules.hold_minutes)


async def hold(
    uow: UnitOfWork,
    catalogue: Catalogue,
    *,
    key: str,
    customer_id: int,
    service: Service,
    staff_id: int | None,
    starts_at: datetime,
    now: datetime,
    conversation_id: int | None,
    party_size: int = 1,
) -> Booking:
    """Takes a slot till `hold_until`; without a staff member the first of the free ones, else the next.

    The same key gives the same booking, whatever became of it. Raises SlotTakenError, NotBookableError or
    TooManyBookingsError; nothing is stored then.
    """
    wish = _Wish(catalogue, key, customer_id, service, staff_id, starts_at, now, conversation_id, party_size)
    try:
        return await _hold(uow, wish)
    except ExpectedError:
        # A command that was carried out before is refused because of its own booking: its result is looked up then.
        earlier = await find_result(uow, key)
        if earlier is None:
            raise
        return earlier


async def _hold(uow: UnitOfWork, wish: _Wish) -> Booking:
    slot = await availability.find_at(
        uow,
        wish.catalogue,
        service=wish.service,
        staff_id=wish.staff_id,
        starts_at=wish.starts_at,
        now=wish.now,
        party_size=wish.party_size,
    )
    if slot is None:
        raise refusal(
            wish.catalogue, wish.service, wish.staff_id, wish.starts_at, now=wish.now, party_size=wish.party_size
        )
    for staff_id in slot.staff_ids:
        try:
            return await _hold_with(uow, wish, wish.catalogue.staff_by_id[staff_id])
        except SlotTakenError:
            continue
    raise SlotTakenError


def refusal(
    catalogue: Catalogue, service: Service, staff_id: int | None, starts_at: datetime, *, now: datetime, party_size: int
) -> ExpectedError:
    """Why there is no slot at this start: somebody has it, or the rules never offered it."""
    offered = availability.is_offered(
        catalogue, service=service, staff_id=staff_id, starts_at=starts_at, now=now, party_size=party_size
    )
    return SlotTakenError() if offered else NotBookableError()


async def _hold_with(uow: UnitOfWork, wish: _Wish, staff: Staff) -> Booking:
    async with occupancy.locked(uow, calendars(wish.service, staff), customer_id=wish.customer_id):
        booking = await _insert(uow, wish, staff)
        return await occupy(uow, wish.catalogue, wish.service, staff, booking, now=wish.now)


# The limit is counted under the customer's lock; the key is stored beside the booking or nothing is.
_INSERT = f"""
WITH allowed AS (
    SELECT count(*) < $15 AS yes FROM bookings
    WHERE tenant_id = $1 AND customer_id = $2 AND ends_at > $12
        AND (status = 'confirmed' OR status IN ('held', 'pending_approval') AND hold_until > $12)
), booked AS (
    INSERT INTO bookings (tenant_id, status, customer_id, service_id, staff_id, location_id, conversation_id,
        party_size, starts_at, ends_at, price_minor, currency, hold_until, created_at)
    SELECT $1, 'held', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $12 FROM allowed WHERE yes
    RETURNING {COLUMNS}
), stored AS (
    INSERT INTO command_results (tenant_id, key, result)
    SELECT $1, $14, jsonb_build_object('booking_id', id) FROM booked ON CONFLICT DO NOTHING RETURNING key
)
SELECT booked.*, EXISTS (SELECT 1 FROM stored) AS is_new FROM booked
"""


async def _insert(uow: UnitOfWork, wish: _Wish, staff: Staff) -> Booking:
    service, limit = wish.service, wish.catalogue.rules.max_open_bookings_per_customer
    row = await uow.driver.fetchrow(
        _INSERT,
        uow.tenant_id,
        wish.customer_id,
        service.id,
        staff.id,
        staff.location_id,
        wish.conversation_id,
        wish.party_size,
        wish.starts_at,
        wish.starts_at + service.duration,
        _price_minor(wish),
        wish.catalogue.currency,
        wish.now,
        wish.hold_until,
        wish.key,
        limit,
    )
    if row is None:
        raise TooManyBookingsError(limit=limit)
    if not row["is_new"]:
        raise _DoneBeforeError
    return booking_from(row)


def _price_minor(wish: _Wish) -> int | None:
    """A group's price is by the seat; elsewhere the size of the party does not change it."""
    if wish.service.price is None:
        return None
    return wish.service.price.minor * (wish.party_size if wish.service.is_group else 1)


async def hold_again(uow: UnitOfWork, catalogue: Catalogue, booking: Booking, *, now: datetime) -> None:
    """A hold that ran out is taken anew if its time is still free; else SlotTakenError.

    The notice is not asked for again: the customer chose in time.
    """
    service = catalogue.services_by_id.get(booking.service_id)
    staff = catalogue.staff_by_id.get(booking.staff_id)
    if service is None or staff is None or booking.starts_at <= now:
        raise SlotTakenError
    until = now + timedelta(minutes=catalogue.rules.hold_minutes)
    async with occupancy.locked(uow, calendars(service, staff), customer_id=booking.customer_id):
        following = sources_of(Status.EXPIRED)
        await claims.release(uow, booking.id, Status.EXPIRED, following=following, now=now, by="system")
        row = await uow.driver.fetchrow(_REOPEN, uow.tenant_id, booking.id, until)
        if row is None:
            raise SlotTakenError
        await occupy(uow, catalogue, service, staff, booking_from(row), now=now)


_REOPEN = f"""
UPDATE bookings SET status = 'held', hold_until = $3, sequence = sequence + 1
WHERE tenant_id = $1 AND id = $2 AND status = 'expired' RETURNING {COLUMNS}
"""
_SIT_DOWN = f"""
UPDATE bookings SET group_session_id = $3 WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}
"""


async def occupy(
    uow: UnitOfWork, catalogue: Catalogue, service: Service, staff: Staff, booking: Booking, *, now: datetime
) -> Booking:
    """The calendars for a booking of its own, a seat where there is a group; SlotTakenError. Only inside `locked`."""
    session_id = None
    if service.is_group:
        seats = await groups.join(uow, service, staff.id, booking.starts_at, seats=booking.party_size, now=now)
        session_id = seats.group_session_id
        row = await uow.driver.fetchrow(_SIT_DOWN, uow.tenant_id, booking.id, session_id)
        assert row is not None
        booking = booking_from(row)
        if not seats.is_first:
            await occupancy.settle_session(uow, session_id, booking.hold_until)
            return booking
    claim = occupancy.Claim(
        resource_ids=calendars(service, staff),
        starts_at=booking.starts_at - service.buffer_before,
        ends_at=booking.ends_at + service.buffer_after,
        hold_until=booking.hold_until,
        booking_id=None if session_id else booking.id,
        group_session_id=session_id,
    )
    await claims.take(uow, claim, now=now, look_back=catalogue.look_back)
    return booking


def calendars(service: Service, staff: Staff) -> tuple[int, ...]:
    """What one booking of the service by this person takes up."""
    return (staff.resource_id, *service.resource_ids)
