"""What only a person can do: the people of the business are told, and the customer is told that they are."""

from typing import Any

from dialog.messages import Reply
from dialog.notices import contact_words, tell_owners
from dialog.turn import CUSTOMERS, Skill, Turn


async def handoff(turn: Turn, values: dict[str, Any]) -> Reply:
    await tell_owners(turn, "merchant.handoff")
    turn.facts["handoff"] = True
    contact = await contact_words(turn)
    return Reply(turn.say("handoff.done", tenant=turn.tenant.name, contact=contact).strip())


async def running_late(turn: Turn, values: dict[str, Any]) -> Reply:
    await tell_owners(turn, "merchant.late")
    return Reply(turn.say("running_late.done"))


SKILL = Skill("handoff", CUSTOMERS, {"handoff": handoff, "running_late": running_late})
