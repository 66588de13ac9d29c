"""Opening hours as a tenant file writes them: "09:00-13:00", past midnight "22:00-02:00", day end "24:00"."""

import itertools
import re

_RANGE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")
_DAY_MINUTES = 24 * 60


def check_hours(ranges: list[str]) -> list[str]:
    """The ranges of one day in order; raises ValueError for a bad or an overlapping one."""
    bounds = sorted((_bounds(text), text) for text in ranges)
    for (earlier, first), (later, second) in itertools.pairwise(bounds):
        if later[0] < earlier[1]:
            raise ValueError(f"{first} and {second} overlap")
    return [text for _, text in bounds]


def _bounds(text: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a range such as 09:00-13:00")
    start_hour, start_minute, end_hour, end_minute = (int(part) for part in match.groups() if part is not None)
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start == end:
        raise ValueError(f"{text!r} is empty")
    return start, end if end > start else end + _DAY_MINUTES
