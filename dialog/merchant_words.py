"""What the people of the business write to get something done: "block Thursday for Anna", "cancel Ada 10:30"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from dialog.understanding import when
from dialog.understanding.state import Entry
from dialog.understanding.text import fold, tokenize, wordset
from dialog.understanding.when_values import Context, Days

# Each verb tells the language of its message, whatever was spoken before.
_BLOCK = {"block": "en", "bloque": "fr", "bloquer": "fr", "bloquez": "fr"}
_CANCEL = {"cancel": "en", "annule": "fr", "annuler": "fr", "annulez": "fr"}
_POLITE = wordset("please pls svp stp can you could peux tu pouvez vous merci de")
_WHOLE_DAY = ("all day", "whole day", "journee")
_BESIDE = _POLITE | wordset(
    "for pour from on at the le la les l du d of au aux a un une to and et with avec chez in off my mon ma mes"
    " all whole day toute tout journee appointment booking reservation rendez rdv time calendar agenda thanks s"
)


@dataclass(frozen=True, slots=True)
class Block:
    """Wall time without zone, None where it was not said or cannot be told. `staff` is a key, `unknown` the words
    that name nobody of the team."""

    starts_at: datetime | None
    ends_at: datetime | None
    staff: str | None
    unknown: str = ""
    kind: Literal["block"] = "block"


@dataclass(frozen=True, slots=True)
class CallOff:
    """Folded words of a customer's name; the day and the clock time (HH:MM) of the booking, as far as said."""

    name: tuple[str, ...]
    day: date | None
    clock: str | None
    kind: Literal["call_off"] = "call_off"


Order = Block | CallOff


def read(text: str, *, now: datetime, staff: Sequence[Entry]) -> Order | None:
    """None for whatever is no order; `now` is the wall time where the business is."""
    tokens = tokenize(text)
    verb = next((token for token in tokens if token.text not in _POLITE), None)
    language = (_BLOCK | _CANCEL).get(verb.text) if verb else None
    if verb is None or language is None:
        return None
    rest, ctx = text[verb.end :], when.context(language, now)
    if verb.text in _BLOCK:
        return _block(rest, language, ctx, staff)
    return _call_off(rest, language, ctx)


def _block(rest: str, language: str, ctx: Context, staff: Sequence[Entry]) -> Block:
    named, spans = _named(rest, staff)
    said = _without(rest, spans)
    words = _words(said, language, ctx)
    starts_at, ends_at = _span(said, language, ctx)
    return Block(starts_at, ends_at, named[0] if len(named) == 1 else None, " ".join(words or named[1:]))


def _call_off(rest: str, language: str, ctx: Context) -> CallOff | None:
    found = when.read(rest, language, ctx)
    name = tuple(_words(rest, language, ctx))
    day, clock = None, None
    if found and found.start and found.kind in ("date", "datetime"):
        day = date.fromisoformat(found.start[:10])
    if found and found.start and found.kind in ("time", "datetime"):
        clock = found.start[-5:]
    return CallOff(name, day, clock) if name or clock else None


def _span(text: str, language: str, ctx: Context) -> tuple[datetime | None, datetime | None]:
    """From when to when; a day without a time is meant whole, a time without a day is today's."""
    if any(isinstance(m.value, Days) and m.value.impossible for m in when.find(text, language, ctx)):
        return None, None
    found = when.read(text, language, ctx)
    if found is None or found.start is None:
        return None, None
    if found.kind in ("date", "date_range") or (found.kind == "datetime_range" and _is_whole_day(text)):
        first = date.fromisoformat(found.start[:10])
        last = date.fromisoformat(found.end[:10]) if found.end else first
        return _midnight(first), _midnight(last + timedelta(days=1))
    if found.kind == "time_range" and found.end:
        first = ctx.today
        crosses = found.end <= found.start
        last = first + timedelta(days=int(crosses))
        return datetime.fromisoformat(f"{first}T{found.start}"), datetime.fromisoformat(f"{last}T{found.end}")
    if found.kind == "datetime_range":
        start = datetime.fromisoformat(found.start)
        return start, datetime.fromisoformat(found.end) if found.end else _midnight(start.date() + timedelta(days=1))
    return None, None


def _is_whole_day(text: str) -> bool:
    folded = fold(text)
    return any(words in folded for words in _WHOLE_DAY)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time; the place of the calendar gives its zone


def _named(text: str, staff: Sequence[Entry]) -> tuple[list[str], list[tuple[int, int]]]:
    """Keys of the team members whose names stand in the text, and where: they may look like days ("April")."""
    tokens = tokenize(text)
    keys: list[str] = []
    spans: list[tuple[int, int]] = []
    for entry in staff:
        for name in entry.names:
            words = [token.text for token in tokenize(name)]
            for at in range(len(tokens) - len(words) + 1):
                if words and [token.text for token in tokens[at : at + len(words)]] == words:
                    keys.append(entry.key)
                    spans.append((tokens[at].start, tokens[at + len(words) - 1].end))
    return list(dict.fromkeys(keys)), spans


def _words(text: str, language: str, ctx: Context) -> list[str]:
    """What is neither a time nor a word between."""
    spans = [(mention.start, mention.end) for mention in when.find(text, language, ctx)]
    tokens = tokenize(_without(text, spans))
    return [token.text for token in tokens if re.match(r"[^\W\d_]", token.text) and token.text not in _BESIDE]


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
