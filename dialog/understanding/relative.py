"""Values told against what is known already: an hour later, one more person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dialog.understanding.counting import number_of
from dialog.understanding.reading import Reading
from dialog.understanding.text import wordset

_LATER = wordset("later after tard apres delay push back repousser decaler reculer tarde despues depois")
_EARLIER = wordset("earlier before sooner tot avant forward avancer temprano antes cedo")
_HALF = wordset("half demi demie media meia")
_QUARTER = wordset("quarter quart")
_HOURS = wordset("hour hours h heure heures hora horas")
_MINUTES = wordset("minutes minute min mins mn minutos")
_HOURS_OF_DAY, _NOON = 23, 12 * 60
_DAY = 24 * 60
_AGAINST = (
    ("not",),
    ("pas",),
    ("et", "pas"),
    ("and", "not"),
    ("instead", "of"),
    ("rather", "than"),
    ("au", "lieu", "de"),
    ("no", "be"),
)
_TOLD = wordset("i you talk said say told j ai dit")
_NOT = wordset("not pas")
_RATHER = wordset("but mais na instead plutot")


def shifted_time(reading: Reading) -> tuple[str, int, int] | None:
    """(the time, first word, word after the last) where a time is known and only how far it moves was said."""
    known = reading.state.minute
    hits = reading.hits.get("by_amount", ())
    if known is None or not hits or reading.state.flow not in ("book", "reschedule"):
        return None
    hit = max(hits, key=lambda h: h.last - h.first)
    words = [w.sense for w in reading.words]
    minutes = _minutes(words[hit.first : hit.last])
    direction = _direction([w.text for w in reading.words])
    if not minutes or not direction:
        return None
    moved = known + direction * minutes
    return (f"{moved // 60:02d}:{moved % 60:02d}", hit.first, hit.last) if 0 <= moved < _DAY else None


def _direction(words: Sequence[str]) -> int:
    """1 for later, -1 for earlier, 0 where neither or both are said."""
    return bool(_LATER & set(words)) - bool(_EARLIER & set(words))


def _minutes(words: Sequence[str]) -> int:
    said = set(words)
    if said & _QUARTER:
        return 15
    if said & _HALF:
        return 30
    number = next((n for w in words if (n := number_of(w) or (1 if w in ("an", "a") else None))), 1)
    if said & _HOURS:
        return number * 60
    return number if said & _MINUTES else 0


def put_right(reading: Reading) -> tuple[str, str | int, int, int] | None:
    """(field, value, first word, word after the last) of "3 not 4", "5 au lieu de 4", where the other one is known."""
    words = [w.sense for w in reading.words]
    party, known = reading.state.filled.get("party_size"), reading.state.minute
    for number, other, first, last in _numbers_against(words):
        if party == other:
            return "party_size", number, first, last
        if known is not None and known // 60 % 12 == other % 12 and number <= _HOURS_OF_DAY:
            hour = number + 12 if known >= _NOON > number * 60 and number < 8 else number
            return "time", f"{hour:02d}:00", first, last
    return None


def _numbers_against(words: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """(the right number, the wrong one, first word, word after the last): "3 not 4", "na 3 no be 4", "not 4, 3"."""
    numbers = [(i, n) for i, word in enumerate(words) if (n := number_of(word))]
    for (at, number), (then, other) in pairwise(numbers):
        between = tuple(w for w in words[at + 1 : then] if w not in _TOLD)
        if between in _AGAINST:
            yield number, other, at, then + 1
        elif set(between) <= _RATHER and at and (words[at - 1] in _NOT or words[max(0, at - 2) : at] == ["no", "be"]):
            yield other, number, max(0, at - 2), then + 1


def changed_party(reading: Reading) -> tuple[int, int, int] | None:
    """(how many now, first word, word after the last) where it was told by how many more or fewer come."""
    known = reading.state.filled.get("party_size", 1 if reading.state.question == "confirm" else None)
    words = [w.sense for w in reading.words]
    if not isinstance(known, int) or not words:
        return None
    hit = next((h for signal in ("more_people", "fewer_people") for h in reading.hits.get(signal, ())), None)
    if hit is None:
        return None
    number = next((n for w in words[hit.first : hit.last] if (n := number_of(w))), 1)
    total = known + (number if reading.says("more_people") else -number)
    return (total, hit.first, hit.last) if total > 0 else None
