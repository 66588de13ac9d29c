"""The one way in: a message and what is known give an Interpretation; rules first, then perhaps a model, else rules."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.commands import Interpretation
from dialog.understanding import examples, rules
from dialog.understanding.llm import Model, is_worth_asking
from dialog.understanding.llm_commands import Heard
from dialog.understanding.state import CatalogueView, ReadingState
from llm.redaction import Redacted
from prompts.instructions import Instructions

_NONE = Instructions()


async def read(
    text: str,
    *,
    language: str,
    now: datetime,
    tz: ZoneInfo,
    catalogue: CatalogueView,
    state: ReadingState,
    model: Model | None = None,
    instructions: Instructions = _NONE,
) -> Interpretation:
    """`language` is the conversation's; `now` is aware. What comes back with low confidence may be asked back.

    With a `model` no transaction may be open: what the rules are unsure of is asked of it over the network.
    """
    read = rules.understand(text, language=language, now=now, tz=tz, catalogue=catalogue, state=state)
    if not is_worth_asking(text, read, state):
        return read
    heard = Heard(Redacted(text, {}), language, now, tz, catalogue, state)
    if by_example := examples.meant(instructions.wordings, heard):
        return read.model_copy(update={"commands": by_example, "confidence": "high"})
    if model is None:
        return read
    return await model.read(text, read, language=language, now=now, tz=tz, catalogue=catalogue, state=state)
