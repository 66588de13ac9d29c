"""What leaves for a person: a row of the outbox, under a key for which it is written once."""

from dataclasses import replace
from typing import Any

from core.outbox import Outgoing, enqueue
from core.uow import UnitOfWork
from dialog.conversation import Conversation, interject
from dialog.messages import Reply, WaTemplate
from dialog.session import OfferItem, session_from_json


def notice_template(key: str, language: str, text: str, buttons: tuple[str, ...] = ()) -> WaTemplate:
    """The utility template of this notice: named after the key, its whole text as the one parameter.

    A parameter may hold no line break (WhatsApp), so lines are joined.
    """
    name = "booka_" + key.replace(".", "_")
    return WaTemplate(name, language, (" · ".join(filter(None, text.split("\n"))),), buttons)


async def send_unasked(uow: UnitOfWork, conversation: Conversation, reply: Reply, dedupe_key: str, kind: str) -> None:
    """What comes between a question and its answer: an "ok" may be meant for it, so that a yes in words no longer
    confirms what was shown before. The buttons still do."""
    row_id = await send(uow, conversation, reply, dedupe_key, kind)
    session = session_from_json(conversation.session, uow.runtime.clock.now())
    if row_id is not None and session.question is not None:
        await interject(uow, conversation, replace(session, question=None).to_json())


async def send_asking(uow: UnitOfWork, conversation: Conversation, reply: Reply, dedupe_key: str, kind: str) -> None:
    """What ends in a question with one button: a yes in words taps it, where nothing else was being put together."""
    now = uow.runtime.clock.now()
    session = session_from_json(conversation.session, now)
    if session.flow:
        await send_unasked(uow, conversation, reply, dedupe_key, kind)
    elif await send(uow, conversation, reply, dedupe_key, kind) is not None:
        (choice,) = reply.choices
        item = OfferItem("o1", "flow", choice.label, choice.label, choice.id)
        asking = replace(session.without_question(), question="offer", offer=(item,), touched_at=now.isoformat())
        await interject(uow, conversation, asking.to_json())


async def send(
    uow: UnitOfWork, conversation: Conversation, reply: Reply, dedupe_key: str, kind: str, **extra: Any
) -> int | None:
    """Writes the outbox row, and that of its file; None when this key was written before."""
    message, document = replace(reply, document=None), reply.document
    row_id = await _enqueue(uow, conversation, message, dedupe_key, kind, extra)
    if document is not None and row_id is not None:
        await _enqueue(uow, conversation, Reply("", document=document), document.key, "attachment", {})
    return row_id


async def _enqueue(
    uow: UnitOfWork, conversation: Conversation, reply: Reply, dedupe_key: str, kind: str, extra: dict[str, Any]
) -> int | None:
    return await enqueue(
        uow,
        Outgoing(
            conversation_id=conversation.id,
            account_id=conversation.account_id,
            channel=conversation.channel,
            recipient=conversation.external_id,
            dedupe_key=dedupe_key,
            kind=kind,
            payload=reply.to_payload() | {name: value for name, value in extra.items() if value is not None},
        ),
    )
