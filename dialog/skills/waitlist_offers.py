"""The answer to a time that is held for somebody who waits: a button of it says for ever which time it was."""

from dataclasses import replace
from typing import Any

from booking import paying, waitlist
from booking.booking import Status, get
from booking.queries import BookingView, get_booking
from booking.waitlist import OfferGoneError
from booking.waitlist_rows import waits_of
from dialog.booking_steps.commit import agreed
from dialog.booking_steps.deposits import ask_to_pay
from dialog.labels import moment_words
from dialog.messages import Reply
from dialog.notices import booking_words
from dialog.session import ANY
from dialog.skills import book
from dialog.skills.menu import main_choices
from dialog.turn import CUSTOMERS, Skill, Turn
from dialog.waiting import leave_choices, wait_words

_UNPAID = (Status.HELD, Status.EXPIRED)


async def take(turn: Turn, values: dict[str, Any]) -> Reply:
    """The yes confirms the hold; after its time other times are shown, and the place in the line is kept."""
    view = await _offered(turn, values["booking_id"])
    if view is None:
        return Reply(turn.say("stale"), main_choices(turn))
    due = await _due(turn, view)
    if due is not None:
        return due
    try:
        booking = await waitlist.take(turn.uow, view.id, customer_id=turn.customer_id, now=turn.now)
    except OfferGoneError:
        return await _gone(turn, view)
    return await agreed(turn, booking)


async def _due(turn: Turn, view: BookingView) -> Reply | None:
    """The link, where a deposit has to be paid first: what is paid is taken. What has run out is not taken anew for a
    yes alone."""
    amount = await paying.due_for(turn.uow, turn.catalogue, view) if view.status in _UNPAID else None
    if amount is None:
        return None
    if view.status == Status.EXPIRED or (view.hold_until or turn.now) <= turn.now:
        return await _gone(turn, view)
    return await ask_to_pay(turn, await get(turn.uow, view.id), amount)


async def refuse(turn: Turn, values: dict[str, Any]) -> Reply:
    view = await _offered(turn, values["booking_id"])
    if view is None:
        return Reply(turn.say("stale"), main_choices(turn))
    turn.session = turn.session.without_question()
    try:
        entry = await waitlist.refuse(turn.uow, view.id, customer_id=turn.customer_id, now=turn.now)
    except OfferGoneError:
        if view.status in (Status.CONFIRMED, Status.PENDING_APPROVAL):
            return Reply(turn.say("waitlist.yours", **booking_words(view, turn.language)), main_choices(turn))
        return Reply(turn.say("nothing_more"))
    words = wait_words(turn.catalogue, entry.wanted, turn.language)
    return Reply(turn.say("waitlist.refused", **words), leave_choices(turn, entry))


async def _offered(turn: Turn, booking_id: int | None) -> BookingView | None:
    """None for what is no booking of this customer's."""
    try:
        view = await get_booking(turn.uow, booking_id or 0)
    except LookupError:
        return None
    return view if view.customer_id == turn.customer_id else None


async def _gone(turn: Turn, view: BookingView) -> Reply:
    if view.status in (Status.CONFIRMED, Status.PENDING_APPROVAL):
        return Reply(turn.say("waitlist.yours", **booking_words(view, turn.language)), main_choices(turn))
    lines = [turn.say("waitlist.gone", moment=moment_words(view.starts_at, view.zone, turn.language))]
    if any(entry.wanted.service_id == view.service_id for entry in await waits_of(turn.uow, turn.customer_id)):
        lines.append(turn.say("waitlist.still"))
    local = view.starts_at.astimezone(view.zone)
    day = local.date().isoformat() if view.starts_at > turn.now else None
    fresh = turn.session.fresh("book")
    turn.session = fresh.with_fields(service=view.service_key, staff=ANY, date=day, party_size=view.party_size)
    reply = await book.run(turn, {})
    return replace(reply, text="\n\n".join([" ".join(lines), reply.text]))


SKILL = Skill("waitlist_offers", CUSTOMERS, {"take_offer": take, "pass_offer": refuse})
