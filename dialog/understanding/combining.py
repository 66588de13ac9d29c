"""Which of the values said count: what is ruled out, what only points at a booking, which word is the last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from dialog.commands import Range
from dialog.understanding.fields import Said
from dialog.understanding.reading import Reading
from dialog.understanding.text import wordset

_BETWEEN = wordset("on le la les the at a au aux du de with avec chez by par in en dans for pour l any either both")
_NOUNS = wordset(
    "appointment booking reservation rendez visit slot session appointments table appt creneau seance reservations"
)
_TOWARDS = wordset("to for until till a au aux pour instead vers jusqu into plutot")
_ARTICLES = wordset("the le la les l")
_POINTING = wordset("my mon ma from de du d of prevu le the on")
_REPLACES = wordset(
    "no non actually sorry wait rather plutot finalement pardon mean meant oops instead mais but so donc"
)
# These rule out what follows after a pause too: "except: Monday".
_EXCEPTING = wordset("sauf except but excepte hormis menos salvo excepto exceto")
_TURNED = wordset("en par contre to for with into por para pour")
_INSTEAD = wordset("instead plutot rather")
_HAVING = wordset("avez as a auriez aurait aurais reste have tienes tienen teneis tiene hay queda tem tens teria ha")
_NOT = wordset("not no nao dont")
# What one settles on after telling why not: "Monday I work, so let us say Tuesday".
_SETTLING = wordset("disons mettons mettez mets prenons partons donc alors digamos pongamos entonces entao vamos")
_SETTLED_BY = (
    ["let", "us", "say"],
    ["so", "say"],
    ["make", "it"],
    ["make", "e", "be"],
    ["make", "am"],
    ["asi", "que"],
    ["por", "eso"],
    ["por", "isso"],
    ["on", "dit"],
    ["on", "fait"],
    ["je", "prefere"],
    ["j", "aime"],
    ["prefere", "plutot"],
)
_LEADING = wordset("on le la les the at a au aux du de el os as na no for pour to vers par around")
_WISHING = wordset("veux voudrais prefere prefererais aimerais want need prefer quiero prefiero quero prefiro")
_DATING = wordset("on this next le el em este")
_OTHERWISE = wordset("sinon otherwise else senao ou or")
_SO = wordset("donc alors entonces entao")
_TOO = wordset("too trop muy demasiado muito tres")
_UNFIT = wordset("early late soon tot tard earliest latest juste court short loin far")
# Who says these tells how things are, before saying what is wanted.
_TELLING = wordset(
    "arrive arrives rentre rentrons repars pars part partons reviens emmene depose recupere travaille bosse suis"
    " leave leaving arriving back travel working work llego viajo trabajo chego viajo trabalho"
)
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
    if _slot(kept.field) != _slot(denied.field):
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
        is_old = value.field == "service" or (points and not is_beside_new)
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
        and (_turns_to(words, later) if _slot(first.field) == _slot(later.field) else _is_new_day(words, later))
    ]
    return [s for s in new if s not in older], older


def _turns_to(words: Sequence[str], value: Said) -> bool:
    return value.first > 0 and words[value.first - 1] in _TOWARDS | _TURNED


def _is_new_day(words: Sequence[str], value: Said) -> bool:
    """Whatever is told before "to Tuesday" is of the booking as it stands."""
    return value.field == "date" and _leads(words, value) and words[value.first - 1] not in ("for", "pour")


def _leads(words: Sequence[str], value: Said) -> bool:
    """A word such as "to" stands before it: a new value."""
    return value.first > 0 and words[value.first - 1] in _TOWARDS


def _points(words: Sequence[str], value: Said, after_service: Sequence[int]) -> bool:
    before = words[value.first - 1] if value.first else ""
    own = words[value.first] if value.first < len(words) else ""
    earlier = list(words[max(0, value.first - 4) : value.first])
    after = words[value.last] if value.last < len(words) else ""
    if before in _TOWARDS or own in _TOWARDS or (before in _ARTICLES and words[value.first - 2] in _TOWARDS):
        return False
    if after in _NOUNS or before in ("my", "mon", "ma", "from"):
        return True
    noun_near = any(w in _NOUNS or w == "vous" for w in earlier) or value.first in after_service
    return noun_near and (before in _POINTING or own in _POINTING or before in _NOUNS or before == "vous")


def last_words_win(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """One value a field: the first one, or the last where a word of correction stands between; services add up."""
    kept: dict[str, list[Said]] = {}
    words = [w.sense for w in reading.words]
    for value in _two_days_as_range(words, _without_old(reading, said)):
        group = kept.setdefault(_slot(value.field), [])
        if not group or value.field == "service":
            group.append(value)
        elif (
            not _REPLACES.isdisjoint(words[group[-1].last - 1 : value.first + 1])
            or bool(_INSTEAD & set(words[value.last : value.last + 2]))
            or _is_then(reading, group[-1], value)
            or (value.field in ("date", "time") and group[0].field != value.field and not _is_second_best(words, value))
            or _is_settled(reading, group[-1], value)
            or _is_declined(words, reading, group[-1])
            or _is_wished_after(reading, group[-1], value)
            or (
                value.field == "staff"
                and not _WISHING.isdisjoint(words[max(group[-1].last, value.first - 3) : value.first])
            )
            or _lies_within(value, group[0])
            or (reading.says("change") and value.first - group[-1].last == 1 and words[group[-1].last] in _TURNED)
        ):
            group[:] = [value]
    return [value for group in kept.values() for value in group]


def _is_settled(reading: Reading, before: Said, value: Said) -> bool:
    """ "10h c'est trop tôt, disons onze heures": said last, after a pause."""
    words = reading.words
    at = value.first
    while at > before.last and words[at - 1].text in _LEADING:
        at -= 1
    if at <= before.last or not _is_settling([w.text for w in words[max(before.last, at - 4) : at]]):
        return False
    is_apart = words[before.first].part != words[value.first].part
    return is_apart or not _SO.isdisjoint(w.text for w in words[before.last : value.first])


def _is_declined(words: Sequence[str], reading: Reading, value: Said) -> bool:
    """ "8h c'est trop tôt", "Monday is too soon": what follows is another one."""
    part = reading.words[value.first].part
    after = [words[i] for i in range(value.last, min(len(words), value.last + 4)) if reading.words[i].part == part]
    return any(too in _TOO and small in _UNFIT for too, small in pairwise(after))


def _is_wished_after(reading: Reading, before: Said, value: Said) -> bool:
    """ "J'arrive jeudi soir, il me faut des tresses samedi": told first, and wished in a part of its own."""
    words = reading.words
    wishes = [words[h.first].part for h in reading.wishes if not _TELLING & {w.text for w in words[h.first : h.last]}]
    if words[value.first].part not in wishes or words[before.first].part in wishes:
        return False
    part = words[before.first].part
    told = {words[h.first].part for signal in ("occasion", "engaged") for h in reading.hits.get(signal, ())}
    is_told = part in told or not _TELLING.isdisjoint(w.text for w in words if w.part == part)
    return is_told and _OTHERWISE.isdisjoint(w.text for w in words[before.last : value.first])


def _is_then(reading: Reading, before: Said, value: Said) -> bool:
    """ "Ce soir c'est trop tard hein ? Demain alors": after a question a new one is told."""
    following = reading.words[value.last : value.last + 1]
    clause = reading.words[before.first].clause
    if not following or following[0].text not in _SETTLING or clause == reading.words[value.first].clause:
        return False
    return reading.ends_with_mark(clause)


def _is_settling(words: Sequence[str]) -> bool:
    return words[-1] in _SETTLING or words[-2:] in _SETTLED_BY or words[-3:] in _SETTLED_BY


def _is_second_best(words: Sequence[str], value: Said) -> bool:
    """ "Ce week-end si possible, sinon lundi"."""
    return bool(_OTHERWISE & set(words[max(0, value.first - 3) : value.first]))


def _lies_within(value: Said, wider: Said) -> bool:
    """ "Next week, maybe Tuesday or Wednesday": the days told closer."""
    inner, outer = value.value, wider.value
    if value.field != "date_range" or not isinstance(inner, Range) or not isinstance(outer, Range):
        return False
    if not (inner.start and inner.end and outer.start and outer.end):
        return False
    return outer.start <= inner.start and inner.end <= outer.end


def _without_old(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """What is known already and named beside its new value: "I can't on the 10th, make it the 14th"."""
    known = reading.state.filled
    renewed = {_slot(s.field) for s in said if known.get(s.field, s.value) != s.value}
    return [s for s in said if known.get(s.field) != s.value or _slot(s.field) not in renewed]


def _two_days_as_range(words: Sequence[str], said: Sequence[Said]) -> list[Said]:
    """Monday or Tuesday: one range where the days follow each other."""
    out: list[Said] = []
    for value in said:
        before = out[-1] if out else None
        if before is not None and before.field == value.field == "date":
            gap = (date.fromisoformat(str(value.value)) - date.fromisoformat(str(before.value))).days
            # "Wed or Thurs", said on a Wednesday, is the Wednesday before that Thursday.
            between = words[min(before.last, value.first) - 1 : value.first + 1]
            if gap in (1, -6) and {"or", "ou", "and", "et"} & set(between):
                first = date.fromisoformat(str(before.value))
                both = Range(start=first.isoformat(), end=(first + timedelta(days=1)).isoformat())
                out[-1] = Said("date_range", both, before.first, value.last)
                continue
        out.append(value)
    return out


def _slot(field: str) -> str:
    return {"date_range": "date", "time_range": "time"}.get(field, field)


def pointer(said: Sequence[Said]) -> dict[str, str] | None:
    """The words that point at a booking, as start_flow carries them."""
    found = {s.field: s.value for s in said if s.field in ("date", "time", "service", "staff", "location")}
    return {field: str(value) for field, value in found.items()} or None
