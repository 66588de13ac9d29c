"""A model on this machine: the stand-in over real HTTP, tenants that may ask it, and what was asked."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from core.runtime import Runtime
from standins.openai_api import OpenAiApi
from tests.support.phone import query

LLM: dict[str, Any] = {"enabled": True, "model": "gpt-4.1-mini", "tokens_per_day": 10_000_000}


@dataclass(frozen=True)
class ModelHouse:
    """`runtime` is the tests' own with a key and the stand-in's URL; `api` is the stand-in."""

    runtime: Runtime
    api: OpenAiApi
    url: str

    async def calls(self, tenant_id: int) -> list[dict[str, Any]]:
        rows = await query(self.runtime, "SELECT * FROM llm_calls WHERE tenant_id = $1 ORDER BY id", tenant_id)
        return [dict(row) for row in rows]

    async def quota(self, tenant_id: int) -> dict[str, Any]:
        rows = await query(self.runtime, "SELECT * FROM llm_quotas WHERE tenant_id = $1", tenant_id)
        return dict(rows[0])


@contextlib.asynccontextmanager
async def model_house(runtime: Runtime, **openai: Any) -> AsyncIterator[ModelHouse]:
    """`openai` are settings of BOOKA_OPENAI_…; connections are closed with the block."""
    api = OpenAiApi(clock=runtime.clock)
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(api.app))
        url = str(server.make_url("/v1"))
        chosen = {"api_key": SecretStr("sk-of-the-tests"), "base_url": url} | openai
        settings = runtime.settings.model_copy(update={"openai": runtime.settings.openai.model_copy(update=chosen)})
        closing = await stack.enter_async_context(contextlib.AsyncExitStack())
        yield ModelHouse(replace(runtime, settings=settings, closing=closing), api, url)
