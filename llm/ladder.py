"""How strictly an endpoint and model can be bound to a schema: learned from what they refuse, and stored for a week."""

from datetime import datetime, timedelta

from core.runtime import Runtime
from core.uow import unit_of_work
from llm.call import Endpoint, Mode

_FAILURES_IN_A_ROW = 3
_KNOWN_FOR = timedelta(days=7)
_RUNGS = tuple(Mode)

_READ = "SELECT mode, learned_at FROM llm_modes WHERE tenant_id = $1 AND endpoint = $2 AND model = $3"
_STORE = """
INSERT INTO llm_modes (tenant_id, endpoint, model, mode, learned_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, endpoint, model) DO UPDATE SET mode = excluded.mode, learned_at = excluded.learned_at
"""


class Ladder:
    """Of one endpoint and model, in one process. It begins on the strictest rung, or on that which a tenant's row says;
    a refusal, or three answers in a row that do not fit, lead one down; after a week it begins anew."""

    def __init__(self) -> None:
        self._mode: Mode | None = None
        self._learned_at: datetime | None = None
        self._failures = 0

    async def mode(self, runtime: Runtime, tenant_id: int, endpoint: Endpoint) -> Mode:
        now = runtime.clock.now()
        if self._learned_at is not None and not self._is_fresh(now):
            self._mode, self._learned_at = _RUNGS[0], None
        if self._mode is None:
            await self._recall(runtime, tenant_id, endpoint, now)
        return self._mode or _RUNGS[0]

    def note(self, *, fits: bool) -> bool:
        """Of an answer; True when it is time to step down."""
        self._failures = 0 if fits else self._failures + 1
        return self._failures >= _FAILURES_IN_A_ROW

    async def step_down(self, runtime: Runtime, tenant_id: int, endpoint: Endpoint, refused: Mode) -> bool:
        """From the rung that was refused, where nobody else has stepped down meanwhile; False at the foot."""
        if self._mode is not refused and self._mode is not None:
            return True
        place = _RUNGS.index(refused) + 1
        if place == len(_RUNGS):
            return False
        self._mode, self._learned_at, self._failures = _RUNGS[place], runtime.clock.now(), 0
        async with unit_of_work(runtime, tenant_id) as uow:
            row = (endpoint.base_url, endpoint.model, self._mode.value, self._learned_at)
            await uow.driver.execute(_STORE, tenant_id, *row)
        return True

    async def _recall(self, runtime: Runtime, tenant_id: int, endpoint: Endpoint, now: datetime) -> None:
        async with unit_of_work(runtime, tenant_id) as uow:
            row = await uow.driver.fetchrow(_READ, tenant_id, endpoint.base_url, endpoint.model)
        self._mode = _RUNGS[0]
        if row is not None:
            self._mode, self._learned_at = Mode(row["mode"]), row["learned_at"]
            if not self._is_fresh(now):
                self._mode, self._learned_at = _RUNGS[0], None

    def _is_fresh(self, now: datetime) -> bool:
        assert self._learned_at is not None
        return abs(now - self._learned_at) < _KNOWN_FOR
