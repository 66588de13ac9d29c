"""The line moves on: what was answered or has lapsed is settled, and free time is offered to the first who wants it.

Both happen under the lock of the tenant's line, which comes before every lock that bookings take: nobody asks for it
who holds one of those. A row of the line is locked after the booking that it speaks of.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from booking import availability, claims, lifecycle
from booking.availability import Slot
from booking.booking import (
    Booking,
    NotBookableError,
    SlotTakenError,
    Status,
    TooManyBookingsError,
    TooManyNoShowsError,
    get,
)
from booking.catalogue import Catalogue
from booking.giving_back import forgo
from booking.visit import Visit
from booking.waitlist_rows import COLUMNS, Entry, WaitStatus, Wanted, close, entry_from, find_line, put_back
from core.uow import UnitOfWork

_LINE_LOCK = 4
_DAY = timedelta(days=1)
_TOLD_FROM = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Offer:
    """A time that is held in the name of the first who wants it."""

    entry: Entry
    booking: Booking


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An offer that nobody answered in time; the entry as it stands now."""

    entry: Entry
    booking: Booking


@dataclass(frozen=True, slots=True)
class Settled:
    """`in_vain` are the waits that ended without an offer being open."""

    lapsed: list[Lapsed]
    in_vain: list[Entry]


@dataclass(frozen=True, slots=True)
class _Found:
    """The first of the line for whom there is a time, and the soonest that suits."""

    position: int
    entry: Entry
    visit: Visit
    starts_at: datetime


async def offer_next(
    uow: UnitOfWork, catalogue: Catalogue, *, now: datetime, passing_over: Collection[int] = ()
) -> Offer | None:
    """Holds a time for the first in the line for whom one is free; None when there is nobody.

    `passing_over` are entries that keep their place but cannot be asked now; so do those whose customer may not book
    (any more), by the tenant's limits.
    """
    await _lock_line(uow)
    line = [entry for entry in await find_line(uow) if entry.id not in passing_over]
    while found := await _first(uow, catalogue, line, now):
        try:
            offer = await _offer(uow, catalogue, found, now)
        except (SlotTakenError, NotBookableError):  # somebody was quicker; perhaps there is another time
            line[found.position] = replace(found.entry, passed=(*found.entry.passed, found.starts_at))
        except (TooManyBookingsError, TooManyNoShowsError):
            line.pop(found.position)
        else:
            if offer:
                return offer
            line.pop(found.position)
    return None


async def _lock_line(uow: UnitOfWork) -> None:
    await uow.driver.execute(f"SELECT pg_advisory_xact_lock({_LINE_LOCK << 56 | int(uow.tenant_id)})")


async def _first(uow: UnitOfWork, catalogue: Catalogue, line: Sequence[Entry], now: datetime) -> _Found | None:
    """Who stands before the one that was found is asked once more: the time may have become free meanwhile."""
    first: _Found | None = None
    while found := await _scan(uow, catalogue, line, now):
        first, line = found, line[: found.position]
    return first


async def _scan(uow: UnitOfWork, catalogue: Catalogue, line: Sequence[Entry], now: datetime) -> _Found | None:
    """In the order of the line; those who want the same are answered by one search."""
    known: dict[Wanted, list[Slot]] = {}
    for position, entry in enumerate(line):
        visit = entry.wanted.visit(catalogue)
        if visit is None:
            continue
        alike = _whenever(entry.wanted)
        if alike not in known:
            dates = [(e.wanted.from_date, e.wanted.to_date) for e in line if _whenever(e.wanted) == alike]
            first, last = min(first for first, _ in dates), max(last for _, last in dates)
            known[alike] = await _find(uow, catalogue, visit, first, last, now)
        suiting = _suiting(catalogue, entry.wanted, known[alike])
        starts_at = next((slot.starts_at for slot in suiting if slot.starts_at not in entry.passed), None)
        if starts_at is not None:
            return _Found(position, entry, visit, starts_at)
    return None


def _whenever(wanted: Wanted) -> Wanted:
    return replace(wanted, from_date=date.min, to_date=date.max, from_time=None, to_time=None)


async def find_free(uow: UnitOfWork, catalogue: Catalogue, wanted: Wanted, *, now: datetime) -> list[Slot]:
    """What is free of this already: nobody needs to wait for it."""
    visit = wanted.visit(catalogue)
    if visit is None:
        return []
    return _suiting(catalogue, wanted, await _find(uow, catalogue, visit, wanted.from_date, wanted.to_date, now))


async def _find(
    uow: UnitOfWork, catalogue: Catalogue, visit: Visit, first: date, last: date, now: datetime
) -> list[Slot]:
    """The search of every booking; a day more at both ends than any zone needs is not looked at in vain."""
    soonest, latest = now.date() - _DAY, now.date() + _DAY * (catalogue.rules.horizon_days + 1)
    first, last = max(first, soonest), min(last, latest)
    if first > last:
        return []
    return await availability.find(uow, catalogue, visit, from_date=first, to_date=last, now=now)


def _suiting(catalogue: Catalogue, wanted: Wanted, slots: Sequence[Slot]) -> list[Slot]:
    return [slot for slot in slots if wanted.allows(_local(catalogue, slot))]


def _local(catalogue: Catalogue, slot: Slot) -> datetime:
    return slot.starts_at.astimezone(catalogue.location_of(slot.staff_ids[0]).zone)


_CLAIM = "SELECT id FROM waitlist_entries WHERE tenant_id = $1 AND id = $2 AND status = 'waiting' FOR UPDATE"
_OFFER = "UPDATE waitlist_entries SET status = 'offered', booking_id = $3 WHERE tenant_id = $1 AND id = $2"


async def _offer(uow: UnitOfWork, catalogue: Catalogue, found: _Found, now: datetime) -> Offer | None:
    """None when the customer has left the line meanwhile."""
    entry = found.entry
    if await uow.driver.fetchval(_CLAIM, uow.tenant_id, entry.id) is None:
        return None
    booking = await lifecycle.hold(
        uow,
        catalogue,
        found.visit,
        key=f"waitlist:{entry.id}:{int(found.starts_at.timestamp())}",
        customer_id=entry.customer_id,
        starts_at=found.starts_at,
        now=now,
        conversation_id=entry.conversation_id,
        hold_until=min(now + timedelta(minutes=catalogue.rules.waitlist_offer_minutes), found.starts_at),
    )
    await uow.driver.execute(_OFFER, uow.tenant_id, entry.id, booking.id)
    return Offer(replace(entry, status=WaitStatus.OFFERED, booking_id=booking.id), booking)


async def settle(uow: UnitOfWork, catalogue: Catalogue, *, now: datetime) -> Settled:
    """Ends what is fulfilled or over and puts those back whose offer has ended: who has to be told of it."""
    await _lock_line(uow)
    await _close_fulfilled(uow, now)
    lapsed = [await _lapse(uow, row["booking_id"], now) for row in await uow.driver.fetch(_ENDED, uow.tenant_id)]
    over = {entry.id: entry for entry in await _close_over(uow, catalogue, now)}
    unanswered = [
        replace(one, entry=over.pop(one.entry.id, one.entry))
        for one in lapsed
        if one is not None and one.booking.status is Status.EXPIRED
    ]
    return Settled(unanswered, list(over.values()))


# What the customer has booked or moved there since they wait; what was theirs before or was offered is in `passed`.
_FULFILLED = """
SELECT w.id, w.booking_id FROM waitlist_entries w
WHERE w.tenant_id = $1 AND w.status IN ('waiting', 'offered') AND EXISTS (
    SELECT 1 FROM bookings b
    JOIN appointments a ON a.tenant_id = $1 AND a.booking_id = b.id AND a.service_id = w.service_id
    JOIN locations l ON l.tenant_id = $1 AND l.id = b.location_id
    WHERE b.tenant_id = $1 AND b.customer_id = w.customer_id AND b.id IS DISTINCT FROM w.booking_id
        AND b.status IN ('confirmed', 'pending_approval') AND b.starts_at >= w.from_date - interval '2 days'
        AND (a.starts_at AT TIME ZONE l.timezone)::date BETWEEN w.from_date AND w.to_date
        AND to_char(a.starts_at AT TIME ZONE l.timezone, 'HH24:MI')
            BETWEEN coalesce(w.from_time, '00:00') AND coalesce(w.to_time, '24:00')
        AND (b.created_at > w.created_at
            OR b.starts_at <> ALL (ARRAY(SELECT start::timestamptz FROM jsonb_array_elements_text(w.passed) start))))
"""


async def _close_fulfilled(uow: UnitOfWork, now: datetime) -> None:
    """With the offer that is still open beside."""
    fulfilled = await uow.driver.fetch(_FULFILLED, uow.tenant_id)
    for row in fulfilled:
        if row["booking_id"] is not None:
            await forgo(uow, [row["booking_id"]])
            await claims.release(
                uow, row["booking_id"], Status.CANCELLED, following=[Status.HELD], now=now, by="system"
            )
    if fulfilled:
        await close(uow, [row["id"] for row in fulfilled], WaitStatus.TAKEN)


_ENDED = """
SELECT w.booking_id FROM waitlist_entries w JOIN bookings b ON b.tenant_id = w.tenant_id AND b.id = w.booking_id
WHERE w.tenant_id = $1 AND w.status = 'offered' AND b.status IN ('expired', 'cancelled') ORDER BY w.queue_at, w.id
"""


async def _lapse(uow: UnitOfWork, booking_id: int, now: datetime) -> Lapsed | None:
    booking = await get(uow, booking_id)
    entry = await put_back(uow, booking, now=now)
    return Lapsed(entry, booking) if entry else None


_OVER = f"""
UPDATE waitlist_entries SET status = 'expired'
WHERE tenant_id = $1 AND status = 'waiting' AND (to_date < $2 OR service_id <> ALL ($3::bigint[])) RETURNING {COLUMNS}
"""


async def _close_over(uow: UnitOfWork, catalogue: Catalogue, now: datetime) -> list[Entry]:
    """Those whose last day is over everywhere, or whose service is no longer offered; the customer is told in the
    morning after, not at midnight."""
    today = min((now - _TOLD_FROM).astimezone(location.zone).date() for location in catalogue.locations)
    rows = await uow.driver.fetch(_OVER, uow.tenant_id, today, [service.id for service in catalogue.services])
    return [entry_from(row) for row in rows]
