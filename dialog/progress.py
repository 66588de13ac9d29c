"""What the inputs of one turn amount to, while they are read: the new session and the goals to pursue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dialog.session import Session
from dialog.taps import tap_key

WHEN = ("date", "time", "date_range", "time_range", "asap")
MOVES = (*WHEN, "starts_at", "staff")
"""What can be another one when a booking is moved."""
WISHES = ("book", "waitlist")
"""Flows in which a wish for a time is put together."""
ANY_DAY = {"start": None, "end": None}
"""A range of days without bounds; unlike `asap` it leaves room for a time of day."""
EXTRAS = ("variants", "add_ons")
"""What was chosen with the services."""
_REPLACES = {
    "service": ("also",),
    "date": ("date_range", "asap", "missed"),
    "date_range": ("date", "asap", "missed"),
    "time": ("time_range", "asap"),
    "time_range": ("time", "asap"),
    "asap": ("date", "time", "date_range", "time_range", "missed"),
    "starts_at": WHEN,
}
# What was ruled out before and is wished for now is ruled out no more.
_ALLOWS = {
    "date": ("date", "date_range"),
    "time": ("time", "time_range"),
    "starts_at": ("date", "date_range", "time", "time_range"),
    "staff": ("staff",),
    "service": ("service",),
    "also": ("service",),
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


class Progress:
    """Starts from the stored session; each input moves it on. `offered` is what lay on the table before."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.offered = session.offer
        self.asides: list[Goal] = []
        self.main: Goal | None = None

    def pursue(self, skill: str, **values: Any) -> None:
        self.main = Goal(skill, values)

    def go_on(self) -> None:
        """With what is under way, or to the menu."""
        self.pursue(self.session.flow or "menu")

    def aside(self, skill: str, **values: Any) -> None:
        self.asides.append(Goal(skill, values))

    def enter(self, flow: str, pointer: dict[str, str]) -> None:
        """A booking under way is gone on with; looking for a booking to cancel begins anew."""
        if self.session.flow != flow or flow != "book":
            self.session = replace(self.session.fresh(flow), pointer=pointer)
        self.pursue(flow)

    def put(self, field: str, value: Any, **more: Any) -> None:
        """A new value ends the summary that was shown and whatever depended on the old one."""
        if self.session.flow not in WISHES and not (self.session.flow == "reschedule" and field in MOVES):
            self.session = self.session.fresh("book")
        if field == "service" and value != self.session.fields.get("service"):
            more = dict.fromkeys(EXTRAS) | more
        fields = {**dict.fromkeys((*_REPLACES.get(field, ()), "starts_at", "adding")), field: value, **more}
        excluded = {k: v for k, v in self.session.excluded.items() if k not in _ALLOWS.get(field, ())}
        self.session = replace(self.session.without_question().with_fields(**fields), excluded=excluded)
        self.go_on()

    def also(self, service: str) -> None:
        """One more service in the same visit; the first where there is none yet."""
        session = self.session
        known = session.services if session.flow in WISHES else []
        if not known:
            self.put("service", service)
        elif tap_key(service) in map(tap_key, known):
            self.session = session.without_question().with_fields(adding=None)
            self.go_on()
        else:
            self.put("also", [*known[1:], service])

    def drop(self, service: str) -> None:
        """Leaves one of several services out; the last one stays."""
        session = self.session
        left = [key for key in session.services if tap_key(key) != tap_key(service)]
        if left and session.flow in WISHES:
            self.session = session.without_question().with_services(left).with_fields(starts_at=None)
        self.go_on()

    def take(
        self,
        *,
        variants: Mapping[str, str] | None = None,
        add_ons: Mapping[str, Sequence[str]] | None = None,
        without: Mapping[str, Sequence[str]] | None = None,
        **more: Any,
    ) -> None:
        """Variants and add-ons by the service's id. After an add-on the question for others stays open."""
        if self.session.flow not in WISHES:
            self.session = self.session.fresh("book")
        fields = self.session.fields
        picked = {service: list(keys) for service, keys in fields.get("add_ons", {}).items()}
        for service, keys in (add_ons or {}).items():
            picked[service] = list(dict.fromkeys([*picked.get(service, ()), *keys]))
        for service, keys in (without or {}).items():
            picked[service] = [key for key in picked.get(service, ()) if key not in keys]
        stays_open = bool(add_ons) and self.session.asked == ("add_on",)
        session = self.session if stays_open else self.session.without_question()
        chosen = {**fields.get("variants", {}), **(variants or {})}
        self.session = session.with_fields(variants=chosen or None, add_ons=picked or None, adding=None, **more)
        self.go_on()

    def enough(self) -> None:
        """No add-on and no service besides."""
        self.session = self.session.without_question().with_fields(adding=None)
        self.go_on()

    def leave(self, skill: str) -> None:
        self.session = self.session.fresh()
        self.pursue(skill)
