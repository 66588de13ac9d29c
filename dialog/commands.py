"""The closed set of things a customer's message can mean: rules and LLM both answer in these and nothing else.

The keys of each command are fixed by `booka understand`; a value that is not said has no place here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_serializer

FieldName = Literal["service", "staff", "location", "date", "time", "date_range", "time_range", "party_size", "booking"]
FlowName = Literal["book", "reschedule", "cancel"]
Topic = Literal[
    "price",
    "address",
    "hours",
    "phone",
    "duration",
    "rating",
    "staff",
    "services",
    "policy",
    "parking",
    "payment",
    "other",
]


class Range(BaseModel):
    """Dates (ISO) or clock times (HH:MM); the last day or minute is included, an open side is None."""

    model_config = ConfigDict(frozen=True)
    start: str | None
    end: str | None


Value = str | int | Range


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Valued(_Command):
    field: FieldName
    value: Value | None


class _Sparse(_Command):
    """Keys that were not said are left out of the answer instead of being null."""

    @model_serializer(mode="plain")
    def _said_only(self) -> dict[str, object]:
        said = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in said.items() if value is not None}


class StartFlow(_Sparse):
    """`booking` holds the words that point at a booking that exists; they are no new values."""

    kind: Literal["start_flow"] = "start_flow"
    flow: FlowName
    booking: dict[str, str] | None = None


class SetField(_Valued):
    kind: Literal["set_field"] = "set_field"


class CorrectField(_Valued):
    """A field that stood already; a value of None says that it is to change, to what is not said yet."""

    kind: Literal["correct_field"] = "correct_field"


class Exclude(_Valued):
    kind: Literal["exclude"] = "exclude"


class Choose(_Command):
    kind: Literal["choose"] = "choose"
    handle: str


class PickBooking(_Command):
    kind: Literal["pick_booking"] = "pick_booking"
    handle: str


class AskInfo(_Sparse):
    """`about` tells what the question concerns and never changes the booking under way."""

    kind: Literal["ask_info"] = "ask_info"
    topic: Topic
    about: dict[str, str] | None = None


class Skip(_Sparse):
    kind: Literal["skip"] = "skip"
    field: FieldName | None = None


class Privacy(_Command):
    kind: Literal["privacy"] = "privacy"
    request: Literal["export", "delete"]


class SwitchLanguage(_Command):
    kind: Literal["switch_language"] = "switch_language"
    language: str


class RunningLate(_Sparse):
    kind: Literal["running_late"] = "running_late"
    minutes: int | None = None


class Affirm(_Command):
    kind: Literal["affirm"] = "affirm"


class Deny(_Command):
    kind: Literal["deny"] = "deny"


class CancelFlow(_Command):
    """Leaves what is going on; it never touches a booking that stands."""

    kind: Literal["cancel_flow"] = "cancel_flow"


class Alternative(BaseModel):
    """One of two readings: a date (ISO) or a time (HH:MM)."""

    model_config = ConfigDict(frozen=True)
    field: Literal["date", "time"]
    value: str


class Clarify(_Sparse):
    """Not clear: `between` are readings to choose from, `person` whether it is a person who is wanted."""

    kind: Literal["clarify"] = "clarify"
    between: tuple[Alternative, ...] | None = None
    person: Literal[True] | None = None


class ListBookings(_Command):
    kind: Literal["list_bookings"] = "list_bookings"


class MoreOptions(_Command):
    kind: Literal["more_options"] = "more_options"


class JoinWaitlist(_Command):
    kind: Literal["join_waitlist"] = "join_waitlist"


class Handoff(_Command):
    kind: Literal["handoff"] = "handoff"


class OptOut(_Command):
    kind: Literal["opt_out"] = "opt_out"


class OptIn(_Command):
    kind: Literal["opt_in"] = "opt_in"


class Repeat(_Command):
    kind: Literal["repeat"] = "repeat"


class Restart(_Command):
    kind: Literal["restart"] = "restart"


class Greet(_Command):
    kind: Literal["greet"] = "greet"


class Thanks(_Command):
    kind: Literal["thanks"] = "thanks"


class Goodbye(_Command):
    kind: Literal["goodbye"] = "goodbye"


class Chitchat(_Command):
    kind: Literal["chitchat"] = "chitchat"


class CannotHandle(_Command):
    kind: Literal["cannot_handle"] = "cannot_handle"


Command = Annotated[
    StartFlow
    | SetField
    | CorrectField
    | Exclude
    | Choose
    | PickBooking
    | AskInfo
    | Skip
    | Privacy
    | SwitchLanguage
    | RunningLate
    | Affirm
    | Deny
    | CancelFlow
    | Clarify
    | ListBookings
    | MoreOptions
    | JoinWaitlist
    | Handoff
    | OptOut
    | OptIn
    | Repeat
    | Restart
    | Greet
    | Thanks
    | Goodbye
    | Chitchat
    | CannotHandle,
    Field(discriminator="kind"),
]


class Interpretation(BaseModel):
    """What a message was read as; `language` is that of the message, None where it is too short to tell."""

    model_config = ConfigDict(frozen=True)
    commands: tuple[Command, ...]
    language: str | None
    source: Literal["rules", "llm", "button"]
    confidence: Literal["high", "low"]

    def to_dict(self) -> dict[str, object]:
        """The JSON keys of `booka understand`."""
        return self.model_dump(mode="json")
