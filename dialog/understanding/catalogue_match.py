"""Names of services, staff and locations in a message: whole, in part, misspelled; unsure ones are told apart."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from dialog.understanding.phrases import Word, joined
from dialog.understanding.state import CatalogueView
from dialog.understanding.text import fold, tokenize, wordset
from dialog.understanding.trades import family_of

_TITLES = wordset("dr doctor docteur md dds dmd mr mrs ms mme m prof pr the le la les l de du d of and et a at in s")
_INTRODUCING = wordset("dr doctor docteur with avec mr mrs ms miss mme chez see")
# In a house of hair they tell nothing.
_GENERIC = wordset("hair cheveux cheveu pelo cabelo cabello")
_PLURALS = ("es", "s", "x")
_DOCTORS = wordset("dr doctor docteur dra")
# Spanish "una" is no single nail.
_COUNTING = wordset("un une una uno um uma")


@dataclass(frozen=True, slots=True)
class Named:
    """`keys` has several entries where the words fit them alike; `first`, `last` are indexes of words;
    `is_exact`: a whole name as it is written in the catalogue."""

    field: str
    keys: tuple[str, ...]
    first: int
    last: int
    is_exact: bool
    score: float


# Of which field, its key, and its words.
_Spelled = tuple[str, str, tuple[str, ...]]


class _Name(NamedTuple):
    field: str
    key: str
    tokens: tuple[str, ...]
    weight: float


class CatalogueIndex:
    """A catalogue made ready for look-up."""

    def __init__(self, view: CatalogueView, common: frozenset[str]) -> None:
        self._common = common
        self._by_token: dict[str, list[_Name]] = defaultdict(list)
        groups = (("service", view.services), ("staff", view.staff), ("location", view.locations))
        spelled = [(f, e.key, [_tokens(name) for name in e.names]) for f, entries in groups for e in entries]
        counts = Counter(token for _, _, names in spelled for token in {t for tokens in names for t in tokens})
        total = max(2, len({(f, k) for f, k, _ in spelled}))
        self._weights = {t: 0.15 if t in _TITLES else math.log(1 + total / n) for t, n in counts.items()}
        known: set[_Spelled] = set()
        for name_field, key, names in spelled:
            for tokens in names:
                known.update(self._add((name_field, key, tokens), known))
        self.tokens = frozenset(self._by_token)
        self.service_words = frozenset(t for e in view.services for name in e.names for t in fold(name).split())
        self._by_family = self._families()
        self._long = [t for t in self.tokens if len(t) >= 4]
        self._plain = lru_cache(maxsize=2048)(self._plain_uncached)

    def _add(self, name: _Spelled, known: Container[_Spelled]) -> list[_Spelled]:
        """Two words are found written as one too."""
        name_field, key, tokens = name
        weights = [self._weights[t] for t in tokens if t not in _TITLES] or [self._weights[t] for t in tokens]
        added: list[_Spelled] = [(name_field, key, ("".join(tokens),))] if len(tokens) == 2 else []
        if tokens and name not in known:
            added.append(name)
        for spelled in added:
            remembered = _Name(*spelled, sum(weights))
            for token in {*spelled[2]}:
                self._by_token[token].append(remembered)
        return added

    def _families(self) -> dict[int, str]:
        """For each family of trade words the catalogue's own word: the one that is a whole name before others."""
        own: dict[int, str] = {}
        for token, names in sorted(self._by_token.items()):
            family = family_of(token)
            if family is None or all(n.field == "staff" for n in names):
                continue
            is_whole = any(n.tokens == (token,) for n in names)
            if not is_whole and all(_has_other_trade(n.tokens, family) for n in names):
                continue  # "bilan sanguin" is no "bilan"
            if family not in own or (
                is_whole and (own[family],) not in {n.tokens for n in self._by_token[own[family]]}
            ):
                own[family] = token
        return own

    def find(self, words: Sequence[Word], asked: Sequence[str] = ()) -> list[Named]:
        """The best fitting names, none overlapping another; of a field that was `asked`, everyday words count too."""
        spelled = [self._plain(word.text) for word in words]
        if "staff" in asked and len(words) == 1 and not spelled[0] and words[0].text not in self._common:
            spelled = [self._short(words[0].text)]
        for i, word in enumerate(words[1:], 1):
            if words[i - 1].sense in _DOCTORS and not spelled[i]:
                spelled[i] = self._short(word.text)
        found: list[Named] = []
        i = 0
        while i < len(words):
            best = None
            if spelled[i] and spelled[i] not in _TITLES and not _is_article(words, spelled, i):
                free = set(asked) if len(words) <= 3 else set()
                if i and words[i - 1].sense in _INTRODUCING:
                    free.add("staff")
                best = self._best_at(spelled, i, free)
                if best is None or not best.is_exact:
                    trade = self._by_trade(words, spelled, i, free)
                    is_better = trade is not None and (best is None or (trade.is_exact and trade.last >= best.last))
                    best = trade if is_better else best
            if best is None:
                i += 1
            else:
                found.append(best)
                i = best.last
        return found

    def _by_trade(self, words: Sequence[Word], spelled: Sequence[str], i: int, free: set[str]) -> Named | None:
        """ "A trim" is the haircut, where only "beard trim" has the word itself."""
        family = family_of(words[i].text)
        token = self._by_family.get(family) if family is not None else None
        if token is None or token == spelled[i]:
            return None
        return self._best_at([*spelled[:i], token, *spelled[i + 1 :]], i, free)

    def _plain_uncached(self, word: str) -> str:
        """The word as the catalogue writes it, or nothing where it is in no name."""
        if word in self._by_token or word in _TITLES:
            return word
        for ending in _PLURALS if word not in _COUNTING else ():
            for other in (word.removesuffix(ending), word + ending):
                if other != word and len(other) > 2 and len(word) > 2 and self._is_plural_of(word, other):
                    return other
        family = family_of(word)
        if family is not None and family in self._by_family:
            return self._by_family[family]
        if len(word) < 4 or word in self._common or not word.isalpha():
            return ""
        return self._near(word)

    def _short(self, word: str) -> str:
        """ "Ana", where a person was asked for: one letter of a short name is too few or too many."""
        near = [t for t in self._long if len(word) == 3 and t[0] == word[0] and OSA.distance(word, t) == 1]
        return near[0] if len(near) == 1 and all(n.field == "staff" for n in self._by_token[near[0]]) else ""

    def _is_plural_of(self, word: str, other: str) -> bool:
        """An everyday word may be another number of a service, but is nobody's name."""
        names = self._by_token.get(other, ())
        return any(word not in self._common or n.field == "service" for n in names)

    def _near(self, word: str) -> str:
        allowed = 1 if len(word) < 8 else 2
        scored = sorted(
            (OSA.distance(word, known, score_cutoff=allowed), known)
            for known in self._long
            if abs(len(known) - len(word)) <= allowed and (known[0] == word[0] or len(word) > 7)
        )
        scored = [s for s in scored if s[0] <= allowed]
        tied = [known for distance, known in scored if distance == scored[0][0]]
        if not tied:
            tied = [t for t in self._long if len(word) >= 4 and t.startswith(word) and len(t) > len(word) + 2]
        owners = {frozenset((n.field, n.key) for n in self._by_token[t]) for t in tied}
        return tied[0] if len(owners) == 1 else ""

    def _best_at(self, spelled: Sequence[str], first: int, free: set[str]) -> Named | None:
        """Every name that holds the word here, scored by how much of it is said from here on."""
        scored: dict[tuple[str, str], tuple[float, float, int, bool]] = {}
        for name in self._by_token.get(spelled[first], ()):
            last, said = self._run(spelled, first, name)
            share = min(1.0, said / name.weight) if len(name.tokens) > 1 or spelled[first] != name.tokens[0] else 1.0
            known = scored.get((name.field, name.key))
            if known is None or (said * share, share) > known[:2]:
                scored[name.field, name.key] = (said * share, share, last, share > 0.97)
        if not scored:
            return None
        whole = {k: v for k, v in scored.items() if v[3] and v[2] == max(s[2] for s in scored.values())}
        (name_field, _), (top, share, last, _) = max(
            (whole or scored).items(), key=lambda item: (item[1][0], item[1][2])
        )
        alike = tuple(
            key
            for (f, key), (score, _, end, _) in scored.items()
            if f == name_field and end == last and score >= top * 0.97
        )
        if not self._is_telling(spelled[first:last], share, len(alike), name_field in free, name_field == "staff"):
            return None
        exact = share > 0.97
        return Named(name_field, alike, first, last, exact, top)

    def _run(self, spelled: Sequence[str], first: int, name: _Name) -> tuple[int, float]:
        """How far the words go on naming this, titles between them included, and the weight that they cover."""
        left = list(name.tokens)
        said, last, at = 0.0, first, first
        while at < len(spelled):
            token = spelled[at]
            if token in left:
                left.remove(token)
                said += self._weights.get(token, 1.0)
                last = at + 1
            elif token not in _TITLES or not token:
                break
            at += 1
        return last, said

    def _is_telling(self, said: Sequence[str], share: float, alike: int, is_free: bool, is_person: bool) -> bool:
        """Part of a name counts only by words that are no everyday words."""
        trades = {t for t in said if not is_person and family_of(t) is not None}
        telling = [t for t in said if len(t) > 2 and t not in _TITLES and (t not in self._common or t in trades)]
        if share > 0.97 or (is_free and alike == 1 and said[0] not in _TITLES | _GENERIC):
            return True
        leads = bool(telling) and (said[0] in telling or (len(said) > 1 and share >= 0.5))
        return leads and alike <= 3 and share >= 0.3


def _is_article(words: Sequence[Word], spelled: Sequence[str], index: int) -> bool:
    """Spanish "unas trenzas" has no nails in it, though "uñas" is often written so."""
    return words[index].text == "unas" and index + 1 < len(words) and bool(spelled[index + 1])


def _has_other_trade(tokens: Sequence[str], family: int) -> bool:
    return any(family_of(token) not in (None, family) for token in tokens)


@lru_cache(maxsize=4096)
def _tokens(name: str) -> tuple[str, ...]:
    return tuple(text for text, _, _ in joined(tokenize(name)) if text[0].isalnum())


@lru_cache(maxsize=512)
def index_of(view: CatalogueView, common: frozenset[str]) -> CatalogueIndex:
    """One index per catalogue and vocabulary; equal catalogues share it."""
    return CatalogueIndex(view, common)
