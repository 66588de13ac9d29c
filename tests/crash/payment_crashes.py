"""Every failpoint of money kills a process in the middle of a payment; then everything is started plainly.

Each case is a shop of its own. While one process dies, what is due to all other shops is put off by moving its times;
nothing else is done by hand. What customers and providers do afterwards is what they do: press the link again, deliver
a webhook again or not at all. `pytest --hypothesis-profile=oracle tests/crash` dies at every place.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp.test_utils import unused_port

from booking import lifecycle
from core.clock import FixedClock
from core.uow import in_unit
from standins.psp.books import Refused
from tests.conftest import NOW
from tests.support.callers import WISH, Caller
from tests.support.installation import Installation, killed, running, until
from tests.support.patience import IS_PATIENT
from tests.support.providers_outside import Counter, Outside, open_counter
from workers import completions, payouts

_MINUTE = timedelta(minutes=1)
# Of the first morning; a few minutes later, while all is held; after the holds; after the visits.
_SOON, _LATER, _DAYS = NOW + 4 * _MINUTE, NOW + 11 * _MINUTE, NOW + timedelta(days=3)
_TERMS = {"payout_recipient": "cm.mtn/of-the-salon", "payout_schedule": "daily"}

CHECKOUT = ("checkout.begun", "checkout.answered", "checkout.kept")
WEBHOOK = ("payment_webhook.received", "payment_webhook.recorded")
CAPTURE = ("payment.looked", "payment.applied", "payment.kept")
REFUND = ("refund.claimed", "refund.sent", "refund.kept")
PAYOUT = ("payout.claimed", "payout.sent", "payout.kept")
HOLD = ("payment_page.closed", "hold.closed", "hold.expired")
_PROVIDERS = ("paystack", "notchpay", "stripe")
ALL_CRASHES = [
    *((failpoint, _PROVIDERS[n % 3]) for n, failpoint in enumerate(CHECKOUT + WEBHOOK + CAPTURE + PAYOUT)),
    *zip(REFUND, ("notchpay", "paystack", "stripe"), strict=True),
    # Neither of these knows our key: what was sent and not kept has to be found.
    *(("refund.sent", provider) for provider in ("notchpay", "stripe")),
    *zip(HOLD, ("notchpay", "paystack", "stripe"), strict=True),
]
# A start costs seconds: the suite dies where something has just been said to somebody outside or written down here.
_TELLING = frozenset(
    {
        *("checkout.answered", "payment_webhook.recorded", "payment.looked", "payment.applied"),
        *("refund.sent", "payout.sent", "hold.closed"),
    }
)
CRASHES = [crash for crash in ALL_CRASHES if IS_PATIENT or crash[0] in _TELLING]

_LINK = re.compile(r"/p/\S+")
_DUE = (
    ("bookings", "hold_until", "status = 'held'"),
    ("payments", "expires_at", "status IN ('created', 'link_sent', 'pending', 'failed')"),
    ("payment_attempts", "poll_at", "true"),
    ("payment_events", "try_at", "handled_at IS NULL"),
    ("refunds", "try_at", "true"),
    ("payouts", "try_at", "true"),
    ("payment_accounts", "next_payout_at", "true"),
)
_PUT_OFF = "UPDATE {0} SET {1} = {1} + interval '1000 d' WHERE {1} < '2028-01-01' AND {2}"
_BRING_BACK = "UPDATE {0} SET {1} = {1} - interval '1000 d' WHERE {1} > '2028-01-01' AND tenant_id = ANY ($1)"
_RESTING = """
SELECT NOT EXISTS (SELECT FROM payment_events WHERE handled_at IS NULL)
   AND NOT EXISTS (SELECT FROM refunds WHERE status IN ('approved', 'unknown', 'submitted'))
   AND NOT EXISTS (SELECT FROM payouts WHERE status IN ('draft', 'unknown', 'submitted'))
   AND NOT EXISTS (SELECT FROM bookings WHERE status = 'held' AND tenant_id = ANY ($1))
   AND NOT EXISTS (SELECT FROM payments WHERE status = 'pending' AND tenant_id = ANY ($1))
"""


@dataclass
class Case:
    failpoint: str
    counter: Counter
    caller: Caller
    link: str = ""

    @property
    def tenant_id(self) -> int:
        return self.counter.tenant.tenant_id

    @property
    def page(self) -> str:
        """The provider's name of the newest payment."""
        return list(self.counter.books.payments)[-1]

    def pay(self) -> None:
        self.counter.server.pay(self.page)


Cases = dict[tuple[str, str], Case]


async def crash_everywhere(house: Installation, outside: Outside) -> Cases:
    """Runs all of CRASHES, with a recovery while holds last and one after days; the cases under the same keys."""
    cases: Cases = {}
    for failpoint, provider in CRASHES:
        terms: dict[str, Any] = _TERMS if failpoint in PAYOUT else {}
        counter = await open_counter(house, outside, provider, **terms)
        cases[failpoint, provider] = Case(failpoint, counter, Caller(house, counter.tenant, "whatsapp"))
    all_of = {
        group: [case for case in cases.values() if case.failpoint in group]
        for group in (CHECKOUT, WEBHOOK, CAPTURE, REFUND, PAYOUT, HOLD)
    }
    async with running(house, "serve"):
        async with running(house, "work"):
            await _come_to_the_link(house, cases.values())
            await _pay(house, [*all_of[REFUND], *all_of[PAYOUT]])
        for case in (*all_of[WEBHOOK], *all_of[CAPTURE], *all_of[HOLD]):
            await _press(house, case)
        await asyncio.gather(
            _crash_webs(house, all_of[CHECKOUT], all_of[WEBHOOK]), _crash_captures(house, all_of[CAPTURE])
        )
    unpaid = [*all_of[CHECKOUT], *all_of[WEBHOOK], *all_of[CAPTURE]]
    await _recover(house, outside, _SOON, unpaid, all_of[CHECKOUT])
    await _crash_refunds(house, outside, all_of[REFUND])
    await _crash_holds(house, outside, all_of[HOLD])
    await _crash_payouts(house, outside, all_of[PAYOUT])
    await _recover(house, outside, _DAYS + 5 * _MINUTE, list(cases.values()), [])
    return cases


async def _come_to_the_link(house: Installation, cases: Iterable[Case]) -> None:
    for case in cases:
        assert await house.post(case.caller.says(WISH)) == 200
    for case in cases:
        await case.caller.reads(1)
        assert await house.post(case.caller.taps("Yes")) == 200
    for case in cases:

        async def has_link(case: Case = case) -> bool:
            return "/p/" in case.caller.screen()[-1].text

        await until(has_link)
        found = _LINK.search(case.caller.screen()[-1].text)
        assert found
        case.link = found[0]


async def _press(house: Installation, case: Case, url: str = "") -> bool:
    """The button of our page: whether it leads to the provider."""
    try:
        async with house.http.post(f"{url or house.web_url}{case.link}", allow_redirects=False) as answer:
            return answer.status == 303
    except aiohttp.ClientError:
        return False


async def _pay(house: Installation, cases: list[Case]) -> None:
    for case in cases:
        assert await _press(house, case)
        case.pay()
    tenants = [case.tenant_id for case in cases]

    async def are_booked() -> bool:
        sql = "SELECT count(*) FROM bookings WHERE status = 'confirmed' AND tenant_id = ANY ($1)"
        return bool(await house.value(sql, tenants) == len(tenants))

    await until(are_booked)


async def _crash_webs(house: Installation, checkouts: list[Case], webhooks: list[Case]) -> None:
    for case in (*checkouts, *webhooks):
        port = unused_port()
        process = await house.start("serve", BOOKA_FAILPOINT=case.failpoint, BOOKA_HTTP_PORT=str(port))
        if case in checkouts:
            assert not await _press(house, case, f"http://127.0.0.1:{port}")
        else:
            case.counter.hears_at(f"http://127.0.0.1:{port}")
            case.pay()
        await killed(process)
        await case.counter.server.webhooks.drain()
        case.counter.hears_at(house.web_url)


async def _crash_captures(house: Installation, cases: list[Case]) -> None:
    for case in cases:
        async with _dying_worker(house, case, NOW):
            case.pay()


async def _crash_refunds(house: Installation, outside: Outside, cases: list[Case]) -> None:
    """The merchant cancels; nobody works before the process that dies."""
    for case in cases:
        await _cancel(house, case)
    for case in cases:
        refund = await house.value("SELECT id FROM refunds WHERE tenant_id = $1", case.tenant_id)
        await _crash_job(house, outside, case, NOW, "refund", refund)


async def _crash_holds(house: Installation, outside: Outside, cases: list[Case]) -> None:
    for case in cases:
        booking = await house.value("SELECT id FROM bookings WHERE tenant_id = $1", case.tenant_id)
        await _crash_job(house, outside, case, _LATER, "expiry", booking)


async def _crash_payouts(house: Installation, outside: Outside, cases: list[Case]) -> None:
    """The visit is over, its money the business's, and its day has come."""
    clock = house.runtime.clock
    assert isinstance(clock, FixedClock)
    clock.set(_DAYS)
    for case in cases:
        booking = await house.value("SELECT id FROM bookings WHERE tenant_id = $1", case.tenant_id)
        await completions.complete(house.runtime, case.tenant_id, booking)
        paid = await house.value("SELECT id FROM payments WHERE tenant_id = $1", case.tenant_id)
        await payouts.release(house.runtime, case.tenant_id, paid)
        account = await house.value("SELECT id FROM payment_accounts WHERE tenant_id = $1", case.tenant_id)
        await house.sql("UPDATE payment_accounts SET next_payout_at = $2 WHERE tenant_id = $1", case.tenant_id, _DAYS)
        await payouts.take_turn(house.runtime, case.tenant_id, account)
        made = await house.value("SELECT id FROM payouts WHERE tenant_id = $1", case.tenant_id)
        await _crash_job(house, outside, case, _DAYS, "payout", made)


async def _crash_job(
    house: Installation, outside: Outside, case: Case, now: datetime, job: str, subject_id: int
) -> None:
    outside.clock.set(now)
    async with _dying_worker(house, case, now):
        await house.runtime.queue.wake(job, case.tenant_id, subject_id)


@contextlib.asynccontextmanager
async def _dying_worker(house: Installation, case: Case, now: datetime) -> AsyncIterator[None]:
    """One to which nothing of another shop is due. The block gives it something to do; then it has died."""
    tenants = [row[0] for row in await house.sql("SELECT id FROM tenants")]
    for table, column, which in _DUE:
        await house.sql(_PUT_OFF.format(table, column, which))
    process = await house.start("work", BOOKA_FAILPOINT=case.failpoint, BOOKA_NOW=now.isoformat())
    await _bring_back(house, [case.tenant_id])
    yield
    await killed(process)
    await case.counter.server.webhooks.drain()
    await _bring_back(house, tenants)


async def _bring_back(house: Installation, tenants: list[int]) -> None:
    for table, column, _ in _DUE:
        await house.sql(_BRING_BACK.format(table, column), tenants)


async def _cancel(house: Installation, case: Case) -> None:
    booking = await house.value("SELECT id FROM bookings WHERE tenant_id = $1", case.tenant_id)
    how: dict[str, Any] = {"now": NOW, "by": "merchant", "key": f"off:{booking}"}
    await in_unit(house.runtime, case.tenant_id, lambda uow: lifecycle.cancel(uow, booking, **how))


async def _recover(
    house: Installation, outside: Outside, now: datetime, cases: list[Case], customers: list[Case]
) -> None:
    """Started plainly; whose page broke presses again and pays."""
    outside.clock.set(now)
    async with running(house, "serve", BOOKA_NOW=now.isoformat()), running(house, "work", BOOKA_NOW=now.isoformat()):
        for case in customers:
            assert await _press(house, case)
            with contextlib.suppress(Refused):
                case.pay()

        async def is_at_rest() -> bool:
            at_rest = await house.value(_RESTING, [case.tenant_id for case in cases])
            return bool(at_rest) and await house.is_settled()

        await until(is_at_rest)
