"""Is everything there that a running installation needs? One line a check."""

from collections import Counter
from collections.abc import AsyncIterator

from alembic.script import ScriptDirectory

from booking.invariants import count_violations
from cli.doctor_model import check_model
from cli.doctor_money import check_money
from cli.doctor_reach import Finding, check_reachable
from core.database import alembic_config, describe
from core.errors import ConfigurationError
from core.runtime import Runtime, open_runtime
from core.settings import Settings
from core.uow import all_tenants, unit_of_work

_UNPROTECTED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
LEFT JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                               AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL)
"""
_ROLE = "SELECT rolsuper OR rolbypassrls AS too_strong FROM pg_roles WHERE rolname = current_user"
_LOGIN = "SELECT rolsuper FROM pg_roles WHERE rolname = session_user"


async def run_checks(settings: Settings) -> bool:
    """Prints each finding; True when all is well."""
    healthy = True
    try:
        async with open_runtime(settings) as runtime:
            async for name, is_well, detail in _findings(runtime):
                print(f"{'ok  ' if is_well else 'FAIL'} {name}: {detail}")
                healthy = healthy and is_well
    except ConfigurationError as error:
        print(f"FAIL database: {error}")
        return False
    return healthy


async def _findings(runtime: Runtime) -> AsyncIterator[Finding]:
    yield "settings", True, f"{runtime.settings.env}, data in {runtime.settings.data_dir}"
    async with runtime.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        yield "database", True, describe(runtime.database_url)
        revision = await driver.fetchval("SELECT version_num FROM alembic_version")
        newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
        yield "schema", revision == newest, f"revision {revision}, the newest is {newest}"
        too_strong = await driver.fetchval(_ROLE)
        yield "role", not too_strong, "the application role cannot pass row-level security"
        superuser = await driver.fetchval(_LOGIN)
        yield "login", not (superuser and runtime.settings.in_production), "the login is no superuser in production"
        open_tables = [row["relname"] for row in await driver.fetch(_UNPROTECTED)]
        yield "row-level security", not open_tables, ", ".join(open_tables) or "forced on every tenant table"
    yield await check_bookings(runtime)
    yield "redis", await runtime.queue.is_reachable(), "answers" if await runtime.queue.is_reachable() else "away"
    for name, url in (("whatsapp", runtime.settings.whatsapp.api_url), ("telegram", runtime.settings.telegram.api_url)):
        yield await check_reachable(runtime, name, url)
    async for finding in check_model(runtime):
        yield finding
    async for finding in check_money(runtime):
        yield finding


async def check_bookings(runtime: Runtime) -> Finding:
    """No overlap, no calendar row without its booking and the reverse, seats as counted: tenant by tenant."""
    faults: Counter[str] = Counter()
    for tenant_id in await all_tenants(runtime):
        async with unit_of_work(runtime, tenant_id) as uow:
            faults += await count_violations(uow)
    found = ", ".join(f"{fault} ({count})" for fault, count in sorted(faults.items()))
    return "bookings", not faults, found or "no violation"
