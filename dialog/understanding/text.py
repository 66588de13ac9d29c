"""Words as they are compared: without case and accents, each one knowing where it stands in the message."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_SPECIAL = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "–": "-",
    "—": "-",
    "‑": "-",
    "−": "-",
    "→": "-",
    "½": "½",
    "œ": "oe",
    "æ": "ae",
    "ß": "ss",
    "ø": "o",
    "ł": "l",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
}
_TOKEN = re.compile(r"\d+|[^\W\d_]+|[^\w\s]|_")


class Token(NamedTuple):
    """`start` and `end` count characters of the message as it came; `glued`: no space before it."""

    text: str
    start: int
    end: int
    glued: bool


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    plain = unicodedata.normalize("NFKD", char.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)) or ""


def fold(text: str) -> str:
    """Lower case, no accents, plain quotes and hyphens."""
    return text.lower() if text.isascii() else "".join(map(_fold_char, text))


def tokenize(text: str) -> list[Token]:
    """Runs of letters, runs of digits, and single signs."""
    return list(_tokens(text))


@lru_cache(maxsize=8)
def _tokens(text: str) -> tuple[Token, ...]:
    """Kept for a moment: a message is taken apart by several readers in turn."""
    if text.isascii():
        folded, origin = text.lower(), None
    else:
        parts = [_fold_char(c) for c in text]
        folded = "".join(parts)
        origin = [i for i, part in enumerate(parts) for _ in part]
    tokens: list[Token] = []
    last_end = -1
    for m in _TOKEN.finditer(folded):
        start, end = m.span()
        if origin is None:
            tokens.append(Token(m.group(), start, end, start == last_end))
        else:
            tokens.append(Token(m.group(), origin[start], origin[end - 1] + 1, start == last_end))
        last_end = end
    return tuple(tokens)


def wordset(words: str) -> frozenset[str]:
    """A set of words written as one line."""
    return frozenset(words.split())
