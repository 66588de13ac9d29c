"""Requests for the same visit week after week: accepted or declined together, told to the customer once."""

from collections.abc import Sequence
from typing import Any

from booking.booking import AlreadyDecidedError, Booking, Status
from booking.queries import bookings_by_id
from booking.series import bookings_of
from core.uow import UnitOfWork
from dialog.messages import Reply
from dialog.notices import booking_words, series_words, tell_customer
from dialog.skills.merchant import decide_as_shown, find, may_change, stands, welcome
from dialog.turn import MERCHANTS, Skill, Turn


async def decide(turn: Turn, values: dict[str, Any]) -> Reply:
    """Of all dates that still wait as they were shown; those that lapsed or changed meanwhile stay as they are."""
    asked = await find(turn, values["booking_id"])
    dates = await bookings_of(turn.uow, asked.series) if asked and asked.series else []
    if asked is None or not may_change(turn, asked, await _staff_of(turn.uow, dates)):
        return await welcome(turn, {})
    decided = await _decide(turn, dates, values["sequence"], values["accepted"])
    if not decided:
        return stands(turn, asked)
    views = await bookings_by_id(turn.uow, decided)
    outcome = "approved" if values["accepted"] else "declined"
    key = f"booking:{asked.id}:{asked.sequence}:series_decided"
    told = await tell_customer(turn.uow, turn.tenant, views[0], f"customer.series_{outcome}", key, series=views)
    words = booking_words(views[0], turn.language) | series_words(views, turn.language)
    answer = turn.say("merchant.series_accepted" if values["accepted"] else "merchant.series_declined", **words)
    return Reply(f"{answer} {turn.say('merchant.told' if told else 'merchant.not_told')}")


async def _staff_of(uow: UnitOfWork, dates: Sequence[Booking]) -> list[int]:
    """Everybody who was asked."""
    return [id for view in await bookings_by_id(uow, [date.id for date in dates]) for id in view.staff_ids]


async def _decide(turn: Turn, dates: Sequence[Booking], sequence: int, is_accepted: bool) -> list[int]:
    """All dates of a series were asked for at once, and so stood alike."""
    decided = []
    for date in dates:
        if date.status is Status.PENDING_APPROVAL and date.starts_at > turn.now:
            try:
                await decide_as_shown(turn, date.id, sequence, is_accepted=is_accepted)
            except AlreadyDecidedError:
                continue
            decided.append(date.id)
    return decided


SKILL = Skill("merchant_series", MERCHANTS, {"decide_series": decide})
