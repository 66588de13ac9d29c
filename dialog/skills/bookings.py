"""My bookings: what lies ahead, what is held till it is paid for and what is waited for, with a way to move, cancel
or leave."""

from typing import Any

from booking.queries import bookings_by_id, unpaid_bookings, upcoming_bookings
from booking.waitlist_rows import waits_of
from dialog.messages import Choice, Reply
from dialog.notices import booking_words
from dialog.paid_notes import paid_words
from dialog.taps import tap_id
from dialog.turn import CUSTOMERS, Skill, Turn
from dialog.waiting import wait_words
from dialog.waiting_notices import until_words
from payments.standing import standings


async def list_bookings(turn: Turn, values: dict[str, Any]) -> Reply:
    turn.session = turn.session.fresh()
    bookings = await upcoming_bookings(turn.uow, turn.customer_id, turn.now)
    bookings += await unpaid_bookings(turn.uow, turn.customer_id, turn.now) if turn.catalogue.pays_by else []
    money = await standings(turn.uow, [view.id for view in bookings if view.status == "held"])
    book = Choice(tap_id("flow", "book"), turn.say("button.book"))
    waits = await _waits(turn)
    leave = (Choice(tap_id("unwait"), turn.say("button.leave_list")),) if waits else ()
    if not bookings:
        return Reply("\n".join([turn.say("bookings.none"), *waits]), (book, *leave))
    lines = [turn.say("bookings.list")]
    for view in bookings:
        note = turn.say("bookings.pending") if view.status == "pending_approval" else ""
        if view.id in money:
            note = f" ({paid_words(view, money[view.id], turn.language)})"
        lines.append(turn.say("bookings.line", note=note, **booking_words(view, turn.language)))
    move = Choice(tap_id("flow", "reschedule"), turn.say("button.move"))
    cancel = Choice(tap_id("flow", "cancel"), turn.say("button.cancel"))
    return Reply("\n".join([*lines, *waits]), (book, move, cancel, *leave), turn.say("list.choose"))


async def _waits(turn: Turn) -> list[str]:
    """A line for each, with the time that is held where one is."""
    entries = await waits_of(turn.uow, turn.customer_id)
    offers = {v.id: v for v in await bookings_by_id(turn.uow, [e.booking_id for e in entries if e.booking_id])}
    lines = []
    for entry in entries:
        words = wait_words(turn.catalogue, entry.wanted, turn.language)
        view = offers.get(entry.booking_id or 0)
        if view is not None and view.status == "held":
            words |= {"until": until_words(view, turn.now, turn.language), **booking_words(view, turn.language)}
            lines.append(turn.say("bookings.offer_line", **words))
        else:
            lines.append(turn.say("bookings.wait_line", **words))
    return [turn.say("bookings.waits"), *lines] if lines else []


SKILL = Skill("bookings", CUSTOMERS, {"list_bookings": list_bookings})
