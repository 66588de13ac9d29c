"""The relay: a conversation's outbox rows go out in their order, one at a time, each claimed before it is sent.

No transaction is open while a vendor is called; what was sent is marked in the transaction that claims the next.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from weakref import WeakKeyDictionary

from bot.channel import DeliveryFault, Fault, Line
from bot.outgoing import OutgoingRow, Settlement, claim, find_head, settle
from bot.registry import CHANNELS
from bot.retries import after_fault, without_sending
from core import failpoints
from core.errors import TransientError
from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import CONNECTION_ERRORS, UnitOfWork, in_unit
from dialog.messages import reply_from_payload
from tenants.channel_accounts import AccountGoneError, ChannelAccounts

log = get_logger("delivery")

# One slow call and what comes before it have to fit into the time of a job (core/queue.py) and of a claim.
SEND_TIMEOUT_S = 24.0
_NEXT_CALL_WITHIN_S = 3.0
_FILE_TIMEOUT_S = 6.0  # for each of its two calls: what comes after a file waits for them
_WAKE_LATER_BY_S = 0.05
_WINDOW_MARGIN = timedelta(minutes=5)
_DATABASE_PAUSES_S = (0.1, 0.4, 1.5, 0.0)

_accounts: WeakKeyDictionary[Runtime, ChannelAccounts] = WeakKeyDictionary()
_T = TypeVar("_T")
_Sent = tuple[OutgoingRow, Settlement]


def accounts_of(runtime: Runtime) -> ChannelAccounts:
    """One memory of accounts per process."""
    known = _accounts.get(runtime)
    if known is None:
        known = _accounts[runtime] = ChannelAccounts(runtime)
    return known


async def deliver(runtime: Runtime, tenant_id: int, conversation_id: int, *, timeout_s: float = SEND_TIMEOUT_S) -> None:
    """Sends what is due. A second caller finds the row claimed and leaves; a later row waits for an earlier one."""
    started_s = runtime.clock.monotonic()
    sent: _Sent | None = None
    while True:
        is_late = runtime.clock.monotonic() - started_s > _NEXT_CALL_WITHIN_S
        row = await _surely(runtime, tenant_id, _turn_over(conversation_id, sent, is_late=is_late))
        if sent:
            failpoints.hit("relay.marked")
        if row is None:
            return
        failpoints.hit("relay.claimed")
        sent = row, await _send(runtime, tenant_id, row, timeout_s)
        failpoints.hit("relay.sent")


def _turn_over(
    conversation_id: int, sent: _Sent | None, *, is_late: bool
) -> Callable[[UnitOfWork], Awaitable[OutgoingRow | None]]:
    """Marks what was sent, claims what comes next."""

    async def work(uow: UnitOfWork) -> OutgoingRow | None:
        if sent:
            row, settlement = sent
            await settle(uow, row, row.attempts, settlement)
            if settlement.delay_s:
                uow.wake("relay", conversation_id, delay_s=settlement.delay_s + _WAKE_LATER_BY_S)
        if is_late:
            uow.wake("relay", conversation_id)
            return None
        return await _claim_next(uow, conversation_id)

    return work


async def _claim_next(uow: UnitOfWork, conversation_id: int) -> OutgoingRow | None:
    """The row to send now, claimed. Rows that need no call are settled on the way."""
    while row := await find_head(uow, conversation_id):
        if not (row.is_abandoned if row.status == "sending" else row.is_due):
            return None
        settlement = without_sending(row, CHANNELS.get(row.channel))
        if settlement is None:
            await claim(uow, row)
            return replace(row, status="sending", attempts=row.attempts + 1)
        await settle(uow, row, row.attempts, settlement)
        if settlement.delay_s:
            uow.wake("relay", conversation_id, delay_s=settlement.delay_s + _WAKE_LATER_BY_S)
            return None
    return None


async def _send(runtime: Runtime, tenant_id: int, row: OutgoingRow, timeout_s: float) -> Settlement:
    """What became of the call. A row that breaks us is given up: it would hold up its conversation for ever."""
    try:
        account = await accounts_of(runtime).get(tenant_id, row.account_id)
    except AccountGoneError:
        return Settlement("failed", error="account_gone")
    try:
        return await _call(Line(runtime, account, timeout_s), row)
    except DeliveryFault as fault:
        settlement = after_fault(fault, row)
        _report(fault, settlement, tenant_id, row)
        return settlement
    except Exception as error:
        if runtime.http.closed:  # the process ends; the next one finds the row
            raise
        log.exception("delivery.broken_row", tenant_id=tenant_id, message_id=row.id)
        return Settlement("failed", error=type(error).__name__)


async def _call(line: Line, row: OutgoingRow) -> Settlement:
    """One call to the vendor. A reply of several messages comes back `pending` until its last part is out."""
    channel, reply = CHANNELS[row.channel], reply_from_payload(row.payload)
    if row.kind == "interim":
        vendor_id = await channel.show_progress(line, row.recipient, reply, row.payload.get("in_reply_to"))
        return Settlement("sent", vendor_id=vendor_id)
    as_template = row.payload.get("as_template", False) or (
        channel.has_reply_window and not _is_window_open(line.runtime, row)
    )
    if row.kind == "attachment":
        if as_template:  # no template brings a file along
            return Settlement("dropped", error="outside_window")
        line = replace(line, timeout_s=min(line.timeout_s, _FILE_TIMEOUT_S))
    wires = channel.render(reply, as_template=as_template)
    part = min(row.parts_sent, len(wires) - 1)
    is_last = part == len(wires) - 1
    tag = str(row.id) if is_last else f"{row.id}.{part}"
    replaces = row.replaces if part == 0 else None
    vendor_id = await channel.send(line, row.recipient, wires[part], tag=tag, replaces=replaces)
    if is_last:
        return Settlement("sent", vendor_id=vendor_id)
    return Settlement("pending", changes={"parts_sent": part + 1, "times_unknown": 0})


def _is_window_open(runtime: Runtime, row: OutgoingRow) -> bool:
    return row.window_until is not None and runtime.clock.now() < row.window_until - _WINDOW_MARGIN


def _report(fault: DeliveryFault, settlement: Settlement, tenant_id: int, row: OutgoingRow) -> None:
    """A refused token stops a whole account: somebody has to act. A lost message is an error of its own."""
    is_lost = settlement.status == "failed" and not settlement.is_blocked
    is_bad = row.kind != "attachment" and (fault.fault is Fault.PAUSED or is_lost)
    (log.error if is_bad else log.info)(
        "delivery.fault",
        channel=row.channel,
        tenant_id=tenant_id,
        account_id=row.account_id,
        message_id=row.id,
        fault=fault.fault,
        code=fault.code,
        status=settlement.status,
        attempts_count=row.attempts,
    )


async def _surely(runtime: Runtime, tenant_id: int, work: Callable[[UnitOfWork], Awaitable[_T]]) -> _T:
    """What was sent must be marked: a database that is away for a moment is waited for."""
    for pause_s in _DATABASE_PAUSES_S:
        try:
            return await in_unit(runtime, tenant_id, work)
        except CONNECTION_ERRORS as error:
            if not pause_s:
                raise TransientError(f"the database is away: {type(error).__name__}") from error
            await asyncio.sleep(pause_s)
    raise AssertionError("unreachable")
