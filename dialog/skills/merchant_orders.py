"""What the people of the business get done by a word: time kept free, a customer's booking cancelled after a yes."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from booking import blocks, lifecycle
from booking.catalogue import Staff
from booking.hours import instant, wall_second
from booking.lifecycle import IllegalTransitionError
from booking.queries import BookingView, bookings_ahead
from dialog.labels import day_label, moment_words, time_label
from dialog.merchant_words import Block, CallOff
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, customer_words, tell_customer, tell_merchants
from dialog.offers import Option, ask
from dialog.skills.merchant import is_meant, may_change, welcome
from dialog.taps import tap_id
from dialog.turn import MERCHANTS, Skill, Turn

_SHOWN = 10


async def block(turn: Turn, values: dict[str, Any]) -> Reply:
    """Stored whole, or the bookings in the way are named and nothing is stored."""
    order: Block = values["order"]
    calendar = _calendar(turn, order)
    if isinstance(calendar, Reply):
        return calendar
    if order.starts_at is None or order.ends_at is None:
        return Reply(turn.say("merchant.block_when"))
    starts_at, ends_at = (_instant(turn, calendar, wall) for wall in (order.starts_at, order.ends_at))
    if ends_at <= max(starts_at, turn.now):
        return Reply(turn.say("merchant.block_when"))
    key = f"{turn.key}:block:{calendar.id}:{int(starts_at.timestamp())}:{int(ends_at.timestamp())}"
    blocked = await blocks.block(
        turn.uow,
        turn.catalogue,
        staff_id=calendar.id,
        starts_at=starts_at,
        ends_at=ends_at,
        note="",
        now=turn.now,
        key=key,
    )
    zone = turn.catalogue.location_of(calendar.id).zone
    words = {
        "staff": calendar.name,
        "start": moment_words(starts_at, zone, turn.language),
        "end": moment_words(ends_at, zone, turn.language),
    }
    if not blocked.in_the_way:
        return Reply(turn.say("merchant.blocked", **words))
    lines = [_line(turn, view) for view in blocked.in_the_way[:_SHOWN]]
    return Reply("\n".join([turn.say("merchant.in_the_way", **words), *lines]))


def _calendar(turn: Turn, order: Block) -> Staff | Reply:
    """Whose time it is: the named person's, else the merchant's own; staff decide on their own calendar alone."""
    merchant = turn.who.merchant
    own = turn.catalogue.staff_by_id.get(merchant.staff_id) if merchant and merchant.staff_id else None
    team = turn.catalogue.staff
    is_own_only = merchant is None or merchant.role == "staff"
    named = next((member for member in team if member.key == order.staff), None)
    if order.unknown or (named is None and own is None and len(team) != 1):
        return Reply(turn.say("merchant.block_who", staff=", ".join(member.name for member in team)))
    meant = named or own or team[0]
    if is_own_only and meant != own:
        return Reply(turn.say("merchant.not_yours", staff=meant.name))
    return meant


def _instant(turn: Turn, calendar: Staff, wall: datetime) -> datetime:
    zone = turn.catalogue.location_of(calendar.id).zone
    return instant(wall_second(wall.date(), wall.hour * 60 + wall.minute, zone))


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
    return _summary(turn, meant[0]) if len(meant) == 1 else _ask_which(turn, meant)


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


def _summary(turn: Turn, view: BookingView) -> Reply:
    draft = _draft(view)
    session = turn.session.without_question()
    turn.session = replace(session, flow="call_off", booking_id=view.id, question="confirm", draft=draft)
    choices = (
        Choice(tap_id("yes", draft), turn.say("button.yes_cancel")),
        Choice(tap_id("no", draft), turn.say("button.keep")),
    )
    return Reply(turn.say("merchant.cancel_summary", **_words(turn, view)), choices)


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


def _line(turn: Turn, view: BookingView) -> str:
    return turn.say("merchant.in_the_way_line", **_words(turn, view))


SKILL = Skill(
    "merchant_orders",
    MERCHANTS,
    {"block": block, "call_off": call_off, "commit_call_off": commit_call_off, "kept": kept},
)
