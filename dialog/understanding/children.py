"""A cut for one's son is the house's own cut for children, where it has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from dialog.understanding.state import CatalogueView, Entry
from dialog.understanding.text import fold, wordset
from dialog.understanding.trades import family_of

_CHILDREN = wordset(
    "kid kids child children boy boys son sons daughter daughters toddler toddlers baby babies pikin"
    " enfant enfants fils fille gamin gamins gamine garcon garcons gosse gosses bebe childrens hijo hija hijos nino"
    " nina ninos filho filha filhos crianca criancas menino menina infantil"
)
_ME = wordset("me myself moi yo mim eu")
_AND = wordset("and et plus n y e")


def for_children(catalogue: CatalogueView, key: str, words: Sequence[str]) -> str:
    """The key of what is offered to children instead of `key`; `key` itself where none is, or I come too."""
    if _CHILDREN.isdisjoint(words):
        return key
    has_me = any(word in _ME and _AND & {*words[max(0, at - 1) : at + 2]} for at, word in enumerate(words))
    return key if has_me else _variants(catalogue).get(key, key)


@lru_cache(maxsize=512)
def _variants(catalogue: CatalogueView) -> Mapping[str, str]:
    """For each service the one of the same trade that is named for children."""
    small = {entry.key: _families(entry) for entry in catalogue.services if _is_for_children(entry)}
    found: dict[str, str] = {}
    for entry in catalogue.services:
        alike = [key for key, families in small.items() if families & _families(entry)]
        if entry.key not in small and len(alike) == 1:
            found[entry.key] = alike[0]
    return found


def _is_for_children(entry: Entry) -> bool:
    return any(not _CHILDREN.isdisjoint(fold(name).split()) for name in entry.names)


def _families(entry: Entry) -> frozenset[int]:
    """Of the trades that its first name is made of."""
    found = {family_of(word) for name in entry.names[:1] for word in fold(name).split()}
    return frozenset(family for family in found if family is not None)
