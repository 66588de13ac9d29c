"""A process that asks and is killed before it is answered."""

import asyncio

from core.runtime import open_runtime
from core.settings import load_settings
from core.uow import unit_of_work
from llm.call import Prompt, Request
from llm.endpoints import endpoints_of
from llm.gateway import complete
from tenants.tenant import get_tenant


async def _ask(tenant_id: int) -> None:
    async with open_runtime(load_settings()) as runtime:
        async with unit_of_work(runtime, tenant_id) as uow:
            tenant = await get_tenant(uow)
        places = await endpoints_of(runtime, tenant)
        prompt = Prompt(system="You answer.", user="{}", schema={}, max_tokens=100)
        await complete(runtime, Request(tenant_id, tenant.timezone, places, prompt, "test@1", read=str))


def main(tenant_id: int) -> None:
    asyncio.run(_ask(tenant_id))
