"""Several services in a row, variants and add-ons, own terms of staff, the whole team: one booking each."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking.booking import NotBookableError, SlotTakenError
from booking.invariants import find_violations
from booking.queries import BookingView, get_booking
from booking.visit import Visit
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon
from tests.support.tenants import HOURS

TUESDAY = date(2026, 3, 3)
AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # 10:00 in Douala
QUARTER = timedelta(minutes=15)

SERVICES: list[dict[str, Any]] = [
    {
        "key": "cut",
        "name": "Cut",
        "duration_minutes": 45,
        "price": "5000",
        "staff": ["ada", {"key": "bea", "duration_minutes": 30, "price": "8000"}],
    },
    {
        "key": "braids",
        "name": {"en": "Braids", "fr": "Tresses"},
        "duration_minutes": 120,
        "buffer_after_minutes": 15,
        "price": "10000",
        "variants": [
            {"key": "short", "name": {"en": "short", "fr": "courtes"}, "duration_minutes": 90, "price": "9000"},
            {"key": "long", "name": {"en": "long", "fr": "longues"}, "duration_minutes": 150, "price": "15000"},
        ],
        "add_ons": [
            {"key": "beads", "name": {"en": "beads", "fr": "perles"}, "duration_minutes": 15, "price": "2000"},
            {"key": "wash", "name": {"en": "wash", "fr": "shampoing"}, "price": "1000"},
        ],
        "staff": ["ada", {"key": "cleo", "variants": {"long": {"duration_minutes": 120, "price": "20000"}}}],
    },
    {
        "key": "nails",
        "name": "Nails",
        "duration_minutes": 30,
        "buffer_before_minutes": 15,
        "price": "3000",
        "staff": ["bea", "cleo"],
    },
    {"key": "show", "name": "Show", "duration_minutes": 60, "staff": ["ada", "bea", "cleo"], "needs_all_staff": True},
    {"key": "class", "name": "Class", "duration_minutes": 60, "capacity": 3, "staff": ["cleo"]},
]
STAFF = [{"key": key, "name": key.title(), "location": "centre", "hours": HOURS} for key in ("ada", "bea", "cleo")]


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime, services=SERVICES, staff=STAFF, merchants=[], rules={"cancel_until_hours": 0})


async def _view(salon: Salon, booking_id: int) -> BookingView:
    return await salon.unit(lambda uow: get_booking(uow, booking_id))


async def _spans(salon: Salon) -> list[tuple[str, str, str]]:
    """(whose calendar, from, till) in the local time of the place."""
    names = {person.resource_id: person.key for person in salon.catalogue.staff}
    zone = salon.catalogue.locations[0].zone

    def clock(at: datetime) -> str:
        return f"{at.astimezone(zone):%H:%M}"

    return [
        (names[row["resource_id"]], clock(row["starts_at"]), clock(row["ends_at"])) for row in await salon.occupied()
    ]


async def test_services_follow_each_other_with_the_person_of_each(salon: Salon) -> None:
    visit = Visit((salon.item("cut", "ada"), salon.item("nails", "bea")))
    booking = await salon.book(AT_TEN, visit=visit)
    assert (booking.starts_at, booking.ends_at, booking.price_minor) == (AT_TEN, AT_TEN + timedelta(minutes=75), 8000)
    assert await _spans(salon) == [("ada", "10:00", "10:45"), ("bea", "10:30", "11:15")]
    view = await _view(salon, booking.id)
    assert (view.service_name("en"), view.staff_name) == ("Cut + Nails", "Ada, Bea")
    assert [part.starts_at for part in view.parts] == [AT_TEN, AT_TEN + timedelta(minutes=45)]


async def test_one_persons_services_in_a_row_are_one_time_on_the_calendar(salon: Salon) -> None:
    visit = Visit((salon.item("braids", variant="short"), salon.item("nails")), same_person=True)
    booking = await salon.book(AT_TEN, visit=visit)
    assert await _spans(salon) == [("cleo", "10:00", "12:00")]
    assert booking.price_minor == 12000


async def test_a_visit_is_offered_only_where_every_part_finds_somebody(salon: Salon) -> None:
    visit = Visit((salon.item("cut", "ada"), salon.item("nails", "bea")))
    await salon.book(AT_TEN + hours(1), visit=Visit((salon.item("nails", "bea"),)))  # bea: 10:45 till 11:30
    starts = [slot.starts_at for slot in await salon.free(TUESDAY, visit=visit)]
    assert AT_TEN - timedelta(minutes=45) in starts  # nails at 10:00 end at 10:30
    for start in (AT_TEN - timedelta(minutes=15), AT_TEN, AT_TEN + timedelta(minutes=45)):
        assert start not in starts
        with pytest.raises(SlotTakenError):
            await salon.hold(start, visit=visit)
    assert AT_TEN + timedelta(minutes=60) in starts  # cut till 11:45, nails behind the buffers


async def test_a_visit_ends_within_the_hours_of_all(salon: Salon) -> None:
    visit = Visit((salon.item("cut", "ada"), salon.item("nails", "bea")))
    last = max(slot.starts_at for slot in await salon.free(TUESDAY, visit=visit))
    assert last == datetime(2026, 3, 3, 15, 45, tzinfo=UTC)  # 16:45 to 18:00
    with pytest.raises(NotBookableError):
        await salon.hold(last + QUARTER, visit=visit)


async def test_variant_and_add_ons_decide_time_and_price(salon: Salon) -> None:
    item = salon.item("braids", "ada", variant="long", add_ons=("beads", "wash"))
    booking = await salon.book(AT_TEN - hours(1), visit=Visit((item,)))
    assert (booking.ends_at - booking.starts_at, booking.price_minor) == (timedelta(minutes=165), 18000)
    view = await _view(salon, booking.id)
    assert view.service_name("fr") == "Tresses (longues, perles, shampoing)"


async def test_a_persons_own_terms_count_for_what_they_are_said_for(salon: Salon) -> None:
    cut, quick = Visit((salon.item("cut", "ada"),)), Visit((salon.item("cut", "bea"),))
    held = [await salon.hold(AT_TEN, visit=visit) for visit in (cut, quick)]
    assert [(booking.ends_at - booking.starts_at, booking.price_minor) for booking in held] == [
        (timedelta(minutes=45), 5000),
        (timedelta(minutes=30), 8000),
    ]
    long = salon.item("braids", "cleo", variant="long")
    assert (long.minutes(salon.staff_id("cleo")), long.minutes(salon.staff_id("ada"))) == (120, 150)
    assert [salon.item("braids", variant="short").minutes(salon.staff_id(key)) for key in ("ada", "cleo")] == [90, 90]


async def test_the_list_asks_with_the_length_that_each_person_needs(salon: Salon) -> None:
    """Half an hour is left before the break: enough for the quick one alone."""
    visit = Visit((salon.item("cut"),))
    slot = next(slot for slot in await salon.free(TUESDAY, visit=visit) if slot.starts_at == AT_TEN + hours(2.5))
    assert slot.staff_ids == (salon.staff_id("bea"),)
    assert slot.ends_at == AT_TEN + hours(3)


async def test_the_whole_team_comes_or_nobody(salon: Salon) -> None:
    visit = Visit((salon.item("show"),))
    await salon.book(AT_TEN, visit=Visit((salon.item("nails", "cleo"),)))
    starts = {slot.starts_at for slot in await salon.free(TUESDAY, visit=visit)}
    assert AT_TEN not in starts
    assert AT_TEN + timedelta(minutes=30) in starts
    booking = await salon.book(AT_TEN + timedelta(minutes=30), visit=visit)
    assert [span for span in await _spans(salon) if span[1] == "10:30"] == [
        ("ada", "10:30", "11:30"), ("bea", "10:30", "11:30"), ("cleo", "10:30", "11:30"),
    ]  # fmt: skip
    assert (await _view(salon, booking.id)).staff_name == "Ada, Bea, Cleo"
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN + hours(1), visit=Visit((salon.item("cut", "ada"),)))


async def test_a_visit_moves_whole_and_the_old_time_is_free(salon: Salon) -> None:
    visit = Visit((salon.item("cut", "ada"), salon.item("nails", "bea")))
    booking = await salon.book(AT_TEN, visit=visit)
    moved = await salon.move(booking, AT_TEN + QUARTER, staff=None)
    assert (moved.starts_at, moved.ends_at) == (AT_TEN + QUARTER, AT_TEN + hours(1.5))
    assert await _spans(salon) == [("ada", "10:15", "11:00"), ("bea", "10:45", "11:30")]
    view = await _view(salon, booking.id)
    assert [(part.service_names["en"], part.starts_at) for part in view.parts] == [
        ("Cut", AT_TEN + QUARTER), ("Nails", AT_TEN + hours(1)),
    ]  # fmt: skip
    assert await salon.unit(find_violations) == []


async def test_a_cancelled_visit_gives_all_its_time_back(salon: Salon) -> None:
    visit = Visit((salon.item("cut", "ada"), salon.item("nails", "bea"), salon.item("braids", "ada", variant="short")))
    booking = await salon.book(AT_TEN, visit=visit)
    assert len(await salon.occupied()) == 3
    await salon.cancel(booking)
    assert await salon.occupied() == []


async def test_a_hold_of_a_visit_that_ran_out_is_taken_again_as_it_was(salon: Salon, runtime: Runtime) -> None:
    visit = Visit((salon.item("braids", "ada", variant="long"), salon.item("nails", "bea")))
    held = await salon.hold(AT_TEN, visit=visit)
    before = await _spans(salon)
    await salon.sql("UPDATE bookings SET hold_until = $1", salon.now - QUARTER)
    await salon.sql("UPDATE occupancy SET hold_until = $1", salon.now - QUARTER)
    assert await salon.expire(held)
    confirmed = await salon.confirm(held)
    assert confirmed.status == "confirmed"
    assert await _spans(salon) == before


async def test_ones_own_hold_is_not_in_the_way_and_gives_way(salon: Salon) -> None:
    customer = await salon.customer()
    first = await salon.hold(AT_TEN, visit=Visit((salon.item("cut", "ada"),)), customer_id=customer)
    visit = Visit((salon.item("cut", "ada"),))
    others = {slot.starts_at for slot in await salon.free(TUESDAY, visit=visit)}
    own = {slot.starts_at for slot in await salon.free(TUESDAY, visit=visit, customer_id=customer)}
    assert AT_TEN not in others
    assert AT_TEN in own
    second = await salon.hold(AT_TEN + QUARTER, visit=visit, customer_id=customer)
    rows = await salon.sql("SELECT id, status FROM bookings ORDER BY id")
    assert [(row["id"], row["status"]) for row in rows] == [(first.id, "cancelled"), (second.id, "held")]
    assert await _spans(salon) == [("ada", "10:15", "11:00")]


async def test_the_only_room_that_one_holds_oneself_gives_way_with_another_person(runtime: Runtime) -> None:
    """It is a room of a kind: not named by the service, and not the calendar of whom is asked for now."""
    cut = {"key": "cut", "name": "Cut", "duration_minutes": 45, "staff": ["ada", "bea"], "any_resources": ["chair"]}
    chair = {"key": "chair-1", "name": "Chair", "kind": "chair", "location": "centre"}
    salon = await make_salon(runtime, services=[cut], staff=STAFF, merchants=[], resources=[chair])
    customer = await salon.customer()
    first = await salon.hold(AT_TEN, staff="ada", customer_id=customer)
    assert AT_TEN in {slot.starts_at for slot in await salon.free(TUESDAY, staff="bea", customer_id=customer)}
    second = await salon.hold(AT_TEN, staff="bea", customer_id=customer)
    rows = await salon.sql("SELECT id, status FROM bookings ORDER BY id")
    assert [(row["id"], row["status"]) for row in rows] == [(first.id, "cancelled"), (second.id, "held")]


async def test_a_room_that_one_holds_is_kept_where_another_of_its_kind_will_do(runtime: Runtime) -> None:
    cut = {"key": "cut", "name": "Cut", "duration_minutes": 45, "staff": ["ada", "bea"], "any_resources": ["chair"]}
    shave = {"key": "shave", "name": "Shave", "duration_minutes": 45, "staff": ["ada"]}
    chairs = [{"key": f"chair-{n}", "name": "Chair", "kind": "chair", "location": "centre"} for n in (1, 2)]
    salon = await make_salon(runtime, services=[cut, shave], staff=STAFF, merchants=[], resources=chairs)
    customer = await salon.customer()
    kept = await salon.hold(AT_TEN, staff="bea", customer_id=customer)
    gone = await salon.hold(AT_TEN, service="shave", staff="ada", customer_id=customer)
    last = await salon.hold(AT_TEN, staff="ada", customer_id=customer)
    rows = await salon.sql("SELECT id, status FROM bookings ORDER BY id")
    assert [tuple(row) for row in rows] == [(kept.id, "held"), (gone.id, "cancelled"), (last.id, "held")]


async def test_a_visit_of_days_is_seen_to_its_end(runtime: Runtime) -> None:
    """Two services of twenty hours are longer together than any that is offered alone."""
    always = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    night = {"name": "Night", "duration_minutes": 1200, "staff": ["ada"]}
    services = [night | {"key": "one"}, night | {"key": "two"}, night | {"key": "short", "duration_minutes": 60}]
    salon = await make_salon(runtime, services=services, staff=[STAFF[0] | {"hours": always}], merchants=[])
    booked = await salon.book(AT_TEN, visit=Visit((salon.item("one"), salon.item("two"))))
    free = await salon.free(TUESDAY + timedelta(days=2), service="short", staff="ada")
    assert free[0].starts_at == AT_TEN + hours(40)
    assert await salon.unit(find_violations) == []
    await salon.cancel(booked)
    assert await salon.occupied() == []


async def test_what_is_agreed_never_gives_way_to_the_same_customer(salon: Salon) -> None:
    customer = await salon.customer()
    visit = Visit((salon.item("cut", "ada"),))
    await salon.book(AT_TEN, visit=visit, customer_id=customer)
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN + QUARTER, visit=visit, customer_id=customer)


async def test_a_seat_that_one_only_holds_gives_way_to_more_seats(salon: Salon) -> None:
    customer = await salon.customer()
    await salon.hold(AT_TEN, service="class", staff="cleo", customer_id=customer, party_size=2)
    again = await salon.hold(AT_TEN, service="class", staff="cleo", customer_id=customer, party_size=3)
    (session,) = await salon.sql("SELECT taken FROM group_sessions")
    assert (again.party_size, session["taken"]) == (3, 3)
    assert await salon.unit(find_violations) == []
