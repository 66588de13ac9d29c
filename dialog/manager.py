"""The story of one turn: claim the lane, read the words, decide, act and store, in that order."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, is_dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from core import failpoints
from core.errors import ExpectedError, TransientError
from core.registry import discover
from core.runtime import Runtime
from core.tables import outbox_messages
from core.telemetry import get_logger
from core.uow import UnitOfWork, in_unit, is_passing, unit_of_work
from dialog import merchant_words, skills
from dialog.conversation import (
    LANE_SECONDS,
    LostLaneError,
    TurnRecord,
    claim,
    is_waiting,
    release,
    set_aside,
    store_turn,
)
from dialog.flow import Goal, Input, Step, advance
from dialog.labels import local_moment_words
from dialog.language import choose_language
from dialog.messages import Reply
from dialog.scene import Parse, Scene, open_scene
from dialog.sending import send
from dialog.session import MISSES_BEFORE_PERSON
from dialog.taps import MERCHANT_VERBS, Tap, tap_id
from dialog.texts import DEFAULT_LANGUAGE, say
from dialog.thinking import model_of
from dialog.turn import Handler, Skill, Turn
from dialog.warning import warned
from dialog.words import Understood, understand, view_of
from tenants.resolve import Role

log = get_logger("dialog")

_WINDOW = timedelta(hours=24)
_BOOKS = ("commit_book", "commit_reschedule")
_SKILLS: dict[str, Skill] = discover(skills, "SKILL")
# What a merchant means by the words of a customer.
_MERCHANT_MEANS = {"list_bookings": Tap("day"), "join_waitlist": Tap("waiting")}

_WRITTEN_BEFORE = select(outbox_messages.c.id).where(outbox_messages.c.dedupe_key == bindparam("key"))


async def take_turn(runtime: Runtime, tenant_id: int, conversation_id: int, *, parse: Parse) -> None:
    """Answers all that waits in this conversation. One lane: a second caller finds nothing to do.

    A message that comes in meanwhile is found by looking again after the lane is free.
    """
    while True:
        try:
            if not await _take_one(runtime, tenant_id, conversation_id, parse):
                return
            if not await is_waiting(runtime, tenant_id, conversation_id):
                return
        except LostLaneError:
            log.info("turn.lane_lost", tenant_id=tenant_id, conversation_id=conversation_id)


async def _take_one(runtime: Runtime, tenant_id: int, conversation_id: int, parse: Parse) -> bool:
    """One turn; False when there is none to take now."""
    scene: Scene | bool = False
    try:
        scene = await open_scene(runtime, tenant_id, conversation_id, parse)
        if not isinstance(scene, Scene):
            return scene
        failpoints.hit("turn.claimed")
        await _answer(runtime, scene)
    except LostLaneError:
        raise
    except Exception as error:
        if isinstance(error, TransientError) or is_passing(error):
            await _let_go(runtime, scene)
            raise TransientError(f"the turn has to be run again: {type(error).__name__}") from error
        log.exception("turn.failed", tenant_id=tenant_id, conversation_id=conversation_id)
        await _apologise(runtime, tenant_id, conversation_id, scene)
    failpoints.hit("turn.committed")
    return True


async def _let_go(runtime: Runtime, scene: Scene | bool) -> None:
    """Frees the lane for the next try while it is surely ours; else, or when that fails too, it runs out by itself."""
    if not isinstance(scene, Scene) or runtime.clock.monotonic() - scene.started_s > LANE_SECONDS:
        return
    with suppress(Exception):
        async with unit_of_work(runtime, scene.who.tenant_id) as uow:
            await release(uow, scene.claim.conversation.id)


async def _answer(runtime: Runtime, scene: Scene) -> None:
    understood = await understand(
        scene.messages,
        scene.session,
        scene.catalogue,
        language=scene.language,
        now=scene.now,
        zone=scene.tenant.zone,
        model=model_of(runtime, scene),
        instructions=scene.instructions,
    )
    step = decide(scene, understood)
    failpoints.hit("turn.read")
    interim = await _announce(runtime, scene, step)
    await in_unit(runtime, scene.who.tenant_id, lambda uow: act_and_store(uow, scene, understood, step, interim))


async def _apologise(runtime: Runtime, tenant_id: int, conversation_id: int, scene: Scene | bool) -> None:
    """A fault of ours: the person gets a sentence, the messages are set aside as failed, the lane is free."""
    async with unit_of_work(runtime, tenant_id) as uow:
        claimed = scene.claim if isinstance(scene, Scene) else await claim(uow, conversation_id)
        if claimed is None:
            return
        await set_aside(uow, claimed)
        language = scene.language if isinstance(scene, Scene) else claimed.conversation.language or DEFAULT_LANGUAGE
        key = f"sorry:{conversation_id}:{claimed.conversation.revision}"
        await send(uow, claimed.conversation, Reply(say(language, "error.sorry")), key, "reply")


def decide(scene: Scene, understood: Understood) -> Step:
    """Pure: what this turn is to achieve. While the person wants silence only "start" is heard; while a person of
    the business has taken over, the bot neither speaks nor acts."""
    if scene.claim.conversation.mode != "bot":
        return Step(scene.session, (), None)
    is_late_edit = scene.session.flow is None and all(message.is_edit for message in scene.messages)
    if is_late_edit or (scene.session.is_silent and not _wants_back(understood)):
        return Step(scene.session, (), None)
    if not understood.inputs:
        return Step(scene.session, (Goal("unsupported", {}),), Goal(scene.session.flow or "menu", {}))
    if scene.who.role is Role.MERCHANT:
        inputs: tuple[Input, ...] = tuple(_merchant_input(item) for item in understood.inputs)
        return advance(scene.session, _orders(scene) or inputs)
    understood = replace(understood, inputs=tuple(_customer_input(item) for item in understood.inputs))
    return advance(scene.session, understood.inputs)


def _wants_back(understood: Understood) -> bool:
    return any(
        getattr(item, "kind", "") == "opt_in" or (isinstance(item, Tap) and item.verb == "menu")
        for item in understood.inputs
    )


def _orders(scene: Scene) -> list[Input]:
    """What a merchant wants done, of all messages of this turn."""
    team, now = view_of(scene.catalogue).staff, scene.now.astimezone(scene.tenant.zone).replace(tzinfo=None)
    texts = [message.text for message in scene.messages if message.kind == "text"]
    orders = [merchant_words.read(text, now=now, staff=team) for text in texts]
    return [order for order in orders if order is not None]


def _customer_input(item: Any) -> Any:
    """A button of the merchants' is unknown to a customer."""
    return Tap("") if isinstance(item, Tap) and item.verb in MERCHANT_VERBS else item


def _merchant_input(item: Any) -> Any:
    """A day that a merchant names is one to see; to a customer it would be a date to book."""
    if getattr(item, "field", "") == "date":
        return Tap("day", (str(item.value),))
    return _MERCHANT_MEANS.get(getattr(item, "kind", ""), item)


async def _announce(runtime: Runtime, scene: Scene, step: Step) -> int | None:
    """ "Reserving…" before the booking is tried: its own small transaction, so that it is seen at once."""
    if step.main is None or step.main.skill not in _BOOKS or "instant" not in step.session.fields:
        return None
    fields = step.session.fields
    moment = local_moment_words(datetime.fromisoformat(f"{fields['date']}T{fields['time']}"), scene.language)
    reply = Reply(say(scene.language, "book.reserving", moment=moment), is_interim=True)
    key = f"{scene.key}:interim"
    async with unit_of_work(runtime, scene.who.tenant_id) as uow:
        row_id = await send(uow, scene.claim.conversation, reply, key, "interim", in_reply_to=scene.last_vendor_id)
        return row_id or await uow.scalar(_WRITTEN_BEFORE, {"key": key})


async def act_and_store(
    uow: UnitOfWork, scene: Scene, understood: Understood, step: Step, interim: int | None
) -> Reply | None:
    """Transaction 2: the skills answer from what they store; session, turn, fact, inbox and outbox go with it."""
    language = choose_language(scene.tenant.languages, scene.claim.conversation.language, understood, step.session)
    turn = Turn(
        uow=uow,
        who=scene.who,
        tenant=scene.tenant,
        catalogue=scene.catalogue,
        conversation=scene.claim.conversation,
        now=scene.now,
        key=scene.key,
        language=language.chosen,
        stored_language=language.stored,
        session=replace(step.session, language_votes=language.votes),
        instructions=scene.instructions,
    )
    reply = warned(turn, await _pursue(turn, step), scene.messages)
    _close_unshown_summary(turn, reply)
    failpoints.hit("turn.before_commit")
    if reply is not None and scene.claim.conversation.mode == "bot":
        await send(uow, turn.conversation, reply, turn.key, "reply", replaces=interim, in_reply_to=scene.last_vendor_id)
    await store_turn(uow, scene.claim.conversation, _record(uow, scene, turn, understood, step))
    return reply


async def _pursue(turn: Turn, step: Step) -> Reply | None:
    """Asides first, then what is under way, as one message: what was done is said also where something else of it was
    refused."""
    goals = [*step.asides, *([step.main] if step.main else []), *_back_to_question(turn, step)]
    return _merged([await _answer_to(turn, goal) for goal in goals])


async def _answer_to(turn: Turn, goal: Goal) -> Reply | None:
    """An expected refusal becomes its sentence."""
    try:
        return await _handler(turn, goal.skill)(turn, goal.values)
    except ExpectedError as error:
        turn.session = turn.session.without_question()
        return Reply(turn.say(error.reply_key, **error.facts))


def _back_to_question(turn: Turn, step: Step) -> list[Goal]:
    """After a digression, another language, or words that were not understood: back to what was open."""
    aim = step.main.skill if step.main else None
    is_lost = aim == "cannot_handle" and turn.session.misses < MISSES_BEFORE_PERSON
    if turn.session.flow and (aim in (None, "switch_language") or is_lost):
        return [Goal(turn.session.flow, {})]
    return []


def _close_unshown_summary(turn: Turn, reply: Reply | None) -> None:
    """A yes answers what the last message showed: after any other message the summary has to be shown again."""
    draft = turn.session.draft
    if reply and draft and tap_id("yes", draft) not in {choice.id for choice in reply.choices}:
        turn.session = turn.session.without_question()


def _handler(turn: Turn, goal: str) -> Handler:
    """A goal that this role has no skill for is not understood."""
    handlers = _handlers_of(turn.who.role)
    return handlers.get(goal, handlers["cannot_handle"])


@cache
def _handlers_of(role: Role) -> dict[str, Handler]:
    return {goal: run for skill in _SKILLS.values() if role in skill.roles for goal, run in skill.goals.items()}


def _merged(replies: Sequence[Reply | None]) -> Reply | None:
    said = [reply for reply in replies if reply is not None]
    if not said:
        return None
    document = next((reply.document for reply in said if reply.document), None)
    return replace(said[-1], text="\n\n".join(dict.fromkeys(reply.text for reply in said)), document=document)


def _record(uow: UnitOfWork, scene: Scene, turn: Turn, understood: Understood, step: Step) -> TurnRecord:
    clock = uow.runtime.clock
    return TurnRecord(
        session=replace(turn.session, touched_at=scene.now.isoformat()).to_json(),
        language=turn.stored_language,
        identity_id=scene.who.identity_id,
        window_until=scene.now - scene.staleness + _WINDOW,
        inbound_ids=tuple(event.id for event in scene.claim.events),
        commands=[_loggable(item) for item in understood.inputs],
        source=understood.source,
        confidence=understood.confidence,
        duration_ms=(clock.monotonic() - scene.started_s) * 1000,
        created_at=scene.now,
        fact={"goal": step.main.skill if step.main else None, "channel": scene.who.channel, **turn.facts},
    )


def _loggable(item: Any) -> dict[str, Any]:
    if isinstance(item, Tap):
        return {"kind": "tap", "verb": item.verb, "values": list(item.values)}
    return asdict(item) if is_dataclass(item) and not isinstance(item, type) else dict(item.model_dump(mode="json"))
