"""How much of a message was understood: what is unsure goes to the model, or is asked back."""

from __future__ import annotations

from collections.abc import Sequence

from dialog.commands import Command
from dialog.understanding.reading import Reading

_UNSURE = ("cannot_handle", "clarify", "chitchat")
# Signals that say how something is said, not what.
_VAGUE = ("asking", "house", "meant", "wrong", "past")


def is_sure(reading: Reading, commands: Sequence[Command]) -> bool:
    """High where most words were understood as something and nothing needs asking back."""
    if not commands or any(c.kind in _UNSURE for c in commands):
        return False
    left = len(reading.words) - len(_covered(reading))
    return left <= max(1, len(reading.words) // 3)


def _covered(reading: Reading) -> set[int]:
    telling = [hit for signal, hits in reading.hits.items() if signal not in _VAGUE for hit in hits]
    covered = {i for hit in telling for i in range(hit.first, hit.last)}
    for name in reading.names:
        covered.update(range(name.first, name.last))
    for mention in reading.mentions:
        covered.update(range(reading.word_at(mention.start), reading.word_at(mention.end - 1) + 1))
    return covered & set(range(len(reading.words)))
