"""Questions to a model, without a dialog around them."""

from typing import Any

from core.uow import unit_of_work
from dialog.understanding.llm_wire import SCHEMA, WireCommand, read_answer
from llm.call import Completion, Prompt, Request
from llm.endpoints import endpoints_of
from llm.failures import LlmError
from llm.gateway import complete
from tenants.tenant import Tenant, get_tenant
from tests.support.model import ModelHouse
from tests.support.tenants import TenantFixture

USER = '{"message": "hello"}'
Commands = tuple[WireCommand, ...]


async def tenant_of(house: ModelHouse, tenant: TenantFixture) -> Tenant:
    async with unit_of_work(house.runtime, tenant.tenant_id) as uow:
        return await get_tenant(uow)


async def ask(house: ModelHouse, tenant: TenantFixture, *, user: str = USER, **more: Any) -> Completion[Commands]:
    known = await tenant_of(house, tenant)
    prompt = Prompt(system="You answer.", user=user, schema=SCHEMA, max_tokens=100)
    request = Request(
        tenant_id=known.id,
        timezone=known.timezone,
        endpoints=await endpoints_of(house.runtime, known),
        prompt=prompt,
        prompt_version="test@1",
        read=read_answer,
        **more,
    )
    return await complete(house.runtime, request)


async def outcome_of(house: ModelHouse, tenant: TenantFixture, **more: Any) -> str:
    """The kind of the failure, or ok."""
    try:
        await ask(house, tenant, **more)
    except LlmError as error:
        return error.kind
    return "ok"
