"""Lines of turns of phrase made into one automaton, whose states are worked out as messages need them and kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_GAP = 3
_MOST_STATES = 20_000
_AT_START, _AT_END, _AT_BREAK = 1, 2, 4
_STANDS = {"^": _AT_START, "^^": _AT_START | _AT_BREAK, "$": _AT_END, "$$": _AT_END | _AT_BREAK}
_ATOM = re.compile(r"\(([^)]*)\)|\[([^\]]*)\]|(\S+)")
_GROUP = re.compile(r"\([^)]*\)|\[[^\]]*\]|\S+")
_SET = re.compile(r"\{(\w+)\}")


@dataclass(slots=True, eq=False)
class _Node:
    children: dict[str, list[_Node]] = field(default_factory=dict)
    signals: list[str] = field(default_factory=list)


# A node with how many words may still be passed over before it goes on; 0 outside a gap.
_Item = tuple[_Node, int]


@dataclass(slots=True, eq=False)
class _State:
    """Where the words so far may have led; `closed` by what ends here, `after` by the next word."""

    items: frozenset[_Item]
    closed: dict[int, tuple[tuple[str, ...], _State]] = field(default_factory=dict)
    after: dict[tuple[str, bool], _State] = field(default_factory=dict)


class PhraseTree:
    """In a line (a|b c) is a choice, [a] may be left out, * skips up to three words, ^ and $ are the ends of the
    message, ^^ and $$ those of a sentence or of what stands between commas."""

    def __init__(self, slang: Mapping[str, Sequence[str]]) -> None:
        self._slang = slang
        self._root = _Node()
        self.keys: set[str] = set()
        self.vocabulary: set[str] = set()
        self._forget()

    def add(self, signal: str, line: str) -> None:
        """The line as a graph, built from its end, so that what follows a choice is there once."""
        if line.endswith("*"):
            raise ValueError(f"a gap leads nowhere: {line}")
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
        self.keys.update(words)
        for word in reversed(words[1:]):
            after = _Node(children={word: [after]})
        before.children.setdefault(words[0], []).append(after)

    def find(self, words: Sequence[str], parts: Sequence[int]) -> list[tuple[str, int, int]]:
        """Every (signal, first word, word after the last), shorter ones within longer ones too."""
        count = len(words)
        said = [word if word in self.keys else "" for word in words]
        is_break = [at > 0 and parts[at] != parts[at - 1] for at in range(count)] + [False]
        ends = [(at == 0) + 2 * (at == count) + 4 * is_break[at] for at in range(count + 1)]
        found: list[tuple[str, int, int]] = []
        for first in range(count):
            state, at = self._start, first
            while state.items:
                signals, state = state.closed.get(ends[at]) or self._closed(state, ends[at])
                found.extend([(signal, first, at) for signal in signals])
                if at == count:
                    break
                step = (said[at], is_break[at])
                state = state.after.get(step) or self._after(state, step)
                at += 1
                while at < count and said[at][:1] == "<" and said[at] == said[at - 1]:
                    at += 1
        return found

    def _closed(self, state: _State, ends: int) -> tuple[tuple[str, ...], _State]:
        """With what the ends that stand here and gaps lead to; and the signals that are complete."""
        items: set[_Item] = set()
        signals: set[str] = set()
        left = list(state.items)
        while left:
            item = left.pop()
            if item in items:
                continue
            items.add(item)
            node, reach = item
            if reach:
                continue
            signals.update(node.signals)
            for mark, needed in _STANDS.items():
                if ends & needed:
                    left.extend((following, 0) for following in node.children.get(mark, ()))
            left.extend((gap, _GAP + 1) for gap in node.children.get("*", ()))
        result = tuple(sorted(signals)), self._state(frozenset(items))
        state.closed[ends] = result
        return result

    def _after(self, state: _State, step: tuple[str, bool]) -> _State:
        """A gap goes on over this word, unless a sentence or a part between commas ends before it."""
        word, is_break = step
        items: set[_Item] = set()
        for node, reach in state.items:
            if reach and is_break:
                continue
            items.update([(following, 0) for following in node.children.get(word, ())])
            if reach > 1:
                items.add((node, reach - 1))
        following = self._state(frozenset(items))
        state.after[step] = following
        return following

    def _state(self, items: frozenset[_Item]) -> _State:
        known = self._states.get(items)
        if known is None:
            if len(self._states) > _MOST_STATES:
                self._forget()
            known = self._states[items] = _State(items)
        return known

    def _forget(self) -> None:
        """The states kept grow with what is written to us; from here they are worked out anew."""
        self._states: dict[frozenset[_Item], _State] = {}
        self._start = _State(frozenset({(self._root, 0)}))


def spelled_out(lines: str, sets: Mapping[str, str]) -> str:
    """The lines with each {set} written out: in a choice once for each of its words; a set may be made of others."""
    return _GROUP.sub(lambda group: _written_out(group[0], sets), lines)


def _written_out(group: str, sets: Mapping[str, str]) -> str:
    if "{" not in group:
        return group
    opening, inner, closing = (group[0], group[1:-1], group[-1]) if group[0] in "([" else ("(", group, ")")
    return opening + "|".join(w for choice in inner.split("|") for w in _alternatives(choice.strip(), sets)) + closing


def _alternatives(choice: str, sets: Mapping[str, str]) -> list[str]:
    named = _SET.search(choice)
    if named is None:
        return [choice]
    before, after = choice[: named.start()], choice[named.end() :]
    words = [word.strip() for word in " ".join(sets[named[1]].split()).split("|") if word.strip()]
    return [written for word in words for written in _alternatives(before + word + after, sets)]


def _atoms(line: str) -> list[tuple[list[list[str]], bool]]:
    """Each part of a line: the wordings that may stand there, and whether it may be left out."""
    return [
        ([part.split() for part in (choice or optional or plain).split("|") if part.strip()], bool(optional))
        for choice, optional, plain in _ATOM.findall(line)
    ]
