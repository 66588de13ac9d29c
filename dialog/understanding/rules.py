"""The reader that needs no model: a message, the catalogue and the state give commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from dialog.commands import (
    Affirm,
    AskInfo,
    CancelFlow,
    CannotHandle,
    Chitchat,
    Clarify,
    Command,
    CorrectField,
    Deny,
    Exclude,
    FieldName,
    Goodbye,
    Greet,
    Handoff,
    Interpretation,
    JoinWaitlist,
    ListBookings,
    MoreOptions,
    OptIn,
    OptOut,
    Privacy,
    Repeat,
    Restart,
    RunningLate,
    SetField,
    Skip,
    StartFlow,
    SwitchLanguage,
    Thanks,
)
from dialog.understanding.agreement import agrees, is_content
from dialog.understanding.changes import to_change
from dialog.understanding.combining import (
    last_words_win,
    pointer,
    split_excluded,
    split_pointing,
    without_kept,
    without_occasions,
)
from dialog.understanding.confidence import is_sure
from dialog.understanding.fields import Said, all_said, minutes_said
from dialog.understanding.language import detect
from dialog.understanding.offers import choose, chosen_by_place
from dialog.understanding.questions import is_about_us, questions
from dialog.understanding.reading import Reading, take_apart
from dialog.understanding.state import CatalogueView, ReadingState
from dialog.understanding.text import wordset

_CANCELLING = wordset("cancel annuler anular cancelar")
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
    if reading.is_whole("opt_in") or (reading.says("opt_in") and not state.flow):
        return [OptIn()]
    if reading.says("injection") or _is_offtopic(reading):
        return [CannotHandle()]
    if reading.says("erase"):
        return [Privacy(request="delete")]
    if reading.says("export"):
        return [Privacy(request="export")]
    if reading.is_whole("restart"):
        return [Restart()]
    if reading.says("late") and not reading.says("ask.policy"):
        return [RunningLate(minutes=minutes_said(reading))]
    for code in _LANGUAGES:
        if reading.says(f"switch.{code}"):
            return [SwitchLanguage(language=code)]
    if reading.says("handoff"):
        return [Handoff()]
    if reading.says("waitlist"):
        return [JoinWaitlist(), *_set(reading, last_words_win(reading, all_said(reading)))]
    if reading.says("restart"):
        return [Restart()]
    if reading.says("repeat") and not reading.mentions:
        return [Repeat()]
    if reading.says("list", "leave_list") and not reading.says("reschedule", "cancel", "change"):
        return [ListBookings()]
    return []


def _with_values(reading: Reading) -> list[Command]:
    said = [s for s in all_said(reading) if not _is_closing(reading, s)]
    said, excluded = split_excluded(reading, said)
    said = without_kept(reading, without_occasions(reading, said))
    if _is_swap(reading, said):
        old, new = said[:1], said[1:]
        return [StartFlow(flow="reschedule", booking=pointer(old)), *_set(reading, last_words_win(reading, new))]
    if _is_second_thought(reading, said):
        return [StartFlow(flow="reschedule"), *_set(reading, last_words_win(reading, said))]
    if _is_own_moved(reading, said):
        old, new = split_pointing(reading, said)
        return [StartFlow(flow="reschedule", booking=pointer(old)), *_set(reading, last_words_win(reading, new))]
    is_apart = reading.is_whole("reschedule") and not reading.says("change")
    if reading.says("reschedule") and (reading.state.flow != "book" or is_apart):
        return _reschedule(reading, said, excluded)
    if _wants_cancel(reading):
        return [StartFlow(flow="cancel", booking=pointer(said)), *_set(reading, last_words_win(reading, said))]
    return _in_flow(reading, last_words_win(reading, said), excluded)


def _is_swap(reading: Reading, said: Sequence[Said]) -> bool:
    """Cancel Wednesday and book me for Saturday: one wish, to move."""
    days = [s for s in said if s.field == "date"]
    return reading.says("cancel") and reading.says("book") and len(days) > 1 and reading.state.flow is None


def _is_own_moved(reading: Reading, said: Sequence[Said]) -> bool:
    """ "I have an appointment at 10 but I need to come at 12": two values of one kind beside a booking that stands."""
    fields = [s.field for s in said]
    twice = any(fields.count(field) > 1 for field in ("date", "time"))
    moved = twice and reading.says("own")
    instead = reading.says("in_place_of") and bool({"date", "time"} & {*fields}) and not reading.says("order")
    return (moved or instead) and reading.state.flow is None and not reading.says("cancel")


def _is_offtopic(reading: Reading) -> bool:
    is_wish = reading.says("order", "availability", "book") or (bool(reading.names) and bool(reading.mentions))
    return reading.says("offtopic") and not is_wish


def _is_second_thought(reading: Reading, said: Sequence[Said]) -> bool:
    """ "Oh wait, wrong day, should be Tuesday", when the booking has just been made."""
    is_done = reading.state.flow is None and reading.state.question == "anything_else"
    is_told = bool(said) or any(h.last - h.first > 1 for h in reading.hits.get("wrong", ()))
    return is_done and is_told and reading.says("change", "wrong") and not reading.says("order")


def _is_closing(reading: Reading, said: Said) -> bool:
    """`That is all for today` sets no day."""
    if _is_farewell(reading, said):
        return True
    hits = reading.hits.get("done", ())
    if said.field != "date" or said.value != reading.ctx.today.isoformat():
        return False
    thanked = [h for h in reading.hits.get("thanks", ()) if not reading.says("book", "order", "availability", "search")]
    return any(h.last <= said.first for h in [*hits, *thanked])


def _is_farewell(reading: Reading, said: Said) -> bool:
    """ "See you Friday" books nothing."""
    if reading.state.asked or reading.says("book", "order", "availability", "reschedule"):
        return False
    return "date" in said.field and any(h.first <= said.first <= h.last for h in reading.hits.get("bye", ()))


def _wants_cancel(reading: Reading) -> bool:
    if reading.state.flow is None and reading.says("forget") and _CANCELLING & {w.text for w in reading.words}:
        return True
    if not reading.says("cancel") or reading.says("ask.policy") or reading.state.flow == "cancel":
        return False
    return reading.state.flow is None or any(w.sense in ("my", "mon", "ma", "mes") for w in reading.words)


def _reschedule(reading: Reading, said: Sequence[Said], excluded: Sequence[Said]) -> list[Command]:
    old, new = split_pointing(reading, said)
    start: list[Command] = []
    if reading.state.flow != "reschedule":
        start = [StartFlow(flow="reschedule", booking=pointer([*old, *excluded]))]
    commands = [*start, *_set(reading, last_words_win(reading, new))]
    return commands or _in_flow(reading, [], list(excluded)) or [Repeat()]


def _in_flow(reading: Reading, said: list[Said], excluded: list[Said]) -> list[Command]:
    state = reading.state
    asks, about, said = questions(reading, said)
    commands: list[Command] = []
    if state.question == "anything_else" and not said and not asks and reading.says("no", "done", "forget", "not"):
        return [Deny()]
    if state.question == "anything_else" and not said and not asks and is_content(reading):
        return [Deny()]
    if state.flow == "cancel" and state.question in ("confirm", "offer_intent") and reading.says("cancel", "yes"):
        return [CancelFlow() if reading.says("no", "not") else Affirm()]
    if state.flow and not said and not asks and reading.says("forget", "cancel") and not reading.says("more"):
        picked = chosen_by_place(reading) if state.flow == "cancel" and not reading.says("no", "not") else None
        return [picked or CancelFlow()]
    values = _set(reading, said)
    if state.flow in ("cancel", "reschedule") and reading.says("keep") and not said:
        return [CancelFlow()]
    placed = chosen_by_place(reading) if not any(c.kind == "choose" for c in values) else None
    if placed:
        values = []
    agreed = agrees(reading, said, asks)
    if agreed:
        commands.append(Affirm())
    elif reading.says("no") and not reading.says("skip") and not excluded and (state.question or not values):
        commands.append(Deny())
        values = [v for v in values if v.kind != "choose"]
    if placed:
        commands.append(placed)
    commands += values
    commands += [Exclude(field=_field(s.field), value=s.value) for s in excluded]
    named = any(s.field in ("staff", "time", "date") for s in said)
    elsewhere = reading.says("search") and any(o.field == "staff" for o in state.offer) and set(asks) <= {"other"}
    if elsewhere:
        asks = []
    more = (reading.says("more") or elsewhere) and (state.flow or state.offer) and not agreed
    if more and not (state.question in ("confirm", "anything_else") and (named or reading.says("change"))):
        commands.append(MoreOptions())
    if reading.says("change") and not values and state.flow:
        commands += to_change(reading)
    if _wants_soonest(reading, said):
        commands.append(Skip(field="date"))
    if reading.says("skip") and state.asked and not placed and not _answered(state.asked, [*said, *excluded]):
        commands = [c for c in commands if getattr(c, "value", None) not in state.filled.values()]
        commands.append(Skip(field=_field(state.asked[0])))
    commands += [AskInfo(topic=topic, about=about) for topic in asks]
    if _starts_booking(reading, said, asks):
        commands.insert(0, StartFlow(flow="book"))
    if not commands and not asks and reading.says("availability") and {"date", "time"} & {*state.asked}:
        commands.append(MoreOptions())
    if not commands and (reading.is_whole("book") or (state.question == "anything_else" and reading.says("order"))):
        return [StartFlow(flow="book")]
    if not commands and reading.says("done", "forget") and (state.flow or state.question):
        commands.append(Deny())
    return commands


def _answered(asked: Sequence[str], said: Sequence[Said]) -> bool:
    """ "Any time after five" is no "whenever"."""
    return any(s.field in asked or s.field.removesuffix("_range") in asked for s in said)


def _wants_soonest(reading: Reading, said: Sequence[Said]) -> bool:
    """`A haircut as soon as possible`, before any day was asked for."""
    if reading.state.asked or reading.state.question or not reading.says("soonest"):
        return False
    return not any(s.field in ("date", "date_range") for s in said)


def _set(reading: Reading, said: Sequence[Said]) -> list[Command]:
    commands: list[Command] = []
    for value in said:
        if value.is_doubtful:
            commands.append(Clarify())
            continue
        picked = choose(reading, value)
        if picked is not None:
            commands.append(picked)
            continue
        known = reading.state.filled.get(value.field)
        make = CorrectField if known is not None and known != value.value else SetField
        commands.append(make(field=_field(value.field), value=value.value))
    return commands


def _field(name: str) -> FieldName:
    return cast(FieldName, name)


def _starts_booking(reading: Reading, said: Sequence[Said], asks: Sequence[str]) -> bool:
    if reading.state.flow:
        return False
    if reading.says("thanks", "done") and not said and not reading.says("order", "search", "availability"):
        return False
    if reading.says("book", "order", "search", "availability") and not asks:
        return True
    if reading.says("provider") and not reading.says("yes", "done", "thanks") and not asks:
        return True
    if said and _is_told_of_past(reading, said):
        return False
    return bool(said) and (not asks or reading.says("book", "order"))


def _is_told_of_past(reading: Reading, said: Sequence[Said]) -> bool:
    """ "I paid 15000 for a wash last time" asks for nothing."""
    past = {reading.words[h.first].clause for h in reading.hits.get("past", ())}
    is_timeless = not any(s.field in ("date", "time", "date_range", "time_range") for s in said)
    return is_timeless and all(reading.words[s.first].clause in past for s in said)


def _social(reading: Reading) -> list[Command]:
    found: list[Command] = []
    if reading.says("greet"):
        found.append(Greet())
    idle = not reading.state.flow and not reading.state.question and not reading.state.offer
    if (idle and is_content(reading)) or (reading.says("thanks") and not reading.says("no")):
        found.append(Thanks())
    if reading.says("bye") or (idle and reading.says("done")):
        found.append(Goodbye())
    return found


def _nothing_read(reading: Reading) -> list[Command]:
    if is_about_us(reading):
        return [AskInfo(topic="other")]
    return [Chitchat()] if reading.says("chitchat", "abuse") else [CannotHandle()]
