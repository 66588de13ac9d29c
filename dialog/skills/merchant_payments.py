"""What was paid by hand, as the people of the business say it: it came, it did not, it was given back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from booking import paying
from booking.paying import Outcome
from booking.queries import BookingView, get_booking
from dialog.hand_payments import hand_words, tell_given_back, tell_missed
from dialog.labels import day_label, time_label
from dialog.merchant_words import CallOff
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, customer_words
from dialog.offers import Option, ask
from dialog.payment_notices import tell_settled
from dialog.skills.merchant import is_meant, welcome
from dialog.taps import id_of, tap_id
from dialog.turn import MERCHANTS, Skill, Turn
from payments import by_hand, payment, refunding, refunds
from payments.payment import Payment

_WAYS = ("yes", "no")
_LOOK_BACK = timedelta(days=7)
_SHOWN = 10


async def came(turn: Turn, values: dict[str, Any]) -> Reply:
    """The first answer counts; who comes later is told how it stands. That it came may be said at any time."""
    payment_id, attempt_id, way = (*values["values"], "", "", "")[:3]
    number, attempt = id_of(payment_id), id_of(attempt_id)
    if number is None or attempt is None or way not in _WAYS or not _may_say(turn):
        return await welcome(turn, {})
    try:
        view = await get_booking(turn.uow, (await payment.lock(turn.uow, number)).booking_id)
    except LookupError:
        return await welcome(turn, {})
    return await (_received(turn, number, view) if way == "yes" else _missed(turn, number, attempt, view))


async def paid_by_name(turn: Turn, values: dict[str, Any]) -> Reply:
    """Noted at once where one is meant, else asked which; what is still held comes before what is over."""
    if not _may_say(turn):
        return await welcome(turn, {})
    turn.session = turn.session.fresh()
    order, found = CallOff(values["name"], None, None), []
    for due in await by_hand.unpaid(turn.uow, since=turn.now - _LOOK_BACK):
        view = await get_booking(turn.uow, due.booking_id)
        if is_meant(view, order):
            found.append((due, view))
    meant = [(due, view) for due, view in found if due.may_be_paid] or found
    if not meant:
        return Reply(turn.say("merchant.none_to_be_paid"), (Choice(tap_id("day"), turn.say("button.today")),))
    if len(meant) > 1:
        return await _ask_which(turn, meant)
    (due, view) = meant[0]
    await payment.lock(turn.uow, due.id)
    return await _received(turn, due.id, view)


async def _ask_which(turn: Turn, meant: Sequence[tuple[Payment, BookingView]]) -> Reply:
    options = []
    for due, view in meant[:_SHOWN]:
        hand = await by_hand.find(turn.uow, due.id)
        local = view.starts_at.astimezone(view.zone)
        label = f"{day_label(local.date(), turn.language)} {time_label(local, turn.language)}"
        what = f"{view.customer_name or turn.say('customer.unnamed')} · {due.asked.format(turn.language)}"
        tap = tap_id("got", due.id, hand.attempt.id if hand else 0, "yes")
        options.append(Option("booking", view.id, label, tap, what))
    return ask(turn, "booking", turn.say("merchant.which_paid"), options, list_label="list.bookings")


async def _received(turn: Turn, payment_id: int, view: BookingView) -> Reply:
    merchant = turn.who.merchant
    assert merchant is not None
    change = await by_hand.received(turn.uow, payment_id, by=merchant.id, now=turn.now)
    if change is None:
        return await _stands(turn, payment_id, view)
    settled = await paying.settle(turn.uow, change, now=turn.now)
    await tell_settled(turn.uow, turn.tenant, settled, but=merchant)
    turn.facts["paid"] = view.id
    key = "merchant.got" if settled.outcome is Outcome.KEPT else "merchant.got_too_late"
    return Reply(turn.say(key, **_words(turn, view), amount=change.payment.captured.format(turn.language)))


async def _missed(turn: Turn, payment_id: int, attempt_id: int, view: BookingView) -> Reply:
    hand = await by_hand.missed(turn.uow, attempt_id, payment_id)
    if hand is None:
        return await _stands(turn, payment_id, view)
    due = await payment.get(turn.uow, payment_id)
    is_told = await tell_missed(turn.uow, turn.tenant, view, due, hand)
    words = _words(turn, view) | hand_words(view, due, hand, turn.tenant, turn.language)
    told = turn.say("merchant.told" if is_told else "merchant.not_told")
    return Reply(f"{turn.say('merchant.not_got', **words)} {told}")


async def _stands(turn: Turn, payment_id: int, view: BookingView) -> Reply:
    """Somebody else has said it before."""
    paid = await payment.get(turn.uow, payment_id)
    key = "merchant.got_before" if paid.captured_amount else "merchant.not_got_before"
    return Reply(turn.say(key, **_words(turn, view), amount=paid.asked.format(turn.language)))


async def given_back(turn: Turn, values: dict[str, Any]) -> Reply:
    """Once; the customer is told."""
    refund_id = values["refund_id"]
    if refund_id is None or not _may_say(turn):
        return await welcome(turn, {})
    try:
        asked = await refunds.get_refund(turn.uow, refund_id)
    except LookupError:
        return await welcome(turn, {})
    merchant = turn.who.merchant
    done = await refunding.given_back(turn.uow, refund_id, by=f"merchant:{merchant.id if merchant else 0}")
    view = await get_booking(turn.uow, (await payment.get(turn.uow, asked.payment_id)).booking_id)
    words = _words(turn, view) | {"amount": asked.money.format(turn.language)}
    if done is None:
        stands = await refunds.get_refund(turn.uow, refund_id)
        return Reply(turn.say(f"refund.{stands.status}", **words))
    await tell_given_back(turn.uow, turn.tenant, view, done)
    return Reply(turn.say("merchant.gave", **words))


def _may_say(turn: Turn) -> bool:
    """About money owners and managers speak."""
    merchant = turn.who.merchant
    return merchant is not None and merchant.role != "staff"


def _words(turn: Turn, view: BookingView) -> dict[str, str]:
    return booking_words(view, turn.language) | {"customer": customer_words(view, turn.language)}


SKILL = Skill(
    "merchant_payments",
    MERCHANTS,
    {"came_by_hand": came, "paid_by_name": paid_by_name, "given_back": given_back},
)
