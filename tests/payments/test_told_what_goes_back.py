"""Who cancels hears what becomes of the money: at once, when it has been decided, and where it is kept."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from cli.demo_labels import quick_reply_label
from core.clock import FixedClock
from core.runtime import Runtime
from tests.support.phone import Phone, query
from tests.support.psp import Shop, open_shop

LATE = timedelta(days=3, hours=12)


@pytest.fixture
async def shop(runtime: Runtime) -> AsyncIterator[Shop]:
    """The merchants decide about each refund."""
    async with open_shop(runtime, "notchpay", refund_below="0", cancel_until_hours=24) as shop:
        yield shop


async def sold(shop: Shop) -> Phone:
    phone = await shop.sell()
    await phone.reads()
    await shop.owner().reads()
    return phone


async def cancels(phone: Phone) -> str:
    await phone.writes("annuler mon rendez-vous")
    return await phone.taps("Oui")


def written_on(phone: Phone) -> list[str]:
    """The buttons where the message is a template."""
    return [quick_reply_label(choice["id"], "fr") for choice in phone.last["choices"]]


async def test_what_goes_back_without_asking_is_said_with_the_cancellation(runtime: Runtime) -> None:
    async with open_shop(runtime, "notchpay", cancel_until_hours=24) as shop:
        phone = await sold(shop)
        assert "1 500 FCFA vous sont rendus" in await cancels(phone)
        assert "vous sont rendus" in await phone.writes("mon paiement est-il passé ?")
        await shop.work()
        assert "remboursés" in await phone.reads()
        assert "vous sont rendus" not in await phone.writes("mon paiement est-il passé ?")


async def test_what_the_merchants_decide_about_is_said_so(shop: Shop) -> None:
    phone = await sold(shop)
    assert "J'ai demandé" in await cancels(phone)
    assert "J'ai demandé" in await phone.writes("mon paiement est-il passé ?")


async def test_who_gets_nothing_back_is_told(shop: Shop) -> None:
    phone, owner = await sold(shop), shop.owner()
    await cancels(phone)
    await shop.work()
    await owner.reads()
    assert owner.labels == written_on(owner)
    await owner.taps("Garder")
    assert "ne rembourse pas 1 500 FCFA" in await phone.reads()
    assert await shop.stored() == ("cancelled", "paid", 1500, 0)


async def test_what_no_merchant_decides_within_a_week_is_a_case_till_one_does(shop: Shop) -> None:
    phone, owner = await sold(shop), shop.owner()
    await cancels(phone)
    await shop.work()
    assert "Dois-je rembourser" in await owner.reads()
    await shop.later(days=6)
    assert await shop.cases() == []
    await shop.later(days=2)
    assert await shop.cases() == ["refund"]
    assert await owner.received() == []
    await owner.taps("Rembourser")
    assert await shop.cases() == []
    await shop.work()
    assert await shop.stored() == ("cancelled", "refunded", 1500, 1500)


async def test_who_asks_after_a_refund_failed_is_told_so(runtime: Runtime) -> None:
    async with open_shop(runtime, "notchpay", cancel_until_hours=24) as shop:
        phone = await sold(shop)
        shop.psp.faults.plan("refund_fails")
        await cancels(phone)
        await shop.later(minutes=1)
        await phone.reads()
        assert "n'a pas abouti" in await phone.writes("mon paiement est-il passé ?")


async def test_a_late_cancellation_costs_the_deposit_where_no_other_fee_is_set(shop: Shop, clock: FixedClock) -> None:
    phone, owner = await sold(shop), shop.owner()
    clock.advance(LATE)
    assert "coûte 1 500 FCFA" in await phone.writes("annuler mon rendez-vous")
    await phone.taps("Oui")
    assert "1 500 FCFA" in await owner.reads()
    assert owner.labels == written_on(owner)
    await owner.taps("Annuler avec")
    assert "1 500 FCFA, dont 1 500 FCFA déjà payés" in await phone.reads()
    await shop.work()
    assert await shop.stored() == ("cancelled", "paid", 1500, 0)
    assert await query(shop.runtime, "SELECT 1 FROM refunds WHERE tenant_id = $1", shop.tenant.tenant_id) == []
    await shop.check_books()


async def test_a_late_cancellation_without_a_fee_gives_the_deposit_back(runtime: Runtime, clock: FixedClock) -> None:
    async with open_shop(runtime, "notchpay", cancel_until_hours=24) as shop:
        phone, owner = await sold(shop), shop.owner()
        clock.advance(LATE)
        await cancels(phone)
        await owner.reads()
        await owner.taps("Annuler sans")
        assert "sans frais" in await phone.reads()
        await shop.work()
        assert "remboursés" in await phone.reads()
        assert await shop.stored() == ("cancelled", "refunded", 1500, 1500)


async def test_a_rule_of_the_business_comes_before_the_deposit(runtime: Runtime, clock: FixedClock) -> None:
    async with open_shop(runtime, "notchpay", cancel_until_hours=24, late_cancel_fee={"percent": 20}) as shop:
        phone, owner = await sold(shop), shop.owner()
        clock.advance(LATE)
        assert "coûte 1 000 FCFA" in await phone.writes("annuler mon rendez-vous")
        await phone.taps("Oui")
        await owner.reads()
        await owner.taps("Annuler avec")
        assert "1 000 FCFA, dont 1 000 FCFA déjà payés" in await phone.reads()
        await shop.work()
        assert await shop.stored() == ("cancelled", "partially_refunded", 1500, 500)
        await shop.check_books()
