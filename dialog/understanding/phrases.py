"""Turns of phrase: tables of wordings made into one tree, so that a message is compared with all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from dialog.understanding.phrase_tree import Hit, PhraseTree
from dialog.understanding.text import Token, tokenize

_ENGLISH_TAILS = frozenset({"t", "s", "d", "m", "ll", "re", "ve"})
_TAIL_WORDS = {"re": "are", "ll": "will", "ve": "have", "m": "am", "d": "would"}
_NOT_AFTER = {
    "don": "do",
    "doesn": "does",
    "didn": "did",
    "can": "can",
    "won": "will",
    "couldn": "could",
    "wouldn": "would",
    "shouldn": "should",
    "isn": "is",
    "aren": "are",
    "wasn": "was",
    "weren": "were",
    "haven": "have",
    "hasn": "has",
}
# What an 's follows as "is"; after any other word it tells whose.
_IS_AFTER = frozenset(
    [
        "what",
        "who",
        "where",
        "when",
        "how",
        "why",
        "time",
        "there",
        "here",
        "that",
        "it",
        "he",
        "she",
        "everything",
        "everyone",
        "this",
    ]
)
_ILL_AFTER = frozenset(
    {"am", "is", "are", "was", "fell", "feel", "feeling", "be", "very", "so", "really", "got", "bit"}
)
_BREAKS = frozenset(".?!;\n")
_PAUSES = frozenset(",:()-")


class Word(NamedTuple):
    """One word of the message in its plain form; `clause` counts sentence ends before it, `part` commas too;
    `sense`: the word that the rules about values know it by, where its language has another one."""

    text: str
    start: int
    end: int
    clause: int
    part: int
    sense: str


class PhraseBook:
    """`tables`: signal -> lines in the notation of PhraseTree.

    Slips are mended towards the words of `own`; words in `known` are no slips; `senses`: word -> sense."""

    def __init__(
        self,
        tables: Sequence[Mapping[str, str]],
        slang: Mapping[str, str],
        own: Mapping[str, str],
        known: frozenset[str],
        senses: Mapping[str, str],
    ) -> None:
        self._senses = senses
        self._slang = {word: plain.split() for word, plain in slang.items()}
        self._tree = PhraseTree(_lines(tables), self._slang)
        self.vocabulary = self._tree.vocabulary | set(self._slang)
        self._figured = frozenset(word for word in (*self._tree.keys, *self._slang) if _is_figured(word))
        self._near = lru_cache(maxsize=8192)(self._near_uncached)
        self._by_initial: dict[str, list[str]] = {}
        self._own = frozenset(re.findall(r"[a-z]+", " ".join(own.values())))
        self._known = known
        # In an order of its own, so that two words equally near are told apart alike in every process.
        for word in sorted(self._own & self.vocabulary, reverse=True):
            if len(word) >= 5:
                self._by_initial.setdefault(word[0], []).append(word)

    def words(
        self, text: str, known: frozenset[str] | set[str] = frozenset(), tokens: Sequence[Token] | None = None
    ) -> list[Word]:
        """The message in plain words: slang spelled out, slips mended unless the word is `known` otherwise."""
        out: list[Word] = []
        clause = part = 0
        for text_, start, end in self._figures(joined(tokenize(text) if tokens is None else tokens)):
            if text_ in _BREAKS:
                clause, part = clause + 1, part + 1
            elif text_ in _PAUSES and _is_pause(text, start):
                part += 1
            elif text_[0].isalnum():
                is_sick = text_ == "ill" and out and out[-1].text in _ILL_AFTER
                for plain in [text_] if is_sick else self._plain(text_, known):
                    out.append(Word(plain, start, end, clause, part, self._sense(plain, text[start:end])))
            elif not text_.isascii():
                out.append(Word(text_, start, end, clause, part, text_))
        return out

    def _figures(self, words: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
        """Figures and letters without a space between them, where together they are a word: 2nd, any1."""
        out: list[tuple[str, int, int]] = []
        for word in words:
            whole = out[-1][0] + word[0] if out and out[-1][2] == word[1] else ""
            if whole in self._figured:
                word = (whole, out.pop()[1], word[2])
            out.append(word)
        return out

    def _sense(self, plain: str, written: str) -> str:
        """ "Mí" is another word than "mi"."""
        accented = None if written.isascii() else self._senses.get(written.lower())
        return accented or self._senses.get(plain, plain)

    def _plain(self, word: str, known: frozenset[str] | set[str]) -> list[str]:
        if word in known and len(word) > 2:
            return [word]
        if word in self._slang:
            return self._slang[word]
        if word in self.vocabulary or word in self._known:
            return [word]
        squeezed = re.sub(r"([^\W\d])\1{2,}", r"\1", word)
        if squeezed in self._slang:
            return self._slang[squeezed]
        near = squeezed if squeezed in self.vocabulary else self._near(squeezed)
        return self._slang.get(near) or [near]

    def _near_uncached(self, word: str) -> str:
        if len(word) < 5 or not word.isalpha():
            return word
        allowed = 1 if len(word) < 9 else 2
        best, best_distance = word, allowed + 1
        for known in self._by_initial.get(word[0], ()):
            if abs(len(known) - len(word)) <= allowed:
                distance = OSA.distance(word, known, score_cutoff=allowed)
                if distance < best_distance:
                    best, best_distance = known, distance
        return best

    def hits(self, words: Sequence[str], parts: Sequence[int]) -> list[Hit]:
        """Every turn of phrase in the words, shorter ones within longer ones too; `parts` as those of a Word."""
        return self._tree.find(words, parts)


def _lines(tables: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for table in tables:
        for signal, lines in table.items():
            for line in lines.splitlines():
                if line.strip():
                    yield signal, line.strip()


def _is_pause(text: str, at: int) -> bool:
    """The colon of 8:30 is none."""
    around = text[max(0, at - 1) : at + 2]
    return not (text[at] == ":" and len(around) == 3 and around[0].isdigit() and around[2].isdigit())


def _is_figured(word: str) -> bool:
    return word.isalnum() and not word.isalpha() and not word.isdigit()


def joined(tokens: Sequence[Token]) -> list[tuple[str, int, int]]:
    """Words with where they stand: English tails joined (don't -> dont), French elisions two words (j'ai -> j ai)."""
    out: list[tuple[str, int, int]] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if (
            token.text == "'"
            and out
            and i + 1 < len(tokens)
            and tokens[i + 1].text in _ENGLISH_TAILS
            and tokens[i + 1].glued
        ):
            out.extend(_with_tail(out.pop(), tokens[i + 1]))
            i += 2
            continue
        if token.text != "'":
            out.append((token.text, token.start, token.end))
        i += 1
    return out


def _with_tail(word: tuple[str, int, int], tail: Token) -> list[tuple[str, int, int]]:
    """ "we're" is two words and "Anna's" a name with its s; "don't" stays one."""
    text, start, _ = word
    if tail.text == "t" and text in _NOT_AFTER:
        return [(_NOT_AFTER[text], start, word[2]), ("not", tail.start, tail.end)]
    if tail.text == "t" or (len(text) == 1 and tail.text == "s"):
        return [(text + tail.text, start, tail.end)]
    meant = _TAIL_WORDS.get(tail.text) or ("is" if text in _IS_AFTER else "us" if text == "let" else "s")
    return [word, (meant, tail.start, tail.end)]
