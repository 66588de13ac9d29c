"""What a turn begins with: the claimed lane, what waits in it, who writes, and the catalogue. Transaction 1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from dialog.conversation import Claim, WaitingEvent, claim, mark_events, release
from dialog.messages import InboundMessage
from dialog.session import Session, session_from_json
from prompts.instructions import Instructions, published_instructions
from tenants.resolve import Who, who_is
from tenants.tenant import Tenant

_CAP_S = 4.0

Parse = Callable[[str, str, dict[str, Any], int], InboundMessage | None]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that was read in the first transaction."""

    claim: Claim
    messages: tuple[InboundMessage, ...]
    who: Who
    catalogue: Catalogue
    instructions: Instructions
    session: Session
    now: datetime
    started_s: float

    @property
    def tenant(self) -> Tenant:
        return self.catalogue.tenant

    @property
    def key(self) -> str:
        return f"turn:{self.claim.conversation.id}:{min(event.id for event in self.claim.events)}"

    @property
    def language(self) -> str:
        return self.claim.conversation.language or self.tenant.languages[0]

    @property
    def staleness(self) -> timedelta:
        """How long ago the newest message was written: by the vendor's time against real time or the business clock,
        whichever is nearer, since BOOKA_NOW may have moved the latter."""
        real = [event.age_s + event.late_s for event in self.claim.events if event.late_s is not None]
        shifted = [(self.now - m.occurred_at).total_seconds() for m in self.messages if m.occurred_at]
        return timedelta(seconds=max(0.0, min((*real, *shifted), default=0.0)))

    @property
    def last_vendor_id(self) -> str | None:
        """The newest message, which a typing sign or a quotation refers to."""
        return next((m.vendor_id for m in reversed(self.messages) if m.vendor_id), None)


async def open_scene(runtime: Runtime, tenant_id: int, conversation_id: int, parse: Parse) -> Scene | bool:
    """Transaction 1. False when there is no turn to take (now); True when it is worth looking again.

    Frees the lane again when a burst of words may still be going on.
    """
    started_s = runtime.clock.monotonic()
    async with unit_of_work(runtime, tenant_id) as uow:
        claimed = await claim(uow, conversation_id)
        if claimed is None:
            return False
        wait_s = _quiet_for(claimed.events, runtime.settings.quiet_window_ms / 1000)
        if wait_s > 0:
            await release(uow, conversation_id)
            uow.wake("turn", conversation_id, delay_s=wait_s)
            return False
        messages = _readable(claimed, parse)
        if not messages:
            await mark_events(uow, [event.id for event in claimed.events], "ignored")
            await release(uow, conversation_id)
            return True
        catalogue = await load_catalogue(uow)
        instructions = await published_instructions(uow, catalogue.tenant)
        who = await _writer(uow, claimed, messages)
    now = runtime.clock.now()
    session = session_from_json(claimed.conversation.session, now)
    return Scene(claimed, messages, who, catalogue, instructions, session, now, started_s)


def _quiet_for(events: Sequence[WaitingEvent], window_s: float) -> float:
    """Seconds to wait until the words seem complete: none for buttons, never more than the cap in all."""
    if any(event.urgent for event in events):
        return 0.0
    youngest, oldest = min(event.age_s for event in events), max(event.age_s for event in events)
    return min(window_s - youngest, _CAP_S - oldest)


def _readable(claimed: Claim, parse: Parse) -> tuple[InboundMessage, ...]:
    """An edit replaces the words it corrects while both wait."""
    channel = claimed.conversation.channel
    parsed = [parse(channel, event.kind, event.payload, event.id) for event in claimed.events]
    found = [message for message in parsed if message is not None]
    corrected = {message.vendor_id for message in found if message.is_edit}
    return tuple(m for m in found if m.is_edit or m.vendor_id is None or m.vendor_id not in corrected)


async def _writer(uow: UnitOfWork, claimed: Claim, messages: Sequence[InboundMessage]) -> Who:
    conversation = claimed.conversation
    return await who_is(
        uow,
        conversation.account_id,
        conversation.channel,
        conversation.external_id,
        display_name=next((m.display_name for m in messages if m.display_name), None),
        phone=next((m.phone for m in messages if m.phone), None),
    )
