"""Stop and start, and requests about one's own data."""

from dataclasses import replace
from typing import Any

from dialog.messages import Reply
from dialog.notices import tell_owners
from dialog.skills.menu import main_choices
from dialog.turn import CUSTOMERS, Skill, Turn


async def opt_out(turn: Turn, values: dict[str, Any]) -> Reply:
    """One last answer, then silence until "start"."""
    turn.session = replace(turn.session.fresh(), is_silent=True)
    return Reply(turn.say("opt_out.done"))


async def opt_in(turn: Turn, values: dict[str, Any]) -> Reply:
    turn.session = replace(turn.session.fresh(), is_silent=False)
    return Reply(turn.say("opt_in.done"), main_choices(turn))


async def privacy(turn: Turn, values: dict[str, Any]) -> Reply:
    """Goes to the people of the business, who answer for the data."""
    await tell_owners(turn, "merchant.privacy", request=str(values["request"]))
    return Reply(turn.say("privacy.later", tenant=turn.tenant.name))


SKILL = Skill("consent", CUSTOMERS, {"opt_out": opt_out, "opt_in": opt_in, "privacy": privacy})
