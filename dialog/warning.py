"""A word to those who typed the number of a card or a PIN; it was masked before it came here (core/masking.py)."""

from collections.abc import Sequence
from dataclasses import replace

from core.masking import HIDDEN
from dialog.messages import InboundMessage, Reply
from dialog.turn import Turn


def warned(turn: Turn, reply: Reply | None, messages: Sequence[InboundMessage]) -> Reply | None:
    """Before anything else that is answered; nobody is asked to say it in another way."""
    if reply is None or not any(HIDDEN in message.text for message in messages):
        return reply
    rest = reply.text.removeprefix(turn.say("cannot_handle.rephrase")).strip()
    return replace(reply, text="\n\n".join(filter(None, (turn.say("secret_typed"), rest))))
