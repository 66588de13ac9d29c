"""What other booking engines got wrong, by their own threads, asked of ours. Bookings go through the lifecycle."""

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from booking import blocks, lifecycle
from booking.booking import AlreadyDecidedError, Booking, NotBookableError, SlotTakenError, Status
from booking.invariants import find_violations
from core.ids import new_token
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon
from tests.support.tenants import HOURS

TUESDAY = date(2026, 3, 3)
AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # 10:00 in Douala
MINUTE = timedelta(minutes=1)


async def _salon(
    runtime: Runtime, *, rules: dict[str, Any] | None = None, hours: dict[str, Any] = HOURS, **service: Any
) -> Salon:
    """One service `cut` of one person."""
    plain = {"key": "cut", "name": "Cut", "duration_minutes": 45, "staff": ["nadia"]}
    staff = [{"key": "nadia", "name": "Nadia", "location": "centre", "hours": hours}]
    return await make_salon(runtime, services=[plain | service], staff=staff, merchants=[], rules=rules)


async def _told_yes(attempts: Iterable[Awaitable[Booking]]) -> list[Booking]:
    """Of attempts made all at once; whoever is refused is told that the time is taken, and nothing else."""
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    assert {type(answer) for answer in answers} <= {Booking, SlotTakenError}
    return [answer for answer in answers if isinstance(answer, Booking)]


async def _starts(salon: Salon, day: date = TUESDAY, **wish: Any) -> list[datetime]:
    return [slot.starts_at for slot in await salon.free(day, **wish)]


async def test_of_ten_requests_between_check_and_insert_one_gets_the_time(runtime: Runtime) -> None:
    """https://github.com/calcom/cal.diy/issues/13397: all ten saw it free, all ten were booked."""
    salon = await _salon(runtime)
    customers = [await salon.customer() for _ in range(10)]
    booked = await _told_yes(salon.book(AT_TEN, customer_id=customer) for customer in customers)
    assert len(booked) == 1
    assert [row["booking_id"] for row in await salon.occupied()] == [booked[0].id]


async def test_who_asks_for_a_time_that_waits_for_approval_is_refused(runtime: Runtime) -> None:
    """https://github.com/calcom/cal.diy/issues/10789: two asked for one time, and the merchant could accept both."""
    salon = await _salon(runtime, rules={"requires_approval": True})
    first = await salon.book(AT_TEN)
    assert first.status is Status.PENDING_APPROVAL
    assert AT_TEN not in await _starts(salon)
    with pytest.raises(SlotTakenError):
        await salon.book(AT_TEN)
    approved = await salon.unit(lambda uow: lifecycle.approve(uow, first.id, now=salon.now))
    assert approved.status is Status.CONFIRMED
    assert [row["id"] for row in await salon.sql("SELECT id FROM bookings")] == [first.id]


async def test_two_who_accept_at_once_accept_one_request_of_those_that_overlap(runtime: Runtime) -> None:
    """https://github.com/calcom/cal.diy/issues/29958: requests hid nothing, and accepting did not look for overlaps."""
    salon = await _salon(runtime, rules={"requires_approval": True})
    customers = [await salon.customer() for _ in range(8)]
    overlapping = [AT_TEN + n % 3 * 15 * MINUTE for n in range(8)]
    asked = zip(overlapping, customers, strict=True)
    (request,) = await _told_yes(salon.book(at, customer_id=customer) for at, customer in asked)
    accepting = (salon.unit(lambda uow: lifecycle.approve(uow, request.id, now=salon.now)) for _ in range(2))
    answers = await asyncio.gather(*accepting, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == [AlreadyDecidedError.__name__, Booking.__name__]
    (row,) = await salon.sql("SELECT id, status FROM bookings")
    assert (row["id"], row["status"]) == (request.id, "confirmed")


async def test_what_is_not_listed_because_of_a_buffer_cannot_be_booked_by_naming_it(runtime: Runtime) -> None:
    """https://github.com/calcom/cal.diy/issues/14868: who changed the time in the address got into the buffer."""
    salon = await _salon(runtime, duration_minutes=15, buffer_before_minutes=60, buffer_after_minutes=10)
    await salon.book(AT_TEN + hours(2))
    listed, customer = await _starts(salon), await salon.customer()
    for start in (AT_TEN + n * 5 * MINUTE for n in range(5 * 12)):
        if start in listed:
            await salon.cancel(await salon.hold(start, customer_id=customer))
        else:
            with pytest.raises((SlotTakenError, NotBookableError)):
                await salon.hold(start, customer_id=customer)
    assert AT_TEN + hours(2.75) not in listed
    assert AT_TEN + hours(3.25) not in listed  # 10 minutes behind the one, 60 before the other
    assert AT_TEN + hours(4) in listed


@pytest.mark.parametrize(
    "open_hours",
    [{"mon": ["22:30-24:00"], "tue": ["00:00-01:30"]}, {"mon": ["22:30-01:30"]}],
    ids=["two days that touch", "over midnight"],
)
async def test_no_minute_before_midnight_is_lost(runtime: Runtime, open_hours: dict[str, list[str]]) -> None:
    """https://github.com/calcom/cal.diy/issues/5587: the day ended at 23:45, later 23:59, and so did its last slots."""
    salon = await _salon(runtime, rules={"slot_step_minutes": 30}, hours=open_hours, duration_minutes=60)
    half_past_ten = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
    starts = await _starts(salon, date(2026, 3, 2), until=TUESDAY)
    assert starts == [half_past_ten + n * 30 * MINUTE for n in range(5)]
    booked = await salon.book(half_past_ten + hours(1))
    assert booked.ends_at == half_past_ten + hours(2)
    assert await _starts(salon, date(2026, 3, 2), until=TUESDAY) == [half_past_ten, half_past_ten + hours(2)]


@pytest.mark.parametrize(("step", "next_start"), [(20, 40), (25, 25), (5, 25)])
async def test_a_buffer_that_the_step_does_not_divide_is_kept(runtime: Runtime, step: int, next_start: int) -> None:
    """https://github.com/calcom/cal.diy/issues/24253: 20 minutes and 5 to tidy up, booked every 20 minutes."""
    salon = await _salon(runtime, rules={"slot_step_minutes": step}, duration_minutes=20, buffer_after_minutes=5)
    opening = AT_TEN - hours(1)
    booked = [await salon.book(opening)]
    assert (await _starts(salon))[0] == opening + next_start * MINUTE
    while starts := await _starts(salon):
        booked.append(await salon.book(starts[0]))
    assert all(one.ends_at + 5 * MINUTE <= other.starts_at for one, other in pairwise(booked))
    assert len(booked) == 2 * (4 * 60 // next_start)  # four hours before the break and four behind it


TEAM: list[dict[str, Any]] = [
    {"key": key, "name": key.title(), "location": "centre", "hours": HOURS} for key in ("nadia", "emile")
]
LOOK = {"key": "look", "name": "Look", "duration_minutes": 15, "staff": ["nadia", "emile"]}
BRAIDS = {"key": "braids", "name": "Braids", "duration_minutes": 60, "staff": ["nadia"], "resources": ["basin"]}
WASH = {"key": "wash", "name": "Wash", "duration_minutes": 15, "staff": ["emile"], "resources": ["basin"]}
CLASS = {"key": "class", "name": "Class", "duration_minutes": 30, "staff": ["emile"], "capacity": 3}

Taken = set[tuple[str, str]]


async def _taken(salon: Salon) -> Taken:
    """(whose, local start) of the quarters of Tuesday morning that are not offered; `basin` is emile's with it."""
    quarters = [AT_TEN - hours(1) + n * 15 * MINUTE for n in range(16)]
    wishes = {"nadia": ("look", "nadia"), "emile": ("look", "emile"), "basin": ("wash", "emile")}
    free = {whose: await _starts(salon, service=key, staff=who) for whose, (key, who) in wishes.items()}
    return {(whose, f"{at + hours(1):%H:%M}") for whose, starts in free.items() for at in quarters if at not in starts}


def _of(*taken: str) -> Taken:
    """`nadia 09:00-09:30`: its quarters. Who is taken has no hand for the basin."""
    found: Taken = set()
    for text in taken:
        whose, span = text.split()
        start, end = (datetime.fromisoformat(f"2026-03-03T{clock}") for clock in span.split("-"))
        while start < end:
            found |= {(who, f"{start:%H:%M}") for who in ((whose, "basin") if whose == "emile" else (whose,))}
            start += 15 * MINUTE
    return found


async def test_what_comes_later_makes_nothing_free_that_was_taken_before(runtime: Runtime) -> None:
    """https://github.com/calcom/cal.diy/pull/22508: news from a calendar replaced what was known of it, so that people
    looked free who were busy. Ours are blocks, holds, requests, bookings, groups and rooms; each only adds its own."""
    salon = await make_salon(
        runtime, services=[LOOK, BRAIDS, WASH, CLASS], staff=TEAM, merchants=[], rules={"requires_approval": True}
    )
    at_nine, taken = AT_TEN - hours(1), Taken()

    async def block(staff: str, start: datetime, minutes: int) -> None:
        what: dict[str, Any] = {"staff_id": salon.staff_id(staff), "note": "", "now": salon.now, "key": new_token()}
        span: dict[str, Any] = {"starts_at": start, "ends_at": start + minutes * MINUTE}
        assert (await salon.unit(lambda uow: blocks.block(uow, salon.catalogue, **what, **span))).in_the_way == []

    async def expect(*more: str) -> None:
        taken.update(_of(*more))
        assert await _taken(salon) == taken

    await block("nadia", at_nine, 30)
    await expect("nadia 09:00-09:30")
    await block("nadia", at_nine + 15 * MINUTE, 45)
    await expect("nadia 09:30-10:00")
    await salon.hold(at_nine, service="look", staff="emile")
    await expect("emile 09:00-09:15")
    request = await salon.book(AT_TEN, service="look", staff="nadia")
    await expect("nadia 10:00-10:15")
    await salon.unit(lambda uow: lifecycle.approve(uow, request.id, now=salon.now))
    await expect()
    await salon.book(AT_TEN + hours(1), service="braids", staff="nadia")
    await expect("nadia 11:00-12:00", "basin 11:00-12:00")
    seats = [await salon.book(at_nine + hours(0.5), service="class", staff="emile") for _ in range(2)]
    await expect("emile 09:30-10:00")
    await salon.cancel(seats[0], by="merchant")
    await expect()
    await salon.cancel(seats[1], by="merchant")
    assert await _taken(salon) == taken - _of("emile 09:30-10:00")
    assert await salon.unit(find_violations) == []


async def test_anyone_means_somebody_who_is_free_then(runtime: Runtime) -> None:
    """https://github.com/alextselegidis/easyappointments/issues/845: with "any provider" two browsers at once got the
    same person, forty times a week."""
    salon = await make_salon(runtime, services=[LOOK], staff=TEAM, merchants=[], rules={"staff_choice": "least_busy"})
    starts = [AT_TEN + n * 15 * MINUTE for n in range(8)]
    await salon.book(AT_TEN + hours(5), service="look", staff="emile")
    await salon.book(AT_TEN, service="look", staff="nadia")  # still the one who works least, but not free at that time
    await salon.book(AT_TEN + hours(6), service="look", staff="emile")
    customers = [await salon.customer() for _ in range(32)]
    booked = await _told_yes(
        salon.book(starts[n % 8], service="look", staff=None, customer_id=who) for n, who in enumerate(customers)
    )
    team = [salon.staff_id("nadia"), salon.staff_id("emile")]
    assert sorted((booking.starts_at, booking.staff_id) for booking in booked) == sorted(
        (start, person) for start in starts for person in team if (start, person) != (AT_TEN, team[0])
    )


async def test_whoever_is_told_yes_keeps_the_room(runtime: Runtime) -> None:
    """https://github.com/LibreBooking/librebooking/issues/147: of two at the same moment both read that they had it,
    and only the last one did."""
    salon = await make_salon(runtime, services=[BRAIDS, WASH], staff=TEAM, merchants=[], rules={})
    starts = [AT_TEN - hours(1) + n * hours(1) for n in range(4)]
    wishes: list[dict[str, Any]] = [{"service": "braids", "staff": "nadia"}, {"service": "wash", "staff": "emile"}]
    customers = [await salon.customer() for _ in range(32)]
    booked = await _told_yes(
        salon.book(starts[n % 4], customer_id=customer, **wishes[n // 4 % 2]) for n, customer in enumerate(customers)
    )
    (basin,) = salon.catalogue.resources
    kept = [(row["booking_id"], row["starts_at"]) for row in await salon.occupied() if row["resource_id"] == basin.id]
    assert sorted(kept) == sorted((booking.id, booking.starts_at) for booking in booked)
    assert sorted(booking.starts_at for booking in booked) == starts
