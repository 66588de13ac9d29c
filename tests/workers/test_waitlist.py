"""The waiting lists move on without any wake-up, and their job may run at any time and twice at once."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.clock import FixedClock
from core.queue import Wake
from core.runtime import Runtime
from core.uow import call_across_tenants, unit_of_work
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import HOURS, TenantFixture, make_tenant
from webhooks.app import create_app
from workers import holds, waitlist

# On Friday there is time for one haircut, at 10:00.
NADIA = {
    "key": "nadia",
    "name": "Nadia",
    "location": "centre",
    "hours": HOURS,
    "overrides": {"2026-03-06": ["10:00-10:45"]},
}
CUT = {"key": "cut", "name": {"fr": "Coupe"}, "duration_minutes": 45, "staff": ["nadia"], "price": "5000"}
JOIN = "mettez-moi sur liste d'attente pour une coupe vendredi"


class Wakes:
    """A queue that only notes what it is asked for."""

    def __init__(self) -> None:
        self.seen: list[Wake] = []

    async def wake_many(self, wakes: Sequence[Wake]) -> None:
        self.seen += wakes


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime, services=[CUT], staff=[NADIA])


@pytest.fixture
async def phones(runtime: Runtime, tenant: TenantFixture) -> AsyncIterator[list[Phone]]:
    """The first has the haircut, two wait for it."""
    async with TestClient(TestServer(create_app(runtime))) as client:
        phones = [Phone(runtime, client, tenant) for _ in range(3)]
        await phones[0].writes("une coupe vendredi à 10h")
        assert "confirmé" in await phones[0].writes("oui")
        for phone in phones[1:]:
            assert "sur la liste d'attente" in await phone.writes(JOIN)
        yield phones


async def cancel(phone: Phone) -> None:
    await phone.writes("annuler")
    assert "annulé" in await phone.taps("Oui")


async def swept(runtime: Runtime, tenant: TenantFixture) -> list[Wake]:
    """What the sweep wakes of this tenant."""
    wakes: Any = Wakes()
    await waitlist.wake_lists(dataclasses.replace(runtime, queue=wakes))
    return [wake for wake in wakes.seen if wake[1] == tenant.tenant_id]


async def offers(runtime: Runtime, tenant: TenantFixture) -> list[dict[str, Any]]:
    rows = await outbox(runtime, tenant.tenant_id, kind="notice")
    return [row for row in rows if row["dedupe_key"].endswith(":offer")]


async def test_the_sweep_wakes_lists_in_which_somebody_waits(
    runtime: Runtime, tenant: TenantFixture, phones: list[Phone]
) -> None:
    (wake,) = await swept(runtime, tenant)
    assert wake[:3] == ("waitlist", tenant.tenant_id, tenant.tenant_id)
    assert 0 <= wake[3] < 30
    for phone in phones[1:]:
        await phone.taps("Quitter la liste")
    assert await swept(runtime, tenant) == []


async def test_an_offer_alone_is_swept_too(
    runtime: Runtime, clock: FixedClock, tenant: TenantFixture, phones: list[Phone]
) -> None:
    await phones[2].taps("Quitter la liste")
    await cancel(phones[0])
    await waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id)
    assert len(await swept(runtime, tenant)) == 1


async def test_a_list_whose_job_failed_for_good_rests(
    runtime: Runtime, tenant: TenantFixture, phones: list[Phone]
) -> None:
    bury = "SELECT bury_job($1, 'waitlist', $1, 'ZeroDivisionError', 1)"
    await call_across_tenants(runtime, bury, tenant.tenant_id)
    assert await swept(runtime, tenant) == []


async def test_a_job_that_runs_many_times_at_once_offers_once(
    runtime: Runtime, tenant: TenantFixture, phones: list[Phone]
) -> None:
    await cancel(phones[0])
    await asyncio.gather(*(waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id) for _ in range(4)))
    (offer,) = await offers(runtime, tenant)
    assert offer["recipient"] == phones[1].address


async def test_the_policy_stands_in_the_offer(runtime: Runtime) -> None:
    """It is agreed to with the yes, as with any summary."""
    tenant = await make_tenant(runtime, services=[CUT], staff=[NADIA], rules={"no_show_fee": {"percent": 50}})
    async with TestClient(TestServer(create_app(runtime))) as client:
        holder, waiting = (Phone(runtime, client, tenant) for _ in range(2))
        await holder.writes("une coupe vendredi à 10h")
        await holder.writes("oui")
        await waiting.writes(JOIN)
        await cancel(holder)
        await waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id)
    (offer,) = await offers(runtime, tenant)
    assert "Absence sans annulation" in offer["payload"]["text"]


async def test_who_says_nothing_is_told_once_and_the_next_is_asked(
    runtime: Runtime, clock: FixedClock, tenant: TenantFixture, phones: list[Phone]
) -> None:
    await cancel(phones[0])
    await waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id)
    clock.advance(timedelta(minutes=30))
    (held,) = await query(runtime, "SELECT id FROM bookings WHERE tenant_id = $1 AND status = 'held'", tenant.tenant_id)
    await holds.expire(runtime, tenant.tenant_id, held["id"])
    await asyncio.gather(*(waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id) for _ in range(3)))
    (lapsed,) = await outbox(runtime, tenant.tenant_id, dedupe_key=f"waitlist:{held['id']}:lapsed")
    assert lapsed["recipient"] == phones[1].address
    assert lapsed["payload"]["template"]["name"] == "booka_waitlist_lapsed"
    assert [offer["recipient"] for offer in await offers(runtime, tenant)] == [phone.address for phone in phones[1:]]


async def test_an_offer_that_runs_out_on_the_last_day_ends_the_wait(
    runtime: Runtime, clock: FixedClock, tenant: TenantFixture, phones: list[Phone]
) -> None:
    await cancel(phones[0])
    await waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id)
    (held,) = await query(runtime, "SELECT id FROM bookings WHERE tenant_id = $1 AND status = 'held'", tenant.tenant_id)
    clock.advance(timedelta(days=5))
    await holds.expire(runtime, tenant.tenant_id, held["id"])
    await waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id)
    (lapsed,) = await outbox(runtime, tenant.tenant_id, dedupe_key=f"waitlist:{held['id']}:lapsed")
    assert "votre attente prend fin" in lapsed["payload"]["text"]
    statuses = await query(runtime, "SELECT status FROM waitlist_entries WHERE tenant_id = $1", tenant.tenant_id)
    assert [row["status"] for row in statuses] == ["expired", "expired"]
    assert len(await offers(runtime, tenant)) == 1
    assert len(await phones[1].received()) == 2


async def test_who_waited_in_vain_is_told_once_in_the_morning_after(
    runtime: Runtime, clock: FixedClock, tenant: TenantFixture, phones: list[Phone]
) -> None:
    clock.advance(timedelta(days=4, hours=22))  # Saturday, seven in the morning
    for _ in range(3):
        assert await phones[1].received() == []
        await waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id)
        clock.advance(timedelta(minutes=30))
    told = [await phone.reads() for phone in phones[1:]]
    assert told[0] == told[1]
    assert "Aucun horaire ne s'est libéré pour Coupe" in told[0]
    assert "vendredi 6 mars" in told[0]
    assert "quel jour" in await phones[1].taps("Réserver")


async def test_a_turn_that_runs_meanwhile_is_not_disturbed(
    runtime: Runtime, tenant: TenantFixture, phones: list[Phone]
) -> None:
    """The lane is taken: the session stays as it is, and the buttons answer."""
    lanes = "UPDATE conversations SET lane_until = clock_timestamp() + interval '1 min' WHERE external_id = $1"
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        await uow.driver.execute(lanes, phones[1].address)
    state = "SELECT revision, session FROM conversations WHERE tenant_id = $1 AND external_id = $2"
    before = await query(runtime, state, tenant.tenant_id, phones[1].address)
    await cancel(phones[0])
    await waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id)
    assert len(await offers(runtime, tenant)) == 1
    assert await query(runtime, state, tenant.tenant_id, phones[1].address) == before
