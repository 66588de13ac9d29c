"""Did my payment go through? What is known of the customer's latest one; the link again where it is still open."""

from datetime import timedelta

from booking.queries import BookingView, get_booking
from core.money import Money
from dialog.hand_payments import hand_words, how_to_pay
from dialog.notices import booking_words
from dialog.payment_notices import link_words
from dialog.turn import Turn
from payments import by_hand, links, payment
from payments.attempts import attempts_of
from payments.by_hand import ByHand
from payments.payment import Payment

_ASKED_ABOUT_FOR = timedelta(days=30)


async def how_it_stands(turn: Turn) -> str:
    """Empty where there was nothing to pay lately. The provider is asked again behind this answer."""
    latest = await payment.latest_of(turn.uow, turn.customer_id, since=turn.now - _ASKED_ABOUT_FOR)
    if latest is None:
        return ""
    view = await get_booking(turn.uow, latest.booking_id)
    words = booking_words(view, turn.language)
    if latest.captured_amount:
        key, amount = _what_came(latest)
        return turn.say(key, amount=amount.format(turn.language), **words)
    hand = await by_hand.find(turn.uow, latest.id)
    if hand is not None and hand.is_claimed:
        return turn.say("payment.is_claimed", **hand_words(view, latest, hand, turn.tenant, turn.language))
    for attempt in await attempts_of(turn.uow, latest.id):
        turn.uow.wake("payment", attempt.id)
    if latest.may_be_paid and view.status == "held" and latest.expires_at > turn.now:
        return f"{turn.say('payment.not_yet')}\n\n{await _asked_again(turn, view, latest, hand)}"
    return turn.say("payment.never_came", **words)


def _what_came(latest: Payment) -> tuple[str, Money]:
    if latest.refunded_amount:
        return "payment.has_gone_back", Money(latest.refunded_amount, latest.currency)
    if not latest.is_paid:
        return "payment.underpaid", Money(latest.amount - latest.captured_amount, latest.currency)
    return "payment.has_come", latest.asked


async def _asked_again(turn: Turn, view: BookingView, due: Payment, hand: ByHand | None) -> str:
    token, base_url = await links.issue(turn.uow, due, now=turn.now), turn.uow.runtime.settings.base_url
    if hand is None:
        return link_words("payment.ask", view, due, token, base_url, turn.language)
    return how_to_pay(hand_words(view, due, hand, turn.tenant, turn.language), token, base_url, turn.language)
