"""The outbox: what leaves is a row written in the business transaction, sent by the relay, each key once."""

from dataclasses import dataclass
from typing import Any

import orjson

from core.uow import UnitOfWork

_INSERT = """
INSERT INTO outbox_messages (tenant_id, conversation_id, account_id, channel, recipient, dedupe_key, kind, payload)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
ON CONFLICT (tenant_id, dedupe_key) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`payload` is the JSON form of a Reply (dialog/messages.py); `dedupe_key` makes it happen once.

    kind: reply | interim | notice | reminder | attachment. An interim is replaced by (Telegram) or gives way to
    (WhatsApp) the next reply; it is worthless late and never retried. An attachment is the file beside a message.
    """

    conversation_id: int
    account_id: int
    channel: str
    recipient: str
    dedupe_key: str
    kind: str
    payload: dict[str, Any]


async def enqueue(uow: UnitOfWork, message: Outgoing) -> int | None:
    """Row id, or None when the key was written before. Wakes the relay after the commit."""
    row_id = await uow.driver.fetchval(
        _INSERT,
        uow.tenant_id,
        message.conversation_id,
        message.account_id,
        message.channel,
        message.recipient,
        message.dedupe_key,
        message.kind,
        orjson.dumps(message.payload).decode(),
    )
    uow.wake("relay", message.conversation_id)
    return int(row_id) if row_id is not None else None
