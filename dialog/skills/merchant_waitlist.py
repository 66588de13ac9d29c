"""Who waits for a time, as the people of the business see it."""

from typing import Any

from booking.queries import bookings_by_id
from booking.waitlist_rows import Waiting, find_waiting
from dialog.labels import moment_words
from dialog.messages import Choice, Reply
from dialog.taps import tap_id
from dialog.turn import MERCHANTS, Skill, Turn
from dialog.waiting import wait_words

_SHOWN = 20


async def waiting(turn: Turn, values: dict[str, Any]) -> Reply:
    """In the order of the line; staff see those who may come to them."""
    line = [wait for wait in await find_waiting(turn.uow) if _concerns(turn, wait)]
    today = (Choice(tap_id("day"), turn.say("button.today")),)
    if not line:
        return Reply(turn.say("merchant.waiting_none"), today)
    offers = await bookings_by_id(turn.uow, [wait.entry.booking_id for wait in line if wait.entry.booking_id])
    moments = {view.id: moment_words(view.starts_at, view.zone, turn.language) for view in offers}
    lines = [turn.say("merchant.waiting"), *(_line(turn, wait, moments) for wait in line[:_SHOWN])]
    if len(line) > _SHOWN:
        lines.append(turn.say("merchant.waiting_more", count=len(line) - _SHOWN))
    return Reply("\n".join(lines), today)


def _concerns(turn: Turn, wait: Waiting) -> bool:
    merchant = turn.who.merchant
    if merchant is None or merchant.role != "staff":
        return True
    service = turn.catalogue.services_by_id.get(wait.entry.wanted.service_id)
    staff_id = wait.entry.wanted.staff_id
    if staff_id is not None:
        return staff_id == merchant.staff_id
    return service is not None and merchant.staff_id in service.staff_ids


def _line(turn: Turn, wait: Waiting, moments: dict[int, str]) -> str:
    name = wait.customer_name or turn.say("customer.unnamed")
    customer = f"{name} ({wait.customer_phone})" if wait.customer_phone else name
    moment = moments.get(wait.entry.booking_id or 0)
    note = turn.say("merchant.waiting_offered", moment=moment) if moment else ""
    words = wait_words(turn.catalogue, wait.entry.wanted, turn.language)
    return turn.say("merchant.waiting_line", customer=customer, note=note, **words)


SKILL = Skill("merchant_waitlist", MERCHANTS, {"waiting": waiting})
