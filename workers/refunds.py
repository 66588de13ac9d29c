"""Refunds: sent, looked at when there is news of them, and told to whom they concern."""

from functools import partial

from booking.queries import get_booking
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from dialog.hand_payments import ask_to_give_back
from dialog.payment_notices import ask_about_refund, tell_refunded
from payments import outside_refunds, payment, refund_returns, refunding, refunds
from payments.accounts import PaymentAccount
from payments.provider_values import EventKind, ProviderEvent, ProviderRefund, RefundState
from payments.refunds import Refund, RefundStatus
from tenants.tenant import get_tenant


async def send_refund(runtime: Runtime, tenant_id: int, refund_id: int) -> None:
    """One that has gone is looked at once more."""
    await refunding.send_refund(runtime, tenant_id, refund_id)
    await refund_returns.look_back(runtime, tenant_id, refund_id)
    await in_unit(runtime, tenant_id, partial(_tell_refund, refund_id=refund_id))


async def follow_told(runtime: Runtime, tenant_id: int, account: PaymentAccount, told: ProviderEvent) -> int | None:
    """One of which we know nothing is read before it is believed."""
    is_failed = told.kind is EventKind.REFUND_FAILED
    if found := await _look_at(runtime, tenant_id, account, told.refund_key, told.refund_id, is_failed):
        return found
    read = await account.adapter.fetch_refund(account.at(runtime), told.refund_id) if told.refund_id else None
    return await follow_refund(runtime, tenant_id, account, read) if read else None


async def follow_refund(runtime: Runtime, tenant_id: int, account: PaymentAccount, read: ProviderRefund) -> int | None:
    """One of ours is looked at; one that was made in the provider's dashboard is written down. The payment it is of,
    where there is one of ours."""
    is_failed = read.state is RefundState.FAILED
    found = await _look_at(runtime, tenant_id, account, read.refund_key, read.provider_id, is_failed)
    if found is None and read.state is RefundState.SUCCEEDED:
        made = await in_unit(runtime, tenant_id, lambda uow: outside_refunds.record(uow, account.id, read))
        if made is not None:
            await in_unit(runtime, tenant_id, partial(_tell_refund, refund_id=made.id))
            return made.payment_id
    return found


async def _look_at(
    runtime: Runtime, tenant_id: int, account: PaymentAccount, key: str, provider_id: str, is_failed: bool
) -> int | None:
    async def note(uow: UnitOfWork) -> Refund | None:
        found = await refunds.find_refund(uow, account.id, key, provider_id)
        if found is not None:
            await refunds.look_now(uow, found.id, is_failed=is_failed)
        return found

    refund = await in_unit(runtime, tenant_id, note)
    if refund is None:
        return None
    await send_refund(runtime, tenant_id, refund.id)
    return refund.payment_id


async def _tell_refund(uow: UnitOfWork, refund_id: int) -> None:
    """Once for each way it ends: the message's key says which. What nobody has decided yet is asked about."""
    refund = await refunds.get_refund(uow, refund_id)
    paid, tenant = await payment.get(uow, refund.payment_id), await get_tenant(uow)
    view = await get_booking(uow, paid.booking_id)
    if await refunds.is_to_be_asked(uow, refund_id):
        await ask_about_refund(uow, tenant, view, refund)
    elif refund.status is RefundStatus.SUBMITTED and await refunding.is_by_hand(uow, refund):
        await ask_to_give_back(uow, tenant, view, refund)
    await tell_refunded(uow, tenant, view, refund)
