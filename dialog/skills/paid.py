"""I have paid: by hand, the merchants are asked whether it came; through a provider, the provider is."""

from datetime import timedelta
from typing import Any

from booking.queries import get_booking
from dialog.hand_payments import claim, hand_words
from dialog.labels import day_label, time_label
from dialog.messages import Reply
from dialog.offers import Option, ask
from dialog.skills import info
from dialog.taps import tap_id
from dialog.turn import CUSTOMERS, Skill, Turn
from payments import by_hand
from payments.payment import Payment

_SAID_FOR = timedelta(days=30)


async def have_paid(turn: Turn, values: dict[str, Any]) -> Reply:
    """Of several that are open the customer says which."""
    unpaid = await by_hand.unpaid_of(turn.uow, turn.customer_id, since=turn.now - _SAID_FOR)
    meant = [one for one in unpaid if values["payment_id"] in (None, one.id)]
    if len(meant) > 1:
        return await _ask_which(turn, meant)
    claimed = await claim(turn.uow, turn.tenant, meant[0].id) if meant else None
    if claimed is None:
        return await info.info(turn, {"topic": "payment", "about": {}})
    due, hand = claimed
    view = await get_booking(turn.uow, due.booking_id)
    is_held = due.may_be_paid and view.status == "held"
    key = "payment.claimed" if is_held else "payment.claimed_late"
    return Reply(turn.say(key, **hand_words(view, due, hand, turn.tenant, turn.language)))


async def _ask_which(turn: Turn, unpaid: list[Payment]) -> Reply:
    options = []
    for one in unpaid:
        view = await get_booking(turn.uow, one.booking_id)
        local = view.starts_at.astimezone(view.zone)
        label = f"{day_label(local.date(), turn.language)} {time_label(local, turn.language)}"
        what = f"{view.service_name(turn.language)} · {one.asked.format(turn.language)}"
        options.append(Option("booking", view.id, label, tap_id("paid", one.id), what))
    return ask(turn, "booking", turn.say("payment.which"), options, list_label="list.bookings")


SKILL = Skill("paid", CUSTOMERS, {"have_paid": have_paid})
