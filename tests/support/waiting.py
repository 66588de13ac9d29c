"""A salon with a waiting list, for tests: each step in a unit of work of its own, as in production."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from booking import waitlist, waitlist_offers
from booking.booking import Booking
from booking.waitlist_offers import Offer, Settled
from booking.waitlist_rows import Entry, Wanted
from tests.support.bookings import Salon

NOTHING = Settled([], [])
TUESDAY = date(2026, 3, 3)


@dataclass(frozen=True)
class Line:
    salon: Salon

    def wanted(self, *, service: str = "cut", staff: str | None = "nadia", day: date = TUESDAY, **more: Any) -> Wanted:
        staff_id = self.salon.staff_id(staff) if staff else None
        days = {"from_date": day, "to_date": day} | more
        return Wanted(self.salon.service(service).id, staff_id=staff_id, **days)

    async def join(self, customer_id: int | None = None, **wanted: Any) -> Entry:
        customer = customer_id or await self.salon.customer()
        return await self.salon.unit(
            lambda uow: waitlist.join(
                uow,
                self.salon.catalogue,
                self.wanted(**wanted),
                customer_id=customer,
                conversation_id=None,
                now=self.salon.now,
            )
        )

    async def offer(self, **more: Any) -> Offer | None:
        return await self.salon.unit(
            lambda uow: waitlist_offers.offer_next(uow, self.salon.catalogue, now=self.salon.now, **more)
        )

    async def offers(self) -> list[Offer]:
        """All that can be offered now, in the order in which it is."""
        found = []
        while offer := await self.offer():
            found.append(offer)
        return found

    async def settle(self) -> Settled:
        return await self.salon.unit(lambda uow: waitlist_offers.settle(uow, self.salon.catalogue, now=self.salon.now))

    async def take(self, offer: Offer) -> Booking:
        return await self.salon.unit(
            lambda uow: waitlist.take(uow, offer.booking.id, customer_id=offer.entry.customer_id, now=self.salon.now)
        )

    async def refuse(self, offer: Offer) -> Entry:
        return await self.salon.unit(
            lambda uow: waitlist.refuse(uow, offer.booking.id, customer_id=offer.entry.customer_id, now=self.salon.now)
        )

    async def leave(self, entry: Entry) -> Entry | None:
        return await self.salon.unit(
            lambda uow: waitlist.leave(uow, entry.id, customer_id=entry.customer_id, now=self.salon.now)
        )

    async def status(self, entry: Entry) -> str:
        rows = await self.salon.sql("SELECT status FROM waitlist_entries WHERE id = $1", entry.id)
        return str(rows[0]["status"])

    async def statuses(self) -> list[str]:
        return [row["status"] for row in await self.salon.sql("SELECT status FROM waitlist_entries ORDER BY id")]


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    """A wall time in Douala (UTC+1), as the engine's instant."""
    return datetime.combine(day, time(hour, minute), UTC) - timedelta(hours=1)
