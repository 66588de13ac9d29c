"""What was not plain enough is asked, with a button for each reading: a day, a time, whether a person is wanted."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from dialog.labels import day_label, time_label
from dialog.messages import Choice, Reply
from dialog.offers import Option, ask
from dialog.session import OfferItem
from dialog.taps import tap_id, time_id
from dialog.turn import CUSTOMERS, Skill, Turn


async def which(turn: Turn, values: dict[str, Any]) -> Reply:
    """`values` are dates (ISO) or times (HH:MM), as `field` says."""
    field = values["field"]
    options = [_option(turn, field, value) for value in values["values"]]
    return ask(turn, field, turn.say(f"clarify.{field}"), options)


def _option(turn: Turn, field: str, value: str) -> Option:
    if field == "date":
        return Option(field, value, day_label(date.fromisoformat(value), turn.language), tap_id("date", value))
    return Option(field, value, time_label(time.fromisoformat(value), turn.language), time_id(value))


async def offer_person(turn: Turn, values: dict[str, Any]) -> Reply:
    """A plain yes takes it; what was under way is still there when it is not taken."""
    person = Choice(tap_id("person"), turn.say("button.person"))
    offer = (OfferItem("o1", "person", "person", person.label, person.id),)
    turn.session = replace(turn.session.without_question(), question="offer", offer=offer)
    return Reply(turn.say("clarify.person"), (person, Choice(tap_id("menu"), turn.say("button.menu"))))


SKILL = Skill("clarify", CUSTOMERS, {"which": which, "offer_person": offer_person})
