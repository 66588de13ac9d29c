"""Values out of a message: what is set, what is ruled out, and which words only point at a booking that exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from dialog.commands import Range, Value
from dialog.understanding.mention_values import values_of
from dialog.understanding.names_or_days import WEEKDAYS
from dialog.understanding.party import party_size
from dialog.understanding.phrases import Word
from dialog.understanding.reading import Reading
from dialog.understanding.relative import changed_party, put_right, shifted_time
from dialog.understanding.services_meant import names_meant
from dialog.understanding.text import wordset
from dialog.understanding.when import Mention, clock_text
from dialog.understanding.when_values import Clock, Days, Hours, likely

INSTEAD = wordset("instead plutot rather")
_IF_POSSIBLE = wordset("if poss possible please ok then pls")
_AND = wordset("and et y e n")
_AFTER_HOUR = wordset(
    "works is possible fine good free available open would please instead if then maybe ok better suits pls"
    " thanks sharp"
)
_NOT = ("not", "pas", "no", "nao")


@dataclass(frozen=True, slots=True)
class Said:
    """One value with where it stands (indexes of words)."""

    field: str
    value: Value
    first: int
    last: int
    other: Value | None = None
    is_doubtful: bool = False
    is_part: bool = False


def all_said(reading: Reading) -> list[Said]:
    """Every value named in the message, in the order of the words."""
    times = _times(reading, _against_each_other(reading))
    for taken in [t for t in times if t.field == "time" and _is_engaged(reading, t)][:1]:
        rest = _times(reading, reading.times_without(taken.first, taken.last))
        times = [t for t in rest if t.field != "time" or not (_is_engaged(reading, t) or _goes_on(reading, taken, t))]
    party = _party(reading, times)
    if any(_is_counted(reading, t, party) and t.last - t.first > 1 for t in times):
        times = _times(reading, reading.times_without(party[0].first, party[0].last))
    times = _window_of_day(_without_parts([t for t in times if not _is_counted(reading, t, party)]))
    times = [_as_known(reading, t) for t in times]
    righted = put_right(reading)
    if righted is not None:
        return [Said(*righted)]
    moved = shifted_time(reading) if not any(t.field in ("time", "time_range") for t in times) else None
    times += [Said("time", *moved)] if moved else []
    facts = [*_named(reading), *times, *party]
    return sorted([*facts, *_lone_number(reading, facts)], key=lambda s: (s.first, s.last))


def _as_known(reading: Reading, said: Said) -> Said:
    """ "Yes, Saturday" to a summary means the Saturday that it names, not the next to come."""
    known = reading.state.day
    if said.field != "date" or reading.state.question != "confirm" or known is None:
        return said
    words = [w.text for w in reading.words[said.first : said.last]]
    is_same = date.fromisoformat(str(said.value)).weekday() == known.weekday()
    return replace(said, value=known.isoformat()) if is_same and words[-1] in WEEKDAYS and len(words) == 1 else said


def _without_parts(times: Sequence[Said]) -> list[Said]:
    """ "Tuesday morning at ten" is ten, "after school, so 4 or later" is from four: the part only helped to tell."""
    has_clock = any(t.field in ("time", "time_range") and not t.is_part for t in times)
    return [t for t in times if not (t.is_part and has_clock)]


def _against_each_other(reading: Reading) -> Sequence[Mention]:
    """ "Not tomorrow, Saturday": no one day that cannot be, but one that is ruled out and one that is not."""
    for mention in reading.mentions:
        if not (isinstance(mention.value, Days) and mention.value.impossible):
            continue
        first = reading.word_at(mention.start)
        denied = any(h.last == first for h in reading.hits.get("not", ()))
        rest = [i for i in range(first, len(reading.words)) if reading.words[i].part != reading.words[first].part]
        if denied and rest and reading.words[rest[0]].start < mention.end:
            return reading.times_without(first, rest[0])
    return reading.mentions


def _is_engaged(reading: Reading, said: Said) -> bool:
    """ "I have a meeting at 5": no time to come at."""
    part = reading.words[said.first].part
    hits = [h for h in reading.hits.get("engaged", ()) if reading.words[h.last - 1].part == part]
    return any(0 <= said.first - h.last <= 2 or 0 <= h.first - said.last <= 1 for h in hits)


def _goes_on(reading: Reading, taken: Said, said: Said) -> bool:
    """ "My pills at 7 and at 1"."""
    between = [w.text for w in reading.words[taken.last : said.first + 1]]
    return bool(between) and len(between) < 3 and between[0] in _AND


def _window_of_day(times: Sequence[Said]) -> list[Said]:
    """ "From Monday 8am to 10am": the hours of that one day."""
    out = list(times)
    for at, (days, hours) in enumerate(pairwise(times)):
        since, window = days.value, hours.value
        if (days.field, hours.field) != ("date_range", "time_range") or hours.first > days.last:
            continue
        if not isinstance(since, Range) or not isinstance(window, Range) or not (window.start and window.end):
            continue
        if since.start and since.end is None:
            out[at] = replace(days, field="date", value=since.start)
    return out


def _is_fraction(reading: Reading, word: Word) -> bool:
    """A number joined to another by a sign, as in a date."""
    around = reading.text[max(0, word.start - 2) : word.start], reading.text[word.end : word.end + 2]
    return any(len(s) == 2 and s.strip(".-/:") != s and any(c.isdigit() for c in s) for s in around)


def _is_counted(reading: Reading, time: Said, party: Sequence[Said]) -> bool:
    """ "On est à 3", and any bare number where how many was asked, counts people."""
    return any(p.first < time.last and time.first < p.last for p in party)


def _lone_number(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """A number that stands alone among other facts ("Anna. Tuesday. 2."), or that sets a time right ("I said 4!")."""
    is_told = any(t.field in ("time", "time_range") for t in said)
    is_counted = any(s.field == "party_size" for s in said) and "party_size" not in reading.state.asked
    if reading.ctx.dinner and not is_counted:
        return []
    if [w.text for w in reading.words] in (["one"], ["one", "please"]) and "time" in reading.state.asked:
        return [Said("time", str(clock_text(likely(Clock(60, False, "hour"), reading.ctx))), 0, 1)]
    is_done = reading.state.question == "anything_else" and reading.says("wrong", "change", "correct")
    is_moved = is_done or reading.says("reschedule")
    is_open = "time" in reading.state.asked or any(s.field == "date" for s in said)
    is_known = (
        is_told or is_moved or is_open or (reading.state.question == "confirm" and "time" in reading.state.filled)
    )
    covered = {i for t in [*said, *reading.hits.get("no_time", ())] for i in range(t.first, t.last)}
    for i, word in enumerate(reading.words):
        number = int(word.text) if word.text.isdecimal() and len(word.text) < 3 else None
        if not number or number > 23 or i in covered:
            continue
        is_alone = reading.begins_part(i) and _is_last_but_for_courtesy(reading, i)
        is_corrected = is_known and (
            any(h.last == i for h in reading.hits.get("meant", ()))
            or _is_led(reading, i)
            or _is_said_against(reading.words, i)
            or (i + 1 < len(reading.words) and reading.words[i + 1].text in INSTEAD)
        )
        if is_corrected or (
            is_alone and (said or "time" in reading.state.asked) and not is_told and len(reading.words) > 2
        ):
            clock = Clock(number * 60, number > 12, "hour")
            return [Said("time", str(clock_text(likely(clock, reading.ctx))), i, i + 1)]
    return []


def _is_last_but_for_courtesy(reading: Reading, index: int) -> bool:
    """Nothing of weight follows in its part."""
    part = reading.words[index].part
    return all(w.part != part or w.text in _IF_POSSIBLE for w in reading.words[index + 1 :])


def _is_led(reading: Reading, index: int) -> bool:
    """ "Could we do 11", "so 12 then", and not "so 2 of us"."""
    words = reading.words
    is_last = index + 1 == len(words) or words[index + 1].part != words[index].part
    is_hour = is_last or words[index + 1].text in _AFTER_HOUR
    return is_hour and any(h.last == index for h in reading.hits.get("hour_led", ()))


def _is_said_against(words: Sequence[Word], index: int) -> bool:
    """ "11 not 10"."""
    following = [w.text for w in words[index + 1 : index + 3]]
    return index == 0 and len(following) == 2 and following[0] in _NOT and following[1].isdecimal()


def _named(reading: Reading) -> list[Said]:
    out = []
    for name in names_meant(reading):
        keys = name.keys
        if len(keys) > 1:
            known = [o.value for o in reading.state.offer if o.field == name.field and o.value in keys]
            known = known or [v for f, v in reading.state.filled.items() if f == name.field and v in keys]
            keys = (str(known[0]),) if len(known) == 1 else keys
        out.append(Said(name.field, keys[0], name.first, name.last, is_doubtful=len(keys) > 1))
    return out


def _times(reading: Reading, mentions: Sequence[Mention]) -> list[Said]:
    out: list[Said] = []
    for mention in mentions:
        is_part = isinstance(mention.value, Hours) and mention.value.is_part
        first = reading.word_at(mention.start)
        last = max(first + 1, reading.word_at(max(mention.start, mention.end - 1)) + 1)
        for field, value, other, doubtful in values_of(mention, reading.ctx):
            said = Said(field, value, first, last, other, doubtful, is_part)
            if any(h.first < last and first < h.last for h in reading.hits.get("by_amount", ())):
                continue
            if _is_skipped(reading, field, first, last):
                continue
            out.append(_by_the_hour(reading, _after_work(reading, said)))
    return [said for said in out if not _is_far_range(said)]


def _is_skipped(reading: Reading, field: str, first: int, last: int) -> bool:
    """The day in "any day that is free", the number in "n'importe lequel des deux"."""
    skips = [h for h in reading.hits.get("skip", ()) if h.first <= first and last <= h.last]
    return any(last < h.last if field == "date" else h.last - h.first > 2 and first > h.first for h in skips)


def _by_the_hour(reading: Reading, said: Said) -> Said:
    """ "Saturday by 9am" is at nine, where English is spoken as in Lagos and Douala."""
    if said.field != "time_range" or not reading.zone.startswith("Africa/"):
        return said
    window = said.value
    is_by = "by" in [w.text for w in reading.words[max(0, said.first - 1) : said.last]]
    if not is_by or not isinstance(window, Range) or window.start is not None or window.end is None:
        return said
    return replace(said, field="time", value=window.end)


def _after_work(reading: Reading, said: Said) -> Said:
    """ "I get off at 3", "je travaille jusqu'à 16h": the time from which one can come."""
    if isinstance(said.value, Range) and said.field == "date_range" and said.value.end:
        is_away = any(h.last in (said.first, said.first + 1) for h in reading.hits.get("away_until", ()))
        return replace(said, value=Range(start=said.value.end, end=None)) if is_away else said
    words = reading.words
    busy = [h for h in reading.hits.get("busy_until", ()) if h.last in (said.first, said.first + 1)]
    if not any(words[h.last - 1].part == words[said.first].part for h in busy):
        return said
    if said.field == "time":
        return replace(said, field="time_range", value=Range(start=str(said.value), end=None), other=None)
    is_window = isinstance(said.value, Range) and said.value.start and said.value.end
    is_after = bool({"apres", "after"} & {w.text for w in reading.words[said.last : said.last + 3]})
    if isinstance(said.value, Range) and said.field == "time_range" and (is_window and is_after):
        return replace(said, value=Range(start=said.value.end, end=None))
    if isinstance(said.value, Range) and said.field == "time_range" and said.value.start is None:
        return replace(said, value=Range(start=said.value.end, end=None))
    return said


def _is_far_range(said: Said) -> bool:
    """ "This year" tells no day to come."""
    if said.field != "date_range" or not isinstance(said.value, Range) or not (said.value.start and said.value.end):
        return False
    return date.fromisoformat(said.value.end) - date.fromisoformat(said.value.start) > timedelta(days=40)


def _party(reading: Reading, times: Sequence[Said]) -> list[Said]:
    past = {reading.words[h.first].part for h in reading.hits.get("past", ())}
    has_figures = any(map(str.isdigit, reading.text))
    told = ["" if w.part in past or (has_figures and _is_fraction(reading, w)) else w.sense for w in reading.words]
    timed = {i for said in times for i in range(said.first, said.last)}
    found = changed_party(reading) or party_size(told, timed, is_asked="party_size" in reading.state.asked)
    return [Said("party_size", *found)] if found else []


def minutes_said(reading: Reading) -> int | None:
    for i, word in enumerate(reading.words[:-1]):
        if word.text.isdigit() and reading.words[i + 1].text.startswith("min"):
            return int(word.text)
    return None
