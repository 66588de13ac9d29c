"""Yes and no: in their many forms, and in the light of what a bare answer would be an answer to."""

from __future__ import annotations

from collections.abc import Sequence

from dialog.understanding.fields import Said
from dialog.understanding.phrase_tree import Hit
from dialog.understanding.reading import Reading
from dialog.understanding.text import wordset

# A sentence that begins with one of these agrees, whatever else it goes on to say.
_PLAIN = wordset(
    "yes yeah yea sure ok absolutely definitely certainly correct exactly perfect great alright agreed affirmative"
    " oui d ouais parfait si volontiers sim claro vale bueno 👍 👌 ✅ 💯 🆗"
)
_PLAIN_YES = wordset("yes oui si ok o y d sure")


def agrees(reading: Reading, said: Sequence[Said], asks: Sequence[str]) -> bool:
    """A yes to what was asked: said outright, or by asking for the very booking that is on the table."""
    state = reading.state
    if state.question == "anything_else":
        return reading.is_whole("yes")
    if state.question == "offer" and _is_beside_offer(reading, said):
        return False
    if reading.says("no") or _is_changed(reading, said) or (state.asked and reading.says("skip")):
        return False
    if state.question is None and (state.asked or not state.offer):
        return reading.is_whole("yes") and (state.flow is not None or bool(state.asked))
    if any(_is_plain(reading, hit) for hit in reading.hits.get("yes", ())) and not reading.says("more"):
        return True
    if reading.says("more", "not"):
        return False
    if any(_states(reading, hit) for hit in reading.hits.get("yes", ())):
        return True
    return not asks and _orders(reading, said)


def _is_changed(reading: Reading, said: Sequence[Said]) -> bool:
    """Something of the summary is to be otherwise, so that there is nothing yet to say yes to."""
    if reading.state.question != "confirm":
        return False
    filled = reading.state.filled
    return reading.says("change") or any(filled.get(s.field, s.value) != s.value for s in said)


def _is_beside_offer(reading: Reading, said: Sequence[Said]) -> bool:
    """ "Ok but is 8 possible?": another value of the kind that is offered."""
    offered = {(o.field, str(o.value)) for o in reading.state.offer}
    fields = {field for field, _ in offered} & {"time", "date", "staff", "location"}
    return any(
        s.field in fields and (s.field, str(s.value)) not in offered and (s.field, str(s.other)) not in offered
        for s in said
    )


def _is_plain(reading: Reading, hit: Hit) -> bool:
    return reading.words[hit.first].text in _PLAIN and reading.begins_part(hit.first)


def _states(reading: Reading, hit: Hit) -> bool:
    """ "This is good, what is the price?", but not "is this good?"."""
    clause = reading.words[hit.first].clause
    if clause not in reading.asking_clauses:
        return True
    asked = [h for signal, hits in reading.hits.items() if signal.startswith("ask") for h in hits]
    return all(hit.first < h.first for h in asked if reading.words[h.first].clause == clause)


def _orders(reading: Reading, said: Sequence[Said]) -> bool:
    """ "Make me an appointment there": the place is taken."""
    state = reading.state
    fields = {s.field for s in said}
    other_service = any(s.field == "service" and state.filled.get("service", s.value) != s.value for s in said)
    if state.flow != "book" or fields & {"staff", "location"} or other_service:
        return False
    if state.question == "offer_intent":
        return bool(fields) or reading.says("order", "book")
    return reading.says("order") and any(o.field == "staff" for o in state.offer)


def is_content(reading: Reading) -> bool:
    """ "Super", "ok great": contentment with nothing open to agree to."""
    words = [w.text for w in reading.words]
    if not reading.says("yes") or not reading.is_only("yes", "thanks", "greet", "bye", "done"):
        return False
    return words[0] not in _PLAIN_YES or (words[0] == "ok" and len(words) > 1 and words[1] not in _PLAIN_YES)
