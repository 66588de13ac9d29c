"""The ways in and out of everything: menu, help, small talk, what was not understood, language."""

from dataclasses import replace
from typing import Any

from babel import Locale

from dialog.messages import Choice, Reply
from dialog.session import MISSES_BEFORE_PERSON, OfferItem
from dialog.taps import tap_id
from dialog.texts import languages
from dialog.turn import CUSTOMERS, Skill, Turn


async def menu(turn: Turn, values: dict[str, Any]) -> Reply:
    greets = turn.conversation.revision == 0 or values.get("greets")
    turn.session = turn.session.fresh()
    return Reply(turn.say("menu.welcome" if greets else "menu.main", tenant=turn.tenant.name), main_choices(turn))


async def help_(turn: Turn, values: dict[str, Any]) -> Reply:
    service = turn.catalogue.services[0].name(turn.language) if turn.catalogue.services else ""
    example = turn.say("menu.example", service=service)
    return Reply(turn.say("menu.help", example=example), main_choices(turn))


def main_choices(turn: Turn) -> tuple[Choice, ...]:
    return (
        Choice(tap_id("flow", "book"), turn.say("button.book")),
        Choice(tap_id("flow", "list_bookings"), turn.say("button.my_bookings")),
        Choice(tap_id("help"), turn.say("button.help")),
    )


async def left(turn: Turn, values: dict[str, Any]) -> Reply:
    return Reply(turn.say("left"), main_choices(turn))


async def nothing_more(turn: Turn, values: dict[str, Any]) -> Reply:
    return Reply(turn.say("nothing_more"))


async def cannot_handle(turn: Turn, values: dict[str, Any]) -> Reply:
    """Once: say it differently. Twice: the menu. Then: a person."""
    misses = turn.session.misses
    person = Choice(tap_id("person"), turn.say("button.person"))
    if misses <= 1 or (turn.session.flow and misses < MISSES_BEFORE_PERSON):
        return Reply(turn.say("cannot_handle.rephrase"), main_choices(turn))
    if misses < MISSES_BEFORE_PERSON:
        return Reply(turn.say("cannot_handle.menu"), (*main_choices(turn)[:2], person))
    offer = (OfferItem("o1", "person", "person", person.label, person.id),)  # a bare yes takes it
    turn.session = replace(turn.session.without_question(), question="offer", offer=offer)
    return Reply(turn.say("cannot_handle.person"), (person, Choice(tap_id("menu"), turn.say("button.menu"))))


async def switch_language(turn: Turn, values: dict[str, Any]) -> Reply:
    wanted = str(values["language"])
    spoken = [language for language in turn.tenant.languages if language in languages()]
    if wanted not in spoken:
        names = ", ".join(str(Locale.parse(code).get_display_name(turn.language)) for code in spoken)
        return Reply(turn.say("language.unknown", languages=names))
    turn.speak(wanted)
    return Reply(turn.say("language.switched"), main_choices(turn))


SKILL = Skill(
    "menu",
    CUSTOMERS,
    {
        "menu": menu,
        "help": help_,
        "left": left,
        "nothing_more": nothing_more,
        "cannot_handle": cannot_handle,
        "switch_language": switch_language,
    },
)
