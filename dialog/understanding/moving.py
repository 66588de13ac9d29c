"""A booking that stands is to be moved or cancelled, however that is put."""

from __future__ import annotations

from collections.abc import Sequence

from dialog.commands import CancelFlow, Command, Repeat, StartFlow
from dialog.understanding.answering import in_flow
from dialog.understanding.changes import set_values
from dialog.understanding.combining import pointer, split_pointing
from dialog.understanding.fields import Said
from dialog.understanding.last_words import last_words_win
from dialog.understanding.reading import Reading
from dialog.understanding.text import wordset

# What is given up in one breath with these is a booking that stands.
_STANDING = wordset(
    "cancel annuler anular cancelar rendez appointment booking reservation cita horario reserva agendamento"
)
_CANCELLING = wordset("cancel cancelling canceling annuler annule annulez cancelar cancela anular")
_OURS = wordset("our my notre mon ma nuestra mi nossa minha")


def moved_or_cancelled(reading: Reading, said: Sequence[Said], excluded: Sequence[Said]) -> list[Command]:
    """Nothing where no booking that stands is meant; the values that only point at it are told apart from new ones."""
    if _is_swap(reading, said):
        return _moved(reading, said[:1], said[1:])
    if _is_other_party_of_ours(reading, said):
        return _moved(reading, *_parted(said, "party_size"))
    if _is_second_thought(reading, said) or _is_other_party(reading, said):
        return [StartFlow(flow="reschedule"), *set_values(reading, last_words_win(reading, said))]
    if _is_own_moved(reading, said):
        return _moved(reading, *split_pointing(reading, said))
    is_apart = (
        reading.is_whole("reschedule")
        and not reading.says("change", "by_amount")
        and not any(s.field == "staff" for s in said)
        and (not said or bool((_STANDING | {"my", "mon", "ma"}) & {w.text for w in reading.words}))
    )
    if reading.says("reschedule") and (reading.state.flow != "book" or is_apart):
        return _reschedule(reading, said, excluded)
    if _is_given_up(reading, said):
        return [CancelFlow()]
    if _wants_cancel(reading):
        # "I can't make it tomorrow" rules out what it points at
        meant = sorted([*said, *excluded], key=lambda s: s.first)
        return [StartFlow(flow="cancel", booking=pointer(meant)), *set_values(reading, last_words_win(reading, meant))]
    return []


def put_off(reading: Reading, said: Sequence[Said], replaced: Sequence[Said]) -> list[Command]:
    """ "I can't come on Friday, is Monday open?": what cannot be is of a booking that stands."""
    is_idle = reading.state.flow is None and bool(said) and bool(replaced)
    return _moved(reading, replaced, said) if is_idle else []


def is_unable(reading: Reading) -> bool:
    """It cannot be kept, though nobody said to cancel it."""
    return reading.says("cancel") and _CANCELLING.isdisjoint(w.text for w in reading.words)


def _moved(reading: Reading, old: Sequence[Said], new: Sequence[Said]) -> list[Command]:
    return [StartFlow(flow="reschedule", booking=pointer(old)), *set_values(reading, last_words_win(reading, new))]


def _is_swap(reading: Reading, said: Sequence[Said]) -> bool:
    """Cancel Wednesday and book me for Saturday: one wish, to move."""
    days = [s for s in said if s.field == "date"]
    return reading.says("cancel") and reading.says("book") and len(days) > 1 and reading.state.flow is None


def _is_own_moved(reading: Reading, said: Sequence[Said]) -> bool:
    """ "I have an appointment at 10 but I need to come at 12": two values of one kind beside a booking that stands."""
    fields = [s.field for s in said]
    twice = any(fields.count(field) > 1 for field in ("date", "time", "staff"))
    moved = twice and reading.says("own")
    instead = reading.says("in_place_of") and bool({"date", "time"} & {*fields}) and not reading.says("order")
    return (moved or instead) and reading.state.flow is None and (is_unable(reading) or not reading.says("cancel"))


def _is_second_thought(reading: Reading, said: Sequence[Said]) -> bool:
    """ "Oh wait, wrong day, should be Tuesday", when the booking has just been made."""
    is_done = reading.state.flow is None and reading.state.question == "anything_else"
    is_told = bool(said) or any(h.last - h.first > 1 for h in reading.hits.get("wrong", ()))
    is_new = reading.says("order", "more_people") or any(s.field == "service" for s in said)
    is_put_right = bool(said) and not is_new and reading.says("correct", "in_place_of")
    return is_done and is_told and (is_put_right or reading.says("change", "wrong")) and not reading.says("order")


def _is_other_party(reading: Reading, said: Sequence[Said]) -> bool:
    """ "Only 2 of us will come": of what is booked."""
    if reading.state.flow or not reading.says("party_change") or reading.says("order", "availability"):
        return False
    told = {s.field for s in said}
    return "party_size" in told and (told == {"party_size"} or (reading.says("own") and told <= {"party_size", "date"}))


def _is_other_party_of_ours(reading: Reading, said: Sequence[Said]) -> bool:
    """ "We'll be 5 not 4 for our dinner on Friday"."""
    if reading.state.flow or not reading.says("party_change") or reading.says("order", "availability"):
        return False
    has_party = any(s.field == "party_size" for s in said)
    return has_party and not _OURS.isdisjoint(w.sense for w in reading.words)


def _parted(said: Sequence[Said], field: str) -> tuple[list[Said], list[Said]]:
    """(the others, those of the field)."""
    return [s for s in said if s.field != field], [s for s in said if s.field == field]


def _wants_cancel(reading: Reading) -> bool:
    if reading.state.flow is None and reading.says("forget") and _STANDING & {w.text for w in reading.words}:
        return True
    if not reading.says("cancel") or reading.says("ask.policy") or reading.state.flow == "cancel":
        return False
    return reading.state.flow is None or any(w.sense in ("my", "mon", "ma", "mes") for w in reading.words)


def _is_given_up(reading: Reading, said: Sequence[Said]) -> bool:
    """ "Cancel the class", where which service was asked or is told already: the booking under way is meant."""
    state = reading.state
    if state.flow != "book" or not reading.says("cancel") or reading.says("change", "correct", "keep", "not"):
        return False
    return len(said) == 1 and said[0].field == "service" and not isinstance(state.filled.get("service"), list)


def _reschedule(reading: Reading, said: Sequence[Said], excluded: Sequence[Said]) -> list[Command]:
    old, new = split_pointing(reading, said)
    start: list[Command] = []
    if reading.state.flow != "reschedule":
        start = [StartFlow(flow="reschedule", booking=pointer([*old, *excluded]))]
    commands = [*start, *set_values(reading, last_words_win(reading, new))]
    return commands or in_flow(reading, [], list(excluded)) or [Repeat()]
