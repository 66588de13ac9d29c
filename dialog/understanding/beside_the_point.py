"""What is said in passing and not wished: one's own name, what was last time, the day of the wedding, what stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialog.commands import Range
from dialog.understanding.fields import Said
from dialog.understanding.reading import Reading

_DAYS = ("date", "date_range")
_HOURS = ("time", "time_range")


def without_asides(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """The values without those that the message only tells of."""
    wished = _without_past(reading, _without_own_name(reading, said))
    wished = _without_kept(reading, _without_occasions(reading, _up_to_then(reading, wished)))
    return _without_either(reading, wished)


def _up_to_then(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """ "I travel on the 28th, so any day before that": the days up to it."""
    then = [h.first for h in reading.hits.get("before_then", ())]
    days = [s for s in said if s.field == "date" and any(s.last <= at for at in then)]
    if len(days) != 1 or reading.says("engaged") or any(s.field in _DAYS and s is not days[0] for s in said):
        return list(said)
    range_ = Range(start=reading.ctx.today.isoformat(), end=str(days[0].value))
    return [replace(s, field="date_range", value=range_) if s is days[0] else s for s in said]


def _without_either(reading: Reading, said: list[Said]) -> list[Said]:
    """ "Akwa ou Bonamoussadi, c'est pareil" leaves it to us."""
    either = [s for s in said if s.field in reading.state.asked and s.field in ("staff", "location")]
    return [s for s in said if s not in either] if len(either) > 1 and reading.says("skip") else said


def _without_own_name(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """ "My name is Rose, I'd like to see Anna"."""
    own = [range(h.first, h.last) for h in reading.hits.get("own_name", ())]
    return [s for s in said if s.field != "staff" or not any(s.first in span for span in own)]


def _without_past(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """ "Last time I had braids at 4. Now I want a weave at 2": what was, where the like of it is wished beside."""
    past = {reading.words[h.first].clause for h in reading.hits.get("past", ())}
    wished = {_slot(s) for s in said if reading.words[s.first].clause not in past}
    return [s for s in said if reading.words[s.first].clause not in past or _slot(s) not in wished]


def _slot(said: Said) -> str:
    return said.field.removesuffix("_range")


def _without_kept(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """ "Cancel the one at 9 but keep the one at 2": what stays is no new value."""
    keeps = [h for h in reading.hits.get("keep", ()) if reading.says("cancel", "reschedule")]
    wishes = [h.first for s in ("cancel", "reschedule") for h in reading.hits.get(s, ())]
    return [s for s in said if not any(h.first < s.first and not _any_between(wishes, h.last, s.first) for h in keeps)]


def _any_between(places: Sequence[int], first: int, last: int) -> bool:
    return any(first <= place < last for place in places)


def _without_occasions(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """The day of the wedding and its hour are not those to come at, where another day is named."""
    days = [s for s in said if s.field in _DAYS]
    parts = [w.part for w in reading.words]
    occasions = [
        day
        for h in reading.hits.get("occasion", ())
        for day in _beside([d for d in days if parts[d.first] == parts[h.first]], h.first, h.last)
    ]
    if len(days) == 1 or occasions == days:
        return list(said)
    return [s for s in said if s not in occasions and not any(_is_hour_of(s, day, days) for day in occasions)]


def _is_hour_of(said: Said, day: Said, days: Sequence[Said]) -> bool:
    """The morning of "an interview on Thursday morning, so Wednesday for the cut"."""
    if said.field not in _HOURS or not day.last - 1 <= said.first <= day.last + 1:
        return False
    return all(said.last <= other.first or other.last <= said.first - 2 for other in days if other is not day)


def _beside(days: Sequence[Said], first: int, last: int) -> list[Said]:
    """The day that is told of what stands at these words: the next one after it, or the one just before."""
    inside = [d for d in days if first <= d.first and d.last <= last]
    after = [d for d in days if last <= d.first <= last + 4]
    before = [d for d in days if first - 3 <= d.last <= first]
    return inside or after[:1] or before[-1:]
