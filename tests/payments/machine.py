"""A state machine that plays with a shop, its customers, its provider and the clock; money has to be right throughout.

What customers do at the provider is in the books of the stand-in; nothing else is modelled.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from booking import lifecycle, paying
from core.clock import FixedClock
from core.errors import ExpectedError, PermanentError, TransientError, UnknownOutcomeError
from core.ids import new_token
from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from payments import checkout, payment, refunds
from payments.checkout import Order
from payments.provider_values import Payer
from payments.refunds import RefundStatus
from standins.psp.books import Books, Payment, Refused
from standins.psp.faults import AT_THE_API, AT_THE_PAGE
from tests.conftest import NOW
from tests.payments.deaths import dying
from tests.support import dashboard, money
from tests.support.bookings import Salon, open_salon
from tests.support.psp import CURRENCY, SERVERS, Shop, open_shop
from tests.support.workers import DAYS, Workers

_T = TypeVar("_T")
_STUCK_S = 60
_MINUTE = timedelta(minutes=1)
_DEPOSIT = 1500
# Three times of one morning, so that customers collide.
_starts = st.sampled_from([NOW + timedelta(days=1, hours=1 + n) for n in range(3)])
_customers = st.integers(0, 2)
_TERMS = {"commission_percent": 5, "payout_recipient": "cm.mtn/of-the-salon", "payout_schedule": "daily"}
_GOES = ("holds", "opens", "pays", "pays and waits")
_ORDER = Order("Coupe, mardi 10h", "http://booka.test/p/x/done", Payer("1"), "fr")
_FAULTS = (
    *("401", "429", "500", "503", "garbage", "500_after", "lost_answer"),
    *("duplicate", "drop", "delay", "reorder", "drop", "refund_fails", "refund_stuck", "payout_fails", "payout_stuck"),
    *("nothing", "nothing"),
)
_FAILURES = (ExpectedError, PermanentError, TransientError, UnknownOutcomeError)
_some = st.integers(0, 11)
_deaths = st.integers(0, 4)


@dataclass(frozen=True)
class Deal:
    booking_id: int
    payment_id: int
    link: str


class Till(RuleBasedStateMachine):
    """Each step is an act of somebody; `die` is at which failpoint the process ends, 0 for never."""

    loop: asyncio.AbstractEventLoop
    runtime: Runtime

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_STUCK_S)

    @initialize(
        provider=st.sampled_from(sorted(SERVERS)),
        approves=st.booleans(),
        limit=st.sampled_from(["1000", "10000"]),
        crowd=st.lists(st.tuples(_customers, _starts, st.sampled_from(_GOES[1:])), min_size=2, max_size=3),
    )
    def open(self, provider: str, approves: bool, limit: str, crowd: list[tuple[int, datetime, str]]) -> None:
        assert isinstance(self.runtime.clock, FixedClock)
        self.runtime.clock.set(NOW)
        self.stack = contextlib.AsyncExitStack()
        opening = open_shop(
            self.runtime,
            provider,
            refund_below=limit,
            account=_TERMS,
            requires_approval=approves,
            approval_timeout_hours=1,
            cancel_until_hours=2,
        )
        self.shop: Shop = self.run(self.stack.enter_async_context(opening))
        self.shop.psp.faults.delay_s = 0.01
        self.workers = Workers(self.shop)
        self.salon: Salon = self.run(open_salon(self.shop.runtime, self.shop.tenant.tenant_id))
        self.customers = [self.run(self.salon.customer()) for _ in range(3)]
        self.deals: list[Deal] = []
        for customer, start, goes in crowd:
            self.come(customer, start, goes)

    @property
    def books(self) -> Books:
        (account,) = self.shop.psp.accounts.values()
        return account.books

    def deal(self, n: int) -> Deal:
        return self.deals[n % len(self.deals)]

    def page(self, n: int) -> Payment:
        """What the provider was asked for, the newest first."""
        pages = list(self.books.payments.values())
        return pages[-1 - n % len(pages)]

    def at_provider(self, act: Callable[[], object]) -> None:
        """In the loop, as webhooks set out at once; what the provider does not allow does not happen."""

        async def there() -> None:
            with contextlib.suppress(Refused):
                act()

        self.run(there())

    def unit(self, work: Callable[[UnitOfWork], Coroutine[Any, Any, object]]) -> None:
        """What people are refused does not happen."""

        async def tried() -> None:
            with contextlib.suppress(ExpectedError):
                async with unit_of_work(self.shop.runtime, self.shop.tenant.tenant_id) as uow:
                    await work(uow)

        self.run(tried())

    @rule(customer=_customers, start=_starts, goes=st.sampled_from(_GOES))
    def somebody_comes(self, customer: int, start: datetime, goes: str) -> None:
        """Few rules that do much: hypothesis leaves out some of them in each play."""
        self.come(customer, start, goes)

    def come(self, customer: int, start: datetime, goes: str) -> None:
        known = len(self.deals)
        self.unit(partial(self._hold, customer=self.customers[customer], start=start))
        if len(self.deals) == known or goes == "holds":
            return
        pages = len(self.books.payments)
        self.run(self.shop.press(self.deals[-1].link))
        if goes != "opens" and len(self.books.payments) > pages:
            self.at_provider(lambda: self.shop.psp._act(self.page(0), "pay"))
        if goes == "pays and waits":
            self.run(self.workers.work())

    async def _hold(self, uow: UnitOfWork, customer: int, start: datetime) -> None:
        booking = await lifecycle.hold(
            uow,
            self.salon.catalogue,
            self.salon.visit(),
            key=new_token(),
            customer_id=customer,
            starts_at=start,
            now=self.salon.now,
            conversation_id=None,
        )
        asked = Money(_DEPOSIT, CURRENCY[self.shop.provider])
        due = await paying.ask_for(uow, booking, asked, now=self.salon.now)
        assert due is not None
        self.deals.append(Deal(booking.id, due.payment.id, f"/p/{due.token}"))

    has_deals = precondition(lambda self: bool(self.deals))
    has_pages = precondition(lambda self: bool(self.books.payments))

    @has_deals
    @rule(n=_some, die=_deaths)
    def press(self, n: int, die: int) -> None:
        """The button of our page; or the same in a process that dies."""
        if die:
            self.run(self._press_and_die(self.deal(n), die))
        else:
            self.run(self.shop.press(self.deal(n).link))

    async def _press_and_die(self, deal: Deal, die: int) -> None:
        with dying(die), contextlib.suppress(*_FAILURES):
            await checkout.open_checkout(self.shop.runtime, self.shop.tenant.tenant_id, deal.payment_id, _ORDER)

    @has_pages
    @rule(n=_some, how=st.sampled_from(["pay", "pay", "underpay", "overpay", "slow", "decline", "settle"]))
    def use_page(self, n: int, how: str) -> None:
        page = self.page(n)
        if how in AT_THE_PAGE:
            self.shop.psp.faults.plan(how)
        if how == "settle":
            self.at_provider(lambda: self.shop.psp.settle(page.id))
        else:
            self.at_provider(lambda: self.shop.psp._act(page, "decline" if how == "decline" else "pay"))

    @rule(name=st.sampled_from(_FAULTS), times=st.integers(1, 3), on=st.sampled_from(["GET", "POST", ""]))
    def something_breaks(self, name: str, times: int, on: str) -> None:
        if name == "nothing":
            self.shop.psp.faults.clear()
        else:
            self.shop.psp.faults.plan(name, times=times, on=on if name in AT_THE_API else "")

    @rule(minutes=st.sampled_from([0, 0, 1, 2, 5, 11, 70, 1500]), works=st.booleans(), hears=st.booleans(), die=_deaths)
    def time_passes(self, minutes: int, works: bool, hears: bool, die: int) -> None:
        """In one step: nobody works before it is over. `hears`: webhooks arrive first."""

        async def passed() -> None:
            self.workers.advance(minutes * _MINUTE)
            with dying(die) if die else contextlib.nullcontext():
                if works:
                    await self.workers.work(hears=hears, together=not die)

        self.run(passed())

    @has_deals
    @rule(n=_some, what=st.sampled_from(["cancel", "fee", "accept", "decline", "refund", "no refund"]))
    def shop_decides(self, n: int, what: str) -> None:
        deal, now = self.deal(n), self.salon.now
        if what in ("accept", "decline"):
            act = lifecycle.approve if what == "accept" else lifecycle.decline
            self.unit(lambda uow: act(uow, deal.booking_id, now=now))
        elif what in ("refund", "no refund"):
            self.unit(partial(self._decide_refunds, deal=deal, is_approved=what == "refund"))
        else:
            fee = Money(500, CURRENCY[self.shop.provider]) if what == "fee" else None
            how: dict[str, Any] = {"by": "merchant", "key": new_token(), "fee": fee, "now": now}
            self.unit(lambda uow: lifecycle.cancel(uow, deal.booking_id, **how))

    async def _decide_refunds(self, uow: UnitOfWork, deal: Deal, is_approved: bool) -> None:
        paid = await payment.lock(uow, deal.payment_id)
        for refund in await refunds.refunds_of(uow, paid.id):
            if refund.status is RefundStatus.REQUESTED:
                await refunds.decide(uow, refund.id, is_approved=is_approved, by="merchant:1", now=self.salon.now)

    @has_deals
    @rule(n=_some)
    def customer_cancels(self, n: int) -> None:
        how: dict[str, Any] = {"by": "customer", "key": new_token(), "now": self.salon.now}
        self.unit(lambda uow: lifecycle.cancel(uow, self.deal(n).booking_id, **how))

    @has_pages
    @rule(n=_some, what=st.sampled_from(["dispute", "dispute", "won", "lost", "refund back", "payout back", "by hand"]))
    def others_act(self, n: int, what: str) -> None:
        """Banks, and people in the provider's dashboard. Mobile money at Notch Pay knows no chargebacks that anybody
        could be told of."""
        page, psp = self.page(n), self.shop.psp
        if what == "dispute":
            has_one = any(dispute.status != "won" for dispute in self.books.disputes_of(page))
            if page.received and not has_one and self.shop.provider != "notchpay":
                self.at_provider(lambda: psp.dispute(page.id))
        elif what == "by hand":
            self.at_provider(lambda: dashboard.pay_back(self.shop, 700))
        elif what == "refund back":
            arrived = [refund.id for refund in self.books.refunds.values() if refund.status == "succeeded"]
            self.one_of(arrived, n, lambda id: psp.set_refund(id, "failed"))
        elif what == "payout back":
            arrived = [payout.id for payout in self.books.payouts.values() if payout.status == "paid"]
            self.one_of(arrived, n, lambda id: psp.set_payout(id, "failed"))
        else:
            undecided = [dispute.id for dispute in self.books.disputes.values() if dispute.status == "open"]
            self.one_of(undecided, n, lambda id: psp.resolve(id, won=what == "won"))

    def one_of(self, ids: list[str], n: int, act: Callable[[str], object]) -> None:
        if ids:
            self.at_provider(lambda: act(ids[n % len(ids)]))

    @invariant()
    def money_is_right(self) -> None:
        found = self.run(money.faults(self.shop)) + [str(lost) for lost in self.workers.lost]
        assert not found, found

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            try:
                self.come_to_rest()
            finally:
                self.run(self.workers.retire())
                self.run(self.stack.aclose())

    def come_to_rest(self) -> None:
        """All that was under way arrives, nothing fails any more, and days pass: then both sides know the same."""
        self.shop.psp.faults.clear()
        for page in self.books.payments.values():
            self.at_provider(partial(self.shop.psp.settle, page.id))
        for refund in self.books.refunds.values():
            if refund.status == "pending":
                self.at_provider(partial(self.shop.psp.set_refund, refund.id, "succeeded"))
        for payout in self.books.payouts.values():
            if payout.status == "pending":
                self.at_provider(partial(self.shop.psp.set_payout, payout.id, "paid"))
        self.run(self.workers.live(DAYS))
        self.money_is_right()
        ours, theirs = self.run(money.booked(self.shop)), money.held(self.shop)
        assert ours == theirs, (ours, theirs)
        left = [end for end in self.run(money.ends(self.shop)) if end.startswith("limbo")]
        assert not left, left
        due = self.run(self.workers.due())
        assert not due, due
