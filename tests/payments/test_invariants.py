"""A broken promise about money is said loudly: by the worker in its log, by the doctor in its line."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from cli.doctor_money import check_money
from core.runtime import Runtime
from core.uow import unit_of_work
from tests.support.databases import shared_runtime as shared_runtime
from tests.support.psp import Shop, open_shop
from workers import invariants


@pytest.fixture
async def paid(runtime: Runtime) -> AsyncIterator[Shop]:
    async with open_shop(runtime, "notchpay") as shop:
        await shop.press(await shop.book(shop.phone()))
        shop.psp.pay(shop.newest)
        await shop.work()
        yield shop


async def _said(shop: Shop) -> list[str]:
    with capture_logs() as logs:
        await invariants.check(shop.runtime, shop.tenant.tenant_id, shop.tenant.tenant_id)
    lines = [line for entry in logs if entry["event"] == "payments.violated" for line in entry["violations"]]
    return [line.rpartition(":")[0] for line in lines]


@pytest.mark.parametrize(
    ("breaks", "fault"),
    [
        ("UPDATE payments SET captured_amount = captured_amount + 1", "payment counts other money than its attempts"),
        ("UPDATE payments SET refunded_amount = 7", "payment counts other refunds than there are"),
        ("UPDATE payment_attempts SET fee = fee + 1", "ledger knows another sum of the attempt"),
        ("UPDATE payments SET released_at = paid_at", "escrow holds other money than what is to come has brought"),
        (
            "INSERT INTO payouts (tenant_id, account_id, amount, currency, status, reference, recipient, created_at)"
            " SELECT tenant_id, account_id, 7, currency, 'draft', reference, '', created_at FROM payment_attempts",
            "other money is being paid out than the payouts say",
        ),
        ("UPDATE payments SET amount = amount + 1", "agreed, and not paid"),
        ("UPDATE bookings SET status = 'expired'", "money for what was never booked, and nothing goes back"),
    ],
)
async def test_the_worker_names_what_is_broken_and_the_doctor_counts_it(paid: Shop, breaks: str, fault: str) -> None:
    assert await _said(paid) == []
    async with unit_of_work(paid.runtime, paid.tenant.tenant_id) as uow:
        await uow.driver.execute(f"{breaks} WHERE tenant_id = $1", paid.tenant.tenant_id)
    assert await _said(paid) == [fault]
    findings = {name: (is_well, told) async for name, is_well, told in check_money(paid.runtime)}
    is_well, told = findings["payments"]
    assert (is_well, f"{fault} (" in told) == (False, True)
    assert findings["notchpay"][0]


async def test_links_that_only_work_here_are_a_fault_in_production(paid: Shop) -> None:
    for env, is_well in (("development", True), ("production", False)):
        settings = paid.runtime.settings.model_copy(update={"env": env, "public_url": ""})
        first = await anext(check_money(replace(paid.runtime, settings=settings)))
        assert first[:2] == ("links", is_well)
        assert "BOOKA_PUBLIC_URL" in first[2]
