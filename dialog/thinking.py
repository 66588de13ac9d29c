"""The model that a turn may ask, and the sign that somebody types while it thinks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import is_passing, unit_of_work
from dialog.messages import Reply
from dialog.scene import Scene
from dialog.sending import send
from dialog.understanding.llm import Model
from llm.endpoints import is_asked_for
from tenants.resolve import Role

log = get_logger("dialog")

# As long as people find nothing odd about silence.
PATIENCE_S = 0.7


def model_of(runtime: Runtime, scene: Scene) -> Model | None:
    """Whom to ask about a customer's words; nobody where they would not be acted on."""
    conversation, session = scene.claim.conversation, scene.session
    is_heard = scene.who.role is Role.CUSTOMER and conversation.mode == "bot" and not session.is_silent
    if not is_heard or not is_asked_for(runtime, scene.tenant):
        return None
    return Model(
        runtime,
        scene.tenant,
        conversation_id=conversation.id,
        turn_key=scene.key,
        instructions=scene.instructions,
        meanwhile=lambda: _typing(runtime, scene),
    )


@contextlib.asynccontextmanager
async def _typing(runtime: Runtime, scene: Scene) -> AsyncIterator[None]:
    """Shown where the block takes longer than that; a sign that cannot be given is none to wait for."""
    is_over = asyncio.Event()
    task = asyncio.create_task(_show_unless(is_over, runtime, scene))
    try:
        yield
    finally:
        is_over.set()
        await task


async def _show_unless(is_over: asyncio.Event, runtime: Runtime, scene: Scene) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            await is_over.wait()
            return
    reply, key = Reply("", is_interim=True), f"{scene.key}:typing"
    try:
        async with unit_of_work(runtime, scene.who.tenant_id) as uow:
            await send(uow, scene.claim.conversation, reply, key, "interim", in_reply_to=scene.last_vendor_id)
    except Exception as error:
        if not is_passing(error):
            raise
        log.info("turn.typing_not_shown", error=type(error).__name__)
