"""Answers that pick from what is on the table: by name, by value, by place in the list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from dialog.commands import Choose, Command, PickBooking, Range
from dialog.understanding.counting import NUMBERS
from dialog.understanding.fields import Said
from dialog.understanding.names_or_days import WEEKDAYS
from dialog.understanding.reading import Reading
from dialog.understanding.state import Offered
from dialog.understanding.text import wordset
from dialog.understanding.when import clock_text
from dialog.understanding.when_values import Hours

_ORDINALS = {
    word: place
    for place, words in (
        (0, "first 1st premier premiere 1er 1ere former top"),
        (1, "second 2nd deuxieme seconde 2eme 2e"),
        (2, "third 3rd troisieme 3eme 3e"),
        (3, "fourth 4th quatrieme 4eme"),
        (4, "fifth 5th cinquieme 5eme"),
        (-1, "last dernier derniere latter bottom final"),
    )
    for word in words.split()
}
# Written as a time of day it is none of a place in a list: "10:30", "15h", "3 pm".
_CLOCK = re.compile(r"\d\s*(?::\d|h|am\b|pm\b|a\.m|p\.m)", re.IGNORECASE)
# Beside a weekday they say of which week it is.
_TELLING_WEEK = wordset(
    "this next coming following ce cet prochain suivant este proximo siguiente viene essa esse esta vem seguinte week"
)
_NOT = wordset("not pas nao")
_EARLIEST = wordset("early earliest earlier soonest tot matinal matinale")
_LATEST = wordset("late latest later tard tardif tardive")
_ARTICLES = wordset("un une um uma una")
_POLITE = wordset("please svp s il stp merci thanks for por")
_MIDDLE = wordset("middle milieu")
_COUNTED_BY = wordset("option number choice no nr slot numero take want")
_COUNTING = wordset(
    "we are people person persons guest guests pax serons sera sommes personne personnes autre autres another other"
    " possible"
)


def pick(offered: Offered) -> Command:
    return PickBooking(handle=offered.handle) if offered.field == "booking" else Choose(handle=offered.handle)


def choose(reading: Reading, said: Said) -> Command | None:
    """The offered choice with this value; a clock time may be meant on the other half of the day."""
    for value in (said.value, said.other):
        for offered in reading.state.offer:
            if value is not None and offered.field == said.field and offered.value == value:
                return pick(offered)
    return _on_weekday(reading, said)


def _on_weekday(reading: Reading, said: Said) -> Command | None:
    """ "Le lundi", where one of the days on the table is a Monday, though a nearer one would come before."""
    if said.field != "date" or reading.words[said.last - 1].text not in WEEKDAYS:
        return None
    around = reading.words[max(0, said.first - 1) : said.last + 1]
    if not _TELLING_WEEK.isdisjoint(w.text for w in around):
        return None
    named = date.fromisoformat(str(said.value))
    days = [o for o in reading.state.offer if o.field == "date"]
    fitting = [o for o in days if date.fromisoformat(str(o.value)).weekday() == named.weekday()]
    return pick(fitting[0]) if len(fitting) == 1 else None


def chosen_by_place(reading: Reading) -> Command | None:
    """`2`, `the second one`, `le dernier`, `the earliest`."""
    offer = reading.state.offer
    if not offer:
        return None
    words = [w.sense for w in reading.words]
    by_part = _by_part(reading)
    if by_part is not None:
        return by_part
    if len(words) <= 3 and not reading.says("pick") and not _CLOCK.search(reading.text) and not _counts(reading):
        number = next(
            (
                NUMBERS.get(w) or (int(w) if w.isdigit() else None)
                for i, w in enumerate(words)
                if (w in NUMBERS or w.isdigit())
                and not _is_dated(reading, i, i + 1)
                and not _is_pronoun(words, i)
                and not (i and words[i - 1] in _NOT)
            ),
            None,
        )
        if number is not None and 0 < number <= len(offer):
            return pick(offer[number - 1])
    if not reading.says("pick"):
        return None
    for hit in reading.hits["pick"]:
        if _is_dated(reading, hit.first, hit.last) or (hit.first and words[hit.first - 1] in ("not", "pas", "no")):
            continue
        if hit.last - hit.first == 1 and not reading.begins_part(hit.first):
            continue  # "a weave first"
        for word in words[hit.first : hit.last]:
            if word in _ORDINALS and -1 <= _ORDINALS[word] < len(offer):
                return pick(offer[_ORDINALS[word]])
            if word in _MIDDLE and len(offer) % 2:
                return pick(offer[len(offer) // 2])
            if word in _EARLIEST or word in _LATEST:
                ordered = sorted(offer, key=lambda o: str(o.value))
                return pick(ordered[0 if word in _EARLIEST else -1])
            number = NUMBERS.get(word)
            if number is not None and number <= len(offer) and len(words[hit.first : hit.last]) > 1:
                return pick(offer[number - 1])
    return None


def reached_by_others(reading: Reading, said: Sequence[Said], excluded: Sequence[Said]) -> Command | None:
    """`9 is too early, the next one`, `not the 9, the other one`, `none of them but the 3pm`."""
    offer = reading.state.offer
    ruled_out = [i for i, o in enumerate(offer) if any(_is_of(s, o) for s in excluded)]
    named = [i for i, o in enumerate(offer) if any(_is_of(s, o) for s in said)]
    if reading.says("next_one") and len(named + ruled_out) == 1:
        following = (named + ruled_out)[0] + 1
        return pick(offer[following]) if following < len(offer) else None
    if reading.says("other_one") and ruled_out:
        parts = [s.value for s in said if s.is_part and isinstance(s.value, Range)]
        left = [o for i, o in enumerate(offer) if i not in ruled_out and all(_is_within(o, part) for part in parts)]
        return pick(left[0]) if len(left) == 1 else None
    if reading.says("all_but") and reading.says("no", "more") and len(ruled_out) == 1:
        return pick(offer[ruled_out[0]])
    return None


def _is_of(said: Said, offered: Offered) -> bool:
    return offered.field == said.field and offered.value in (said.value, said.other)


def _is_within(offered: Offered, part: Range) -> bool:
    return offered.field == "time" and str(part.start) <= str(offered.value) < str(part.end)


def _counts(reading: Reading) -> bool:
    """The number stands by something that is named or counted: "une coupe", "we are 2", "the Friday one"."""
    words = [w.sense for w in reading.words]
    if reading.mentions and len(words) > 1 and words[-1] == "one":
        return True
    return any(n.is_exact and n.last - n.first < len(reading.words) for n in reading.names) or any(
        word in _COUNTING for word in words
    )


def _is_pronoun(words: Sequence[str], index: int) -> bool:
    """ "The late one", "un pro" name no number."""
    if words[index] in _ARTICLES and len(words) > index + 1 and words[index + 1] not in _POLITE:
        return True
    return words[index] == "one" and index > 0 and words[index - 1] not in _COUNTED_BY


def _is_dated(reading: Reading, first: int, last: int) -> bool:
    """These words are part of a longer date ("le 1er janvier"), longer by more than an article."""
    start, end = reading.words[first].start, reading.words[last - 1].end
    return any(m.start <= start and end <= m.end and m.end - m.start > end - start + 4 for m in reading.mentions)


def _by_part(reading: Reading) -> Command | None:
    """`The evening one`, where one offered time alone lies in that part of the day."""
    parts = [m.value for m in reading.mentions if isinstance(m.value, Hours) and m.value.is_part]
    if len(parts) != 1 or len(reading.mentions) != 1:
        return None
    start, end = clock_text(parts[0].start), clock_text(parts[0].end)
    fitting = [o for o in reading.state.offer if o.field == "time" and str(start) <= str(o.value) < str(end)]
    return pick(fitting[0]) if len(fitting) == 1 else None
