"""Redis only wakes: it is emptied, killed and started again while people book, and nobody notices but by a pause."""

import asyncio
import os
import signal
from pathlib import Path

from core.embedded import embedded_redis
from tests.support.callers import Caller
from tests.support.installation import Delivery, Installation, install, running, until
from tests.support.tenants import make_tenant

_WISHES = [
    f"Haircut with {name} tomorrow at {hour}" for name in ("Nadia", "Emile") for hour in ("9:00", "11:00", "16:00")
]


async def test_nothing_is_lost_when_redis_is_emptied_and_restarted() -> None:
    async with install() as house, running(house, "serve"):
        tenant = await make_tenant(house.runtime)
        async with running(house, "work"):
            callers = [Caller(house, tenant, channel) for channel in ("whatsapp", "telegram") for _ in range(3)]
            await _post(house, [caller.says(wish) for caller, wish in zip(callers, _WISHES, strict=True)])
            await house.runtime.queue.redis.flushall()
            await house.age_events()
            await asyncio.gather(*(caller.reads(1) for caller in callers))

            await _kill_redis(house)
            await _post(house, [caller.taps("Yes") for caller in callers])
            await until(lambda: _all_confirmed(callers))  # found by the worker's own sweeps, with no Redis at all
            with embedded_redis(house.runtime.settings.data_dir):
                late = Caller(house, tenant, "telegram")
                await _post(house, [late.says("hello")])
                await late.reads(1)
                await until(house.is_settled)
    said = [[shown.text for shown in caller.screen() if "confirmed" in shown.text] for caller in callers]
    assert [len(texts) for texts in said] == [1] * len(callers)


async def _post(house: Installation, deliveries: list[Delivery]) -> None:
    """Taken without Redis too: the database alone says what was accepted."""
    assert [await house.post(delivery) for delivery in deliveries] == [200] * len(deliveries)


async def _kill_redis(house: Installation) -> None:
    pid = int(Path(house.runtime.settings.data_dir / "redis" / "pid").read_text())
    os.kill(pid, signal.SIGKILL)

    async def is_gone() -> bool:
        return not await house.runtime.queue.is_reachable()

    await until(is_gone)


async def _all_confirmed(callers: list[Caller]) -> bool:
    return all(any("confirmed" in shown.text for shown in caller.screen()) for caller in callers)
