"""The reader that needs no model: a message, the catalogue and the state give commands."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.commands import (
    AskInfo,
    CannotHandle,
    Chitchat,
    Command,
    Goodbye,
    Greet,
    Handoff,
    Interpretation,
    JoinWaitlist,
    ListBookings,
    OptIn,
    OptOut,
    Privacy,
    Repeat,
    Restart,
    RunningLate,
    SwitchLanguage,
    Thanks,
)
from dialog.understanding.agreement import is_content
from dialog.understanding.answering import in_flow
from dialog.understanding.beside_the_point import without_asides
from dialog.understanding.changes import set_values
from dialog.understanding.combining import split_excluded
from dialog.understanding.confidence import is_sure
from dialog.understanding.fields import Said, all_said, minutes_said
from dialog.understanding.language import detect
from dialog.understanding.last_words import last_words_win
from dialog.understanding.moving import is_unable, moved_or_cancelled, put_off
from dialog.understanding.questions import is_about_us
from dialog.understanding.reading import Reading, take_apart
from dialog.understanding.state import CatalogueView, ReadingState
from dialog.understanding.text import wordset
from dialog.understanding.when_values import Clock

_BUT = wordset("but mais")
_MAY = wordset("can could may peut peux pourrait possible")
_LANGUAGES = ("en", "fr", "es", "pt")


def understand(
    text: str,
    *,
    language: str,
    now: datetime,
    tz: ZoneInfo,
    catalogue: CatalogueView,
    state: ReadingState,
) -> Interpretation:
    """Never raises and never returns no command at all; what is not understood is `cannot_handle`, low."""
    reading = take_apart(text, language=language, now=now, tz=tz, catalogue=catalogue, state=state)
    commands = _alone(reading) or _with_values(reading)
    sure = is_sure(reading, commands)
    social = _social(reading)
    if not commands:
        commands = [] if social else _nothing_read(reading)
    return Interpretation(
        commands=(*social, *commands),
        language=detect([w.text for w in reading.words]),
        source="rules",
        confidence="high" if sure or (social and not commands) else "low",
    )


def _alone(reading: Reading) -> list[Command]:
    """Messages that are one wish and nothing else, in the order in which they must be heard."""
    state = reading.state
    if reading.says("opt_out"):
        return [OptOut()]
    if _opts_in(reading):
        return [OptIn()]
    if reading.says("injection") or _is_offtopic(reading):
        return [CannotHandle()]
    if reading.says("erase"):
        return [Privacy(request="delete")]
    if reading.says("export"):
        return [Privacy(request="export")]
    if reading.is_whole("restart"):
        return [Restart()]
    if _is_late(reading) and not reading.says("ask.policy") and not _is_time_told(reading) and not _is_moved(reading):
        return [RunningLate(minutes=minutes_said(reading))]
    for code in _LANGUAGES:
        if reading.says(f"switch.{code}"):
            return [SwitchLanguage(language=code)]
    if reading.says("handoff") or _is_grievance(reading):
        return [Handoff()]
    if reading.says("waitlist"):
        return [JoinWaitlist(), *set_values(reading, last_words_win(reading, all_said(reading)))]
    if reading.says("restart"):
        return [Restart()]
    if reading.says("repeat") and not reading.mentions:
        return [Repeat()]
    staff = sum(n.field == "staff" for n in reading.names)
    is_contrasted = reading.says("own") and (staff > 1 or (len(reading.mentions) > 1 and _is_but(reading)))
    is_contrasted = is_contrasted or (sum(m.is_day for m in reading.mentions) > 1 and reading.says("correct", "change"))
    is_picked = reading.says("pick") and bool(state.offer)
    if reading.says("list", "leave_list") and not (is_contrasted or is_picked or _is_undone(reading)):
        return [ListBookings()]
    return []


def _is_late(reading: Reading) -> bool:
    """ "La dernière fois Brice a été en retard" tells of somebody else, long ago."""
    past = {reading.words[h.first].part for h in reading.hits.get("past", ())}
    return any(reading.words[h.first].part not in past for h in reading.hits.get("late", ()))


def _opts_in(reading: Reading) -> bool:
    """ "Je veux m'inscrire à l'atelier" wants the class, no messages."""
    if reading.is_whole("opt_in") and not reading.is_whole("restart"):
        return True
    return reading.says("opt_in") and not reading.state.flow and not any(n.field == "service" for n in reading.names)


def _is_time_told(reading: Reading) -> bool:
    """ "There's traffic before nine, let's do 9:45" answers the question for a time."""
    last = reading.mentions[-1].value if reading.mentions else None
    return "time" in reading.state.asked and isinstance(last, Clock)


def _is_moved(reading: Reading) -> bool:
    """ "My car broke down, can I come today at four instead?"."""
    return reading.says("reschedule") and any(isinstance(m.value, Clock) for m in reading.mentions)


def _is_grievance(reading: Reading) -> bool:
    """ "Brice was rude to me": for a person to hear, where nothing is wished beside."""
    is_idle = not reading.state.flow and not reading.mentions
    return reading.says("grievance") and is_idle and not reading.says("book", "order", "search", "availability")


def _is_but(reading: Reading) -> bool:
    """ "My appointment tomorrow, can we do Thursday?" names two days."""
    said = {w.sense for w in reading.words}
    return bool(_BUT & said) or (bool(_MAY & said) and sum(m.is_day for m in reading.mentions) > 1)


def _is_undone(reading: Reading) -> bool:
    """ "I no longer want my appointment" is no wish to see it."""
    return reading.says("reschedule", "cancel", "change", "party_change") or (
        reading.says("forget") and not reading.state.flow
    )


def _with_values(reading: Reading) -> list[Command]:
    said = [s for s in all_said(reading) if not _is_closing(reading, s)]
    named = said
    said, excluded = split_excluded(reading, said)
    replaced = [s for s in named if s not in said and s not in excluded] if is_unable(reading) else []
    said = without_asides(reading, said)
    standing = put_off(reading, said, replaced) or moved_or_cancelled(reading, said, excluded)
    return standing or in_flow(reading, last_words_win(reading, said), excluded)


def _is_offtopic(reading: Reading) -> bool:
    is_named = bool(reading.names) and (bool(reading.mentions) or reading.state.flow is not None)
    is_wish = reading.says("order", "availability", "book") or is_named
    return reading.says("offtopic") and not is_wish


def _is_closing(reading: Reading, said: Said) -> bool:
    """`That is all for today` sets no day."""
    if _is_farewell(reading, said) or _is_wished(reading, said):
        return True
    hits = reading.hits.get("done", ())
    if said.field != "date" or said.value != reading.ctx.today.isoformat():
        return False
    thanked = [h for h in reading.hits.get("thanks", ()) if not reading.says("book", "order", "availability", "search")]
    chatted = reading.hits.get("chitchat", ())
    return any(h.last <= said.first for h in [*hits, *thanked]) or any(h.first <= said.first for h in chatted)


def _is_wished(reading: Reading, said: Said) -> bool:
    """ "Happy Sunday" is said to be kind."""
    is_wish = reading.says("book", "order", "availability")
    return not is_wish and any(h.first < said.first and said.last <= h.last for h in reading.hits.get("chitchat", ()))


def _is_farewell(reading: Reading, said: Said) -> bool:
    """ "See you Friday" books nothing."""
    if reading.state.asked or reading.says("book", "order", "availability", "reschedule"):
        return False
    return "date" in said.field and any(h.first <= said.first <= h.last for h in reading.hits.get("bye", ()))


def _social(reading: Reading) -> list[Command]:
    found: list[Command] = []
    if reading.says("greet"):
        found.append(Goodbye() if _is_waved_off(reading) else Greet())
    idle = not reading.state.flow and not reading.state.question and not reading.state.offer
    if (idle and is_content(reading)) or (reading.says("thanks") and not reading.says("no")):
        found.append(Thanks())
    if reading.says("bye") or (idle and reading.says("done")):
        found.append(Goodbye())
    return found


def _is_waved_off(reading: Reading) -> bool:
    """A hand waved where nothing else is wanted."""
    waves = all(reading.words[h.first].text == "👋" for h in reading.hits["greet"])
    return waves and reading.state.question == "anything_else"


def _nothing_read(reading: Reading) -> list[Command]:
    if reading.says("chitchat") and reading.state.flow is None:
        return [Chitchat()]
    if is_about_us(reading):
        return [AskInfo(topic="other")]
    return [Chitchat()] if reading.says("chitchat", "abuse") else [CannotHandle()]
