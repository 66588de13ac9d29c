"""Did my payment go through? What is known of the customer's latest one; the link again where it is still open."""

from dataclasses import replace
from datetime import timedelta

from booking.queries import BookingView, get_booking
from core.money import Money
from dialog.hand_payments import hand_words, have_paid, how_to_pay
from dialog.messages import Reply
from dialog.notices import booking_words
from dialog.paid_notes import going_back_words
from dialog.payment_notices import link_button, link_words
from dialog.turn import Turn
from payments import by_hand, links, payment
from payments.attempts import attempts_of
from payments.by_hand import ByHand
from payments.payment import Payment
from payments.refunds import RefundStatus, refunds_of
from payments.standing import standing_of

_ASKED_ABOUT_FOR = timedelta(days=30)


async def how_it_stands(turn: Turn) -> tuple[Reply | None, bool]:
    """And whether it is still awaited. None where there was nothing to pay lately. The provider is asked again behind
    this answer."""
    latest = await payment.latest_of(turn.uow, turn.customer_id, since=turn.now - _ASKED_ABOUT_FOR)
    if latest is None:
        return None, False
    view = await get_booking(turn.uow, latest.booking_id)
    if latest.captured_amount:
        return await _has_come(turn, view, latest)
    words = booking_words(view, turn.language)
    hand = await by_hand.find(turn.uow, latest.id)
    if hand is not None and hand.is_claimed:
        return Reply(turn.say("payment.is_claimed", **hand_words(view, latest, hand, turn.tenant, turn.language))), True
    for attempt in await attempts_of(turn.uow, latest.id):
        turn.uow.wake("payment", attempt.id)
    if latest.may_be_paid and view.status == "held" and latest.expires_at > turn.now:
        token = await links.issue(turn.uow, latest, now=turn.now)
        again = link_reply(turn, view, latest, hand, token)
        return replace(again, text=f"{turn.say('payment.not_yet')}\n\n{again.text}"), True
    return Reply(turn.say("payment.never_came", **words)), False


async def _has_come(turn: Turn, view: BookingView, paid: Payment) -> tuple[Reply, bool]:
    """All of it or a part; and what of it is back, on its way back, or could not be given back."""
    language, words = turn.language, booking_words(view, turn.language)
    if not paid.is_paid and view.status == "held":
        rest = Money(paid.amount - paid.captured_amount, paid.currency)
        return Reply(turn.say("payment.underpaid", amount=rest.format(language), **words)), True
    made = await refunds_of(turn.uow, paid.id)
    if made and made[-1].status is RefundStatus.FAILED:
        amount = made[-1].money.format(language)
        return Reply(turn.say("payment.refund_failed", amount=amount, tenant=turn.tenant.name, **words)), False
    key = "payment.has_gone_back" if paid.refunded_amount else "payment.has_come"
    amount = Money(paid.refunded_amount or paid.captured_amount, paid.currency).format(language)
    going = await going_back_words(turn.uow, await standing_of(turn.uow, view.id), turn.tenant.name, language)
    return Reply(" ".join(filter(None, (turn.say(key, amount=amount, **words), going)))), False


def link_reply(turn: Turn, view: BookingView, due: Payment, hand: ByHand | None, token: str) -> Reply:
    """How to pay what is held, with the link; a button leads to it, or says that it was paid by hand."""
    base_url, language = turn.uow.runtime.settings.base_url, turn.language
    if hand is None:
        text = link_words("payment.ask", view, due, token, base_url, language)
        return Reply(text, link=link_button(due, token, base_url, language))
    words = hand_words(view, due, hand, turn.tenant, language)
    return Reply(how_to_pay(words, token, base_url, language), (have_paid(due, language),))
