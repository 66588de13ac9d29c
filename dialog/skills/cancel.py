"""Cancelling: find the booking that is meant, show it, and cancel it after a yes to that one."""

import hashlib
from dataclasses import replace
from typing import Any

from booking import lifecycle
from booking.lifecycle import IllegalTransitionError, TooLateToCancelError
from booking.queries import BookingView, get_booking, upcoming_bookings
from dialog.labels import day_label, time_label
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, contact_words, tell_merchants
from dialog.offers import Option, ask
from dialog.taps import tap_id
from dialog.turn import CUSTOMERS, Skill, Turn


async def run(turn: Turn, values: dict[str, Any]) -> Reply:
    bookings = await upcoming_bookings(turn.uow, turn.customer_id, turn.now)
    if turn.session.booking_id is not None:
        bookings = [view for view in bookings if view.id == turn.session.booking_id]
        if not bookings:
            turn.session = turn.session.fresh()
            return Reply(turn.say("cancel.gone"), _next_steps(turn))
    if not bookings:
        turn.session = turn.session.fresh()
        return Reply(turn.say("bookings.none"), (Choice(tap_id("flow", "book"), turn.say("button.book")),))
    meant = _meant(bookings, turn.session.pointer)
    if len(meant) == 1:
        return _summary(turn, meant[0])
    turn.session = replace(turn.session, pointer=turn.session.pointer if meant else {})
    return _ask_which(turn, meant or bookings, "cancel.which" if meant else "cancel.not_found")


async def commit_cancel(turn: Turn, values: dict[str, Any]) -> Reply:
    booking_id = turn.session.booking_id
    if booking_id is None or values["draft"] != turn.session.draft:
        return await run(turn, {})
    view = await get_booking(turn.uow, booking_id)
    turn.session = turn.session.fresh()
    try:
        await lifecycle.cancel(turn.uow, booking_id, now=turn.now, by="customer", key=f"{turn.key}:cancel")
    except TooLateToCancelError:
        return await _too_late(turn, view)
    except IllegalTransitionError:
        return Reply(turn.say("cancel.gone"), _next_steps(turn))
    turn.facts["cancelled"] = booking_id
    await tell_merchants(turn, view, "merchant.cancelled")
    return Reply(turn.say("cancel.done", **booking_words(view, turn.language)), _next_steps(turn))


async def kept(turn: Turn, values: dict[str, Any]) -> Reply:
    return Reply(turn.say("kept"))


def _next_steps(turn: Turn) -> tuple[Choice, ...]:
    return (
        Choice(tap_id("flow", "book"), turn.say("button.book")),
        Choice(tap_id("flow", "list_bookings"), turn.say("button.my_bookings")),
    )


def _meant(bookings: list[BookingView], pointer: dict[str, str]) -> list[BookingView]:
    """Those that the words fit; a time that fits none is left aside where the day does ("my Friday one")."""
    found = [view for view in bookings if is_meant(view, pointer)]
    if found or "date" not in pointer:
        return found
    return [view for view in bookings if is_meant(view, {k: v for k, v in pointer.items() if k != "time"})]


def is_meant(view: BookingView, pointer: dict[str, str]) -> bool:
    """Whether the words that point at a booking fit this one."""
    local = view.starts_at.astimezone(view.zone)
    facts = {
        "date": local.date().isoformat(),
        "time": local.strftime("%H:%M"),
        "service": view.service_key,
        "staff": view.staff_key,
    }
    return all(facts.get(field, value) == value for field, value in pointer.items())


def booking_options(turn: Turn, bookings: list[BookingView]) -> list[Option]:
    options = []
    for view in bookings:
        local = view.starts_at.astimezone(view.zone)
        label = f"{day_label(local.date(), turn.language)} {time_label(local, turn.language)}"
        what = f"{view.service_name(turn.language)} · {view.staff_name}"
        options.append(Option("booking", view.id, label, tap_id("cancel", view.id), what))
    return options


def _ask_which(turn: Turn, bookings: list[BookingView], key: str) -> Reply:
    return ask(turn, "booking", turn.say(key), booking_options(turn, bookings), list_label="list.bookings")


def _summary(turn: Turn, view: BookingView) -> Reply:
    draft = hashlib.sha256(f"cancel|{view.id}|{view.sequence}".encode()).hexdigest()[:12]
    session = turn.session.without_question()
    turn.session = replace(session, flow="cancel", booking_id=view.id, question="confirm", draft=draft)
    choices = (
        Choice(tap_id("yes", draft), turn.say("button.yes_cancel")),
        Choice(tap_id("no", draft), turn.say("button.keep")),
    )
    return Reply(turn.say("cancel.summary", **booking_words(view, turn.language)), choices)


async def _too_late(turn: Turn, view: BookingView) -> Reply:
    await tell_merchants(turn, view, "merchant.wants_cancel")
    hours = turn.catalogue.rules.cancel_until_hours
    contact = await contact_words(turn)
    return Reply(turn.say("cancel.too_late", hours=hours, tenant=turn.tenant.name, contact=contact).strip())


SKILL = Skill("cancel", CUSTOMERS, {"cancel": run, "commit_cancel": commit_cancel, "kept": kept})
