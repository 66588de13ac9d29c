"""Waiting for a time: join the line, leave it, and answer when a time is offered. An offer is a hold of the engine."""

from datetime import datetime

import orjson

from booking import claims, lifecycle, occupancy
from booking.booking import Booking, IllegalTransitionError, NotBookableError, SlotTakenError, Status, get
from booking.catalogue import Catalogue
from booking.giving_back import forgo
from booking.rules import check_no_shows
from booking.waitlist_rows import (
    COLUMNS,
    END_OF_LINE,
    Entry,
    WaitStatus,
    Wanted,
    close,
    entry_from,
    find_offered,
    put_back,
    waits_of,
    wake_line,
)
from core.errors import ExpectedError
from core.uow import UnitOfWork

MOST_WAITS = 5


class TooManyWaitsError(ExpectedError):
    """The customer waits for as many things as one person may; `facts["limit"]`."""

    reply_key = "error.too_many_waits"


class OfferGoneError(ExpectedError):
    """The offer is answered, or its time has run out and somebody else has it."""

    reply_key = "error.offer_gone"


# What the customer has booked of this service before is no start to be offered, and no fulfilment of the wish.
_JOIN = f"""
INSERT INTO waitlist_entries (tenant_id, customer_id, queue_at, created_at, conversation_id, service_id, variant,
    add_ons, staff_id, location_id, party_size, from_date, to_date, from_time, to_time, passed)
SELECT $1, $2, {END_OF_LINE}, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12, $13, $14, coalesce(
    (SELECT jsonb_agg(b.starts_at) FROM bookings b
     WHERE b.tenant_id = $1 AND b.customer_id = $2 AND b.ends_at > $3
        AND b.status IN ('confirmed', 'pending_approval') AND EXISTS (
            SELECT 1 FROM appointments a
            WHERE a.tenant_id = $1 AND a.booking_id = b.id AND a.service_id = $5)), '[]')
RETURNING {COLUMNS}
"""


async def join(
    uow: UnitOfWork,
    catalogue: Catalogue,
    wanted: Wanted,
    *,
    customer_id: int,
    conversation_id: int | None,
    now: datetime,
) -> Entry:
    """At the end of the line; who waits for the very same already stays where they are.

    Raises NotBookableError when the last day is over everywhere, TooManyWaitsError, and TooManyNoShowsError for whom
    nothing would ever be held.
    """
    if wanted.to_date < min(now.astimezone(location.zone).date() for location in catalogue.locations):
        raise NotBookableError
    await check_no_shows(uow, catalogue.rules, customer_id, now=now)
    async with occupancy.locked(uow, (), customer_id=customer_id):
        waits = await waits_of(uow, customer_id)
        known = next((entry for entry in waits if entry.wanted == wanted), None)
        if known is None and len(waits) >= MOST_WAITS:
            raise TooManyWaitsError(limit=MOST_WAITS)
        entry = known or await _insert(uow, wanted, customer_id, conversation_id, now)
    wake_line(uow)
    return entry


async def _insert(
    uow: UnitOfWork, wanted: Wanted, customer_id: int, conversation_id: int | None, now: datetime
) -> Entry:
    row = await uow.driver.fetchrow(
        _JOIN,
        uow.tenant_id,
        customer_id,
        now,
        conversation_id,
        wanted.service_id,
        wanted.variant,
        orjson.dumps(wanted.add_ons).decode(),
        wanted.staff_id,
        wanted.location_id,
        wanted.party_size,
        wanted.from_date,
        wanted.to_date,
        wanted.from_time,
        wanted.to_time,
    )
    assert row is not None
    return entry_from(row)


async def leave(uow: UnitOfWork, entry_id: int, *, customer_id: int, now: datetime) -> Entry | None:
    """Gives the place in the line up, and the time that is offered with it; None when it is over already."""
    entry = next((entry for entry in await waits_of(uow, customer_id) if entry.id == entry_id), None)
    if entry is None:
        return None
    if entry.booking_id is not None:
        await _give_up(uow, entry.booking_id, now)
    return entry if await close(uow, [entry.id], WaitStatus.LEFT) else None


async def take(uow: UnitOfWork, booking_id: int, *, customer_id: int, now: datetime) -> Booking:
    """The yes to an offer: agreed, or asked for where the tenant approves.

    When its time has run out a moment ago it is taken anew, if it is free. Raises OfferGoneError.
    """
    await _get_offered(uow, booking_id, customer_id)
    try:
        return await lifecycle.confirm(uow, booking_id, now=now)
    except (SlotTakenError, IllegalTransitionError) as error:
        raise OfferGoneError from error


async def refuse(uow: UnitOfWork, booking_id: int, *, customer_id: int, now: datetime) -> Entry:
    """The no to an offer: the next in the line may have it. The entry waits on for another time, at the end of the
    line. Raises OfferGoneError."""
    await _get_offered(uow, booking_id, customer_id)
    await _give_up(uow, booking_id, now)
    entry = await put_back(uow, await get(uow, booking_id), now=now)
    if entry is None:
        raise OfferGoneError
    return entry


async def _get_offered(uow: UnitOfWork, booking_id: int, customer_id: int) -> Entry:
    entry = await find_offered(uow, booking_id)
    if entry is None or entry.customer_id != customer_id:
        raise OfferGoneError
    return entry


async def _give_up(uow: UnitOfWork, booking_id: int, now: datetime) -> Booking | None:
    following = [Status.HELD]
    await forgo(uow, [booking_id])
    return await claims.release(uow, booking_id, Status.CANCELLED, following=following, now=now, by="customer")
