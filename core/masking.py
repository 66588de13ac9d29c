"""What people should never have typed: numbers of cards and PINs are masked before anything is stored."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

HIDDEN = "••••"

Span = tuple[int, int]

_CARD = re.compile(r"(?<!\d)\d(?:[ .-]?\d){12,18}(?!\d)")
_PIN = re.compile(
    r"(\b(?:pin|cvv|cvc|mot de passe|password|code secret|secret code|code pin|pin code)\b\W{0,3}"
    r"(?:is|est|:|=)?\W{0,3})\d{3,8}(?!\d)",
    re.IGNORECASE,
)
# Where channels put a person's words.
_WORDS = frozenset({"body", "text", "caption", "conversation"})


def mask(text: str) -> str:
    """A card keeps its last four digits, so that its owner knows which one it was."""
    for start, end in reversed(list(find_cards(text))):
        last = "".join(char for char in text[start:end] if char.isdigit())[-4:]
        text = f"{text[:start]}{HIDDEN} {last}{text[end:]}"
    return _PIN.sub(lambda match: f"{match[1]}{HIDDEN}", text)


def find_cards(text: str) -> Iterator[Span]:
    for match in _CARD.finditer(text):
        if _passes_luhn([int(char) for char in match.group() if char.isdigit()]):
            yield match.span()


def _passes_luhn(digits: list[int]) -> bool:
    """As the number of every card does (ISO/IEC 7812)."""
    doubled = [digit if n % 2 == 0 else sum(divmod(digit * 2, 10)) for n, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def mask_words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of an event; only what people wrote is looked at."""
    return {key: _masked(value, key in _WORDS) for key, value in payload.items()}


def _masked(value: Any, is_words: bool) -> Any:
    if isinstance(value, str):
        return mask(value) if is_words else value
    if isinstance(value, list):
        return [_masked(item, is_words) for item in value]
    return mask_words(value) if isinstance(value, dict) else value
