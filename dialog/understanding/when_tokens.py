"""How words and signs stand beside one another in a message."""

from __future__ import annotations

from dialog.understanding.text import Token


def reaches(tokens: list[Token], i: int, spelling: tuple[str, ...]) -> int:
    """The index after the last token if the spelling stands at i, else 0; apostrophes and hyphens do not count."""
    for n, word in enumerate(spelling):
        if n:
            while i < len(tokens) and (tokens[i].text in "'\"" or (tokens[i].text == "-" and tokens[i].glued)):
                i += 1
        if i >= len(tokens) or tokens[i].text != word:
            return 0
        i += 1
    return i


def between_digits(tokens: list[Token], i: int) -> bool:
    """The sign of 7'30, as some write a clock time."""
    around = tokens[i - 1 : i + 2] if i else []
    return len(around) == 3 and around[0].text.isdigit() and around[2].text.isdigit() and around[2].glued


def starts_date(tokens: list[Token], i: int) -> bool:
    """The 12 of "12/06", with no space in it."""
    around = tokens[i + 1 : i + 3]
    return len(around) == 2 and around[0].text in "/-." and around[1].text.isdigit() and all(t.glued for t in around)


def dotted(tokens: list[Token], i: int) -> bool:
    return i < len(tokens) and tokens[i].text == "." and i + 1 < len(tokens) and tokens[i + 1].text == "m"
