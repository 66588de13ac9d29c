"""From stored events to a turn of their conversation."""

from typing import Any

from bot.registry import CHANNELS
from dialog.messages import InboundMessage


def parse_event(channel: str, kind: str, payload: dict[str, Any], event_id: int) -> InboundMessage | None:
    """What the person said or tapped; None when there is nothing to answer. Total: it never raises."""
    known = CHANNELS.get(channel)
    return known.parse(kind, payload, event_id) if known else None
