"""What a provider lists of a window, to its last page, as it is held against ours."""

from dataclasses import dataclass

from core.runtime import Runtime
from payments.accounts import PaymentAccount
from payments.provider import Window
from payments.provider_values import (
    PaymentIds,
    PayoutState,
    ProviderDispute,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundState,
)
from payments.reconciliation import SETTLED, Entry, Item, Kind

_GONE = (PayoutState.FAILED, PayoutState.REVERSED)


@dataclass(frozen=True, slots=True)
class Listing:
    payments: tuple[ProviderPayment, ...] = ()
    refunds: tuple[ProviderRefund, ...] = ()
    disputes: tuple[ProviderDispute, ...] = ()
    payouts: tuple[ProviderPayout, ...] = ()

    def __add__(self, other: "Listing") -> "Listing":
        return Listing(
            self.payments + other.payments,
            self.refunds + other.refunds,
            self.disputes + other.disputes,
            self.payouts + other.payouts,
        )


async def fetch(runtime: Runtime, account: PaymentAccount, window: Window) -> Listing:
    """Raises the failures of the provider: half a listing is none."""
    adapter, at, can = account.adapter, account.at(runtime), account.adapter.capabilities
    return Listing(
        tuple([payment async for payment in adapter.list_payments(at, window)]),
        tuple([refund async for refund in adapter.list_refunds(at, window)]),
        tuple([dispute async for dispute in adapter.list_disputes(at, window)]) if can.disputes else (),
        tuple([payout async for payout in adapter.list_payouts(at, window)]) if can.payouts else (),
    )


async def look_up(runtime: Runtime, account: PaymentAccount, item: Item) -> Listing:
    """What is ours and was not listed, asked for by its names: listings may go by another time than we do."""
    adapter, at = account.adapter, account.at(runtime)
    ids = item.own.ids if item.own else PaymentIds()
    if item.kind is Kind.PAYMENT:
        payment = await adapter.fetch_payment(at, ids)
        return Listing(payments=(payment,) if payment else ())
    if item.kind is Kind.REFUND and ids.provider_id:
        refund = await adapter.fetch_refund(at, ids.provider_id)
        return Listing(refunds=(refund,) if refund else ())
    if item.kind is Kind.DISPUTE:
        dispute = await adapter.fetch_dispute(at, ids.provider_id)
        return Listing(disputes=(dispute,) if dispute else ())
    if item.kind is Kind.PAYOUT:
        payout = await adapter.fetch_payout(at, reference=ids.reference, provider_id=ids.provider_id)
        return Listing(payouts=(payout,) if payout else ())
    return Listing()


def entries(listing: Listing) -> list[Entry]:
    """What brought or took money: what is pending or failed has no counterpart to be missed."""
    return [
        *(_payment(one) for one in listing.payments if one.captured and one.captured.minor),
        *(_refund(one) for one in listing.refunds if one.state is RefundState.SUCCEEDED),
        *(_dispute(one) for one in listing.disputes),
        *(_payout(one) for one in listing.payouts if one.state not in _GONE),
    ]


def _payment(one: ProviderPayment) -> Entry:
    assert one.captured
    return Entry(Kind.PAYMENT, one.ids, one.captured, SETTLED, one.fee)


def _refund(one: ProviderRefund) -> Entry:
    return Entry(Kind.REFUND, PaymentIds(one.refund_key, one.provider_id), one.amount, SETTLED)


def _dispute(one: ProviderDispute) -> Entry:
    return Entry(Kind.DISPUTE, PaymentIds(provider_id=one.provider_id), one.amount, one.state)


def _payout(one: ProviderPayout) -> Entry:
    return Entry(Kind.PAYOUT, PaymentIds(one.reference, one.provider_id), one.amount)
