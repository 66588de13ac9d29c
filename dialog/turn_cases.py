"""A turn that was taken becomes a test case: what was written, where the conversation stood, what it was read as.

Phone numbers, addresses and other numbers of a person stay behind; a name in the words is for people to look for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from core.errors import InputError
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from dialog.messages import InboundMessage
from dialog.scene import Parse
from llm.redaction import redact
from prompts.cases import Case, put_case
from tenants.tenant import Tenant, get_tenant

# What reading looks at; the rest of a session is none of a test's business.
_KEPT = ("flow", "fields", "excluded", "pointer", "asked", "question", "offer", "page")

_TURN = """
SELECT t.id, t.inbound_ids, t.commands, t.session_before, t.created_at, c.channel, i.merchant_id,
    (SELECT p.language FROM turns p WHERE p.tenant_id = t.tenant_id AND p.conversation_id = t.conversation_id
     AND p.revision < t.revision ORDER BY p.revision DESC LIMIT 1) AS language
FROM turns t JOIN conversations c ON c.tenant_id = t.tenant_id AND c.id = t.conversation_id
LEFT JOIN channel_identities i ON i.tenant_id = c.tenant_id AND i.id = c.identity_id
WHERE t.tenant_id = $1 AND t.id = $2
"""
_EVENTS = """
SELECT id, kind, payload FROM inbound_events WHERE tenant_id = $1 AND id = ANY($2::bigint[])
ORDER BY occurred_at NULLS LAST, id
"""


async def save_turn(
    runtime: Runtime,
    tenant_id: int,
    turn_id: int,
    *,
    name: str,
    parse: Parse,
    author: str,
    expected: Sequence[Mapping[str, Any]] | None = None,
) -> Case:
    """`expected` None: what it was read as then. Raises InputError where the turn holds no words of a customer."""
    async with unit_of_work(runtime, tenant_id) as uow:
        turn = await uow.driver.fetchrow(_TURN, uow.tenant_id, turn_id)
        if turn is None or turn["merchant_id"] is not None:
            raise InputError([f"there is no customer's turn {turn_id}"])
        tenant = await get_tenant(uow)
        says = _words(await _messages(uow, turn, parse))
        case = Case(
            name=name,
            says=redact(says, tenant.country).text,
            language=turn["language"] or tenant.languages[0],
            said_at=turn["created_at"],
            commands=turn["commands"] if expected is None else expected,
            state=_state(turn["session_before"] or {}, tenant),
            turn_id=turn_id,
        )
        await put_case(uow, case, author=author, at=runtime.clock.now())
    return case


async def _messages(uow: UnitOfWork, turn: asyncpg.Record, parse: Parse) -> list[InboundMessage]:
    events = await uow.driver.fetch(_EVENTS, uow.tenant_id, turn["inbound_ids"])
    parsed = [parse(turn["channel"], event["kind"], event["payload"], event["id"]) for event in events]
    return [message for message in parsed if message is not None]


def _words(messages: Sequence[InboundMessage]) -> str:
    if not messages or any(message.kind != "text" for message in messages):
        raise InputError(["the turn is not of words alone, so that there is nothing to read anew"])
    return "\n".join(message.text for message in messages)


def _state(session: Mapping[str, Any], tenant: Tenant) -> dict[str, Any]:
    """Labels and pointers hold words; all else are keys, days and times."""
    kept = {key: session[key] for key in _KEPT if session.get(key)}
    if "offer" in kept:
        kept["offer"] = [item | {"label": redact(item["label"], tenant.country).text} for item in kept["offer"]]
    if "pointer" in kept:
        kept["pointer"] = {key: redact(str(words), tenant.country).text for key, words in kept["pointer"].items()}
    return kept
