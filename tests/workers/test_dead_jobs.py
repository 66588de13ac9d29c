"""A job that failed for good is a row for a person to look at."""

from core.runtime import Runtime
from core.uow import unit_of_work
from tests.support.phone import query
from tests.support.tenants import make_tenant
from workers.main import _bury

_OPEN = "SELECT error, attempts FROM dead_jobs WHERE tenant_id = $1 AND resolved_at IS NULL"


async def test_a_subject_that_a_sweep_brings_back_again_and_again_is_one_open_row(runtime: Runtime) -> None:
    tenant_id = (await make_tenant(runtime)).tenant_id
    for error in (KeyError("text"), KeyError("text"), ValueError("+237670000001")):
        await _bury(runtime, "reminder", tenant_id, 7, error, 1)
    assert [tuple(row) for row in await query(runtime, _OPEN, tenant_id)] == [("ValueError", 3)]


async def test_what_fails_again_after_it_was_resolved_is_a_row_of_its_own(runtime: Runtime) -> None:
    tenant_id = (await make_tenant(runtime)).tenant_id
    await _bury(runtime, "reminder", tenant_id, 7, KeyError("text"), 1)
    async with unit_of_work(runtime, tenant_id) as uow:
        await uow.driver.execute("UPDATE dead_jobs SET resolved_at = clock_timestamp()")
    await _bury(runtime, "reminder", tenant_id, 7, KeyError("text"), 1)
    assert [tuple(row) for row in await query(runtime, _OPEN, tenant_id)] == [("KeyError", 1)]
