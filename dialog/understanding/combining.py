"""Which of the values said count: what is ruled out, and what only points at a booking that stands."""

from __future__ import annotations

from collections.abc import Sequence

from dialog.commands import Range
from dialog.understanding.fields import Said
from dialog.understanding.last_words import slot
from dialog.understanding.reading import Reading
from dialog.understanding.text import wordset

_BETWEEN = wordset(
    "on le la les the at a au aux du de with avec chez by par in en dans for pour l any either both"
    " dr doctor docteur mr mrs ms"
)
_NOUNS = wordset(
    "appointment booking reservation rendez visit slot session appointments table appt creneau seance reservations"
)
_TOWARDS = wordset("to for until till a au aux pour instead vers jusqu into plutot")
_FOR = wordset("for pour")
_ARTICLES = wordset("the le la les l")
_POINTING = wordset("my mon ma from de du d of prevu le the on")
# These rule out what follows after a pause too: "except: Monday".
_EXCEPTING = wordset("sauf except but excepte hormis menos salvo excepto exceto")
_TURNED = wordset("en par contre to for with into por para pour")
_HAVING = wordset("avez as a auriez aurait aurais reste have tienes tienen teneis tiene hay queda tem tens teria ha")
_NOT = wordset("not no nao dont")
_DATING = wordset("on this next le el em este")
_JOINING = wordset("or ou ni nor and et")


def split_excluded(reading: Reading, said: Sequence[Said]) -> tuple[list[Said], list[Said]]:
    """(kept, ruled out): what follows a `not`, `sauf`, `anything but`; a list after it is ruled out together."""
    kept: list[Said] = []
    out: list[Said] = []
    words = [w.sense for w in reading.words]
    for value in said:
        is_listed = bool(out) and value.first - out[-1].last == 1 and words[value.first - 1] in _JOINING
        is_next = is_listed and out[-1].field == value.field and (kept[-1:] == [] or kept[-1].first < out[-1].first)
        (out if _is_denied(reading, words, value) or is_next else kept).append(value)
    ruled_out = {(s.field, str(s.value)) for s in out if words[s.first - 1] not in _DATING}
    kept = [s for s in kept if (s.field, str(s.value)) not in ruled_out]
    return kept, [s for s in out if not any(_replaces(k, s) for k in kept)]


def _replaces(kept: Said, denied: Said) -> bool:
    """ "Not Anna, Brice": what is ruled out goes without saying; "this week but not Thursday" does not."""
    if slot(kept.field) != slot(denied.field):
        return False
    return not (isinstance(kept.value, Range) and isinstance(denied.value, str))


def _is_denied(reading: Reading, words: Sequence[str], value: Said) -> bool:
    """A `not` ends where the value begins, or before an article that leads to it."""
    back = value.first
    while back and words[back - 1] in _BETWEEN:
        back -= 1
    if back and words[back - 1] == "no" and reading.words[back - 1].part == reading.words[value.first].part:
        return words[value.last - 1].endswith("s")
    if back and _is_negative_question(reading, words, back):
        return False
    before = [h for h in reading.hits.get("not", ()) if h.first < value.first and back <= h.last < value.last]
    part = reading.words[value.first].part
    ruled_out = any(reading.words[h.first].part == part or reading.words[h.last - 1].text in _EXCEPTING for h in before)
    return ruled_out or _is_refused(reading, value)


def _is_negative_question(reading: Reading, words: Sequence[str], at: int) -> bool:
    """ "Vous n'avez pas 10h ?" asks for ten."""
    is_asked = (words[at - 1] == "pas" and words[max(0, at - 2)] in _HAVING) or (
        words[at - 1] in _HAVING and words[max(0, at - 2)] in _NOT
    )
    return is_asked and reading.ends_with_mark(reading.words[at - 1].clause)


def _is_refused(reading: Reading, value: Said) -> bool:
    """ "El lunes no, el martes": said of the value right after it, before a pause; "el lunes, ¿no?" asks."""
    words = reading.words
    ends = [h.last for s in ("not", "no") for h in reading.hits.get(s, ()) if h.first == value.last]
    if not ends or words[value.last].part != words[value.last - 1].part:
        return False
    last = max(ends)
    if last < len(words):
        return words[last].part != words[value.first].part
    return not reading.ends_with_mark(words[value.first].clause)


def split_pointing(reading: Reading, said: Sequence[Said]) -> tuple[list[Said], list[Said]]:
    """(pointing at the old booking, new values) when a booking is moved."""
    words = [w.sense for w in reading.words]
    old: list[Said] = []
    new: list[Said] = []
    after_service = [s.last + n for s in said if s.field == "service" for n in (0, 1)]
    for value in said:
        is_beside_new = bool(new) and value.first <= new[-1].last and _leads(words, new[-1])
        is_apart = value.first > 0 and reading.words[value.first - 1].part != reading.words[value.first].part
        points = _points(words, value, after_service) and not (is_apart and value.field == "staff")
        is_other = any(s.field == "service" for s in old) and words[value.first - 2] in _TOWARDS | _TURNED
        is_old = (value.field == "service" and not is_other) or (points and not is_beside_new)
        (old if is_old else new).append(value)
    new, older = _from_and_to(words, new)
    old += older
    if len(new) > 1 and not old:
        groups = ([s for s in new if s.field == value.field] for value in new)
        twins = next((group for group in groups if len(group) > 1), [])
        if twins:
            old = [s for s in new if s is twins[0] or ("date" in s.field and s.last <= twins[0].first)]
            new = [s for s in new if s not in old]
    return old, new


def _from_and_to(words: Sequence[str], new: list[Said]) -> tuple[list[Said], list[Said]]:
    """(new, old): of "Wednesday's braids to Friday" and "Anna by Rose" the first points at what is booked."""
    older = [
        first
        for first in new
        for later in new
        if first.last <= later.first
        and not _leads(words, first)
        and (_turns_to(words, later) if slot(first.field) == slot(later.field) else _is_new_day(words, later))
    ]
    return [s for s in new if s not in older], older


def _turns_to(words: Sequence[str], value: Said) -> bool:
    return _word_before(words, value) in _TOWARDS | _TURNED


def _word_before(words: Sequence[str], value: Said) -> str:
    """The articles passed over: the "to" of "to the 26th"."""
    back = value.first
    while back and words[back - 1] in _ARTICLES:
        back -= 1
    return words[back - 1] if back else ""


def _is_new_day(words: Sequence[str], value: Said) -> bool:
    """Whatever is told before "to Tuesday" is of the booking as it stands."""
    return value.field == "date" and _word_before(words, value) in _TOWARDS - _FOR


def _leads(words: Sequence[str], value: Said) -> bool:
    """A word such as "to" stands before it: a new value."""
    return _word_before(words, value) in _TOWARDS


def _points(words: Sequence[str], value: Said, after_service: Sequence[int]) -> bool:
    before = words[value.first - 1] if value.first else ""
    own = words[value.first] if value.first < len(words) else ""
    earlier = list(words[max(0, value.first - 4) : value.first])
    after = words[value.last] if value.last < len(words) else ""
    if _leads(words, value) or own in _TOWARDS:
        return False
    if after in _NOUNS or before in ("my", "mon", "ma", "from"):
        return True
    noun_near = any(w in _NOUNS or w == "vous" for w in earlier) or value.first in after_service
    return noun_near and (before in _POINTING or own in _POINTING or before in _NOUNS or before == "vous")


def pointer(said: Sequence[Said]) -> dict[str, str] | None:
    """The words that point at a booking, as start_flow carries them."""
    found = {s.field: s.value for s in said if s.field in ("date", "time", "service", "staff", "location")}
    return {field: str(value) for field, value in found.items()} or None
