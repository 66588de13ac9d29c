"""A rhythm that cannot be had: said so, and the booking goes on without it."""

from typing import Any

from dialog.messages import Reply
from dialog.turn import CUSTOMERS, Skill, Turn


async def weekly_only(turn: Turn, values: dict[str, Any]) -> Reply:
    return Reply(turn.say("series.weekly_only"))


SKILL = Skill("series", CUSTOMERS, {"weekly_only": weekly_only})
