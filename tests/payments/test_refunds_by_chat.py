"""Refunds above the limit: who is in charge decides in chat, and the customer hears of it."""

from core.runtime import Runtime
from core.uow import unit_of_work
from tests.support.phone import Phone
from tests.support.psp import Shop, open_shop


async def cancel_paid(shop: Shop) -> Phone:
    """A customer who paid and will not come."""
    phone = await shop.sell()
    await phone.reads()
    await phone.writes("annuler mon rendez-vous")
    await phone.taps("Oui")
    await shop.work()
    return phone


async def test_a_large_refund_waits_for_a_person(runtime: Runtime) -> None:
    async with open_shop(runtime, "stripe", refund_below="1000") as shop:
        await cancel_paid(shop)
        assert await shop.stored() == ("cancelled", "paid", 1500, 0)
        owner = shop.owner()
        assert "Dois-je rembourser" in await owner.reads()
        assert "1 500" in await owner.taps("Rembourser")
        await shop.work()
        assert await shop.stored() == ("cancelled", "refunded", 1500, 1500)


async def test_who_is_no_longer_in_charge_decides_on_no_refund(runtime: Runtime) -> None:
    async with open_shop(runtime, "stripe", refund_below="1000") as shop:
        phone, owner = await cancel_paid(shop), shop.owner()
        await owner.reads()
        refund = owner.last["choices"][0]
        for change in ("role = 'staff'", "active = false"):
            async with unit_of_work(shop.runtime, shop.tenant.tenant_id) as uow:
                await uow.driver.execute(f"UPDATE merchants SET {change} WHERE tenant_id = $1", uow.tenant_id)
            await owner.taps_id(refund["id"], refund["label"])
        await phone.taps_id(refund["id"], refund["label"])
        await shop.work()
        assert await shop.stored() == ("cancelled", "paid", 1500, 0)


async def test_a_customer_is_told_that_a_refund_was_refused(runtime: Runtime) -> None:
    async with open_shop(runtime, "stripe", refund_below="1000") as shop:
        phone, owner = await cancel_paid(shop), shop.owner()
        await owner.reads()
        keep = owner.last["choices"][1]
        assert "Le client est prévenu" in await owner.taps_id(keep["id"], keep["label"])
        assert "ne rembourse pas 1 500" in await phone.reads()
        await owner.taps_id(keep["id"], keep["label"])
        await shop.later(days=1)
        assert await phone.received() == []
        assert await shop.stored() == ("cancelled", "paid", 1500, 0)
