"""What the people of the business do in chat: decide on requests, see the day."""

from collections.abc import Sequence
from datetime import date, time
from operator import itemgetter
from typing import Any

from booking import lifecycle
from booking.blocks import Block, list_blocks
from booking.lifecycle import AlreadyDecidedError
from booking.moving_back import former_staff
from booking.queries import BookingView, bookings_of_day, get_booking, unpaid_of_day
from core.errors import ExpectedError
from dialog.labels import day_words, time_label, with_people
from dialog.merchant_words import CallOff, Outcome
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, customer_words, old_words, tell_customer
from dialog.paid_notes import paid_words
from dialog.taps import day_of, tap_id
from dialog.texts import languages
from dialog.turn import MERCHANTS, Skill, Turn
from dialog.understanding.text import fold, tokenize
from payments.standing import Standing, standings

_NOTES = {"pending_approval": "bookings.pending", "no_show": "merchant.note_missed"}


async def decide(turn: Turn, values: dict[str, Any]) -> Reply:
    """Accept or decline works once, and on what the button showed; else it is told how the booking stands."""
    asked = await find(turn, values["booking_id"])
    former = await former_staff(turn.uow, asked.id) if asked else []
    if asked is None or not may_change(turn, asked, former):
        return await welcome(turn, {})
    try:
        await decide_as_shown(turn, asked.id, values["sequence"], is_accepted=values["accepted"])
    except ExpectedError:
        return stands(turn, await get_booking(turn.uow, asked.id))
    return await _decided(turn, asked, bool(values["accepted"]), moves=bool(former))


async def decide_as_shown(turn: Turn, booking_id: int, sequence: int | None, *, is_accepted: bool) -> None:
    """Raises AlreadyDecidedError, and nothing is done, where the booking has changed since, be it at this moment."""
    act = lifecycle.approve if is_accepted else lifecycle.decline
    async with turn.uow.savepoint():
        booking = await act(turn.uow, booking_id, now=turn.now)
        if sequence is None or booking.sequence != sequence + 1:
            raise AlreadyDecidedError(status=booking.status)


async def _decided(turn: Turn, asked: BookingView, is_accepted: bool, *, moves: bool) -> Reply:
    """`moves`: there was an agreement before, to which a declined request goes back where it can."""
    view = await get_booking(turn.uow, asked.id)
    if is_accepted:
        told, answer = "customer.approved", "merchant.accepted"
    elif view.status == "confirmed":
        told, answer = "customer.move_declined", "merchant.move_declined"
    else:
        told, answer = ("customer.move_lost" if moves else "customer.declined"), "merchant.declined"
    key = f"booking:{asked.id}:{asked.sequence}:decided"
    is_told = await tell_customer(turn.uow, turn.tenant, view, told, key, old=asked)
    words = booking_words(view, turn.language) | old_words(asked, turn.language)
    return Reply(f"{turn.say(answer, **words)} {turn.say('merchant.told' if is_told else 'merchant.not_told')}")


def stands(turn: Turn, view: BookingView) -> Reply:
    """Nothing is left to decide."""
    status = turn.say(f"status.{view.status}")
    return Reply(turn.say("merchant.already", status=status, **booking_words(view, turn.language)))


async def find(turn: Turn, booking_id: int | None) -> BookingView | None:
    """None for a button that names no booking of this tenant."""
    try:
        return await get_booking(turn.uow, booking_id) if booking_id is not None else None
    except LookupError:
        return None


async def day(turn: Turn, values: dict[str, Any]) -> Reply:
    """The bookings of a day, today if none was named, whether they are paid for, and what is blocked; of the own
    calendar for staff."""
    put_aside(turn)
    wanted = day_of(str(values.get("date", ""))) or turn.now.astimezone(turn.zone).date()
    found = await bookings_of_day(turn.uow, turn.catalogue, wanted)
    found += await unpaid_of_day(turn.uow, turn.catalogue, wanted, turn.now)
    views = [view for view in found if may_change(turn, view)]
    money = await standings(turn.uow, [view.id for view in views])
    lines = [(view.starts_at, _line(turn, view, money.get(view.id))) for view in views]
    lines += [(block.starts_at, _blocked(turn, block)) for block in await _blocks_of(turn, wanted)]
    title = day_words(wanted, turn.language)
    if not lines:
        return Reply(turn.say("merchant.day_empty", day=title))
    is_open = ("pending_approval", "held")
    has_begun = any(view.status not in is_open and view.starts_at <= turn.now for view in views)
    missed = (Choice(tap_id("missed", wanted.isoformat()), turn.say("button.missed")),) if has_begun else ()
    shown = [line for _, line in sorted(lines, key=itemgetter(0))]
    return Reply("\n".join([turn.say("merchant.day", day=title), *shown]), missed)


def put_aside(turn: Turn) -> None:
    """Words that begin a customer's flow begin none for a merchant: nothing is gone back to."""
    if turn.session.flow != "call_off":
        turn.session = turn.session.fresh()


async def _blocks_of(turn: Turn, day: date) -> list[Block]:
    """Those that this merchant may know of, as with bookings."""
    merchant = turn.who.merchant
    is_own_only = merchant is None or merchant.role == "staff"
    found = await list_blocks(turn.uow, turn.catalogue, day)
    return [block for block in found if not is_own_only or (merchant and block.staff_id == merchant.staff_id)]


def may_change(turn: Turn, view: BookingView, others: Sequence[int] = ()) -> bool:
    """Owners and managers any booking, staff those of their own calendar; `others` are further people whose it is."""
    merchant = turn.who.merchant
    return merchant is not None and (merchant.role != "staff" or merchant.staff_id in (*view.staff_ids, *others))


def is_meant(view: BookingView, order: CallOff | Outcome) -> bool:
    """Whether the words of an order fit: the customer's name, the day, the clock time, as far as they were said."""
    local = view.starts_at.astimezone(view.zone)
    known = [token.text for token in tokenize(fold(view.customer_name or ""))]
    is_named = all(any(word.startswith(part) for word in known) for part in order.name)
    is_then = order.clock in (None, local.strftime("%H:%M")) and order.day in (None, local.date())
    return is_named and is_then


def _line(turn: Turn, view: BookingView, money: Standing | None) -> str:
    note = turn.say(_NOTES[view.status]) if view.status in _NOTES else ""
    paid = f" ({paid_words(view, money, turn.language)})" if money else ""
    return turn.say(
        "merchant.day_line",
        time=time_label(view.starts_at.astimezone(view.zone), turn.language),
        service=with_people(view.service_name(turn.language), view.party_size, turn.language),
        staff=view.staff_name,
        customer=customer_words(view, turn.language),
        note=note + paid,
    )


def _blocked(turn: Turn, block: Block) -> str:
    """Cut at the midnights of the day, whose end is 24:00."""
    zone, staff = turn.catalogue.location_of(block.staff_id).zone, turn.catalogue.staff_by_id[block.staff_id].name
    start, end = (at.astimezone(zone) for at in (block.starts_at, block.ends_at))
    if start.time() == end.time() == time():
        return turn.say("merchant.day_blocked_whole", staff=staff)
    since, until = (time_label(at, turn.language) for at in (start, end))
    if end.time() == time():
        until = until.replace("00", "24", 1)
    return turn.say("merchant.day_blocked", start=since, end=until, staff=staff)


async def welcome(turn: Turn, values: dict[str, Any]) -> Reply:
    name = turn.who.merchant.name if turn.who.merchant else ""
    choices = (
        Choice(tap_id("day"), turn.say("button.today")),
        Choice(tap_id("calendars"), turn.say("button.calendar")),
    )
    return Reply(turn.say("merchant.welcome", name=name, tenant=turn.tenant.name), choices)


async def not_understood(turn: Turn, values: dict[str, Any]) -> Reply:
    """Nothing of a customer's is done for a merchant: who wants to book writes from a phone of their own."""
    turn.session = turn.session.fresh()
    return Reply(turn.say("merchant.help"), (Choice(tap_id("day"), turn.say("button.today")),))


async def switch_language(turn: Turn, values: dict[str, Any]) -> Reply:
    wanted = str(values["language"])
    if wanted in turn.tenant.languages and wanted in languages():
        turn.speak(wanted)
        return Reply(turn.say("language.switched"))
    return await not_understood(turn, values)


SKILL = Skill(
    "merchant",
    MERCHANTS,
    {
        "decide": decide,
        "day": day,
        "menu": welcome,
        "switch_language": switch_language,
        "cannot_handle": not_understood,
    },
)
