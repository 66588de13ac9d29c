"""What people should never have typed: numbers of cards and PINs are masked before anything is stored."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

HIDDEN = "••••"

Span = tuple[int, int]

_CARD = re.compile(r"(?<!\d)\d(?:[ .-]?\d){12,18}(?!\d)")
# What a secret is called, without accents. A code is one only where it is somebody's own, or of a kind that is none
# of a door, a town or a booking.
_NAMES = (
    r"(?:code |codigo |clave |numero )?(?:pin|otp|cvv2?|cvc2?)(?: code| number)?",
    r"(?:mon|my|mi|meu|notre|our) (?:code|passcode|codigo|clave)",
    r"(?:code|codigo|clave|numero) (?:secret[oa]?|confidentiel|personnel|personal)",
    r"(?:code|codigo|clave) de (?:validation|confirmation|verification|securite|seguridad|verificacion|confirmacion"
    r"|verificacao|confirmacao|seguranca)",
    r"(?:secret|security|verification|confirmation|one[ -]time) (?:code|pin|passcode)",
    r"(?:code|codigo|clave) (?:de |d'|du )?(?:momo|mobile money|orange money|om|moov|wave|m-?pesa)",
    r"mot de passe|password|passcode|contrasena|senha|palavra-passe",
)
_NAME = rf"\b(?:{'|'.join(_NAMES)})(?: (?:de |d'|du )?(?:momo|mobile money|mtn|orange money|om|moov|wave|m-?pesa))?\b"
_IS = r"(?:is|est|c'est|c est|es|e|era)"
# As people write four to eight figures; no clock time, no date and no amount of money.
_FIGURES = r"\d(?:[ .-]?\d){2,7}"
_NOT_MONEY = r"(?!\d|[.,:/h-]\d|\s?(?:h|f|fr|fcfa|cfa|xaf|xof|eur|euros?|€|\$|usd|naira|ngn|kes|ghs|francs?)\b)"
_AFTER = re.compile(rf"{_NAME}\W{{0,3}}(?:{_IS} )?(?:(?:le|the|el|o) )?\W{{0,2}}({_FIGURES}){_NOT_MONEY}")
_BEFORE = re.compile(rf"(?<![\d.,:/+-])({_FIGURES}),? {_IS} (?:(?:o|a|le|the|el|mon|my|mi|meu|minha) ){{0,2}}{_NAME}")
# Where channels put a person's words.
_WORDS = frozenset({"body", "text", "caption", "conversation"})


def mask(text: str) -> str:
    """A card keeps its last four digits, so that its owner knows which one it was."""
    for start, end in reversed(list(find_cards(text))):
        last = "".join(char for char in text[start:end] if char.isdigit())[-4:]
        text = f"{text[:start]}{HIDDEN} {last}{text[end:]}"
    for start, end in reversed(list(find_secrets(text))):
        text = f"{text[:start]}{HIDDEN}{text[end:]}"
    return text


def find_secrets(text: str) -> Iterator[Span]:
    """PINs, passwords of figures and one-time codes, by what they are called."""
    plain = "".join(unicodedata.normalize("NFD", char.lower())[0] for char in text).replace("’", "'")
    yield from sorted({match.span(1) for pattern in (_AFTER, _BEFORE) for match in pattern.finditer(plain)})


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
