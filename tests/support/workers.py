"""The worker processes of one shop, in this process and on its clock: every sweep and every job, none left out."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from core.clock import FixedClock
from core.errors import TransientError
from core.queue import Queue, Wake
from core.uow import unit_of_work
from tests.support.psp import Shop
from workers.main import JOBS, SWEEPS

# Conversations, messages and their delivery are driven by Phone.
_OTHERS = frozenset({"unanswered", "unsent", "receipts", "reminders", "waitlists", "checks", "llm_quotas"})
_ROUNDS = 12
_RETIRE = (
    "UPDATE payment_accounts SET provider = 'manual', next_payout_at = NULL WHERE tenant_id = $1",
    "UPDATE payment_attempts SET poll_at = NULL WHERE tenant_id = $1",
    "UPDATE payment_events SET handled_at = received_at WHERE tenant_id = $1 AND handled_at IS NULL",
    "UPDATE refunds SET try_at = NULL WHERE tenant_id = $1",
    "UPDATE payouts SET try_at = NULL WHERE tenant_id = $1",
    "UPDATE payments SET released_at = created_at WHERE tenant_id = $1 AND released_at IS NULL",
    "UPDATE bookings SET status = 'completed' WHERE tenant_id = $1 AND status = 'confirmed'",
)
_Work = tuple[str, int]
# Through the hold's end and the three days in which money may still come.
DAYS = tuple(timedelta(minutes=n) for n in (2, 3, 6, 25, 60, 300, 1440, 2880))


class _Heard(Queue):
    """Keeps the wakes in place of sending them."""

    def __init__(self) -> None:
        self.wakes: list[Wake] = []

    async def wake_many(self, wakes: Sequence[Wake]) -> None:
        self.wakes += wakes


class Workers:
    """`lost` are jobs that failed for good; a test that expects none looks at it."""

    def __init__(self, shop: Shop) -> None:
        self._shop, self._heard = shop, _Heard()
        self.runtime = replace(shop.runtime, queue=self._heard)
        self.lost: list[tuple[str, int, Exception]] = []

    async def work(self, *, hears: bool = True, together: bool = False) -> None:
        """All that is due now, till nothing is, or what is left keeps coming back. `hears`: webhooks arrive first;
        `together`: each round's jobs at the same time, as many workers do them."""
        for _ in range(_ROUNDS):
            if hears:
                await self._shop.psp.webhooks.drain()
            due = await self.due()
            if together:
                await asyncio.gather(*(self.run(job, subject_id) for job, subject_id in due))
            else:
                for job, subject_id in due:
                    await self.run(job, subject_id)
            if not due:
                return

    async def due(self) -> list[_Work]:
        """What the sweeps find, and what the jobs before have asked for."""
        for name, (sweep, _) in SWEEPS.items():
            if name not in _OTHERS:
                await sweep(self.runtime)
        wakes, self._heard.wakes = self._heard.wakes, []
        ours = [(job, id) for job, tenant_id, id, _ in wakes if tenant_id == self._shop.tenant.tenant_id]
        return list(dict.fromkeys(work for work in ours if work[0] not in ("turn", "relay")))

    async def run(self, job: str, subject_id: int) -> None:
        """What passes is tried again at the next round; what does not would be buried."""
        try:
            await JOBS[job](self.runtime, self._shop.tenant.tenant_id, subject_id)
        except TransientError:
            pass
        except Exception as error:
            self.lost.append((job, subject_id, error))

    async def live(self, steps: Sequence[timedelta] = DAYS) -> None:
        """The world goes on."""
        await self.work()
        for step in steps:
            self.advance(step)
            await self.work()

    async def retire(self) -> None:
        """Nothing of this shop is due any more, whatever the clock says: hundreds of others would get no turn."""
        async with unit_of_work(self._shop.runtime, self._shop.tenant.tenant_id) as uow:
            for sql in _RETIRE:
                await uow.driver.execute(sql, uow.tenant_id)

    def advance(self, step: timedelta) -> None:
        assert isinstance(self.runtime.clock, FixedClock)
        self.runtime.clock.advance(step)
        self._shop.psp.tick()
