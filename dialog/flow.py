"""The pure state machine: a session and what was said make a new session and the goals to pursue. No I/O."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dialog import commands as c
from dialog.session import ANY, Session
from dialog.taps import Tap, id_of, read_tap

Input = c.Command | Tap

_WHEN = ("date", "time", "date_range", "time_range", "asap")
_REPLACES = {
    "date": ("date_range", "asap"),
    "date_range": ("date", "asap"),
    "time": ("time_range", "asap"),
    "time_range": ("time", "asap"),
    "asap": ("date", "time", "date_range", "time_range"),
    "starts_at": _WHEN,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """Something to do in this turn: the key of a skill and what it is about."""

    skill: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """`asides` are answered first (a question, a greeting); `main` goes on with what is under way."""

    session: Session
    asides: tuple[Goal, ...]
    main: Goal | None


class _Reading:
    """Collects what the inputs of one turn amount to."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asides: list[Goal] = []
        self.main: Goal | None = None

    def pursue(self, skill: str, **values: Any) -> None:
        self.main = Goal(skill, values)

    def aside(self, skill: str, **values: Any) -> None:
        self.asides.append(Goal(skill, values))


def advance(session: Session, inputs: Sequence[Input]) -> Step:
    """Applies the inputs in order; the last one that wants something decides the main goal."""
    reading = _Reading(session)
    for item in _by_weight(inputs):
        if isinstance(item, Tap):
            _TAPS.get(item.verb, _unknown_tap)(reading, item)
        else:
            _COMMANDS[item.kind](reading, item)
    if [goal.skill for goal in reading.asides] == ["greet"] and reading.main is None and not session.flow:
        reading.asides.clear()
        reading.pursue("menu", greets=True)
    if reading.main is None and not reading.asides:
        reading.pursue("cannot_handle")
    understood = reading.main is None or reading.main.skill != "cannot_handle"
    misses = 0 if understood else session.misses + 1
    return Step(replace(reading.session, misses=misses), tuple(reading.asides), reading.main)


def _by_weight(inputs: Sequence[Input]) -> list[Input]:
    """Starting a flow comes before the values that were said with it."""
    return sorted(inputs, key=lambda item: 0 if getattr(item, "kind", "") == "start_flow" else 1)


def _start_flow(reading: _Reading, command: c.StartFlow) -> None:
    _begin(reading, command.flow, dict(command.booking or {}))


def _begin(reading: _Reading, flow: str, pointer: dict[str, str]) -> None:
    if reading.session.flow != flow or flow != "book":
        reading.session = replace(reading.session.fresh(flow), pointer=pointer)
    reading.pursue(flow)


def _set_field(reading: _Reading, command: c.SetField | c.CorrectField) -> None:
    value = command.value.model_dump() if isinstance(command.value, c.Range) else command.value
    if reading.session.flow in ("cancel", "reschedule"):
        pointer = {**reading.session.pointer, command.field: str(value)}
        reading.session = replace(reading.session.without_question(), pointer=pointer, booking_id=None)
        reading.pursue(reading.session.flow or "cancel")
        return
    _put(reading, command.field, value)


def _put(reading: _Reading, field: str, value: Any, **more: Any) -> None:
    """A new value ends the summary that was shown and whatever depended on the old one."""
    if reading.session.flow != "book":
        reading.session = reading.session.fresh("book")
    fields = {**dict.fromkeys((*_REPLACES.get(field, ()), "starts_at")), field: value, **more}
    reading.session = reading.session.without_question().with_fields(**fields)
    reading.pursue("book")


def _exclude(reading: _Reading, command: c.Exclude) -> None:
    value = command.value.model_dump() if isinstance(command.value, c.Range) else command.value
    session = reading.session
    excluded = {**session.excluded, command.field: [*session.excluded.get(command.field, []), value]}
    dropped = (command.field, "starts_at") if session.fields.get(command.field) == value else ()
    reading.session = replace(session.without_question().with_fields(**dict.fromkeys(dropped)), excluded=excluded)
    reading.pursue(reading.session.flow or "book")


def _choose(reading: _Reading, command: c.Choose | c.PickBooking) -> None:
    item = next((item for item in reading.session.offer if item.handle == command.handle), None)
    tap = read_tap(item.tap) if item else None
    if tap is None:
        reading.pursue("cannot_handle")
    else:
        _TAPS[tap.verb](reading, tap)


def _skip(reading: _Reading, command: c.Skip) -> None:
    field: str | None = command.field or (reading.session.asked or (None,))[0]
    if field == "staff":
        _put(reading, "staff", ANY)
    elif field in ("date", "time"):
        _put(reading, "asap", True)
    else:
        reading.pursue(reading.session.flow or "menu")


def _affirm(reading: _Reading, _: Any) -> None:
    session = reading.session
    if session.question == "confirm" and session.draft:
        reading.pursue(f"commit_{session.flow}", draft=session.draft)
    elif session.question == "offer" and len(session.offer) == 1:
        _choose(reading, c.Choose(handle=session.offer[0].handle))
    else:
        reading.pursue(session.flow or "menu")


def _deny(reading: _Reading, _: Any) -> None:
    session = reading.session
    if session.question == "confirm" and session.flow == "book":
        reading.session = session.without_question()
        reading.pursue("change")
    elif session.flow == "cancel":
        _leave(reading, "kept")
    elif session.flow == "book":
        reading.session = session.without_question()
        reading.pursue("change")
    else:
        reading.pursue("nothing_more")


def _leave(reading: _Reading, skill: str) -> None:
    reading.session = reading.session.fresh()
    reading.pursue(skill)


def _cancel_flow(reading: _Reading, _: Any) -> None:
    names = {"book": "left", "cancel": "kept"}
    _leave(reading, names.get(reading.session.flow or "", "menu"))


def _more(reading: _Reading, _: Any) -> None:
    reading.session = replace(reading.session, page=reading.session.page + 1)
    reading.pursue(reading.session.flow or "menu")


def _again(reading: _Reading, _: Any) -> None:
    reading.pursue(reading.session.flow or "menu")


def _small_talk(reading: _Reading, command: Any) -> None:
    """A greeting beside a wish is only answered with it; alone it leads to the menu or back to the question."""
    reading.aside(command.kind)


def _simple(skill: str, *, resets: bool = False) -> Callable[[_Reading, Any], None]:
    def run(reading: _Reading, _: Any) -> None:
        if resets:
            reading.session = reading.session.fresh()
        reading.pursue(skill)

    return run


def _tap_slot(reading: _Reading, tap: Tap) -> None:
    """The button's own service and staff member come along: it may be of a session that is over."""
    _put(reading, "starts_at", tap.value, service_id=_nth(tap, 1), staff_id=_nth(tap, 2))


def _tap_date(reading: _Reading, tap: Tap) -> None:
    _put(reading, "date", tap.value, service_id=_nth(tap, 1), staff_id=_nth(tap, 2))


def _nth(tap: Tap, position: int) -> int | None:
    return id_of(tap.values[position]) if len(tap.values) > position else None


def _tap_value(reading: _Reading, tap: Tap) -> None:
    _put(reading, tap.verb, tap.value)


def _tap_confirm(reading: _Reading, tap: Tap) -> None:
    """Only a yes to the summary that stands commits; an old one shows what stands now."""
    if tap.value and tap.value == reading.session.draft:
        (_affirm if tap.verb == "yes" else _deny)(reading, tap)
    else:
        reading.aside("stale")
        reading.pursue(reading.session.flow or "menu")


def _tap_more(reading: _Reading, tap: Tap) -> None:
    reading.session = replace(reading.session, page=id_of(tap.value) or 0)
    reading.pursue(reading.session.flow or "menu")


def _tap_cancel(reading: _Reading, tap: Tap) -> None:
    reading.session = replace(reading.session.fresh("cancel"), booking_id=id_of(tap.value))
    reading.pursue("cancel")


def _tap_flow(reading: _Reading, tap: Tap) -> None:
    if tap.value in ("book", "cancel", "reschedule"):
        _begin(reading, tap.value, {})
    elif tap.value == "list_bookings":
        reading.pursue("list_bookings")
    else:
        _unknown_tap(reading, tap)


def _tap_change(reading: _Reading, tap: Tap) -> None:
    names = {"time": ("time", "time_range", "asap"), "date": _WHEN}.get(tap.value, (tap.value,))
    session = reading.session.without_question().with_fields(**dict.fromkeys((*names, "starts_at")))
    reading.session = replace(session, flow="book")
    reading.pursue("book")


def _tap_merchant(reading: _Reading, tap: Tap) -> None:
    reading.pursue("decide", booking_id=id_of(tap.value), accepted=tap.verb == "approve")


def _tap_language(reading: _Reading, tap: Tap) -> None:
    reading.pursue("switch_language", language=tap.value)


def _unknown_tap(reading: _Reading, _: Tap) -> None:
    reading.aside("stale")
    reading.pursue(reading.session.flow or "menu")


_TAPS: dict[str, Callable[[_Reading, Tap], None]] = {
    "flow": _tap_flow,
    "service": _tap_value,
    "staff": _tap_value,
    "location": _tap_value,
    "date": _tap_date,
    "slot": _tap_slot,
    "yes": _tap_confirm,
    "no": _tap_confirm,
    "more": _tap_more,
    "cancel": _tap_cancel,
    "change": _tap_change,
    "approve": _tap_merchant,
    "decline": _tap_merchant,
    "lang": _tap_language,
    "leave": _cancel_flow,
    "menu": _simple("menu", resets=True),
    "help": _simple("help"),
    "person": _simple("handoff"),
    "day": _simple("day"),
}

_COMMANDS: dict[str, Callable[[_Reading, Any], None]] = {
    "start_flow": _start_flow,
    "set_field": _set_field,
    "correct_field": _set_field,
    "exclude": _exclude,
    "choose": _choose,
    "pick_booking": _choose,
    "ask_info": lambda reading, command: reading.aside("info", topic=command.topic, about=command.about or {}),
    "skip": _skip,
    "privacy": lambda reading, command: reading.pursue("privacy", request=command.request),
    "switch_language": lambda reading, command: reading.pursue("switch_language", language=command.language),
    "running_late": lambda reading, command: reading.pursue("running_late", minutes=command.minutes),
    "affirm": _affirm,
    "deny": _deny,
    "cancel_flow": _cancel_flow,
    "more_options": _more,
    "list_bookings": _simple("list_bookings"),
    "join_waitlist": _simple("waitlist"),
    "handoff": _simple("handoff"),
    "opt_out": _simple("opt_out", resets=True),
    "opt_in": _simple("opt_in", resets=True),
    "repeat": _again,
    "restart": _simple("menu", resets=True),
    "clarify": _again,
    "greet": _small_talk,
    "thanks": _small_talk,
    "goodbye": _small_talk,
    "chitchat": _small_talk,
    "cannot_handle": _simple("cannot_handle"),
}
