"""What a tenant file says of commission, release and payouts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from payments.accounts import active_accounts
from tenants.definition import parse_definition
from tests.support.tenants import TenantFixture, apply_document, tenant_document
from tests.tenants.test_reading_a_file import problems_of, with_line

BELOW = 'refund_auto_approve_below = "10000"'


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("commission_percent = 50.5", "commission_percent: at most 50"),
        ("commission_percent = -1", "commission_percent: a percentage is a number"),
        ("commission_percent = true", "commission_percent: a percentage is a number"),
        ('payout_schedule = "daily"', "payout_recipient is missing for payouts by paystack"),
        ('payout_schedule = "hourly"', "payout_schedule: Input should be 'daily'"),
        ('payout_minimum = "-5"', "payout_minimum: an amount is a decimal string"),
        ("release_after_hours = -1", "release_after_hours: Input should be greater"),
    ],
)
def test_what_cannot_be_is_refused(keys: str, problem: str) -> None:
    (found,) = problems_of(with_line(BELOW, keys))
    assert problem in found


@pytest.mark.parametrize(("written", "kept"), [("2.5", "2.5"), ('"0.35"', "0.35"), ("5", "5"), ("50", "50")])
def test_a_commission_is_kept_to_the_last_digit(written: str, kept: str) -> None:
    definition = parse_definition(with_line(BELOW, f"commission_percent = {written}"), lambda name: "secret")
    assert definition.payments[0].commission_percent == kept


async def applied(runtime: Runtime, document: dict[str, Any], **keys: Any) -> TenantFixture:
    account = document["tenant"]["key"]
    secrets = {"secret_key": {"value": f"sk-live-{account}"}}
    document["payments"] = [{"provider": "paystack", "account": account, "secrets": secrets, **keys}]
    return await apply_document(runtime, document)


async def next_payout(runtime: Runtime, tenant: TenantFixture) -> datetime | None:
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        at: datetime | None = await uow.driver.fetchval("SELECT next_payout_at FROM payment_accounts")
        return at


async def test_a_schedule_sets_the_day_and_taking_it_away_takes_the_day_away(
    runtime: Runtime, clock: FixedClock
) -> None:
    document = tenant_document(timezone="Africa/Douala")
    terms = {
        "payout_recipient": "RCP_1",
        "payout_schedule": "monthly",
        "commission_percent": 2.5,
        "payout_minimum": "1000",
    }
    tenant = await applied(runtime, document, **terms)
    assert await next_payout(runtime, tenant) == datetime(2026, 4, 1, 5, tzinfo=UTC)
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        (account,) = await active_accounts(uow)
    assert (str(account.commission_percent), account.payout_minimum, account.payout_recipient) == ("2.5", 1000, "RCP_1")
    await applied(runtime, document)
    assert await next_payout(runtime, tenant) is None
    await applied(runtime, document, **terms)
    document["payments"] = []
    await apply_document(runtime, document)
    assert await next_payout(runtime, tenant) is None
