"""From messages to inputs: taps are read as they are, the words of a burst as one text by the reader."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain
from typing import get_args
from zoneinfo import ZoneInfo

from booking.catalogue import Catalogue
from dialog import paid_words, recurrence_words
from dialog.commands import Affirm, CannotHandle, Command, CorrectField, FieldName, Interpretation, Range, StartFlow
from dialog.flow import Input
from dialog.messages import InboundMessage
from dialog.recurrence_words import Recurrence, WholeSeries
from dialog.session import ANY, Session
from dialog.taps import Tap, is_light, read_tap
from dialog.texts import languages, say
from dialog.understanding import reader, rules, when
from dialog.understanding.language import hint
from dialog.understanding.llm import Model
from dialog.understanding.state import CatalogueView, Entry, Offered, ReadingState
from dialog.understanding.text import fold, tokenize
from dialog.visit_words import complete, is_all_extras
from prompts.instructions import Instructions
from prompts.skill import Words

_NOTHING_ELSE = Interpretation(commands=(), language=None, source="rules", confidence="high")
_NO_INSTRUCTIONS = Instructions()
_FLOWS_WITH_BUTTONS = ("book", "reschedule")
# Those under a summary and under "what would you like to change", as they are written instead of tapped.
_BUTTONS: dict[str, Input] = {
    "other_time": CorrectField(field="time", value=None),
    "other_day": CorrectField(field="date", value=None),
    "other_staff": CorrectField(field="staff", value=None),
    "other_service": CorrectField(field="service", value=None),
    "other_extras": Tap("change", ("extras",)),
    "leave_out": Tap("change", ("less",)),
    "add_service": Tap("add"),
}
_READ_FIELDS = ("service", "staff", "location", "date", "time", "date_range", "time_range", "party_size")


@dataclass(frozen=True, slots=True)
class Understood:
    """`language` is told with confidence, `hint` by a word or two. `unsupported` is the vendor's type of something
    that cannot be read, when there was nothing else."""

    inputs: tuple[Input, ...]
    language: str | None
    source: str
    confidence: str
    hint: str | None
    unsupported: str | None = None


async def understand(
    messages: Sequence[InboundMessage],
    session: Session,
    catalogue: Catalogue,
    *,
    language: str,
    now: datetime,
    zone: ZoneInfo,
    model: Model | None = None,
    instructions: Instructions = _NO_INSTRUCTIONS,
) -> Understood:
    """All messages of a turn as one list of inputs, taps and words in the order in which they came."""
    taps = [read_tap(m.choice_id) or Tap("") for m in messages if m.kind == "choice" and m.choice_id is not None]
    text = "\n".join(m.text for m in messages if m.kind == "text" and m.text.strip())
    if not text:
        return _without_words(messages, taps)
    if (button := _button(text)) is not None and session.flow in _FLOWS_WITH_BUTTONS:
        return Understood((*taps, button), None, "rules", "high", None)

    has_paid = paid_words.says_paid(text)
    if has_paid or is_all_extras(text, session=session, catalogue=catalogue, language=language):
        model = None

    async def read_words(words: str) -> Interpretation:
        return await reader.read(
            words,
            language=language,
            now=now.astimezone(zone),
            tz=zone,
            catalogue=view_of(catalogue, instructions.synonyms),
            state=_state(session),
            model=model,
            instructions=instructions,
        )

    read, again = await _with_recurrence(text, session, language, now.astimezone(zone), read_words)
    commands = read.commands or (() if again else (CannotHandle(),))
    if session.flow is None and _is_bare_yes(text, commands, language=language, now=now, zone=zone):
        commands = (Affirm(),)
    inputs: Sequence[Input] = complete(text, commands, session=session, catalogue=catalogue, language=language)
    return Understood(
        (*taps, *again, *(paid_words.as_said(inputs) if has_paid else inputs)),
        read.language,
        read.source,
        read.confidence,
        hint([token.text for token in tokenize(fold(text))]),
    )


def _button(text: str) -> Input | None:
    """The button that somebody wrote down instead of tapping it."""
    return _written_buttons().get(_folded(text))


@cache
def _written_buttons() -> dict[str, Input]:
    return {
        _folded(say(language, f"button.{name}")): meant for language in languages() for name, meant in _BUTTONS.items()
    }


def _folded(text: str) -> str:
    return " ".join(token.text for token in tokenize(fold(text)) if re.match(r"\w", token.text))


async def _with_recurrence(
    text: str, session: Session, language: str, now: datetime, read_words: Callable[[str], Awaitable[Interpretation]]
) -> tuple[Interpretation, tuple[Recurrence | WholeSeries, ...]]:
    """Words of repetition count beside a wish to book, those of a whole series beside one to cancel."""
    again, rest = recurrence_words.read(
        text,
        language=language,
        now=now.replace(tzinfo=None),
        is_recurring="recurrence" in session.fields,
        is_asked="times" in session.asked,
    )
    if again is not None:
        read = await read_words(rest) if re.search(r"\w", rest) else _NOTHING_ELSE
        if _wants_booking(session, read):
            return _beside(read), (again,)
    read = await read_words(text)
    cancels = session.flow == "cancel" or any(isinstance(c, StartFlow) and c.flow == "cancel" for c in read.commands)
    if cancels and recurrence_words.reads_whole_series(text):
        return _beside(read), (WholeSeries(),)
    return read, ()


def _wants_booking(session: Session, read: Interpretation) -> bool:
    kinds = {command.kind for command in read.commands}
    if session.flow in ("cancel", "reschedule") or "ask_info" in kinds:
        return False
    if any(isinstance(c, StartFlow) and c.flow != "book" for c in read.commands):
        return False
    return session.flow == "book" or not kinds or bool(kinds & {"start_flow", "set_field"})


def _beside(read: Interpretation) -> Interpretation:
    """What is left of a message that was understood is no riddle, and a "no" in "no, 4 times" no answer."""
    said = tuple(command for command in read.commands if command.kind not in ("cannot_handle", "affirm", "deny"))
    return read.model_copy(update={"commands": said})


def _is_bare_yes(text: str, commands: Sequence[Command], *, language: str, now: datetime, zone: ZoneInfo) -> bool:
    """A yes with nothing open is understood for what it is: an "ok" to what was done."""
    if [command.kind for command in commands] != ["cannot_handle"]:
        return False
    state = ReadingState(question="anything_else")
    read = rules.understand(text, language=language, now=now, tz=zone, catalogue=CatalogueView(), state=state)
    return [command.kind for command in read.commands] == ["affirm"]


def warm_up(now: datetime) -> None:
    """Builds each language's tables once, so that the first person who writes does not wait for them."""
    for language in when.TABLES:
        rules.understand(
            "?", language=language, now=now, tz=ZoneInfo("UTC"), catalogue=CatalogueView(), state=ReadingState()
        )


def _without_words(messages: Sequence[InboundMessage], taps: list[Tap]) -> Understood:
    if taps:
        return Understood(tuple(taps), None, "button", "high", None)
    if any(m.kind == "start" for m in messages):
        return Understood((Tap("menu"),), None, "button", "high", None)
    detail = next((m.detail or m.kind for m in messages if m.kind == "unsupported"), None)
    return Understood((), None, "rules", "high", None, unsupported=detail)


def view_of(catalogue: Catalogue, more: Mapping[str, Words] = _NO_INSTRUCTIONS.synonyms) -> CatalogueView:
    """What can be named: every language's name and synonym of each thing, and `more` names of a skill."""
    return CatalogueView(
        services=tuple(
            Entry(s.key, _names(s.names.values(), *s.synonyms.values(), more["service"].get(s.key, ())))
            for s in catalogue.services
        ),
        staff=tuple(
            Entry(s.key, _names((s.name,), *s.synonyms.values(), more["staff"].get(s.key, ()))) for s in catalogue.staff
        ),
        locations=tuple(
            Entry(p.key, _names(p.names.values(), more["location"].get(p.key, ()))) for p in catalogue.locations
        ),
    )


def _names(*names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, chain(*names))))


def _state(session: Session) -> ReadingState:
    filled = {
        name: Range(**value) if isinstance(value, dict) else value
        for name, value in session.fields.items()
        if name in _READ_FIELDS and value != ANY
    }
    offer = tuple(
        Offered(o.handle, o.field, o.value if isinstance(o.value, int) else str(o.value), o.label, is_light(o.tap))
        for o in session.offer
    )
    return ReadingState(
        flow=session.flow,
        asked=tuple(field for field in session.asked if field in get_args(FieldName)),
        question=session.question,
        confirming=session.question == "confirm",
        filled=filled,
        offer=offer,
    )
