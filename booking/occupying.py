"""A booking takes up its calendars: people and rooms, or a seat where there is a group. Under locks, all or nothing."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from booking import claims, groups, limits, occupancy
from booking.booking import COLUMNS, Booking, SlotTakenError, booking_from
from booking.catalogue import Catalogue, Room
from booking.occupancy import Span
from booking.plans import Plan, Stage, merged
from core.uow import UnitOfWork


def locked(
    uow: UnitOfWork,
    catalogue: Catalogue,
    plan: Plan,
    *,
    customer_id: int | None = None,
    besides: Iterable[int] = (),
) -> AbstractAsyncContextManager[None]:
    """Nobody else changes what this plan may take up, nor `besides` (other calendars)."""
    resources = plan.resource_ids(catalogue) | set(besides)
    services = limits.limited_services(plan.visit)
    return occupancy.locked(uow, resources, customer_id=customer_id, service_ids=services)


_SIT_DOWN = f"""
UPDATE bookings SET group_session_id = $3 WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}
"""


async def occupy(uow: UnitOfWork, catalogue: Catalogue, plan: Plan, booking: Booking, *, now: datetime) -> Booking:
    """The calendars for a booking of its own, a seat where there is a group; SlotTakenError. Only inside `locked`."""
    session_id = None
    if plan.service.is_group:
        seats = await groups.join(
            uow, plan.service, plan.staff_id, booking.starts_at, seats=booking.party_size, now=now
        )
        session_id = seats.group_session_id
        row = await uow.driver.fetchrow(_SIT_DOWN, uow.tenant_id, booking.id, session_id)
        assert row is not None
        booking = booking_from(row)
        if not seats.is_first:
            await occupancy.settle_session(uow, session_id, booking.hold_until)
            return booking
    await _check_limits(uow, catalogue, plan, booking.id, now)
    rooms = await _choose_rooms(uow, catalogue, plan, now)
    claim = occupancy.Claim(
        spans=merged([*plan.spans(catalogue), *rooms]),
        hold_until=booking.hold_until,
        booking_id=None if session_id else booking.id,
        group_session_id=session_id,
    )
    await claims.take(uow, claim, now=now, look_back=catalogue.look_back)
    return booking


async def _check_limits(uow: UnitOfWork, catalogue: Catalogue, plan: Plan, booking_id: int, now: datetime) -> None:
    """The question of the list again, now that nobody else can add to these days."""
    visit, zone = plan.visit, plan.location.zone
    if not limits.has_limits(catalogue, visit):
        return
    starts_at, ends_at = limits.whole_days(zone, plan.blocks)
    loads = await limits.find_loads(
        uow,
        zone,
        staff_ids={staff_id for stage in plan.stages for staff_id in stage.staff_ids},
        service_ids=limits.limited_services(visit),
        starts_at=starts_at,
        ends_at=ends_at,
        now=now,
        ignore_booking_id=booking_id,
        customer_id=None,
    )
    if not limits.fits(catalogue, visit, loads, plan.blocks):
        raise SlotTakenError


async def _choose_rooms(uow: UnitOfWork, catalogue: Catalogue, plan: Plan, now: datetime) -> list[Span]:
    """Of each kind that a stage needs, rooms that are free all the while; those in use by this visit before others."""
    kinds = {kind for stage in plan.stages for kind in stage.item.service.any_resources}
    rooms = {kind: catalogue.rooms_at(plan.location.id, kind) for kind in sorted(kinds)}
    if not rooms:
        return []
    taken = await occupancy.find_busy(
        uow,
        sorted({room.id for pool in rooms.values() for room in pool}),
        *plan.occupied,
        now=now,
        look_back=catalogue.look_back,
    )
    chosen: list[Span] = []
    for stage in plan.stages:
        for kind, pool in rooms.items():
            chosen += _rooms_of(stage, pool, stage.item.service.any_resources.count(kind), taken, chosen)
    return chosen


def _rooms_of(
    stage: Stage, pool: Sequence[Room], needed: int, taken: Sequence[Span], chosen: Sequence[Span]
) -> list[Span]:
    starts_at, ends_at = stage.occupied
    busy = {span.resource_id for span in taken if span.starts_at < ends_at and starts_at < span.ends_at}
    ours = {span.resource_id for span in chosen}
    free = sorted((room.id for room in pool if room.id not in busy), key=lambda room_id: room_id not in ours)
    if len(free) < needed:
        raise SlotTakenError
    return [Span(room_id, starts_at, ends_at) for room_id in free[:needed]]
