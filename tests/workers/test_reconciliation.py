"""Each day of an account held against its provider: what differs is settled, what is left is a case, all is stored."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FixedClock
from core.metrics import metrics_text
from core.runtime import Runtime
from core.uow import call_across_tenants, unit_of_work
from payments.cases import close_case, list_cases
from payments.reconciliation import Class, Kind
from tests.support import dashboard
from tests.support.phone import query
from tests.support.psp import CURRENCY, SERVERS, Shop, open_shop
from workers import reconciliation
from workers.reconciliation import Outcome

_OF_ONE = {"notchpay": "GET /payments/", "paystack": "GET /transaction/verify/", "stripe": "GET /v1/checkout/sessions/"}
TONIGHT = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture(params=sorted(SERVERS))
async def shop(runtime: Runtime, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(runtime, request.param) as shop:
        yield shop


@pytest.fixture
async def one(runtime: Runtime) -> AsyncIterator[Shop]:
    """For what is the same wherever it is paid."""
    async with open_shop(runtime, "paystack") as shop:
        yield shop


async def account_of(shop: Shop) -> int:
    (row,) = await query(shop.runtime, "SELECT id FROM payment_accounts WHERE account = $1", shop.account)
    return int(row["id"])


async def paid(shop: Shop, *, told: bool = True) -> None:
    await shop.press(await shop.book(shop.phone()))
    if not told:
        shop.psp.faults.plan("drop", times=9)
    shop.psp.pay(shop.newest)
    await shop.work()


async def held_against(shop: Shop, day_end: datetime = TONIGHT) -> list[Outcome]:
    window = reconciliation.window_of(day_end)
    return await reconciliation.reconcile_window(shop.runtime, shop.tenant.tenant_id, await account_of(shop), window)


async def compared(shop: Shop) -> Outcome:
    (outcome,) = await held_against(shop)
    return outcome


def differing(outcome: Outcome) -> list[tuple[Kind, Class, int, int]]:
    return [(item.kind, item.cls, item.theirs, item.ours) for item in outcome.report.differing]


async def due_days(shop: Shop) -> list[datetime]:
    now = shop.runtime.clock.now()
    sql = "SELECT day_end FROM due_reconciliations($1, $2, $3, 500)"
    end = reconciliation.last_day_end(now)
    return [row["day_end"] for row in await call_across_tenants(shop.runtime, sql, end, now, await account_of(shop))]


async def sweep(shop: Shop) -> int:
    """How many days the workers hold against the provider's till none is due."""
    done = 0
    while await due_days(shop):
        await reconciliation.reconcile_due(shop.runtime, shop.tenant.tenant_id, await account_of(shop))
        done += 1
    return done


async def test_what_is_known_matches_and_is_stored(shop: Shop) -> None:
    await paid(shop)
    outcome = await compared(shop)
    run = outcome.run
    assert (run.status, run.theirs, run.ours, run.drift, differing(outcome)) == ("complete", 1500, 1500, 0, [])
    assert (run.window_start, run.window_end) == (TONIGHT - timedelta(hours=26), TONIGHT)
    rows = await query(shop.runtime, "SELECT id FROM reconciliation_runs WHERE account_id = $1", run.account_id)
    assert [row["id"] for row in rows] == [run.id]
    assert f'booka_reconciliation_runs_total{{provider="{shop.provider}",status="complete"}}' in metrics_text().decode()


async def test_dropped_webhooks_leave_no_drift(shop: Shop) -> None:
    await paid(shop, told=False)
    assert (await shop.stored())[1] == "pending"
    assert (await compared(shop)).run.drift == 0
    assert await shop.stored() == ("confirmed", "paid", 1500, 0)


async def test_a_payment_that_only_the_provider_knows_is_a_case_at_once(shop: Shop) -> None:
    await paid(shop)
    dashboard.charge(shop, 700)
    outcome = await compared(shop)
    assert differing(outcome) == [(Kind.PAYMENT, Class.MISSING_HERE, 700, 0)]
    assert (outcome.run.theirs, outcome.run.ours, outcome.run.drift) == (2200, 1500, 700)
    assert await shop.cases() == ["reconciliation_missing_here", "drift"]
    rows = await query(shop.runtime, "SELECT class, theirs FROM reconciliation_items WHERE run_id = $1", outcome.run.id)
    assert [tuple(row) for row in rows] == [("missing_here", 700)]


async def test_a_day_that_comes_right_drifts_no_more(one: Shop) -> None:
    await paid(one)
    name = dashboard.charge(one, 700)
    await compared(one)
    await compared(one)
    assert await one.cases() == ["reconciliation_missing_here", "drift"]
    dashboard.forget(one, name)
    await compared(one)
    assert await one.cases() == ["reconciliation_missing_here"]  # nothing tells where that money has gone


async def test_what_a_person_has_closed_stays_closed(one: Shop) -> None:
    await paid(one)
    dashboard.charge(one, 700)
    await compared(one)
    async with unit_of_work(one.runtime, one.tenant.tenant_id) as uow:
        for case in await list_cases(uow):
            await close_case(uow, case.id, by="awa", now=one.runtime.clock.now())
    await compared(one)
    assert await one.cases() == []


async def test_a_drift_that_grows_after_a_person_has_decided_is_told_again(one: Shop) -> None:
    await paid(one)
    dashboard.charge(one, 700)
    await compared(one)
    async with unit_of_work(one.runtime, one.tenant.tenant_id) as uow:
        for case in await list_cases(uow):
            await close_case(uow, case.id, by="awa", now=one.runtime.clock.now())
    dashboard.charge(one, 10)
    await compared(one)
    assert await one.cases() == ["reconciliation_missing_here", "drift"]


async def test_a_fee_that_came_to_be_known_later_is_written_down(shop: Shop) -> None:
    await paid(shop)
    dashboard.take_fee(shop, shop.newest, 45)
    assert differing(await compared(shop)) == []
    assert (await shop.balances())["psp_fee"] == 45


async def test_a_lower_fee_than_ours_is_counted_and_a_case_where_it_is_much(shop: Shop) -> None:
    await paid(shop)
    dashboard.take_fee(shop, shop.newest, 20)
    outcome = await compared(shop)
    assert differing(outcome) == [(Kind.PAYMENT, Class.FEE, 20, 30)]
    assert (outcome.run.drift, await shop.cases()) == (0, [])
    dashboard.take_fee(shop, shop.newest, 10)
    await compared(shop)
    assert await shop.cases() == ["reconciliation_fee"]
    dashboard.take_fee(shop, shop.newest, 30)
    await compared(shop)
    assert await shop.cases() == []


async def test_what_cannot_be_settled_now_is_a_case_till_it_can(shop: Shop) -> None:
    await paid(shop, told=False)
    shop.psp.faults.plan("500", on=_OF_ONE[shop.provider])
    assert differing(await compared(shop)) == [(Kind.PAYMENT, Class.STATUS, 1500, 0)]
    assert await shop.cases() == ["reconciliation_status", "drift"]
    assert differing(await compared(shop)) == []
    assert await shop.cases() == []


async def test_money_that_the_provider_does_not_know_is_a_case(shop: Shop) -> None:
    await paid(shop)
    dashboard.forget(shop, shop.newest)
    assert differing(await compared(shop)) == [(Kind.PAYMENT, Class.MISSING_THERE, 0, 1500)]
    assert await shop.cases() == ["reconciliation_missing_there", "drift"]


async def test_another_amount_than_ours_is_a_case_until_it_is_ours_again(shop: Shop) -> None:
    await paid(shop)
    dashboard.correct(shop, shop.newest, 1000)
    assert differing(await compared(shop)) == [(Kind.PAYMENT, Class.AMOUNT, 1000, 1500)]
    assert await shop.cases() == ["reconciliation_amount", "drift"]
    dashboard.correct(shop, shop.newest, 1500)
    await compared(shop)
    assert await shop.cases() == []


async def test_small_drift_warns(one: Shop) -> None:
    await paid(one)
    dashboard.correct(one, one.newest, 1498)
    await compared(one)
    assert await one.cases() == ["reconciliation_amount", "drift_warning"]
    dashboard.correct(one, one.newest, 1400)
    await compared(one)
    assert await one.cases() == ["reconciliation_amount", "drift"]


async def test_another_currency_is_a_run_of_its_own(shop: Shop) -> None:
    await paid(shop)
    dashboard.charge(shop, 900, "USD")
    runs = {outcome.run.currency: outcome.run for outcome in await held_against(shop)}
    assert {currency: run.drift for currency, run in runs.items()} == {CURRENCY[shop.provider]: 0, "USD": 900}


@pytest.mark.parametrize("fault", ["page_error", "short_list"])
async def test_a_listing_that_breaks_off_is_incomplete_and_tried_again(
    shop: Shop, clock: FixedClock, fault: str
) -> None:
    await paid(shop)
    for _ in range(2):
        dashboard.charge(shop, 100)
    shop.psp.page_size = 1
    clock.set(TONIGHT + timedelta(hours=1))
    shop.psp.faults.plan(fault)
    assert await sweep(shop) == 1
    (row,) = await query(shop.runtime, "SELECT status, error, drift FROM reconciliation_runs ORDER BY id DESC LIMIT 1")
    assert (row["status"], row["error"].split()[0]) == ("incomplete", "Retryable")
    assert await shop.cases() == []
    clock.advance(timedelta(minutes=59))
    assert await due_days(shop) == []
    clock.advance(timedelta(minutes=1))
    assert await sweep(shop) == 1
    assert (await shop.cases())[-1:] == ["drift"]
    assert await due_days(shop) == []


async def test_a_day_that_cannot_be_listed_for_a_day_is_a_case(one: Shop, clock: FixedClock) -> None:
    await paid(one)
    clock.set(TONIGHT + timedelta(hours=23))
    one.psp.faults.plan("401", times=99)
    await sweep(one)
    assert await one.cases() == []
    clock.advance(timedelta(hours=1))
    await sweep(one)
    assert await one.cases() == ["reconciliation_incomplete"]
    one.psp.faults.clear()
    clock.advance(timedelta(hours=2))
    await sweep(one)
    assert await one.cases() == []


async def test_days_that_cannot_be_listed_are_one_case(one: Shop, clock: FixedClock) -> None:
    await paid(one)
    clock.set(TONIGHT + timedelta(days=3, hours=1))
    one.psp.faults.plan("401", times=99)
    assert await sweep(one) == 4
    assert await one.cases() == ["reconciliation_incomplete"]


async def test_an_account_that_was_taken_out_is_looked_at_for_a_month(one: Shop, clock: FixedClock) -> None:
    await paid(one)
    async with unit_of_work(one.runtime, one.tenant.tenant_id) as uow:
        await uow.driver.execute("UPDATE payment_accounts SET active = false")
    clock.set(TONIGHT + timedelta(days=29))
    assert len(await due_days(one)) == 14
    clock.advance(timedelta(days=15))
    assert await due_days(one) == []


async def test_lost_days_are_caught_up(one: Shop, clock: FixedClock) -> None:
    await paid(one)
    clock.set(TONIGHT + timedelta(minutes=59))
    assert await due_days(one) == []
    clock.set(TONIGHT + timedelta(days=3, hours=1))
    assert await due_days(one) == [TONIGHT + timedelta(days=days) for days in range(4)]
    assert await sweep(one) == 4
    assert await due_days(one) == []


async def test_a_day_is_due_though_it_was_looked_at_before_it_was_over(one: Shop, clock: FixedClock) -> None:
    await paid(one)
    await compared(one)
    clock.set(TONIGHT + timedelta(hours=1))
    assert await due_days(one) == [TONIGHT]


async def test_a_day_that_drifted_is_looked_at_again_a_day_later(one: Shop, clock: FixedClock) -> None:
    await paid(one)
    dashboard.correct(one, one.newest, 1000)
    clock.set(TONIGHT + timedelta(hours=1))
    assert await sweep(one) == 1
    assert await one.cases() == ["reconciliation_amount", "drift"]
    dashboard.correct(one, one.newest, 1500)
    clock.advance(timedelta(days=1))
    assert await due_days(one) == [TONIGHT, TONIGHT + timedelta(days=1)]
    await sweep(one)
    assert await one.cases() == []
