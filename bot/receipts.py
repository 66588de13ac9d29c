"""Events without a conversation: what became of our messages, who shut the bot out, and news that only are kept."""

from dataclasses import dataclass
from typing import Any

import orjson

from bot.channel import Blocked, DeliveryFault, Fault, Receipt
from bot.outgoing import mark_blocked, mark_unblocked
from bot.registry import CHANNELS
from core.errors import TransientError
from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import CONNECTION_ERRORS, UnitOfWork, in_unit

log = get_logger("receipts")

_EVENT = """
SELECT account_id, channel, kind, payload FROM inbound_events
WHERE tenant_id = $1 AND id = $2 AND status = 'new' FOR UPDATE
"""
_DONE = "UPDATE inbound_events SET status = $3, handled_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2"

_COLUMNS = "id, conversation_id, account_id, recipient, kind, status, delivery, vendor_id, payload"
_BY_ID = f"""
SELECT {_COLUMNS} FROM outbox_messages WHERE tenant_id = $1 AND account_id = $2 AND id = $3 FOR UPDATE
"""
_BY_VENDOR_ID = f"""
SELECT {_COLUMNS} FROM outbox_messages WHERE tenant_id = $1 AND account_id = $2 AND vendor_id = $3 FOR UPDATE
"""
_RECORD = """
UPDATE outbox_messages SET delivery = $3, vendor_id = coalesce(vendor_id, $4), status = $5, error = $6,
    sent_at = CASE WHEN $5 = 'sent' THEN coalesce(sent_at, clock_timestamp()) ELSE sent_at END
WHERE tenant_id = $1 AND id = $2
"""
_PART_ARRIVED = """
UPDATE outbox_messages SET payload = payload || jsonb_build_object('parts_sent', $3::int),
    status = CASE status WHEN 'unknown' THEN 'pending' ELSE status END, next_attempt_at = clock_timestamp()
WHERE tenant_id = $1 AND id = $2
"""
# One attempt more fences off a sender that has not marked the refused copy yet.
_REOPEN = """
UPDATE outbox_messages SET status = 'pending', delivery = NULL, vendor_id = NULL, sent_at = NULL, error = $3,
    attempts = attempts + 1, claimed_until = NULL, payload = payload || $4::jsonb,
    next_attempt_at = clock_timestamp() + make_interval(secs => $5)
WHERE tenant_id = $1 AND id = $2
"""
_PASSING = (Fault.RETRY, Fault.SLOW_DOWN, Fault.LATER, Fault.PAUSED)
_MOST_REFUSALS = 3
_REFUSED_WAIT_S = 15.0
_LADDER = {None: 0, "sent": 1, "failed": 2, "delivered": 3, "read": 4}


@dataclass(frozen=True, slots=True)
class _OwnMessage:
    id: int
    conversation_id: int
    account_id: int
    recipient: str
    kind: str
    status: str
    delivery: str | None
    vendor_id: str | None
    payload: dict[str, Any]


async def apply_receipt(runtime: Runtime, tenant_id: int, event_id: int) -> None:
    """Once per event; a second call finds it handled. An unmatched status is kept and ignored."""
    try:
        await in_unit(runtime, tenant_id, lambda uow: _apply(uow, event_id))
    except CONNECTION_ERRORS as error:
        raise TransientError(f"the database is away: {type(error).__name__}") from error


async def _apply(uow: UnitOfWork, event_id: int) -> None:
    event = await uow.driver.fetchrow(_EVENT, uow.tenant_id, event_id)
    if event is None:
        return
    channel = CHANNELS.get(event["channel"])
    news = channel.read_receipt(event["kind"], event["payload"]) if channel else None
    is_applied = False
    if isinstance(news, Blocked):
        await _apply_block(uow, event["account_id"], news)
        is_applied = True
    elif isinstance(news, Receipt):
        is_applied = await _apply_status(uow, event["account_id"], news)
    await uow.driver.execute(_DONE, uow.tenant_id, event_id, "handled" if is_applied else "ignored")


async def _apply_block(uow: UnitOfWork, account_id: int, news: Blocked) -> None:
    if news.is_blocked:
        await mark_blocked(uow, account_id, news.external_id, None)
    else:
        await mark_unblocked(uow, account_id, news.external_id)


async def _apply_status(uow: UnitOfWork, account_id: int, receipt: Receipt) -> bool:
    """The ladder only goes up: sent < failed < delivered < read, in whatever order the statuses come."""
    row_id, part = _own_tag(receipt.tag)
    row = await _find(uow, account_id, row_id, receipt.vendor_id)
    if row is None:
        return False
    if part is not None:
        return await _part_arrived(uow, row, part, receipt)
    is_earlier_copy = row.payload.get("refused") == receipt.vendor_id
    if is_earlier_copy or row.vendor_id not in (None, receipt.vendor_id):
        return False
    if _LADDER[receipt.delivery] <= _LADDER[row.delivery]:
        return True
    if receipt.fault is not None:
        await _refused(uow, row, receipt, receipt.fault)
    else:
        await _record(uow, row, receipt, "sent" if row.status == "unknown" else row.status, None)
    return True


def _own_tag(tag: str | None) -> tuple[int | None, int | None]:
    """(outbox id, part): the part is None for the last or only one."""
    row_id, _, part = (tag or "").partition(".")
    if not (row_id.isascii() and row_id.isdigit() and len(row_id) < 19):
        return None, None
    return int(row_id), int(part) if part.isascii() and part.isdigit() and len(part) < 5 else None


async def _find(uow: UnitOfWork, account_id: int, row_id: int | None, vendor_id: str) -> _OwnMessage | None:
    row = await uow.driver.fetchrow(_BY_ID, uow.tenant_id, account_id, row_id) if row_id else None
    row = row or await uow.driver.fetchrow(_BY_VENDOR_ID, uow.tenant_id, account_id, vendor_id)
    return _OwnMessage(**dict(row)) if row else None


async def _part_arrived(uow: UnitOfWork, row: _OwnMessage, part: int, receipt: Receipt) -> bool:
    """An earlier part of a long reply: tells only whether it has to be sent again."""
    is_in_doubt = row.status in ("sending", "unknown") and row.payload.get("parts_sent", 0) == part
    if is_in_doubt and receipt.fault is None:
        await uow.driver.execute(_PART_ARRIVED, uow.tenant_id, row.id, part + 1)
        uow.wake("relay", row.conversation_id)
    return True


async def _refused(uow: UnitOfWork, row: _OwnMessage, receipt: Receipt, fault: DeliveryFault) -> None:
    """Meta may take a message and refuse it afterwards: it is sent again where that can help, else it has failed.

    A file is not worth a second try, and tells nothing about the person.
    """
    if row.kind == "attachment":
        await _record(uow, row, receipt, "dropped", fault.code)
        return
    changes, delay_s = _second_try(row, fault)
    if changes is not None:
        changes |= {"refused": receipt.vendor_id}
        await uow.driver.execute(_REOPEN, uow.tenant_id, row.id, fault.code, orjson.dumps(changes).decode(), delay_s)
        uow.wake("relay", row.conversation_id, delay_s=delay_s)
        return
    log.warning("receipts.refused", tenant_id=uow.tenant_id, message_id=row.id, fault=fault.fault, code=fault.code)
    await _record(uow, row, receipt, "failed", fault.code)
    if fault.fault is Fault.UNREACHABLE:
        await mark_blocked(uow, row.account_id, row.recipient, row.conversation_id)


def _second_try(row: _OwnMessage, fault: DeliveryFault) -> tuple[dict[str, Any] | None, float]:
    """What changes in the payload, and seconds to wait; None: never again."""
    if fault.fault is Fault.OUTSIDE_WINDOW and row.payload.get("template") and not row.payload.get("as_template"):
        return {"as_template": True, "parts_sent": 0}, 0.0
    times = int(row.payload.get("times_refused", 0)) + 1
    if fault.fault in _PASSING and times <= _MOST_REFUSALS:
        return {"times_refused": times}, _REFUSED_WAIT_S * 4.0**times
    return None, 0.0


async def _record(uow: UnitOfWork, row: _OwnMessage, receipt: Receipt, status: str, error: str | None) -> None:
    await uow.driver.execute(_RECORD, uow.tenant_id, row.id, receipt.delivery, receipt.vendor_id, status, error)
    if row.status == "unknown":
        uow.wake("relay", row.conversation_id)
