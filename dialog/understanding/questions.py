"""What a customer asks, told apart from what they want: a question never changes the booking under way."""

from __future__ import annotations

from typing import get_args

from dialog.commands import Topic
from dialog.understanding.fields import Said
from dialog.understanding.reading import Reading

_TOPICS: tuple[Topic, ...] = get_args(Topic)
_LIGHT_TOPICS = ("staff", "services", "other", "rating")
_WISHES = ("book", "order", "availability")
_WHEN = ("date", "time", "date_range", "time_range")
_JOINING = ("and", "et", "but", "mais", "y", "e", "pero", "mas")
_WANTING = ("with", "about", "avec", "et", "con", "com")
_ABOUT = ("service", "staff", "location", "date", "time")


def questions(reading: Reading, said: list[Said]) -> tuple[list[Topic], dict[str, str] | None, list[Said]]:
    """(topics, what they are about, values that are not part of a question)."""
    topics = _topics(reading)
    if not topics:
        return _unnamed(reading, said)
    asked = {clause for topic in topics for clause in _clauses(reading, f"ask.{topic}")}
    return _told_apart(reading, said, topics, asked - _clauses(reading, "book", "order", "availability"))


def _told_apart(
    reading: Reading, said: list[Said], topics: list[Topic], asked: set[int]
) -> tuple[list[Topic], dict[str, str] | None, list[Said]]:
    answered = [s for s in said if set(topics) <= {*_LIGHT_TOPICS} and _answers(reading, s)]
    parts = {reading.words[h.first].part for topic in topics for h in reading.hits.get(f"ask.{topic}", ())}
    in_question = [
        s
        for s in said
        if reading.words[s.first].clause in asked and s not in answered and not _goes_before(reading, s, parts)
    ]
    if reading.says("own") and not reading.state.flow:
        in_question = [s for s in said if reading.words[s.first].clause in asked]
    about = {s.field: str(s.value) for s in in_question if s.field in _ABOUT}
    return topics, about or None, [s for s in said if s not in in_question]


def _goes_before(reading: Reading, said: Said, parts: set[int]) -> bool:
    """The day in "Friday works, how much will it be?", the time in "5pm and can I bring my baby?"."""
    if said.field not in _WHEN or not reading.state.asked:
        return False
    is_joined = said.first == 0 and any(w.text in _JOINING for w in reading.words[said.last : said.last + 1])
    return is_joined or reading.words[said.first].part not in parts


def _answers(reading: Reading, said: Said) -> bool:
    """ "Do you have two o'clock?", where a time was asked for."""
    return said.field in reading.state.asked and said.field in _WHEN


def _clauses(reading: Reading, *signals: str) -> set[int]:
    if not reading.says(*signals):
        return set()
    last = len(reading.words) - 1
    return {reading.words[min(h.first, last)].clause for s in signals for h in reading.hits.get(s, ())}


def _topics(reading: Reading) -> list[Topic]:
    """What is asked; a question for a free place is a booking, whatever else its words may ask."""
    heard = [topic for topic in _TOPICS if f"ask.{topic}" in reading.hits]
    if not heard:
        return []
    timed = {reading.words[i].clause for i in _spots(reading, "time")}
    named = {reading.words[i].clause for i in _spots(reading, "staff")}
    wishes = _clauses(reading, *_WISHES)
    looking = _clauses(reading, "search", "more")
    plain = _clauses(reading, "asking")
    topics: list[Topic] = []
    for topic in heard:
        clauses = _clauses(reading, f"ask.{topic}")
        if topic in _LIGHT_TOPICS:
            clauses -= _clauses(reading, "soonest") if reading.names else set()
            clauses -= (wishes & (timed | named)) | looking
            clauses -= timed if reading.state.flow == "book" else set()
        if topic in ("staff", "rating") and "staff" in reading.state.asked:
            clauses -= _told_of_staff(reading, topic)
        if topic == "staff":
            clauses -= _clauses(reading, "own_name")
        if topic == "price":
            clauses -= {c for c in looking - plain if not reading.ends_with_mark(c)}
        clauses -= _mentioned(reading, topic)
        if topic == "payment":
            clauses -= _clauses(reading, "past") - plain
        if topic == "other":
            clauses -= {c for known in topics for c in _clauses(reading, f"ask.{known}")}
        if clauses:
            topics.append(topic)
    return topics


def _told_of_staff(reading: Reading, topic: str) -> set[int]:
    """ "Cole, il est doux paraît-il" answers who it is to be, and asks nothing."""
    named = {reading.words[n.first].part for n in reading.names if n.field == "staff"}
    hits = [reading.words[h.first] for h in reading.hits.get(f"ask.{topic}", ())]
    is_told = reading.says("skip") or (bool(named) and all(w.part not in named for w in hits))
    return {w.clause for w in hits if is_told and not reading.ends_with_mark(w.clause)}


def _mentioned(reading: Reading, topic: str) -> set[int]:
    """Clauses that bring the topic up beside a wish told in other parts: "new number by the way, braids on Friday"."""
    last = len(reading.words) - 1
    services = [n.first for n in reading.names if n.field == "service"]
    words = [reading.words[at] for at in (*services, *_spots(reading, "time"))]
    if not any(m.is_day for m in reading.mentions) or len(words) < 2 or reading.state.flow:
        return set()
    asking = {reading.words[min(h.first, last)].part for h in reading.hits.get("asking", ())}
    hits = [reading.words[min(h.first, last)] for h in reading.hits.get(f"ask.{topic}", ())]
    apart = {w.clause for w in hits if w.part not in asking and all(w.part != t.part for t in words)}
    return {c for c in apart if not reading.ends_with_mark(c) and any(t.clause == c for t in words)}


def _spots(reading: Reading, kind: str) -> list[int]:
    """Words at which a time or a name of staff stands."""
    last = len(reading.words) - 1
    if kind == "time":
        return [min(reading.word_at(m.start), last) for m in reading.mentions]
    return [n.first for n in reading.names if n.field == "staff"]


def _unnamed(reading: Reading, said: list[Said]) -> tuple[list[Topic], dict[str, str] | None, list[Said]]:
    """A question of no known topic about someone or something of ours: "is four fillings too much?"."""
    asked = {c for c in _clauses(reading, "asking") if reading.ends_with_mark(c)} - _clauses(
        reading, *_WISHES, "search", "more", "change", "reschedule", "cancel"
    )
    inside = [s for s in said if reading.words[s.first].clause in asked]
    fields = {s.field for s in inside}
    if (
        not fields & {"service", "staff"}
        or fields - {"service", "staff", "location"}
        or fields & {*reading.state.asked}
    ):
        return [], None, said
    if reading.state.flow == "book" and any(_is_with(reading, s) for s in inside):
        return [], None, said
    topic: Topic = "staff" if any(s.field == "staff" for s in inside) else "other"
    return _told_apart(reading, said, [topic], asked)


def _is_with(reading: Reading, said: Said) -> bool:
    """ "Could it be with Anna?", "what about Anna?" want her."""
    return said.field == "staff" and said.first > 0 and reading.words[said.first - 1].sense in _WANTING


def is_about_us(reading: Reading) -> bool:
    """A question to the house that none of the topics names: it is answered as such, not as idle talk."""
    return any(reading.ends_with_mark(c) for c in _clauses(reading, "asking")) and reading.says("house")
