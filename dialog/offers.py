"""What is laid on the table: at most ten choices at once, pages beyond, each with a handle and a button."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dialog.messages import Choice, Reply
from dialog.session import OfferItem
from dialog.taps import tap_id
from dialog.turn import Turn

PAGE = 9
_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Option:
    """`value` is what the field becomes; `tap` the id of the button; `description` stands under the label."""

    field: str
    value: Any
    label: str
    tap: str
    description: str | None = None


def ask(turn: Turn, field: str, text: str, options: Sequence[Option], *, list_label: str = "list.choose") -> Reply:
    """Asks for `field` and remembers what lies on the table.

    Ten options at once if that is all; else nine and "more", which after the last page begins anew.
    """
    page = turn.session.page if 0 <= turn.session.page * PAGE < len(options) else 0
    is_paged = len(options) > _AT_ONCE
    shown = options[page * PAGE : (page + 1) * PAGE] if is_paged else options
    offer = tuple(OfferItem(f"o{n}", o.field, o.value, o.label, o.tap) for n, o in enumerate(shown, 1))
    turn.session = replace(turn.session, asked=(field,), question=None, draft=None, offer=offer, page=page)
    choices = tuple(Choice(o.tap, o.label, o.description) for o in shown)
    if is_paged:
        following = page + 1 if (page + 1) * PAGE < len(options) else 0
        choices += (Choice(tap_id("more", following), turn.say("button.more")),)
    return Reply(text, choices, turn.say(list_label))


def beside(turn: Turn, reply: Reply, choice: Choice) -> Reply:
    """One more choice under what is on the table; where that is full it takes room, and "more" begins anew."""
    if len(reply.choices) < _AT_ONCE:
        return replace(reply, choices=(*reply.choices, choice))
    kept = _AT_ONCE - 2
    turn.session = replace(turn.session, offer=turn.session.offer[:kept], page=-1)
    more = Choice(tap_id("more", 0), turn.say("button.more"))
    return replace(reply, choices=(*reply.choices[:kept], more, choice))
