"""Sixteen clients who want rooms of a kind, days with limits, visits and series: the right winners, nobody stuck."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from booking.booking import Booking
from booking.series import book_series
from booking.visit import Visit
from core.ids import new_token
from core.runtime import Runtime
from tests.support.bookings import Salon, make_salon
from tests.support.races import CLIENTS, Attempt, fair_play, race

ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
TUESDAY = date(2026, 3, 3)
START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
HALF_HOUR, WEEK = timedelta(minutes=30), timedelta(weeks=1)
TEAM = [f"p{n}" for n in range(6)]


def _service(key: str, *staff: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "duration_minutes": 30, "staff": list(staff), **more}


SERVICES = [
    _service("seated", *TEAM, any_resources=["chair"]),
    _service("two-chairs", *TEAM, any_resources=["chair", "chair"]),
    _service("plain", *TEAM),
    _service("rare", *TEAM, max_bookings_per_day=3),
    _service("long", *TEAM, max_minutes_per_day=90),
    _service("all", "p0", "p1", "p2", needs_all_staff=True),
]


@pytest.fixture
async def salon(runtime: Runtime) -> AsyncIterator[Salon]:
    """Six people who never close and four chairs; `p5` works three times a day."""
    people: list[dict[str, Any]] = [{"key": key, "name": key, "location": "centre", "hours": ALWAYS} for key in TEAM]
    people[5]["max_bookings_per_day"] = 3
    chairs = [{"key": f"chair-{n}", "name": f"Chair {n}", "kind": "chair", "location": "centre"} for n in range(4)]
    rules = {"max_open_bookings_per_customer": 1000, "staff_choice": "least_busy"}
    salon = await make_salon(runtime, services=SERVICES, staff=people, resources=chairs, merchants=[], rules=rules)
    async with fair_play(salon):
        yield salon


def _hold(salon: Salon, at: datetime, service: str, *staff: str, by: int) -> Attempt[Booking]:
    visit = Visit((salon.item(service, *staff),))
    return lambda: salon.hold(at, visit=visit, customer_id=by)


async def _customers(salon: Salon, count: int = CLIENTS) -> list[int]:
    return [await salon.customer() for _ in range(count)]


async def test_of_sixteen_who_want_one_of_four_chairs_four_get_one(salon: Salon) -> None:
    starts, customers = [START + n * HALF_HOUR for n in range(6)], await _customers(salon)
    won = await race(_hold(salon, at, "seated", by=who) for at in starts for who in customers)
    assert sorted(booking.starts_at for booking in won) == sorted(starts * 4)


async def test_who_needs_two_chairs_gets_two_or_none_and_no_chair_stays_empty(salon: Salon) -> None:
    starts = [START + n * HALF_HOUR for n in range(6)]
    wishes = product(starts, enumerate(await _customers(salon)))
    await race(_hold(salon, at, ("two-chairs", "seated")[n % 2], by=who) for at, (n, who) in wishes)
    chairs = {room.id for room in salon.catalogue.resources}
    taken = [(row["starts_at"], row["resource_id"]) for row in await salon.occupied() if row["resource_id"] in chairs]
    assert sorted(taken) == sorted(product(starts, chairs))


@pytest.mark.parametrize(
    ("service", "staff"),
    [("rare", ()), ("long", ()), ("plain", ("p5",))],
    ids=["three of a service", "ninety minutes of a service", "three of a person"],
)
async def test_of_sixteen_on_a_day_that_holds_three_three_get_in(
    salon: Salon, service: str, staff: tuple[str, ...]
) -> None:
    """Each wants a time of its own, that nobody else wants."""
    days = [START + timedelta(days=n) for n in range(3)]
    wishes = product(days, enumerate(await _customers(salon)))
    won = await race(_hold(salon, day + n * HALF_HOUR, service, *staff, by=who) for day, (n, who) in wishes)
    assert sorted(booking.starts_at.date() for booking in won) == sorted([day.date() for day in days] * 3)


async def test_visits_singles_and_whole_teams_leave_nothing_that_was_refused(salon: Salon) -> None:
    """In opposite orders of people; what was refused cannot be had afterwards either."""
    visits = [
        Visit((salon.item("plain", "p0"), salon.item("seated", "p1"))),
        Visit((salon.item("seated", "p1"), salon.item("plain", "p0"))),
        Visit((salon.item("plain", "p2"), salon.item("plain", "p1"), salon.item("two-chairs", "p0"))),
        Visit((salon.item("plain", "p0", "p1", "p2"), salon.item("seated", "p0", "p1", "p2")), same_person=True),
        Visit((salon.item("plain", "p1"),)),
        Visit((salon.item("all"),)),
    ]
    starts = [START + n * HALF_HOUR for n in range(8)]
    refused = {(at, n) for at in starts for n in range(len(visits))}

    def attempt(at: datetime, n: int, by: int) -> Attempt[None]:
        async def hold() -> None:
            await salon.hold(at, visit=visits[n], customer_id=by)
            refused.discard((at, n))

        return hold

    tries = [(start, n) for start in starts for n in range(len(visits))]
    customers = await _customers(salon, 2 * len(tries))  # one's own hold would make room for the next
    await race(attempt(*tries[k * 11 % len(tries)], by=who) for k, who in enumerate(customers))
    for at, n in sorted(refused):
        assert at not in [slot.starts_at for slot in await salon.free(TUESDAY, visit=visits[n])]


async def test_visits_that_change_places_do_not_wait_for_each_other(salon: Salon) -> None:
    ways = [Visit((salon.item("plain", "p0"), salon.item("seated", "p1")))] * 2
    ways[1] = Visit((salon.item("seated", "p1"), salon.item("plain", "p0")))
    booked = [
        await salon.book(START + n * timedelta(hours=2), visit=ways[n % 2], customer_id=await salon.customer())
        for n in range(8)
    ]
    await race(
        lambda booking=booking, at=at: salon.move(booking, at, staff=None, by="merchant")  # type: ignore[misc]
        for k in range(24)
        for booking, at in [(booked[k % 8], booked[(k * 5 + 1) % 8].starts_at + timedelta(hours=k % 3))]
    )
    assert len({row["booking_id"] for row in await salon.occupied()}) == 8


async def test_series_are_had_whole_or_not_at_all(salon: Salon) -> None:
    """Eight want the same three Tuesdays, eight one of those Tuesdays alone."""
    dates = [START + n * WEEK for n in range(3)]
    visit = Visit((salon.item("plain", "p0"),))

    def recurring(by: int) -> Attempt[list[Booking]]:
        how: dict[str, Any] = {"key": new_token(), "customer_id": by, "now": salon.now, "conversation_id": None}
        return lambda: salon.unit(lambda uow: book_series(uow, salon.catalogue, [(at, visit) for at in dates], **how))

    def single(by: int, at: datetime) -> Attempt[list[Booking]]:
        async def hold() -> list[Booking]:
            return [await salon.hold(at, visit=visit, customer_id=by)]

        return hold

    customers = await _customers(salon)
    attempts = [recurring(who) if n % 2 else single(who, dates[n // 2 % 3]) for n, who in enumerate(customers)]
    won = await race(attempts)
    assert {len(booked) for booked in won} <= {1, 3}
    rows = await salon.sql("SELECT series, count(*) AS number FROM bookings WHERE series IS NOT NULL GROUP BY series")
    assert {row["number"] for row in rows} <= {3}
    assert sorted(row["starts_at"] for row in await salon.occupied()) == dates
