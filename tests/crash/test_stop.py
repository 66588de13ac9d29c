"""An operator stops and starts processes while customers write: they end cleanly, and nobody waits for an answer."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from tests.support.callers import WISH, Caller
from tests.support.installation import Installation, install, killed, running, stop, until
from tests.support.tenants import make_tenant


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[Installation]:
    """It takes webhooks, and nobody works."""
    async with install() as house, running(house, "serve"):
        yield house


async def test_a_busy_worker_ends_when_it_is_told_to_and_the_next_one_goes_on(house: Installation) -> None:
    tenant = await make_tenant(house.runtime)
    callers: list[Caller] = []
    for _ in range(2):
        worker = await house.start("work")
        crowd = [Caller(house, tenant, "telegram") for _ in range(15)]
        for caller in crowd:
            assert await house.post(caller.says(WISH)) == 200
        await until(partial(_is_anybody_answered, crowd))
        await stop(worker)
        callers += crowd
    async with running(house, "work"):
        for caller in callers:
            await caller.reads(1)
    assert [len(caller.screen()) for caller in callers] == [1] * len(callers)


async def _is_anybody_answered(callers: list[Caller]) -> bool:
    return any(caller.screen() for caller in callers)


@pytest.mark.parametrize("failpoint", ["turn.claimed", "relay.claimed"])
async def test_what_a_dead_worker_had_claimed_is_taken_over_before_the_claim_runs_out(
    house: Installation, failpoint: str
) -> None:
    """Its sign of life went with it; nothing is moved by hand here."""
    caller = Caller(house, await make_tenant(house.runtime), "telegram")
    worker = await house.start("work", BOOKA_FAILPOINT=failpoint)
    assert await house.post(caller.says(WISH)) == 200
    await killed(worker)
    async with running(house, "work"):
        await until(partial(_is_anybody_answered, [caller]), within_s=12)
        assert len(caller.screen()) == 1
