"""Moving an agreement to another time: the old time is kept until the new one is stored, in one transaction."""

from dataclasses import dataclass, replace
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
from booking.catalogue import Catalogue
from booking.holding import refusal
from booking.occupying import locked, occupy
from booking.plans import Plan, find_plan, plan_visit
from booking.results import find_result, store_result
from booking.rules import is_too_late
from booking.slots import Assignment
from booking.visit import Visit
from core.uow import UnitOfWork

_MOVABLE = (Status.CONFIRMED, Status.PENDING_APPROVAL)


@dataclass(frozen=True, slots=True)
class _Move:
    """`visit` is what was booked, by whoever may do it now; `present` who does it so far."""

    catalogue: Catalogue
    visit: Visit
    present: Assignment
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
    """Moves a booking, or a request, to another start; without a staff member to anyone, the present ones first.

    A visit of several services keeps them; a staff member who is named does those that he or she can. It stays what it
    is, but a customer's move waits for approval where the tenant approves. The same key gives the same booking. Raises
    SlotTakenError, NotBookableError, IllegalTransitionError (what is held, over or ended cannot be moved) or, for a
    customer within cancel_until_hours, TooLateToChangeError; the old time stays then.
    """
    booking = await get(uow, booking_id)
    # Moves of one booking follow each other: each sees the calendars where the one before has put it.
    async with occupancy.locked(uow, (), customer_id=booking.customer_id):
        earlier = await find_result(uow, key)
        if earlier is not None:
            return earlier
        booking = await get(uow, booking_id)
        plan = await find_plan(uow, catalogue, booking_id, party_size=booking.party_size)
        if plan is None:
            raise NotBookableError
        visit = _with_staff(plan.visit, staff_id)
        return await _reschedule(uow, _Move(catalogue, visit, plan.leads, starts_at, now, by, key), booking)


def _with_staff(visit: Visit, staff_id: int | None) -> Visit:
    if staff_id is None:
        return visit
    items = (
        replace(item, staff_ids=(staff_id,)) if staff_id in item.able and not item.service.needs_all_staff else item
        for item in visit.items
    )
    return replace(visit, items=tuple(items))


async def _reschedule(uow: UnitOfWork, move: _Move, booking: Booking) -> Booking:
    _check_movable(move, booking)
    stays = all(staff_id in item.able for item, staff_id in zip(move.visit.items, move.present, strict=True))
    if move.starts_at == booking.starts_at and stays:
        await store_result(uow, move.key, booking.id)
        return booking
    occupied = await occupancy.calendars_of(uow, booking.id)
    for assignment in await _free_staff(uow, move, booking):
        try:
            plan = plan_visit(move.catalogue, move.visit, assignment, move.starts_at)
            return await _move_to(uow, move, booking, plan, occupied)
        except SlotTakenError:
            continue
    raise SlotTakenError


def _check_movable(move: _Move, booking: Booking) -> None:
    if booking.status not in _MOVABLE:
        raise IllegalTransitionError(status=booking.status)
    if move.by == "customer" and is_too_late(booking, move.catalogue.rules, move.now):
        raise TooLateToChangeError(hours=move.catalogue.rules.cancel_until_hours)


async def _free_staff(uow: UnitOfWork, move: _Move, booking: Booking) -> list[Assignment]:
    """Those who are free then, the present ones first; the booking's own time does not hide what overlaps it."""
    slot = await availability.find_at(
        uow, move.catalogue, move.visit, starts_at=move.starts_at, now=move.now, ignore_booking_id=booking.id
    )
    if slot is None:
        raise refusal(move.catalogue, move.visit, move.starts_at, now=move.now)
    return sorted(slot.assignments, key=lambda way: sum(a != b for a, b in zip(way, move.present, strict=True)))


async def _move_to(uow: UnitOfWork, move: _Move, booking: Booking, plan: Plan, occupied: list[int]) -> Booking:
    """The calendars of both times are locked, in order; an error undoes all of it."""
    hours = move.catalogue.rules.reminders_hours_before
    async with locked(uow, move.catalogue, plan, besides=occupied):
        place = _place(move, booking, plan)
        moved = await claims.move_to(uow, booking.id, place, now=move.now, reminders_hours_before=hours)
        if moved is None:
            raise IllegalTransitionError(status=(await get(uow, booking.id)).status)
        moved = await occupy(uow, move.catalogue, plan, moved, now=move.now)
        await store_result(uow, move.key, booking.id)
        return moved


def _place(move: _Move, booking: Booking, plan: Plan) -> claims.Place:
    asks = move.by == "customer" and move.catalogue.rules.requires_approval
    status = Status.PENDING_APPROVAL if asks else booking.status
    answer_by = min(move.starts_at, move.now + move.catalogue.rules.approval_timeout)
    until = answer_by if status is Status.PENDING_APPROVAL else None
    return claims.Place(plan, status, until)
