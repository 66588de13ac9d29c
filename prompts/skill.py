"""A skill: what the readers of messages may understand, and how this business means it, as typed fields."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from prompts.front_matter import parse

# What a model may be let say at all; what acts for good, or needs to be heard as it is, is not among it.
COMMANDS = (
    *("start_flow", "set_field", "exclude", "which_booking", "choose", "ask_info", "skip", "affirm", "deny"),
    *("cancel_flow", "more_options", "list_bookings", "repeat", "greet", "thanks", "goodbye", "handoff"),
    *("chitchat", "clarify", "cannot_handle"),
)

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Word = Annotated[str, StringConstraints(min_length=2, max_length=60, strip_whitespace=True)]
Flow = Literal["book", "reschedule", "cancel"]
Language = Annotated[str, StringConstraints(pattern="^[a-z]{2}$")]
Words = Mapping[str, tuple[Word, ...]]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExampleCommand(_Strict):
    """As a model is to say it; `words` are the customer's."""

    kind: str
    name: str | None = None
    value: str | None = None
    words: str | None = None


class Example(_Strict):
    says: Line
    commands: Annotated[tuple[ExampleCommand, ...], Field(min_length=1, max_length=6)]


class Synonyms(_Strict):
    """More words for what the catalogue knows by a key."""

    service: Words = {}
    staff: Words = {}
    location: Words = {}


class Disclaimer(_Strict):
    """What a customer has to have read before saying yes in a flow; `services` are keys of the catalogue, without them
    all are meant."""

    flow: Flow = "book"
    services: tuple[str, ...] = ()
    text: Annotated[Mapping[Language, Line], Field(min_length=1)]


class Skill(_Strict):
    """`words` is the guidance that a model reads. A skill with `llm` off keeps its words and its flows from a model.
    `disclaimers` are no model's business: the program says them."""

    key: str
    title: Line
    verticals: tuple[Literal["beauty", "hospitality", "medicine"], ...] = ()
    enabled: bool = True
    llm: Literal["on", "off"] = "on"
    flows: tuple[Flow, ...] = ()
    commands: tuple[str, ...] = ()
    do_not: Annotated[tuple[Line, ...], Field(max_length=8)] = ()
    knowledge: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    synonyms: Synonyms = Synonyms()
    examples: Annotated[tuple[Example, ...], Field(max_length=8)] = ()
    disclaimers: Annotated[tuple[Disclaimer, ...], Field(max_length=3)] = ()
    words: Annotated[str, StringConstraints(max_length=600)] = ""

    def serves(self, vertical: str) -> bool:
        return self.enabled and (not self.verticals or vertical in self.verticals)


def read_skill(key: str, source: str) -> Skill:
    """Raises InputError with every fault of the text."""
    return parse(source, Skill, key=key)


@cache
def builtin_skills() -> Mapping[str, str]:
    """The texts of the skills that come with the product, by key."""
    folder = files("prompts") / "skills"
    found = {entry.name.removesuffix(".md"): entry for entry in folder.iterdir() if entry.name.endswith(".md")}
    return {key: found[key].read_text(encoding="utf-8") for key in sorted(found)}
