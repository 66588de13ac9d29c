"""What is said about money: the link, that it came in, that it came too late or twice, that it went back."""

from booking.paying import Outcome, Settled
from booking.queries import BookingView, get_booking
from core.money import Money
from core.uow import UnitOfWork
from dialog.labels import day_label, time_label
from dialog.messages import Link, Reply
from dialog.notices import booking_words, tell_customer, tell_merchants_of
from dialog.reach import customer_conversation
from dialog.sending import notice_template, send_unasked
from dialog.texts import say
from payments.disputes import Recorded
from payments.links import link_url
from payments.payment import Payment
from payments.provider_values import DisputeState
from payments.refunds import Refund, RefundStatus, refundable
from tenants.resolve import Merchant
from tenants.tenant import Tenant


def link_words(key: str, view: BookingView, due: Payment, token: str, base_url: str, language: str) -> str:
    """A message with the link: what it is for, how much, until when."""
    return say(
        language,
        key,
        amount=due.asked.format(language),
        until=time_label(due.expires_at.astimezone(view.zone), language),
        link=link_url(base_url, token),
        **booking_words(view, language),
    )


def link_button(due: Payment, token: str, base_url: str, language: str) -> Link | None:
    """None for an address that is not public: vendors refuse such a button, and the message with it."""
    url = link_url(base_url, token)
    return Link(say(language, "pay.go", amount=due.asked.format(language)), url) if url.startswith("https:") else None


async def tell_settled(uow: UnitOfWork, tenant: Tenant, settled: Settled, *, but: Merchant | None = None) -> None:
    """One message to the customer for what came in; the merchants are told of what it booked, `but` who knows."""
    change = settled.change
    occasion = f"payment:{change.attempt.id}:{change.attempt.captured_amount}"
    view = await get_booking(uow, settled.booking.id)
    if settled.outcome is Outcome.KEPT:
        requested = view.status == "pending_approval"
        key = "payment.requested" if requested else "payment.confirmed"
        receipt = {"reference": change.attempt.quoted}
        money = change.payment.captured
        await tell_customer(uow, tenant, view, key, occasion, money=money, in_words=lambda language: receipt)
        merchant = "merchant.paid_requested" if requested else "merchant.paid"
        told = None if requested else but  # who accepts needs the buttons
        await tell_merchants_of(uow, tenant, view, merchant, occasion, but=told, money=money)
    elif settled.outcome is Outcome.UNDERPAID:
        there = await refundable(uow, change.payment)
        rest = Money(change.payment.amount - there.minor, there.currency)
        await tell_customer(uow, tenant, view, "payment.underpaid", occasion, money=rest)
    elif settled.outcome in (Outcome.TOO_LATE, Outcome.EXTRA):
        key = "payment.too_late" if settled.outcome is Outcome.TOO_LATE else "payment.extra"
        back = Money(sum(refund.amount for refund in settled.refunds), change.payment.currency)
        if back.minor:
            await tell_customer(uow, tenant, view, key, occasion, money=back)


async def tell_refunded(uow: UnitOfWork, tenant: Tenant, view: BookingView, refund: Refund) -> None:
    """When it is known to have gone, or that a person will see to it: then the merchants are told as well."""
    key = {RefundStatus.SUCCEEDED: "payment.refunded", RefundStatus.FAILED: "payment.refund_failed"}.get(refund.status)
    occasion = f"refund:{refund.id}:{refund.status}"
    if key is not None:
        await tell_customer(uow, tenant, view, key, occasion, money=refund.money)
    if refund.status is RefundStatus.FAILED:
        await tell_merchants_of(uow, tenant, view, "merchant.refund_failed", occasion, money=refund.money)


async def tell_refused(uow: UnitOfWork, tenant: Tenant, view: BookingView, refund: Refund) -> bool:
    """The merchant keeps what the customer may have counted on; False when the customer is not told."""
    occasion = f"refund:{refund.id}:{RefundStatus.REJECTED}"
    return await tell_customer(uow, tenant, view, "payment.refund_refused", occasion, money=refund.money)


async def ask_about_refund(uow: UnitOfWork, tenant: Tenant, view: BookingView, refund: Refund) -> None:
    """Owners and managers decide, with two buttons; the first answer counts."""
    buttons = (("refund", refund.id, "yes"), "button.refund"), (("refund", refund.id, "no"), "button.no_refund")
    occasion = f"refund:{refund.id}"
    await tell_merchants_of(uow, tenant, view, "merchant.refund_wanted", occasion, money=refund.money, buttons=buttons)


_DISPUTED = {
    DisputeState.OPEN: "merchant.disputed",
    DisputeState.WON: "merchant.dispute_won",
    DisputeState.LOST: "merchant.dispute_lost",
}


async def tell_disputed(uow: UnitOfWork, tenant: Tenant, view: BookingView, told: Recorded) -> None:
    """Owners and managers hear that a customer's bank wants the money back, and how that ended."""

    def due(language: str) -> dict[str, str]:
        if told.state is not DisputeState.OPEN or told.due_by is None:
            return {"due": ""}
        day = day_label(told.due_by.astimezone(view.zone).date(), language)
        return {"due": " " + say(language, "merchant.dispute_due", day=day)}

    occasion = f"dispute:{told.id}"
    await tell_merchants_of(uow, tenant, view, _DISPUTED[told.state], occasion, money=told.amount, in_words=due)


async def remind_of_link(
    uow: UnitOfWork, tenant: Tenant, view: BookingView, due: Payment, token: str, base_url: str
) -> None:
    """Shortly before the hold ends, once."""
    conversation = await customer_conversation(uow, view.conversation_id)
    if conversation is None:
        return
    language, key = conversation.language or tenant.languages[0], "payment.ends_soon"
    text = link_words(key, view, due, token, base_url, language)
    template, link = notice_template(key, language, text), link_button(due, token, base_url, language)
    await send_unasked(uow, conversation, Reply(text, template=template, link=link), f"payment:{due.id}:ends", "notice")
