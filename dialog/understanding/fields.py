"""Values out of a message: what is set, what is ruled out, and which words only point at a booking that exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dialog.commands import Range, Value
from dialog.understanding.reading import Reading
from dialog.understanding.text import wordset
from dialog.understanding.when import Mention, clock_text
from dialog.understanding.when_values import Clock, Days, Hours, Moment, Moments, likely, other_half

NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "",
            "one un une 1",
            "two deux 2 couple",
            "three trois 3",
            "four quatre 4",
            "five cinq 5",
            "six 6",
            "seven sept 7",
            "eight huit 8",
            "nine neuf 9",
            "ten dix 10",
            "eleven onze 11",
            "twelve douze 12",
        )
    )
    for word in words.split()
}
_PERSONS = wordset(
    "people person persons pax guests adults seats us personnes personne pers couverts adultes places individuals kids "
    "enfants friends amis copines girls filles women femmes sisters ladies garcons boys gens tetes"
)
_MEASURES = wordset(
    "h heure heures hour hours minute minutes min jour jours day days semaine semaines week weeks mois month am pm"
)
_COMPANIONS = wordset(
    "wife husband girlfriend boyfriend friend sister brother mom mum mother dad daughter son kid child sis bro hubby "
    "partner fiance fiancee"
    " femme mari copine copain amie ami soeur frere mere maman pere papa fille fils petit petite bebe cousine cousin"
)
_BETWEEN = wordset("on le la les the at a au aux du de with avec chez by par in en dans for pour l")
_NOUNS = wordset("appointment booking reservation rendez visit slot session appointments table")
_TOWARDS = wordset("to for until till a au aux pour instead vers jusqu into plutot")
_POINTING = wordset("my mon ma from de du d of prevu le the on")
_REPLACES = wordset("no non actually sorry wait rather plutot finalement pardon mean meant oops instead mais but")


@dataclass(frozen=True, slots=True)
class Said:
    """One value with where it stands (indexes of words)."""

    field: str
    value: Value
    first: int
    last: int
    other: Value | None = None
    is_doubtful: bool = False


def all_said(reading: Reading) -> list[Said]:
    """Every value named in the message, in the order of the words."""
    said = [*_named(reading), *_times(reading), *_party(reading)]
    return sorted(said, key=lambda s: (s.first, s.last))


def _named(reading: Reading) -> list[Said]:
    out = []
    for name in reading.names:
        keys = name.keys
        if len(keys) > 1:
            known = [o.value for o in reading.state.offer if o.field == name.field and o.value in keys]
            known = known or [v for f, v in reading.state.filled.items() if f == name.field and v in keys]
            keys = (str(known[0]),) if len(known) == 1 else keys
        out.append(Said(name.field, keys[0], name.first, name.last, is_doubtful=len(keys) > 1))
    return out


def _times(reading: Reading) -> list[Said]:
    has_clock = any(isinstance(m.value, Clock | Moment) for m in reading.mentions)
    out: list[Said] = []
    for mention in reading.mentions:
        if isinstance(mention.value, Hours) and mention.value.is_part and has_clock:
            continue
        first = reading.word_at(mention.start)
        last = max(first + 1, reading.word_at(max(mention.start, mention.end - 1)) + 1)
        out.extend(
            Said(field, value, first, last, other, doubtful) for field, value, other, doubtful in _of(mention, reading)
        )
    return out


def _of(mention: Mention, reading: Reading) -> list[tuple[str, Value, Value | None, bool]]:
    value = mention.value
    if isinstance(value, Days):
        if value.is_one_day:
            assert value.start is not None
            return [("date", value.start.isoformat(), None, value.impossible)]
        start = max(value.start or reading.ctx.today, reading.ctx.today)
        return [("date_range", Range(start=start.isoformat(), end=_iso(value.end)), None, False)]
    if isinstance(value, Clock):
        other = clock_text(other_half(value, reading.ctx))
        return [("time", str(clock_text(likely(value, reading.ctx))), other, False)]
    if isinstance(value, Hours):
        return [("time_range", Range(start=clock_text(value.start), end=clock_text(value.end)), None, False)]
    if isinstance(value, Moment):
        return [
            ("date", value.day.isoformat(), None, False),
            ("time", str(clock_text(value.clock.minute)), None, False),
        ]
    assert isinstance(value, Moments)
    days = Range(start=_iso(value.start and value.start.date()), end=_iso(value.end and value.end.date()))
    return [("date_range", days, None, False)]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _party(reading: Reading) -> list[Said]:
    """How many come: four people, table for two, nous serons 6, my wife and me."""
    words = [w.text for w in reading.words]
    timed = {i for m in reading.mentions for i in range(reading.word_at(m.start), reading.word_at(m.end - 1) + 1)}
    for i, word in enumerate(words):
        number = NUMBERS.get(word) or (int(word) if word.isdigit() and len(word) < 3 else None)
        if not number:
            continue
        following = words[i + 1] if i + 1 < len(words) else ""
        before = words[i - 1] if i else ""
        of_us = words[i + 1 : i + 3] == ["of", "us"]
        if following in _PERSONS or of_us:
            more = [
                NUMBERS.get(w, int(w) if w.isdigit() else 0)
                for w, n in zip(words[i + 2 :], words[i + 3 :], strict=False)
                if n in _PERSONS
            ]
            return [Said("party_size", number + sum(more), i, i + 2)]
        if i in timed or word in ("un", "une", "one"):
            continue
        if before in ("for", "pour") and following not in _MEASURES:
            return [Said("party_size", number, i, i + 1)]
        if words[max(0, i - 2) : i] in (
            ["party", "of"],
            ["nous", "serons"],
            ["on", "sera"],
            ["nous", "sommes"],
            ["on", "est"],
            ["we", "are"],
        ):
            return [Said("party_size", number, i, i + 1)]
        if "party_size" in reading.state.asked:
            return [Said("party_size", number, i, i + 1)]
    return _companions(words)


def _companions(words: Sequence[str]) -> list[Said]:
    for i, word in enumerate(words):
        if word in _COMPANIONS and i and words[i - 1] in ("my", "ma", "mon"):
            before, after = words[max(0, i - 3) : i - 1], words[i + 1 : i + 3]
            if after in (["and", "me"], ["and", "i"], ["et", "moi"]) or before in (
                ["me", "and"],
                ["i", "and"],
                ["moi", "et"],
            ):
                return [Said("party_size", 2, max(0, i - 1), i + 3)]
    for i, word in enumerate(words):
        coming = words[i + 1 : i + 2] and words[i + 1] in (
            "too",
            "aussi",
            "also",
            "comes",
            "vient",
            "coming",
            "joins",
            "is",
        )
        if (
            word in _COMPANIONS
            and i
            and words[i - 1] in ("my", "ma", "mon")
            and coming
            and words[-1] in ("too", "aussi", "also")
        ):
            return [Said("party_size", 2, i - 1, i + 2)]
        if words[i : i + 2] in (["nous", "deux"], ["both", "of"], ["us", "two"], ["two", "of"], ["tous", "deux"]):
            return [Said("party_size", 2, i, i + 2)]
        if word in ("myself", "alone", "solo") or words[i : i + 2] in (
            ["just", "me"],
            ["only", "me"],
            ["moi", "seul"],
            ["moi", "seule"],
        ):
            return [Said("party_size", 1, i, i + 1)]
    return []


def split_excluded(reading: Reading, said: Sequence[Said]) -> tuple[list[Said], list[Said]]:
    """(kept, ruled out): what follows a `not`, `sauf`, `anything but`; a list after it is ruled out together."""
    kept: list[Said] = []
    out: list[Said] = []
    ends = [h.last for h in reading.hits.get("not", ())]
    words = [w.text for w in reading.words]
    for value in said:
        back = value.first
        while back and words[back - 1] in _BETWEEN:
            back -= 1
        joined = (
            out
            and value.first - out[-1].last <= 1
            and words[out[-1].last : value.first] in (["or"], ["ou"], ["ni"], ["nor"])
        )
        within = any(value.first <= end - 1 < value.first for end in ends)
        if back in ends or value.first in ends or joined or within:
            out.append(value)
        else:
            kept.append(value)
    return kept, out


def split_pointing(reading: Reading, said: Sequence[Said]) -> tuple[list[Said], list[Said]]:
    """(pointing at the old booking, new values) when a booking is moved."""
    words = [w.text for w in reading.words]
    old: list[Said] = []
    new: list[Said] = []
    for value in said:
        (old if _points(words, value) else new).append(value)
    if len(new) > 1 and not old:
        twins = [s for s in new if s.field == new[0].field]
        if len(twins) > 1:
            old, new = [twins[0]], [s for s in new if s is not twins[0]]
    return old, new


def _points(words: Sequence[str], value: Said) -> bool:
    before = words[value.first - 1] if value.first else ""
    own = words[value.first] if value.first < len(words) else ""
    earlier = list(words[max(0, value.first - 4) : value.first])
    after = words[value.last] if value.last < len(words) else ""
    if before in _TOWARDS or own in _TOWARDS:
        return False
    if after in _NOUNS or before in ("my", "mon", "ma", "from"):
        return True
    noun_near = any(w in _NOUNS or w == "vous" for w in earlier)
    return noun_near and (before in _POINTING or own in _POINTING or before in _NOUNS or before == "vous")


def last_words_win(reading: Reading, said: Sequence[Said]) -> list[Said]:
    """One value a field: the first one, or the last where a word of correction stands between; services add up."""
    kept: dict[str, list[Said]] = {}
    words = [w.text for w in reading.words]
    for value in _two_days_as_range(words, _without_old(reading, said)):
        group = kept.setdefault(_slot(value.field), [])
        if not group or value.field == "service":
            group.append(value)
        elif any(w in _REPLACES for w in words[group[-1].last - 1 : value.first + 1]) or (
            value.field in ("date", "time") and group[0].field != value.field
        ):
            group[:] = [value]
    return [value for group in kept.values() for value in group]


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
            if gap == 1 and {"or", "ou", "and", "et"} & set(words[before.last - 1 : value.first + 1]):
                both = Range(start=str(before.value), end=str(value.value))
                out[-1] = Said("date_range", both, before.first, value.last)
                continue
        out.append(value)
    return out


def _slot(field: str) -> str:
    return {"date_range": "date", "time_range": "time"}.get(field, field)


def pointer(said: Sequence[Said]) -> dict[str, str] | None:
    """The words that point at a booking, as start_flow carries them."""
    found = {s.field: s.value for s in said if s.field in ("date", "time", "service", "staff")}
    return {field: str(value) for field, value in found.items()} or None


def minutes_said(reading: Reading) -> int | None:
    for i, word in enumerate(reading.words[:-1]):
        if word.text.isdigit() and reading.words[i + 1].text.startswith("min"):
            return int(word.text)
    return None
