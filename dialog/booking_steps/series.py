"""A wish that recurs: all dates with what is not free of them, one yes to exactly this list, all booked or none."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from booking.availability import Slot
from booking.lifecycle import NotBookableError, SlotTakenError
from booking.queries import BookingView, bookings_by_id
from booking.series import Reason, SeriesPlan, book_series, plan_series
from booking.visit import Visit
from dialog.booking_steps.summary import draft_of, remember, shown_staff
from dialog.booking_steps.wish import Wish
from dialog.calendar_file import calendar_file
from dialog.labels import day_label, price_label, time_label, with_people
from dialog.messages import Choice, Reply
from dialog.notices import booking_words, series_words, tell_merchants
from dialog.policy import policy_words
from dialog.taps import tap_id
from dialog.turn import Turn
from dialog.understanding.when_values import add_months

_OFFERED = (4, 6, 8, 12)
# As many as one message can show.
_AT_MOST = 26


def wanted_recurrence(turn: Turn) -> dict[str, Any] | None:
    recurrence: dict[str, Any] | None = turn.session.fields.get("recurrence")
    return recurrence


async def summarise_series(turn: Turn, wish: Wish, slot: Slot) -> Reply:
    """Each date is named: those that a yes books, and those that cannot be had and why."""
    recurrence = wanted_recurrence(turn) or {}
    if len(recurrence) == 1:
        return _ask_times(turn)
    staff_id = shown_staff(wish, slot).id
    times, is_cut = _times(turn, wish, slot.starts_at, recurrence)
    plan = await _plan(turn, wish, staff_id, slot.starts_at, times)
    draft = _draft(wish, plan, staff_id)
    remember(turn, wish, slot.starts_at, turn.catalogue.staff_by_id[staff_id], draft)
    choices = (
        Choice(tap_id("yes", draft), turn.say("button.yes_series")),
        Choice(tap_id("times", 1), turn.say("button.once")),
        Choice(tap_id("leave"), turn.say("button.leave")),
    )
    notes = [turn.say("series.limited", limit=times)] if is_cut else []
    return Reply("\n\n".join([*notes, *_parts(turn, wish, plan, staff_id)]), choices)


async def commit_series(turn: Turn, wish: Wish, draft: str) -> list[BookingView] | None:
    """What was booked; None where the list that was agreed to is no longer what can be had."""
    fields = turn.session.fields
    starts_at, staff_id = datetime.fromisoformat(fields["instant"]), fields["shown_staff"]
    times, _ = _times(turn, wish, starts_at, wanted_recurrence(turn) or {})
    plan = await _plan(turn, wish, staff_id, starts_at, times)
    if draft != _draft(wish, plan, staff_id) or not plan.free:
        return None
    try:
        booked = await book_series(
            turn.uow,
            turn.catalogue,
            [(slot.starts_at, _with(wish.as_shown(staff_id), _person(slot, staff_id))) for slot in plan.free],
            key=f"{turn.key}:series",
            customer_id=turn.customer_id,
            now=turn.now,
            conversation_id=turn.conversation.id,
        )
    except (SlotTakenError, NotBookableError):
        turn.facts["conflict"] = True
        return None
    return await bookings_by_id(turn.uow, [booking.id for booking in booked])


async def answer_booked(turn: Turn, views: list[BookingView]) -> Reply:
    """One message for all dates, to the customer and to each merchant concerned."""
    first, is_request = views[0], views[0].status == "pending_approval"
    turn.session = turn.session.fresh()
    turn.facts |= {"booked": first.id, "series": len(views)}
    await tell_merchants(turn, first, "merchant.series_requested" if is_request else "merchant.series", series=views)
    words = booking_words(first, turn.language) | series_words(views, turn.language)
    if is_request:
        return Reply(turn.say("series.requested", **words))
    text = turn.say("series.confirmed", price=price_label(first.price, turn.language), **words)
    answer = "\n\n".join(filter(None, (text, policy_words(turn.tenant, turn.language, first.price))))
    return Reply(answer, document=await calendar_file(turn.uow, turn.language, *views))


def _ask_times(turn: Turn) -> Reply:
    most = min(turn.catalogue.rules.max_recurrences, _AT_MOST)
    offered = [times for times in _OFFERED if times <= most] or [most]
    turn.session = replace(turn.session.without_question(), flow="book", asked=("times",))
    choices = tuple(Choice(tap_id("times", n), turn.say("button.times", count=n)) for n in offered)
    once = Choice(tap_id("times", 1), turn.say("button.once"))
    return Reply(turn.say("series.ask_times"), (*choices, once), turn.say("list.choose"))


def _times(turn: Turn, wish: Wish, starts_at: datetime, recurrence: dict[str, Any]) -> tuple[int, bool]:
    """How many dates, and whether fewer than were wished for."""
    weeks = recurrence["every_weeks"]
    first = starts_at.astimezone(wish.zone(turn)).date()
    if "count" in recurrence:
        times = recurrence["count"]
    elif "weeks" in recurrence:
        times = -(-recurrence["weeks"] // weeks)
    else:
        times = (_last_day(first, recurrence) - first).days // (7 * weeks) + 1
    most = min(turn.catalogue.rules.max_recurrences, _AT_MOST)
    return max(1, min(times, most)), times > most


def _last_day(first: date, recurrence: dict[str, Any]) -> date:
    if "until" in recurrence:
        return min(date.fromisoformat(recurrence["until"]), first + timedelta(days=3650))
    return add_months(first, min(recurrence["months"], 120)) - timedelta(days=1)


async def _plan(turn: Turn, wish: Wish, staff_id: int, starts_at: datetime, times: int) -> SeriesPlan:
    recurrence = wanted_recurrence(turn) or {}
    return await plan_series(
        turn.uow,
        turn.catalogue,
        wish.as_shown(staff_id),
        starts_at=starts_at,
        every_weeks=recurrence["every_weeks"],
        count=times,
        now=turn.now,
        customer_id=turn.customer_id,
    )


def _parts(turn: Turn, wish: Wish, plan: SeriesPlan, staff_id: int) -> Iterable[str]:
    staff = turn.catalogue.staff_by_id[staff_id]
    place = turn.catalogue.location_of(staff_id)
    price = wish.price(staff_id)
    first = plan.free[0].starts_at if plan.free else plan.conflicts[0].starts_at
    yield turn.say(
        "series.summary",
        service=with_people(wish.service.name(turn.language), wish.seats, turn.language),
        staff=staff.name,
        time=time_label(first.astimezone(plan.zone), turn.language),
        days=", ".join(_day_of(turn, plan, slot, staff_id) for slot in plan.free),
        location=", ".join(filter(None, (place.name(turn.language), place.address))),
        price=price_label(price, turn.language),
    )
    lost = [_conflicts(turn, plan, reason) for reason in Reason]
    yield from filter(None, ("\n".join(filter(None, lost)), policy_words(turn.tenant, turn.language, price)))
    question = "series.book_free" if plan.conflicts else "series.book_all"
    yield turn.say(question, count=len(plan.free))


def _day_of(turn: Turn, plan: SeriesPlan, slot: Slot, staff_id: int) -> str:
    """With whom, where it cannot be the person who is named for all."""
    label = day_label(slot.starts_at.astimezone(plan.zone).date(), turn.language)
    person = _person(slot, staff_id)
    return label if person == staff_id else f"{label} ({turn.catalogue.staff_by_id[person].name})"


def _person(slot: Slot, staff_id: int) -> int:
    """The one who was named first, where free."""
    return staff_id if staff_id in slot.staff_ids else slot.staff_ids[0]


def _with(visit: Visit, staff_id: int) -> Visit:
    items = (replace(item, staff_ids=(staff_id,)) if staff_id in item.able else item for item in visit.items)
    return replace(visit, items=tuple(items))


def _conflicts(turn: Turn, plan: SeriesPlan, reason: Reason) -> str:
    days = [conflict.starts_at.astimezone(plan.zone).date() for conflict in plan.conflicts if conflict.reason is reason]
    named = ", ".join(day_label(day, turn.language) for day in days)
    return turn.say(f"series.{reason}", days=named) if days else ""


def _draft(wish: Wish, plan: SeriesPlan, staff_id: int) -> str:
    """Changes with every date, with whom it would be, and what it costs."""
    first = plan.free[0].starts_at if plan.free else plan.conflicts[0].starts_at
    said = [draft_of(wish, first, staff_id)]
    said += [f"{slot.starts_at.isoformat()} {_person(slot, staff_id)}" for slot in plan.free]
    said += [f"{conflict.starts_at.isoformat()} {conflict.reason}" for conflict in plan.conflicts]
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:12]
