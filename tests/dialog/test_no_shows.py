"""How merchants say who came. NOW is Monday 2 March 2026, 9:00 in Douala; the booking is on Tuesday at 10:00."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.phone import Phone, query
from tests.support.tenants import TenantFixture, make_tenant

People = dict[str, Phone]


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime, rules={"no_show_fee": {"percent": 50}})


@pytest.fixture
async def salon(runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture, phone: Phone) -> People:
    def merchant(name: str) -> Phone:
        who = tenant.merchants[name]
        address = who.wa_id if phone.channel == "whatsapp" else str(who.telegram_user_id)
        return Phone(runtime, client, tenant, channel=phone.channel, address=address)

    await phone.writes("book a haircut with Émile on Tuesday at 10:00")
    assert "confirmed" in await phone.writes("yes")
    people = {"customer": phone, "awa": merchant("awa"), "nadia": merchant("nadia")}
    await people["awa"].reads()
    return people


def name_of(salon: People) -> str:
    return "Mireille" if salon["customer"].channel == "whatsapp" else "Paul"


async def stored(runtime: Runtime, tenant: TenantFixture) -> list[tuple[str, int | None]]:
    sql = "SELECT status, fee_minor FROM bookings WHERE tenant_id = $1 ORDER BY id"
    return [tuple(row) for row in await query(runtime, sql, tenant.tenant_id)]


@pytest.mark.parametrize("words", ["no show {}", "{} n'est pas venue", "absent {} 10h00", "{} didn't come today"])
async def test_a_no_show_is_noted_with_its_fee(
    runtime: Runtime, tenant: TenantFixture, salon: People, clock: FixedClock, words: str
) -> None:
    clock.advance(timedelta(days=1, hours=2))
    answer = await salon["awa"].writes(words.format(name_of(salon)))
    assert "2 500 FCFA" in answer or "FCFA 2,500" in answer
    assert await stored(runtime, tenant) == [("no_show", 2500)]
    assert await salon["customer"].received() == []


async def test_what_was_said_by_mistake_is_taken_back(
    runtime: Runtime, tenant: TenantFixture, salon: People, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=1, hours=2))
    await salon["awa"].writes(f"no show {name_of(salon)}")
    assert "Noted" in await salon["awa"].writes(f"{name_of(salon)} came after all")
    assert await stored(runtime, tenant) == [("completed", None)]
    assert "did not come" in await salon["awa"].taps("Did not come")
    assert "Noted" in await salon["awa"].taps("Came after all")
    assert await stored(runtime, tenant) == [("completed", None)]


async def test_the_fee_is_waived_by_a_tap(
    runtime: Runtime, tenant: TenantFixture, salon: People, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=1, hours=2))
    await salon["awa"].writes(f"absent {name_of(salon)}")
    assert "sans frais" in await salon["awa"].taps("Sans frais")
    assert await stored(runtime, tenant) == [("no_show", None)]


async def test_who_is_still_to_come_cannot_be_missed(runtime: Runtime, tenant: TenantFixture, salon: People) -> None:
    assert "not begun yet" in await salon["awa"].writes(f"no show {name_of(salon)} tomorrow")
    assert "no booking like that" in await salon["awa"].writes(f"no show {name_of(salon)}")
    assert await stored(runtime, tenant) == [("confirmed", None)]


async def test_what_was_noted_is_said_beside_what_was_refused(
    runtime: Runtime, tenant: TenantFixture, salon: People, clock: FixedClock
) -> None:
    await salon["customer"].writes("book a haircut with Nadia on Wednesday at 17:00")
    await salon["customer"].writes("yes")
    await salon["awa"].reads()
    clock.advance(timedelta(days=1, hours=2))
    name = name_of(salon)
    answer = await salon["awa"].writes(f"{name} did not come", f"{name} came on Wednesday")
    assert "FCFA" in answer
    assert "pas encore commencé" in answer or "not begun" in answer
    assert await stored(runtime, tenant) == [("no_show", 2500), ("confirmed", None)]


async def test_days_later_it_can_still_be_said(
    runtime: Runtime, tenant: TenantFixture, salon: People, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=3))
    assert "did not come" in await salon["awa"].writes(f"no show {name_of(salon)} on Tuesday")
    assert await stored(runtime, tenant) == [("no_show", 2500)]


async def test_staff_say_it_of_their_own_calendar_only(
    runtime: Runtime, tenant: TenantFixture, salon: People, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=1, hours=2))
    assert "ne trouve pas" in await salon["nadia"].writes(f"absent {name_of(salon)}")
    booking = (await query(runtime, "SELECT id FROM bookings WHERE tenant_id = $1", tenant.tenant_id))[0]["id"]
    for phone in (salon["nadia"], salon["customer"]):
        await phone.taps_id(f"outcome:{booking}:missed")
    assert await stored(runtime, tenant) == [("confirmed", None)]


async def test_the_view_of_the_day_leads_to_who_was_missing(
    runtime: Runtime, tenant: TenantFixture, salon: People, clock: FixedClock
) -> None:
    await salon["customer"].writes("book a haircut with Émile on Tuesday at 11:00")
    await salon["customer"].writes("yes")
    clock.advance(timedelta(days=1, hours=4))
    await salon["awa"].writes("aujourd'hui")
    assert "qui était absent" in await salon["awa"].taps("Noter une absence")
    assert [label.split()[:2] for label in salon["awa"].labels] == [
        ["10h00", name_of(salon)],
        ["11h00", name_of(salon)],
    ]
    assert "Absence notée" in await salon["awa"].writes("2")
    assert await stored(runtime, tenant) == [("confirmed", None), ("no_show", 2500)]
    assert "(absent)" in await salon["awa"].writes("aujourd'hui")


async def test_among_several_of_a_name_one_is_asked_for(
    runtime: Runtime, tenant: TenantFixture, salon: People, clock: FixedClock
) -> None:
    await salon["customer"].writes("book a haircut with Émile on Tuesday at 11:00")
    await salon["customer"].writes("yes")
    clock.advance(timedelta(days=1, hours=4))
    assert "qui était absent" in await salon["awa"].writes(f"{name_of(salon)} n'est pas venue")
    await salon["awa"].taps("10h00")
    assert "11h00" in await salon["awa"].writes(f"no show {name_of(salon)} 11:00")
    assert await stored(runtime, tenant) == [("no_show", 2500), ("no_show", 2500)]


async def test_a_word_alone_asks_who(salon: People, clock: FixedClock) -> None:
    assert "no booking like that" in await salon["awa"].writes("no show")
    clock.advance(timedelta(days=1, hours=2))
    assert "did not come" in await salon["awa"].writes("no show")
