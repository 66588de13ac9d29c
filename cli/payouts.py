"""`booka payments payouts`: what businesses are due and were paid, and one payout now."""

from dataclasses import asdict
from functools import partial
from typing import Any

from cli.payments import as_line, lines_of, tenant_named
from core.errors import InputError
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from payments.accounts import active_accounts
from payments.payout_standing import Outlet, standing
from payments.payouts import Payout, draft, get_payout
from tenants.tenant import get_tenant
from workers.payouts import send

_SHOWN = 10


async def show_payouts(runtime: Runtime, tenant: str | None) -> str:
    """One tenant a line: those that have, or had, something to pay out."""

    async def read(uow: UnitOfWork) -> list[str]:
        now = await standing(uow, payouts=_SHOWN)
        said = {
            "tenant": (await get_tenant(uow)).key,
            "currency": now.payable.currency,
            "payable": now.payable.minor,
            "paused_by": [{"case": case.id, "kind": case.kind, "note": case.note} for case in now.pauses],
            "next_payout_at": now.next_at,
            "accounts": [_outlet(outlet) for outlet in now.outlets],
            "payouts": [_payout(payout) for payout in now.payouts],
        }
        return [as_line(said)] if now.outlets or now.payable.minor or now.payouts else []

    return await lines_of(runtime, tenant, read)


async def pay_out_now(runtime: Runtime, tenant: str) -> str:
    """All that is due, without waiting for a day; a line for each payout as it stands. Raises InputError when nothing
    can go out."""
    tenant_id = await tenant_named(runtime, tenant)

    async def draft_all(uow: UnitOfWork) -> list[Payout]:
        made = [await draft(uow, account) for account in await active_accounts(uow)]
        return [payout for payout in made if payout is not None]

    made = await in_unit(runtime, tenant_id, draft_all)
    if not made:
        raise InputError([f"{tenant}: nothing is due, less than the minimum, or the last payout is still under way"])
    for payout in made:
        await send(runtime, tenant_id, payout.id)
    stored = [await in_unit(runtime, tenant_id, partial(get_payout, payout_id=payout.id)) for payout in made]
    return "\n".join(as_line({"tenant": tenant} | _payout(payout)) for payout in stored)


def _outlet(outlet: Outlet) -> dict[str, Any]:
    account = outlet.account
    return {
        "account": account.account,
        "provider": account.provider,
        "schedule": account.payout_schedule,
        "minimum": account.payout_minimum,
        "next_payout_at": outlet.next_at,
        "due": outlet.due.minor,
    }


def _payout(payout: Payout) -> dict[str, Any]:
    shown = ("id", "amount", "currency", "status", "reference", "provider_id", "created_at", "done_at", "tries")
    return {name: value for name, value in asdict(payout).items() if name in shown}
