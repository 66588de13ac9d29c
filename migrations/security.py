"""What every migration says about tenancy: forced row-level security and the grants of the application role."""

import re
from collections.abc import Sequence

from alembic import op
from sqlalchemy.util import await_only

TENANT_TABLES_RLS = (
    ("tenants", "id"),
    *(
        (table, "tenant_id")
        for table in (
            "tenant_keys",
            "locations",
            "resources",
            "staff",
            "services",
            "service_staff",
            "service_resources",
            "holidays",
            "knowledge",
            "merchants",
            "channel_accounts",
            "payment_accounts",
            "customers",
            "channel_identities",
            "conversations",
            "inbound_events",
            "turns",
            "outbox_messages",
            "group_sessions",
            "bookings",
            "occupancy",
            "command_results",
            "reminders",
            "analytics_facts",
            "dead_jobs",
        )
    ),
)


# Where a row that is gone means nothing: everywhere else it is history, or would take a tenant with it by cascade.
_DELETABLE_AT_FIRST = ("service_staff", "service_resources", "holidays", "knowledge", "occupancy")
DELETABLE = (*_DELETABLE_AT_FIRST, "appointments")


_DEFINED = re.compile(r"CREATE FUNCTION (\w+)")


def run_script(script: str) -> None:
    """Runs several statements in one round trip; asyncpg takes them only without parameters."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    await_only(driver.execute(script))


def protect_table(table: str, column: str = "tenant_id") -> None:
    """No tenant set, no rows: NULLIF because the setting is '' (not NULL) after the first transaction."""
    own = f"{column} = NULLIF(current_setting('app.tenant_id', true), '')::bigint"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_own_tenant ON {table} USING ({own}) WITH CHECK ({own})")


def grant_app() -> None:
    """Rows and sequences for booka_app (deleting only where it must), reading for booka_backup; no DDL, no TRUNCATE for either."""
    op.execute("GRANT USAGE ON SCHEMA public TO booka_app, booka_backup")
    op.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO booka_app")
    op.execute(f"GRANT DELETE ON {', '.join(_DELETABLE_AT_FIRST)} TO booka_app")
    op.execute("REVOKE INSERT, UPDATE ON alembic_version FROM booka_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO booka_app")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO booka_backup")


def allow_app(tables: Sequence[str], *, deletable: Sequence[str] = ()) -> None:
    """The same for tables that came later."""
    names = ", ".join(tables)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {names} TO booka_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO booka_app")
    op.execute(f"GRANT SELECT ON {names} TO booka_backup")
    if deletable:
        op.execute(f"GRANT DELETE ON {', '.join(deletable)} TO booka_app")


def define_claim_functions(script: str) -> None:
    """Functions across tenants belong to booka_claim and may be executed by booka_app alone."""
    names = ", ".join(_DEFINED.findall(script))
    run_script("GRANT CREATE ON SCHEMA public TO booka_claim; SET LOCAL ROLE booka_claim")
    run_script(script)
    run_script(
        f"REVOKE EXECUTE ON FUNCTION {names} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {names} TO booka_app;"
        "SET LOCAL ROLE booka_owner; REVOKE CREATE ON SCHEMA public FROM booka_claim"
    )


def drop_everything() -> None:
    run_script("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
