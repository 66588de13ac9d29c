"""What can go wrong between a link and its money, each as a short play, with how it has to end."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from booking import lifecycle
from core.ids import new_token
from core.uow import unit_of_work
from standins.psp.books import Payment
from standins.psp.faults import AT_THE_API
from tests.support.phone import Phone, query
from tests.support.psp import Shop
from tests.support.workers import Workers

MINUTE = timedelta(minutes=1)
_ANY = 99


@dataclass
class Play:
    """One customer, one haircut of 5,000, a deposit of 1,500, ten minutes to pay it."""

    shop: Shop
    workers: Workers
    phone: Phone
    link: str

    @property
    def payments(self) -> list[Payment]:
        """As the provider has them, oldest first."""
        (account,) = self.shop.psp.accounts.values()
        return list(account.books.payments.values())

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
# Chargebacks of mobile money at Notch Pay are settled by telephone.
WITH_DISPUTES = ("paystack", "stripe")
PLAYS: list[tuple[str, Story, list[str]]] = []


def ends(*how: str, at: Sequence[str] = ALL) -> Callable[[Story], Story]:
    """How the payments of the play end, oldest first."""

    def keep(story: Story) -> Story:
        PLAYS.extend((provider, story, list(how)) for provider in at)
        return story

    return keep


@ends("booked")
async def all_goes_well(play: Play) -> None:
    await play.paid()


@ends("unpaid")
async def nobody_opens_the_link(play: Play) -> None:
    pass


@ends("unpaid")
async def the_customer_walks_away(play: Play) -> None:
    await play.open_page()
    await play.do("leave")


@ends("booked")
async def every_webhook_comes_twice(play: Play) -> None:
    play.fault("duplicate")
    await play.paid()


@ends("booked")
async def webhooks_overtake_each_other(play: Play) -> None:
    play.fault("reorder")
    await play.paid()


@ends("booked")
async def no_webhook_comes(play: Play) -> None:
    play.fault("drop")
    await play.paid()


@ends("booked")
async def webhooks_come_after_the_hold(play: Play) -> None:
    await play.open_page()
    play.fault("delay")
    await play.do("pay")
    play.workers.advance(11 * MINUTE)
    await play.workers.work(hears=False)


@ends("booked")
async def webhooks_come_when_somebody_else_wants_the_time(play: Play) -> None:
    """Paid for in time: whoever comes for the same time after the hold finds it taken."""
    await play.open_page()
    play.fault("drop")
    await play.do("pay")
    play.workers.advance(10 * MINUTE)
    await play.workers.work(hears=False)


@ends("refunded")
async def less_than_asked_for_comes(play: Play) -> None:
    play.fault("underpay")
    await play.paid()


@ends("refunded")
async def less_than_asked_for_comes_and_the_page_is_wanted_again(play: Play) -> None:
    play.fault("underpay")
    await play.paid()
    await play.shop.press(play.link)


@ends("booked")
async def more_than_asked_for_comes(play: Play) -> None:
    play.fault("overpay")
    await play.paid()


@ends("case")
async def money_of_another_country_comes(play: Play) -> None:
    await play.open_page()
    play.payments[-1].currency = "USD"
    await play.pay()


@ends("booked")
async def slow_money_comes_in_time(play: Play) -> None:
    play.fault("slow")
    await play.paid()
    await play.wait(4)
    play.shop.psp.settle(play.shop.newest)


@ends("booked")
async def slow_money_comes_after_the_hold(play: Play) -> None:
    play.fault("slow")
    await play.paid()
    for _ in range(3):
        await play.wait(20)
    play.shop.psp.settle(play.shop.newest)


@ends("refunded", "booked")
async def slow_money_comes_when_the_time_is_taken(play: Play) -> None:
    play.fault("slow", times=1)
    await play.paid()
    for _ in range(3):
        await play.wait(20)
    slow = play.shop.newest
    await play.take_the_time()
    play.shop.psp.settle(slow)


@ends("unpaid")
async def slow_money_never_comes(play: Play) -> None:
    play.fault("slow")
    await play.paid()


@ends("unpaid")
async def slow_money_is_refused_at_last(play: Play) -> None:
    play.fault("slow")
    await play.paid()
    await play.wait(5)
    await play.do("decline")


@ends("booked")
async def declined_then_paid(play: Play) -> None:
    await play.open_page()
    await play.do("decline")
    await play.workers.work()
    await play.paid()


@ends("unpaid")
async def declined_and_given_up(play: Play) -> None:
    await play.open_page()
    await play.do("decline")


@ends("booked")
async def paid_late_and_the_time_is_free(play: Play) -> None:
    """The provider's page could not be closed."""
    await play.open_page()
    play.fault("503")
    await play.wait(11)
    play.all_is_well()
    play.shop.psp.pay(play.shop.newest)


@ends("refunded", "booked")
async def paid_late_and_the_time_is_taken(play: Play) -> None:
    late = await play.open_page()
    play.fault("503")
    await play.wait(11)
    play.all_is_well()
    other = play.shop.phone()
    await play.shop.press(await play.shop.book(other))
    play.shop.psp.pay(late)
    play.shop.psp.pay(play.shop.newest)


@ends("booked")
async def paid_twice(play: Play) -> None:
    """The first page was made, and its answer lost: two pages for one payment."""
    play.fault("500_after", times=1, on="POST")
    await play.open_page()
    await play.workers.work()
    for payment in play.payments:
        play.shop.psp.pay(payment.id)
    assert len(play.payments) == 2


@ends("booked")
async def paid_though_we_never_heard_of_the_page(play: Play) -> None:
    play.fault("lost_answer", times=1)
    assert await play.shop.press(play.link) == ""
    play.shop.psp.pay(play.shop.newest)


@ends("refunded")
async def paid_after_the_cancellation(play: Play) -> None:
    await play.open_page()
    await play.cancel()
    play.shop.psp.pay(play.shop.newest)


@ends("refunded")
async def paid_at_the_moment_of_the_cancellation(play: Play) -> None:
    await play.open_page()
    play.fault("drop")
    await play.do("pay")
    await play.cancel()


@ends("refunded")
async def cancelled_in_time(play: Play) -> None:
    await play.paid()
    await play.cancel()


@ends("case")
async def the_refund_fails(play: Play) -> None:
    await play.paid()
    play.fault("refund_fails")
    await play.cancel()


@ends("case")
async def the_refund_is_stuck(play: Play) -> None:
    await play.paid()
    play.fault("refund_stuck")
    await play.cancel()


@ends("case")
async def the_refund_needs_details(play: Play) -> None:
    await play.paid()
    play.fault("refund_stuck")
    await play.cancel()
    await play.workers.work()
    (account,) = play.shop.psp.accounts.values()
    (refund,) = account.books.refunds
    play.shop.psp.set_refund(refund, "needs_attention")


@ends("case")
async def the_refund_is_lost_at_the_provider(play: Play) -> None:
    """It was taken once: nothing is sent anew."""
    await play.paid()
    play.fault("refund_stuck")
    await play.cancel()
    await play.workers.work()
    (account,) = play.shop.psp.accounts.values()
    account.books.refunds.clear()
    await play.workers.live()
    assert not account.books.refunds


@ends("refunded")
async def the_refund_arrives_after_days(play: Play) -> None:
    """What was a case by then closes itself."""
    await play.paid()
    play.fault("refund_stuck")
    await play.cancel()
    await play.workers.live()
    (account,) = play.shop.psp.accounts.values()
    (refund,) = account.books.refunds
    play.shop.psp.set_refund(refund, "succeeded")


@ends("refunded")
async def nobody_tells_of_the_refund(play: Play) -> None:
    await play.paid()
    play.fault("drop")
    await play.cancel()


@ends("case", at=WITH_DISPUTES)
async def disputed(play: Play) -> None:
    await play.paid()
    play.shop.psp.dispute(play.shop.newest)


@ends("case", at=WITH_DISPUTES)
async def disputed_when_our_keys_are_refused(play: Play) -> None:
    await play.paid()
    play.fault("401", times=2, on="dispute")
    play.shop.psp.dispute(play.shop.newest)


@ends("booked", at=WITH_DISPUTES)
async def disputed_and_won(play: Play) -> None:
    await play.paid()
    dispute = play.shop.psp.dispute(play.shop.newest)
    await play.workers.work()
    play.shop.psp.resolve(dispute.id, won=True)


@ends("case", at=WITH_DISPUTES)
async def disputed_and_lost(play: Play) -> None:
    await play.paid()
    dispute = play.shop.psp.dispute(play.shop.newest)
    await play.workers.work()
    play.shop.psp.resolve(dispute.id, won=False)


@ends("case", at=WITH_DISPUTES)
async def disputed_before_the_refund(play: Play) -> None:
    await play.paid()
    play.shop.psp.dispute(play.shop.newest)
    await play.workers.work()
    await play.cancel()


@ends("case", at=WITH_DISPUTES)
async def disputed_when_the_refund_is_on_its_way(play: Play) -> None:
    await play.paid()
    await play.cancel()
    play.shop.psp.dispute(play.shop.newest)


@ends("case", at=WITH_DISPUTES)
async def disputed_after_the_refund(play: Play) -> None:
    await play.paid()
    await play.cancel()
    await play.workers.work()
    await play.wait(1)
    play.shop.psp.dispute(play.shop.newest)


def at_every_call(fault: str) -> Story:
    """The page, the look at what was paid, the refund: each fails once in this way."""

    async def story(play: Play) -> None:
        play.fault(fault, times=1, on="POST")
        await play.open_page()
        play.fault(fault, times=1, on="GET")
        await play.pay()
        play.fault(fault, times=1, on="POST")
        await play.cancel()

    story.__name__ = f"{fault}_at_every_call"
    return story


# Who refuses our keys refuses the refund for good: a person sends the money in another way.
for _fault in sorted(AT_THE_API):
    ends("case" if _fault == "401" else "refunded")(at_every_call(_fault))
