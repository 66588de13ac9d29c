"""What is said about money that is paid by hand: how to pay, that it was sent, that it came, that it has to go back."""

from collections.abc import Mapping

from booking.keeping import keep_while_paying
from booking.queries import BookingView, get_booking
from core.uow import UnitOfWork
from dialog.labels import moment_words
from dialog.messages import Choice
from dialog.notices import Button, InWords, booking_words, tell_customer, tell_merchants_of
from dialog.taps import tap_id
from dialog.texts import say
from payments import by_hand, payment
from payments.by_hand import ByHand
from payments.links import link_url
from payments.payment import Payment
from payments.refunds import Refund
from tenants.tenant import Tenant


def hand_words(view: BookingView, due: Payment, hand: ByHand, tenant: Tenant, language: str) -> dict[str, str]:
    """What every sentence about such a payment is filled with."""
    return booking_words(view, language) | {
        "tenant": tenant.name,
        "amount": due.asked.format(language),
        "until": moment_words(due.expires_at, view.zone, language),
        "reference": hand.reference,
        "how": hand.account.instructions(language) or say(language, "payment.as_agreed", tenant=tenant.name),
    }


def how_to_pay(words: Mapping[str, str], token: str, base_url: str, language: str) -> str:
    """To whom and how, till when; the link leads to the same on a page."""
    return say(language, "payment.ask_by_hand", link=link_url(base_url, token), **words)


def have_paid(due: Payment, language: str) -> Choice:
    values, label = _paid(due)
    return Choice(tap_id(*values), say(language, label))


def _paid(due: Payment) -> Button:
    return ("paid", due.id), "button.have_paid"


async def ask_merchants(
    uow: UnitOfWork, tenant: Tenant, view: BookingView, due: Payment, hand: ByHand, *, is_claimed: bool = False
) -> None:
    """Owners and managers say whether it came, with two buttons: once when the time is held, once each time that the
    customer says it was paid."""
    key = "merchant.said_paid" if is_claimed else "merchant.to_be_paid"
    in_words, buttons = _in_words(view, due, hand, tenant), _ways(due, hand)
    await tell_merchants_of(uow, tenant, view, key, f"attempt:{hand.attempt.id}", buttons=buttons, in_words=in_words)


def _ways(due: Payment, hand: ByHand) -> tuple[Button, Button]:
    return (
        (("got", due.id, hand.attempt.id, "yes"), "button.received"),
        (("got", due.id, hand.attempt.id, "no"), "button.not_received"),
    )


async def remind_merchants(uow: UnitOfWork, tenant: Tenant, view: BookingView, due: Payment, hand: ByHand) -> None:
    """The time ends soon and nobody has answered."""
    in_words, buttons = _in_words(view, due, hand, tenant), _ways(due, hand)
    occasion = f"attempt:{hand.attempt.id}:ends"
    await tell_merchants_of(uow, tenant, view, "merchant.said_paid", occasion, buttons=buttons, in_words=in_words)


async def tell_over(uow: UnitOfWork, tenant: Tenant, view: BookingView) -> None:
    """Nobody has said in time that it came: the customer and those who would know are told, each once. What has come
    after all may still be said."""
    for due in await payment.of_booking(uow, view.id):
        hand = await by_hand.find(uow, due.id)
        if hand is None or due.is_paid:
            continue
        in_words, occasion = _in_words(view, due, hand, tenant), f"payment:{due.id}:over"
        await tell_customer(uow, tenant, view, "payment.hand_over", occasion, in_words=in_words, buttons=(_paid(due),))
        came, _ = _ways(due, hand)
        await tell_merchants_of(uow, tenant, view, "merchant.hand_over", occasion, buttons=(came,), in_words=in_words)


async def tell_given_up(uow: UnitOfWork, tenant: Tenant, view: BookingView) -> None:
    """The customer does not want it any more; what has come all the same may still be said."""
    for due in await payment.of_booking(uow, view.id):
        hand = await by_hand.find(uow, due.id)
        if hand is not None:
            in_words, (came, _) = _in_words(view, due, hand, tenant), _ways(due, hand)
            key, occasion = "merchant.hand_given_up", f"payment:{due.id}"
            await tell_merchants_of(uow, tenant, view, key, occasion, buttons=(came,), in_words=in_words)


async def claim(uow: UnitOfWork, tenant: Tenant, payment_id: int) -> tuple[Payment, ByHand] | None:
    """The customer says that it was paid: the merchants are asked, and the time is kept while they look. None where
    that is known already, or not paid by hand."""
    now = uow.runtime.clock.now()
    claimed = await by_hand.claim(uow, payment_id, now=now)
    if claimed is None:
        return None
    await keep_while_paying(uow, payment_id, now=now)
    due = await payment.get(uow, payment_id)
    await ask_merchants(uow, tenant, await get_booking(uow, due.booking_id), due, claimed, is_claimed=True)
    return due, claimed


async def tell_missed(uow: UnitOfWork, tenant: Tenant, view: BookingView, due: Payment, hand: ByHand) -> bool:
    """Nothing has come yet; whether the customer is told."""
    is_held = due.may_be_paid and view.status == "held"
    key = "payment.not_arrived" if is_held else "payment.not_arrived_late"
    in_words, occasion = _in_words(view, due, hand, tenant), f"attempt:{hand.attempt.id}:missed"
    return await tell_customer(uow, tenant, view, key, occasion, in_words=in_words, buttons=(_paid(due),))


async def tell_given_back(uow: UnitOfWork, tenant: Tenant, view: BookingView, refund: Refund) -> None:
    occasion = f"refund:{refund.id}:{refund.status}"
    await tell_customer(uow, tenant, view, "payment.given_back", occasion, money=refund.money)


async def ask_to_give_back(uow: UnitOfWork, tenant: Tenant, view: BookingView, refund: Refund) -> None:
    """No provider can: owners and managers do, and say so with a button; asked once."""
    buttons: tuple[Button, ...] = ((("gave", refund.id), "button.given_back"),)
    occasion = f"refund:{refund.id}:by_hand"
    await tell_merchants_of(uow, tenant, view, "merchant.give_back", occasion, money=refund.money, buttons=buttons)


def _in_words(view: BookingView, due: Payment, hand: ByHand, tenant: Tenant) -> InWords:
    return lambda language: hand_words(view, due, hand, tenant, language)
