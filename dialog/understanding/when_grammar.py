"""The machine: rules are patterns over kinds of words, applied in order until nothing more can be put together.

Each word of a message becomes an Item with a kind. A kind is one character, so that the message is a short string
and a rule a compiled regular expression over it: the same rules serve every language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dialog.understanding.when_values import Context

KINDS = {
    # words
    "num": "N",
    "ord": "O",
    "weekday": "W",
    "month": "M",
    "relday": "R",
    "unit": "U",
    "tunit": "u",
    "weekend": "E",
    "next": "n",
    "this": "t",
    "last": "l",
    "half": "H",
    "quarter": "Q",
    "past": "k",
    "minus": "m",
    "hsign": "h",
    "ampm": "a",
    "in": "i",
    "fromnow": "A",
    "after": ">",
    "before": "<",
    "until": "~",
    "since": "s",
    "dash": "-",
    "at_to": "à",
    "between": "b",
    "and": "&",
    "from": "F",
    "of": "o",
    "the": "d",
    "on": "v",
    "at": "@",
    "about": "c",
    "for": "y",
    "edge": "B",
    "weekslater": "V",
    "rest": "r",
    "whole": "w",
    "noon": "z",
    "tens": "T",
    "zero": "0",
    "later": "L",
    "weekof": "K",
    "also": "j",
    "less": "g",
    "holiday": "J",
    "ago": "q",
    "anchor": "Δ",
    # signs
    "comma": ",",
    "slash": "/",
    "dot": ".",
    "colon": ":",
    "other": "x",
    # put together
    "day": "D",
    "days": "S",
    "clock": "C",
    "part": "P",
    "hours": "G",
    "moment": "X",
    "moments": "Y",
    "span": "Z",
}
NAMES = {kind: name for name, kind in KINDS.items()}
_GROUPS = {"to": "[-à~]", "till": "[-à~]", "of_": "[oF]", "at_": "[@àcv]", "nr": "[NO]"}
_NAME = re.compile(r"[a-z_]+|[()|?*+]")


@dataclass(slots=True)
class Item:
    """`value` is what the kind needs; `text` the folded word; `is_weak`: a word that is more often something else."""

    kind: str
    value: object
    start: int
    end: int
    text: str = ""
    is_weak: bool = False
    glued: bool = False


_BITS = {kind: 1 << place for place, kind in enumerate(NAMES)}
Made = tuple[str, object] | list[tuple[str, object]] | None
Act = Callable[[Context, list[Item]], Made]


@dataclass(frozen=True, slots=True)
class Rule:
    """`needs`: the bits of the kinds without which it fits nowhere."""

    pattern: re.Pattern[str]
    needs: int
    act: Act


def rule(pattern: str, act: Act) -> Rule:
    """`weekday the? nr`: names of kinds with ? * + ( | ) as in regular expressions."""
    out, needs, depth = [], 0, 0
    names = _NAME.findall(pattern)
    for i, name in enumerate(names):
        if name in ("(", ")"):
            depth += 1 if name == "(" else -1
            out.append("(?:" if name == "(" else ")")
        elif name in "|?*+":
            out.append(name)
        else:
            out.append(_GROUPS.get(name) or re.escape(KINDS[name]))
            if depth == 0 and name in KINDS and (i + 1 == len(names) or names[i + 1] not in "?*"):
                needs |= _BITS[KINDS[name]]
    return Rule(re.compile("".join(out)), needs, act)


def reduce(items: list[Item], rules: Sequence[Rule], ctx: Context) -> list[Item]:
    """Applies each rule from left to right wherever it fits; a rule that declines leaves its words to the next."""
    kinds = "".join([item.kind for item in items])
    absent = _absent(kinds)
    for r in rules:
        if r.needs & absent:
            continue
        m = r.pattern.search(kinds)
        while m:
            a, b = m.span()
            made = r.act(ctx, items[a:b])
            if made is not None:
                parts = made if isinstance(made, list) else [made]
                items[a:b] = [_made_item(name, value, items[a:b]) for name, value in parts]
                kinds = kinds[:a] + "".join([KINDS[name] for name, _ in parts]) + kinds[b:]
                absent = _absent(kinds)
            m = r.pattern.search(kinds, a + 1)
    return items


def _absent(kinds: str) -> int:
    present = 0
    for kind in kinds:
        present |= _BITS[kind]
    return ~present


def _made_item(name: str, value: object, sources: Sequence[Item]) -> Item:
    return value if isinstance(value, Item) else Item(KINDS[name], value, *_span(value, sources))


def _span(value: object, sources: Sequence[Item]) -> tuple[int, int]:
    """Where a part that was put through unchanged stood, else the whole of what it was made from."""
    for item in sources:
        if item.value is value and value is not None and not isinstance(value, int | str):
            return item.start, item.end
    return sources[0].start, sources[-1].end


def kept(items: Sequence[Item]) -> list[tuple[str, object]]:
    """These items once more, as they are, among what an act makes."""
    return [(NAMES[item.kind], item) for item in items]


def values(items: Sequence[Item], *names: str) -> list[object]:
    """The values of the items of these kinds, in order."""
    wanted = {KINDS[name] for name in names}
    return [item.value for item in items if item.kind in wanted]


def has(items: Sequence[Item], name: str) -> bool:
    return any(item.kind == KINDS[name] for item in items)
