"""Cancelling: find the booking that is meant, show it, and cancel it after a yes to that one."""

import hashlib
from dataclasses import replace
from typing import Any

from booking import lifecycle
from booking.lifecycle import IllegalTransitionError, TooLateToCancelError
from booking.queries import BookingView, get_booking
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, contact_words, tell_merchants
from dialog.pointing import find_booking, gone, next_steps
from dialog.taps import tap_id
from dialog.turn import CUSTOMERS, Skill, Turn


async def run(turn: Turn, values: dict[str, Any]) -> Reply:
    found = await find_booking(turn, "cancel")
    return found if isinstance(found, Reply) else _summary(turn, found)


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
        return gone(turn, "cancel")
    turn.facts["cancelled"] = booking_id
    await tell_merchants(turn, view, "merchant.cancelled")
    return Reply(turn.say("cancel.done", **booking_words(view, turn.language)), next_steps(turn))


async def kept(turn: Turn, values: dict[str, Any]) -> Reply:
    return Reply(turn.say("kept"))


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
