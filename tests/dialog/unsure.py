"""What no rule will ever be sure of, and a phone to write it on."""

from typing import Any

from aiohttp.test_utils import TestClient

from dialog import commands as c
from tests.support.model import LLM, ModelHouse
from tests.support.phone import Phone
from tests.support.tenants import make_tenant

UNSURE = "so my aunt quipped that this mane of mine would frighten geese"


async def phone_of(house: ModelHouse, client: "TestClient[Any, Any]", **changes: Any) -> Phone:
    tenant = await make_tenant(house.runtime, **({"languages": ["en", "fr"], "llm": LLM} | changes))
    return Phone(house.runtime, client, tenant, channel="telegram")


def rules(*commands: c.Command) -> c.Interpretation:
    return c.Interpretation(commands=commands, language="en", source="rules", confidence="low")
