"""Moving an agreement to another time: the old time is kept until the new one is stored, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from booking import availability, claims, occupancy
from booking.booking import (
    Booking,
    By,
    IllegalTransitionError,
    NotBookableError,
    SlotTakenError,
    Status,
    TooLateToChangeError,
    get,
)
from booking.catalogue import Catalogue, Service, Staff
from booking.holding import calendars, occupy, refusal
from booking.results import find_result, store_result
from booking.rules import APPROVAL_TIMEOUT, is_too_late
from core.uow import UnitOfWork

_MOVABLE = (Status.CONFIRMED, Status.PENDING_APPROVAL)


@dataclass(frozen=True, slots=True)
class _Move:
    catalogue: Catalogue
    service: Service
    staff_id: int | None
    starts_at: datetime
    now: datetime
    by: By
    key: str


async def reschedule(
    uow: UnitOfWork,
    catalogue: Catalogue,
    booking_id: int,
    *,
    starts_at: datetime,
    staff_id: int | None,
    now: datetime,
    by: By,
    key: str,
) -> Booking:
    """Moves a booking, or a request, to another start; without a staff member to anyone, the present one first.

    It stays what it is, but a customer's move waits for approval where the tenant approves. The same key gives the
    same booking. Raises SlotTakenError, NotBookableError, IllegalTransitionError (what is held, over or ended cannot
    be moved) or, for a customer within cancel_until_hours, TooLateToChangeError; the old time stays then.
    """
    booking = await get(uow, booking_id)
    # Moves of one booking follow each other: each sees the calendars where the one before has put it.
    async with occupancy.locked(uow, (), customer_id=booking.customer_id):
        earlier = await find_result(uow, key)
        if earlier is not None:
            return earlier
        booking = await get(uow, booking_id)
        service = catalogue.services_by_id.get(booking.service_id)
        if service is None:
            raise NotBookableError
        return await _reschedule(uow, _Move(catalogue, service, staff_id, starts_at, now, by, key), booking)


async def _reschedule(uow: UnitOfWork, move: _Move, booking: Booking) -> Booking:
    _check_movable(move, booking)
    if move.starts_at == booking.starts_at and move.staff_id in (None, booking.staff_id):
        await store_result(uow, move.key, booking.id)
        return booking
    present = await occupancy.calendars_of(uow, booking.id)
    for staff_id in await _free_staff(uow, move, booking):
        try:
            return await _move_to(uow, move, booking, move.catalogue.staff_by_id[staff_id], present)
        except SlotTakenError:
            continue
    raise SlotTakenError


def _check_movable(move: _Move, booking: Booking) -> None:
    if booking.status not in _MOVABLE:
        raise IllegalTransitionError(status=booking.status)
    if move.by == "customer" and is_too_late(booking, move.catalogue.rules, move.now):
        raise TooLateToChangeError(hours=move.catalogue.rules.cancel_until_hours)


async def _free_staff(uow: UnitOfWork, move: _Move, booking: Booking) -> list[int]:
    """Those who are free then, the present one first; its own time does not hide what overlaps it."""
    slot = await availability.find_at(
        uow,
        move.catalogue,
        service=move.service,
        staff_id=move.staff_id,
        starts_at=move.starts_at,
        now=move.now,
        ignore_booking_id=booking.id,
        party_size=booking.party_size,
    )
    if slot is not None:
        return sorted(slot.staff_ids, key=lambda staff_id: staff_id != booking.staff_id)
    raise refusal(
        move.catalogue, move.service, move.staff_id, move.starts_at, now=move.now, party_size=booking.party_size
    )


async def _move_to(uow: UnitOfWork, move: _Move, booking: Booking, staff: Staff, present: list[int]) -> Booking:
    """The calendars of both times are locked, in order; an error undoes all of it."""
    rules = move.catalogue.rules
    async with occupancy.locked(uow, {*present, *calendars(move.service, staff)}):
        hours = rules.reminders_hours_before
        moved = await claims.move_to(
            uow, booking.id, _place(move, booking, staff), now=move.now, reminders_hours_before=hours
        )
        if moved is None:
            raise IllegalTransitionError(status=(await get(uow, booking.id)).status)
        moved = await occupy(uow, move.catalogue, move.service, staff, moved, now=move.now)
        await store_result(uow, move.key, booking.id)
        return moved


def _place(move: _Move, booking: Booking, staff: Staff) -> claims.Place:
    asks = move.by == "customer" and move.catalogue.rules.requires_approval
    status = Status.PENDING_APPROVAL if asks else booking.status
    until = min(move.starts_at, move.now + APPROVAL_TIMEOUT) if status is Status.PENDING_APPROVAL else None
    ends_at = move.starts_at + move.service.duration
    return claims.Place(staff.id, staff.location_id, move.starts_at, ends_at, status, until)
