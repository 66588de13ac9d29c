"""How much time the tests have: the suite tries one of each kind, `--hypothesis-profile=oracle` all of them."""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import settings

IS_PATIENT = settings.get_current_profile_name() == "oracle"
T = TypeVar("T")


def in_turn(kinds: Sequence[Sequence[T]]) -> list[T]:
    """Of each kind one, at another place of it each time; all of them where there is time."""
    if IS_PATIENT:
        return [one for kind in kinds for one in kind]
    return [kind[number % len(kind)] for number, kind in enumerate(kinds) if kind]
