"""Rooms of a kind, limits per day, who anyone is, gaps filled, breaks, time off, places with days of their own."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking.booking import NotBookableError, SlotTakenError, Status
from booking.visit import Visit
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon

TUESDAY = date(2026, 3, 3)
AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # 10:00 in Douala
WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def service(key: str, staff: list[str], **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "duration_minutes": 60, "staff": staff} | more


def person(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "location": "centre", "hours": WEEK} | more


async def salon_of(runtime: Runtime, services: list[dict[str, Any]], staff: list[dict[str, Any]], **more: Any) -> Salon:
    more.setdefault("resources", [])
    rules = {"slot_step_minutes": 30, "max_open_bookings_per_customer": 99} | more.pop("rules", {})
    return await make_salon(runtime, services=services, staff=staff, merchants=[], rules=rules, **more)


def local(salon: Salon, slots: list[Any]) -> list[str]:
    zone = salon.catalogue.locations[0].zone
    return [f"{slot.starts_at.astimezone(zone):%H:%M}" for slot in slots]


def rooms(*kinds: str) -> list[dict[str, Any]]:
    return [
        {"key": f"room-{n}", "name": f"Room {n}", "kind": kind, "location": "centre"} for n, kind in enumerate(kinds)
    ]


async def test_any_room_of_a_kind_will_do_until_none_is_left(runtime: Runtime) -> None:
    massage = service("massage", ["ada", "bea", "cleo"], any_resources=["table"])
    salon = await salon_of(
        runtime, [massage], [person(key) for key in ("ada", "bea", "cleo")], resources=rooms("table", "table", "chair")
    )
    for _ in range(2):
        assert "10:00" in local(salon, await salon.free(TUESDAY, service="massage", staff=None))
        await salon.book(AT_TEN, service="massage", staff=None)
    free = local(salon, await salon.free(TUESDAY, service="massage", staff=None))
    assert {"09:30", "10:00", "10:30"} & set(free) == set()
    assert {"09:00", "11:00"} <= set(free)
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN, service="massage", staff="cleo")
    used = await salon.sql(
        "SELECT DISTINCT r.key FROM occupancy o JOIN resources r ON r.id = o.resource_id WHERE r.kind = 'room'"
    )
    assert {row["key"] for row in used} == {"room-0", "room-1"}


async def test_a_service_may_need_two_rooms_of_a_kind(runtime: Runtime) -> None:
    duo = service("duo", ["ada"], any_resources=["table", "table"])
    solo = service("solo", ["bea"], any_resources=["table"])
    salon = await salon_of(runtime, [duo, solo], [person("ada"), person("bea")], resources=rooms("table", "table"))
    await salon.book(AT_TEN, service="solo", staff="bea")
    assert "10:00" not in local(salon, await salon.free(TUESDAY, service="duo", staff="ada"))
    await salon.book(AT_TEN + hours(1), service="duo", staff="ada")
    assert "11:00" not in local(salon, await salon.free(TUESDAY, service="solo", staff="bea"))


async def test_a_room_freed_in_between_serves_though_no_single_one_is_free_all_day(runtime: Runtime) -> None:
    """One room after the other: the union of the rooms is asked for each start."""
    solo = service("solo", ["ada", "bea", "cleo"], any_resources=["table"])
    salon = await salon_of(
        runtime, [solo], [person(key) for key in ("ada", "bea", "cleo")], resources=rooms("table", "table")
    )
    await salon.book(AT_TEN, service="solo", staff="ada")
    await salon.book(AT_TEN + timedelta(minutes=30), service="solo", staff="bea")
    free = local(salon, await salon.free(TUESDAY, service="solo", staff="cleo"))
    assert free[:3] == ["09:00", "09:30", "11:00"]


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        ({"max_bookings_per_day": 2}, []),
        ({"max_minutes_per_day": 120}, []),
        ({"max_minutes_per_day": 179}, []),
        ({"max_bookings_per_day": 3, "max_minutes_per_day": 180}, ["13:00"]),
    ],
)
async def test_a_persons_day_holds_so_much(runtime: Runtime, limits: dict[str, int], left: list[str]) -> None:
    salon = await salon_of(runtime, [service("cut", ["ada"])], [person("ada", **limits)])
    await salon.book(AT_TEN, staff="ada")
    last = await salon.book(AT_TEN + hours(1), staff="ada")
    free = local(salon, await salon.free(TUESDAY, staff="ada"))
    assert [at for at in free if at == "13:00"] == left
    if not left:
        with pytest.raises(SlotTakenError):
            await salon.hold(AT_TEN + hours(3), staff="ada")
        assert local(salon, await salon.free(date(2026, 3, 4), staff="ada"))
        moved = await salon.move(last, AT_TEN + hours(4))  # one's own does not count against itself
        assert moved.starts_at == AT_TEN + hours(4)
        await salon.cancel(moved, by="merchant")
        assert local(salon, await salon.free(TUESDAY, staff="ada"))


async def test_a_services_day_is_counted_over_all_who_do_it(runtime: Runtime) -> None:
    salon = await salon_of(
        runtime, [service("cut", ["ada", "bea"], max_bookings_per_day=2), service("nails", ["bea"])],
        [person("ada"), person("bea")],
    )  # fmt: skip
    await salon.book(AT_TEN, staff="ada")
    await salon.book(AT_TEN, staff="bea")
    assert await salon.free(TUESDAY, staff=None) == []
    assert await salon.free(TUESDAY, service="nails", staff="bea")
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN + hours(2), staff=None)


async def test_what_took_place_counts_and_what_was_called_off_does_not(runtime: Runtime, clock: Any) -> None:
    salon = await salon_of(runtime, [service("cut", ["ada"])], [person("ada", max_bookings_per_day=1)])
    booking = await salon.book(AT_TEN, staff="ada")
    await salon.sql("UPDATE bookings SET status = 'completed' WHERE id = $1", booking.id)
    assert await salon.free(TUESDAY, staff="ada") == []
    await salon.sql("UPDATE bookings SET status = 'cancelled' WHERE id = $1", booking.id)
    await salon.sql("DELETE FROM occupancy")
    assert await salon.free(TUESDAY, staff="ada")


async def test_a_group_counts_once_however_many_sit_in_it(runtime: Runtime) -> None:
    classes = service("class", ["ada"], capacity=3, max_bookings_per_day=1)
    salon = await salon_of(runtime, [classes], [person("ada", max_bookings_per_day=1)])
    for _ in range(2):
        await salon.book(AT_TEN, service="class", staff="ada")
    assert local(salon, await salon.free(TUESDAY, service="class", staff="ada")) == ["10:00"]
    assert (await salon.book(AT_TEN, service="class", staff="ada")).status is Status.CONFIRMED
    with pytest.raises(SlotTakenError):
        await salon.hold(AT_TEN + hours(2), service="class", staff="ada")


@pytest.mark.parametrize(
    ("choice", "expected"), [("priority", ["bea", "ada"]), ("first", ["ada", "bea"]), ("least_busy", ["ada", "bea"])]
)
async def test_anyone_is_who_the_tenants_rule_says(runtime: Runtime, choice: str, expected: list[str]) -> None:
    salon = await salon_of(
        runtime, [service("cut", ["bea", "ada"])], [person("ada"), person("bea")], rules={"staff_choice": choice}
    )
    await salon.book(AT_TEN + hours(3), staff="bea")
    keys = {person.id: person.key for person in salon.catalogue.staff}
    slot = (await salon.free(TUESDAY, staff=None))[0]
    assert [keys[staff_id] for staff_id in slot.staff_ids] == expected
    assert keys[(await salon.hold(slot.starts_at, staff=None)).staff_id] == expected[0]


async def test_gaps_are_filled_where_the_tenant_wants_it(runtime: Runtime) -> None:
    cut = service("cut", ["ada"], duration_minutes=50, buffer_after_minutes=5)
    salon = await salon_of(runtime, [cut], [person("ada")], rules={"fill_gaps": True})
    await salon.book(AT_TEN, staff="ada")  # 10:00 to 10:55 with its buffer
    free = local(salon, await salon.free(TUESDAY, staff="ada"))
    assert free[:4] == ["09:00", "09:05", "10:55", "11:00"]
    assert free[-2:] == ["16:00", "16:10"]
    for at in (AT_TEN - timedelta(minutes=55), AT_TEN + timedelta(minutes=55)):
        assert (await salon.hold(at, staff="ada")).starts_at == at
    with pytest.raises(NotBookableError):
        await salon.hold(AT_TEN + hours(3) + timedelta(seconds=7), staff="ada")
    with pytest.raises(SlotTakenError):  # no gap ends or begins there
        await salon.hold(AT_TEN + hours(3) + timedelta(minutes=7), staff="ada")


async def test_breaks_close_without_moving_the_lattice(runtime: Runtime) -> None:
    ada = person("ada", hours={"tue": ["09:00-14:00"]}, breaks={"tue": ["11:10-11:40"]})
    salon = await salon_of(runtime, [service("cut", ["ada"], duration_minutes=30)], [ada])
    assert local(salon, await salon.free(TUESDAY, staff="ada")) == [
        "09:00", "09:30", "10:00", "10:30", "12:00", "12:30", "13:00", "13:30",
    ]  # fmt: skip


async def test_nobody_works_on_days_off_whatever_else_is_said(runtime: Runtime) -> None:
    ada = person(
        "ada",
        overrides={"2026-03-03": ["09:00-12:00"]},
        time_off=[{"from": "2026-03-03", "until": "2026-03-04"}, {"from": "2026-03-06"}],
    )
    salon = await salon_of(runtime, [service("cut", ["ada"])], [ada])
    slots = await salon.free(date(2026, 3, 2), until=date(2026, 3, 6), staff="ada")
    assert {slot.starts_at.date().day for slot in slots} == {2, 5}


async def test_a_place_with_days_of_its_own_closes_for_all(runtime: Runtime) -> None:
    centre = {
        "key": "centre",
        "name": "Centre",
        "hours": {"tue": ["10:00-12:00"], "wed": ["09:00-12:00"]},
        "overrides": {"2026-03-04": ["11:00-13:00"]},
    }
    salon = await salon_of(runtime, [service("cut", ["ada"])], [person("ada")], locations=[centre])
    assert local(salon, await salon.free(TUESDAY, staff="ada")) == ["10:00", "10:30", "11:00"]
    assert local(salon, await salon.free(date(2026, 3, 4), staff="ada")) == ["11:00", "11:30", "12:00"]
    assert await salon.free(date(2026, 3, 5), staff="ada") == []


async def test_two_places_in_two_zones_are_each_asked_in_their_own_time(runtime: Runtime) -> None:
    places = [
        {"key": "douala", "name": "Douala"},
        {"key": "dakar", "name": "Dakar", "timezone": "Africa/Dakar"},
    ]
    team = [person("ada", location="douala"), person("bea", location="dakar")]
    salon = await salon_of(runtime, [service("cut", ["ada", "bea"], max_bookings_per_day=99)], team, locations=places)
    slots = await salon.free(TUESDAY, staff=None)
    assert slots[0].starts_at == datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    assert slots[-1].starts_at == datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
    by_start = {slot.starts_at: slot.staff_ids for slot in slots}
    assert by_start[AT_TEN] == (salon.staff_id("ada"), salon.staff_id("bea"))
    visit = Visit((salon.item("cut", "ada"), salon.item("cut", "bea")))
    assert await salon.free(TUESDAY, visit=visit) == []
