"""Each stand-in of a payment provider, and who asks it."""

from tests.support.desks import desk, http

__all__ = ["desk", "http"]
