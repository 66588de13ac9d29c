"""What a business is due and when it comes: on the command line and in chat."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from cli import payouts
from core.errors import InputError
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.merchant_words import Payouts, read
from payments import payment, refunds
from payments.releases import release
from tests.conftest import NOW
from tests.support.by_hand import manual_account, merchant, open_till
from tests.support.phone import Phone, query
from tests.support.psp import Shop, open_shop

TERMS: dict[str, Any] = {"payout_recipient": "cm.mtn/of-the-salon", "payout_schedule": "weekly"}


@pytest.fixture
async def shop(runtime: Runtime) -> AsyncIterator[Shop]:
    async with open_shop(runtime, "notchpay", account=TERMS) as shop:
        yield shop
        await shop.check_books()


async def shown(shop: Shop) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(await payouts.show_payouts(shop.runtime, shop.tenant.key))
    return said


async def test_the_command_shows_the_balance_the_next_day_and_the_last_payouts(shop: Shop) -> None:
    await shop.sell()
    await shop.serve()
    said = await shown(shop)
    assert (said["payable"], said["currency"], said["paused_by"], said["payouts"]) == (1470, "XAF", [], [])
    assert said["next_payout_at"] == "2026-03-09T05:00:00+00:00"
    assert [(one["schedule"], one["due"]) for one in said["accounts"]] == [("weekly", 1470)]
    await shop.next_day()
    said = await shown(shop)
    assert (said["payable"], said["next_payout_at"]) == (0, "2026-03-16T05:00:00+00:00")
    assert [(one["amount"], one["status"]) for one in said["payouts"]] == [(1470, "paid")]


async def test_an_operator_pays_out_now_also_while_payouts_pause(shop: Shop) -> None:
    with pytest.raises(InputError, match="nothing is due"):
        await payouts.pay_out_now(shop.runtime, shop.tenant.key)
    await shop.sell()
    await shop.serve()
    shop.psp.faults.plan("payout_fails")
    sent = orjson.loads(await payouts.pay_out_now(shop.runtime, shop.tenant.key))
    assert (sent["amount"], sent["status"]) == (1470, "submitted")
    await shop.later(minutes=1)
    assert [one["kind"] for one in (await shown(shop))["paused_by"]] == ["payout"]
    await payouts.pay_out_now(shop.runtime, shop.tenant.key)
    await shop.later(minutes=1)
    assert [one["status"] for one in (await shown(shop))["payouts"]] == ["paid", "failed"]


async def test_an_owner_asks_in_chat(shop: Shop) -> None:
    owner = shop.owner()
    await shop.sell()
    await shop.serve()
    said = await owner.writes("mes versements")
    assert "1 470" in said
    assert "lundi 9 mars 2026" in said
    shop.psp.faults.plan("payout_fails")
    await shop.next_day()
    await shop.later(minutes=1)
    said = await owner.writes("versements")
    assert "suspendus" in said
    assert "échoué" in said


async def test_staff_are_not_told_what_the_business_earns(shop: Shop) -> None:
    nadia = Phone(shop.runtime, shop.client, shop.tenant, address=shop.tenant.merchants["nadia"].wa_id)
    assert "verser" not in await nadia.writes("versements")


@pytest.mark.parametrize(
    "text",
    [
        *("payouts", "my payouts", "When is my next payout?", "versements", "Mes versements svp"),
        *("quand est mon prochain versement ?", "mis pagos", "meus repasses"),
    ],
)
def test_words_that_ask_for_payouts(text: str) -> None:
    assert read(text, now=NOW.replace(tzinfo=None), staff=()) == Payouts()


@pytest.mark.parametrize("text", ["block Thursday", "versement de Ada", "payment", "did Ada pay?"])
def test_words_that_do_not(text: str) -> None:
    assert read(text, now=NOW.replace(tzinfo=None), staff=()) != Payouts()


async def test_what_was_paid_by_hand_is_the_businesss_already_and_never_paid_out(runtime: Runtime) -> None:
    async with open_till(runtime, [manual_account(commission_percent=10)]) as till:
        phone = till.phone()
        await till.book(phone)
        await phone.taps("J'ai payé")
        owner = merchant(till, "awa")
        await owner.reads()
        await owner.taps("Reçu")
        assert await till.stored() == ("confirmed", "paid", 1500, 0)
        (row,) = await query(runtime, "SELECT id FROM payments WHERE tenant_id = $1", till.tenant.tenant_id)
        async with unit_of_work(till.runtime, till.tenant.tenant_id) as uow:
            assert [await release(uow, row["id"]) for _ in range(2)] == [True, False]
        assert await till.balances() == {"merchant_payable": 150, "platform_fee": -150}
        async with unit_of_work(till.runtime, till.tenant.tenant_id) as uow:
            paid = await payment.lock(uow, row["id"])
            how: dict[str, Any] = {
                "reason": "kindness",
                "key": "k",
                "by": "merchant:1",
                "now": till.runtime.clock.now(),
            }
            await refunds.request(uow, paid, paid.captured, is_approved=True, **how)
        assert await till.balances() == {
            "merchant_payable": 150,
            "platform_fee": -150,
            "psp_clearing:manual": 1500,
            "refunds_in_transit": -1500,
        }
