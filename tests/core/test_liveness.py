"""A worker lives as long as its process, not as long as one connection."""

import pytest

from core.liveness import signs_of_life
from core.runtime import Runtime
from core.uow import call_across_tenants
from tests.support.installation import until

_HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 417 AND objid = $1::oid"


async def test_a_worker_whose_connection_is_cut_comes_back_under_its_number(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.liveness._BEAT_S", 0.05)

    async def is_known() -> bool:
        return runtime.liveness.instance is not None

    async def holders() -> set[int]:
        return {row["pid"] for row in await call_across_tenants(runtime, _HOLDERS, instance)}

    async def is_held_by_another_connection() -> bool:
        return bool(await holders() - first)

    async def is_dead() -> bool:
        return bool((await call_across_tenants(runtime, "SELECT is_dead($1) AS yes", instance))[0]["yes"])

    async with signs_of_life(runtime):
        await until(is_known)
        instance = runtime.liveness.instance
        assert instance is not None
        first = await holders()
        await call_across_tenants(
            runtime, "SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", list(first)
        )
        await until(is_held_by_another_connection)
        assert not await is_dead()
    await until(is_dead)
