"""The wording tables of the languages, read once and made into one phrase book per language of a conversation."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from dialog.understanding import when
from dialog.understanding.phrase_tree import spelled_out
from dialog.understanding.phrases import PhraseBook
from dialog.understanding.text import wordset
from dialog.understanding.trades import trade_words

_TRADE = wordset(
    "cosmetic cosmetics "
    "hair nail nails beauty salon salons barber barbers barbershop shop spa studio dental dentist dentists"
    " dentistry clinic "
    "medical medicine center centre restaurant restaurants grill cafe kitchen bar bistro pizza pizzeria house family "
    "practice care office group apartments apartment homes village services health smile smiles cuts cut design world "
    "salon coiffure cabinet clinique institut restaurant chez maison centre st nd rd th"
)


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's table: slang -> plain words, signal -> lines of phrases; `plain` words mean what they say;
    `senses`: word -> the word that the rules about values know it by."""

    slang: dict[str, str]
    phrases: dict[str, str]
    plain: frozenset[str]
    senses: dict[str, str]


@lru_cache(maxsize=1)
def _wordings() -> dict[str, Wording]:
    return {language: _wording(language) for language in when.TABLES}


def _wording(language: str) -> Wording:
    """A language's file; a language without one is read with the others' words."""
    data = _table(language)
    if data is None:
        return Wording({}, {}, frozenset(), {})
    phrases = _phrases(data)
    said = re.findall(r"[a-z]+", " ".join(phrases.values()))
    plain = wordset(data.get("common", "")) | frozenset(said)
    return Wording(data["slang"], phrases, plain, data.get("senses", {}))


def _table(name: str) -> dict[str, Any] | None:
    file = files("dialog.understanding") / "wordings" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def _phrases(data: dict[str, Any]) -> dict[str, str]:
    sets = data.get("sets", {})
    return {signal: spelled_out(lines, sets) for signal, lines in data["phrases"].items()}


@lru_cache(maxsize=1)
def _signs() -> dict[str, str]:
    """What a thumb says in every language."""
    return _phrases(_table("signs") or {"phrases": {}})


@cache
def _ordinary() -> dict[str, frozenset[str]]:
    """By language, what is no slip of another word."""
    return {language: wordset(words) for language, words in (_table("ordinary") or {}).items()}


def mixed_into(language: str) -> tuple[str, ...]:
    """The other languages whose words people mix into this one."""
    return when.TABLES[_known(language)].mixes


def _own(language: str) -> Wording:
    return _wordings()[_known(language)]


def _known(language: str) -> str:
    """A language without tables is read as English."""
    return language if language in when.TABLES else "en"


def phrase_book(language: str) -> PhraseBook:
    """The language's turns of phrase with those that mix into it: short words mean other things in others; slang of
    others counts where it is no plain word of its own."""
    return _phrase_book(_known(language))


@cache
def _phrase_book(language: str) -> PhraseBook:
    own = _own(language)
    others = {code: _wordings()[code] for code in mixed_into(language)}
    slang: dict[str, str] = {}
    for other in others.values():
        slang.update({word: plain for word, plain in other.slang.items() if len(word) > 2 and word not in own.plain})
    known = when.lexicon(language).vocabulary | own.plain | own.senses.keys() | trade_words()
    known = known.union(*(_ordinary()[code] for code in (language, *others)))
    tables = [_signs(), own.phrases, *(w.phrases for w in others.values())]
    return PhraseBook(tables, {**slang, **own.slang}, own.phrases, known, own.senses)


def everyday(language: str) -> frozenset[str]:
    """Words that are nobody's name by themselves."""
    return _everyday(_known(language))


@cache
def _everyday(language: str) -> frozenset[str]:
    return (
        frozenset(phrase_book(language).vocabulary | when.lexicon(language).vocabulary | _TRADE) | _own(language).plain
    )
