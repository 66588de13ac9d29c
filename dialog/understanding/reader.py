"""The one way in: a message and what is known give an Interpretation; rules first, then perhaps a model, else rules."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.commands import Interpretation
from dialog.understanding import rules
from dialog.understanding.llm import Model
from dialog.understanding.state import CatalogueView, ReadingState


async def read(
    text: str,
    *,
    language: str,
    now: datetime,
    tz: ZoneInfo,
    catalogue: CatalogueView,
    state: ReadingState,
    model: Model | None = None,
) -> Interpretation:
    """`language` is the conversation's; `now` is aware. What comes back with low confidence may be asked back.

    With a `model` no transaction may be open: what the rules are unsure of is asked of it over the network.
    """
    read = rules.understand(text, language=language, now=now, tz=tz, catalogue=catalogue, state=state)
    if model is None or read.confidence == "high":
        return read
    return await model.read(text, read, language=language, now=now, tz=tz, catalogue=catalogue, state=state)
