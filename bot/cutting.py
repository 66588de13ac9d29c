"""Fits words into a vendor's limits. Lengths are counted in UTF-16 units, the strictest reading of "characters"."""

import re

ELLIPSIS = "…"
_BEFORE_SIGN = re.compile(r" (?=[:;!?](?:\s|$)|»)|(?<=«) ")


def size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def one_line(text: str) -> str:
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """The text, or its beginning up to a word's end with an ellipsis."""
    return cut_label(text, limit)[0]


def cut_label(text: str, limit: int) -> tuple[str, str]:
    """(what fits, what is left): the first ends in an ellipsis when something is left."""
    if size(text) <= limit:
        return text, ""
    head = _prefix(text, limit - size(ELLIPSIS))
    word_end = head.rfind(" ")
    if word_end > len(head) // 2:
        head = head[:word_end]
    return head.rstrip() + ELLIPSIS, text[len(head) :].strip()


def unbroken(text: str) -> str:
    """A sign stays with its word at the end of a line: French has a space between the two."""
    return _BEFORE_SIGN.sub("\N{NO-BREAK SPACE}", text)


def split_text(text: str, limit: int) -> list[str]:
    """Pieces within the limit, cut between paragraphs, else lines, else words, else anywhere."""
    pieces = []
    rest = unbroken(text.strip())
    while size(rest) > limit:
        head = _prefix(rest, limit)
        ends = (head.rfind(mark) for mark in ("\n\n", "\n", " "))
        end = next((end for end in ends if end > 0), len(head))
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*pieces, rest] if rest or not pieces else pieces


def _prefix(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units; a character is never halved."""
    units = 0
    for index, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > limit:
            return text[:index]
    return text
