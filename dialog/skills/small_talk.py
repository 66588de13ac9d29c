"""One line for what needs no more than one: greetings, thanks, buttons of long ago."""

from typing import Any

from dialog.messages import Reply
from dialog.turn import EVERYBODY, Handler, Skill, Turn


def _line(key: str) -> Handler:
    async def run(turn: Turn, values: dict[str, Any]) -> Reply:
        return Reply(turn.say(key, tenant=turn.tenant.name))

    return run


SKILL = Skill(
    "small_talk",
    EVERYBODY,
    {
        "greet": _line("greeting"),
        "thanks": _line("thanks"),
        "goodbye": _line("goodbye"),
        "chitchat": _line("chitchat"),
        "stale": _line("stale"),
        "unsupported": _line("unsupported"),
    },
)
