"""Waiting for a time that is taken: what is known of the wish is noted, and what is not is asked for."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from booking import waitlist
from booking.booking import TooManyNoShowsError
from booking.catalogue import Service
from booking.waitlist_offers import find_free
from booking.waitlist_rows import Entry, Wanted, waits_of
from dialog.booking_steps.extras import extras_question, items_of
from dialog.booking_steps.free import horizon
from dialog.booking_steps.people import chosen_staff, staff_question, teams_of
from dialog.booking_steps.refusals import leave_to_team
from dialog.booking_steps.services import adopt_taps, ask_service, chosen_services
from dialog.booking_steps.wish import Wish, wish_of
from dialog.labels import day_label, day_words
from dialog.messages import Choice, Reply
from dialog.offers import Option, ask
from dialog.session import ANY
from dialog.skills import book
from dialog.taps import day_of, tap_id, wait_id
from dialog.turn import CUSTOMERS, Skill, Turn
from dialog.waiting import leave_choices, service_words, wait_words

_DAYS_SHOWN = 8


async def run(turn: Turn, values: dict[str, Any]) -> Reply:
    """Service and what belongs to it, then day: of all else anything will do. What is free already is offered
    instead."""
    adopt_taps(turn)
    if "starts_at" in turn.session.fields:  # a time was tapped meanwhile: that is a booking
        return await _book_instead(turn)
    services, note = _one_service(turn)
    if not services:
        return ask_service(turn)
    items, teams = items_of(turn, services), teams_of(turn, services)
    question = extras_question(turn, items)
    if question is None and turn.session.fields.get("staff") not in (None, ANY) and not chosen_staff(turn, teams):
        question = staff_question(turn, items, teams)
    if question is None:
        return _noted(note, await _wait(turn, wish_of(turn, items, teams)))
    return _noted(note, question)


def _one_service(turn: Turn) -> tuple[list[Service], str]:
    """Of several the first is waited for; says so."""
    services = chosen_services(turn)
    if len(services) < 2:
        return services, ""
    turn.session = turn.session.with_services([services[0].key])
    return services[:1], turn.say("waitlist.one_service", service=services[0].name(turn.language))


def _noted(note: str, reply: Reply) -> Reply:
    return replace(reply, text="\n\n".join(filter(None, (note, reply.text))))


async def _wait(turn: Turn, wish: Wish) -> Reply:
    _take_up_missed(turn)
    days = _days(turn, wish)
    if isinstance(days, Reply):
        return days
    wanted = _wanted(turn, wish, days)
    if await find_free(turn.uow, turn.catalogue, wanted, now=turn.now):
        return _noted(turn.say("waitlist.there_is_room"), await _book_instead(turn))
    return await _join(turn, wanted)


async def _book_instead(turn: Turn) -> Reply:
    turn.session = replace(turn.session, flow="book")
    return await book.run(turn, {})


def _take_up_missed(turn: Turn) -> None:
    """Days and times that were wished for and not free are what is waited for, where no others were said since."""
    fields = turn.session.fields
    missed = dict(fields.get("missed") or {})
    if "date_range" in fields or missed.get("date") != fields.get("date", missed.get("date")):
        missed = {}
    if "time" in fields or "time_range" in fields:
        missed = {field: value for field, value in missed.items() if field not in ("time", "time_range")}
    turn.session = turn.session.with_fields(missed=None, **missed)


def _days(turn: Turn, wish: Wish) -> tuple[date, date] | Reply:
    """The first and the last day that would do; else the question for them."""
    fields = turn.session.fields
    today, horizon_end = horizon(turn, wish.zone)
    window = fields.get("date_range") or {}
    if "asap" in fields or window:
        first = max(day_of(window.get("start") or "") or today, today)
        last = day_of(window.get("end") or "") or max(horizon_end, first)
    else:
        day = day_of(str(fields.get("date", "")))
        if day is None:
            return _ask_day(turn, wish)
        first = last = day
    if last < today:
        turn.session = turn.session.with_fields(date=None, date_range=None)
        return _ask_day(turn, wish, past=last)
    return first, last


def _ask_day(turn: Turn, wish: Wish, *, past: date | None = None) -> Reply:
    """Any day, or one of the next on which somebody works who does it."""
    today, last = horizon(turn, wish.zone)
    team = [turn.catalogue.staff_by_id[staff_id] for staff_id in wish.items[0].able]
    days = (today + timedelta(days=n) for n in range((last - today).days + 1))
    working = [day for day in days if any(member.hours.shifts_on(day) for member in team)][:_DAYS_SHOWN]
    staff = wish.staff.id if wish.staff else None
    any_day = wait_id(wish.service_ids[0], staff, (None, None))
    options = [Option("date", "", turn.say("button.any_day"), any_day)]
    options += [
        Option(
            "date", str(day), day_label(day, turn.language), wait_id(wish.service_ids[0], staff, (str(day), str(day)))
        )
        for day in working
    ]
    text = turn.say("waitlist.ask_day", service=wish.name(turn.language))
    if past:
        text = f"{turn.say('waitlist.day_past', day=day_words(past, turn.language))} {text}"
    return ask(turn, "date", text, options, list_label="list.days")


def _wanted(turn: Turn, wish: Wish, days: tuple[date, date]) -> Wanted:
    fields, item = turn.session.fields, wish.items[0]
    exact, times = fields.get("time"), fields.get("time_range") or {}
    place = next((place for place in turn.catalogue.locations if place.key == fields.get("location")), None)
    return Wanted(
        service_id=item.service.id,
        from_date=days[0],
        to_date=days[1],
        from_time=exact or times.get("start"),
        to_time=exact or times.get("end"),
        variant=item.variant,
        add_ons=item.add_ons,
        staff_id=wish.staff.id if wish.staff else None,
        location_id=place.id if place else None,
        party_size=min(wish.seats, item.service.capacity) if item.service.is_group else wish.seats,
    )


async def _join(turn: Turn, wanted: Wanted) -> Reply:
    turn.session = turn.session.fresh()
    try:
        entry = await waitlist.join(
            turn.uow,
            turn.catalogue,
            wanted,
            customer_id=turn.customer_id,
            conversation_id=turn.conversation.id,
            now=turn.now,
        )
    except TooManyNoShowsError as error:
        return await leave_to_team(turn, error, partial(_wished, turn, wanted))
    turn.facts["waits"] = entry.id
    words = wait_words(turn.catalogue, entry.wanted, turn.language)
    minutes = turn.catalogue.rules.waitlist_offer_minutes
    return Reply(turn.say("waitlist.joined", minutes=minutes, **words), leave_choices(turn, entry))


def _wished(turn: Turn, wanted: Wanted, language: str) -> dict[str, str]:
    when = wait_words(turn.catalogue, wanted, language)["when"]
    return {"service": service_words(turn.catalogue, wanted, language), "moment": when}


async def leave(turn: Turn, values: dict[str, Any]) -> Reply:
    """The wait that is meant, or the only one; else asks which."""
    turn.session = turn.session.fresh()
    waits = await waits_of(turn.uow, turn.customer_id)
    entry_id = values["entry_id"]
    meant = [entry for entry in waits if entry_id in (None, entry.id)]
    if len(meant) > 1:
        return _ask_which(turn, meant)
    left = await waitlist.leave(turn.uow, meant[0].id, customer_id=turn.customer_id, now=turn.now) if meant else None
    choices = (
        Choice(tap_id("flow", "book"), turn.say("button.book")),
        Choice(tap_id("flow", "list_bookings"), turn.say("button.my_bookings")),
    )
    if left is None:
        return Reply(turn.say("waitlist.none"), choices)
    turn.facts["left_waitlist"] = left.id
    return Reply(turn.say("waitlist.left", **wait_words(turn.catalogue, left.wanted, turn.language)), choices)


def _ask_which(turn: Turn, waits: list[Entry]) -> Reply:
    options = [
        Option(
            "booking",
            entry.id,
            service_words(turn.catalogue, entry.wanted, turn.language),
            tap_id("unwait", entry.id),
            wait_words(turn.catalogue, entry.wanted, turn.language)["when"],
        )
        for entry in waits
    ]
    return ask(turn, "booking", turn.say("waitlist.which"), options)


SKILL = Skill("waitlist", CUSTOMERS, {"waitlist": run, "leave_list": leave})
