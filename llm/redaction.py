"""What must not leave the house: phones, addresses of mail and web, cards, numbers of documents become placeholders."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from phonenumbers import Leniency, PhoneNumberMatcher

from core.masking import Span, find_cards

_URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?\b")
_PLUS = re.compile(r"(?<!\w)(?:\+|00)[1-9](?:[ ().-]{0,2}\d){6,14}(?!\d)")
# Seven digits and more, however they are grouped; letters and digits in one word.
_DIGITS = re.compile(r"(?<![\w:])\d(?:[ ./-]?\d){6,}(?![\w:])")
_MIXED = re.compile(r"\b(?=[\d-]*[A-Z])(?=(?:[A-Z-]*\d){4})[A-Z\d]+(?:-[A-Z\d]+)*\b", re.IGNORECASE)
_N = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_DAY = rf"(?:{_N}[ ./-]{_N}[ ./-]{_YEAR}|{_N}[./-]{_N}[./-]\d\d|{_YEAR}[./-]?\d\d[./-]?\d\d(?:T\d\d)?)"
_DATE = re.compile(rf"{_DAY}(?: \d{{1,2}}(?:[ .]\d\d)?)?")
_PLACEHOLDER = re.compile(r"<[A-Z]+_\d+>")
_CLOCK = r"\d{1,2}(?:h|am|pm|hrs?|min|[.]\d\d)?(?:\d\d)?(?:am|pm)?"
_TIMES = re.compile(rf"{_CLOCK}(?:-{_CLOCK})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Redacted:
    """`hidden` maps placeholders to what they stand for; it lives no longer than the turn."""

    text: str
    hidden: dict[str, str]

    def reveal(self, words: str) -> str:
        """The words as they were written."""
        return _PLACEHOLDER.sub(lambda match: self.hidden.get(match.group(), match.group()), words)


def redact(text: str, country: str) -> Redacted:
    """`country` tells how phones are written without their prefix. Days and times stay as they are."""
    hidden: dict[str, str] = {}
    for kind, find in _FINDERS:
        for start, end in sorted(set(find(text, country)), reverse=True):
            placeholder = f"<{kind}_{len(hidden) + 1}>"
            hidden[placeholder] = text[start:end]
            text = f"{text[:start]}{placeholder}{text[end:]}"
    return Redacted(text, hidden)


def _matches(pattern: re.Pattern[str]) -> Callable[[str, str], Iterator[Span]]:
    return lambda text, _: (match.span() for match in pattern.finditer(text))


def _phones(text: str, country: str) -> Iterator[Span]:
    found = [(match.start, match.end) for match in PhoneNumberMatcher(text, country, Leniency.VALID)]
    found += [match.span() for match in _PLUS.finditer(text)]
    yield from _apart(span for span in found if not _DATE.fullmatch(text[slice(*span)]))


def _documents(text: str, _: str) -> Iterator[Span]:
    found = [match.span() for match in _DIGITS.finditer(text) if not _DATE.fullmatch(match.group())]
    found += [match.span() for match in _MIXED.finditer(text) if not _is_time(match.group())]
    kept = [span for span in found if not any(p.start() <= span[0] < p.end() for p in _PLACEHOLDER.finditer(text))]
    yield from _apart(kept)


def _is_time(text: str) -> bool:
    return bool(_TIMES.fullmatch(text) or _DATE.fullmatch(text))


def _apart(spans: "Iterator[Span] | list[Span]") -> Iterator[Span]:
    """Of those that overlap, the one that begins first."""
    end = -1
    for span in sorted(spans):
        if span[0] >= end:
            end = span[1]
            yield span


# Each looks at what those before it have left.
_FINDERS: tuple[tuple[str, Callable[[str, str], Iterator[Span]]], ...] = (
    ("URL", _matches(_URL)),
    ("EMAIL", _matches(_EMAIL)),
    ("IBAN", _matches(_IBAN)),
    ("CARD", lambda text, _: find_cards(text)),
    ("PHONE", _phones),
    ("NUMBER", _documents),
)
