"""What people read: gettext catalogues by stable keys, one per language, compiled when they are first used."""

import gettext
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_FOLDER = Path(__file__).parent
DEFAULT_LANGUAGE = "en"
_AMOUNTS = ("count", "limit", "hours")
_MANY = 2


class MissingTextError(KeyError):
    """A key that a catalogue lacks: a fault of ours that the tests find, never one of a person."""


@cache
def languages() -> tuple[str, ...]:
    return tuple(sorted(path.name for path in _FOLDER.iterdir() if (path / "LC_MESSAGES" / "booka.po").exists()))


@cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    compiled = BytesIO()
    with (_FOLDER / language / "LC_MESSAGES" / "booka.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(language: str, key: str, **values: object) -> str:
    """The text under `key`, filled; in the default language where `language` has no catalogue."""
    spoken = language if language in languages() else DEFAULT_LANGUAGE
    text = _text(_catalogue(spoken), key, _amount(values))
    if text == key:
        raise MissingTextError(f"{key} in {spoken}")
    return text.format_map(values) if values else text


def _text(catalogue: gettext.GNUTranslations, key: str, amount: int) -> str:
    """In the form for this amount, where the text has forms."""
    text = catalogue.ngettext(key, key, amount)
    return catalogue.gettext(key) if text == key else text


def _amount(values: Mapping[str, object]) -> int:
    """The number by which a text is singular or plural; many where it names none."""
    named = (str(values[name]) for name in _AMOUNTS if name in values)
    return next((int(value) for value in named if value.isdecimal()), _MANY)
