"""Taking a slot: asked of the same search that listed it, then stored under the locks of customer and calendars."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

import orjson

from booking import availability, claims, limits
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
from booking.catalogue import Catalogue
from booking.giving_back import forgo
from booking.occupying import locked, occupy
from booking.plans import APPOINTED, APPOINTED_TYPES, Plan, find_plan, plan_visit
from booking.results import find_result
from booking.rules import check_no_shows
from booking.visit import Visit
from core.errors import ExpectedError
from core.uow import UnitOfWork


class _DoneBeforeError(ExpectedError):
    """The command of this key was carried out while we were on our way."""


class _GivenUp(Enum):
    """Of what the customer only holds: what is in the way on the calendars that the wish may take up, or, where limits
    count it, all of those days."""

    NOTHING = auto()
    NAMED = auto()
    ROOMS_OF_KINDS = auto()
    OF_THE_DAYS = auto()


@dataclass(frozen=True, slots=True)
class _Wish:
    catalogue: Catalogue
    visit: Visit
    key: str
    customer_id: int
    starts_at: datetime
    now: datetime
    conversation_id: int | None
    hold_until: datetime
    series: str | None


async def hold(
    uow: UnitOfWork,
    catalogue: Catalogue,
    visit: Visit,
    *,
    key: str,
    customer_id: int,
    starts_at: datetime,
    now: datetime,
    conversation_id: int | None,
    hold_until: datetime | None = None,
    series: str | None = None,
) -> Booking:
    """Takes a slot till `hold_until` (by default as long as the tenant holds), with the first of those who are free.

    The same key gives the same booking, whatever became of it. What the customer only holds and is in the way is given
    up for it. Raises SlotTakenError, NotBookableError, TooManyBookingsError or TooManyNoShowsError; nothing is stored
    then. The bookings of one `series` count as one towards the limit of open bookings.
    """
    until = hold_until or now + timedelta(minutes=catalogue.rules.hold_minutes)
    wish = _Wish(catalogue, visit, key, customer_id, starts_at, now, conversation_id, until, series)
    try:
        await check_no_shows(uow, catalogue.rules, customer_id, now=now)
        return await _hold(uow, wish)
    except ExpectedError:
        # A command that was carried out before is refused because of its own booking: its result is looked up then.
        earlier = await find_result(uow, key)
        if earlier is None:
            raise
        return earlier


async def _hold(uow: UnitOfWork, wish: _Wish) -> Booking:
    """Tried first without a look at the customer's own holds, which are seldom: they hide nothing, but cost a read."""
    for given_up in _given_up(wish):
        customer_id = None if given_up is _GivenUp.NOTHING else wish.customer_id
        slot = await availability.find_at(
            uow, wish.catalogue, wish.visit, starts_at=wish.starts_at, now=wish.now, customer_id=customer_id
        )
        for assignment in slot.assignments if slot else ():
            try:
                plan = plan_visit(wish.catalogue, wish.visit, assignment, wish.starts_at)
                return await _hold_plan(uow, wish, plan, given_up)
            except SlotTakenError:
                continue
    raise refusal(wish.catalogue, wish.visit, wish.starts_at, now=wish.now)


def _given_up(wish: _Wish) -> list[_GivenUp]:
    """No more than it takes: what is held of a kind of room goes late, what only counts goes last."""
    steps = [_GivenUp.NOTHING, _GivenUp.NAMED]
    if any(item.service.any_resources for item in wish.visit.items):
        steps.append(_GivenUp.ROOMS_OF_KINDS)
    if limits.has_limits(wish.catalogue, wish.visit):
        steps.append(_GivenUp.OF_THE_DAYS)
    return steps


def refusal(catalogue: Catalogue, visit: Visit, starts_at: datetime, *, now: datetime) -> ExpectedError:
    """Why there is no slot at this start: somebody has it, or the rules never offered it."""
    offered = availability.is_offered(catalogue, visit, starts_at=starts_at, now=now)
    return SlotTakenError() if offered else NotBookableError()


async def _hold_plan(uow: UnitOfWork, wish: _Wish, plan: Plan, given_up: _GivenUp) -> Booking:
    async with locked(uow, wish.catalogue, plan, customer_id=wish.customer_id):
        if given_up is not _GivenUp.NOTHING:
            await _give_up(uow, wish, plan, given_up)
        booking = await _insert(uow, wish, plan)
        return await occupy(uow, wish.catalogue, plan, booking, now=wish.now)


async def _give_up(uow: UnitOfWork, wish: _Wish, plan: Plan, given_up: _GivenUp) -> None:
    catalogue, span = wish.catalogue, plan.occupied
    calendars = {span.resource_id for span in plan.spans(catalogue)}
    if given_up in (_GivenUp.ROOMS_OF_KINDS, _GivenUp.OF_THE_DAYS):
        calendars = plan.resource_ids(catalogue)
    if given_up is _GivenUp.OF_THE_DAYS:
        span = limits.whole_days(plan.location.zone, plan.blocks)
        services = [stage.item.service for stage in plan.stages]
        calendars |= {person.resource_id for service in services for person in catalogue.staff_of(service)}
    ended = await claims.give_up_own(
        uow, wish.customer_id, calendars, *span, now=wish.now, look_back=catalogue.look_back
    )
    await forgo(uow, [booking.id for booking in ended])


# The limit is counted under the customer's lock; the key is stored beside the booking or nothing is.
_INSERT = f"""
WITH allowed AS (
    SELECT count(DISTINCT coalesce(series, id::text)) FILTER (WHERE (series = $16) IS NOT TRUE) < $15 AS yes
    FROM bookings
    WHERE tenant_id = $1 AND customer_id = $2 AND ends_at > $12
        AND (status = 'confirmed' OR status IN ('held', 'pending_approval') AND hold_until > $12)
), booked AS (
    INSERT INTO bookings (tenant_id, status, customer_id, service_id, staff_id, location_id, conversation_id,
        party_size, starts_at, ends_at, price_minor, currency, hold_until, created_at, series)
    SELECT $1, 'held', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $12, $16 FROM allowed WHERE yes
    RETURNING {COLUMNS}
), appointed AS (
    INSERT INTO appointments (tenant_id, booking_id, {APPOINTED})
    SELECT $1, booked.id, {", ".join(f"a.{name}" for name in APPOINTED.split(", "))}
    FROM booked, jsonb_to_recordset($17::jsonb) AS a ({APPOINTED_TYPES})
), stored AS (
    INSERT INTO command_results (tenant_id, key, result)
    SELECT $1, $14, jsonb_build_object('booking_id', id) FROM booked ON CONFLICT DO NOTHING RETURNING key
)
SELECT booked.*, EXISTS (SELECT 1 FROM stored) AS is_new FROM booked
"""


async def _insert(uow: UnitOfWork, wish: _Wish, plan: Plan) -> Booking:
    limit, price = wish.catalogue.rules.max_open_bookings_per_customer, plan.price
    row = await uow.driver.fetchrow(
        _INSERT,
        uow.tenant_id,
        wish.customer_id,
        plan.service.id,
        plan.staff_id,
        plan.location.id,
        wish.conversation_id,
        plan.party_size,
        plan.starts_at,
        plan.ends_at,
        price.minor if price else None,
        wish.catalogue.currency,
        wish.now,
        wish.hold_until,
        wish.key,
        limit,
        wish.series,
        orjson.dumps(plan.rows()).decode(),
    )
    if row is None:
        raise TooManyBookingsError(limit=limit)
    if not row["is_new"]:
        raise _DoneBeforeError
    return booking_from(row)


async def hold_again(uow: UnitOfWork, catalogue: Catalogue, booking: Booking, *, now: datetime) -> None:
    """A hold that ran out is taken anew, as it was, if its time is still free; else SlotTakenError.

    The notice is not asked for again: the customer chose in time.
    """
    plan = await find_plan(uow, catalogue, booking.id, party_size=booking.party_size)
    if plan is None or booking.starts_at <= now:
        raise SlotTakenError
    until = now + timedelta(minutes=catalogue.rules.hold_minutes)
    async with locked(uow, catalogue, plan, customer_id=booking.customer_id):
        following = sources_of(Status.EXPIRED)
        await claims.release(uow, booking.id, Status.EXPIRED, following=following, now=now, by="system")
        row = await uow.driver.fetchrow(_REOPEN, uow.tenant_id, booking.id, until)
        if row is None:
            raise SlotTakenError
        await occupy(uow, catalogue, plan, booking_from(row), now=now)


_REOPEN = f"""
UPDATE bookings SET status = 'held', hold_until = $3, sequence = sequence + 1
WHERE tenant_id = $1 AND id = $2 AND status = 'expired' RETURNING {COLUMNS}
"""
