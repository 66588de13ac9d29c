"""What [llm] of a tenant file may say, and what becomes of it."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from core.database import OWNER_ROLE, ensure_roles, migrate, with_role
from core.errors import InputError
from core.runtime import Runtime
from tenants.definition import parse_definition
from tests.support.phone import query
from tests.support.tenants import apply_document, tenant_document

FILE = """
[tenant]
key = "one"
name = "One"
vertical = "beauty"
country = "CM"
currency = "XAF"
timezone = "Africa/Douala"
languages = ["en"]
[llm]
enabled = true
"""
ENDPOINT = '[[llm.endpoints]]\nbase_url = "https://models.example/v1"\napi_key = { value = "sk" }\n'


def problems_of(more: str) -> list[str]:
    try:
        parse_definition(FILE + more, lambda _: None)
    except InputError as error:
        return error.problems
    return []


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("tokens_per_day = -1", "llm.tokens_per_day"),
        ('cost_per_month_usd = "much"', "llm.cost_per_month_usd"),
        ("requests_per_minute = 0", "llm.requests_per_minute"),
        ("turns_per_customer_hour = 0", "llm.turns_per_customer_hour"),
        ('price = { input = "0.4" }', "llm.price.output: is missing"),
        ('price = { input = "400000", output = "1.6" }', "at most 1000"),
        ('[[llm.endpoints]]\nbase_url = "https://models.example/v1"', "llm.endpoints[#1].api_key: is missing"),
        (ENDPOINT.replace('{ value = "sk" }', '"sk"'), "a secret is { env"),
        (ENDPOINT.replace('{ value = "sk" }', '{ env = "NO_SUCH" }'), "NO_SUCH is not set"),
        (ENDPOINT.replace("https://", "ftp://"), "llm.endpoints[#1].base_url"),
        (ENDPOINT * 3, "llm.endpoints"),
        ("temperature = 1", "llm.temperature: unknown key"),
    ],
)
def test_what_is_wrong_is_named(more: str, problem: str) -> None:
    assert any(problem in line for line in problems_of(more)), problems_of(more)


@pytest.mark.parametrize(
    "more", ["", ENDPOINT * 2, 'price = { input = "0.4", cached = "0", output = "1.6" }\n' + ENDPOINT]
)
def test_what_is_right_is_taken(more: str) -> None:
    assert problems_of(more) == []


async def limits_of(runtime: Runtime, tenant_id: int) -> dict[str, Any]:
    (row,) = await query(runtime, "SELECT * FROM llm_quotas WHERE tenant_id = $1", tenant_id)
    return dict(row)


async def test_limits_stand_beside_the_counters_and_a_new_file_keeps_those(runtime: Runtime) -> None:
    document = tenant_document(llm={"enabled": True, "tokens_per_day": 500, "cost_per_month_usd": "20.00"})
    tenant = await apply_document(runtime, document)
    limits = await limits_of(runtime, tenant.tenant_id)
    assert (limits["tokens_per_day"], limits["cost_per_month_u"]) == (500, 20_000_000)
    assert (limits["requests_per_minute"], limits["turns_per_hour"]) == (60, 30)
    superuser = await asyncpg.connect(with_role(runtime.database_url, "postgres"))
    await superuser.execute("UPDATE llm_quotas SET day_tokens = 77 WHERE tenant_id = $1", tenant.tenant_id)
    await superuser.close()
    document["llm"] = {"enabled": True}
    await apply_document(runtime, document)
    limits = await limits_of(runtime, tenant.tenant_id)
    assert (limits["tokens_per_day"], limits["cost_per_month_u"], limits["day_tokens"]) == (None, None, 77)


async def test_tenants_of_an_earlier_release_may_call_as_far_as_their_files_said(runtime: Runtime) -> None:
    server = await asyncpg.connect(with_role(runtime.database_url, "postgres"))
    await server.execute("DROP DATABASE IF EXISTS before_models")
    await server.execute("CREATE DATABASE before_models")
    url = urlunsplit(urlsplit(with_role(runtime.database_url, "postgres"))._replace(path="/before_models"))
    await ensure_roles(url, login=True)
    await migrate(with_role(url, OWNER_ROLE), "0002")
    old = await asyncpg.connect(url)
    await old.execute("""
        INSERT INTO tenants (key, name, vertical, country, currency, timezone, languages, llm)
        SELECT key, key, 'beauty', 'CM', 'XAF', 'Africa/Douala', '{fr}', llm FROM (VALUES ('told', jsonb
            '{"enabled": true, "tokens_per_day": 900, "cost_per_month_usd": "1.50", "requests_per_minute": 7}'),
            ('untold', '{}')) AS t (key, llm)
    """)
    await migrate(with_role(url, OWNER_ROLE))
    rows = await old.fetch("SELECT q.* FROM llm_quotas q JOIN tenants t ON t.id = q.tenant_id ORDER BY t.key")
    await old.close()
    await server.execute("DROP DATABASE before_models WITH (FORCE)")
    await server.close()
    assert [(r["tokens_per_day"], r["cost_per_month_u"], r["requests_per_minute"]) for r in rows] == [
        (900, 1_500_000, 7),
        (None, None, None),
    ]
