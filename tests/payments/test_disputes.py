"""A customer's bank wants the money back: set apart wherever it is, told, payouts pause, and how it ends."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.texts import languages, say
from payments import refunds
from payments.chargebacks import check_rate
from payments.payable import PAUSING, pauses
from payments.payouts import PayoutStatus
from tests.support.phone import Phone, query
from tests.support.psp import Shop, open_shop
from workers import completions, payouts
from workers.reconciliation import reconcile_window, window_of

# 1,500 less 2 % of the provider.
DUE = 1470
TERMS: dict[str, Any] = {"payout_recipient": "RCP_of-the-salon", "payout_schedule": "daily"}


@pytest.fixture(params=["paystack", "stripe"])
async def shop(runtime: Runtime, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(runtime, request.param, account=TERMS) as shop:
        yield shop
        await shop.check_books()


async def disputed(shop: Shop) -> str:
    dispute = shop.psp.dispute(shop.newest)
    await shop.work()
    return dispute.id


async def resolved(shop: Shop, dispute: str, *, won: bool) -> None:
    shop.psp.resolve(dispute, won=won)
    await shop.work()


async def kept(shop: Shop) -> dict[str, int]:
    """Without what the provider holds and takes."""
    ours = ("escrow", "merchant_payable", "dispute_reserve")
    return {name: -minor for name, minor in (await shop.balances()).items() if name in ours}


async def test_before_the_release_it_is_taken_from_escrow_and_comes_back_to_whoever_is_due_it(shop: Shop) -> None:
    await shop.sell()
    dispute = await disputed(shop)
    assert (await kept(shop), await shop.cases()) == ({"dispute_reserve": 1500}, ["dispute"])
    await shop.serve()
    assert await kept(shop) == {"dispute_reserve": 1500, "merchant_payable": -30}
    await resolved(shop, dispute, won=True)
    assert (await kept(shop), await shop.cases()) == ({"merchant_payable": DUE}, [])


async def test_after_the_release_it_is_taken_from_the_business(shop: Shop) -> None:
    await shop.sell()
    await shop.serve()
    dispute = await disputed(shop)
    assert await kept(shop) == {"dispute_reserve": 1500, "merchant_payable": -30}
    await resolved(shop, dispute, won=False)
    assert (await kept(shop), await shop.cases()) == ({"merchant_payable": -30}, ["dispute_lost"])


async def test_nothing_is_paid_out_by_itself_until_it_has_ended(shop: Shop) -> None:
    await shop.sell()
    await shop.sell(at="15h")
    dispute = await disputed(shop)
    await shop.serve()
    await shop.next_day()
    assert await shop.payouts() == []
    await resolved(shop, dispute, won=True)
    await shop.next_day()
    assert [one.amount for one in await shop.payouts()] == [2 * DUE]


async def test_what_was_drafted_does_not_go_out_once_a_bank_asks_for_it(runtime: Runtime) -> None:
    """The provider would send it: it holds other customers' money, too."""
    async with open_shop(runtime, "stripe", account={"payout_schedule": "daily"}) as shop:
        await shop.sell()
        disputed = shop.newest
        await shop.sell(at="11h")
        await shop.sell(at="12h")
        (first, *_) = await query(
            shop.runtime, "SELECT ends_at FROM bookings WHERE tenant_id = $1 ORDER BY ends_at", shop.tenant.tenant_id
        )
        assert isinstance(shop.runtime.clock, FixedClock)
        shop.runtime.clock.set(first["ends_at"] + timedelta(hours=24))
        sql = "SELECT min(id) AS id FROM {} WHERE tenant_id = $1"
        steps = [("bookings", completions.complete), ("payments", payouts.release)]
        for table, work in (*steps, ("payment_accounts", payouts.take_turn)):
            (row,) = await query(shop.runtime, sql.format(table), shop.tenant.tenant_id)
            await work(shop.runtime, shop.tenant.tenant_id, row["id"])
        shop.psp.dispute(disputed)
        await shop.work()
        assert [payout.status for payout in await shop.payouts()] == [PayoutStatus.FAILED]
        (account,) = shop.psp.accounts.values()
        assert account.books.payouts == {}
        assert await shop.cases() == ["dispute", "payout"]
        await shop.check_books()


async def test_an_admin_who_has_seen_to_it_lets_the_rest_be_paid_out(shop: Shop) -> None:
    await shop.sell()
    await shop.sell(at="15h")
    await disputed(shop)
    await shop.serve()
    await shop.resolve_cases()
    await shop.next_day()
    assert [one.amount for one in await shop.payouts()] == [1500 - 2 * 30]
    assert (await kept(shop), await shop.cases()) == ({"dispute_reserve": 1500}, [])


async def test_owners_are_told_when_it_opens_and_how_it_ends_once_each(shop: Shop) -> None:
    await shop.sell()
    owner = shop.owner()
    await owner.reads()
    shop.psp.faults.plan("duplicate", times=9)
    dispute = await disputed(shop)
    opened = await one_message(owner)
    assert "1 500" in opened
    assert "avant le lun. 9 mars" in opened
    await resolved(shop, dispute, won=True)
    assert "raison" in await one_message(owner)


async def one_message(phone: Phone) -> str:
    assert len(await phone.received()) == 1
    return await phone.reads()


async def test_one_that_ends_without_a_sum_is_of_the_sum_it_began_with(runtime: Runtime) -> None:
    """Paystack says that nothing is asked back any more."""
    async with open_shop(runtime, "paystack") as shop:
        await shop.sell()
        dispute = shop.psp.dispute(shop.newest)
        await shop.work()
        dispute.amount = 0
        await resolved(shop, dispute.id, won=True)
        assert await shop.stored() == ("confirmed", "paid", 1500, 0)
        assert (await shop.cases(), await kept(shop)) == ([], {"escrow": 1500})


async def test_under_it_nothing_is_paid_back(shop: Shop) -> None:
    phone = await shop.sell()
    dispute = await disputed(shop)
    await phone.reads()
    await phone.writes("annuler mon rendez-vous")
    await phone.taps("Oui")
    await shop.work()
    owner = shop.owner()
    assert "Dois-je rembourser" in await owner.reads()
    assert "réclame cet argent" in await owner.taps("Rembourser")
    await shop.work()
    assert (await shop.stored())[3] == 0
    assert await kept(shop) == {"dispute_reserve": 1500}
    await resolved(shop, dispute, won=True)
    (row,) = await query(shop.runtime, "SELECT id FROM refunds WHERE tenant_id = $1", shop.tenant.tenant_id)
    async with unit_of_work(shop.runtime, shop.tenant.tenant_id) as uow:
        await refunds.decide(uow, row["id"], is_approved=True, by="merchant:1", now=shop.runtime.clock.now())
    for _ in range(2):
        await shop.later(minutes=1)
    assert (await shop.stored())[1:] == ("refunded", 1500, 1500)


@pytest.mark.parametrize(("won", "given_back"), [(True, 1500), (False, 0)])
async def test_a_refund_that_has_not_left_yet_waits_for_the_bank(shop: Shop, won: bool, given_back: int) -> None:
    """Approved by rule, and the provider was away."""
    phone = await shop.sell()
    await phone.reads()
    await phone.writes("annuler mon rendez-vous")
    await phone.taps("Oui")
    shop.psp.faults.plan("503", times=99, on="refund")
    await shop.work()
    dispute = await disputed(shop)
    shop.psp.faults.clear()
    shop.psp.calls.clear()
    await shop.later(hours=1)
    assert not [call for call in shop.psp.calls if call.startswith("POST") and "refund" in call]
    assert await kept(shop) == {"escrow": -1500, "dispute_reserve": 1500}
    assert await shop.cases() == ["dispute"]
    await resolved(shop, dispute, won=won)
    for _ in range(2):
        await shop.later(hours=1)
    assert (await shop.stored())[3] == given_back
    assert await kept(shop) == {}
    assert await shop.cases() == ([] if won else ["dispute_lost"])


async def test_what_a_bank_took_is_not_paid_back_once_more(shop: Shop) -> None:
    phone = await shop.sell()
    dispute = await disputed(shop)
    await phone.reads()
    await phone.writes("annuler mon rendez-vous")
    await phone.taps("Oui")
    await shop.work()
    owner = shop.owner()
    await owner.reads()
    asked = owner.last["choices"][0]
    await resolved(shop, dispute, won=False)
    assert "décidé" in await owner.taps_id(asked["id"], asked["label"])
    await shop.later(days=6)
    assert (await shop.stored())[3] == 0
    assert await kept(shop) == {"merchant_payable": -30}


async def test_one_that_no_webhook_told_of_is_found_in_the_listing_of_its_day(shop: Shop) -> None:
    await shop.sell()
    owner = shop.owner()
    await owner.reads()
    shop.psp.faults.plan("drop", times=9)
    await disputed(shop)
    assert await shop.cases() == []
    tenant_id, now = shop.tenant.tenant_id, shop.runtime.clock.now()
    (row,) = await query(shop.runtime, "SELECT id FROM payment_accounts WHERE tenant_id = $1", tenant_id)
    end = now.replace(hour=0) + timedelta(days=1)
    await reconcile_window(shop.runtime, tenant_id, row["id"], window_of(end))
    assert "dispute" in await shop.cases()
    assert "1 500" in await one_message(owner)


@pytest.mark.parametrize(
    ("sold", "lost", "kinds"),
    [
        (9, 9, []),
        (200, 1, ["chargeback_warning"]),
        (201, 1, []),
        (100, 1, ["chargeback_rate"]),
        (10, 1, ["chargeback_rate"]),
    ],
)
async def test_a_month_with_too_many_disputes_is_a_case_and_pauses_payouts(
    runtime: Runtime, sold: int, lost: int, kinds: list[str]
) -> None:
    async with open_shop(runtime, "paystack", account=TERMS) as shop:
        await shop.sell()
        now = runtime.clock.now()
        async with unit_of_work(runtime, shop.tenant.tenant_id) as uow:
            await uow.driver.execute(_SELL, uow.tenant_id, sold - 1)
            await uow.driver.execute(_DISPUTE, uow.tenant_id, lost, now)
            await check_rate(uow, "paystack", "XOF", now, now=now)
            assert [case.kind for case in await pauses(uow)] == [kind for kind in kinds if kind in PAUSING]
        assert await shop.cases() == kinds


_SELL = """
INSERT INTO payment_attempts (tenant_id, payment_id, account_id, provider, reference, status, amount, currency,
    captured_amount, captured_at, created_at)
SELECT tenant_id, payment_id, account_id, provider, reference || n, status, amount, currency, captured_amount,
    captured_at, created_at
FROM payment_attempts, generate_series(1, $2) n WHERE tenant_id = $1
"""
_DISPUTE = """
INSERT INTO disputes (tenant_id, attempt_id, provider_id, status, said, amount, currency, opened_at)
SELECT tenant_id, id, reference, 'open', '', amount, currency, $3 FROM payment_attempts
WHERE tenant_id = $1 ORDER BY id LIMIT $2
"""


def test_every_reason_to_pause_is_said_in_chat() -> None:
    """Whatever language the merchant speaks."""
    for language in languages():
        assert all(say(language, f"merchant.pause_{kind}") for kind in PAUSING)
