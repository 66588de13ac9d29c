"""Reminders follow the business clock: once, at their time, never after a cancellation."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import call_across_tenants
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import TenantFixture, make_tenant
from webhooks.app import create_app
from workers import holds, reminders


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime)


@pytest.fixture
async def phone(runtime: Runtime, tenant: TenantFixture) -> AsyncIterator[Phone]:
    async with TestClient(TestServer(create_app(runtime))) as client:
        booked = Phone(runtime, client, tenant)
        await booked.writes("une coupe avec Nadia mercredi à 10h")
        assert "confirmé" in await booked.writes("oui")
        yield booked


async def send_due(runtime: Runtime, tenant: TenantFixture) -> list[dict[str, Any]]:
    """Runs the job for each row that is due, twice as a lost acknowledgement would."""
    due = "SELECT id FROM reminders WHERE tenant_id = $1 AND status = 'pending' AND due_at <= $2"
    for row in await query(runtime, due, tenant.tenant_id, runtime.clock.now()):
        await reminders.send(runtime, tenant.tenant_id, row["id"])
        await reminders.send(runtime, tenant.tenant_id, row["id"])
    return await outbox(runtime, tenant.tenant_id, kind="reminder")


async def test_each_reminder_goes_out_once_when_it_is_due(
    runtime: Runtime, clock: FixedClock, tenant: TenantFixture, phone: Phone
) -> None:
    assert await send_due(runtime, tenant) == []
    clock.advance(timedelta(hours=26))
    sent = await send_due(runtime, tenant)
    assert len(sent) == 1
    for fact in ("Rappel", "Coupe", "Nadia", "mercredi 4 mars 2026 à 10h00"):
        assert fact in sent[0]["payload"]["text"]
    assert sent[0]["payload"]["template"]["name"] == "booka_reminder"
    clock.advance(timedelta(hours=22))
    assert len(await send_due(runtime, tenant)) == 2


async def test_a_word_after_a_reminder_answers_nothing_that_was_asked_before(
    runtime: Runtime, clock: FixedClock, tenant: TenantFixture, phone: Phone
) -> None:
    """An "ok" is meant for the reminder; the button of the summary says what it means."""
    clock.advance(timedelta(hours=24, minutes=30))
    assert "Annuler ce rendez-vous ?" in await phone.writes("annuler")
    yes = phone.last["choices"][0]["id"]
    clock.advance(timedelta(hours=1))
    assert len(await send_due(runtime, tenant)) == 1
    assert "Rappel" in await phone.reads()
    status = "SELECT status FROM bookings WHERE tenant_id = $1"
    assert "Annuler ce rendez-vous ?" in await phone.writes("ok")
    assert [row["status"] for row in await query(runtime, status, tenant.tenant_id)] == ["confirmed"]
    await phone.taps_id(yes)
    assert [row["status"] for row in await query(runtime, status, tenant.tenant_id)] == ["cancelled"]


async def test_no_reminder_after_a_cancellation(
    runtime: Runtime, clock: FixedClock, tenant: TenantFixture, phone: Phone
) -> None:
    await phone.writes("annuler")
    assert "annulé" in await phone.taps("Oui")
    clock.advance(timedelta(hours=47))
    assert await send_due(runtime, tenant) == []


async def test_no_reminder_to_a_customer_who_wants_no_more_messages(
    runtime: Runtime, clock: FixedClock, tenant: TenantFixture, phone: Phone
) -> None:
    await phone.writes("STOP")
    clock.advance(timedelta(hours=26))
    assert await send_due(runtime, tenant) == []
    await phone.writes("START")
    clock.advance(timedelta(hours=22))
    assert len(await send_due(runtime, tenant)) == 1


async def test_no_reminder_once_the_appointment_has_begun(
    runtime: Runtime, clock: FixedClock, tenant: TenantFixture, phone: Phone
) -> None:
    clock.advance(timedelta(days=3))
    assert await send_due(runtime, tenant) == []


async def test_a_request_that_nobody_answers_lapses_and_the_customer_is_told(
    runtime: Runtime, clock: FixedClock
) -> None:
    tenant = await make_tenant(runtime, rules={"requires_approval": True})
    async with TestClient(TestServer(create_app(runtime))) as client:
        phone = Phone(runtime, client, tenant)
        await phone.writes("une coupe avec Nadia mercredi à 10h")
        await phone.writes("oui")
        clock.advance(timedelta(hours=25))
        booking = (await query(runtime, "SELECT id FROM bookings WHERE tenant_id = $1", tenant.tenant_id))[0]["id"]
        await holds.expire(runtime, tenant.tenant_id, booking)
        await holds.expire(runtime, tenant.tenant_id, booking)
        assert len(await phone.received()) == 1
        assert "expiré" in await phone.reads()
        told = await outbox(runtime, tenant.tenant_id, recipient=tenant.merchants["awa"].wa_id, kind="notice")
        assert "elle a donc expiré : Coupe" in told[-1]["payload"]["text"]
        assert len(told) == 2


async def test_a_request_that_ran_out_is_told_also_when_its_time_was_taken_before_the_sweep(
    runtime: Runtime, clock: FixedClock
) -> None:
    tenant = await make_tenant(runtime, rules={"requires_approval": True})
    async with TestClient(TestServer(create_app(runtime))) as client:
        first, second = Phone(runtime, client, tenant), Phone(runtime, client, tenant)
        for phone in (first, second):
            await phone.writes("une coupe avec Nadia mercredi à 10h")
            assert "transmise" in await phone.writes("oui")
            clock.advance(timedelta(hours=24))
        statuses = "SELECT status FROM bookings WHERE tenant_id = $1 ORDER BY id"
        rows = await query(runtime, statuses, tenant.tenant_id)
        assert [row["status"] for row in rows] == ["expired", "pending_approval"]
        for _ in range(2):
            for row in await call_across_tenants(runtime, holds._LAPSED, 500):
                await holds.expire(runtime, row["tenant_id"], row["id"])
        assert len(await first.received()) == 1
        assert "expiré" in await first.reads()
