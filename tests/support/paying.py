"""A till: a held booking of a salon that is to be paid for, and what may happen to its payment."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from booking.booking import Booking
from core.ids import new_token
from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from payments import attempts, ledger, payment, refunds
from payments.attempts import Attempt, AttemptStatus
from payments.payment import Payment
from tests.support.bookings import Salon, make_salon

AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
HASH_KEYS = {name: {"value": f"{name}-of-tests"} for name in ("public_key", "private_key", "hash_key")}


def xaf(minor: int) -> Money:
    return Money(minor, "XAF")


@dataclass
class Till:
    """A held booking of a salon that is to be paid for."""

    salon: Salon
    booking: Booking

    @property
    def runtime(self) -> Runtime:
        return self.salon.runtime

    async def ask(self, minor: int = 1500) -> Payment:
        async with self.unit() as uow:
            return await self._ask(uow, minor)

    async def _ask(self, uow: UnitOfWork, minor: int) -> Payment:
        assert self.booking.hold_until
        return await payment.ask(
            uow,
            booking_id=self.booking.id,
            customer_id=self.booking.customer_id,
            purpose="deposit",
            amount=xaf(minor),
            expires_at=self.booking.hold_until,
            now=self.salon.now,
        )

    def unit(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return unit_of_work(self.runtime, self.salon.tenant_id)

    async def capture(self, asked: Payment, minor: int, *, status: AttemptStatus = AttemptStatus.CAPTURED) -> Attempt:
        """As the intake does it; the ledger is tested elsewhere."""
        async with self.unit() as uow:
            locked = await payment.lock(uow, asked.id)
            account = await uow.driver.fetchval("SELECT id FROM payment_accounts")
            begun = await attempts.begin(
                uow, locked, account_id=account, provider="notchpay", expires_at=None, now=self.salon.now
            )
            taken = await attempts.capture(uow, begun, minor, 0, self.salon.now)
            taken = await attempts.change(uow, taken, status, poll_at=None)
            entries = ledger.captured("notchpay", xaf(minor), xaf(0))
            source = ledger.Source("attempt", taken.id, "captured")
            await ledger.post(uow, source, entries, currency="XAF", now=self.salon.now)
            await payment.count(uow, locked.id, now=self.salon.now)
            return taken

    async def refund(self, minor: int, key: str, *, is_approved: bool = True) -> list[refunds.Refund]:
        async with self.unit() as uow:
            locked = await payment.lock(uow, (await payment.of_booking(uow, self.booking.id))[0].id)
            how: dict[str, Any] = {"reason": "cancelled", "key": key, "by": "customer", "now": self.salon.now}
            return await refunds.request(uow, locked, xaf(minor), is_approved=is_approved, **how)

    async def stored(self) -> Payment:
        async with self.unit() as uow:
            return (await payment.of_booking(uow, self.booking.id))[0]


async def make_till(runtime: Runtime, rules: dict[str, Any] | None = None, **account: Any) -> Till:
    """At Notch Pay unless told otherwise."""
    name = f"till-{new_token(4).lower().replace('_', 'x')}"
    stated = {"provider": "notchpay", "account": name, "secrets": HASH_KEYS, **account}
    salon = await make_salon(runtime, rules=rules or {}, payments=[stated])
    return Till(salon, await salon.hold(AT_TEN))
