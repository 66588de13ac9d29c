"""What the rules are unsure of is asked of a model, once a turn at most, and comes back as the same typed commands.

Where the two differ about a day or a time neither is believed: the customer is asked which of them is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from core.runtime import Runtime
from dialog import commands as c
from dialog.understanding import llm_commands
from dialog.understanding.llm_commands import DISPUTABLE, Heard
from dialog.understanding.llm_prompt import prompt_of
from dialog.understanding.llm_wire import FLOWS, WireCommand, read_answer
from dialog.understanding.state import CatalogueView, ReadingState
from llm import endpoints, gateway
from llm.call import Request
from llm.failures import Kind, LlmError
from llm.redaction import redact
from prompts.instructions import Instructions, builtin_instructions
from tenants.tenant import Tenant

_LONGEST = 1000
_LETTERS_AT_LEAST = 3
# Words that have to be heard as they are: nobody is to talk the rules out of a stop.
_SETTLED = frozenset(
    {"opt_out", "opt_in", "privacy", "handoff", "running_late", "join_waitlist", "switch_language", "restart"}
)
# What the rules ask for and read themselves, whatever is said around it.
_ASKABLE = frozenset({"service", "staff", "location", "date", "time", "date_range", "time_range", "booking"})
_LOST = (c.CannotHandle(), c.Clarify())
_TALK = (*_LOST, c.Chitchat(), c.Greet(), c.Thanks(), c.Goodbye(), c.Repeat())
_TOGETHER = {"date": "date", "date_range": "date", "time": "time", "time_range": "time"}
# A day that only tells which booking is meant is none to choose.
_CHOOSING = ("book", "waitlist", "reschedule")


class Model:
    """One turn's way to a model: asked once at most, whatever becomes of the answer."""

    def __init__(
        self,
        runtime: Runtime,
        tenant: Tenant,
        *,
        conversation_id: int | None,
        turn_key: str,
        instructions: Instructions | None = None,
        meanwhile: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
        purpose: Literal["interpret", "playground", "eval"] = "interpret",
    ) -> None:
        """`instructions` None: those that come with the product. The model is waited for inside of `meanwhile`.
        `failure` tells afterwards why nobody answered."""
        self._runtime, self._tenant = runtime, tenant
        self._conversation_id, self._turn_key = conversation_id, turn_key
        self._instructions = instructions or builtin_instructions(tenant)
        self._purpose: Literal["interpret", "playground", "eval"] = purpose
        self._meanwhile = meanwhile
        self._is_asked = False
        self.failure: str | None = None

    async def read(
        self,
        text: str,
        by_rules: c.Interpretation,
        *,
        language: str,
        now: datetime,
        tz: ZoneInfo,
        catalogue: CatalogueView,
        state: ReadingState,
    ) -> c.Interpretation:
        """`by_rules` where a model cannot help, cannot be asked or says nothing that holds. No transaction is open."""
        if self._is_asked or not self._may_hear(state) or not is_worth_asking(text, by_rules, state):
            return by_rules
        self._is_asked = True
        message = redact(text[:_LONGEST], self._tenant.country)
        heard = Heard(message, language, now, tz, catalogue, state)
        said = await self._ask(heard)
        if said is None:
            return by_rules
        allowed = [wire for wire in said if self._may_say(wire)]
        return merged(by_rules, llm_commands.to_commands(allowed, heard), state)

    def _may_hear(self, state: ReadingState) -> bool:
        """Not while something goes on that a skill keeps from a model."""
        return bool(self._instructions.commands) and (state.flow not in FLOWS or state.flow in self._instructions.flows)

    def _may_say(self, wire: WireCommand) -> bool:
        is_closed = wire.kind == "start_flow" and wire.name not in self._instructions.flows
        return wire.kind in self._instructions.commands and not is_closed

    async def _ask(self, heard: Heard) -> tuple[WireCommand, ...] | None:
        asked = prompt_of(self._tenant.name, heard, self._instructions)
        places = await endpoints.endpoints_of(self._runtime, self._tenant)
        if asked is None or not places:
            self.failure = "too_long" if asked is None else "no_endpoint"
            return None
        request = Request(
            tenant_id=self._tenant.id,
            timezone=self._tenant.timezone,
            endpoints=places,
            prompt=asked.prompt,
            prompt_version=asked.version,
            read=read_answer,
            conversation_id=self._conversation_id,
            turn_key=self._turn_key,
            purpose=self._purpose,
        )
        try:
            async with self._meanwhile():
                return (await gateway.complete(self._runtime, request)).value
        except LlmError as error:
            self.failure = f"{error.kind} {error.code}" if error.kind is Kind.QUOTA else error.kind
            return None


def is_worth_asking(text: str, by_rules: c.Interpretation, state: ReadingState) -> bool:
    if by_rules.confidence == "high" or sum(char.isalpha() for char in text) < _LETTERS_AT_LEAST:
        return False
    if not set(state.asked) <= _ASKABLE:
        return False
    return not any(command.kind in _SETTLED for command in by_rules.commands)


def merged(by_rules: c.Interpretation, by_model: llm_commands.Reading, state: ReadingState) -> c.Interpretation:
    """The model's reading, with a yes only where the rules heard one, and a question where the two disagree."""
    ours, theirs = by_rules.commands, by_model.commands
    if not _says_more(theirs, than=ours):
        return by_rules
    commands = _with_our_yes(ours, theirs)
    commands += _left_out(ours, commands)
    disputed = [*by_model.doubts, *_differences(ours, commands, state)]
    if disputed and _flow_after(commands, state) in _CHOOSING:
        commands = _asking(commands, disputed[0])
    return by_rules.model_copy(update={"commands": tuple(commands), "source": "llm", "confidence": "high"})


def _says_more(theirs: Sequence[c.Command], *, than: Sequence[c.Command]) -> bool:
    """Small talk is no reason to pass over what our own reader understood."""
    if all(command in _LOST for command in theirs):
        return False
    is_talk = all(command in _TALK for command in theirs)
    return not is_talk or all(command in _TALK for command in than)


def _with_our_yes(ours: Sequence[c.Command], theirs: Sequence[c.Command]) -> list[c.Command]:
    """The model's yes came as a wish to see the question again; it is one where the rules heard it too."""
    heard_yes = [command for command in ours if command.kind == "affirm"]
    if not heard_yes or not any(command.kind == "repeat" for command in theirs):
        return list(theirs)
    return [*heard_yes, *(command for command in theirs if command.kind != "repeat")]


def _left_out(ours: Sequence[c.Command], theirs: Sequence[c.Command]) -> list[c.Command]:
    """Values of ours that a wish of the model's says nothing about."""
    if not any(isinstance(command, c.SetField | c.CorrectField | c.StartFlow) for command in theirs):
        return []
    about = {_TOGETHER.get(f, f) for command in theirs if (f := _field(command))}
    said = [command for command in ours if isinstance(command, c.SetField | c.CorrectField | c.Exclude)]
    return [command for command in said if _TOGETHER.get(command.field, command.field) not in about]


def _field(command: c.Command) -> str | None:
    return command.field if isinstance(command, c.SetField | c.CorrectField | c.Exclude) else None


def _differences(ours: Sequence[c.Command], theirs: Sequence[c.Command], state: ReadingState) -> list[c.Alternative]:
    """Our days and times where the model says others."""
    return [
        c.Alternative(field=field, value=mine)
        for field in DISPUTABLE
        if (mine := _value(ours, field, state)) and (yours := _value(theirs, field, state)) and mine != yours
    ]


def _value(commands: Sequence[c.Command], field: str, state: ReadingState) -> str | None:
    """What is set, or chosen from the table."""
    for command in commands:
        if isinstance(command, c.SetField | c.CorrectField) and command.field == field and command.value:
            return str(command.value)
        if isinstance(command, c.Choose):
            chosen = next((o for o in state.offer if o.handle == command.handle and o.field == field), None)
            if chosen is not None:
                return str(chosen.value)
    return None


def _flow_after(commands: Sequence[c.Command], state: ReadingState) -> str:
    begun = [command.flow for command in commands if isinstance(command, c.StartFlow)]
    return begun[-1] if begun else state.flow or "book"


def _asking(commands: Sequence[c.Command], ours: c.Alternative) -> list[c.Command]:
    """Instead of the value that is in dispute, the question which of the two is meant; the rest is as it was."""
    kept, theirs = [], ""
    for command in commands:
        if isinstance(command, c.SetField | c.CorrectField) and command.field == ours.field:
            theirs = str(command.value)
        elif not isinstance(command, c.Choose):
            kept.append(command)
    values = sorted({ours.value, theirs} - {""})
    between = tuple(c.Alternative(field=ours.field, value=value) for value in values)
    return [*kept, c.Clarify(between=between) if len(between) > 1 else c.Clarify()]
