"""Counters for the measurements of payments: a salon at one provider's stand-in, with customers who owe a deposit."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from booking import lifecycle, paying
from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from booking.visit import visit_of
from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from dialog.conversation import ensure_conversation
from ops.bench.commits import slots_to_book
from payments.links import PATH
from tests.support.psp import CURRENCY, Shop, open_shop

DEPOSIT = 1500
CONCURRENCY = 16
_STAFF = 20
_CUSTOMERS = 200
_T = TypeVar("_T")
_keys = itertools.count(1)


@dataclass
class Counter:
    """`slots` are the free times that are left, `customers` pairs of customer and conversation."""

    shop: Shop
    catalogue: Catalogue
    slots: list[tuple[int, datetime]]
    customers: "itertools.cycle[tuple[int, int]]"
    bookings: list[int] = field(default_factory=list)

    async def owe(self) -> str:
        """Holds a time and asks for its deposit, as the dialog does in one transaction; the path of our own page."""
        (staff_id, starts_at), (customer_id, conversation_id) = self.slots.pop(), next(self.customers)
        now = self.shop.runtime.clock.now()

        async def ask(uow: UnitOfWork) -> tuple[int, str]:
            booking = await lifecycle.hold(
                uow,
                await load_catalogue(uow),
                visit_of(self.catalogue.services[0], staff_id),
                key=f"bench:{next(_keys)}",
                customer_id=customer_id,
                starts_at=starts_at,
                now=now,
                conversation_id=conversation_id,
            )
            due = await paying.ask_for(uow, booking, Money(DEPOSIT, CURRENCY[self.shop.provider]), now=now)
            assert due
            return booking.id, due.token

        booking_id, token = await in_unit(self.shop.runtime, self.shop.tenant.tenant_id, ask)
        self.bookings.append(booking_id)
        return PATH.format(token=token)

    async def pay(self) -> None:
        """Opens the provider's page through ours and pays on it; its webhooks are on their way then."""
        page = await self.shop.press(await self.owe())
        self.shop.psp.pay(page.rpartition("/")[2])


@contextlib.asynccontextmanager
async def open_counter(runtime: Runtime, provider: str) -> AsyncIterator[Counter]:
    people = ["nadia", *(f"p{n}" for n in range(1, _STAFF))]  # a merchant of that name is told
    async with open_shop(runtime, provider, people=people, max_open_bookings_per_customer=1000) as shop:
        tenant_id = shop.tenant.tenant_id
        catalogue, customers = await in_unit(shop.runtime, tenant_id, _furnish)
        slots = await slots_to_book(shop.runtime, tenant_id, catalogue)
        yield Counter(shop, catalogue, slots, itertools.cycle(customers))


async def _furnish(uow: UnitOfWork) -> tuple[Catalogue, list[tuple[int, int]]]:
    account_id = await uow.driver.fetchval("SELECT id FROM channel_accounts WHERE kind = 'whatsapp'")
    insert = "INSERT INTO customers (tenant_id) SELECT $1 FROM generate_series(1, $2) RETURNING id"
    for row in await uow.driver.fetch("SELECT phone FROM merchants WHERE tenant_id = $1", uow.tenant_id):
        await ensure_conversation(uow, account_id, "whatsapp", row["phone"].lstrip("+"))
    customers = []
    for number, row in enumerate(await uow.driver.fetch(insert, uow.tenant_id, _CUSTOMERS)):
        talk = await ensure_conversation(uow, account_id, "whatsapp", f"2376980{number:05d}")
        customers.append((row["id"], talk.id))
    return await load_catalogue(uow), customers


async def at_once(work: Callable[[_T], Awaitable[object]], subjects: Iterable[_T]) -> int:
    """Sixteen at a time; how many there were."""
    waiting, done = list(subjects), 0

    async def run() -> None:
        nonlocal done
        while waiting:
            await work(waiting.pop())
            done += 1

    await asyncio.gather(*(run() for _ in range(CONCURRENCY)))
    return done
