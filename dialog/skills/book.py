"""Booking: what is still open is asked for, one thing at a time; what was said is never asked again."""

from dataclasses import replace
from typing import Any

from booking.catalogue import Service
from booking.visit import Item
from dialog.booking_steps.commit import commit, commit_recurring
from dialog.booking_steps.extras import extras_question, items_of
from dialog.booking_steps.people import lift_exclusion, place_question, staff_question, teams_of
from dialog.booking_steps.services import (
    adopt_taps,
    another_question,
    ask_service,
    ask_to_leave_out,
    chosen_services,
    settle_services,
)
from dialog.booking_steps.summary import draft_shown
from dialog.booking_steps.when import find_time
from dialog.booking_steps.wish import seats_wished, wish_of
from dialog.messages import Choice, Reply
from dialog.taps import tap_id
from dialog.turn import CUSTOMERS, Skill, Turn


async def run(turn: Turn, values: dict[str, Any]) -> Reply:
    """Services with their extras, then place, then person, then day and time, then the summary."""
    adopt_taps(turn)
    services, note = settle_services(turn)
    if not services:
        return ask_service(turn)
    items = items_of(turn, services)
    notes = (note, _limit_people(turn, items), lift_exclusion(turn, services))
    reply = another_question(turn, services) or extras_question(turn, items)
    if reply is None:
        teams = teams_of(turn, services)
        reply = place_question(turn, items, teams) or staff_question(turn, items, teams)
        reply = reply or await find_time(turn, wish_of(turn, items, teams))
    return replace(reply, text="\n\n".join(filter(None, (*notes, reply.text))))


async def commit_book(turn: Turn, values: dict[str, Any]) -> Reply:
    """A yes to the summary that was shown; to no other, even where the catalogue has changed since."""
    services, instant = chosen_services(turn), turn.session.fields.get("instant")
    if not services or instant is None:
        return await run(turn, {})
    wish = wish_of(turn, items_of(turn, services), teams_of(turn, services))
    if "recurrence" in turn.session.fields:
        return await commit_recurring(turn, wish, values["draft"]) or await run(turn, {})
    if values["draft"] != draft_shown(turn, wish):
        return await run(turn, {})
    return await commit(turn, wish)


def _limit_people(turn: Turn, items: list[Item]) -> str:
    """More than a group holds are not searched for in vain; the sentence that says so, else empty."""
    service = items[0].service
    if not service.is_group or seats_wished(turn, items) <= service.capacity:
        return ""
    turn.session = turn.session.with_fields(party_size=service.capacity)
    return turn.say("book.too_many_people", service=service.name(turn.language), count=service.capacity)


async def change(turn: Turn, values: dict[str, Any]) -> Reply:
    """A no to the summary, or to what was offered: what should be different?"""
    moves = turn.session.flow == "reschedule"
    choices = [
        Choice(tap_id("change", what), turn.say(f"button.{label}")) for what, label in _changes(turn, moves=moves)
    ]
    choices.append(Choice(tap_id("leave"), turn.say("button.keep" if moves else "button.leave")))
    return Reply(turn.say("book.change_what"), tuple(choices), turn.say("list.choose"))


def _changes(turn: Turn, *, moves: bool) -> list[tuple[str, str]]:
    """What could be different, and the label for it."""
    services, fields = chosen_services(turn), turn.session.fields
    found = [("time", "other_time")] if "date" in fields or "starts_at" in fields else []
    found.append(("date", "other_day"))
    if any(len(service.staff_ids) > 1 and not service.needs_all_staff for service in services):
        found.append(("staff", "other_staff"))
    if moves:
        return found
    if _has_extras(services):
        found.append(("extras", "other_extras"))
    found.append(("service", "other_service"))
    return [*found, ("less", "leave_out")] if len(services) > 1 else found


def _has_extras(services: list[Service]) -> bool:
    return any(service.variants or service.add_ons for service in services)


SKILL = Skill(
    "book", CUSTOMERS, {"book": run, "commit_book": commit_book, "change": change, "leave_out": ask_to_leave_out}
)
