"""A database of an earlier release becomes one of this release, with its rows."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from core.database import OWNER_ROLE, check_database, ensure_roles, migrate, with_role
from core.errors import ConfigurationError
from core.runtime import Runtime

# What an installation of the first release may hold: a booking that is agreed, one that was called off.
_FIRST_RELEASE = """
INSERT INTO tenants (key, name, vertical, country, currency, timezone, languages)
    VALUES ('old', 'Old', 'beauty', 'CM', 'XAF', 'Africa/Douala', '{fr}');
INSERT INTO locations (tenant_id, key, name, timezone) SELECT id, 'here', '{"fr": "Ici"}', timezone FROM tenants;
INSERT INTO resources (tenant_id, kind, key, name, location_id) SELECT tenant_id, 'staff', 'ada', 'Ada', id FROM locations;
INSERT INTO staff (tenant_id, key, name, location_id, resource_id, hours)
    SELECT tenant_id, 'ada', 'Ada', location_id, id, '{}' FROM resources;
INSERT INTO services (tenant_id, key, name, duration_minutes) SELECT id, 'cut', '{"fr": "Coupe"}', 45 FROM tenants;
INSERT INTO customers (tenant_id) SELECT id FROM tenants;
INSERT INTO bookings (tenant_id, status, customer_id, service_id, staff_id, location_id, starts_at, ends_at, currency,
    created_at)
SELECT t.id, status, c.id, v.id, s.id, s.location_id, at, at + interval '45 min', 'XAF', at
FROM tenants t, customers c, services v, staff s,
    (VALUES ('confirmed', timestamptz '2026-03-03 09:00Z'), ('cancelled', '2026-03-04 09:00Z')) AS b (status, at);
"""  # noqa: E501


@pytest.fixture
async def database(runtime: Runtime) -> AsyncIterator[str]:
    """An empty database beside the one of the tests, as the superuser's URL."""
    parts = urlsplit(with_role(runtime.database_url, "postgres"))
    server = await asyncpg.connect(urlunsplit(parts))
    await server.execute("DROP DATABASE IF EXISTS earlier")
    await server.execute("CREATE DATABASE earlier")
    url = urlunsplit(parts._replace(path="/earlier"))
    await ensure_roles(url, login=True)
    yield url
    await server.execute("DROP DATABASE earlier WITH (FORCE)")
    await server.close()


async def test_bookings_of_the_first_release_get_their_appointments(database: str) -> None:
    await migrate(with_role(database, OWNER_ROLE), "0001")
    connection = await asyncpg.connect(database)
    await connection.execute(_FIRST_RELEASE)
    await migrate(with_role(database, OWNER_ROLE))
    rows = await connection.fetch("""
        SELECT a.position, a.service_id = b.service_id AND a.staff_id = b.staff_id AND a.starts_at = b.starts_at
            AND a.ends_at = b.ends_at AND a.tenant_id = b.tenant_id AS is_same
        FROM bookings b LEFT JOIN appointments a ON a.booking_id = b.id
    """)
    forced = await connection.fetchval("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'bookings'")
    await connection.close()
    assert [(row["position"], row["is_same"]) for row in rows] == [(0, True)] * 2
    assert forced
    await check_database(with_role(database, "booka_app"))


async def test_an_earlier_schema_is_refused_with_what_to_do(database: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no schema; run booka migrate"):
        await check_database(with_role(database, "booka_app"))
    await migrate(with_role(database, OWNER_ROLE), "0001")
    with pytest.raises(ConfigurationError, match=r"revision 0001, .* run booka migrate"):
        await check_database(with_role(database, "booka_app"))
