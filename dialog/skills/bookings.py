"""My bookings: what lies ahead, with a way to move or cancel."""

from typing import Any

from booking.queries import upcoming_bookings
from dialog.messages import Choice, Reply
from dialog.notices import booking_words
from dialog.taps import tap_id
from dialog.turn import CUSTOMERS, Skill, Turn


async def list_bookings(turn: Turn, values: dict[str, Any]) -> Reply:
    turn.session = turn.session.fresh()
    bookings = await upcoming_bookings(turn.uow, turn.customer_id, turn.now)
    book = Choice(tap_id("flow", "book"), turn.say("button.book"))
    if not bookings:
        return Reply(turn.say("bookings.none"), (book,))
    lines = [turn.say("bookings.list")]
    for view in bookings:
        note = turn.say("bookings.pending") if view.status == "pending_approval" else ""
        lines.append(turn.say("bookings.line", note=note, **booking_words(view, turn.language)))
    move = Choice(tap_id("flow", "reschedule"), turn.say("button.move"))
    return Reply("\n".join(lines), (book, move, Choice(tap_id("flow", "cancel"), turn.say("button.cancel"))))


SKILL = Skill("bookings", CUSTOMERS, {"list_bookings": list_bookings})
