"""One value a field: which of two that were said counts, the first or a later one that sets it right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from dialog.commands import Range
from dialog.understanding.fields import INSTEAD, Said
from dialog.understanding.reading import Reading
from dialog.understanding.text import wordset

_REPLACES = wordset(
    "no non actually sorry wait rather plutot finalement pardon mean meant oops instead mais but so donc"
)
_TURNED = wordset("en par contre to for with into por para pour")
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
    ["give", "me"],
    ["go", "with"],
    ["go", "for"],
    ["i", "want"],
    ["i", "prefer"],
)
_BETWEEN_HOURS = wordset("or ou maybe at around like a vers")
_ALSO = wordset("too also aussi tambien tambem either")
_LEADING = wordset("on le la les the at a au aux du de el os as na no for pour to vers par around")
_WISHING = wordset("veux voudrais prefere prefererais aimerais want need prefer quiero prefiero quero prefiro")
_OTHERWISE = wordset("sinon otherwise else senao")
_OR = wordset("ou or")
_SO = wordset("donc alors entonces entao")
_TOO = wordset("too trop muy demasiado muito tres")
_UNFIT = wordset("early late soon tot tard earliest latest juste court short loin far")
# Who says these tells how things are, before saying what is wanted.
_TELLING = wordset(
    "arrive arrives rentre rentrons repars pars part partons reviens emmene depose recupere travaille bosse suis"
    " leave leaving arriving back travel working work llego viajo trabajo chego viajo trabalho"
)


def last_words_win(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """One value a field: the first one, or the last where a word of correction stands between; services add up."""
    kept: dict[str, list[Said]] = {}
    words = [w.sense for w in reading.words]
    for value in _two_hours_as_range(reading, _two_days_as_range(words, _without_old(reading, said))):
        group = kept.setdefault(slot(value.field), [])
        if not group or value.field == "service":
            group.append(value)
        elif _is_second_best(words, value):
            continue
        elif (
            not _REPLACES.isdisjoint(words[group[-1].last - 1 : value.first + 1])
            or bool(INSTEAD & set(words[value.last : value.last + 4]))
            or _is_then(reading, group[-1], value)
            or (value.field in ("date", "time") and group[0].field != value.field and not _is_otherwise(words, value))
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


def _is_second_best(words: Sequence[str], value: Said) -> bool:
    """ "I prefer Rose but Anna is fine too"."""
    following = list(words[value.last : value.last + 4])
    return following[:1] in (["is"], ["works"], ["would"]) and not _ALSO.isdisjoint(following)


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
    return is_told and (_OTHERWISE | _OR).isdisjoint(w.text for w in words[before.last : value.first])


def _is_then(reading: Reading, before: Said, value: Said) -> bool:
    """ "Ce soir c'est trop tard hein ? Demain alors": after a question a new one is told."""
    following = reading.words[value.last : value.last + 1]
    clause = reading.words[before.first].clause
    if not following or following[0].text not in _SETTLING or clause == reading.words[value.first].clause:
        return False
    return reading.ends_with_mark(clause)


def _is_settling(words: Sequence[str]) -> bool:
    return words[-1] in _SETTLING or words[-2:] in _SETTLED_BY or words[-3:] in _SETTLED_BY


def _is_otherwise(words: Sequence[str], value: Said) -> bool:
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
    renewed = {slot(s.field) for s in said if known.get(s.field, s.value) != s.value}
    return [s for s in said if known.get(s.field) != s.value or slot(s.field) not in renewed]


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


def _two_hours_as_range(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """2 or 2:30: one range, unless one of them is on the table."""
    out: list[Said] = []
    offered = {str(o.value) for o in reading.state.offer if o.field == "time"}
    for value in said:
        before = out[-1] if out else None
        if before is not None and before.field == value.field == "time" and not offered & {before.value, value.value}:
            between = {w.sense for w in reading.words[before.last : value.first]}
            if between & {"or", "ou"} and between <= _BETWEEN_HOURS and str(before.value) < str(value.value):
                both = Range(start=str(before.value), end=str(value.value))
                out[-1] = Said("time_range", both, before.first, value.last)
                continue
        out.append(value)
    return out


def slot(field: str) -> str:
    return {"date_range": "date", "time_range": "time"}.get(field, field)
