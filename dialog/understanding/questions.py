"""What a customer asks, told apart from what they want: a question never changes the booking under way."""

from __future__ import annotations

from typing import get_args

from dialog.commands import Topic
from dialog.understanding.fields import Said
from dialog.understanding.reading import Reading

_TOPICS: tuple[Topic, ...] = get_args(Topic)


def questions(reading: Reading, said: list[Said]) -> tuple[list[Topic], dict[str, str] | None, list[Said]]:
    """(topics, what they are about, values that are not part of a question)."""
    topics = _topics(reading)
    if not topics:
        return [], None, said
    clauses = {
        reading.words[min(h.first, len(reading.words) - 1)].clause
        for topic in topics
        for h in reading.hits[f"ask.{topic}"]
    }
    bookish = {
        reading.words[min(h.first, len(reading.words) - 1)].clause
        for signal in ("book", "availability")
        for h in reading.hits.get(signal, ())
    }
    in_question = [s for s in said if reading.words[s.first].clause in clauses - bookish]
    about = {s.field: str(s.value) for s in in_question if s.field in ("service", "staff", "location", "date", "time")}
    return topics, about or None, [s for s in said if s not in in_question]


_LIGHT_TOPICS = ("staff", "services", "other", "hours", "rating")


def _topics(reading: Reading) -> list[Topic]:
    """What is asked; a question for a free place is a booking, whatever else its words may ask."""
    bookish = {reading.words[h.first].clause for s in ("book", "availability") for h in reading.hits.get(s, ())}
    topics = []
    for topic in _TOPICS:
        clauses = {reading.words[h.first].clause for h in reading.hits.get(f"ask.{topic}", ())}
        if clauses and not (topic in _LIGHT_TOPICS and clauses <= bookish and _books_in(reading, clauses)):
            topics.append(topic)
    return topics


def _books_in(reading: Reading, clauses: set[int]) -> bool:
    """A time or a name of staff stands in one of these sentences."""
    spots = [reading.word_at(m.start) for m in reading.mentions] + [
        n.first for n in reading.names if n.field == "staff"
    ]
    return any(reading.words[min(i, len(reading.words) - 1)].clause in clauses for i in spots)
