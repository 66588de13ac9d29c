"""Requests for the same visit week after week: accepted or declined together, told to the customer once."""

from datetime import datetime
from typing import Any

from booking import lifecycle
from booking.booking import AlreadyDecidedError, Booking, Status, get
from booking.queries import BookingView, bookings_by_id
from booking.series import bookings_ahead_of, bookings_of
from core.uow import UnitOfWork
from dialog.messages import Reply
from dialog.notices import booking_words, series_words, tell_customer
from dialog.skills.merchant import find, may_change, stands, welcome
from dialog.turn import MERCHANTS, Skill, Turn


async def decide(turn: Turn, values: dict[str, Any]) -> Reply:
    """Of all dates that still wait for an answer; those that lapsed or changed meanwhile stay as they are."""
    asked = await find(turn, values["booking_id"])
    if asked is None or not may_change(turn, asked, await _staff_of_series(turn.uow, asked)):
        return await welcome(turn, {})
    decided = await _decide(turn.uow, await get(turn.uow, asked.id), values["accepted"], turn.now)
    if not decided:
        return stands(turn, asked)
    views = await bookings_by_id(turn.uow, decided)
    outcome = "approved" if values["accepted"] else "declined"
    key = f"booking:{asked.id}:{asked.sequence}:series_decided"
    told = await tell_customer(turn.uow, turn.tenant, views[0], f"customer.series_{outcome}", key, series=views)
    words = booking_words(views[0], turn.language) | series_words(views, turn.language)
    answer = turn.say("merchant.series_accepted" if values["accepted"] else "merchant.series_declined", **words)
    return Reply(f"{answer} {turn.say('merchant.told' if told else 'merchant.not_told')}")


async def _staff_of_series(uow: UnitOfWork, view: BookingView) -> list[int]:
    """Everybody who was asked: those of all its dates."""
    dates = await bookings_of(uow, view.series) if view.series else []
    return [id for date in await bookings_by_id(uow, [booking.id for booking in dates]) for id in date.staff_ids]


async def _decide(uow: UnitOfWork, first: Booking, is_accepted: bool, now: datetime) -> list[int]:
    act = lifecycle.approve if is_accepted else lifecycle.decline
    decided = []
    for booking in await bookings_ahead_of(uow, first, now=now):
        if booking.status is Status.PENDING_APPROVAL:
            try:
                decided.append((await act(uow, booking.id, now=now)).id)
            except AlreadyDecidedError:
                continue
    return decided


SKILL = Skill("merchant_series", MERCHANTS, {"decide_series": decide})
