"""Who may not book without a person: told so, with the way to one, who learns what was wished for."""

from collections.abc import Callable
from datetime import datetime

from booking.booking import TooManyNoShowsError
from dialog.booking_steps.wish import Wish
from dialog.labels import moment_words
from dialog.messages import Choice, Reply
from dialog.notices import contact_words, tell_owners
from dialog.taps import tap_id
from dialog.turn import Turn


async def refuse_no_shows(turn: Turn, wish: Wish, starts_at: datetime, error: TooManyNoShowsError) -> Reply:
    def wished(language: str) -> dict[str, str]:
        moment = moment_words(starts_at, wish.zone, language)
        return {"service": wish.name(language), "moment": moment}

    return await leave_to_team(turn, error, wished)


async def leave_to_team(turn: Turn, error: TooManyNoShowsError, wished: Callable[[str], dict[str, str]]) -> Reply:
    """Too many were missed by the tenant's rule; `wished` says in a language what was wanted (service, moment)."""
    turn.session = turn.session.fresh()
    turn.facts["refused"] = "no_shows"
    await tell_owners(turn, "merchant.no_shows", in_words=wished, count=str(error.facts["limit"]))
    contact = await contact_words(turn)
    choices = (Choice(tap_id("person"), turn.say("button.person")), Choice(tap_id("menu"), turn.say("button.menu")))
    return Reply(f"{turn.say(error.reply_key, **error.facts)} {contact}".strip(), choices)
