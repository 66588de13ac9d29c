"""The pure state machine: a session and what was said make a new session and the goals to pursue. No I/O."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dialog import commands as c
from dialog.flow_taps import TAPS, Move, go_on, goal, unknown_tap
from dialog.merchant_words import Order
from dialog.progress import ANY_DAY, MOVES, WISHES, Goal, Progress, Step
from dialog.recurrence_words import Recurrence, WholeSeries
from dialog.session import ANY, Session
from dialog.taps import Tap, read_tap
from dialog.visit_words import Also, Extras

__all__ = ["Goal", "Input", "Step", "advance"]

Input = c.Command | Tap | Order | Recurrence | WholeSeries | Also | Extras

# Flows about a booking that stands until a yes.
_KEEPS = ("cancel", "reschedule", "call_off")

# "Yes, thanks" wants the booking, not a "you're welcome".
_ONLY_ALONE = ("thanks", "goodbye", "chitchat")


def advance(session: Session, inputs: Sequence[Input]) -> Step:
    """Applies the inputs in order; the last one that wants something decides the main goal."""
    progress = Progress(session)
    for item in _by_weight(inputs):
        if isinstance(item, Tap):
            _MOVES_OF_TAPS.get(item.verb, unknown_tap)(progress, item)
        else:
            _COMMANDS[item.kind](progress, item)
    if progress.main is not None:
        progress.asides = [aim for aim in progress.asides if aim.skill not in _ONLY_ALONE]
    if [aim.skill for aim in progress.asides] == ["greet"] and progress.main is None and not session.flow:
        progress.asides.clear()
        progress.pursue("menu", greets=True)
    if progress.main is None and not progress.asides:
        progress.pursue("cannot_handle")
    understood = progress.main is None or progress.main.skill != "cannot_handle"
    misses = 0 if understood else session.misses + 1
    return Step(replace(progress.session, misses=misses), tuple(progress.asides), progress.main)


def _by_weight(inputs: Sequence[Input]) -> list[Input]:
    """Starting a flow comes before the values that were said with it, a choice after them, and what goes with the
    service last; a question about it all comes after everything."""
    weights = {"start_flow": 0, "join_waitlist": 0, "choose": 2, "also": 3, "extras": 4, "clarify": 5}
    return sorted(inputs, key=lambda item: weights.get(getattr(item, "kind", ""), 1))


def _start_flow(progress: Progress, command: c.StartFlow) -> None:
    progress.enter(command.flow, dict(command.booking or {}))


def _set_field(progress: Progress, command: c.SetField | c.CorrectField) -> None:
    value = command.value.model_dump() if isinstance(command.value, c.Range) else command.value
    calendar = next((item for item in progress.offered if (item.field, item.value) == ("calendar", value)), None)
    if calendar is not None and command.field == "staff":
        _choose(progress, c.Choose(handle=calendar.handle))
        return
    if value is not None and _points(progress, command.field):
        pointer = {**progress.session.pointer, command.field: str(value)}
        progress.session = replace(progress.session.without_question(), pointer=pointer, booking_id=None)
        progress.go_on()
        return
    if progress.session.flow == "reschedule" and command.field not in MOVES:
        progress.go_on()
        return
    if command.field == "staff" and value is None:
        progress.put("staff", None, pick_staff=True)
        return
    progress.put(command.field, value)


def _points(progress: Progress, field: str) -> bool:
    """Whether a value tells which booking is meant. While one is moved, day, time and staff are of the new time,
    but not where the bookings to choose from lie on the table."""
    session = progress.session
    if session.flow != "reschedule":
        return session.flow == "cancel"
    return session.booking_id is None and (field not in MOVES or "booking" in session.asked)


def _exclude(progress: Progress, command: c.Exclude) -> None:
    value = command.value.model_dump() if isinstance(command.value, c.Range) else command.value
    session = progress.session
    if command.field == "service" and value in session.services and len(session.services) > 1:
        progress.drop(str(value))
        return
    excluded = {**session.excluded, command.field: [*session.excluded.get(command.field, []), value]}
    dropped = (command.field, "starts_at") if session.fields.get(command.field) == value else ()
    progress.session = replace(session.without_question().with_fields(**dict.fromkeys(dropped)), excluded=excluded)
    progress.pursue(progress.session.flow or "book")


def _extras(progress: Progress, extras: Extras) -> None:
    if progress.session.flow in _KEEPS:
        progress.go_on()
    elif extras.nothing:
        progress.enough()
    else:
        progress.take(variants=extras.variants, add_ons=extras.add_ons, without=extras.without)


def _choose(progress: Progress, command: c.Choose | c.PickBooking) -> None:
    """Beside another value of the same message ("Friday at 11") the choice counts as its value alone: the button
    would bring its own day along."""
    item = next((item for item in progress.offered if item.handle == command.handle), None)
    tap = read_tap(item.tap) if item else None
    if item is None or tap is None:
        progress.pursue("cannot_handle")
    elif item.field in ("date", "time") and not progress.session.offer:
        progress.put(item.field, item.value)
    else:
        _MOVES_OF_TAPS[tap.verb](progress, tap)


def _skip(progress: Progress, command: c.Skip) -> None:
    field: str | None = command.field or (progress.session.asked or (None,))[0]
    if field in ("staff", "location"):
        progress.put(field, ANY)
    elif field == "date" and progress.session.flow == "waitlist":
        progress.put("date_range", ANY_DAY)
    elif field in ("date", "time"):
        progress.put("asap", True)
    else:
        progress.go_on()


def _affirm(progress: Progress, _: Any) -> None:
    session = progress.session
    if session.question == "confirm" and session.draft:
        progress.pursue(f"commit_{session.flow}", draft=session.draft)
    elif session.question == "offer" and len(session.offer) == 1:
        _choose(progress, c.Choose(handle=session.offer[0].handle))
    elif session.asked == ("add_on",) and len(real := [item for item in session.offer if item.value != ANY]) == 1:
        _choose(progress, c.Choose(handle=real[0].handle))
    else:
        progress.pursue(session.flow or "menu")


def _deny(progress: Progress, _: Any) -> None:
    session = progress.session
    offered = read_tap(session.offer[0].tap) if session.question == "offer" and session.offer else None
    if offered and offered.verb == "take":
        _MOVES_OF_TAPS["pass"](progress, offered)
    elif session.flow in WISHES and (session.asked == ("add_on",) or "adding" in session.fields):
        progress.enough()
    elif session.flow == "book" or (session.flow == "reschedule" and session.booking_id is not None):
        progress.session = session.without_question()
        progress.pursue("change")
    elif session.flow in _KEEPS:
        progress.leave("kept")
    elif session.flow == "waitlist":
        progress.leave("left")
    else:
        progress.pursue("nothing_more")


def _cancel_flow(progress: Progress, _: Any) -> None:
    flow = progress.session.flow
    progress.leave("kept" if flow in _KEEPS else "left" if flow in WISHES else "menu")


def _join_waitlist(progress: Progress, _: Any) -> None:
    """What was said of a booking under way is what is waited for."""
    session = progress.session
    kept = session.without_question() if session.flow in WISHES else session.fresh()
    progress.session = replace(kept, flow="waitlist")
    progress.go_on()


def _more(progress: Progress, _: Any) -> None:
    """Further choices; where a time was chosen already, other times."""
    session = progress.session
    if session.question == "confirm" and session.flow in ("book", "reschedule"):
        _MOVES_OF_TAPS["change"](progress, Tap("change", ("time",)))
        return
    progress.session = replace(session, page=session.page + 1)
    progress.go_on()


def _clarify(progress: Progress, command: c.Clarify) -> None:
    """With nothing to choose from, the open question is asked once more."""
    if command.person:
        progress.pursue("offer_person")
    elif command.between:
        progress.pursue("which", field=command.between[0].field, values=[one.value for one in command.between])
    else:
        progress.go_on()


def _small_talk(progress: Progress, command: Any) -> None:
    """A greeting beside a wish is only answered with it; alone it leads to the menu or back to the question."""
    progress.aside(command.kind)


def _tap_confirm(progress: Progress, tap: Tap) -> None:
    """Only a yes to the summary that stands commits; an old one shows what stands now."""
    draft = progress.session.draft
    if tap.value and tap.value == draft and tap.verb == "yes":
        progress.pursue(f"commit_{progress.session.flow}", draft=draft)
    elif tap.value and tap.value == draft:
        _deny(progress, tap)
    else:
        progress.aside("stale")
        progress.go_on()


def _block(progress: Progress, order: Any) -> None:
    """Several of one burst are all done."""
    progress.aside("block", order=order)


def _call_off(progress: Progress, order: Any) -> None:
    progress.session = progress.session.fresh()
    progress.pursue("call_off", order=order)


def _outcome(progress: Progress, order: Any) -> None:
    """Several of one burst are all noted."""
    progress.session = progress.session.fresh()
    progress.aside("said_outcome", order=order)


def _recurrence(progress: Progress, said: Recurrence) -> None:
    """The rhythm or its end, beside what was said of them before; once is no recurrence."""
    if said.every_weeks == 0:
        progress.aside("weekly_only")
        return
    before = progress.session.fields.get("recurrence") or {}
    end = {name: value for name, value in said.values.items() if name != "every_weeks"}
    end = end or {name: value for name, value in before.items() if name != "every_weeks"}
    rhythm = {"every_weeks": said.every_weeks or before.get("every_weeks", 1)}
    progress.put("recurrence", rhythm | end if end.get("count") != 1 else None)


def _whole_series(progress: Progress, _: WholeSeries) -> None:
    session = progress.session if progress.session.flow == "cancel" else progress.session.fresh("cancel")
    progress.session = session.without_question().with_fields(series=True)
    progress.pursue("cancel")


_MOVES_OF_TAPS = TAPS | {"yes": _tap_confirm, "no": _tap_confirm, "leave": _cancel_flow}

_COMMANDS: dict[str, Move] = {
    "start_flow": _start_flow,
    "set_field": _set_field,
    "correct_field": _set_field,
    "exclude": _exclude,
    "also": lambda progress, item: progress.also(item.service),
    "extras": _extras,
    "choose": _choose,
    "pick_booking": _choose,
    "ask_info": lambda progress, command: progress.aside("info", topic=command.topic, about=command.about or {}),
    "skip": _skip,
    "privacy": lambda progress, command: progress.pursue("privacy", request=command.request),
    "switch_language": lambda progress, command: progress.pursue("switch_language", language=command.language),
    "running_late": lambda progress, command: progress.pursue("running_late", minutes=command.minutes),
    "affirm": _affirm,
    "deny": _deny,
    "cancel_flow": _cancel_flow,
    "more_options": _more,
    "list_bookings": goal("list_bookings"),
    "join_waitlist": _join_waitlist,
    "handoff": goal("handoff"),
    "opt_out": goal("opt_out", resets=True),
    "opt_in": goal("opt_in", resets=True),
    "repeat": go_on,
    "restart": goal("menu", resets=True),
    "clarify": _clarify,
    "greet": _small_talk,
    "thanks": _small_talk,
    "goodbye": _small_talk,
    "chitchat": _small_talk,
    "cannot_handle": goal("cannot_handle"),
    "block": _block,
    "call_off": _call_off,
    "outcome": _outcome,
    "paid": lambda progress, order: progress.pursue("paid_by_name", name=order.name),
    "recurrence": _recurrence,
    "whole_series": _whole_series,
    "calendars": lambda progress, order: progress.pursue("calendars", renew=order.renew),
    "payouts": goal("payouts"),
}
