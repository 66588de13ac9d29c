"""From a message to Items: looks words up in a language's table, forgives typos, keeps out prices and phone numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA

from dialog.understanding.text import Token, tokenize
from dialog.understanding.when_figures import figures_apart
from dialog.understanding.when_grammar import KINDS, Item
from dialog.understanding.when_lookalikes import LOOKALIKES
from dialog.understanding.when_tokens import between_digits, dotted, reaches, starts_date


@dataclass(frozen=True, slots=True)
class WhenWords:
    """One language's words about time: kind -> "word|other word" -> value.

    `weak` words are more often something else and count only beside another word of time; `travels` are those that
    people mix into other languages; `lookalikes` are other words, one slip away from a word of time; `counted`
    nouns make a number before them an amount, `labels` one after them a name; a value that is a list stands for
    several items in a row; `after_number`: words that mean something else right after a number; `unaccented`: words
    that are other ones when they are written with an accent; `mixes`: the languages that people mix into this one; in
    the words of any other, one slip away is rather another word.
    """

    code: str
    is_day_first: bool
    words: Mapping[str, Mapping[str, object]]
    ordinal_endings: frozenset[str]
    counted: frozenset[str]
    weak: frozenset[str]
    travels: frozenset[str]
    lookalikes: frozenset[str]
    labels: frozenset[str] = frozenset()
    after_number: Mapping[str, tuple[str, object]] = field(default_factory=dict)
    unaccented: frozenset[str] = frozenset()
    mixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    length: int
    parts: tuple[tuple[str, object], ...]
    is_weak: bool


_SIGNS = {
    ",": "comma",
    "/": "slash",
    ".": "dot",
    ":": "colon",
    "-": "dash",
    ">": "dash",
    "~": "dash",
    "&": "and",
    "@": "at",
    ";": "comma",
}
_DROPPED = frozenset("'\"()[]*!?_")
_FUZZY_KINDS = ("weekday", "month", "relday", "part", "next", "noon")


class Lexicon:
    """A table made ready for look-up, with what travels in from the other tables."""

    def __init__(self, table: WhenWords, others: Sequence[WhenWords]) -> None:
        self.table = table
        self._by_first: dict[str, list[tuple[tuple[str, ...], _Found]]] = {}
        self._fuzzy: dict[str, _Found] = {}
        self._lookalikes = LOOKALIKES.union(table.lookalikes, *(t.lookalikes for t in others))
        self._counted = table.counted | frozenset().union(*(t.counted for t in others))
        self._labels = table.labels.union(*(t.labels for t in others))
        self._add(table, None, is_fuzzy=True)
        for other in others:
            self._add(other, other.travels, is_fuzzy=other.code in table.mixes)
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        self._guess = lru_cache(maxsize=8192)(self._guess_uncached)

    def _add(self, table: WhenWords, only: frozenset[str] | None, *, is_fuzzy: bool) -> None:
        for kind, group in table.words.items():
            for spellings, value in group.items():
                for spelling in spellings.split("|"):
                    if only is None or spelling in only:
                        self._add_word(kind, spelling, value, spelling in table.weak, is_fuzzy)

    def _add_word(self, kind: str, spelling: str, value: object, is_weak: bool, is_fuzzy: bool) -> None:
        tokens = tuple(t.text for t in tokenize(spelling) if t.text not in ("'", "-"))
        entries = self._by_first.setdefault(tokens[0], [])
        if any(known == tokens for known, _ in entries):
            return
        parts = tuple(value) if isinstance(value, list) else ((kind, value),)
        found = _Found(len(tokens), tuple((KINDS.get(k, ""), v) for k, v in parts), is_weak)
        entries.append((tokens, found))
        if is_fuzzy and kind in _FUZZY_KINDS and len(tokens) == 1 and len(spelling) >= 5:
            self._fuzzy[tokens[0]] = found

    @property
    def vocabulary(self) -> frozenset[str]:
        """Single words of time, names of staff apart: what no other reader should take for a slip."""
        return frozenset(tokens[0] for entries in self._by_first.values() for tokens, _ in entries if len(tokens) == 1)

    def scan(self, text: str, hidden: Sequence[tuple[int, int]] = ()) -> list[Item]:
        """The message as Items; what stands in `hidden` (names of staff, say) is passed over."""
        tokens = tokenize(text)
        blocked = [*hidden, *figures_apart(text), *self._other_words(text, tokens)]
        items: list[Item] = []
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if blocked and any(a < token.end and token.start < b for a, b in blocked):
                _append_other(items, token)
                i += 1
            else:
                i = self._step(tokens, i, items)
        return items

    def _other_words(self, text: str, tokens: list[Token]) -> list[tuple[int, int]]:
        """Where "está" stands, which is no "esta"."""
        if text.isascii() or not self.table.unaccented:
            return []
        spots = [(t.start, t.end) for t in tokens if t.text in self.table.unaccented]
        return [(a, b) for a, b in spots if not text[a:b].isascii()]

    def _step(self, tokens: list[Token], i: int, items: list[Item]) -> int:
        token = tokens[i]
        text = token.text
        if text == "t" and between_digits(tokens, i):
            return i + 1
        match = self._match(tokens, i)
        if match is None and text[0].isdigit():
            return self._number(tokens, i, items)
        if match is not None:
            found, end = match
            if text in self.table.after_number and _follows_number(items, found):
                kind, value = self.table.after_number[text]
                items.append(Item(KINDS[kind], value, token.start, token.end, text))
                return i + 1
            if found.parts[0][0] == "N" and end < len(tokens) and tokens[end].text in self._counted:
                _append_amount(items, token)
                return end
            for kind, value in found.parts:
                if kind:
                    items.append(Item(kind, value, token.start, tokens[end - 1].end, text, found.is_weak, token.glued))
            return end
        if text == "'" and between_digits(tokens, i):
            text = ":"
        if text in _DROPPED or (text in "->" and items and items[-1].kind == KINDS["dash"]):
            return i + 1
        if text == "." and not self._is_day_point(tokens, i):
            _dot(tokens, i, items)
        elif text == ".":
            return i + 1
        elif text in _SIGNS:
            items.append(Item(KINDS[_SIGNS[text]], text, token.start, token.end, text, False, token.glued))
        else:
            _append_other(items, token)
        return i + 1

    def _is_day_point(self, tokens: list[Token], i: int) -> bool:
        """The point in "16. Nov"."""
        after = self._match(tokens, i + 1) if i and i + 1 < len(tokens) and tokens[i - 1].text.isdigit() else None
        return after is not None and after[0].parts[0][0] == KINDS["month"]

    def _number(self, tokens: list[Token], i: int, items: list[Item]) -> int:
        token = tokens[i]
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if (
            len(token.text) > 4
            or not token.text.isascii()
            or _is_part_of_name(tokens, i, items)
            or self._is_named(tokens, i)
        ):
            _append_other(items, token)
            return i + 1
        value = int(token.text)
        is_minute = i > 0 and tokens[i - 1].text == ":" and tokens[i - 1].glued
        ending = 0 if is_minute else self._ordinal_ending(tokens, i)
        if ending:
            end = tokens[ending].end
            items.append(Item(KINDS["ord"], value, token.start, end, token.text, False, token.glued))
            return ending + 1
        half = self._half_letter(tokens, i)
        if following is not None and half:
            items.append(Item(KINDS["num"], value, token.start, token.end, token.text, False, token.glued))
            items.append(Item(KINDS["ampm"], half, following.start, following.end, following.text, False, True))
            return i + 2
        if following is not None and following.text in self._counted:
            _append_amount(items, token)
            return i + 1
        items.append(Item(KINDS["num"], value, token.start, token.end, token.text, False, token.glued))
        return i + 1

    def _half_letter(self, tokens: list[Token], i: int) -> str | None:
        """The letter of 7p, or of 9:41a."""
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if following is None or not following.glued or dotted(tokens, i + 2):
            return None
        is_minute = i > 0 and tokens[i - 1].text == ":" and tokens[i - 1].glued
        return "pm" if following.text == "p" else "am" if following.text == "a" and is_minute else None

    def _is_named(self, tokens: list[Token], i: int) -> bool:
        """The 4 of "building 4", where no clock time follows."""
        if i == 0 or tokens[i - 1].text not in self._labels:
            return False
        after = self._match(tokens, i + 1) if i + 1 < len(tokens) else None
        is_clock = after is not None and after[0].parts[0][0] in (KINDS["ampm"], KINDS["hsign"])
        return not is_clock and not (i + 1 < len(tokens) and (tokens[i + 1].text == ":" or starts_date(tokens, i)))

    def _ordinal_ending(self, tokens: list[Token], i: int) -> int:
        """The index of the `th` or of the `º`, with a point before it or without; 0 where there is none."""
        n = i + 1
        if n + 1 < len(tokens) and tokens[n].text == "." and tokens[n].glued:
            n += 1
        return n if n < len(tokens) and tokens[n].glued and tokens[n].text in self.table.ordinal_endings else 0

    def _match(self, tokens: list[Token], i: int) -> tuple[_Found, int] | None:
        entries = self._by_first.get(tokens[i].text)
        if entries is None:
            guess = self._guess(tokens[i].text) if tokens[i].text.isalpha() else None
            return (guess, i + 1) if guess is not None else None
        for spelling, found in entries:
            end = reaches(tokens, i, spelling)
            if end:
                return found, end
        return None

    def _guess_uncached(self, word: str) -> _Found | None:
        """A word of time written with one slip (two from eight letters on); its first letter must be right."""
        if len(word) < 5 or not word.isascii() or word in self._lookalikes:
            return None
        for known, found in self._fuzzy.items():
            if known[0] != word[0] or abs(len(known) - len(word)) > 2:
                continue
            allowed = 2 if len(known) >= 8 else 1
            if OSA.distance(word, known, score_cutoff=allowed) <= allowed:
                return found
        return None


def _follows_number(items: list[Item], found: _Found) -> bool:
    """After 12, 12 de or mois de; a word that is a number too needs figures before it."""
    at = -2 if len(items) > 1 and (items[-1].kind in "oF" or (items[-1].kind in "-/" and items[-1].glued)) else -1
    if items and items[at].kind == KINDS["unit"]:
        return items[at].value == "month"
    if not items or items[at].kind != "N":
        return False
    return found.parts[0][0] != "N" or items[at].text.isdigit()


def _is_part_of_name(tokens: list[Token], i: int, items: list[Item]) -> bool:
    """The digits of "b12"; not those of "15h30", "feb12" or of a date with its T."""
    before = tokens[i - 1].text if i else ""
    is_joined = before in ("t", "y", "a") and between_digits(tokens, i - 1)
    is_apart = not tokens[i].glued or not before.isalpha() or is_joined
    return not is_apart and (not items or items[-1].kind not in "hMW")


def _dot(tokens: list[Token], i: int, items: list[Item]) -> None:
    """Only a dot between two digits means something; after an abbreviation it is nothing, else it ends a sentence."""
    token = tokens[i]
    before = tokens[i - 1].text if i else ""
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    is_year = after is not None and len(after.text) == 4 and after.text.startswith("20") and not token.glued
    if before.isdigit() and after is not None and (is_year or (token.glued and after.glued and after.text.isalnum())):
        items.append(Item(KINDS["dot"], ".", token.start, token.end, ".", False, True))
    elif not (items and items[-1].kind in "WMaho" and token.glued):
        _append_other(items, token)


def _append_amount(items: list[Item], token: Token) -> None:
    """Two to four people: neither number is a time."""
    if len(items) > 1 and items[-1].kind in "-b&jà" and items[-2].kind == "N":
        items[-2].kind = KINDS["other"]
    _append_other(items, token)


def _append_other(items: list[Item], token: Token) -> None:
    items.append(Item(KINDS["other"], token.text, token.start, token.end, token.text, False, token.glued))
