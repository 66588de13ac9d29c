"""Booking: what is still open is asked for, one thing at a time; what was said is never asked again."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from booking.catalogue import Service, Staff
from dialog.booking_steps.commit import commit, commit_recurring
from dialog.booking_steps.summary import draft_of
from dialog.booking_steps.when import find_time
from dialog.booking_steps.wish import Wish, seats_wished
from dialog.labels import day_words, duration_label, price_label
from dialog.messages import Choice, Reply
from dialog.offers import Option, ask
from dialog.session import ANY
from dialog.taps import day_of, tap_id
from dialog.turn import CUSTOMERS, Skill, Turn


async def run(turn: Turn, values: dict[str, Any]) -> Reply:
    """Service, then place, then person, then day and time, then the summary."""
    adopt_tapped_ids(turn)
    service = chosen_service(turn)
    if service is None:
        return ask_service(turn)
    notes = (_limit_people(turn, service), _lift_exclusion(turn, service))
    candidates = candidates_of(turn, service)
    question = _place_question(turn, service, candidates) or staff_question(turn, service, candidates)
    reply = question or await find_time(turn, _wish(turn, service, candidates))
    return replace(reply, text="\n\n".join(filter(None, (*notes, reply.text))))


async def commit_book(turn: Turn, values: dict[str, Any]) -> Reply:
    """A yes to the summary that was shown; to no other, even where the catalogue has changed since."""
    service = chosen_service(turn)
    instant = turn.session.fields.get("instant")
    if service is None or instant is None:
        return await run(turn, {})
    wish = _wish(turn, service, candidates_of(turn, service))
    if "recurrence" in turn.session.fields:
        return await commit_recurring(turn, wish, values["draft"]) or await run(turn, {})
    shown = turn.session.fields.get("shown_staff")
    if shown not in service.staff_ids or values["draft"] != draft_of(wish, datetime.fromisoformat(instant), shown):
        return await run(turn, {})
    return await commit(turn, wish)


def _wish(turn: Turn, service: Service, candidates: list[Staff]) -> Wish:
    return Wish(service, chosen_staff(turn, candidates), tuple(candidates), seats_wished(turn, service))


def _limit_people(turn: Turn, service: Service) -> str:
    """More than a group holds are not searched for in vain; the sentence that says so, else empty."""
    if not service.is_group or seats_wished(turn, service) <= service.capacity:
        return ""
    turn.session = turn.session.with_fields(party_size=service.capacity)
    return turn.say("book.too_many_people", service=service.name(turn.language), count=service.capacity)


async def change(turn: Turn, values: dict[str, Any]) -> Reply:
    """A no to the summary, or to what was offered: what should be different?"""
    fields = turn.session.fields
    wanted = [("time", "other_time")] if "date" in fields or "starts_at" in fields else []
    wanted += [("date", "other_day")]
    service = chosen_service(turn)
    if service and len(service.staff_ids) > 1:
        wanted.append(("staff", "other_staff"))
    moves = turn.session.flow == "reschedule"
    if not moves:
        wanted.append(("service", "other_service"))
    choices = [Choice(tap_id("change", field), turn.say(f"button.{name}")) for field, name in wanted]
    choices.append(Choice(tap_id("leave"), turn.say("button.keep" if moves else "button.leave")))
    return Reply(turn.say("book.change_what"), tuple(choices), turn.say("list.choose"))


def _lift_exclusion(turn: Turn, service: Service) -> str:
    """Where everybody who does the service was ruled out, there is only them; says so, else empty."""
    able = turn.catalogue.staff_of(service)
    ruled_out = turn.session.excluded.get("staff", ())
    if not able or any(member.key not in ruled_out for member in able):
        return ""
    excluded = {field: values for field, values in turn.session.excluded.items() if field != "staff"}
    turn.session = replace(turn.session, excluded=excluded)
    names = ", ".join(member.name for member in able)
    return turn.say("book.only_staff", service=service.name(turn.language), staff=names)


def chosen_service(turn: Turn) -> Service | None:
    """The service that was named; the only one there is needs no naming."""
    services = turn.catalogue.services
    key = turn.session.fields.get("service")
    if key is None and len(services) == 1:
        return services[0]
    return next((service for service in services if service.key == key), None)


def adopt_tapped_ids(turn: Turn) -> None:
    """A tapped day or time brings its service and staff member by id."""
    fields = turn.session.fields
    service = next((s for s in turn.catalogue.services if s.id == fields.get("service_id")), None)
    staff = next((s for s in turn.catalogue.staff if s.id == fields.get("staff_id")), None)
    adopted: dict[str, Any] = {"service_id": None, "staff_id": None}
    if service is not None:
        adopted["service"] = service.key
        if "staff_id" in fields:
            adopted["staff"] = staff.key if staff else ANY
    turn.session = turn.session.with_fields(**adopted)


def candidates_of(turn: Turn, service: Service) -> list[Staff]:
    location = turn.session.fields.get("location")
    excluded = set(turn.session.excluded.get("staff", ()))
    places = {place.id: place.key for place in turn.catalogue.locations}
    able = [member for member in turn.catalogue.staff_of(service) if member.key not in excluded]
    return [member for member in able if location in (None, ANY, places.get(member.location_id))] or able


def chosen_staff(turn: Turn, candidates: list[Staff]) -> Staff | None:
    key = turn.session.fields.get("staff")
    return next((member for member in candidates if member.key == key), None)


def ask_service(turn: Turn) -> Reply:
    known = turn.session.fields.get("service")
    turn.session = turn.session.with_fields(service=None)
    options = [
        Option(
            "service",
            service.key,
            service.name(turn.language),
            tap_id("service", service.key),
            _offer_line(turn, service),
        )
        for service in turn.catalogue.services
        if service.staff_ids and service.key not in turn.session.excluded.get("service", ())
    ]
    text = turn.say("book.unknown_service" if known else "book.ask_service")
    return ask(turn, "service", text, options, list_label="list.services")


def _offer_line(turn: Turn, service: Service) -> str:
    return f"{duration_label(service.duration_minutes, turn.language)} · {price_label(service.price, turn.language)}"


def _place_question(turn: Turn, service: Service, candidates: list[Staff]) -> Reply | None:
    places = {member.location_id for member in candidates}
    if len(places) < 2 or turn.session.fields.get("location") or chosen_staff(turn, candidates):
        return None
    options = [
        Option("location", place.key, place.name(turn.language), tap_id("location", place.key), place.address or None)
        for place in turn.catalogue.locations
        if place.id in places
    ]
    return ask(turn, "location", turn.say("book.ask_location", service=service.name(turn.language)), options)


def staff_question(turn: Turn, service: Service, candidates: list[Staff]) -> Reply | None:
    """Asked only where there is a choice, and not of somebody who already named a day and a time."""
    fields = turn.session.fields
    wished = fields.get("staff")
    text = "book.ask_staff"
    named = ""
    if wished not in (None, ANY) and chosen_staff(turn, candidates) is None:
        member = next((m for m in turn.catalogue.staff if m.key == wished), None)
        turn.session = turn.session.with_fields(staff=None)
        if member:
            text, named = _why_not(service, member), member.name
    elif wished is not None or len(candidates) < 2 or (_knows_when(fields) and not fields.get("pick_staff")):
        return None
    options = [Option("staff", ANY, turn.say("button.anyone"), tap_id("staff", ANY))] if len(candidates) > 1 else []
    options += [Option("staff", member.key, member.name, tap_id("staff", member.key)) for member in candidates]
    turn.session = replace(turn.session.with_fields(pick_staff=None), flow=turn.session.flow or "book")
    return ask(turn, "staff", _staff_text(turn, text, service, named), options)


def _staff_text(turn: Turn, key: str, service: Service, named: str) -> str:
    """With the day, once it was said, so that the customer sees it was heard."""
    words = {"service": service.name(turn.language), "staff": named}
    day = day_of(str(turn.session.fields.get("date", "")))
    if day is not None and key == "book.ask_staff":
        return turn.say("book.ask_staff_on", day=day_words(day, turn.language), **words)
    return turn.say(key, **words)


def _why_not(service: Service, member: Staff) -> str:
    """Who does the service is a candidate unless they work at another place, or are ruled out."""
    return "book.staff_elsewhere" if member.id in service.staff_ids else "book.staff_cannot"


def _knows_when(fields: dict[str, Any]) -> bool:
    return "starts_at" in fields or "asap" in fields or ("date" in fields and "time" in fields)


SKILL = Skill("book", CUSTOMERS, {"book": run, "commit_book": commit_book, "change": change})
