"""What a model is shown of a turn: the business's names, what was asked and offered, the message; no ids, no phones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from dialog.commands import Range, Value
from dialog.understanding.llm_commands import Heard
from dialog.understanding.llm_wire import KINDS, MOST, SCHEMA
from dialog.understanding.state import CatalogueView, Entry
from llm.call import Prompt
from llm.tokens import count_prompt
from prompts.instructions import Instructions
from prompts.library import render

BUDGET_TOKENS: Final = 2000
MAX_ANSWER_TOKENS: Final = 300
MAX_OFFERED: Final = 12
# How much is told, from all to little: names of the catalogue, things to know, examples.
_AT_MOST = ((60, 20, 8), (30, 10, 4), (12, 0, 2), (12, 0, 0))


@dataclass(frozen=True, slots=True)
class Asked:
    prompt: Prompt
    version: str


def prompt_of(business: str, heard: Heard, instructions: Instructions) -> Asked | None:
    """As much of the catalogue and of the business's own words as the budget allows; None where little is too much."""
    template = render("interpret", most=MOST)
    user = _dumps(_turn(heard))
    version = f"{template.version}+{instructions.digest}"
    for names, facts, examples in _AT_MOST:
        told = {**_business(business, heard.catalogue, names), **_own_words(instructions, facts, examples)}
        prompt = Prompt(
            system=f"{template.text}\n\nThe business, as data:\n{_dumps(told)}",
            user=user,
            schema=SCHEMA,
            max_tokens=MAX_ANSWER_TOKENS,
            cache_key=hashlib.sha256(f"{business}|{version}".encode()).hexdigest()[:16],
        )
        if count_prompt(prompt) <= BUDGET_TOKENS:
            return Asked(prompt, version)
    return None


def _business(name: str, catalogue: CatalogueView, most: int) -> dict[str, Any]:
    return {
        "name": name,
        "services": _names(catalogue.services, most),
        "staff": _names(catalogue.staff, most),
        "locations": _names(catalogue.locations, most),
    }


def _own_words(instructions: Instructions, facts: int, examples: int) -> dict[str, Any]:
    """What the business says of itself; what it says nothing of takes no room."""
    shown = [
        {"message": example.says, "commands": [command.model_dump(exclude_none=True) for command in example.commands]}
        for example in instructions.examples[:examples]
    ]
    said = {
        "about": instructions.about,
        "guidance": list(instructions.guidance),
        "never": list(instructions.do_not),
        "know": list(instructions.knowledge[:facts]),
        "examples": shown,
        "not_allowed": sorted(set(KINDS) - instructions.commands),
    }
    return {name: value for name, value in said.items() if value}


def _names(entries: Sequence[Entry], most: int) -> list[str]:
    return [entry.names[0] for entry in entries[:most]]


def _turn(heard: Heard) -> dict[str, Any]:
    state, local = heard.state, heard.now.astimezone(heard.tz)
    known = {
        "today": local.strftime("%A %d %B %Y, %H:%M"),
        "language": heard.language,
        "doing": state.flow,
        "asked": list(state.asked),
        "question": state.question,
        "filled": {field: _shown(field, value, heard.catalogue) for field, value in state.filled.items()},
        "offer": [{"handle": o.handle, "label": _label(o.label, o.field, o.value, heard)} for o in _on_table(heard)],
    }
    return {name: value for name, value in known.items() if value} | {"message": heard.message.text}


def _on_table(heard: Heard) -> Sequence[Any]:
    return heard.state.offer[:MAX_OFFERED]


def _label(label: str | None, field: str, value: Value, heard: Heard) -> str:
    """A booking has a number of ours as its value: of that only what the customer saw is told."""
    return label or ("a booking" if field == "booking" else _shown(field, value, heard.catalogue))


def _shown(field: str, value: Value, catalogue: CatalogueView) -> str:
    groups = {"service": catalogue.services, "staff": catalogue.staff, "location": catalogue.locations}
    if isinstance(value, Range):
        return f"{value.start or '…'} to {value.end or '…'}"
    return next((entry.names[0] for entry in groups.get(field, ()) if entry.key == value), str(value))


def _dumps(data: dict[str, Any]) -> str:
    return orjson.dumps(data).decode()
