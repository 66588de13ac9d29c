"""Time that merchants keep free: stored whole or not at all, whatever its length."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from booking.blocks import Block, Blocked, block, list_blocks, unblock
from booking.booking import SlotTakenError
from booking.invariants import find_violations
from core.clock import FixedClock
from core.ids import new_token
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon

TUESDAY = date(2026, 3, 3)
MIDNIGHT = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # of Tuesday, in Douala
AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime)


async def _block(
    salon: Salon, starts_at: datetime, ends_at: datetime, *, staff: str = "nadia", note: str = "", key: str = ""
) -> Blocked:
    return await salon.unit(
        lambda uow: block(
            uow,
            salon.catalogue,
            staff_id=salon.staff_id(staff),
            starts_at=starts_at,
            ends_at=ends_at,
            note=note,
            now=salon.now,
            key=key or new_token(),
        )
    )


async def _unblock(salon: Salon, starts_at: datetime, ends_at: datetime) -> list[Block]:
    staff_id = salon.staff_id("nadia")
    return await salon.unit(
        lambda uow: unblock(uow, salon.catalogue, staff_id=staff_id, starts_at=starts_at, ends_at=ends_at)
    )


async def _listed(salon: Salon, day: date = TUESDAY) -> list[tuple[datetime, datetime, str]]:
    blocks = await salon.unit(lambda uow: list_blocks(uow, salon.catalogue, day))
    return [(found.starts_at, found.ends_at, found.note) for found in blocks]


async def test_blocked_time_is_not_offered_and_cannot_be_held(salon: Salon) -> None:
    assert (await _block(salon, AT_TEN, AT_TEN + hours(2), note="dentist")).in_the_way == []
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN)
    starts = [slot.starts_at for slot in await salon.free(TUESDAY)]
    assert AT_TEN + hours(1) not in starts
    assert AT_TEN + hours(2) in starts
    assert (await salon.hold(AT_TEN, staff="emile")).starts_at == AT_TEN
    assert await _listed(salon) == [(AT_TEN, AT_TEN + hours(2), "dentist")]
    assert await salon.unit(find_violations) == []


async def test_what_is_in_the_way_is_named_and_nothing_is_blocked(salon: Salon) -> None:
    booked, held = await salon.book(AT_TEN), await salon.hold(AT_TEN + hours(4))
    in_the_way = (await _block(salon, AT_TEN - hours(1), AT_TEN + hours(24))).in_the_way
    assert [(view.id, view.status) for view in in_the_way] == [(booked.id, "confirmed"), (held.id, "held")]
    assert await _listed(salon) == []
    assert len(await salon.occupied()) == 2


async def test_everyone_in_a_class_is_in_the_way(salon: Salon) -> None:
    seats = [await salon.book(AT_TEN, service="class", staff="emile") for _ in range(2)]
    in_the_way = (await _block(salon, AT_TEN, AT_TEN + hours(1), staff="emile")).in_the_way
    assert [view.id for view in in_the_way] == [booking.id for booking in seats]


async def test_the_buffer_of_a_booking_is_in_the_way_and_its_end_is_not(salon: Salon) -> None:
    await salon.book(AT_TEN)
    assert (await _block(salon, AT_TEN + timedelta(minutes=50), AT_TEN + hours(2))).in_the_way
    assert not (await _block(salon, AT_TEN + timedelta(minutes=55), AT_TEN + hours(2))).in_the_way


async def test_a_hold_that_ran_out_is_not_in_the_way(salon: Salon, clock: FixedClock) -> None:
    lost = await salon.hold(AT_TEN)
    clock.advance(timedelta(minutes=10))
    assert not (await _block(salon, AT_TEN, AT_TEN + hours(1))).in_the_way
    with pytest.raises(SlotTakenError):
        await salon.confirm(lost)


async def test_a_long_block_is_found_on_each_of_its_days(salon: Salon) -> None:
    end = MIDNIGHT + timedelta(days=20, hours=12)
    await _block(salon, MIDNIGHT + hours(10), end, note="away")
    free = await salon.free(TUESDAY, until=date(2026, 3, 22))
    assert {slot.starts_at.date() for slot in free} == {TUESDAY}
    assert await _listed(salon) == [(MIDNIGHT + hours(10), MIDNIGHT + hours(24), "away")]
    assert await _listed(salon, date(2026, 3, 23)) == [(end - hours(12), end, "away")]
    spans = [row["ends_at"] - row["starts_at"] for row in await salon.occupied()]
    assert max(spans) <= salon.catalogue.look_back


async def test_a_day_of_25_hours_is_blocked_whole(runtime: Runtime, clock: FixedClock) -> None:
    salon = await make_salon(runtime, timezone="Europe/London")
    midnight = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    clock.set(midnight - timedelta(days=3))
    await _block(salon, midnight, midnight + hours(25), note="off")
    assert len(await salon.occupied()) == 2
    assert await _listed(salon, date(2026, 10, 25)) == [(midnight, midnight + hours(25), "off")]


async def test_what_is_blocked_already_stays_and_the_rest_is_added(salon: Salon) -> None:
    await _block(salon, AT_TEN, AT_TEN + hours(1), note="first")
    assert not (await _block(salon, AT_TEN - hours(1), AT_TEN + hours(2), note="second")).in_the_way
    assert await _listed(salon) == [
        (AT_TEN - hours(1), AT_TEN, "second"),
        (AT_TEN, AT_TEN + hours(1), "first"),
        (AT_TEN + hours(1), AT_TEN + hours(2), "second"),
    ]


async def test_opening_a_part_leaves_the_rest_blocked(salon: Salon) -> None:
    await _block(salon, AT_TEN, AT_TEN + hours(4), note="course")
    opened = await _unblock(salon, AT_TEN + hours(1), AT_TEN + hours(2))
    assert opened == [Block(salon.staff_id("nadia"), AT_TEN + hours(1), AT_TEN + hours(2), "course")]
    assert await _listed(salon) == [
        (AT_TEN, AT_TEN + hours(1), "course"),
        (AT_TEN + hours(2), AT_TEN + hours(4), "course"),
    ]
    assert await _unblock(salon, AT_TEN + hours(1), AT_TEN + hours(2)) == []


async def test_opening_does_not_touch_bookings(salon: Salon) -> None:
    booking = await salon.book(AT_TEN)
    await _block(salon, AT_TEN + hours(1), AT_TEN + hours(2))
    await _unblock(salon, AT_TEN, AT_TEN + hours(24))
    (row,) = await salon.occupied()
    assert row["booking_id"] == booking.id


async def test_the_same_key_blocks_once(salon: Salon) -> None:
    await _block(salon, AT_TEN, AT_TEN + hours(1), key="turn-1:block")
    await _unblock(salon, AT_TEN, AT_TEN + hours(1))
    assert not (await _block(salon, AT_TEN, AT_TEN + hours(1), key="turn-1:block")).in_the_way
    assert await _listed(salon) == []


async def test_a_block_that_ends_before_it_starts_is_a_fault(salon: Salon) -> None:
    with pytest.raises(ValueError, match="after its start"):
        await _block(salon, AT_TEN, AT_TEN)


async def test_a_block_and_bookings_at_once_never_both_get_the_time(salon: Salon) -> None:
    days = [AT_TEN + timedelta(days=n) for n in range(1, 12) if (AT_TEN + timedelta(days=n)).weekday() < 5]
    attempts = [attempt for at in days for attempt in (_block(salon, at - hours(1), at + hours(2)), salon.hold(at))]
    results = await asyncio.gather(*attempts, return_exceptions=True)
    for blocked, held in zip(results[::2], results[1::2], strict=True):
        assert isinstance(blocked, Blocked)
        assert isinstance(held, SlotTakenError) == (blocked.in_the_way == [])
    assert await salon.unit(find_violations) == []
