"""Which of their bookings a customer means: by a button, by words that point at it, or because there is only one."""

from dataclasses import replace
from typing import Literal

from booking.queries import BookingView, unpaid_bookings, upcoming_bookings
from dialog.labels import day_label, time_label
from dialog.messages import Choice, Reply
from dialog.offers import Option, ask
from dialog.taps import tap_id
from dialog.turn import Turn

Verb = Literal["cancel", "move"]


async def find_booking(turn: Turn, verb: Verb) -> BookingView | Reply:
    """The booking that is to be cancelled or moved; else what there is to say or ask about it."""
    bookings = await upcoming_bookings(turn.uow, turn.customer_id, turn.now)
    if verb == "cancel" and turn.catalogue.pays_by:
        bookings += await unpaid_bookings(turn.uow, turn.customer_id, turn.now)
    if turn.session.booking_id is not None:
        found = next((view for view in bookings if view.id == turn.session.booking_id), None)
        return found or gone(turn, verb)
    if not bookings:
        turn.session = turn.session.fresh()
        return Reply(turn.say("bookings.none"), (Choice(tap_id("flow", "book"), turn.say("button.book")),))
    meant = _meant(bookings, turn.session.pointer)
    if len(meant) > 1 and verb == "move":
        # "my appointment with Nadia" points, though its words may as well name whom to move to
        meant = [view for view in meant if view.staff_key == turn.session.fields.get("staff")] or meant
    if len(meant) == 1:
        return meant[0]
    turn.session = replace(turn.session, pointer=turn.session.pointer if meant else {})
    text = turn.say(f"{verb}.which" if meant else f"{verb}.not_found")
    return ask(turn, "booking", text, _options(turn, meant or bookings, verb), list_label="list.bookings")


def gone(turn: Turn, verb: Verb) -> Reply:
    """It is cancelled or over by now."""
    turn.session = turn.session.fresh()
    return Reply(turn.say(f"{verb}.gone"), next_steps(turn))


def next_steps(turn: Turn) -> tuple[Choice, ...]:
    return (
        Choice(tap_id("flow", "book"), turn.say("button.book")),
        Choice(tap_id("flow", "list_bookings"), turn.say("button.my_bookings")),
    )


def _meant(bookings: list[BookingView], pointer: dict[str, str]) -> list[BookingView]:
    """Those that the words fit; a time that fits none is left aside where the day does ("my Friday one")."""
    found = [view for view in bookings if _is_meant(view, pointer)]
    if found or "date" not in pointer:
        return found
    return [view for view in bookings if _is_meant(view, {k: v for k, v in pointer.items() if k != "time"})]


def _is_meant(view: BookingView, pointer: dict[str, str]) -> bool:
    local = view.starts_at.astimezone(view.zone)
    facts = {
        "date": local.date().isoformat(),
        "time": local.strftime("%H:%M"),
        "service": view.service_key,
        "staff": view.staff_key,
        "location": view.location_key,
    }
    return all(facts.get(field, value) == value for field, value in pointer.items())


def _options(turn: Turn, bookings: list[BookingView], verb: Verb) -> list[Option]:
    options = []
    for view in bookings:
        local = view.starts_at.astimezone(view.zone)
        label = f"{day_label(local.date(), turn.language)} {time_label(local, turn.language)}"
        what = f"{view.service_name(turn.language)} · {view.staff_name}"
        options.append(Option("booking", view.id, label, tap_id(verb, view.id), what))
    return options
