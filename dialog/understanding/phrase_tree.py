"""Lines of turns of phrase made into one automaton, whose states are worked out as messages need them and kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_GAP = 3
_MOST_STATES = 5_000
_AT_START, _AT_END, _AT_BREAK = 1, 2, 4
_STANDS = {"^": _AT_START, "^^": _AT_START | _AT_BREAK, "$": _AT_END, "$$": _AT_END | _AT_BREAK}
# Written behind a word, so that one text tells the word and the end that stands before it.
_MARKS = {0: "", _AT_START: " ^", _AT_BREAK: " |"}
_GROUP = re.compile(r"\([^)]*\)|\[[^\]]*\]|\S+")
_SET = re.compile(r"\{(\w+)\}")


class Hit(NamedTuple):
    """A turn of phrase found: `first` and `last` are indexes of words, last not included."""

    signal: str
    first: int
    last: int


@dataclass(slots=True, eq=False)
class _Node:
    """Where a line may stand; equal ends of lines share their nodes. `past`: where what comes next is left out."""

    children: dict[str, tuple[_Node, ...]] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    past: _Node | None = None
    items: tuple[_Item, ...] = ()

    def item(self, reach: int) -> _Item:
        """One and the same for all states."""
        self.items = self.items or tuple((self, words) for words in range(_GAP + 2))
        return self.items[reach]


# A node with how many words may still be passed over before it goes on; 0 outside a gap.
_Item = tuple[_Node, int]


@dataclass(slots=True, eq=False)
class _State:
    """Where the words so far may have led; `steps` by the next word with its mark; `closed` by what ends here;
    `ending`: complete at the message's end; `reached`: the step here with nothing complete."""

    items: frozenset[_Item]
    steps: dict[str, _Step] = field(default_factory=dict)
    closed: dict[int, tuple[tuple[str, ...], frozenset[_Item]]] = field(default_factory=dict)
    ending: tuple[str, ...] | None = None
    reached: _Step = field(init=False)

    def __post_init__(self) -> None:
        self.reached = (), self


# What is complete before a word, and the state after it.
_Step = tuple[tuple[str, ...], _State | None]
_NOWHERE: _Step = (), None


class PhraseTree:
    """`lines`: (signal, line). In a line (a|b c) is a choice, [a] may be left out, * skips up to three words, ^ and $
    are the ends of the message, ^^ and $$ those of a sentence or of what stands between commas."""

    def __init__(self, lines: Iterable[tuple[str, str]], slang: Mapping[str, Sequence[str]]) -> None:
        self.keys, self._root = _Lines(slang).add_all(lines)
        self.vocabulary = frozenset(word for word in self.keys if word.isalpha())
        self._forget()

    def find(self, words: Sequence[str], parts: Sequence[int]) -> list[Hit]:
        """Every turn of phrase, shorter ones within longer ones too; `parts`: the number of each word's part."""
        count = len(words)
        said = [word if word in self.keys else "" for word in words]
        ends = [_AT_BREAK if at and parts[at] != parts[at - 1] else 0 for at in range(count)]
        ends[:1] = [_AT_START] * min(count, 1)
        steps = [word + _MARKS[end] for word, end in zip(said, ends, strict=True)]
        following = [_after_mark(said, at) for at in range(count)]
        found: list[Hit] = []
        for first in range(count):
            state: _State | None = self._start
            at = first
            while state is not None and at < count:
                signals, state = state.steps.get(steps[at]) or self._step(state, said[at], ends[at], steps[at])
                for signal in signals:
                    found.append(Hit(signal, first, at))
                at = following[at]
            if state is not None:
                ending = state.ending if state.ending is not None else self._ending(state)
                found.extend([Hit(signal, first, count) for signal in ending])
        return found

    def _step(self, state: _State, word: str, ends: int, step: str) -> _Step:
        signals, items = state.closed.get(ends) or _closed(state, ends)
        after = self._state(_after(items, word, is_break=ends == _AT_BREAK))
        taken = (signals, after) if signals else after.reached if after is not None else _NOWHERE
        state.steps[step] = taken
        return taken

    def _ending(self, state: _State) -> tuple[str, ...]:
        signals, _ = _closed(state, _AT_END)
        state.ending = signals
        return signals

    def _state(self, items: frozenset[_Item]) -> _State | None:
        if not items:
            return None
        known = self._states.get(items)
        if known is None:
            if len(self._states) > _MOST_STATES:
                self._forget()
            known = self._states[items] = _State(items)
        return known

    def _forget(self) -> None:
        """The states kept grow with what is written to us; from here they are worked out anew."""
        self._states: dict[frozenset[_Item], _State] = {}
        self._start = _State(frozenset({self._root.item(0)}))


def _after_mark(said: Sequence[str], at: int) -> int:
    """The next word; the words of one name count as one."""
    following = at + 1
    while following < len(said) and said[following] == said[at] and said[at][:1] == "<":
        following += 1
    return following


def _closed(state: _State, ends: int) -> tuple[tuple[str, ...], frozenset[_Item]]:
    """What is complete, and with what the ends that stand here and gaps lead to."""
    marks = [mark for mark, needed in _STANDS.items() if ends & needed]
    items = set(state.items)
    signals: set[str] = set()
    left = [node for node, reach in items if not reach]
    while left:
        node = left.pop()
        signals.update(node.signals)
        reached = [node.past] if node.past is not None else []
        for mark in marks:
            reached.extend(node.children.get(mark, ()))
        for following in reached:
            item = following.item(0)
            if item not in items:
                items.add(item)
                left.append(following)
        for gap in node.children.get("*", ()):
            over: _Node | None = gap
            while over is not None:
                items.add(over.item(_GAP + 1))
                over = over.past
    result = tuple(sorted(signals)), frozenset(items) if len(items) > len(state.items) else state.items
    state.closed[ends] = result
    return result


def _after(items: frozenset[_Item], word: str, *, is_break: bool) -> frozenset[_Item]:
    """A gap goes on over this word, unless a sentence or a part between commas ends before it."""
    after: set[_Item] = set()
    for node, reach in items:
        if reach and is_break:
            continue
        for following in node.children.get(word, ()):
            after.add(following.item(0))
        if reach > 1:
            after.add(node.item(reach - 1))
    return frozenset(after)


class _Lines:
    """Builds the graph, each line from its end, so that what follows a choice is there once."""

    def __init__(self, slang: Mapping[str, Sequence[str]]) -> None:
        self._slang = slang
        self._starts: dict[str, dict[_Node, None]] = {}
        self._wordings: dict[str, tuple[list[str], list[list[str]]]] = {}
        self._built: dict[tuple[_Node, str], _Node] = {}
        self._chains: dict[tuple[str, tuple[_Node, ...]], tuple[_Node, ...]] = {}
        self._ends: dict[str, _Node] = {}

    def add_all(self, lines: Iterable[tuple[str, str]]) -> tuple[frozenset[str], _Node]:
        """The words that the lines are made of, and where all lines start."""
        for signal, line in lines:
            self._add(signal, line)
        words = {word for single, longer in self._wordings.values() for said in (single, *longer) for word in said}
        return frozenset(words), _Node({word: tuple(nodes) for word, nodes in self._starts.items()})

    def _add(self, signal: str, line: str) -> None:
        if line.endswith("*"):
            raise ValueError(f"a gap leads nowhere: {line}")
        node = self._ends.setdefault(signal, _Node(signals=(signal,)))
        for atom in reversed(_GROUP.findall(line)):
            node = self._built.get((node, atom)) or self._before(node, atom)
        start: _Node | None = node
        while start is not None:
            for word, nodes in start.children.items():
                self._starts.setdefault(word, {}).update(dict.fromkeys(nodes))
            start = start.past

    def _before(self, after: _Node, atom: str) -> _Node:
        """Where this part of a line stands before what follows it."""
        only: tuple[_Node, ...] = (after,)
        single, longer = self._wordings.get(atom) or self._worded(atom)
        children = dict.fromkeys(single, only)
        for words in longer:
            nodes = only
            for word in words[:0:-1]:
                nodes = self._chains.get((word, nodes)) or self._chain(word, nodes)
            known = children.get(words[0])
            children[words[0]] = nodes if known is None else known + nodes
        before = self._built[after, atom] = _Node(children, past=after if atom[0] == "[" else None)
        return before

    def _chain(self, word: str, nodes: tuple[_Node, ...]) -> tuple[_Node, ...]:
        chained = self._chains[word, nodes] = (_Node({word: nodes}),)
        return chained

    def _worded(self, atom: str) -> tuple[list[str], list[list[str]]]:
        """The wordings that may stand there in plain words, those of one word apart, which are by far the most."""
        single: list[str] = []
        longer: list[list[str]] = []
        for choice in (atom[1:-1] if atom[0] in "([" else atom).split("|"):
            if choice.isalpha() and choice not in self._slang:
                single.append(choice)
            elif words := [plain for said in choice.split() for plain in self._slang.get(said, (said,))]:
                longer.append(words)
        self._wordings[atom] = single, longer
        return single, longer


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
