"""The nets under the wake-ups: what a crash or a lost Redis left lying is found here and woken again."""

from core.queue import Wake
from core.runtime import Runtime
from core.uow import call_across_tenants

_LIMIT = 500
_UNANSWERED = "SELECT tenant_id, conversation_id AS id FROM waiting_conversations(interval '3 s', $1)"
_UNSENT = "SELECT tenant_id, conversation_id AS id FROM due_outbox($1)"
_RECEIPTS = "SELECT tenant_id, event_id AS id FROM waiting_events($1)"


async def wake_unanswered(runtime: Runtime) -> None:
    """Conversations with words that nobody has answered, and whose lane is free."""
    await wake_rows(runtime, "turn", _UNANSWERED, _LIMIT)


async def wake_unsent(runtime: Runtime) -> None:
    """Outbox rows that are due, or whose sender died."""
    await wake_rows(runtime, "relay", _UNSENT, _LIMIT)


async def wake_receipts(runtime: Runtime) -> None:
    await wake_rows(runtime, "receipt", _RECEIPTS, _LIMIT)


async def wake_rows(runtime: Runtime, job: str, sql: str, *arguments: object) -> None:
    rows = await call_across_tenants(runtime, sql, *arguments)
    wakes: list[Wake] = [(job, row["tenant_id"], row["id"], 0.0) for row in rows]
    await runtime.queue.wake_many(wakes)
