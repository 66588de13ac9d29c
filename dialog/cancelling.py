"""Calling off one of several recurring bookings and all that follow it: shown with each date, done after a yes."""

import hashlib
from dataclasses import dataclass, replace

from booking import fees
from booking.booking import get
from booking.queries import BookingView, bookings_by_id, upcoming_bookings
from booking.rules import is_too_late
from booking.series import bookings_ahead_of, cancel_series
from core.money import Money
from dialog.calendar_file import calendar_file
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, contact_words, series_words, tell_merchants
from dialog.pointing import gone, next_steps
from dialog.skills.late_requests import ask_merchants
from dialog.taps import tap_id
from dialog.turn import Turn


@dataclass(frozen=True, slots=True)
class _Rest:
    """`free` are called off by the yes; about the `late` ones the team is asked."""

    free: list[BookingView]
    late: list[BookingView]

    @property
    def draft(self) -> str:
        said = [f"{view.id}:{view.sequence}" for view in (*self.free, *self.late)]
        return hashlib.sha256(f"series|{len(self.free)}|{said}".encode()).hexdigest()[:12]


def wants_all(turn: Turn) -> bool:
    return "series" in turn.session.fields


async def point_at_series(turn: Turn) -> None:
    """Where a customer has one series, its next date is meant without asking."""
    if turn.session.booking_id is not None:
        return
    recurring = [v for v in await upcoming_bookings(turn.uow, turn.customer_id, turn.now) if v.series]
    if len({view.series for view in recurring}) == 1:
        turn.session = replace(turn.session, booking_id=recurring[0].id)


async def count_rest(turn: Turn, view: BookingView) -> int:
    """This one and those of its series that follow it."""
    return len(await bookings_ahead_of(turn.uow, await get(turn.uow, view.id), now=turn.now))


async def summarise_rest(turn: Turn, view: BookingView) -> Reply:
    rest = await _rest(turn, view)
    session = turn.session.without_question()
    turn.session = replace(session, flow="cancel", booking_id=view.id, question="confirm", draft=rest.draft)
    choices = (
        Choice(tap_id("yes", rest.draft), turn.say("button.yes_cancel_all")),
        Choice(tap_id("no", rest.draft), turn.say("button.keep")),
    )
    return Reply("\n\n".join(await _parts(turn, rest)), choices)


async def commit_rest(turn: Turn, view: BookingView, draft: str) -> Reply:
    """A yes to the list that was shown; where it has changed, it is shown again."""
    rest = await _rest(turn, view)
    if draft != rest.draft:
        return await summarise_rest(turn, view)
    turn.session = turn.session.fresh()
    done = await cancel_series(turn.uow, view.id, now=turn.now, by="customer", key=f"{turn.key}:cancel")
    cancelled = await bookings_by_id(turn.uow, [booking.id for booking in done.cancelled])
    texts = []
    if cancelled:
        turn.facts |= {"cancelled": view.id, "series": len(cancelled)}
        await tell_merchants(turn, cancelled[0], "merchant.series_cancelled", series=cancelled)
        words = booking_words(cancelled[0], turn.language) | series_words(cancelled, turn.language)
        texts.append(turn.say("cancel.series_done", **words))
    for late in await bookings_by_id(turn.uow, [booking.id for booking in done.too_late]):
        texts.append(await ask_team(turn, late))
    if not texts:
        return gone(turn, "cancel")
    document = await calendar_file(turn.uow, turn.language, *cancelled)
    return Reply("\n\n".join(texts), next_steps(turn), document=document)


async def ask_team(turn: Turn, view: BookingView) -> str:
    """Asks for a cancellation that is too late, and says so."""
    await ask_merchants(turn, view, await late_fee(turn, view))
    turn.facts["asked_to_cancel"] = view.id
    words = booking_words(view, turn.language)
    contact = await contact_words(turn)
    return turn.say("cancel.asked", tenant=turn.tenant.name, contact=contact, **words).strip()


async def late_fee(turn: Turn, view: BookingView) -> Money | None:
    return await fees.late_fee(turn.uow, turn.catalogue.rules.late_cancel_fee, view)


def late_words(turn: Turn, fee: Money | None) -> str:
    """That the team decides, and what it costs."""
    asks = turn.say("cancel.late", hours=turn.catalogue.rules.cancel_until_hours, tenant=turn.tenant.name)
    return f"{asks} {turn.say('cancel.late_fee', fee=fee.format(turn.language))}" if fee else asks


async def _rest(turn: Turn, view: BookingView) -> _Rest:
    bookings = await bookings_ahead_of(turn.uow, await get(turn.uow, view.id), now=turn.now)
    late = {booking.id for booking in bookings if is_too_late(booking, turn.catalogue.rules, turn.now)}
    views = await bookings_by_id(turn.uow, [booking.id for booking in bookings])
    return _Rest([v for v in views if v.id not in late], [v for v in views if v.id in late])


async def _parts(turn: Turn, rest: _Rest) -> list[str]:
    parts = []
    if rest.free:
        words = booking_words(rest.free[0], turn.language) | series_words(rest.free, turn.language)
        parts.append(turn.say("cancel.series_summary", **words))
    if rest.late:
        days = series_words(rest.late, turn.language)["days"]
        parts.append(f"{days}: {late_words(turn, await late_fee(turn, rest.late[0]))}")
    return parts
