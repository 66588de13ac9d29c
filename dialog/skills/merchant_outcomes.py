"""How an appointment ended, as the people of the business say it: noted at once, corrected by a word or a tap."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from booking import lifecycle
from booking.booking import Booking, NotStartedError, Status
from booking.queries import BookingView, bookings_of_day
from core.money import Money
from dialog.labels import day_words, time_label
from dialog.merchant_words import Outcome
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, customer_words
from dialog.offers import Option, ask
from dialog.skills.merchant import find, is_meant, may_change, welcome
from dialog.taps import day_of, tap_id
from dialog.turn import MERCHANTS, Skill, Turn

_LOOK_BACK_DAYS = 7
_SHOWN = 10
_SETTLED = (Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW)


async def said(turn: Turn, values: dict[str, Any]) -> Reply:
    """Notes it where one booking is meant; else asks which."""
    order: Outcome | None = values.get("order")
    if order is None:
        return await welcome(turn, {})
    meant = await _find_meant(turn, order)
    if not meant:
        return Reply(turn.say("merchant.none_begun"), (Choice(tap_id("day"), turn.say("button.today")),))
    verb = "came" if order.came else "missed"
    if len(meant) > 1:
        return _ask_which(turn, meant, verb)
    return await _note(turn, meant[0], verb)


async def tapped(turn: Turn, values: dict[str, Any]) -> Reply:
    view = await find(turn, values.get("booking_id"))
    verb = values.get("outcome")
    if view is None or verb not in _ACTS or not may_change(turn, view) or view.status not in _SETTLED:
        return await welcome(turn, {})
    return await _note(turn, view, verb)


async def missed(turn: Turn, values: dict[str, Any]) -> Reply:
    """Those of a day about whom it can be said that they did not come."""
    day = day_of(str(values["date"])) or turn.now.astimezone(turn.zone).date()
    settled = await _settled_on(turn, day)
    views = [view for view in settled if view.status != "no_show" and view.starts_at <= turn.now]
    if not views:
        return Reply(turn.say("merchant.none_begun"), (Choice(tap_id("day"), turn.say("button.today")),))
    return _ask_which(turn, views, "missed")


async def _find_meant(turn: Turn, order: Outcome) -> list[BookingView]:
    """Of the day that was said, else of the last days, the latest first. "Thursday" may be the one that was.

    Raises NotStartedError where only one that is still to come is meant.
    """
    today = turn.now.astimezone(turn.zone).date()
    days = [today - timedelta(days=back) for back in range(_LOOK_BACK_DAYS)]
    if order.day is not None:
        days = [order.day, order.day - timedelta(days=7)] if order.day > today else [order.day]
    is_ahead = False
    for day in days:
        views = [view for view in await _settled_on(turn, day) if is_meant(view, replace(order, day=None))]
        begun = [view for view in views if view.starts_at <= turn.now]
        if begun:
            return begun
        is_ahead |= bool(views)
    if is_ahead:
        raise NotStartedError
    return []


async def _settled_on(turn: Turn, day: date) -> list[BookingView]:
    views = await bookings_of_day(turn.uow, turn.catalogue, day)
    return [view for view in views if view.status in _SETTLED and may_change(turn, view)]


async def _note(turn: Turn, view: BookingView, verb: str) -> Reply:
    """What was noted, with the ways to say otherwise."""
    turn.session = turn.session.fresh()
    booking = await _ACTS[verb](turn, view.id)
    turn.facts[str(booking.status)] = booking.id
    fee = Money(booking.fee_minor, booking.currency) if booking.fee_minor else None
    words = booking_words(view, turn.language) | {"customer": customer_words(view, turn.language)}
    if booking.status is not Status.NO_SHOW:
        return Reply(turn.say("merchant.came", **words), (_way(turn, view, "missed"),))
    if fee is None:
        key = "merchant.fee_waived" if verb == "free" else "merchant.missed"
        return Reply(turn.say(key, **words), (_way(turn, view, "came"),))
    text = turn.say("merchant.missed_fee", fee=fee.format(turn.language), **words)
    return Reply(text, (_way(turn, view, "free"), _way(turn, view, "came")))


def _way(turn: Turn, view: BookingView, verb: str) -> Choice:
    labels = {"came": "button.came", "missed": "button.did_not_come", "free": "button.without_fee"}
    return Choice(tap_id("outcome", view.id, verb), turn.say(labels[verb]))


def _ask_which(turn: Turn, views: list[BookingView], verb: str) -> Reply:
    turn.session = turn.session.fresh("said_outcome")
    options = []
    for view in views[:_SHOWN]:
        local = view.starts_at.astimezone(view.zone)
        label = f"{time_label(local, turn.language)} {view.customer_name or turn.say('customer.unnamed')}"
        what = f"{view.service_name(turn.language)} · {view.staff_name}"
        options.append(Option("booking", view.id, label, tap_id("outcome", view.id, verb), what))
    day = day_words(views[0].starts_at.astimezone(views[0].zone).date(), turn.language)
    return ask(turn, "booking", turn.say(f"merchant.which_{verb}", day=day), options, list_label="list.bookings")


async def _came(turn: Turn, booking_id: int) -> Booking:
    return await lifecycle.complete(turn.uow, booking_id, now=turn.now)


async def _missed(turn: Turn, booking_id: int) -> Booking:
    return await lifecycle.no_show(turn.uow, booking_id, now=turn.now)


async def _free(turn: Turn, booking_id: int) -> Booking:
    return await lifecycle.waive_fee(turn.uow, booking_id)


_ACTS: dict[str, Callable[[Turn, int], Awaitable[Booking]]] = {"came": _came, "missed": _missed, "free": _free}

SKILL = Skill("merchant_outcomes", MERCHANTS, {"said_outcome": said, "outcome": tapped, "missed": missed})
