"""The waiting lists: time that is free is offered to the first in line; who does not answer is told, and put back."""

from booking.catalogue_rows import load_catalogue
from booking.waitlist_offers import offer_next, settle
from core.queue import Wake
from core.runtime import Runtime
from core.uow import UnitOfWork, call_across_tenants, in_unit
from dialog.waiting_notices import out_of_reach, tell_in_vain, tell_lapsed, tell_offer

_LISTS = "SELECT tenant_id FROM waiting_lists()"
_SPREAD_S = 20
_AT_ONCE = 50


async def wake_lists(runtime: Runtime) -> None:
    """Every list in which somebody waits: also a new day, other opening hours and a lost wake-up free time. Spread over
    the time till the next round."""
    rows = await call_across_tenants(runtime, _LISTS)
    wakes: list[Wake] = [
        ("waitlist", row["tenant_id"], row["tenant_id"], _SPREAD_S * position / len(rows))
        for position, row in enumerate(rows)
    ]
    await runtime.queue.wake_many(wakes)


async def move_on(runtime: Runtime, tenant_id: int, _: int) -> None:
    """One offer a transaction, till there is no more to offer; the last of many leave the rest to another job."""
    await in_unit(runtime, tenant_id, _settle)
    for _n in range(_AT_ONCE):
        if not await in_unit(runtime, tenant_id, _offer):
            return
    await runtime.queue.wake("waitlist", tenant_id, tenant_id)


async def _settle(uow: UnitOfWork) -> None:
    catalogue = await load_catalogue(uow)
    settled = await settle(uow, catalogue, now=uow.runtime.clock.now())
    for lapsed in settled.lapsed:
        await tell_lapsed(uow, catalogue.tenant, lapsed)
    for entry in settled.in_vain:
        await tell_in_vain(uow, catalogue, entry)


async def _offer(uow: UnitOfWork) -> bool:
    """Held and told in one transaction: neither is there without the other."""
    catalogue = await load_catalogue(uow)
    unheard = await out_of_reach(uow)
    offer = await offer_next(uow, catalogue, now=uow.runtime.clock.now(), passing_over=unheard)
    if offer is None:
        return False
    await tell_offer(uow, catalogue.tenant, offer)
    return True
