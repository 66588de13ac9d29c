"""Turns of phrase: tables of wordings made into one tree, so that a message is compared with all of them at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA

from dialog.understanding.text import Token, tokenize

_ENGLISH_TAILS = frozenset({"t", "s", "d", "m", "ll", "re", "ve"})
_BREAKS = frozenset(".?!;\n")
_PAUSES = frozenset(",:()-")
_GAP = 3
_MARKS = frozenset({"^", "^^", "$", "$$"})
_ATOM = re.compile(r"\(([^)]*)\)|\[([^\]]*)\]|(\S+)")
_SET = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the message in its plain form; `clause` counts sentence ends before it, `part` commas too."""

    text: str
    start: int
    end: int
    clause: int
    part: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn of phrase found: `first` and `last` are indexes of words, last not included."""

    signal: str
    first: int
    last: int


@dataclass(slots=True)
class _Node:
    children: dict[str, list[_Node]] = field(default_factory=dict)
    signals: list[str] = field(default_factory=list)


class PhraseBook:
    """`tables`: signal -> lines. In a line (a|b c) is a choice, [a] may be left out, * skips up to three words,
    ^ and $ are the ends of the message, ^^ and $$ those of a sentence or of what stands between commas.
    Slips are mended towards the words of `own`; words in `known` are no slips."""

    def __init__(
        self,
        tables: Sequence[Mapping[str, str]],
        slang: Mapping[str, str],
        own: Mapping[str, str],
        known: frozenset[str],
    ) -> None:
        self._root = _Node()
        self._slang = {word: plain.split() for word, plain in slang.items()}
        self.vocabulary: set[str] = set(self._slang)
        for table in tables:
            for signal, lines in table.items():
                for line in lines.strip().splitlines():
                    if line.strip():
                        self._add(signal, line.strip())
        self._near = lru_cache(maxsize=8192)(self._near_uncached)
        self._by_initial: dict[str, list[str]] = {}
        self._own = frozenset(re.findall(r"[a-z]+", " ".join(own.values())))
        self._known = known
        # In an order of its own, so that two words equally near are told apart alike in every process.
        for word in sorted(self._own & self.vocabulary, reverse=True):
            if len(word) >= 5:
                self._by_initial.setdefault(word[0], []).append(word)

    def _add(self, signal: str, line: str) -> None:
        """The line as a graph, built from its end, so that what follows a choice is there once."""
        after = _Node(signals=[signal])
        for alternatives, is_optional in reversed(_atoms(line)):
            before = _Node()
            if is_optional:
                before.signals.extend(after.signals)
                before.children.update({word: list(nodes) for word, nodes in after.children.items()})
            for alternative in alternatives:
                self._chain(before, after, [plain for said in alternative for plain in self._slang.get(said, [said])])
            after = before
        for word, nodes in after.children.items():
            self._root.children.setdefault(word, []).extend(nodes)

    def _chain(self, before: _Node, after: _Node, words: Sequence[str]) -> None:
        self.vocabulary.update(word for word in words if word.isalpha())
        for word in reversed(words[1:]):
            after = _Node(children={word: [after]})
        before.children.setdefault(words[0], []).append(after)

    def words(self, text: str, known: frozenset[str] | set[str] = frozenset()) -> list[Word]:
        """The message in plain words: slang spelled out, slips mended unless the word is `known` otherwise."""
        out: list[Word] = []
        clause = part = 0
        for text_, start, end in joined(tokenize(text)):
            if text_ in _BREAKS:
                clause, part = clause + 1, part + 1
            elif text_ in _PAUSES:
                part += 1
            elif text_[0].isalnum():
                for plain in self._plain(text_, known):
                    out.append(Word(plain, start, end, clause, part))
            elif not text_.isascii():
                out.append(Word(text_, start, end, clause, part))
        return out

    def _plain(self, word: str, known: frozenset[str] | set[str]) -> list[str]:
        if word in known and len(word) > 2:
            return [word]
        if word in self._slang:
            return self._slang[word]
        if word in self.vocabulary or word in self._known:
            return [word]
        squeezed = re.sub(r"(.)\1{2,}", r"\1", word)
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

    def hits(self, words: Sequence[Word]) -> list[Hit]:
        """Every turn of phrase in the words, shorter ones within longer ones too."""
        found: list[Hit] = []
        for first in range(len(words)):
            self._walk(words, first, first, self._root, found)
        return found

    def _walk(self, words: Sequence[Word], first: int, at: int, node: _Node, found: list[Hit]) -> None:
        """Follows every branch that the words from `at` on allow; a gap and an anchor take no word of their own."""
        if node.signals:
            found.extend([Hit(signal, first, at) for signal in node.signals])
        children = node.children
        if not children:
            return
        for mark in _MARKS & children.keys():
            if self._stands(words, at, mark):
                for following in children[mark]:
                    self._walk(words, first, at, following, found)
        if at == len(words):
            return
        for following in children.get(words[at].text, ()):
            self._walk(words, first, at + 1, following, found)
        for gap in children.get("*", ()):
            for reach in range(at, min(at + _GAP, len(words) - 1) + 1):
                if words[reach].part != words[max(at - 1, 0)].part:
                    break
                for following in gap.children.get(words[reach].text, ()):
                    self._walk(words, first, reach + 1, following, found)

    @staticmethod
    def _stands(words: Sequence[Word], at: int, mark: str) -> bool:
        is_message_end = at == 0 if mark[0] == "^" else at == len(words)
        if is_message_end or len(mark) == 1:
            return is_message_end
        return 0 < at < len(words) and words[at - 1].part != words[at].part


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
            text, start, _ = out.pop()
            out.append((text + tokens[i + 1].text, start, tokens[i + 1].end))
            i += 2
            continue
        if token.text != "'":
            out.append((token.text, token.start, token.end))
        i += 1
    return out


def spelled_out(lines: str, sets: Mapping[str, str]) -> str:
    """The lines with the words of each {set} in its place; a set may be made of others."""
    while "{" in lines:
        lines = re.sub(r"(?<!\S)\{(\w+)\}(?!\S)", r"({\1})", lines)
        lines = _SET.sub(lambda m: " ".join(sets[m[1]].split()), lines)
    return lines


def _atoms(line: str) -> list[tuple[list[list[str]], bool]]:
    """Each part of a line: the wordings that may stand there, and whether it may be left out."""
    return [
        ([part.split() for part in (choice or optional or plain).split("|")], bool(optional))
        for choice, optional, plain in _ATOM.findall(line)
    ]
