"""A wish that recurs: all dates with what is not free of them, one yes to exactly this list, all booked or none."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from booking.availability import Slot
from booking.lifecycle import NotBookableError, SlotTakenError
from booking.plans import Plan, plan_visit
from booking.queries import BookingView, bookings_by_id
from booking.series import Reason, SeriesPlan, book_series, plan_series
from booking.slots import Assignment
from dialog.booking_steps.deposits import due_of_plan
from dialog.booking_steps.summary import (
    draft_of,
    notes_of,
    people_of,
    place_of,
    plan_shown,
    remember,
    summarise,
)
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
    first = wish.plan(turn.catalogue, slot)
    if due_of_plan(turn, wish, first):
        turn.session = turn.session.with_fields(recurrence=None)
        one = summarise(turn, wish, slot)
        return replace(one, text=f"{turn.say('series.with_deposit')}\n\n{one.text}")
    if len(recurrence) == 1:
        return _ask_times(turn)
    times, is_cut = _times(turn, wish, slot.starts_at, recurrence)
    plan = await _plan(turn, wish, first, times)
    draft = _draft(turn, wish, first, plan)
    remember(turn, wish, first, draft)
    choices = (
        Choice(tap_id("yes", draft), turn.say("button.yes_series")),
        Choice(tap_id("times", 1), turn.say("button.once")),
        Choice(tap_id("leave"), turn.say("button.leave")),
    )
    notes = [turn.say("series.limited", limit=times)] if is_cut else []
    return Reply("\n\n".join([*notes, *_parts(turn, wish, first, plan)]), choices)


async def commit_series(turn: Turn, wish: Wish, draft: str) -> list[BookingView] | None:
    """What was booked; None where the list that was agreed to is no longer what can be had."""
    starts_at = datetime.fromisoformat(turn.session.fields["instant"])
    first = plan_shown(turn, wish, starts_at)
    if first is None:
        return None
    times, _ = _times(turn, wish, starts_at, wanted_recurrence(turn) or {})
    plan = await _plan(turn, wish, first, times)
    if draft != _draft(turn, wish, first, plan) or not plan.free:
        return None
    try:
        booked = await book_series(
            turn.uow,
            turn.catalogue,
            [(slot.starts_at, wish.as_shown(_people(slot, first))[0]) for slot in plan.free],
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
    first = starts_at.astimezone(wish.zone).date()
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


async def _plan(turn: Turn, wish: Wish, first: Plan, times: int) -> SeriesPlan:
    """By those who ask the same price and take as long as those who were shown."""
    recurrence = wanted_recurrence(turn) or {}
    return await plan_series(
        turn.uow,
        turn.catalogue,
        wish.as_shown(first.leads)[-1],
        starts_at=first.starts_at,
        every_weeks=recurrence["every_weeks"],
        count=times,
        now=turn.now,
        customer_id=turn.customer_id,
    )


def _parts(turn: Turn, wish: Wish, first: Plan, plan: SeriesPlan) -> Iterable[str]:
    price = wish.price(first.leads)
    yield turn.say(
        "series.summary",
        service=with_people(wish.name(turn.language), wish.seats, turn.language),
        staff=people_of(turn, first),
        time=time_label(_first_start(plan).astimezone(plan.zone), turn.language),
        days=", ".join(_day_of(turn, wish, first, plan, slot) for slot in plan.free),
        location=place_of(turn, first),
        price=price_label(price, turn.language),
    )
    lost = [_conflicts(turn, plan, reason) for reason in Reason]
    terms = (policy_words(turn.tenant, turn.language, price), notes_of(turn, wish, turn.language))
    yield from filter(None, ("\n".join(filter(None, lost)), *terms))
    question = "series.book_free" if plan.conflicts else "series.book_all"
    yield turn.say(question, count=len(plan.free))


def _first_start(plan: SeriesPlan) -> datetime:
    return plan.free[0].starts_at if plan.free else plan.conflicts[0].starts_at


def _day_of(turn: Turn, wish: Wish, first: Plan, plan: SeriesPlan, slot: Slot) -> str:
    """With whom, where it cannot be those who are named for all."""
    label = day_label(slot.starts_at.astimezone(plan.zone).date(), turn.language)
    people = _people(slot, first)
    if people == first.leads:
        return label
    return f"{label} ({people_of(turn, plan_visit(turn.catalogue, wish.visit, people, slot.starts_at))})"


def _people(slot: Slot, first: Plan) -> Assignment:
    """Those who were named first, where free."""
    shown = first.leads
    return shown if shown in slot.assignments else slot.assignments[0]


def _conflicts(turn: Turn, plan: SeriesPlan, reason: Reason) -> str:
    days = [conflict.starts_at.astimezone(plan.zone).date() for conflict in plan.conflicts if conflict.reason is reason]
    named = ", ".join(day_label(day, turn.language) for day in days)
    return turn.say(f"series.{reason}", days=named) if days else ""


def _draft(turn: Turn, wish: Wish, first: Plan, plan: SeriesPlan) -> str:
    """Changes with every date, with whom it would be, and what it costs."""
    said = [draft_of(turn, wish, first)]
    said += [f"{slot.starts_at.isoformat()} {_people(slot, first)}" for slot in plan.free]
    said += [f"{conflict.starts_at.isoformat()} {conflict.reason}" for conflict in plan.conflicts]
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:12]
