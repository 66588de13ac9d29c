"""Did my payment go through? What is known of the customer's latest one; the link again where it is still open."""

from datetime import timedelta

from booking.queries import get_booking
from core.money import Money
from dialog.notices import booking_words
from dialog.payment_notices import link_words
from dialog.turn import Turn
from payments import links, payment
from payments.attempts import attempts_of

_ASKED_ABOUT_FOR = timedelta(days=30)


async def how_it_stands(turn: Turn) -> str:
    """Empty where there was nothing to pay lately. The provider is asked again behind this answer."""
    latest = await payment.latest_of(turn.uow, turn.customer_id, since=turn.now - _ASKED_ABOUT_FOR)
    if latest is None:
        return ""
    view = await get_booking(turn.uow, latest.booking_id)
    words = booking_words(view, turn.language)
    if latest.captured_amount:
        back = latest.refunded_amount or 0
        amount = latest.asked if not back else Money(back, latest.currency)
        return turn.say(
            "payment.has_gone_back" if back else "payment.has_come", amount=amount.format(turn.language), **words
        )
    for attempt in await attempts_of(turn.uow, latest.id):
        turn.uow.wake("payment", attempt.id)
    if latest.may_be_paid and view.status == "held" and latest.expires_at > turn.now:
        token = await links.issue(turn.uow, latest, now=turn.now)
        not_yet = turn.say("payment.not_yet")
        base_url = turn.uow.runtime.settings.base_url
        return f"{not_yet}\n\n{link_words('payment.ask', view, latest, token, base_url, turn.language)}"
    return turn.say("payment.never_came", **words)
