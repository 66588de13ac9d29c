"""What people read: gettext catalogues by stable keys, one per language, compiled when they are first used."""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_FOLDER = Path(__file__).parent
DEFAULT_LANGUAGE = "en"


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
    text = _catalogue(spoken).gettext(key)
    if text == key:
        raise MissingTextError(f"{key} in {spoken}")
    return text.format_map(values) if values else text
