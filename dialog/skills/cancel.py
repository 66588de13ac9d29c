"""Cancelling: find the booking that is meant, show it, and cancel it after a yes to that one.

Later than the tenant allows, the yes asks the people of the business, who decide in chat.
"""

import hashlib
from dataclasses import replace
from typing import Any

from booking import lifecycle
from booking.booking import get
from booking.fees import fee_by
from booking.lifecycle import IllegalTransitionError
from booking.queries import BookingView, get_booking
from booking.rules import is_too_late
from core.money import Money
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, contact_words, tell_merchants
from dialog.pointing import find_booking, gone, next_steps
from dialog.skills.late_requests import ask_merchants
from dialog.taps import tap_id
from dialog.turn import CUSTOMERS, Skill, Turn


async def run(turn: Turn, values: dict[str, Any]) -> Reply:
    found = await find_booking(turn, "cancel")
    return found if isinstance(found, Reply) else await _summary(turn, found)


async def commit_cancel(turn: Turn, values: dict[str, Any]) -> Reply:
    """A yes to the summary that was shown; to no other, even where the booking or the hour have changed since."""
    found = await find_booking(turn, "cancel")
    if isinstance(found, Reply):
        return found
    is_late = await _is_too_late(turn, found)
    if values["draft"] != _draft(found, is_late, _late_fee(turn, found)):
        return await _summary(turn, found)
    turn.session = turn.session.fresh()
    if is_late:
        return await _ask_team(turn, found)
    try:
        await lifecycle.cancel(turn.uow, found.id, now=turn.now, by="customer", key=f"{turn.key}:cancel")
    except IllegalTransitionError:
        return gone(turn, "cancel")
    turn.facts["cancelled"] = found.id
    await tell_merchants(turn, await get_booking(turn.uow, found.id), "merchant.cancelled")
    return Reply(turn.say("cancel.done", **booking_words(found, turn.language)), next_steps(turn))


async def kept(turn: Turn, values: dict[str, Any]) -> Reply:
    return Reply(turn.say("kept"))


async def _summary(turn: Turn, view: BookingView) -> Reply:
    is_late, fee = await _is_too_late(turn, view), _late_fee(turn, view)
    draft = _draft(view, is_late, fee)
    session = turn.session.without_question()
    turn.session = replace(session, flow="cancel", booking_id=view.id, question="confirm", draft=draft)
    choices = (
        Choice(tap_id("yes", draft), turn.say("button.yes_cancel")),
        Choice(tap_id("no", draft), turn.say("button.keep")),
    )
    lines = (turn.say("cancel.summary", **booking_words(view, turn.language)), _terms(turn, is_late, fee))
    return Reply("\n\n".join(filter(None, lines)), choices)


def _terms(turn: Turn, is_late: bool, fee: Money | None) -> str:
    """What a yes leads to, where it is more than a cancellation that costs nothing."""
    if not is_late:
        return turn.say("cancel.free") if fee else ""
    hours = turn.catalogue.rules.cancel_until_hours
    asks = turn.say("cancel.late", hours=hours, tenant=turn.tenant.name)
    return f"{asks} {turn.say('cancel.late_fee', fee=fee.format(turn.language))}" if fee else asks


async def _is_too_late(turn: Turn, view: BookingView) -> bool:
    return is_too_late(await get(turn.uow, view.id), turn.catalogue.rules, turn.now)


def _late_fee(turn: Turn, view: BookingView) -> Money | None:
    return fee_by(turn.catalogue.rules.late_cancel_fee, view.price)


def _draft(view: BookingView, is_late: bool, fee: Money | None) -> str:
    said = f"cancel|{view.id}|{view.sequence}|{is_late}|{fee}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


async def _ask_team(turn: Turn, view: BookingView) -> Reply:
    await ask_merchants(turn, view, _late_fee(turn, view))
    turn.facts["asked_to_cancel"] = view.id
    words = booking_words(view, turn.language)
    contact = await contact_words(turn)
    return Reply(turn.say("cancel.asked", tenant=turn.tenant.name, contact=contact, **words).strip())


SKILL = Skill("cancel", CUSTOMERS, {"cancel": run, "commit_cancel": commit_cancel, "kept": kept})
