"""Which service is meant where its name alone does not tell: a cut for one's son, dye for a beard, "a doctor"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from dialog.understanding.catalogue_match import Named
from dialog.understanding.reading import Reading
from dialog.understanding.state import CatalogueView, Entry
from dialog.understanding.text import fold, wordset
from dialog.understanding.trades import family_of

_CHILDREN = wordset(
    "kid kids child children boy boys son sons daughter daughters toddler toddlers baby babies pikin"
    " enfant enfants fils fille gamin gamins gamine garcon garcons gosse gosses bebe childrens hijo hija"
    " hijos nino nina ninos filho filha filhos crianca criancas menino menina infantil"
)
_ME = wordset("me myself moi yo mim eu")
_AND = wordset("and et plus n y e")
_OWN = wordset("my for the of his her our their on thing ma mon mes pour la le les mi para meu minha")
_DOCTORS = wordset("doctor doc physician medecin docteur medico doutor")
_ANY = wordset("a the any un le di el um o")
_CHECKUP = wordset("checkup checkups controle bilan chequeo")


def names_meant(reading: Reading) -> list[Named]:
    """The names in the message, its services settled."""
    names = _without_objects(reading)
    services = [n for n in names if n.field == "service"]
    words = [w.text for w in reading.words]
    if not services and "service" in reading.state.asked:
        return [*names, *_unnamed(reading, words)]
    if len(services) != 1:
        return names
    settled = replace(services[0], keys=tuple(_for_children(reading.catalogue, key, words) for key in services[0].keys))
    return [settled if n is services[0] else n for n in names]


def _without_objects(reading: Reading) -> list[Named]:
    """ "Dye for my beard" is no beard trim, "trim my beard" is no haircut."""
    kept: list[Named] = []
    for name in reading.names:
        before = kept[-1] if kept else None
        is_pair = before is not None and before.field == name.field == "service"
        if is_pair and before is not None and _is_variant(reading, name, before):
            continue
        if before is None or not is_pair or not _is_object(reading, before, name):
            kept.append(name)
        elif _is_named_with(reading, name, before):
            kept[-1] = name
    return kept


def _is_variant(reading: Reading, name: Named, before: Named) -> bool:
    """The haircut in "kids haircut"."""
    variants = _variants(reading.catalogue)
    return name.first == before.last and any(variants.get(key) in before.keys for key in name.keys)


def _is_object(reading: Reading, first: Named, second: Named) -> bool:
    between = [w.text for w in reading.words[first.last : second.first]]
    is_apart = reading.words[first.last - 1].part != reading.words[second.first].part
    return bool(between) and not is_apart and _OWN.issuperset(between) and not _AND & {*between}


def _is_named_with(reading: Reading, name: Named, other: Named) -> bool:
    """The beard trim has "trim" in its name."""
    families = {family_of(w.text) for w in reading.words[other.first : other.last]} - {None}
    entries = [e for e in reading.catalogue.services if e.key in name.keys]
    return any(families & {family_of(word) for word in fold(n).split()} for e in entries for n in e.names)


def _unnamed(reading: Reading, words: Sequence[str]) -> list[Named]:
    """ "For my little boy", "to see a doctor", where what for was asked."""
    key = _only_for_children(reading.catalogue, words)
    at = next((i for i, w in enumerate(words) if w in _DOCTORS and i and words[i - 1] in _ANY), 0)
    if key is None and (at or not _CHECKUP.isdisjoint(words)):
        general = family_of("gp")
        keys = [
            e.key for e in reading.catalogue.services for n in e.names if general in map(family_of, fold(n).split())
        ]
        key = keys[0] if keys else None
    return [Named("service", (key,), at, at + 1, True, 1.0)] if key else []


def _for_children(catalogue: CatalogueView, key: str, words: Sequence[str]) -> str:
    """The key of what is offered to children instead of `key`; `key` itself where none is, or I come too."""
    if _CHILDREN.isdisjoint(words):
        return key
    has_me = any(word in _ME and _AND & {*words[max(0, at - 1) : at + 2]} for at, word in enumerate(words))
    return key if has_me else _variants(catalogue).get(key, key)


def _only_for_children(catalogue: CatalogueView, words: Sequence[str]) -> str | None:
    """What is meant by "for my little boy" alone, where one service is for children."""
    small = [entry.key for entry in catalogue.services if _is_for_children(entry)]
    return small[0] if len(small) == 1 and not _CHILDREN.isdisjoint(words) else None


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
