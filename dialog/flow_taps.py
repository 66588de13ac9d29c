"""What each button does when it is tapped, whenever that is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dialog.progress import EXTRAS, WHEN, WISHES, Progress
from dialog.taps import Tap, clock_of, id_of, ids_of, waited_for

Move = Callable[[Progress, Any], None]


def goal(skill: str, *, resets: bool = False) -> Move:
    """A word or button that wants one thing, whatever is under way."""

    def run(progress: Progress, _: Any) -> None:
        if resets:
            progress.leave(skill)
        else:
            progress.pursue(skill)

    return run


def go_on(progress: Progress, _: Any) -> None:
    progress.go_on()


def _tap_slot(progress: Progress, tap: Tap) -> None:
    """The button's own services and staff member come along: it may be of a session that is over."""
    progress.put("starts_at", tap.value, **_visit_of(tap))


def _tap_date(progress: Progress, tap: Tap) -> None:
    progress.put("date", tap.value, **_visit_of(tap))


def _visit_of(tap: Tap) -> dict[str, Any]:
    services = tap.values[1] if len(tap.values) > 1 else ""
    return {"service_ids": ids_of(services) or None, "staff_id": _nth(tap, 2)}


def _tap_time(progress: Progress, tap: Tap) -> None:
    clock = clock_of(tap.value)
    if clock is None:
        unknown_tap(progress, tap)
    else:
        progress.put("time", clock)


def _nth(tap: Tap, position: int) -> int | None:
    return id_of(tap.values[position]) if len(tap.values) > position else None


def _tap_extra(progress: Progress, tap: Tap) -> None:
    """A variant or an add-on, with the id of its service, which may be of a session that is over."""
    service, key = (*tap.values[:2], "", "")[:2]
    if id_of(service) is None:
        unknown_tap(progress, tap)
    elif tap.verb == "variant":
        progress.take(variants={service: key}, of_service=service)
    else:
        progress.take(add_ons={service: [key]}, of_service=service)


def _tap_add(progress: Progress, _: Tap) -> None:
    """Another service besides; only where a booking is under way."""
    if progress.session.flow == "book":
        progress.session = progress.session.without_question().with_fields(adding=True)
    progress.go_on()


def _tap_value(progress: Progress, tap: Tap) -> None:
    progress.put(tap.verb, tap.value)


def _tap_more(progress: Progress, tap: Tap) -> None:
    progress.session = replace(progress.session, page=id_of(tap.value) or 0)
    progress.go_on()


def _tap_cancel(progress: Progress, tap: Tap) -> None:
    progress.session = replace(progress.session.fresh("cancel"), booking_id=id_of(tap.value))
    progress.pursue("cancel")


def _tap_call_off(progress: Progress, tap: Tap) -> None:
    progress.session = replace(progress.session.fresh("call_off"), booking_id=id_of(tap.value))
    progress.go_on()


def _tap_move(progress: Progress, tap: Tap) -> None:
    """The new time may have been said before it was clear which booking is meant."""
    session = progress.session
    is_open = session.flow == "reschedule" and session.booking_id is None
    session = session.without_question() if is_open else session.fresh("reschedule")
    progress.session = replace(session, booking_id=id_of(tap.value))
    progress.go_on()


def _tap_flow(progress: Progress, tap: Tap) -> None:
    if tap.value in ("book", "cancel", "reschedule"):
        progress.enter(tap.value, {})
    elif tap.value == "list_bookings":
        progress.pursue("list_bookings")
    else:
        unknown_tap(progress, tap)


_CHANGED: dict[str, tuple[str, ...]] = {
    "time": ("time", "time_range", "asap"),
    "date": WHEN,
    "service": ("service", "also", *EXTRAS),
    "extras": EXTRAS,
}


def _tap_change(progress: Progress, tap: Tap) -> None:
    names = _CHANGED.get(tap.value, (tap.value,))
    session = progress.session.without_question().with_fields(**dict.fromkeys((*names, "starts_at", "adding")))
    flow = "reschedule" if session.flow == "reschedule" and tap.value != "service" else "book"
    progress.session = replace(session.with_fields(pick_staff=tap.value == "staff" or None), flow=flow)
    progress.pursue("leave_out" if tap.value == "less" and flow == "book" else flow)


def _tap_wait(progress: Progress, tap: Tap) -> None:
    """The button's own service, person, day and times come along: it may be of a session that is over."""
    session = progress.session
    kept = session.without_question() if session.flow in WISHES else session.fresh()
    progress.session = replace(kept, flow="waitlist")
    for field, value in waited_for(tap).items():
        progress.put(field, value)
    progress.session = progress.session.with_fields(service_ids=ids_of(tap.value), staff_id=_nth(tap, 1))
    progress.go_on()


def _tap_merchant(progress: Progress, tap: Tap) -> None:
    skill = "decide_series" if tap.values[2:] == ("all",) else "decide"
    progress.pursue(skill, booking_id=id_of(tap.value), sequence=_nth(tap, 1), accepted=tap.verb == "approve")


def _tap_times(progress: Progress, tap: Tap) -> None:
    """How many dates a booking that recurs has; one is none that recurs."""
    times = id_of(tap.value)
    recurrence = progress.session.fields.get("recurrence")
    if times is None or not recurrence:
        unknown_tap(progress, tap)
    else:
        rhythm = {"every_weeks": recurrence.get("every_weeks", 1)}
        progress.put("recurrence", rhythm | {"count": times} if times > 1 else None)


def _tap_series(progress: Progress, tap: Tap) -> None:
    session = progress.session.fresh("cancel").with_fields(series=True)
    progress.session = replace(session, booking_id=id_of(tap.value))
    progress.pursue("cancel")


def _tap_block(progress: Progress, tap: Tap) -> None:
    progress.pursue("block_tapped", values=tap.values, opens=tap.verb == "unblock")


def _tap_outcome(progress: Progress, tap: Tap) -> None:
    progress.pursue("outcome", booking_id=id_of(tap.value), outcome=tap.values[1] if len(tap.values) > 1 else "")


def unknown_tap(progress: Progress, _: Tap) -> None:
    progress.aside("stale")
    progress.go_on()


TAPS: dict[str, Move] = {
    "flow": _tap_flow,
    "service": _tap_value,
    "variant": _tap_extra,
    "add_on": _tap_extra,
    "enough": lambda progress, tap: progress.enough(),
    "add": _tap_add,
    "also": lambda progress, tap: progress.also(tap.value),
    "drop": lambda progress, tap: progress.drop(tap.value),
    "staff": _tap_value,
    "location": _tap_value,
    "date": _tap_date,
    "time": _tap_time,
    "slot": _tap_slot,
    "more": _tap_more,
    "cancel": _tap_cancel,
    "move": _tap_move,
    "times": _tap_times,
    "series": _tap_series,
    "call_off": _tap_call_off,
    "change": _tap_change,
    "approve": _tap_merchant,
    "decline": _tap_merchant,
    "block": _tap_block,
    "unblock": _tap_block,
    "late": lambda progress, tap: progress.pursue("answer_late", values=tap.values),
    "refund": lambda progress, tap: progress.pursue("decide_refund", values=tap.values),
    "got": lambda progress, tap: progress.pursue("came_by_hand", values=tap.values),
    "gave": lambda progress, tap: progress.pursue("given_back", refund_id=id_of(tap.value)),
    "paid": lambda progress, tap: progress.aside("have_paid", payment_id=id_of(tap.value)),
    "outcome": _tap_outcome,
    "wait": _tap_wait,
    "unwait": lambda progress, tap: progress.pursue("leave_list", entry_id=id_of(tap.value)),
    "take": lambda progress, tap: progress.pursue("take_offer", booking_id=id_of(tap.value)),
    "pass": lambda progress, tap: progress.pursue("pass_offer", booking_id=id_of(tap.value)),
    "waiting": goal("waiting"),
    "calendars": goal("calendars"),
    "missed": lambda progress, tap: progress.pursue("missed", date=tap.value),
    "lang": lambda progress, tap: progress.pursue("switch_language", language=tap.value),
    "menu": goal("menu", resets=True),
    "help": goal("help"),
    "person": goal("handoff"),
    "day": lambda progress, tap: progress.pursue("day", date=tap.value),
}
