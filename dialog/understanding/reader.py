"""The one way in: a message and what is known give an Interpretation; rules read every message first."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.commands import Interpretation
from dialog.understanding import rules
from dialog.understanding.state import CatalogueView, ReadingState


async def read(
    text: str,
    *,
    language: str,
    now: datetime,
    tz: ZoneInfo,
    catalogue: CatalogueView,
    state: ReadingState,
) -> Interpretation:
    """`language` is the conversation's; `now` is aware. What comes back with low confidence may be asked back."""
    return rules.understand(text, language=language, now=now, tz=tz, catalogue=catalogue, state=state)
