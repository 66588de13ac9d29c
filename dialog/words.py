"""From messages to inputs: taps are read as they are, the words of a burst as one text by the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from booking.catalogue import Catalogue
from dialog.commands import Affirm, CannotHandle, Command, Range
from dialog.flow import Input
from dialog.messages import InboundMessage
from dialog.session import ANY, Session
from dialog.taps import Tap, read_tap
from dialog.understanding import reader, rules, when
from dialog.understanding.language import hint
from dialog.understanding.state import CatalogueView, Entry, Offered, ReadingState
from dialog.understanding.text import fold, tokenize

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
) -> Understood:
    """All messages of a turn as one list of inputs, taps and words in the order in which they came."""
    taps = [read_tap(m.choice_id) or Tap("") for m in messages if m.kind == "choice" and m.choice_id is not None]
    text = "\n".join(m.text for m in messages if m.kind == "text" and m.text.strip())
    if not text:
        return _without_words(messages, taps)
    read = await reader.read(
        text, language=language, now=now.astimezone(zone), tz=zone, catalogue=view_of(catalogue), state=_state(session)
    )
    commands = read.commands or (CannotHandle(),)
    if session.flow is None and _is_bare_yes(text, commands, language=language, now=now, zone=zone):
        commands = (Affirm(),)
    return Understood(
        (*taps, *commands),
        read.language,
        read.source,
        read.confidence,
        hint([token.text for token in tokenize(fold(text))]),
    )


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


def view_of(catalogue: Catalogue) -> CatalogueView:
    """What can be named: every language's name and synonym of each thing."""
    return CatalogueView(
        services=tuple(
            Entry(s.key, _names(*s.names.values(), *(word for words in s.synonyms.values() for word in words)))
            for s in catalogue.services
        ),
        staff=tuple(
            Entry(s.key, _names(s.name, *(word for words in s.synonyms.values() for word in words)))
            for s in catalogue.staff
        ),
        locations=tuple(Entry(p.key, _names(*p.names.values())) for p in catalogue.locations),
    )


def _names(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))


def _state(session: Session) -> ReadingState:
    filled = {
        name: Range(**value) if isinstance(value, dict) else value
        for name, value in session.fields.items()
        if name in _READ_FIELDS and value != ANY
    }
    offer = tuple(
        Offered(o.handle, o.field, o.value if isinstance(o.value, int) else str(o.value), o.label)
        for o in session.offer
    )
    return ReadingState(
        flow=session.flow,
        asked=session.asked,
        question=session.question,
        confirming=session.question == "confirm",
        filled=filled,
        offer=offer,
    )
