"""On Friday Nadia has time for one haircut, at 10:00, and somebody has it; Émile is away."""

from core.runtime import Runtime
from tests.support.phone import Phone, query
from tests.support.tenants import HOURS, TenantFixture
from workers import waitlist

PEOPLE = [
    {
        "key": "nadia",
        "name": "Nadia",
        "location": "centre",
        "hours": HOURS,
        "overrides": {"2026-03-06": ["10:00-10:45"]},
    },
    {"key": "emile", "name": "Émile", "location": "centre", "hours": HOURS, "overrides": {"2026-03-06": []}},
]
FRIDAY = "Friday 6 March 2026"
VENDREDI = "vendredi 6 mars 2026"
SOUHAIT = "mettez-moi sur liste d'attente pour une coupe vendredi"


async def move_on(runtime: Runtime, tenant: TenantFixture) -> None:
    """The job, twice as a lost acknowledgement would."""
    for _ in range(2):
        await waitlist.move_on(runtime, tenant.tenant_id, tenant.tenant_id)


async def free_friday(rival: Phone) -> None:
    await rival.writes("cancel")
    assert await rival.taps_id(rival.last["choices"][0]["id"])
    await move_on(rival.runtime, rival.tenant)


async def entries(phone: Phone) -> list[str]:
    sql = "SELECT status FROM waitlist_entries WHERE tenant_id = $1 ORDER BY id"
    return [row["status"] for row in await query(phone.runtime, sql, phone.tenant.tenant_id)]


async def confirmed(phone: Phone) -> list[str]:
    sql = (
        "SELECT to_char(starts_at AT TIME ZONE 'Africa/Douala', 'DD HH24:MI') AS at FROM bookings"
        " WHERE tenant_id = $1 AND status = 'confirmed' ORDER BY starts_at"
    )
    return [row["at"] for row in await query(phone.runtime, sql, phone.tenant.tenant_id)]


async def waits(phone: Phone, language: str = "en") -> None:
    """Puts this person on the list for Friday."""
    words = "put me on the waiting list for a haircut on Friday" if language == "en" else SOUHAIT
    assert ("on the waiting list" if language == "en" else "liste d'attente") in await phone.writes(words)
