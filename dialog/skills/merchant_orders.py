"""A customer's booking that the people of the business cancel by a word, after a yes."""

import hashlib
from dataclasses import replace
from typing import Any

from booking import lifecycle
from booking.lifecycle import IllegalTransitionError
from booking.queries import BookingView, bookings_ahead
from dialog.labels import day_label, time_label
from dialog.merchant_words import CallOff
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, customer_words, tell_customer, tell_merchants
from dialog.offers import Option, ask
from dialog.paid_notes import with_money
from dialog.skills.merchant import is_meant, may_change, welcome
from dialog.taps import tap_id
from dialog.turn import MERCHANTS, Skill, Turn
from payments.standing import standing_of

_SHOWN = 10


async def call_off(turn: Turn, values: dict[str, Any]) -> Reply:
    """Shows the one that is meant, or those among which to choose."""
    order: CallOff | None = values.get("order")
    if order is None and turn.session.booking_id is None:
        return await welcome(turn, {})
    views = [view for view in await bookings_ahead(turn.uow, turn.catalogue, turn.now) if may_change(turn, view)]
    if order is None:
        meant = [view for view in views if view.id == turn.session.booking_id]
    else:
        meant = _soonest_day(turn, order, [view for view in views if is_meant(view, order)])
    if not meant:
        turn.session = turn.session.fresh()
        return Reply(turn.say("merchant.none_like_that"), (Choice(tap_id("day"), turn.say("button.today")),))
    return await _summary(turn, meant[0]) if len(meant) == 1 else _ask_which(turn, meant)


async def commit_call_off(turn: Turn, values: dict[str, Any]) -> Reply:
    views = await bookings_ahead(turn.uow, turn.catalogue, turn.now)
    view = next((v for v in views if v.id == turn.session.booking_id and may_change(turn, v)), None)
    if view is None or values["draft"] != _draft(view):
        return await call_off(turn, {})
    turn.session = turn.session.fresh()
    try:
        await lifecycle.cancel(turn.uow, view.id, now=turn.now, by="merchant", key=f"{turn.key}:cancel")
    except IllegalTransitionError:
        return Reply(turn.say("merchant.none_like_that"))
    turn.facts["cancelled"] = view.id
    is_told = await tell_customer(turn.uow, turn.tenant, view, "customer.cancelled", f"booking:{view.id}:called_off")
    await tell_merchants(turn, view, "merchant.called_off", but=turn.who.merchant)
    told = turn.say("merchant.told" if is_told else "merchant.not_told")
    return Reply(f"{turn.say('merchant.cancel_done', **_words(turn, view))} {told}")


async def kept(turn: Turn, values: dict[str, Any]) -> Reply:
    return Reply(turn.say("merchant.kept"))


def _soonest_day(turn: Turn, order: CallOff, views: list[BookingView]) -> list[BookingView]:
    """Without a day today's are meant, if there are any."""
    today = [v for v in views if v.starts_at.astimezone(v.zone).date() == turn.now.astimezone(v.zone).date()]
    return today if today and order.day is None else views


async def _summary(turn: Turn, view: BookingView) -> Reply:
    draft = _draft(view)
    session = turn.session.without_question()
    turn.session = replace(session, flow="call_off", booking_id=view.id, question="confirm", draft=draft)
    choices = (
        Choice(tap_id("yes", draft), turn.say("button.yes_cancel")),
        Choice(tap_id("no", draft), turn.say("button.keep")),
    )
    text = turn.say("merchant.cancel_summary", **_words(turn, view))
    return Reply(with_money(text, view, await standing_of(turn.uow, view.id), turn.language), choices)


def _draft(view: BookingView) -> str:
    return hashlib.sha256(f"call_off|{view.id}|{view.sequence}".encode()).hexdigest()[:12]


def _ask_which(turn: Turn, views: list[BookingView]) -> Reply:
    turn.session = replace(turn.session.fresh("call_off"))
    options = []
    for view in views[:_SHOWN]:
        local = view.starts_at.astimezone(view.zone)
        label = f"{day_label(local.date(), turn.language)} {time_label(local, turn.language)}"
        what = f"{view.customer_name or turn.say('customer.unnamed')} · {view.service_name(turn.language)}"
        options.append(Option("booking", view.id, label, tap_id("call_off", view.id), what))
    return ask(turn, "booking", turn.say("merchant.cancel_which"), options, list_label="list.bookings")


def _words(turn: Turn, view: BookingView) -> dict[str, str]:
    return booking_words(view, turn.language) | {"customer": customer_words(view, turn.language)}


SKILL = Skill("merchant_orders", MERCHANTS, {"call_off": call_off, "commit_call_off": commit_call_off, "kept": kept})
