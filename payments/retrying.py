"""How often what was sent to a provider is tried again, and when a person has to look at it."""

from datetime import timedelta

# Longer than the calls of one try can take together.
LEASE = timedelta(minutes=2)
# After so many tries without an answer a person looks at it, and it goes on.
CASE_AFTER = 5
SOON = timedelta(seconds=30)
LATER = timedelta(hours=1)


def pause(tries: int) -> timedelta:
    """After each try without an answer twice as long, an hour at most."""
    return min(SOON * int(2 ** min(tries - 1, 10)), LATER)
