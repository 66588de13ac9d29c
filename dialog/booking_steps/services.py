"""Which services the visit is made of: chosen, added, left out, and which of them may come together."""

from typing import Any

from booking.catalogue import Service
from dialog.booking_steps.terms import terms_of, ways_of
from dialog.messages import Reply
from dialog.offers import Option, ask
from dialog.session import ANY, Session
from dialog.taps import full_key, tap_id, tap_key
from dialog.turn import Turn

MOST = 5


def chosen_services(turn: Turn) -> list[Service]:
    """Those that were named, as far as they are offered; the only one there is needs no naming."""
    services, keys = turn.catalogue.services, turn.session.services
    if not keys and len(services) == 1:
        return [services[0]]
    named = (turn.catalogue.service(key) for key in keys)
    return [service for service in named if service is not None]


def adopt_taps(turn: Turn) -> None:
    """What tapped buttons brought along by id or by a shortened key becomes keys of the catalogue.

    The services of a tapped day or time take the place of others; so does that of a tapped variant or add-on, where
    it is not among those that stand: the button is of a session that is over.
    """
    turn.session = session = _with_full_keys(turn)
    catalogue, fields = turn.catalogue, session.fields
    tapped = [service for id in fields.get("service_ids", ()) if (service := catalogue.services_by_id.get(id))]
    changes: dict[str, Any] = dict.fromkeys(("service_ids", "staff_id", "of_service"))
    if tapped and "staff_id" in fields:
        staff = catalogue.staff_by_id.get(fields["staff_id"])
        changes["staff"] = staff.key if staff else ANY
    owner = next((service for service in catalogue.services if str(service.id) == fields.get("of_service")), None)
    present = [service.key for service in chosen_services(turn)]
    if owner is not None and owner.key not in present:
        session = session.with_services([owner.key])
    elif tapped and [service.key for service in tapped] != present:
        session = session.with_services([service.key for service in tapped])
        changes |= {"variants": None, "add_ons": None}
    turn.session = session.with_fields(**changes)


def _with_full_keys(turn: Turn) -> Session:
    session = turn.session
    known = {
        "staff": [person.key for person in turn.catalogue.staff],
        "location": [place.key for place in turn.catalogue.locations],
    }
    keys = [service.key for service in turn.catalogue.services]
    if session.services:
        session = session.with_services([full_key(key, keys) or key for key in session.services])
    full = {name: full_key(session.fields[name], keys) for name, keys in known.items() if name in session.fields}
    return session.with_fields(**{name: key for name, key in full.items() if key})


def settle_services(turn: Turn) -> tuple[list[Service], str]:
    """Those that go into one visit, and the sentence that says why others do not: empty where all do."""
    chosen = chosen_services(turn)
    kept, note = _settled(turn, chosen)
    if kept and (kept != chosen or len(kept) < len(turn.session.services)):
        turn.session = turn.session.with_services([service.key for service in kept])
    return kept, note


def _settled(turn: Turn, chosen: list[Service]) -> tuple[list[Service], str]:
    group = next((service for service in chosen if service.is_group), None)
    if group is not None and len(chosen) > 1:
        kept = chosen[:1] if chosen[0].is_group else [service for service in chosen if not service.is_group]
        other = chosen[1] if chosen[0].is_group else chosen[0]
        key = "book.group_first" if group in kept else "book.group_alone"
        return kept, turn.say(key, group=group.name(turn.language), other=other.name(turn.language))
    kept = []
    for service in chosen:
        if kept and not places_of(turn, [*kept, service]):
            words = {"service": service.name(turn.language), "kept": kept[0].name(turn.language)}
            return kept, turn.say("book.not_together", **words)
        kept.append(service)
    if len(kept) > MOST:
        return kept[:MOST], turn.say("book.too_many_services", count=MOST)
    return kept, ""


def places_of(turn: Turn, services: list[Service]) -> set[int]:
    """Where all of them are done."""
    places = [{member.location_id for member in turn.catalogue.staff_of(service)} for service in services]
    return set.intersection(*places) if places else set()


def ask_service(turn: Turn) -> Reply:
    known = turn.session.services
    turn.session = turn.session.with_services([])
    options = [_option(turn, service, "service") for service in _offered(turn)]
    text = turn.say("book.unknown_service" if known else "book.ask_service")
    return ask(turn, "service", text, options, list_label="list.services")


def another_question(turn: Turn, services: list[Service]) -> Reply | None:
    """Which service besides, once "add a service" was tapped."""
    if "adding" not in turn.session.fields:
        return None
    options = [_option(turn, service, "also") for service in to_add(turn, services)]
    if not options:
        turn.session = turn.session.with_fields(adding=None)
        return None
    options.append(Option("service", ANY, turn.say("button.no_more"), tap_id("enough")))
    names = " + ".join(service.name(turn.language) for service in services)
    return ask(turn, "service", turn.say("book.ask_another", services=names), options, list_label="list.services")


def to_add(turn: Turn, services: list[Service]) -> list[Service]:
    """What may come into the same visit besides these."""
    if not services or len(services) >= MOST or services[0].is_group:
        return []
    return [
        service
        for service in _offered(turn)
        if service not in services and not service.is_group and places_of(turn, [*services, service])
    ]


async def ask_to_leave_out(turn: Turn, values: dict[str, Any]) -> Reply:
    """Which of several services shall go."""
    options = [
        Option("service", service.key, service.name(turn.language), tap_id("drop", tap_key(service.key)))
        for service in chosen_services(turn)
    ]
    return ask(turn, "service", turn.say("book.ask_leave_out"), options, list_label="list.services")


def _offered(turn: Turn) -> list[Service]:
    excluded = turn.session.excluded.get("service", ())
    return [service for service in turn.catalogue.services if service.staff_ids and service.key not in excluded]


def _option(turn: Turn, service: Service, verb: str) -> Option:
    name, tap = service.name(turn.language), tap_id(verb, tap_key(service.key))
    return Option("service", service.key, name, tap, terms_of(ways_of(service), turn.language))
