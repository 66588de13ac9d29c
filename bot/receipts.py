"""Events without a conversation: what became of our messages, who shut the bot out, and news that only are kept."""

from typing import Any

import orjson

from bot.channel import Blocked, Fault, Receipt
from bot.outgoing import mark_blocked, mark_unblocked
from bot.registry import CHANNELS
from core.errors import TransientError
from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import CONNECTION_ERRORS, UnitOfWork, in_unit

log = get_logger("receipts")

_EVENT = """
SELECT account_id, channel, kind, payload, received_at FROM inbound_events
WHERE tenant_id = $1 AND id = $2 AND status = 'new' FOR UPDATE
"""
_DONE = "UPDATE inbound_events SET status = $3, handled_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2"

_BY_ID = """
SELECT id, conversation_id, account_id, recipient, status, delivery, vendor_id, payload FROM outbox_messages
WHERE tenant_id = $1 AND account_id = $2 AND id = $3 FOR UPDATE
"""
_BY_VENDOR_ID = """
SELECT id, conversation_id, account_id, recipient, status, delivery, vendor_id, payload FROM outbox_messages
WHERE tenant_id = $1 AND account_id = $2 AND vendor_id = $3 FOR UPDATE
"""
_RECORD = """
UPDATE outbox_messages SET delivery = $3, vendor_id = coalesce(vendor_id, $4), status = $5, error = $6,
    payload = payload || $7::jsonb, next_attempt_at = clock_timestamp(),
    sent_at = CASE WHEN $5 = 'sent' THEN coalesce(sent_at, clock_timestamp()) ELSE sent_at END
WHERE tenant_id = $1 AND id = $2
"""
# One attempt more fences off a sender that has not marked the refused copy yet.
_REOPEN = """
UPDATE outbox_messages SET status = 'pending', delivery = NULL, vendor_id = NULL, error = $3, attempts = attempts + 1,
    next_attempt_at = clock_timestamp(), sent_at = NULL,
    payload = payload || jsonb_build_object('as_template', true, 'parts_sent', 0, 'refused', $4::text)
WHERE tenant_id = $1 AND id = $2
"""
_LADDER = {None: 0, "sent": 1, "failed": 2, "delivered": 3, "read": 4}


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
    row = await uow.driver.fetchrow(_BY_ID, uow.tenant_id, account_id, row_id) if row_id else None
    row = row or await uow.driver.fetchrow(_BY_VENDOR_ID, uow.tenant_id, account_id, receipt.vendor_id)
    if row is None:
        return False
    if part is not None:
        return await _part_arrived(uow, row, part, receipt)
    is_earlier_copy = row["payload"].get("refused") == receipt.vendor_id
    if is_earlier_copy or row["vendor_id"] not in (None, receipt.vendor_id):
        return False
    if _LADDER[receipt.delivery] <= _LADDER[row["delivery"]]:
        return True
    if receipt.fault is not None:
        return await _failed(uow, row, receipt, receipt.fault.fault)
    status = "sent" if row["status"] == "unknown" else row["status"]
    await _record(uow, row, receipt, status)
    return True


def _own_tag(tag: str | None) -> tuple[int | None, int | None]:
    """(outbox id, part): the part is None for the last or only one."""
    row_id, _, part = (tag or "").partition(".")
    if not (row_id.isascii() and row_id.isdigit() and len(row_id) < 19):
        return None, None
    return int(row_id), int(part) if part.isascii() and part.isdigit() and len(part) < 5 else None


async def _part_arrived(uow: UnitOfWork, row: Any, part: int, receipt: Receipt) -> bool:
    """An earlier part of a long reply: tells only whether it has to be sent again."""
    payload = row["payload"]
    if receipt.fault is None and row["status"] in ("sending", "unknown") and payload.get("parts_sent", 0) == part:
        status = "pending" if row["status"] == "unknown" else row["status"]
        await _change(uow, row, row["delivery"], None, status, None, {"parts_sent": part + 1})
    return True


async def _failed(uow: UnitOfWork, row: Any, receipt: Receipt, fault: Fault) -> bool:
    """Meta may take a message and refuse it afterwards."""
    payload = row["payload"]
    code = receipt.fault.code if receipt.fault else ""
    if fault is Fault.OUTSIDE_WINDOW and payload.get("template") and not payload.get("as_template"):
        await uow.driver.execute(_REOPEN, uow.tenant_id, row["id"], code, receipt.vendor_id)
        uow.wake("relay", row["conversation_id"])
        return True
    log.warning("receipts.message_failed", tenant_id=uow.tenant_id, message_id=row["id"], fault=fault, code=code)
    await _record(uow, row, receipt, "failed", error=code)
    if fault is Fault.UNREACHABLE:
        await mark_blocked(uow, row["account_id"], row["recipient"], row["conversation_id"])
    return True


async def _record(uow: UnitOfWork, row: Any, receipt: Receipt, status: str, *, error: str | None = None) -> None:
    await _change(uow, row, receipt.delivery, receipt.vendor_id, status, error, {})


async def _change(
    uow: UnitOfWork,
    row: Any,
    delivery: str | None,
    vendor_id: str | None,
    status: str,
    error: str | None,
    changes: dict[str, Any],
) -> None:
    patch = orjson.dumps(changes).decode()
    await uow.driver.execute(_RECORD, uow.tenant_id, row["id"], delivery, vendor_id, status, error, patch)
    if row["status"] == "unknown":
        uow.wake("relay", row["conversation_id"])
