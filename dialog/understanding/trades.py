"""Words of the trades that mean the same service: a customer who wants to "tresser" finds the house's "Braids"."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files


def family_of(word: str) -> int | None:
    """Words with the same number stand for the same service."""
    return _families().get(word)


def trade_words() -> frozenset[str]:
    return frozenset(_families())


@lru_cache(maxsize=1)
def _families() -> dict[str, int]:
    file = files("dialog.understanding") / "wordings" / "trades.toml"
    lines = tomllib.loads(file.read_text(encoding="utf-8"))["families"]
    return {word: number for number, line in enumerate(lines) for word in line.split()}
