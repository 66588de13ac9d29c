"""What was wished for and is not free is remembered: whoever likes may wait for it."""

from typing import Any

from dialog.booking_steps.wish import Wish
from dialog.messages import Choice, Reply
from dialog.offers import beside
from dialog.taps import wait_id
from dialog.turn import Turn


def remember_missed(turn: Turn, wish: Wish, **days: Any) -> None:
    """`date`, with a `time` where one was said, or `date_range`; the part of the day that was wished for belongs to
    it. A move is not waited for."""
    said = {name: turn.session.fields[name] for name in ("time", "time_range") if name in turn.session.fields}
    turn.session = turn.session.with_fields(missed=None if wish.moves else said | days)


def with_waiting(turn: Turn, wish: Wish, reply: Reply) -> Reply:
    """The way to the waiting list, under an answer that says that nothing is free; one waits for one service."""
    missed = turn.session.fields.get("missed")
    if not missed or wish.moves or len(wish.items) > 1:
        return reply
    window, times = missed.get("date_range") or {}, missed.get("time_range") or {}
    days = (missed.get("date", window.get("start")), missed.get("date", window.get("end")))
    clocks = (missed.get("time", times.get("start")), missed.get("time", times.get("end")))
    tap = wait_id(wish.service_ids[0], wish.staff.id if wish.staff else None, days, clocks)
    return beside(turn, reply, Choice(tap, turn.say("button.waitlist")))
