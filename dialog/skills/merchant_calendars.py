"""The addresses under which calendar programs find the appointments of a person or a place."""

from typing import Any

from booking import calendar_feed
from booking.calendar_feed import Owner, feed_url
from dialog.messages import Reply
from dialog.turn import MERCHANTS, Skill, Turn


async def show(turn: Turn, values: dict[str, Any]) -> Reply:
    """The same ones each time, until new ones are asked for: then those so far are dead at once."""
    owners = _owners(turn)
    if not owners:
        return Reply(turn.say("merchant.no_calendar"))
    give = calendar_feed.renew if values.get("renew") else calendar_feed.issue
    base_url = turn.uow.runtime.settings.base_url
    lines = []
    for name, owner in owners:
        url = feed_url(base_url, await give(turn.uow, owner, now=turn.now))
        lines.append(turn.say("merchant.calendar_line", name=name, url=url))
    title = turn.say("merchant.calendars_new" if values.get("renew") else "merchant.calendars")
    return Reply("\n\n".join([title, *lines]))


def _owners(turn: Turn) -> list[tuple[str, Owner]]:
    """One's own first; owners and managers have those of everybody and of every place."""
    merchant = turn.who.merchant
    if merchant is None:
        return []
    team = sorted(turn.catalogue.staff, key=lambda person: person.id != merchant.staff_id)
    if merchant.role == "staff":
        team = [person for person in team if person.id == merchant.staff_id]
    places = () if merchant.role == "staff" else turn.catalogue.locations
    return [
        *((person.name, Owner(staff_id=person.id)) for person in team),
        *((place.name(turn.language), Owner(location_id=place.id)) for place in places),
    ]


SKILL = Skill("merchant_calendars", MERCHANTS, {"calendars": show})
