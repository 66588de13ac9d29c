"""What a message says where the conversation stands: answers, values, questions and wishes, in one list of commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from dialog.commands import (
    Affirm,
    AskInfo,
    CancelFlow,
    Command,
    Deny,
    Exclude,
    FieldName,
    MoreOptions,
    Repeat,
    Skip,
    StartFlow,
)
from dialog.understanding.agreement import agrees, is_content
from dialog.understanding.changes import set_values, to_change
from dialog.understanding.fields import Said
from dialog.understanding.offers import chosen_by_place, reached_by_others
from dialog.understanding.questions import questions
from dialog.understanding.reading import Reading


def in_flow(reading: Reading, said: list[Said], excluded: list[Said]) -> list[Command]:
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
    values = set_values(reading, said)
    if state.flow in ("cancel", "reschedule") and reading.says("keep") and not said:
        return [CancelFlow()]
    is_anyone = (reading.is_whole("skip") and not reading.says("pick")) or (
        reading.says("skip") and "staff" in state.asked
    )
    placed = chosen_by_place(reading) if not is_anyone and not any(c.kind == "choose" for c in values) else None
    reached = reached_by_others(reading, said, excluded)
    if reached:
        return [reached]
    if is_anyone:
        asks = [topic for topic in asks if topic != "staff"]
    if any(s.is_part for s in excluded) and not reading.says("pick"):
        placed = None
    if placed:
        values = []
    agreed = agrees(reading, said, asks)
    if agreed:
        commands.append(Affirm())
    elif reading.says("no") and not reading.says("skip") and not excluded and (state.question or not values):
        values = _beside_no(reading, said, values)
        commands += [] if any(v.kind == "choose" for v in values) else [Deny()]
    if placed:
        commands.append(placed)
    commands += values
    commands += [Exclude(field=_field(s.field), value=s.value) for s in excluded]
    named = any(s.field in ("staff", "time", "date") for s in said)
    elsewhere = reading.says("search") and any(o.field == "staff" for o in state.offer) and set(asks) <= {"other"}
    if elsewhere:
        asks = []
    is_choice = placed is not None and reading.is_whole("pick")
    more = (reading.says("more") or elsewhere) and (state.flow or state.offer) and not agreed and not is_choice
    if more and not (state.question in ("confirm", "anything_else") and (named or reading.says("change"))):
        commands.append(MoreOptions())
    if reading.says("change") and not values and state.flow and not (more and state.question == "offer"):
        commands += to_change(reading)
    if _wants_soonest(reading, said):
        commands.append(Skip(field="date"))
    if reading.says("skip") and state.asked and not placed and not _answered(state.asked, [*said, *excluded]):
        commands = [c for c in commands if getattr(c, "value", None) not in state.filled.values()]
        commands.append(Skip(field=_field(state.asked[0])))
    commands += [AskInfo(topic=topic, about=about) for topic in asks]
    if _starts_booking(reading, said, asks):
        commands.insert(0, StartFlow(flow="book"))
    is_nothing_new = all(c.kind == "set_field" and state.filled.get(c.field) == c.value for c in commands)
    if commands and is_nothing_new and not asks and state.question == "confirm" and reading.text.rstrip().endswith("?"):
        return [Repeat()]
    if is_nothing_new and not asks and reading.says("availability") and {"date", "time"} & {*state.asked}:
        commands.append(MoreOptions())
    if not commands and (reading.is_whole("book") or (state.question == "anything_else" and reading.says("order"))):
        return [StartFlow(flow="book")]
    if not commands and reading.says("done", "forget") and (state.flow or state.question):
        commands.append(Deny())
    return commands


def _answered(asked: Sequence[str], said: Sequence[Said]) -> bool:
    """ "Any time after five" is no "whenever"."""
    return any(s.field in asked or s.field.removesuffix("_range") in asked for s in said)


def _beside_no(reading: Reading, said: Sequence[Said], values: list[Command]) -> list[Command]:
    """ "No, Anna" takes what is offered; "no 3pm is too late" does not."""
    parts = {reading.words[h.first].part for h in reading.hits.get("no", ())}
    is_apart = bool(said) and all(reading.words[s.first].part not in parts for s in said)
    return values if is_apart else [v for v in values if v.kind != "choose"]


def _wants_soonest(reading: Reading, said: Sequence[Said]) -> bool:
    """`A haircut as soon as possible`, before any day was asked for."""
    if reading.state.asked or reading.state.question or not reading.says("soonest"):
        return False
    return not any(s.field in ("date", "date_range") for s in said)


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


def _field(name: str) -> FieldName:
    return cast(FieldName, name)
