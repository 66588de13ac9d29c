"""A process that dies at the next few failpoints, in this process: what was not committed is gone, the rest stands."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from core import failpoints


class Died(BaseException):
    """No handler of the product may see it: a dead process handles nothing."""


_LEFT: ContextVar[int | None] = ContextVar("left", default=None)


def arm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failpoints, "hit", _hit)


def _hit(name: str) -> None:
    left = _LEFT.get()
    if left is not None:
        _LEFT.set(left - 1)
        if left <= 1:
            raise Died(name)


@contextlib.contextmanager
def dying(at: int) -> Iterator[None]:
    """At the `at`th failpoint that work in this task comes to, if it comes so far. Servers have tasks of their own."""
    token = _LEFT.set(at)
    try:
        with contextlib.suppress(Died):
            yield
    finally:
        _LEFT.reset(token)
