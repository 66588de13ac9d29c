"""Who is offered what, and when: the first in the line who wants the time, one at a time, whoever looks after it."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from booking import lifecycle
from booking.invariants import find_violations
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from tests.support.bookings import Salon, make_salon
from tests.support.tenants import HOURS
from tests.support.waiting import NOTHING, TUESDAY, Line, at

WEDNESDAY = date(2026, 3, 4)
ONE_CUT = {"2026-03-03": ["10:00-10:45"]}
PEOPLE = [
    {"key": "nadia", "name": "Nadia", "location": "centre", "hours": HOURS, "overrides": ONE_CUT},
    {"key": "emile", "name": "Émile", "location": "centre", "hours": HOURS, "overrides": {"2026-03-03": []}},
]


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, staff=PEOPLE, rules={"max_open_bookings_per_customer": 2})


@pytest.fixture
async def line(salon: Salon) -> Line:
    return Line(salon)


async def waiting(line: Line, count: int, **wanted: Any) -> list[int]:
    """So many who wait for the one haircut of Tuesday; their entries in the order of the line."""
    return [(await line.join(**wanted)).id for _ in range(count)]


async def live(salon: Salon) -> list[tuple[str, int]]:
    rows = await salon.sql(
        "SELECT status, customer_id FROM bookings WHERE status IN ('held', 'pending_approval', 'confirmed')"
    )
    return [(row["status"], row["customer_id"]) for row in rows]


async def test_nothing_is_offered_while_nothing_is_free(line: Line) -> None:
    await line.salon.book(at(10))
    await waiting(line, 2)
    assert await line.offers() == []


async def test_a_cancelled_time_is_held_for_the_first_in_the_line(line: Line) -> None:
    booking = await line.salon.book(at(10))
    first, *_ = await waiting(line, 3)
    await line.salon.cancel(booking)
    (offer,) = await line.offers()
    assert offer.entry.id == first
    assert offer.booking.starts_at == at(10)
    assert offer.booking.hold_until == line.salon.now + timedelta(minutes=30)
    assert await line.salon.free(TUESDAY) == []


async def test_eight_who_wait_are_asked_one_after_the_other(line: Line, clock: FixedClock) -> None:
    """By a no or by silence, in turns; the last one takes it."""
    booking = await line.salon.book(at(10))
    entries = await waiting(line, 8)
    await line.salon.cancel(booking)
    asked: list[int] = []
    for turn in range(7):
        (offer,) = await line.offers()
        asked.append(offer.entry.id)
        assert len(await live(line.salon)) == 1
        if turn % 2:
            await line.refuse(offer)
        else:
            clock.advance(timedelta(minutes=30))
            assert await line.salon.expire(offer.booking)
            assert [lapsed.entry.id for lapsed in (await line.settle()).lapsed] == [offer.entry.id]
            assert await line.settle() == NOTHING
    (offer,) = await line.offers()
    assert [*asked, offer.entry.id] == entries
    await line.take(offer)
    assert await live(line.salon) == [("confirmed", offer.entry.customer_id)]
    assert await line.offers() == []
    assert await line.salon.unit(find_violations) == []


async def test_who_lets_an_offer_pass_goes_to_the_end_and_is_not_asked_for_that_time_again(line: Line) -> None:
    entries = await waiting(line, 2, to_date=WEDNESDAY)
    (first, second) = [await line.offer(), await line.offer()]
    assert first and second
    assert (first.booking.starts_at, second.booking.starts_at) == (at(10), at(9, day=WEDNESDAY))
    await line.refuse(first)
    await line.refuse(second)
    again = await line.offers()
    assert [offer.entry.id for offer in again] == entries
    assert [offer.booking.starts_at for offer in again] == [at(9, day=WEDNESDAY), at(10)]


async def test_many_workers_hold_no_time_twice_and_keep_the_order(line: Line) -> None:
    booking = await line.salon.book(at(10))
    entries = await waiting(line, 8)
    await line.salon.cancel(booking)
    for position, entry_id in enumerate(entries):
        found = [offer for offer in await asyncio.gather(*(line.offer() for _ in range(4))) if offer]
        assert [offer.entry.id for offer in found] == [entry_id]
        assert len(await live(line.salon)) == 1
        if position < 7:
            await line.refuse(found[0])
    assert await line.salon.unit(find_violations) == []


async def test_workers_who_offer_and_customers_who_book_share_the_times(line: Line) -> None:
    """Four people wait for Wednesday morning with anyone, eight others book the same times meanwhile."""
    await waiting(line, 4, staff=None, day=WEDNESDAY, from_time="09:00", to_time="09:30")
    starts = [at(9, 15 * (n % 3), day=WEDNESDAY) for n in range(8)]
    results = await asyncio.gather(
        *(line.offers() for _ in range(2)),
        *(line.salon.hold(start, staff=None) for start in starts),
        return_exceptions=True,
    )
    offers = [offer for found in results[:2] if isinstance(found, list) for offer in found]
    assert not [result for result in results[:2] if isinstance(result, BaseException)]
    assert len({offer.entry.id for offer in offers}) == len(offers)
    assert len(await live(line.salon)) == 2
    assert await line.salon.unit(find_violations) == []


async def test_a_time_that_is_booked_before_the_offer_is_not_offered(line: Line) -> None:
    """Two starts suit: one is taken by somebody else, uncommitted while the search runs."""
    (entry,) = await waiting(line, 1, staff=None, day=WEDNESDAY, from_time="09:00", to_time="10:00")
    customers = [await line.salon.customer() for _ in range(2)]
    async with unit_of_work(line.salon.runtime, line.salon.tenant_id) as uow:
        for customer, staff in zip(customers, ("nadia", "emile"), strict=True):
            await _hold(uow, line.salon, customer, staff)
        waiting_offer = asyncio.ensure_future(line.offer())
        own = await uow.driver.fetchval("SELECT pg_backend_pid()")
        blocked = "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
        async with asyncio.timeout(5):
            while not (await line.salon.sql(blocked, own))[0]["count"]:
                continue
    offer = await waiting_offer
    assert offer
    assert (offer.entry.id, offer.booking.starts_at) == (entry, at(10, day=WEDNESDAY))


async def _hold(uow: UnitOfWork, salon: Salon, customer: int, staff: str) -> None:
    await lifecycle.hold(
        uow,
        salon.catalogue,
        salon.visit("cut", staff),
        key=f"rival:{staff}",
        customer_id=customer,
        starts_at=at(9, day=WEDNESDAY),
        now=salon.now,
        conversation_id=None,
    )


async def test_the_window_the_times_and_the_person_are_kept(line: Line) -> None:
    await line.join(day=WEDNESDAY, from_time="14:00", to_time="16:00")
    await line.join(day=WEDNESDAY, staff="emile", from_time="10:00", to_time="10:00")
    await line.join(day=date(2026, 3, 8))  # a Sunday
    await line.join(day=date(2026, 8, 3))  # beyond the horizon
    offers = await line.offers()
    assert [(offer.booking.starts_at, offer.booking.staff_id) for offer in offers] == [
        (at(14, day=WEDNESDAY), line.salon.staff_id("nadia")),
        (at(10, day=WEDNESDAY), line.salon.staff_id("emile")),
    ]


async def test_a_party_waits_for_as_many_seats(line: Line) -> None:
    wish: dict[str, Any] = {"service": "class", "staff": "emile"}
    day: dict[str, Any] = {"day": WEDNESDAY, "from_time": "09:00", "to_time": "09:00"}
    seats = [await line.salon.book(at(9, day=WEDNESDAY), party_size=size, **wish) for size in (1, 1)]
    two = await line.join(party_size=2, **day, **wish)
    one = await line.join(**day, **wish)
    (offer,) = await line.offers()
    assert offer.entry.id == one.id
    await line.refuse(offer)
    await line.salon.cancel(seats[0])
    (offer,) = await line.offers()
    assert (offer.entry.id, offer.booking.party_size) == (two.id, 2)


async def test_who_may_not_book_keeps_the_place_and_the_next_is_asked(line: Line) -> None:
    busy = await line.salon.customer()
    bookings = [await line.salon.book(at(hour, day=date(2026, 3, 5)), customer_id=busy) for hour in (9, 11)]
    first, second = await line.join(busy), await line.join()
    (offer,) = await line.offers()
    assert offer.entry.id == second.id
    await line.refuse(offer)
    await line.salon.cancel(bookings[0])
    (offer,) = await line.offers()
    assert offer.entry.id == first.id


async def test_who_cannot_be_asked_now_is_passed_over(line: Line) -> None:
    first, second = await waiting(line, 2)
    offer = await line.offer(passing_over={first})
    assert offer
    assert offer.entry.id == second
    assert await line.statuses() == ["waiting", "offered"]


async def test_an_offer_is_never_held_beyond_its_own_start(runtime: Runtime, clock: FixedClock) -> None:
    line = Line(await make_salon(runtime, staff=PEOPLE, rules={"min_notice_minutes": 0}))
    clock.set(at(9, 50))
    await line.join()
    (offer,) = await line.offers()
    assert offer.booking.hold_until == at(10)
