"""A salon with customers, for tests of bookings: each step in a unit of work of its own, as in production."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from booking import availability, lifecycle
from booking.booking import Booking, By
from booking.catalogue import Catalogue, Service
from booking.catalogue_rows import load_catalogue
from booking.visit import Item, Visit, visit_of
from core.ids import new_token
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from tests.support.tenants import make_tenant

_T = TypeVar("_T")


@dataclass(frozen=True)
class Salon:
    runtime: Runtime
    tenant_id: int
    catalogue: Catalogue

    @property
    def now(self) -> datetime:
        return self.runtime.clock.now()

    async def unit(self, work: Callable[[UnitOfWork], Awaitable[_T]]) -> _T:
        """Without the retries of production: a deadlock or a lock that is waited for too long fails the test."""
        async with unit_of_work(self.runtime, self.tenant_id) as uow:
            return await work(uow)

    async def sql(self, statement: str, *arguments: Any) -> list[Any]:
        return await self.unit(lambda uow: uow.driver.fetch(statement, *arguments))

    def service(self, key: str) -> Service:
        service = self.catalogue.service(key)
        assert service is not None
        return service

    def staff_id(self, key: str) -> int:
        person = self.catalogue.staff_member(key)
        assert person is not None
        return person.id

    async def customer(self, name: str = "Ada") -> int:
        rows = await self.sql(
            "INSERT INTO customers (tenant_id, name) VALUES ($1, $2) RETURNING id", self.tenant_id, name
        )
        return int(rows[0]["id"])

    async def hold(
        self,
        starts_at: datetime,
        *,
        service: str = "cut",
        staff: str | None = "nadia",
        customer_id: int | None = None,
        key: str | None = None,
        party_size: int = 1,
        visit: Visit | None = None,
        **more: Any,
    ) -> Booking:
        """`visit` instead of service, staff and party."""
        customer = customer_id or await self.customer()
        return await self.unit(
            lambda uow: lifecycle.hold(
                uow,
                self.catalogue,
                visit or self.visit(service, staff, party_size=party_size),
                key=key or new_token(),
                customer_id=customer,
                starts_at=starts_at,
                now=self.now,
                conversation_id=None,
                **more,
            )
        )

    def visit(self, service: str = "cut", staff: str | None = "nadia", *, party_size: int = 1) -> Visit:
        return visit_of(self.service(service), self.staff_id(staff) if staff else None, party_size=party_size)

    def item(self, service: str, *staff: str, variant: str | None = None, add_ons: tuple[str, ...] = ()) -> Item:
        """One service of a visit, by one of these people; by anyone when nobody is named."""
        return Item(self.service(service), variant, add_ons, tuple(self.staff_id(key) for key in staff))

    async def confirm(self, booking: Booking) -> Booking:
        return await self.unit(lambda uow: lifecycle.confirm(uow, booking.id, now=self.now))

    async def book(self, starts_at: datetime, **wish: Any) -> Booking:
        return await self.confirm(await self.hold(starts_at, **wish))

    async def cancel(self, booking: Booking, by: By = "customer") -> Booking:
        key = new_token()
        return await self.unit(lambda uow: lifecycle.cancel(uow, booking.id, now=self.now, by=by, key=key))

    async def move(
        self,
        booking: Booking,
        starts_at: datetime,
        *,
        staff: str | None = None,
        by: By = "customer",
        key: str | None = None,
    ) -> Booking:
        """To another start, by default with the same person."""
        return await self.unit(
            lambda uow: lifecycle.reschedule(
                uow,
                self.catalogue,
                booking.id,
                starts_at=starts_at,
                staff_id=self.staff_id(staff) if staff else booking.staff_id,
                now=self.now,
                by=by,
                key=key or new_token(),
            )
        )

    async def expire(self, booking: Booking) -> bool:
        return await self.unit(lambda uow: lifecycle.expire(uow, booking.id, now=self.now))

    async def free(
        self,
        day: date,
        *,
        service: str = "cut",
        staff: str | None = "nadia",
        until: date | None = None,
        visit: Visit | None = None,
        party_size: int = 1,
        **more: Any,
    ) -> list[availability.Slot]:
        return await self.unit(
            lambda uow: availability.find(
                uow,
                self.catalogue,
                visit or self.visit(service, staff, party_size=party_size),
                from_date=day,
                to_date=until or day,
                now=self.now,
                **more,
            )
        )

    async def occupied(self) -> list[Any]:
        """The live rows of all calendars, in order."""
        return await self.sql("SELECT * FROM occupancy ORDER BY starts_at, resource_id")


async def make_salon(runtime: Runtime, **changes: Any) -> Salon:
    return await open_salon(runtime, (await make_tenant(runtime, **changes)).tenant_id)


async def open_salon(runtime: Runtime, tenant_id: int) -> Salon:
    """A tenant that is there already, with its catalogue as it is now."""
    async with unit_of_work(runtime, tenant_id) as uow:
        catalogue = await load_catalogue(uow)
    return Salon(runtime, tenant_id, catalogue)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)
