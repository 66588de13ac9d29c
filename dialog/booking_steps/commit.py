"""The yes: hold and confirm in the transaction of the turn, or ask for the deposit, and say what was stored."""

from contextlib import suppress
from datetime import datetime

from booking import lifecycle
from booking.booking import TooManyNoShowsError
from booking.lifecycle import Booking, NotBookableError, SlotTakenError, TooManyBookingsError
from booking.queries import BookingView, get_booking
from booking.visit import Visit
from dialog.booking_steps.deposits import ask_to_pay, due_of
from dialog.booking_steps.free import free_slots
from dialog.booking_steps.refusals import refuse_no_shows
from dialog.booking_steps.series import answer_booked, commit_series
from dialog.booking_steps.summary import part_lines
from dialog.booking_steps.when import offer_times
from dialog.booking_steps.wish import Wish
from dialog.calendar_file import calendar_file
from dialog.labels import price_label
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, tell_merchants
from dialog.policy import policy_words
from dialog.taps import tap_id
from dialog.turn import Turn


async def commit(turn: Turn, wish: Wish) -> Reply:
    """Books the slot of the summary, or offers other times at once when it is gone."""
    starts_at = datetime.fromisoformat(turn.session.fields["instant"])
    try:
        booking = await _hold(turn, wish, starts_at)
        due = due_of(turn, wish, tuple(turn.session.fields["shown_staff"]))
        asked = await ask_to_pay(turn, booking, due) if due else None
        if asked is not None:
            return asked
        await lifecycle.confirm(turn.uow, booking.id, now=turn.now)
    except (SlotTakenError, NotBookableError):
        return await offer_others(turn, wish, starts_at)
    except TooManyBookingsError as error:
        return _too_many(turn, error)
    except TooManyNoShowsError as error:
        return await refuse_no_shows(turn, wish, starts_at, error)
    return await agreed(turn, booking)


async def agreed(turn: Turn, booking: Booking) -> Reply:
    """What a yes led to, as it is stored; the merchants concerned are told."""
    view = await get_booking(turn.uow, booking.id)
    turn.session = turn.session.fresh()
    turn.facts["booked"] = view.id
    await tell_merchants(turn, view, "merchant.requested" if view.status == "pending_approval" else "merchant.booked")
    return Reply(_answer(turn, view), document=await calendar_file(turn.uow, turn.language, view))


async def commit_recurring(turn: Turn, wish: Wish, draft: str) -> Reply | None:
    """All dates of the summary; None where they are no longer those, so that it is shown again."""
    try:
        views = await commit_series(turn, wish, draft)
    except TooManyBookingsError as error:
        return _too_many(turn, error)
    except TooManyNoShowsError as error:
        return await refuse_no_shows(turn, wish, datetime.fromisoformat(turn.session.fields["instant"]), error)
    return await answer_booked(turn, views) if views else None


async def _hold(turn: Turn, wish: Wish, starts_at: datetime) -> Booking:
    """With those who were shown, else with others who will do, at the price that was shown."""
    *others, last = wish.as_shown(tuple(turn.session.fields["shown_staff"]))
    for visit in others:
        with suppress(SlotTakenError, NotBookableError):
            return await _hold_visit(turn, visit, starts_at)
    return await _hold_visit(turn, last, starts_at)


async def _hold_visit(turn: Turn, visit: Visit, starts_at: datetime) -> Booking:
    return await lifecycle.hold(
        turn.uow,
        turn.catalogue,
        visit,
        key=f"{turn.key}:hold",
        customer_id=turn.customer_id,
        starts_at=starts_at,
        now=turn.now,
        conversation_id=turn.conversation.id,
    )


async def offer_others(turn: Turn, wish: Wish, starts_at: datetime) -> Reply:
    """What was wished for is gone: other times of that day at once."""
    local = starts_at.astimezone(wish.zone)
    turn.facts["conflict"] = True
    turn.session = turn.session.without_question().with_fields(instant=None, time=None)
    slots = await free_slots(turn, wish, local.date(), local.date())
    return await offer_times(turn, wish, local.date(), slots, lost=local)


def _too_many(turn: Turn, error: TooManyBookingsError) -> Reply:
    """The wish is over: what is said next is about the bookings that stand, "cancel the one of Friday"."""
    turn.session = turn.session.fresh()
    choices = (
        Choice(tap_id("flow", "cancel"), turn.say("button.cancel")),
        Choice(tap_id("flow", "list_bookings"), turn.say("button.my_bookings")),
        Choice(tap_id("person"), turn.say("button.person")),
    )
    return Reply(turn.say(error.reply_key, **error.facts), choices)


def _answer(turn: Turn, view: BookingView) -> str:
    words = booking_words(view, turn.language)
    if view.status == "pending_approval":
        return turn.say("book.requested", **words)
    words["price"] = price_label(view.price, turn.language)
    if len(view.parts) == 1:
        text = turn.say("book.confirmed", **words)
    else:
        named = [(part.starts_at, part.name(turn.language), ", ".join(part.staff_names)) for part in view.parts]
        text = turn.say("book.visit_confirmed", parts=part_lines(named, view.zone, turn.language), **words)
    return "\n\n".join(filter(None, (text, policy_words(turn.tenant, turn.language, view.price))))
