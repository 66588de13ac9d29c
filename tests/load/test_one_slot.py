"""A hundred people say yes to one and the same slot at once, on both channels, to real processes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.support.callers import WISH, Caller, screen
from tests.support.installation import DEADLOCKS, OVERLAPS, Delivery, Installation, install, running, until
from tests.support.tenants import TenantFixture, make_tenant

_EACH = 50


@dataclass(frozen=True)
class Rush:
    house: Installation
    tenant: TenantFixture
    callers: list[Caller]
    deadlocks_before: int


@pytest.fixture(scope="module")
async def rush() -> AsyncIterator[Rush]:
    """Looked at once the processes have ended: only then has every connection reported its deadlocks."""
    async with install() as house:
        tenant = await make_tenant(house.runtime)
        callers = [Caller(house, tenant, channel) for channel in ("whatsapp", "telegram") for _ in range(_EACH)]
        before = await house.value(DEADLOCKS)
        async with running(house, "serve"), running(house, "work"):
            await _all_post(house, [caller.says(WISH) for caller in callers])
            await asyncio.gather(*(caller.reads(1) for caller in callers))
            await _all_post(house, [caller.taps("Yes") for caller in callers])
            await until(lambda: _all_answered(callers))
        yield Rush(house, tenant, callers, before)


async def _all_post(house: Installation, deliveries: list[Delivery]) -> None:
    assert set(await asyncio.gather(*(house.post(delivery) for delivery in deliveries))) == {200}


async def _all_answered(callers: list[Caller]) -> bool:
    return all(_outcomes(caller) for caller in callers)


def _outcomes(caller: Caller) -> list[str]:
    """What was said after the yes, without the "reserving…" that comes before."""
    return [shown.text for shown in caller.screen()[1:] if "confirmed" in shown.text or "taken" in shown.text]


async def test_exactly_one_person_has_the_slot(rush: Rush) -> None:
    bookings = await rush.house.sql(
        "SELECT status, starts_at FROM bookings WHERE tenant_id = $1", rush.tenant.tenant_id
    )
    assert [row["status"] for row in bookings] == ["confirmed"]
    assert sum("confirmed" in outcome for caller in rush.callers for outcome in _outcomes(caller)) == 1


async def test_everyone_is_answered_once_and_ninety_nine_are_offered_other_times(rush: Rush) -> None:
    assert [len(_outcomes(caller)) for caller in rush.callers] == [1] * len(rush.callers)
    lost = [caller.screen()[-1] for caller in rush.callers if "taken" in caller.screen()[-1].text]
    assert len(lost) == len(rush.callers) - 1
    for shown in lost:
        times = [label for label in shown.choices if label[:2].isdigit()]
        assert len(times) >= 5
        assert "15:00" not in times


async def test_each_merchant_hears_of_one_booking(rush: Rush) -> None:
    told = [
        len(screen(rush.house, "whatsapp", merchant.wa_id))
        + len(screen(rush.house, "telegram", str(merchant.telegram_user_id)))
        for merchant in rush.tenant.merchants.values()
    ]
    assert told == [1, 1]


async def test_nothing_overlaps_and_nothing_deadlocked(rush: Rush) -> None:
    assert await rush.house.value(OVERLAPS) == 0
    assert await rush.house.value(DEADLOCKS) == rush.deadlocks_before
    assert await rush.house.value("SELECT count(*) FROM dead_jobs") == 0


async def test_no_turn_takes_a_second(rush: Rush) -> None:
    assert await rush.house.value("SELECT count(*) FROM turns") == 2 * len(rush.callers)
    assert await rush.house.value("SELECT max(duration_ms) FROM turns") < 1000
