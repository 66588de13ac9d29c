"""The variant of each service and what may be had besides: each asked for once, where there is a choice."""

from collections.abc import Iterable, Sequence

from booking.catalogue import Extra, Service
from booking.visit import Item
from dialog.booking_steps.terms import terms_of, terms_of_add_on
from dialog.messages import Reply
from dialog.offers import Option, ask
from dialog.session import ANY
from dialog.taps import full_key, tap_id, tap_key
from dialog.turn import Turn


def items_of(turn: Turn, services: Sequence[Service]) -> list[Item]:
    """The services with what was chosen for each, by anyone."""
    variants, add_ons = (turn.session.fields.get(name, {}) for name in ("variants", "add_ons"))
    return [
        Item(
            service,
            full_key(variants.get(str(service.id), ""), [variant.key for variant in service.variants]),
            tuple(extra.key for extra in _picked(service, add_ons.get(str(service.id), ()))),
        )
        for service in services
    ]


def _picked(service: Service, keys: Iterable[str]) -> list[Extra]:
    """In the order of the tenant file, so that one visit is always told in the same way."""
    known = {full_key(key, [add_on.key for add_on in service.add_ons]) for key in keys}
    return [add_on for add_on in service.add_ons if add_on.key in known]


def extras_question(turn: Turn, items: Sequence[Item]) -> Reply | None:
    for item in items:
        question = _variant_question(turn, item) or _add_on_question(turn, item)
        if question is not None:
            return question
    return None


def _variant_question(turn: Turn, item: Item) -> Reply | None:
    service = item.service
    if not service.variants or item.variant is not None:
        return None
    staff = turn.catalogue.staff_member(turn.session.fields.get("staff", ""))
    by = (staff.id,) if staff and staff.id in service.staff_ids else ()
    options = [
        Option(
            "variant",
            variant.key,
            variant.name(turn.language),
            tap_id("variant", service.id, tap_key(variant.key)),
            terms_of([Item(service, variant.key)], turn.language, by),
        )
        for variant in service.variants
    ]
    return ask(turn, "variant", turn.say("book.ask_variant", service=service.name(turn.language)), options)


def _add_on_question(turn: Turn, item: Item) -> Reply | None:
    """Open until it is answered by anything else than an add-on; a question in between leaves it open."""
    service, fields, key = item.service, turn.session.fields, str(item.service.id)
    is_open = turn.session.asked == ("add_on",) and fields.get("extras_of") == key
    left = [add_on for add_on in service.add_ons if add_on.key not in item.add_ons]
    if not left or (key in fields.get("add_ons", {}) and not is_open):
        return None
    add_ons = {**fields.get("add_ons", {}), key: list(item.add_ons)}
    turn.session = turn.session.with_fields(add_ons=add_ons, extras_of=key)
    options = [Option("add_on", ANY, turn.say("button.no_more"), tap_id("enough"))]
    options += [_add_on_option(turn, service, add_on) for add_on in left]
    text = "book.ask_more_add_ons" if item.add_ons else "book.ask_add_ons"
    return ask(turn, "add_on", turn.say(text, service=item.name(turn.language)), options)


def _add_on_option(turn: Turn, service: Service, add_on: Extra) -> Option:
    tap = tap_id("add_on", service.id, tap_key(add_on.key))
    return Option("add_on", add_on.key, add_on.name(turn.language), tap, terms_of_add_on(add_on, turn.language))
