"""The ledger on the real database: it balances or is not stored, and nobody changes what is written."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.database import OWNER_ROLE, with_role
from core.money import Money
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit, unit_of_work
from payments import ledger
from payments.ledger import Entry, Source
from tests.support.tenants import TenantFixture, make_tenant

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PAID = Source("attempt", 1, "captured")


def xaf(minor: int) -> Money:
    return Money(minor, "XAF")


@pytest.fixture
async def tenant(runtime: Runtime) -> TenantFixture:
    return await make_tenant(runtime)


@pytest.fixture
async def uow(runtime: Runtime, tenant: TenantFixture) -> AsyncIterator[UnitOfWork]:
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        yield uow


async def test_a_fact_is_written_once(uow: UnitOfWork) -> None:
    entries = ledger.captured("stripe", xaf(5000), xaf(100))
    assert [await ledger.post(uow, PAID, entries, currency="XAF", now=NOW) for _ in range(2)] == [True, False]
    assert await ledger.balances(uow, "XAF") == {
        "escrow": -5000,
        "psp_clearing:stripe": 4900,
        "psp_fee": 100,
    }


async def test_a_fact_told_twice_at_once_is_written_once(runtime: Runtime, tenant: TenantFixture) -> None:
    async def tell() -> bool:
        async with unit_of_work(runtime, tenant.tenant_id) as uow:
            return await ledger.post(uow, PAID, ledger.dispute_opened(xaf(10)), currency="XAF", now=NOW)

    assert sorted(await asyncio.gather(*(tell() for _ in range(8)))) == [False] * 7 + [True]


async def test_entries_that_do_not_balance_are_refused_here_and_by_the_database(
    runtime: Runtime, tenant: TenantFixture
) -> None:
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        with pytest.raises(ValueError, match="does not balance"):
            await ledger.post(uow, PAID, [Entry("escrow", 1)], currency="XAF", now=NOW)
    lame = (tenant.tenant_id, *("attempt", 2, "captured"), NOW, "XAF", ["escrow", "bank"], [5, -4])
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await in_unit(runtime, tenant.tenant_id, lambda uow: uow.driver.fetchval(ledger._POST, *lame))


async def test_no_transaction_has_two_currencies(runtime: Runtime, tenant: TenantFixture) -> None:
    async def mix(uow: UnitOfWork) -> None:
        await ledger.post(uow, PAID, ledger.dispute_opened(xaf(10)), currency="XAF", now=NOW)
        await uow.driver.execute("""
            INSERT INTO ledger_entries (tenant_id, transaction_id, account, amount, currency)
            SELECT tenant_id, id, 'escrow', sign, 'EUR' FROM ledger_transactions, unnest(ARRAY[1, -1]) AS sign
        """)

    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await in_unit(runtime, tenant.tenant_id, mix)


@pytest.mark.parametrize("change", ["UPDATE ledger_entries SET amount = 2", "DELETE FROM ledger_transactions"])
async def test_what_is_written_stays_also_for_the_owner_of_the_tables(
    runtime: Runtime, uow: UnitOfWork, change: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with uow.savepoint():
            await uow.driver.execute(change)
    owner = await asyncpg.connect(with_role(runtime.database_url, OWNER_ROLE))
    try:
        with pytest.raises(asyncpg.RaiseError, match="only added to"):
            await owner.execute(change)
    finally:
        await owner.close()


async def test_tenants_see_their_own_ledger_only(runtime: Runtime, uow: UnitOfWork) -> None:
    await ledger.post(uow, PAID, ledger.dispute_opened(xaf(10)), currency="XAF", now=NOW)
    other = await make_tenant(runtime)
    async with unit_of_work(runtime, other.tenant_id) as theirs:
        assert await theirs.driver.fetch("SELECT * FROM ledger_entries") == []
        assert await ledger.balances(theirs, "XAF") == {}


_AMOUNT = st.integers(1, 10**12).map(xaf)
_ONE: list[Callable[[Money], list[Entry]]] = [
    ledger.refund_asked,
    ledger.refund_failed,
    ledger.dispute_opened,
    ledger.dispute_won,
    ledger.payout_sent,
    ledger.payout_failed,
    *(
        lambda amount, entries=entries: entries("paystack", amount)
        for entries in (
            *(ledger.refund_done, ledger.dispute_lost, ledger.dispute_charged),
            *(ledger.payout_arrived, ledger.payout_returned, ledger.payout_arrived_after_all),
        )
    ),
]


@given(amount=_AMOUNT, fee=_AMOUNT, commission=_AMOUNT, one=st.sampled_from(_ONE))
@settings(max_examples=50)
def test_every_kind_of_transaction_balances(
    amount: Money, fee: Money, commission: Money, one: Callable[[Money], list[Entry]]
) -> None:
    assert sum(entry.minor for entry in ledger.captured("notchpay", amount, fee)) == 0
    assert sum(entry.minor for entry in ledger.released(amount, fee=fee, commission=commission)) == 0
    assert sum(entry.minor for entry in one(amount)) == 0


def test_money_that_went_all_the_way_leaves_only_what_everybody_keeps() -> None:
    total: dict[str, int] = {}
    steps = [
        *ledger.captured("stripe", xaf(5000), xaf(100)),
        *(*ledger.refund_asked(xaf(1000)), *ledger.refund_done("stripe", xaf(1000))),
        *ledger.released(xaf(4000), fee=xaf(100), commission=xaf(250)),
        *(*ledger.payout_sent(xaf(3650)), *ledger.payout_arrived("stripe", xaf(3650))),
    ]
    for entry in steps:
        total[entry.account] = total.get(entry.account, 0) + entry.minor
    assert {account: minor for account, minor in total.items() if minor} == {
        "psp_clearing:stripe": 250,
        "platform_fee": -250,
    }
