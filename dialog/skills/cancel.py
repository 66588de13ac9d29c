"""Cancelling: find the booking that is meant, show it, and cancel it after a yes to that one.

Later than the tenant allows, the yes asks the people of the business, who decide in chat.
"""

import hashlib
from dataclasses import replace
from typing import Any

from booking import lifecycle
from booking.booking import get
from booking.lifecycle import IllegalTransitionError
from booking.queries import BookingView, get_booking
from booking.rules import is_too_late
from core.money import Money
from dialog.calendar_file import calendar_file
from dialog.cancelling import (
    ask_team,
    commit_rest,
    count_rest,
    late_fee,
    late_words,
    point_at_series,
    summarise_rest,
    wants_all,
)
from dialog.hand_payments import tell_given_up
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, tell_merchants
from dialog.paid_notes import going_back_words
from dialog.pointing import find_booking, gone, next_steps
from dialog.taps import tap_id
from dialog.turn import CUSTOMERS, Skill, Turn
from payments.standing import standing_of


async def run(turn: Turn, values: dict[str, Any]) -> Reply:
    if wants_all(turn):
        await point_at_series(turn)
    found = await find_booking(turn, "cancel")
    if isinstance(found, Reply):
        return found
    return await (summarise_rest if wants_all(turn) and found.series else _summary)(turn, found)


async def commit_cancel(turn: Turn, values: dict[str, Any]) -> Reply:
    """A yes to the summary that was shown; to no other, even where the booking or the hour have changed since."""
    found = await find_booking(turn, "cancel")
    if isinstance(found, Reply):
        return found
    if wants_all(turn) and found.series:
        return await commit_rest(turn, found, values["draft"])
    is_late = await _is_too_late(turn, found)
    if values["draft"] != _draft(found, is_late, await late_fee(turn, found)):
        return await _summary(turn, found)
    turn.session = turn.session.fresh()
    if is_late:
        return Reply(await ask_team(turn, found))
    try:
        await lifecycle.cancel(turn.uow, found.id, now=turn.now, by="customer", key=f"{turn.key}:cancel")
    except IllegalTransitionError:
        return gone(turn, "cancel")
    turn.facts["cancelled"] = found.id
    done = turn.say("cancel.done", **booking_words(found, turn.language))
    view = await get_booking(turn.uow, found.id)
    if found.status == "held":  # only those who were to be paid by hand know of it
        await tell_given_up(turn.uow, turn.tenant, view)
        return Reply(done, next_steps(turn))
    await tell_merchants(turn, view, "merchant.cancelled")
    back = await going_back_words(turn.uow, await standing_of(turn.uow, view.id), turn.tenant.name, turn.language)
    return Reply(
        " ".join(filter(None, (done, back))),
        next_steps(turn),
        document=await calendar_file(turn.uow, turn.language, view),
    )


async def kept(turn: Turn, values: dict[str, Any]) -> Reply:
    return Reply(turn.say("kept"))


async def _summary(turn: Turn, view: BookingView) -> Reply:
    is_late, fee = await _is_too_late(turn, view), await late_fee(turn, view)
    draft = _draft(view, is_late, fee)
    session = turn.session.without_question().with_fields(series=None)
    turn.session = replace(session, flow="cancel", booking_id=view.id, question="confirm", draft=draft)
    recurs = view.series is not None and await count_rest(turn, view) > 1
    choices = (
        Choice(tap_id("yes", draft), turn.say("button.yes_cancel")),
        *((Choice(tap_id("series", view.id), turn.say("button.series")),) if recurs else ()),
        Choice(tap_id("no", draft), turn.say("button.keep")),
    )
    services = {part.service_id for part in view.parts}
    keys = [service.key for service in turn.catalogue.services if service.id in services]
    notes = "\n".join(turn.instructions.disclaimers("cancel", keys, turn.language))
    lines = (turn.say("cancel.summary", **booking_words(view, turn.language)), _terms(turn, is_late, fee), notes)
    return Reply("\n\n".join(filter(None, lines)), choices)


def _terms(turn: Turn, is_late: bool, fee: Money | None) -> str:
    """What a yes leads to, where it is more than a cancellation that costs nothing."""
    if is_late:
        return late_words(turn, fee)
    return turn.say("cancel.free") if fee else ""


async def _is_too_late(turn: Turn, view: BookingView) -> bool:
    return is_too_late(await get(turn.uow, view.id), turn.catalogue.rules, turn.now)


def _draft(view: BookingView, is_late: bool, fee: Money | None) -> str:
    said = f"cancel|{view.id}|{view.sequence}|{is_late}|{fee}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


SKILL = Skill("cancel", CUSTOMERS, {"cancel": run, "commit_cancel": commit_cancel, "kept": kept})
