"""From what a model said to typed commands: what it has no right to say, or no words of the customer for, is dropped.

A model names things and points at words. Days, times and numbers are read out of those words by our own readers, and
handles count only while they lie on the table. It cannot say yes, and nothing here acts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo

from dialog import commands as c
from dialog.understanding import rules
from dialog.understanding.llm_wire import FLOWS, WireCommand
from dialog.understanding.offers import pick
from dialog.understanding.state import CatalogueView, Entry, Offered, ReadingState
from dialog.understanding.text import fold
from llm.redaction import Redacted

DISPUTABLE: tuple[Literal["date"], Literal["time"]] = ("date", "time")
_FIELDS = {
    **{name: (name,) for name in ("service", "staff", "location", "party_size")},
    "when": ("date", "time", "date_range", "time_range"),
}
_ASKED = {"party_size": ("party_size",)}
# What the words may not say where they are taken for a wish, or for what is ruled out.
_AGAINST = {
    "set_field": ("exclude", "clarify"),
    "which_booking": ("exclude", "clarify"),
    "exclude": ("clarify",),
}
_TOPICS = get_args(c.Topic)
_SKIPPABLE = {"service": "service", "staff": "staff", "location": "location", "when": "date"}
_LONGEST = 200

Values = dict[str, c.Value]


@dataclass(frozen=True, slots=True)
class Heard:
    """The message as the model saw it, and what it may be understood with."""

    message: Redacted
    language: str
    now: datetime
    tz: ZoneInfo
    catalogue: CatalogueView
    state: ReadingState


@dataclass(frozen=True, slots=True)
class Reading:
    """`commands` of the model as far as they hold; `doubts` are values that the words and the model's own rendering of
    them say differently."""

    commands: tuple[c.Command, ...]
    doubts: tuple[c.Alternative, ...] = ()


def to_commands(said: Sequence[WireCommand], heard: Heard) -> Reading:
    commands: list[c.Command] = []
    doubts: list[c.Alternative] = []
    pointer: dict[str, str] = {}
    for wire in said:
        if wire.kind == "which_booking":
            pointer |= {field: str(value) for field, value in _values(wire, heard).items()}
        elif wire.kind == "set_field":
            values = _values(wire, heard)
            doubts += _doubts(wire, values, heard)
            commands += [_set(heard.state, field, value) for field, value in values.items()]
        else:
            commands += _MAKERS.get(wire.kind, _nothing)(wire, heard)
    return Reading(tuple(_pointing(_once(commands), pointer)), tuple(doubts))


def _once(commands: Sequence[c.Command]) -> list[c.Command]:
    return [command for n, command in enumerate(commands) if command not in commands[:n]]


def _pointing(commands: Sequence[c.Command], pointer: dict[str, str]) -> Iterator[c.Command]:
    """Words that tell which booking is meant go with the wish to move or cancel it."""
    for command in commands:
        if isinstance(command, c.StartFlow) and command.flow != "book" and pointer:
            yield command.model_copy(update={"booking": pointer})
        else:
            yield command


def _set(state: ReadingState, field: str, value: c.Value) -> c.Command:
    known = state.filled.get(field)
    make = c.CorrectField if known is not None and known != value else c.SetField
    return make(field=cast(c.FieldName, field), value=value)


def _values(wire: WireCommand, heard: Heard) -> Values:
    """What the customer's words say about the field that is named; nothing where they are not the customer's, or where
    our own reader finds that they rule out, or cannot be, what the model takes them for."""
    words = _evidence(wire.words, heard)
    if words is None or wire.name not in _FIELDS:
        return {}
    if wire.name in ("service", "staff", "location"):
        return _entry(wire, words, heard)
    read = _read(words, heard, asked=_ASKED.get(wire.name, ()))
    if any(command.kind in _AGAINST[wire.kind] for command in read):
        return {}
    own = _of_kind(read, _FIELDS[wire.name])
    return own or _of_kind(_rendering(wire, heard), _FIELDS[wire.name])


def _evidence(words: str | None, heard: Heard) -> str | None:
    """The words as the customer wrote them; None where the message does not hold them."""
    said = _plain(words or "")
    if not any(char.isalnum() for char in said) or said not in _plain(heard.message.text):
        return None
    return heard.message.reveal(str(words))[:_LONGEST]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _entry(wire: WireCommand, words: str, heard: Heard) -> Values:
    """A whole name of the catalogue, unless the customer's words name another; else what the words name."""
    field = str(wire.name)
    named = _of_kind(_read(words, heard), (field,))
    known = _exact(field, wire.value, heard.catalogue)
    if known is None or (field in named and named[field] != known):
        return named if known is None else {}
    return {field: known}


def _exact(field: str, value: str | None, catalogue: CatalogueView) -> str | None:
    groups: dict[str, tuple[Entry, ...]] = {
        "service": catalogue.services,
        "staff": catalogue.staff,
        "location": catalogue.locations,
    }
    wanted = fold(value or "").strip()
    keys = {entry.key for entry in groups[field] if any(fold(name).strip() == wanted for name in entry.names)}
    return keys.pop() if len(keys) == 1 else None


def _read(words: str, heard: Heard, *, asked: tuple[str, ...] = (), language: str = "") -> tuple[c.Command, ...]:
    """These words alone, read by the rules."""
    read = rules.understand(
        words[:_LONGEST],
        language=language or heard.language,
        now=heard.now,
        tz=heard.tz,
        catalogue=heard.catalogue,
        state=ReadingState(asked=asked),
    )
    return read.commands


def _rendering(wire: WireCommand, heard: Heard) -> tuple[c.Command, ...]:
    """The model's own plain English, read by the rules too."""
    asked = _ASKED.get(wire.name or "", ())
    return _read(wire.value, heard, asked=asked, language="en") if wire.value else ()


def _of_kind(read: Sequence[c.Command], fields: Sequence[str]) -> Values:
    said = [command for command in read if isinstance(command, c.SetField | c.Exclude) and command.field in fields]
    return {command.field: command.value for command in said if command.value is not None}


def _doubts(wire: WireCommand, values: Values, heard: Heard) -> list[c.Alternative]:
    """The model's own words for a day or a time may say another one than the customer's."""
    meant = _of_kind(_rendering(wire, heard), _FIELDS["when"]) if wire.name == "when" else {}
    return [
        c.Alternative(field=field, value=str(meant[field]))
        for field in DISPUTABLE
        if field in values and field in meant and values[field] != meant[field]
    ]


def _offered(handle: str | None, state: ReadingState) -> Offered | None:
    """What lies on the table and does nothing for good when it is picked."""
    return next((offered for offered in state.offer if offered.handle == handle and offered.is_light), None)


def _start(wire: WireCommand, heard: Heard) -> list[c.Command]:
    return [c.StartFlow(flow=cast(c.FlowName, wire.name))] if wire.name in FLOWS else []


def _exclude(wire: WireCommand, heard: Heard) -> list[c.Command]:
    return [c.Exclude(field=cast(c.FieldName, f), value=value) for f, value in _values(wire, heard).items()]


def _choose(wire: WireCommand, heard: Heard) -> list[c.Command]:
    offered = _offered(wire.handle, heard.state)
    return [pick(offered)] if offered else []


def _ask_info(wire: WireCommand, heard: Heard) -> list[c.Command]:
    if wire.name not in _TOPICS:
        return []
    service = _exact("service", wire.value, heard.catalogue)
    return [c.AskInfo(topic=cast(c.Topic, wire.name), about={"service": service} if service else None)]


def _skip(wire: WireCommand, heard: Heard) -> list[c.Command]:
    field = _SKIPPABLE.get(wire.name or "")
    return [c.Skip(field=cast(c.FieldName, field))] if field and heard.state.flow else []


def _deny(wire: WireCommand, heard: Heard) -> list[c.Command]:
    """A no to a time that is held for somebody gives it away: that has to be plain."""
    is_light = all(offered.is_light for offered in heard.state.offer)
    return [c.Deny()] if heard.state.question and is_light else []


def _in_flow(make: Callable[[], c.Command]) -> Callable[[WireCommand, Heard], list[c.Command]]:
    return lambda _, heard: [make()] if heard.state.flow or heard.state.offer else []


def _always(make: Callable[[], c.Command]) -> Callable[[WireCommand, Heard], list[c.Command]]:
    return lambda _, __: [make()]


def _nothing(wire: WireCommand, heard: Heard) -> list[c.Command]:
    return []


# A yes shows once more what it would be a yes to, a wish for a person is asked about: both need the customer's hand.
_MAKERS: dict[str, Callable[[WireCommand, Heard], list[c.Command]]] = {
    "start_flow": _start,
    "exclude": _exclude,
    "choose": _choose,
    "ask_info": _ask_info,
    "skip": _skip,
    "affirm": _in_flow(c.Repeat),
    "deny": _deny,
    "cancel_flow": _in_flow(c.CancelFlow),
    "more_options": _in_flow(c.MoreOptions),
    "list_bookings": _always(c.ListBookings),
    "repeat": _in_flow(c.Repeat),
    "greet": _always(c.Greet),
    "thanks": _always(c.Thanks),
    "goodbye": _always(c.Goodbye),
    "handoff": _always(lambda: c.Clarify(person=True)),
    "chitchat": _always(c.Chitchat),
    "clarify": _always(c.Clarify),
    "cannot_handle": _always(c.CannotHandle),
}
