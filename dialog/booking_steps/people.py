"""Who may do the visit and where: asked for only where there is a choice."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from booking.catalogue import Service, Staff
from booking.visit import Item, Visit
from dialog.labels import day_words, duration_label, price_label
from dialog.messages import Reply
from dialog.offers import Option, ask
from dialog.session import ANY
from dialog.taps import day_of, tap_id, tap_key
from dialog.turn import Turn

Team = tuple[Staff, ...]


def teams_of(turn: Turn, services: Iterable[Service]) -> list[Team]:
    """Who may do each service: nobody who was ruled out, at the place that was wished for where all are done there."""
    excluded = turn.session.excluded.get("staff", ())
    able = []
    for service in services:
        everyone = turn.catalogue.staff_of(service)
        able.append(tuple(member for member in everyone if member.key not in excluded) or everyone)
    location = turn.catalogue.location(turn.session.fields.get("location", ""))
    if location is None:
        return able
    here = [tuple(member for member in team if member.location_id == location.id) for team in able]
    return here if all(here) else able


def chosen_staff(turn: Turn, teams: Iterable[Team]) -> Staff | None:
    """Who was wished for, if they may do any of it."""
    key = turn.session.fields.get("staff")
    return next((member for team in teams for member in team if member.key == key), None)


def common_staff(items: Sequence[Item], teams: Sequence[Team]) -> list[Staff]:
    """Those of whom one may do all that does not need the whole team."""
    chosen = [team for item, team in zip(items, teams, strict=True) if not item.service.needs_all_staff]
    return [member for member in chosen[0] if all(member in team for team in chosen)] if chosen else []


def lift_exclusion(turn: Turn, services: Iterable[Service]) -> str:
    """Where everybody who does a service was ruled out, there is only them; says so, else empty."""
    ruled_out = turn.session.excluded.get("staff", ())
    for service in services:
        able = turn.catalogue.staff_of(service)
        if able and all(member.key in ruled_out for member in able):
            excluded = {field: values for field, values in turn.session.excluded.items() if field != "staff"}
            turn.session = replace(turn.session, excluded=excluded)
            names = ", ".join(member.name for member in able)
            return turn.say("book.only_staff", service=service.name(turn.language), staff=names)
    return ""


def place_question(turn: Turn, items: Sequence[Item], teams: Sequence[Team]) -> Reply | None:
    places = set.intersection(*({member.location_id for member in team} for team in teams))
    if len(places) < 2 or turn.session.fields.get("location") or chosen_staff(turn, teams):
        return None
    options = [
        Option(
            "location",
            place.key,
            place.name(turn.language),
            tap_id("location", tap_key(place.key)),
            place.address or None,
        )
        for place in turn.catalogue.locations
        if place.id in places
    ]
    return ask(turn, "location", turn.say("book.ask_location", service=_named(turn, items)), options)


def staff_question(turn: Turn, items: Sequence[Item], teams: Sequence[Team]) -> Reply | None:
    """Asked only where there is a choice, and not of somebody who already named a day and a time."""
    fields, candidates = turn.session.fields, common_staff(items, teams)
    wished = fields.get("staff")
    text, named = "book.ask_staff", ""
    if wished not in (None, ANY) and chosen_staff(turn, teams) is None:
        member = turn.catalogue.staff_member(wished)
        turn.session = turn.session.with_fields(staff=None)
        candidates = candidates or list(dict.fromkeys(member for team in teams for member in team))
        if member:
            text, named = _why_not(items, member), member.name
    elif wished is not None or len(candidates) < 2 or (_knows_when(fields) and not fields.get("pick_staff")):
        return None
    options = [Option("staff", ANY, turn.say("button.anyone"), tap_id("staff", ANY))] if len(candidates) > 1 else []
    options += _staff_options(turn, items, candidates)
    turn.session = replace(turn.session.with_fields(pick_staff=None), flow=turn.session.flow or "book")
    return ask(turn, "staff", _staff_text(turn, text, items, named), options)


def _staff_options(turn: Turn, items: Sequence[Item], candidates: Sequence[Staff]) -> list[Option]:
    """With what each takes and asks, where that differs."""
    terms = {member.id: _terms(turn, items, member) for member in candidates}
    differ = len(set(terms.values())) > 1 and turn.session.flow != "reschedule"
    return [
        Option("staff", member.key, member.name, tap_id("staff", tap_key(member.key)), terms[member.id] or None)
        if differ
        else Option("staff", member.key, member.name, tap_id("staff", tap_key(member.key)))
        for member in candidates
    ]


def _terms(turn: Turn, items: Sequence[Item], member: Staff) -> str:
    """For what this person would do of the visit."""
    theirs = tuple(item for item in items if member.id in item.service.staff_ids)
    price = Visit(theirs).price((member.id,) * len(theirs)) if theirs else None
    minutes = sum(item.minutes(member.id) for item in theirs)
    return f"{duration_label(minutes, turn.language)} · {price_label(price, turn.language)}"


def _staff_text(turn: Turn, key: str, items: Sequence[Item], named: str) -> str:
    """With the day, once it was said, so that the customer sees it was heard."""
    words = {"service": _named(turn, items), "staff": named}
    day = day_of(str(turn.session.fields.get("date", "")))
    if day is not None and key == "book.ask_staff":
        return turn.say("book.ask_staff_on", day=day_words(day, turn.language), **words)
    return turn.say(key, **words)


def _named(turn: Turn, items: Sequence[Item]) -> str:
    return " + ".join(item.name(turn.language) for item in items)


def _why_not(items: Sequence[Item], member: Staff) -> str:
    """Who does the service is a candidate unless they work at another place, or are ruled out."""
    does_it = any(member.id in item.service.staff_ids for item in items)
    return "book.staff_elsewhere" if does_it else "book.staff_cannot"


def _knows_when(fields: dict[str, Any]) -> bool:
    return "starts_at" in fields or "asap" in fields or ("date" in fields and "time" in fields)
