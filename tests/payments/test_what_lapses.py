"""Time that ran out, to be paid for or paid for already: nobody has it unpaid, nobody's money stays for nothing."""

from datetime import timedelta

import pytest

from core.clock import FixedClock
from core.money import Money
from core.runtime import Runtime
from payments.registry import PROVIDERS
from tests.support import money
from tests.support.phone import Phone, query
from tests.support.psp import CURRENCY, SERVERS, Shop, open_shop
from tests.support.workers import Workers
from workers import waitlist

_HELD = "SELECT hold_until FROM bookings WHERE tenant_id = $1 AND status = 'held'"


async def test_who_takes_the_time_of_a_lapsed_request_does_not_keep_its_customer_from_their_money(
    runtime: Runtime, clock: FixedClock
) -> None:
    """Ended by whoever took it, before any sweep saw that nobody had answered."""
    async with open_shop(runtime, "notchpay", requires_approval=True, approval_timeout_hours=1) as shop:
        workers, phone = Workers(shop), shop.phone()
        await shop.press(await shop.book(phone))
        shop.psp.pay(shop.newest)
        await workers.work()
        assert "arrivé" in await phone.reads()
        clock.advance(timedelta(minutes=70))
        await shop.book(shop.phone())
        await workers.work()
        assert (await money.ends(shop))[0] == "refunded"
        assert any("remboursés" in row["payload"]["text"] for row in await phone.received())
        assert await money.faults(shop) == []


async def offered(shop: Shop) -> Phone:
    """To somebody who waits: a time that has become free, with its deposit."""
    holder, waiting = await shop.sell(), shop.phone()
    await waiting.writes("mettez-moi sur liste d'attente pour une coupe avec Nadia vendredi à 10h")
    await holder.reads()
    await holder.writes("annuler mon rendez-vous")
    await holder.taps("Oui")
    await waitlist.move_on(shop.runtime, shop.tenant.tenant_id, shop.tenant.tenant_id)
    assert "À payer maintenant" in await waiting.reads()
    return waiting


@pytest.mark.parametrize("has_asked", [False, True])
async def test_a_yes_to_an_offer_that_has_run_out_is_no_way_around_its_deposit(
    runtime: Runtime, clock: FixedClock, has_asked: bool
) -> None:
    async with open_shop(runtime, "notchpay") as shop:
        waiting = await offered(shop)
        yes = next(choice["id"] for choice in waiting.last["choices"] if choice["label"].startswith("Oui"))
        if has_asked:
            assert "/p/" in await waiting.taps_id(yes)
        (row,) = await query(shop.runtime, _HELD, shop.tenant.tenant_id)
        clock.set(row["hold_until"] + timedelta(seconds=1))
        assert "plus réservé" in await waiting.taps_id(yes)
        rows = await query(shop.runtime, "SELECT status FROM bookings WHERE tenant_id = $1", shop.tenant.tenant_id)
        assert "confirmed" not in {row["status"] for row in rows}


@pytest.mark.parametrize("provider", sorted(SERVERS))
async def test_part_of_a_payment_goes_back_with_the_time_whatever_the_limit(runtime: Runtime, provider: str) -> None:
    """Nothing was agreed for which a merchant could keep it."""
    async with open_shop(runtime, provider, refund_below="100") as shop:
        workers = Workers(shop)
        await shop.press(await shop.book(shop.phone()))
        shop.psp.pay(shop.newest, PROVIDERS[provider].to_units(Money(700, CURRENCY[provider])))
        await workers.work()
        for _ in range(3):
            workers.advance(timedelta(minutes=10))
            await workers.work()
        assert await money.ends(shop) == ["refunded"]
        assert await money.faults(shop) == []


async def test_a_request_that_nobody_answered_goes_back_whatever_the_limit(runtime: Runtime) -> None:
    async with open_shop(
        runtime, "notchpay", refund_below="100", requires_approval=True, approval_timeout_hours=1
    ) as shop:
        workers = Workers(shop)
        await shop.sell()
        workers.advance(timedelta(minutes=70))
        await workers.work()
        assert await money.ends(shop) == ["refunded"]
