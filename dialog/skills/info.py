"""Questions about the business, answered from what the tenant has stored; what is not stored is not invented."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import time
from itertools import groupby
from typing import Any

from babel.dates import get_day_names
from sqlalchemy import select

from booking.catalogue import Extra, Service, Staff
from booking.hours import Shift
from booking.visit import Item
from dialog.booking_steps.terms import duration_of, duration_of_add_on, price_of, price_of_add_on, ways_of
from dialog.labels import time_label
from dialog.messages import Choice, Reply
from dialog.own_payment import how_it_stands
from dialog.policy import policy_words
from dialog.reach import owner_phone
from dialog.taps import tap_id, tap_key
from dialog.turn import EVERYBODY, Skill, Turn
from tenants.models import knowledge

_KNOWLEDGE = select(knowledge.c.topic, knowledge.c.text)
About = dict[str, str]
OfItems = Callable[[Sequence[Item], str, tuple[int, ...]], str]
OfAddOn = Callable[[Extra, str], str]


async def info(turn: Turn, values: dict[str, Any]) -> Reply:
    """The merchant's own words on the topic first, else what the catalogue says. While a payment is awaited the way to
    pay it is all there is to say of paying."""
    topic = str(values["topic"])
    is_own = topic == "payment" and not turn.is_merchant
    own, is_awaited = await how_it_stands(turn) if is_own else (None, False)
    if own and is_awaited:
        return own
    known = await _told(turn, topic) or await _ANSWERS.get(topic, _nothing)(turn, values["about"])
    answer = "\n\n".join(filter(None, (own.text if own else "", known)))
    return Reply(answer or turn.say("info.unknown"), _next_steps(turn, values["about"], is_known=bool(answer)))


def _next_steps(turn: Turn, about: About, *, is_known: bool) -> tuple[Choice, ...]:
    """Where nothing is under way: to a booking, of the service that was asked about; or to a person who knows."""
    if turn.is_merchant:
        return ()
    person = () if is_known else (Choice(tap_id("person"), turn.say("button.person")),)
    meant = next((service for service in turn.catalogue.services if service.key == about.get("service")), None)
    book = tap_id("service", tap_key(meant.key)) if meant else tap_id("flow", "book")
    return (*person, Choice(book, turn.say("button.book")))


async def _told(turn: Turn, topic: str) -> str | None:
    texts = {row.topic: row.text for row in await turn.uow.all(_KNOWLEDGE)}
    by_language = texts.get(topic)
    if not by_language:
        return None
    return str(by_language.get(turn.language) or next(iter(by_language.values())))


def _meant(turn: Turn, about: About) -> list[Service]:
    """The services that the question, else the booking under way, is about; else all."""
    keys = [about["service"]] if "service" in about else turn.session.services
    services = [service for service in turn.catalogue.services if service.key in keys]
    return services or list(turn.catalogue.services)


async def _price(turn: Turn, about: About) -> str:
    return _terms(turn, about, "price", price_of, price_of_add_on)


async def _duration(turn: Turn, about: About) -> str:
    return _terms(turn, about, "duration", duration_of, duration_of_add_on)


def _terms(turn: Turn, about: About, what: str, of: OfItems, of_add_on: OfAddOn) -> str:
    """A line for each service; for the one that is meant with its variants or who asks what, and its add-ons."""
    language, services = turn.language, _meant(turn, about)
    by = turn.catalogue.staff_member(about.get("staff") or turn.session.fields.get("staff", ""))
    told = []
    for service in services:
        asked = (by.id,) if by and by.id in service.staff_ids else ()
        told.append(("", service.name(language), of(ways_of(service), language, asked)))
        if len(services) == 1:
            each = _each(turn, service, of, asked)
            told += [("• ", *line) for line in each if len({words for _, words in each}) > 1]
            told += [("+ ", extra.name(language), of_add_on(extra, language)) for extra in service.add_ons]
    return _lines(mark + turn.say(f"info.{what}", service=name, **{what: words}) for mark, name, words in told if words)


def _each(turn: Turn, service: Service, of: OfItems, asked: tuple[int, ...]) -> list[tuple[str, str]]:
    """The variants; of a service without any the people, unless one was asked about."""
    if service.variants:
        return [(v.name(turn.language), of([Item(service, v.key)], turn.language, asked)) for v in service.variants]
    people = () if asked else turn.catalogue.staff_of(service)
    return [(person.name, of(ways_of(service), turn.language, (person.id,))) for person in people]


async def _address(turn: Turn, about: About) -> str:
    known = [place for place in turn.catalogue.locations if place.address]
    if not known:
        return ""
    return _lines(turn.say("info.address", location=p.name(turn.language), address=p.address) for p in known)


async def _hours(turn: Turn, about: About) -> str:
    """One line where all have the same hours, else one a person."""
    weeks = {m.name: _week(turn, m) for m in turn.catalogue.staff if about.get("staff") in (None, m.key)}
    if len(set(weeks.values())) == 1:
        whose = next(iter(weeks)) if "staff" in about else turn.tenant.name
        return turn.say("info.hours", staff=whose, hours=next(iter(weeks.values())))
    return _lines(turn.say("info.hours", staff=name, hours=week) for name, week in weeks.items())


def _week(turn: Turn, member: Staff) -> str:
    """Days in a row with the same hours stand together: `Mon–Fri 09:00–18:00 · Sat 10:00–16:00`."""
    names = get_day_names("abbreviated", locale=turn.language)
    shifts = {
        day: ", ".join(_clocks(shift, turn.language) for shift in member.hours.weekly.get(day, ()))
        for day in range(1, 8)
    }
    runs = [(hours, list(days)) for hours, days in groupby(shifts, key=lambda day: shifts[day]) if hours]
    spans = [(names[days[0] - 1], names[days[-1] - 1], hours) for hours, days in runs]
    said = [f"{first}–{last} {hours}" if first != last else f"{first} {hours}" for first, last, hours in spans]
    return " · ".join(said) or turn.say("info.closed")


def _clocks(shift: Shift, language: str) -> str:
    return "–".join(time_label(time(minutes // 60 % 24, minutes % 60), language) for minutes in shift)


async def _staff(turn: Turn, about: About) -> str:
    return turn.say("info.staff", staff=", ".join(member.name for member in turn.catalogue.staff))


async def _services(turn: Turn, about: About) -> str:
    return turn.say("info.services", services=", ".join(s.name(turn.language) for s in turn.catalogue.services))


async def _policy(turn: Turn, about: About) -> str:
    rule = turn.say("info.policy", hours=turn.catalogue.rules.cancel_until_hours)
    return f"{rule} {policy_words(turn.tenant, turn.language)}".strip()


async def _phone(turn: Turn, about: About) -> str:
    phone = await owner_phone(turn.uow)
    return turn.say("info.phone", phone=phone) if phone else ""


async def _nothing(turn: Turn, about: About) -> str:
    return ""


def _lines(lines: Any) -> str:
    return "\n".join(lines)


_ANSWERS: dict[str, Callable[[Turn, About], Awaitable[str]]] = {
    "price": _price,
    "duration": _duration,
    "address": _address,
    "hours": _hours,
    "staff": _staff,
    "services": _services,
    "policy": _policy,
    "phone": _phone,
}

SKILL = Skill("info", EVERYBODY, {"info": info})
