"""What the tenant's policy says about a booking."""

from datetime import datetime, timedelta

from booking.booking import Booking, TooManyNoShowsError
from core.uow import UnitOfWork
from tenants.rules import TenantRules

# Long enough for the merchant to say that nobody came.
COMPLETED_AFTER = timedelta(hours=1)


def is_too_late(booking: Booking, rules: TenantRules, now: datetime) -> bool:
    """Whether a customer has to ask the merchant to cancel or move what is agreed."""
    start = booking.agreed_start
    return start is not None and start - now < timedelta(hours=rules.cancel_until_hours)


_NO_SHOWS = """
SELECT count(*) FROM bookings WHERE tenant_id = $1 AND customer_id = $2 AND status = 'no_show' AND starts_at >= $3
"""


async def count_no_shows(uow: UnitOfWork, customer_id: int, *, since: datetime) -> int:
    return int(await uow.driver.fetchval(_NO_SHOWS, uow.tenant_id, customer_id, since))


async def check_no_shows(uow: UnitOfWork, rules: TenantRules, customer_id: int, *, now: datetime) -> None:
    """Raises TooManyNoShowsError where the customer has missed as many bookings as the tenant puts up with."""
    limit = rules.max_no_shows_per_customer
    since = now - timedelta(days=rules.no_shows_count_days)
    if limit and await count_no_shows(uow, customer_id, since=since) >= limit:
        raise TooManyNoShowsError(limit=limit)
