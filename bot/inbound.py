"""From stored events to a turn of their conversation."""

from typing import Any

from sqlalchemy import bindparam, select

from bot.channel import DeliveryFault, Line
from bot.delivery import accounts_of
from bot.registry import CHANNELS
from core.errors import PermanentError
from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import unit_of_work
from dialog.conversation import conversations
from dialog.manager import take_turn
from dialog.messages import InboundMessage

log = get_logger("inbound")

_ACKNOWLEDGE_WITHIN_S = 3.0
_ACCOUNT = select(conversations.c.account_id).where(conversations.c.id == bindparam("id"))


async def handle(runtime: Runtime, tenant_id: int, conversation_id: int) -> None:
    """Answers all that waits in this conversation, then stops the spinners of the buttons that were pressed."""
    taps: list[tuple[str, str]] = []

    def parse(channel: str, kind: str, payload: dict[str, Any], event_id: int) -> InboundMessage | None:
        known = CHANNELS.get(channel)
        if known and (tap_id := known.tap_to_acknowledge(kind, payload)):
            taps.append((channel, tap_id))
        return parse_event(channel, kind, payload, event_id)

    await take_turn(runtime, tenant_id, conversation_id, parse=parse)
    if taps:
        await _acknowledge(runtime, tenant_id, conversation_id, taps)


def parse_event(channel: str, kind: str, payload: dict[str, Any], event_id: int) -> InboundMessage | None:
    """What the person said or tapped; None when there is nothing to answer. Total: it never raises."""
    known = CHANNELS.get(channel)
    return known.parse(kind, payload, event_id) if known else None


async def _acknowledge(runtime: Runtime, tenant_id: int, conversation_id: int, taps: list[tuple[str, str]]) -> None:
    """Best effort: a tap that is too old, or a vendor that is away, changes nothing."""
    async with unit_of_work(runtime, tenant_id) as uow:
        account_id = await uow.scalar(_ACCOUNT, {"id": conversation_id})
    try:
        account = await accounts_of(runtime).get(tenant_id, account_id)
        for channel, tap_id in taps:
            await CHANNELS[channel].acknowledge_tap(Line(runtime, account, _ACKNOWLEDGE_WITHIN_S), tap_id)
    except (DeliveryFault, PermanentError) as error:
        log.info("inbound.tap_not_acknowledged", tenant_id=tenant_id, error=str(error))
