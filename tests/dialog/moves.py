"""Where a booking stands before and after it is moved."""

from core.runtime import Runtime
from tests.support.phone import query
from tests.support.tenants import TenantFixture

FRIDAY, SATURDAY = ("confirmed", "Nadia", "06 10:00"), ("confirmed", "Nadia", "07 10:00")


async def bookings(runtime: Runtime, tenant: TenantFixture) -> list[tuple[str, str, str]]:
    sql = (
        "SELECT b.status, p.name, to_char(b.starts_at AT TIME ZONE 'Africa/Douala', 'DD HH24:MI') FROM bookings b"
        " JOIN staff p ON p.id = b.staff_id WHERE b.tenant_id = $1 ORDER BY b.id"
    )
    return [tuple(row) for row in await query(runtime, sql, tenant.tenant_id)]
