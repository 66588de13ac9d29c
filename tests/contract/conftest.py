"""Each payment provider at its own stand-in."""

from tests.support.desks import desk, http

__all__ = ["desk", "http"]
