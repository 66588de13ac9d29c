"""Time that the people of the business keep free by a word, and open again."""

from datetime import datetime
from typing import Any

from booking import blocks
from booking.catalogue import Staff
from booking.hours import instant, wall_second
from dialog.labels import moment_words
from dialog.merchant_words import Block
from dialog.messages import Reply
from dialog.notices import booking_words, customer_words
from dialog.offers import Option, ask
from dialog.skills.merchant import put_aside, welcome
from dialog.taps import id_of, tap_id
from dialog.turn import MERCHANTS, Skill, Turn

_SHOWN = 10
_WALL = "%Y%m%d%H%M"


async def block(turn: Turn, values: dict[str, Any]) -> Reply:
    """Stored whole, or the bookings in the way are named and nothing is stored; what is to be open again is opened."""
    order: Block = values["order"]
    put_aside(turn)
    calendar = _calendar(turn, order)
    if isinstance(calendar, Reply):
        return calendar
    if order.starts_at is None or order.ends_at is None:
        return _ask_when(turn, order)
    starts_at, ends_at = (_instant(turn, calendar, wall) for wall in (order.starts_at, order.ends_at))
    if ends_at <= max(starts_at, turn.now):
        return _ask_when(turn, order)
    act = _open if order.opens else _keep_free
    return await act(turn, calendar, starts_at, ends_at)


async def tapped(turn: Turn, values: dict[str, Any]) -> Reply:
    """Whose time it is, the answer to `_ask_who`: the button carries all the rest."""
    staff_id, start, end = (*values["values"], "", "", "")[:3]
    person = turn.catalogue.staff_by_id.get(id_of(staff_id) or 0)
    starts_at, ends_at = _wall(start), _wall(end)
    if person is None or starts_at is None or ends_at is None:
        return await welcome(turn, {})
    order = Block(starts_at, ends_at, person.key, opens=values["opens"])
    return await block(turn, {"order": order})


async def _keep_free(turn: Turn, calendar: Staff, starts_at: datetime, ends_at: datetime) -> Reply:
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
    words = _words(turn, calendar, starts_at, ends_at)
    if not blocked.in_the_way:
        return Reply(turn.say("merchant.blocked", **words))
    lines = [
        turn.say(
            "merchant.in_the_way_line",
            **booking_words(view, turn.language),
            customer=customer_words(view, turn.language),
        )
        for view in blocked.in_the_way[:_SHOWN]
    ]
    return Reply("\n".join([turn.say("merchant.in_the_way", **words), *lines]))


async def _open(turn: Turn, calendar: Staff, starts_at: datetime, ends_at: datetime) -> Reply:
    opened = await blocks.unblock(turn.uow, turn.catalogue, staff_id=calendar.id, starts_at=starts_at, ends_at=ends_at)
    if not opened:
        return Reply(turn.say("merchant.not_blocked", **_words(turn, calendar, starts_at, ends_at)))
    spans = [_words(turn, calendar, block.starts_at, block.ends_at) for block in opened[:_SHOWN]]
    return Reply("\n".join(turn.say("merchant.unblocked", **words) for words in spans))


def _calendar(turn: Turn, order: Block) -> Staff | Reply:
    """Whose time it is: the named person's, else the merchant's own; staff decide on their own calendar alone."""
    merchant = turn.who.merchant
    own = turn.catalogue.staff_by_id.get(merchant.staff_id) if merchant and merchant.staff_id else None
    team = turn.catalogue.staff
    is_own_only = merchant is None or merchant.role == "staff"
    named = next((member for member in team if member.key == order.staff), None)
    if order.unknown or (named is None and own is None and len(team) != 1):
        return _ask_who(turn, order)
    meant = named or own or team[0]
    if is_own_only and meant != own:
        return Reply(turn.say("merchant.not_yours", staff=meant.name))
    return meant


def _ask_who(turn: Turn, order: Block) -> Reply:
    """With a button for each of the team, once it is clear from when to when."""
    names = ", ".join(member.name for member in turn.catalogue.staff)
    text = turn.say("merchant.unblock_who" if order.opens else "merchant.block_who", staff=names)
    if order.starts_at is None or order.ends_at is None:
        return Reply(text)
    verb, span = "unblock" if order.opens else "block", [f"{wall:{_WALL}}" for wall in (order.starts_at, order.ends_at)]
    options = [
        Option("calendar", member.key, member.name, tap_id(verb, member.id, *span)) for member in turn.catalogue.staff
    ]
    return ask(turn, "calendar", text, options)


def _ask_when(turn: Turn, order: Block) -> Reply:
    return Reply(turn.say("merchant.unblock_when" if order.opens else "merchant.block_when"))


def _instant(turn: Turn, calendar: Staff, wall: datetime) -> datetime:
    zone = turn.catalogue.location_of(calendar.id).zone
    return instant(wall_second(wall.date(), wall.hour * 60 + wall.minute, zone))


def _wall(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _WALL)  # noqa: DTZ007 - wall time; the place of the calendar gives its zone
    except ValueError:
        return None


def _words(turn: Turn, calendar: Staff, starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    zone = turn.catalogue.location_of(calendar.id).zone
    return {
        "staff": calendar.name,
        "start": moment_words(starts_at, zone, turn.language),
        "end": moment_words(ends_at, zone, turn.language),
    }


SKILL = Skill("merchant_blocks", MERCHANTS, {"block": block, "block_tapped": tapped})
