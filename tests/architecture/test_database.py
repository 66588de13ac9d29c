"""What the database itself must promise, read from the catalogue of the live one."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import ARRAY
from sqlalchemy.types import TypeEngine

from core.database import APP_ROLE, BACKUP_ROLE, OWNER_ROLE
from core.runtime import Runtime
from core.tables import metadata
from migrations.security import DELETABLE
from tests.architecture.source import import_product

# Rows that belong to no tenant or lead to one: their unique keys cannot begin with tenant_id.
GLOBAL_KEYS = {
    ("tenants", ("key",)): "the tenant's own name: the console and the command line name tenants by it",
    ("channel_accounts", ("account",)): "stands in the webhook's address, before the tenant is known",
    ("channel_accounts", ("kind", "external_id")): "the vendor names the account by it, before the tenant is known",
    ("payment_accounts", ("account",)): "stands in the webhook's address, before the tenant is known",
}
# Not a tenant's table.
WITHOUT_TENANT = {"alembic_version"}
# What a table's tenant column is called, where it is not tenant_id.
TENANT_COLUMN = {"tenants": "id"}
# Tables whose first reader is not written yet.
UNREAD = {"analytics_facts"}


@pytest.fixture
async def catalogue(runtime: Runtime) -> AsyncIterator[asyncpg.Connection]:
    """A reading connection; row-level security does not hide the system catalogue."""
    connection = await asyncpg.connect(runtime.reading_url)
    yield connection
    await connection.close()


async def test_every_table_forces_row_level_security_with_both_clauses(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch("""
        SELECT c.relname AS table, c.relrowsecurity AND c.relforcerowsecurity AS forced,
            array_agg(pg_get_expr(p.polqual, p.polrelid)) FILTER (WHERE p.oid IS NOT NULL) AS reads,
            array_agg(pg_get_expr(p.polwithcheck, p.polrelid)) FILTER (WHERE p.oid IS NOT NULL) AS writes,
            bool_and(p.polcmd = '*' AND p.polpermissive AND p.polroles = '{0}') AS for_all
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace GROUP BY c.oid
    """)
    tables = {row["table"]: row for row in rows if row["table"] not in WITHOUT_TENANT}
    assert len(tables) > 20
    for table, row in tables.items():
        column = TENANT_COLUMN.get(table, "tenant_id")
        own = f"({column} = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::bigint)"
        assert (row["forced"], row["for_all"], row["reads"], row["writes"]) == (True, True, [own], [own]), table


async def test_the_application_role_is_an_ordinary_one(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch("SELECT * FROM pg_roles WHERE rolname LIKE 'booka\\_%'")
    roles = {row["rolname"]: row for row in rows}
    app = roles[APP_ROLE]
    powers = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
    assert [power for power in powers if app[power]] == []
    assert [power for power in powers if roles[OWNER_ROLE][power]] == []
    member_of = await catalogue.fetch(
        "SELECT roleid::regrole::text AS role FROM pg_auth_members WHERE member = $1::regrole", APP_ROLE
    )
    assert member_of == []


async def test_the_application_role_owns_nothing_and_has_no_ddl(catalogue: asyncpg.Connection) -> None:
    owned = await catalogue.fetch("SELECT relname FROM pg_class WHERE relowner = $1::regrole", APP_ROLE)
    assert owned == []
    assert not await catalogue.fetchval("SELECT has_schema_privilege($1, 'public', 'CREATE')", APP_ROLE)
    forbidden = await catalogue.fetch(
        """
        SELECT c.relname, p.privilege FROM pg_class c, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) p (privilege)
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
          AND (has_table_privilege($1, c.oid, p.privilege) OR has_table_privilege($2, c.oid, p.privilege))
        """,
        *(APP_ROLE, BACKUP_ROLE),
    )
    assert forbidden == []


async def test_the_application_role_deletes_no_history(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND has_table_privilege('booka_app', oid, 'DELETE')"
    )
    assert {row["relname"] for row in rows} == set(DELETABLE)


async def test_the_reading_role_cannot_write(catalogue: asyncpg.Connection) -> None:
    writable = await catalogue.fetch(
        """
        SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND has_table_privilege($1, oid, 'INSERT, UPDATE, DELETE')
        """,
        BACKUP_ROLE,
    )
    assert writable == []


async def test_the_product_connects_as_the_application_role(runtime: Runtime) -> None:
    async with runtime.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        assert await driver.fetchval("SELECT current_user") == APP_ROLE


async def test_no_view_reads_with_its_owners_rights(catalogue: asyncpg.Connection) -> None:
    views = await catalogue.fetch("""
        SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
          AND (relkind = 'm' OR NOT coalesce(reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on'])
    """)
    assert views == []


async def test_functions_across_tenants_are_pinned_and_closed_to_the_public(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch(
        """
        SELECT p.proname AS name, p.prosecdef AS across, p.proowner::regrole::text AS owner,
            coalesce(p.proconfig, '{}') AS settings, has_function_privilege($1, p.oid, 'EXECUTE') AS for_app,
            EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    WHERE a.grantee = 0) AS for_public
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        """,
        APP_ROLE,
    )
    across = [row for row in rows if row["across"]]
    assert across
    for row in across:
        assert row["settings"] == ["search_path=public, pg_temp"], row["name"]
        assert (row["owner"], row["for_app"]) == ("booka_claim", True), row["name"]
    assert [row["name"] for row in rows if row["for_public"]] == []


async def test_functions_across_tenants_return_ids_not_contents(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch("""
        SELECT p.proname AS name, coalesce(
            (SELECT array_agg(n) FROM unnest(p.proargnames, p.proargmodes) AS a (n, m) WHERE m = 't'),
            ARRAY['id']) AS columns
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
    """)
    harmless = {"kind", "urgent", "day_end"}
    for row in rows:
        told = [name for name in row["columns"] if not name.endswith("id") and name not in harmless]
        assert told == [], row["name"]


async def test_the_declared_tables_are_the_live_ones(catalogue: asyncpg.Connection) -> None:
    import_product()
    rows = await catalogue.fetch("""
        SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public'
    """)
    live = {(row["table_name"], row["column_name"]): row["udt_name"] for row in rows}
    ignored = WITHOUT_TENANT | UNREAD
    declared = {
        (table.name, column.name): _live_name(column.type)
        for table in metadata.sorted_tables
        for column in table.columns
    }
    assert declared == {key: kind for key, kind in live.items() if key[0] not in ignored}


def _live_name(kind: TypeEngine[Any]) -> str:
    return f"_{_live_name(kind.item_type)}" if isinstance(kind, ARRAY) else _LIVE_NAME.get(str(kind), str(kind).lower())


# SQLAlchemy's name of a type → PostgreSQL's
_LIVE_NAME = {
    "BIGINT": "int8",
    "INTEGER": "int4",
    "BOOLEAN": "bool",
    "DATETIME": "timestamptz",
    "DOUBLE": "float8",
    "BLOB": "bytea",
}


async def test_every_unique_key_begins_with_the_tenant(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch("""
        SELECT c.relname AS table, i.indisprimary AS is_primary,
            (SELECT array_agg(a.attname::text ORDER BY k.position) FROM unnest(i.indkey::int2[])
                WITH ORDINALITY AS k (number, position)
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number) AS columns
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
    """)
    surprising = {
        (row["table"], tuple(row["columns"]))
        for row in rows
        if row["columns"][0] != "tenant_id"
        and row["table"] not in WITHOUT_TENANT
        and not (row["is_primary"] and row["columns"] == ["id"])
    }
    assert surprising == set(GLOBAL_KEYS)


async def test_foreign_keys_between_tenant_tables_carry_the_tenant(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch("""
        SELECT conrelid::regclass::text AS table, conname AS name,
            (SELECT array_agg(attname::text ORDER BY k.position) FROM unnest(conkey)
                WITH ORDINALITY AS k (number, position)
                JOIN pg_attribute ON attrelid = conrelid AND attnum = k.number) AS columns
        FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    """)
    assert rows
    assert [row["name"] for row in rows if row["columns"][0] != "tenant_id"] == []
