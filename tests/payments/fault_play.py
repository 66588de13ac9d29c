"""A stage for what can go wrong with money: one customer, one link, one provider, and how it has to end."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from booking import lifecycle
from core.ids import new_token
from core.uow import unit_of_work
from standins.psp.books import Books, Payment
from tests.support.phone import query
from tests.support.psp import Shop
from tests.support.workers import Workers

MINUTE = timedelta(minutes=1)
_ANY = 99


@dataclass
class Play:
    """One customer, one haircut of 5,000, a deposit of 1,500, ten minutes to pay it."""

    shop: Shop
    workers: Workers
    link: str

    @property
    def books(self) -> Books:
        """The provider's."""
        (account,) = self.shop.psp.accounts.values()
        return account.books

    @property
    def payments(self) -> list[Payment]:
        """As the provider has them, oldest first."""
        return list(self.books.payments.values())

    def fault(self, name: str, *, times: int = _ANY, on: str = "") -> None:
        self.shop.psp.faults.plan(name, times=times, on=on)

    def all_is_well(self) -> None:
        self.shop.psp.faults.clear()

    async def open_page(self) -> str:
        """Pressed again till it leads somewhere, as people do."""
        for _ in range(4):
            if await self.shop.press(self.link):
                return self.shop.newest
        raise AssertionError("the link leads nowhere")

    async def do(self, action: str) -> None:
        """On the newest page of the provider's: pay, decline, leave."""
        self.shop.psp._act(self.payments[-1], action)

    async def pay(self) -> None:
        await self.do("pay")
        await self.workers.work()

    async def paid(self) -> None:
        await self.open_page()
        await self.pay()

    async def wait(self, minutes: float) -> None:
        """In one step: nobody works meanwhile."""
        self.workers.advance(minutes * MINUTE)
        await self.workers.work()

    async def cancel(self) -> None:
        """In time, by the merchant."""
        rows = await query(self.shop.runtime, "SELECT max(id) AS id FROM bookings WHERE tenant_id = $1", self.tenant_id)
        async with unit_of_work(self.shop.runtime, self.tenant_id) as uow:
            now = self.shop.runtime.clock.now()
            await lifecycle.cancel(uow, rows[0]["id"], now=now, by="merchant", key=new_token())

    async def take_the_time(self) -> None:
        """Somebody else books and pays what was held."""
        other = self.shop.phone()
        await self.shop.press(await self.shop.book(other))
        self.shop.psp.pay(self.shop.newest)
        await self.workers.work()

    @property
    def tenant_id(self) -> int:
        return self.shop.tenant.tenant_id


Story = Callable[[Play], Awaitable[None]]
ALL = ("notchpay", "paystack", "stripe")


class Plays(list[tuple[str, Story, list[str]]]):
    """By provider; with how the payments of the play end, oldest first (tests/support/money.py)."""

    def ends(self, *how: str, at: Sequence[str] = ALL) -> Callable[[Story], Story]:
        def keep(story: Story) -> Story:
            self.extend((provider, story, list(how)) for provider in at)
            return story

        return keep
