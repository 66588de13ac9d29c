"""How many payments of a month come to be disputed: a bank looks at that rate, and so do we."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from core.uow import UnitOfWork
from payments.cases import CaseKind, open_case

# Of the payments of a month: looked into from the first on, paid out no more by itself from the second on.
_WARN_FROM, _PAUSE_FROM = Decimal("0.005"), Decimal("0.01")
# One of few says nothing.
_FEWEST = 10

_COUNT = """
SELECT
    (SELECT count(*) FROM payment_attempts WHERE tenant_id = $1 AND provider = $2 AND currency = $3
        AND captured_amount > 0 AND captured_at >= $4 AND captured_at < $5) AS payments,
    (SELECT coalesce(sum(captured_amount), 0)::bigint FROM payment_attempts
        WHERE tenant_id = $1 AND provider = $2 AND currency = $3 AND captured_at >= $4 AND captured_at < $5) AS paid,
    count(*) AS disputes, coalesce(sum(d.amount), 0)::bigint AS disputed
FROM disputes d JOIN payment_attempts a ON a.tenant_id = d.tenant_id AND a.id = d.attempt_id
WHERE d.tenant_id = $1 AND a.provider = $2 AND d.currency = $3 AND d.opened_at >= $4 AND d.opened_at < $5
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one provider, currency and UTC month; amounts in minor units."""

    payments: int
    paid: int
    disputes: int
    disputed: int

    @property
    def highest(self) -> Decimal | None:
        """By number or by amount, whichever is worse; None while there are too few payments to tell."""
        if self.payments < _FEWEST:
            return None
        return max(Decimal(self.disputes) / self.payments, Decimal(self.disputed) / max(self.paid, 1))


async def rate_of_month(uow: UnitOfWork, provider: str, currency: str, within: datetime) -> Rate:
    first = within.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return Rate(**dict(await uow.driver.fetchrow(_COUNT, uow.tenant_id, provider, currency, first, following)))


async def check_rate(uow: UnitOfWork, provider: str, currency: str, opened_at: datetime, *, now: datetime) -> None:
    """A case for the month of a dispute, worse than which is none; see payments/payable.py for what pauses."""
    rate = await rate_of_month(uow, provider, currency, opened_at)
    if rate.highest is None or rate.highest < _WARN_FROM:
        return
    kind = CaseKind.CHARGEBACK_RATE if rate.highest >= _PAUSE_FROM else CaseKind.CHARGEBACK_WARNING
    note = (
        f"{rate.disputes} of {rate.payments} payments of {opened_at:%Y-%m} by {provider} are disputed, "
        f"{rate.disputed} of {rate.paid} {currency}: find out why"
    )
    await open_case(uow, kind, f"{provider}:{currency}:{opened_at:%Y-%m}", note, payment_id=None, now=now)
