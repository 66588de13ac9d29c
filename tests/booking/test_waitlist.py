"""The line of those who wait: who stands in it, for what, and what ends a wait. NOW is Monday 2 March 2026, 9:00."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from booking import lifecycle
from booking.booking import NotBookableError, Status, TooManyNoShowsError
from booking.invariants import find_neglected, find_violations
from booking.waitlist import MOST_WAITS, OfferGoneError, TooManyWaitsError
from booking.waitlist_offers import find_free
from booking.waitlist_rows import waits_of
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import call_across_tenants, unit_of_work
from tests.support.bookings import Salon, make_salon, open_salon
from tests.support.tenants import HOURS, apply_document, tenant_document
from tests.support.waiting import NOTHING, TUESDAY, Line, at

WEDNESDAY = date(2026, 3, 4)
# On Tuesday Nadia has time for one haircut, Émile for none.
PEOPLE = [
    {
        "key": "nadia",
        "name": "Nadia",
        "location": "centre",
        "hours": HOURS,
        "overrides": {"2026-03-03": ["10:00-10:45"]},
    },
    {"key": "emile", "name": "Émile", "location": "centre", "hours": HOURS, "overrides": {"2026-03-03": []}},
]


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, staff=PEOPLE, rules={"max_open_bookings_per_customer": 2})


@pytest.fixture
async def line(salon: Salon) -> Line:
    return Line(salon)


async def test_waiting_twice_for_the_same_is_one_place_in_the_line(line: Line) -> None:
    customer = await line.salon.customer()
    first = await line.join(customer)
    assert await line.join(customer) == first
    assert await line.join(customer, from_time="10:00", to_time="12:00") != first
    assert len(await line.statuses()) == 2


async def test_a_customer_waits_for_so_many_things_at_most(line: Line) -> None:
    customer = await line.salon.customer()
    days = [TUESDAY + timedelta(days=n) for n in range(MOST_WAITS + 1)]
    entries = [await line.join(customer, day=day) for day in days[:-1]]
    with pytest.raises(TooManyWaitsError):
        await line.join(customer, day=days[-1])
    assert await line.join(customer, day=days[0]) == entries[0]
    await line.leave(entries[0])
    await line.join(customer, day=days[-1])


async def test_nobody_waits_for_a_day_that_is_over(line: Line) -> None:
    with pytest.raises(NotBookableError):
        await line.join(day=date(2026, 3, 1))


async def test_who_missed_too_many_does_not_wait_in_vain(runtime: Runtime, clock: FixedClock) -> None:
    line = Line(await make_salon(runtime, rules={"max_no_shows_per_customer": 1}))
    customer = await line.salon.customer()
    missed = await line.salon.book(at(10), customer_id=customer)
    clock.set(at(12))
    await line.salon.unit(lambda uow: lifecycle.no_show(uow, missed.id, now=line.salon.now))
    with pytest.raises(TooManyNoShowsError):
        await line.join(customer, day=WEDNESDAY)


async def test_a_customer_sees_the_own_waits_soonest_first(line: Line) -> None:
    customer = await line.salon.customer()
    later, sooner = await line.join(customer, day=WEDNESDAY), await line.join(customer)
    await line.join()
    assert await line.salon.unit(lambda uow: waits_of(uow, customer)) == [sooner, later]


async def test_who_leaves_gives_the_offered_time_back(line: Line) -> None:
    entry, following = await line.join(), await line.join()
    assert await line.offer()
    assert await line.leave(entry)
    assert await line.leave(entry) is None
    offer = await line.offer()
    assert offer and offer.entry.id == following.id
    assert await line.statuses() == ["left", "offered"]


async def test_nobody_answers_or_ends_the_wait_of_another(line: Line) -> None:
    entry, stranger = await line.join(), await line.salon.customer()
    offer = await line.offer()
    assert offer
    theirs = replace(offer, entry=replace(offer.entry, customer_id=stranger))
    with pytest.raises(OfferGoneError):
        await line.take(theirs)
    with pytest.raises(OfferGoneError):
        await line.refuse(theirs)
    assert await line.leave(theirs.entry) is None
    assert await line.status(entry) == "offered"


async def test_a_yes_confirms_the_hold_and_ends_the_wait(line: Line) -> None:
    entry = await line.join()
    offer = await line.offer()
    assert offer
    assert (offer.booking.status, offer.booking.starts_at) == (Status.HELD, at(10))
    assert (await line.take(offer)).status is Status.CONFIRMED
    assert await line.status(entry) == "taken"
    with pytest.raises(OfferGoneError):
        await line.take(offer)
    with pytest.raises(OfferGoneError):
        await line.refuse(offer)


async def test_where_the_team_approves_a_yes_asks(runtime: Runtime) -> None:
    line = Line(await make_salon(runtime, staff=PEOPLE, rules={"requires_approval": True}))
    entry = await line.join()
    offer = await line.offer()
    assert offer
    assert (await line.take(offer)).status is Status.PENDING_APPROVAL
    assert await line.status(entry) == "taken"


async def test_a_yes_a_moment_too_late_is_good_while_the_time_is_free(line: Line, clock: FixedClock) -> None:
    await line.join()
    offer = await line.offer()
    assert offer
    clock.advance(timedelta(minutes=31))
    assert (await line.take(offer)).status is Status.CONFIRMED
    assert await line.statuses() == ["taken"]


async def test_a_yes_after_somebody_else_took_the_time_is_too_late(line: Line, clock: FixedClock) -> None:
    await line.join()
    offer = await line.offer()
    assert offer
    clock.advance(timedelta(minutes=31))
    await line.salon.book(at(10))
    with pytest.raises(OfferGoneError):
        await line.take(offer)


async def test_who_books_the_wish_in_another_way_waits_no_longer(line: Line) -> None:
    customer = await line.salon.customer()
    anyone = await line.join(customer, staff=None, day=WEDNESDAY)
    morning = await line.join(customer, staff=None, day=WEDNESDAY, from_time="09:00", to_time="12:00")
    await line.salon.book(at(15, day=WEDNESDAY), customer_id=customer, staff="emile")
    await line.settle()
    assert (await line.status(anyone), await line.status(morning)) == ("taken", "waiting")


async def test_who_moves_a_booking_there_waits_no_longer(line: Line) -> None:
    customer = await line.salon.customer()
    booking = await line.salon.book(at(15, day=WEDNESDAY), customer_id=customer)
    entry = await line.join(customer)
    await line.salon.move(booking, at(10))
    await line.settle()
    assert await line.status(entry) == "taken"


async def test_what_one_has_already_is_neither_fulfilment_nor_offer(line: Line) -> None:
    customer = await line.salon.customer()
    booking = await line.salon.book(at(10), customer_id=customer)
    entry = await line.join(customer, staff=None)
    await line.settle()
    assert await line.status(entry) == "waiting"
    await line.salon.cancel(booking)
    assert await line.offers() == []


async def test_an_offer_that_is_open_ends_with_the_wish(line: Line) -> None:
    customer = await line.salon.customer()
    await line.join(customer, to_date=WEDNESDAY)
    offer = await line.offer()
    assert offer
    await line.salon.book(at(15, day=WEDNESDAY), customer_id=customer)
    assert await line.settle() == NOTHING
    assert await line.statuses() == ["taken"]
    assert [slot.starts_at for slot in await line.salon.free(TUESDAY)] == [at(10)]


async def test_a_wait_in_vain_ends_in_the_morning_after_its_last_day(line: Line, clock: FixedClock) -> None:
    past, kept = await line.join(), await line.join(day=WEDNESDAY)
    clock.set(at(8, day=WEDNESDAY) - timedelta(seconds=1))
    assert await line.settle() == NOTHING
    assert await line.status(past) == "waiting"
    clock.set(at(8, day=WEDNESDAY))
    assert [entry.id for entry in (await line.settle()).in_vain] == [past.id]
    assert [await line.status(entry) for entry in (past, kept)] == ["expired", "waiting"]


async def test_a_wait_ends_with_its_service(runtime: Runtime) -> None:
    document = tenant_document()
    tenant = await apply_document(runtime, document)
    lines = [Line(await open_salon(runtime, tenant.tenant_id))]
    await lines[0].join(service="class", staff=None)
    document["services"] = [service for service in document["services"] if service["key"] != "class"]
    await apply_document(runtime, document)
    lines.append(Line(await open_salon(runtime, tenant.tenant_id)))
    assert await lines[1].offers() == []
    await lines[1].settle()
    assert await lines[1].statuses() == ["expired"]


async def test_what_is_free_need_not_be_waited_for(line: Line) -> None:
    wanted = line.wanted(day=WEDNESDAY, from_time="10:00", to_time="10:15")
    free = await line.salon.unit(lambda uow: find_free(uow, line.salon.catalogue, wanted, now=line.salon.now))
    assert [slot.starts_at for slot in free] == [at(10, day=WEDNESDAY), at(10, 15, day=WEDNESDAY)]


async def test_the_line_of_one_tenant_is_hidden_from_another(runtime: Runtime, line: Line) -> None:
    await line.join()
    other = await make_salon(runtime)
    assert await other.sql("SELECT id FROM waitlist_entries") == []
    async with unit_of_work(runtime, other.tenant_id) as uow:
        changed = await uow.driver.execute("UPDATE waitlist_entries SET status = 'left'")
    assert changed == "UPDATE 0"
    rows = await call_across_tenants(runtime, "SELECT tenant_id FROM waiting_lists()")
    found = {row["tenant_id"] for row in rows}
    assert line.salon.tenant_id in found
    assert other.tenant_id not in found


async def test_what_must_hold_of_the_line_is_checked(line: Line, clock: FixedClock) -> None:
    await line.join()
    offer = await line.offer()
    assert offer
    assert await line.salon.unit(find_violations) == []
    await line.salon.sql("UPDATE waitlist_entries SET booking_id = NULL")
    assert len(await line.salon.unit(find_violations)) == 1
    await line.salon.sql("UPDATE waitlist_entries SET booking_id = $1", offer.booking.id)
    clock.advance(timedelta(minutes=31))
    await line.salon.expire(offer.booking)
    assert await line.salon.unit(find_violations) == []
    clock.advance(timedelta(minutes=10))
    assert await line.salon.unit(lambda uow: find_neglected(uow, line.salon.now)) == [
        f"offered past its time: {offer.entry.id}"
    ]
