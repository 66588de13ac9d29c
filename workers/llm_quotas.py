"""What is left to do about the model's quotas: calls that died unsettled, and merchants who are to hear of a limit."""

from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import UnitOfWork, in_unit
from dialog.quota_notices import tell_near_limit
from llm import usage
from tenants.tenant import get_tenant
from workers.sweeps import wake_rows

log = get_logger("llm")

_CHORES = "SELECT tenant_id, tenant_id AS id FROM llm_chores(interval '30 s', $1)"
_LIMIT = 200


async def wake_chores(runtime: Runtime) -> None:
    """Tenants with a call that has been open for longer than any takes, or near a limit that nobody was told of."""
    await wake_rows(runtime, "llm_quota", _CHORES, _LIMIT)


async def settle_and_warn(runtime: Runtime, tenant_id: int, _: int) -> None:
    await in_unit(runtime, tenant_id, _do_chores)


async def _do_chores(uow: UnitOfWork) -> None:
    lost = await usage.settle_leaked(uow, uow.runtime.clock.now())
    if lost:
        log.warning("llm.calls_lost", tenant_id=uow.tenant_id, count=lost)
    tenant = await get_tenant(uow)
    for near in await usage.take_warnings(uow):
        await tell_near_limit(uow, tenant, near)
