"""Moving a booking where the team decides. NOW is Monday 2 March 2026, 9:00 in Douala."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from tests.dialog.moves import FRIDAY, SATURDAY, bookings
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import make_tenant
from workers import holds


async def test_a_team_that_approves_decides_on_the_move(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    tenant = await make_tenant(runtime, rules={"requires_approval": True})
    phone, owner = Phone(runtime, client, tenant), Phone(runtime, client, tenant, address=tenant.merchants["awa"].wa_id)
    await phone.writes("haircut with Nadia on Friday at 10:00")
    await phone.writes("yes")
    await owner.reads()
    await owner.taps("Accepter")
    await phone.reads()
    await phone.writes("move it to Saturday at 10")
    assert "with the team" in await phone.taps("Yes")
    assert "Demande de déplacement" in await owner.reads()
    await owner.taps("Accepter")
    assert await bookings(runtime, tenant) == [SATURDAY]


@pytest.fixture
async def moving(runtime: Runtime, client: "TestClient[Any, Any]") -> tuple[Phone, Phone]:
    """A customer whose booking of Friday was accepted and who asked for Saturday, and the owner who is to answer."""
    tenant = await make_tenant(runtime, rules={"requires_approval": True, "cancel_until_hours": 24})
    phone, owner = Phone(runtime, client, tenant), Phone(runtime, client, tenant, address=tenant.merchants["awa"].wa_id)
    await phone.writes("haircut with Nadia on Friday at 10:00")
    await phone.writes("yes")
    await owner.reads()
    await owner.taps("Accepter")
    assert "confirmed" in await phone.reads()
    await phone.writes("move it to Saturday at 10")
    await phone.taps("Yes")
    return phone, owner


async def test_a_move_that_the_team_declines_leaves_the_booking(runtime: Runtime, moving: tuple[Phone, Phone]) -> None:
    phone, owner = moving
    await owner.reads()
    assert "reste comme convenu" in await owner.taps("Refuser")
    assert await bookings(runtime, phone.tenant) == [FRIDAY]
    told = await phone.reads()
    assert "cannot move your booking to Saturday 7 March 2026 at 10:00" in told
    assert "Friday 6 March 2026 at 10:00" in told


async def test_each_decision_is_told_and_an_older_button_decides_nothing(
    runtime: Runtime, client: "TestClient[Any, Any]", moving: tuple[Phone, Phone]
) -> None:
    phone, owner = moving
    old_accept = (await outbox(runtime, phone.tenant.tenant_id, recipient=owner.address))[0]["payload"]["choices"][0]
    assert "déjà réglée" in await owner.taps_id(old_accept["id"])
    assert [row[0] for row in await bookings(runtime, phone.tenant)] == ["pending_approval"]
    request = (await outbox(runtime, phone.tenant.tenant_id, recipient=owner.address, kind="notice"))[-1]["payload"]
    await owner.taps_id(request["choices"][0]["id"])
    assert "confirmed" in await phone.reads()
    assert await bookings(runtime, phone.tenant) == [SATURDAY]


async def test_a_move_that_nobody_answers_leaves_the_booking_and_says_so(
    runtime: Runtime, clock: FixedClock, moving: tuple[Phone, Phone]
) -> None:
    phone, owner = moving
    await owner.reads()
    clock.advance(timedelta(hours=25))
    booking = (await query(runtime, "SELECT id FROM bookings WHERE tenant_id = $1", phone.tenant.tenant_id))[0]["id"]
    for _ in range(2):
        await holds.expire(runtime, phone.tenant.tenant_id, booking)
    assert len(await phone.received()) == 1
    assert "was not answered in time. It stays" in await phone.reads()
    assert await bookings(runtime, phone.tenant) == [FRIDAY]
    assert len(await owner.received()) == 1
    told = await owner.reads()
    assert "Personne n'a répondu à temps" in told
    assert "samedi 7 mars 2026 à 10h00. Il reste comme convenu" in told


async def test_asking_for_a_later_time_makes_no_late_cancellation_free(
    runtime: Runtime, clock: FixedClock, moving: tuple[Phone, Phone]
) -> None:
    """What was agreed for Friday at 10 is cancelled on Thursday at 21, while the move to Saturday waits."""
    phone, owner = moving
    clock.advance(timedelta(days=3, hours=12))
    async with unit_of_work(runtime, phone.tenant.tenant_id) as uow:
        await uow.driver.execute("UPDATE bookings SET hold_until = $1", clock.now() + timedelta(hours=10))
    await phone.writes("cancel my booking")
    assert "your booking stands" in await phone.taps("Yes")
    assert [row[0] for row in await bookings(runtime, phone.tenant)] == ["pending_approval"]
    await owner.reads()
    assert "Annulé" in await owner.taps("Annuler")
    assert [row[0] for row in await bookings(runtime, phone.tenant)] == ["cancelled"]


async def test_a_declined_move_whose_old_time_is_gone_is_said_to_be_cancelled(
    runtime: Runtime, client: "TestClient[Any, Any]", moving: tuple[Phone, Phone]
) -> None:
    phone, owner = moving
    await owner.reads()
    request = owner.last["choices"]
    rival = Phone(runtime, client, phone.tenant)
    await rival.writes("haircut with Nadia on Friday at 10:00")
    await rival.writes("yes")
    assert "Refusé" in await owner.taps_id(request[1]["id"])
    assert "so your booking is cancelled" in await phone.reads()
    assert phone.labels == ["Book"]
