"""What a model is made to answer: one flat object a command, in a schema whose bytes never change."""

from __future__ import annotations

import re
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from llm.failures import Kind, LlmError

MOST = 6

FLOWS = ("book", "reschedule", "cancel")
FIELDS = ("service", "staff", "location", "when", "party_size")
TOPICS = (
    *("price", "address", "hours", "phone", "duration", "rating", "services", "policy", "parking", "payment", "other"),
)
KINDS = (
    *("start_flow", "set_field", "exclude", "which_booking", "choose", "ask_info", "skip", "affirm", "deny"),
    *("cancel_flow", "more_options", "list_bookings", "repeat", "greet", "thanks", "goodbye", "handoff"),
    *("chitchat", "clarify", "cannot_handle"),
)

_NULLABLE = {"type": ["string", "null"]}
# Only what every server that keeps to a schema takes: objects, arrays, enums, null. Limits are checked here.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "commands": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "name": {"type": ["string", "null"], "enum": [*FLOWS, *FIELDS, *TOPICS, None]},
                    "value": _NULLABLE,
                    "words": _NULLABLE,
                    "handle": _NULLABLE,
                },
                "required": ["kind", "name", "value", "words", "handle"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["commands"],
    "additionalProperties": False,
}

_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


class WireCommand(BaseModel):
    """As a model said it: nothing of it is believed yet."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, coerce_numbers_to_str=True)

    kind: str
    name: str | None = None
    value: str | None = None
    words: str | None = None
    handle: str | None = None


def read_answer(text: str) -> tuple[WireCommand, ...]:
    """The commands that have the shape of one; raises LlmError where there is no list of them."""
    entries = _entries(text)
    read = [command for entry in entries[:MOST] if (command := _command(entry)) is not None]
    if entries and not read:
        raise LlmError(Kind.SCHEMA_ERROR, "no command of the schema")
    return tuple(read)


def _entries(text: str) -> list[Any]:
    """From the first brace to the last: some wrap their JSON in prose or in fences."""
    found = _OBJECT.search(text)
    if found is None:
        raise LlmError(Kind.PARSE_ERROR, "no JSON object")
    try:
        answer = orjson.loads(found.group())
    except orjson.JSONDecodeError as error:
        raise LlmError(Kind.PARSE_ERROR, "not valid JSON") from error
    entries = answer.get("commands") if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        raise LlmError(Kind.SCHEMA_ERROR, "no list of commands")
    return entries


def _command(entry: Any) -> WireCommand | None:
    try:
        command = WireCommand.model_validate(entry)
    except ValidationError:
        return None
    return command if command.kind in KINDS else None
