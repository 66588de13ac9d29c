"""What people say to have the same again: "every Tuesday for 2 months", "chaque semaine, 4 fois".

Pure tables of words; what was read is taken out of the message, so that "for 4 weeks" is no party of four. A wish for a
booking has to be beside it, which is decided where messages become inputs.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from dialog.understanding import when
from dialog.understanding.text import tokenize

_NUMBERS = {
    word: number
    for words in (
        "a one two three four five six seven eight nine ten eleven twelve",
        "un deux trois quatre cinq six sept huit neuf dix onze douze",
    )
    for number, word in enumerate(words.split(), 0 if words.startswith("a ") else 1)
} | {"a": 1, "une": 1, "quinze": 15, "vingt": 20, "fifteen": 15, "twenty": 20}
_N = rf"(?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)})"
_DAY = (
    "(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?"
    "|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?)"
)
_IN_A_ROW = "(?:in a row|running|de suite|d ' affilee|consecutifs|consecutives)"

# Weeks between two dates; None for a rhythm that is not in weeks. What `keep` names stays in the message.
_RHYTHMS: tuple[tuple[str, int | None], ...] = (
    (r"every (?:other|second|two|2) weeks?|fortnightly|every fortnight|bi ?-? ?weekly|every 14 days", 2),
    (r"toutes les (?:deux|2) semaines|une semaine sur (?:deux|2)|tous les (?:quinze|15) jours", 2),
    (rf"(?:every|toutes les) {_N} (?:weeks|semaines)", 0),
    (r"every (?:single )?week|each week|weekly|once (?:a|per|every) week", 1),
    (r"chaque semaine|toutes les semaines|hebdomadaire(?:ment)?|(?:une|1) fois par semaine", 1),
    (rf"(?:every|each) (?:other|second) (?={_DAY})|un (?={_DAY} sur (?:deux|2)\b)", 2),
    (rf"(?:every|each) (?:single )?(?={_DAY})|tous les (?={_DAY})|chaque (?={_DAY})", 1),
    (rf"(?={_N} (?:weeks|semaines|{_DAY}) {_IN_A_ROW}\b)", 1),
    (r"every (?:single )?(?:day|month)|each (?:day|month)|daily|monthly|every \d+ days", None),
    (r"tous les (?:jours|mois)|chaque (?:jour|mois)|quotidien(?:nement)?|mensuel(?:lement)?", None),
)
_TIMES = (
    rf"{_N} (?:times|fois)",
    rf"{_N} (?={_DAY} {_IN_A_ROW}\b)",
    rf"for {_N} (?={_DAY}\b)",
)
_WEEKS = (
    rf"(?:for |over )(?:the )?(?:next )?{_N} weeks?(?: {_IN_A_ROW})?",
    rf"(?:the )?next {_N} weeks",
    rf"(?:pendant|durant|sur|pour) (?:les |ces )?{_N} (?:prochaines )?semaines?(?: {_IN_A_ROW})?",
    rf"(?:les|ces) {_N} prochaines semaines",
    rf"{_N} (?:weeks|semaines) {_IN_A_ROW}",
)
_MONTHS = (
    rf"(?:for |over )(?:the )?(?:next )?{_N} months?",
    rf"(?:pendant|durant|sur|pour) (?:les |ces )?{_N} (?:prochains )?mois",
)
_UNTIL = r"(?:until|till|up to)(?: the)?|jusqu ' (?:au|aux|a la|a|en)"
_LEFT_OVER = rf"sur (?:deux|2)|{_IN_A_ROW}"
_ONCE = r"(?:just|only) (?:once|one|this one)|(?:une )?seule fois|(?:juste|seulement) (?:une fois|celui ci|un)"
_WHOLE = (
    r"all of them|them all|(?:the )?(?:whole|entire) series|all (?:the )?dates|all (?:of )?the series"
    r"|toute la serie|toutes les dates|la serie entiere|tous les rendez ?-? ?vous de la serie"
)
_WHOLE_ALONE = frozenset({"all", "all of them", "them all", "tous", "toutes", "tout", "the series", "la serie"})


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`every_weeks` 0: a rhythm that cannot be had; None where only the end was said. At most one of the ends is."""

    every_weeks: int | None = None
    count: int | None = None
    weeks: int | None = None
    months: int | None = None
    until: str | None = None
    kind: Literal["recurrence"] = "recurrence"

    @property
    def values(self) -> dict[str, Any]:
        """What was said, as the session keeps it."""
        said = {name: getattr(self, name) for name in ("every_weeks", "count", "weeks", "months", "until")}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class WholeSeries:
    """Not one of the dates, but all that are still to come."""

    kind: Literal["whole_series"] = "whole_series"


class _Said:
    """The message as words, from which what was read is taken out."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = tokenize(text)
        self._words = " ".join(token.text for token in self._tokens)

    def take(self, pattern: str) -> re.Match[str] | None:
        # A pattern may end in a blank before a word that it only looks at.
        found = re.search(rf"(?<!\S)(?:{pattern})(?:(?<=\s)|\A|(?!\w))", self._words)
        if found:
            self.blank(*found.span())
        return found

    def blank(self, start: int, end: int) -> None:
        """Words of the message at these places of `_words` are blanks from now on, here and in the text."""
        self._words = self._words[:start] + re.sub(r"\S", "\x00", self._words[start:end]) + self._words[end:]
        at = 0
        for token in self._tokens:
            if start <= at < end:
                self.text = self.text[: token.start] + " " * (token.end - token.start) + self.text[token.end :]
            at += len(token.text) + 1

    def after(self, end: int) -> str:
        """The text from the word on that begins at or behind `end` of the words."""
        at = 0
        for token in self._tokens:
            if at >= end:
                return self.text[token.start :]
            at += len(token.text) + 1
        return ""


def read(
    text: str, *, language: str, now: datetime, is_recurring: bool = False, is_asked: bool = False
) -> tuple[Recurrence | None, str]:
    """The rhythm and its end, and the message without them. `is_recurring`: there is a rhythm already, of which the end
    may be said alone; `is_asked`: a bare number tells how many times. `now` is the wall time."""
    said = _Said(text)
    every_weeks = _rhythm(said)
    if every_weeks is None and not is_recurring:
        return None, text
    end = _end(said, language, now, is_asked)
    if every_weeks is None and not end:
        return None, text
    said.take(_LEFT_OVER)
    return Recurrence(every_weeks, **end), said.text


def reads_whole_series(text: str) -> bool:
    words = " ".join(token.text for token in tokenize(text))
    return words in _WHOLE_ALONE or re.search(rf"(?<!\S)(?:{_WHOLE})(?!\w)", words) is not None


def _rhythm(said: _Said) -> int | None:
    for pattern, weeks in _RHYTHMS:
        found = said.take(pattern)
        if found:
            return _number(found) if weeks == 0 else weeks or 0
    return None


def _end(said: _Said, language: str, now: datetime, is_asked: bool) -> dict[str, Any]:
    if said.take(_ONCE):
        return {"count": 1}
    for name, patterns in (("count", _TIMES), ("months", _MONTHS), ("weeks", _WEEKS)):
        for pattern in patterns:
            found = said.take(pattern)
            if found:
                return {name: _number(found)}
    until = said.take(_UNTIL)
    if until:
        day = _day(said, until.end(), language, now)
        return {"until": day.isoformat()} if day else {}
    bare = said.take(rf"\A{_N}(?: (?:weeks?|semaines?))?\Z") if is_asked else None
    return {"count": _number(bare)} if bare else {}


def _day(said: _Said, end: int, language: str, now: datetime) -> date | None:
    """The last day of what follows "until"; it is taken out too."""
    rest = said.after(end)
    found = when.read(rest, language, when.context(language, now))
    if found is None or found.kind not in ("date", "date_range") or found.start is None:
        return None
    offset = len(said.text) - len(rest)
    start, stop = (offset + place for place in found.span)
    said.text = said.text[:start] + " " * (stop - start) + said.text[stop:]
    return date.fromisoformat(found.end or found.start)


def _number(found: re.Match[str]) -> int:
    word = found["n"]
    return int(word) if word.isdigit() else _NUMBERS[word]
