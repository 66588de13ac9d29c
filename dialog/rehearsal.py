"""A scripted dialog, played from its first word to the rows that it leaves, of which none stays.

Words are read with no transaction open, as ever. Then all turns so far are taken anew in one transaction, which is
rolled back: what a model says may take seconds, and nobody is to wait meanwhile for a time that a test has taken.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from booking.catalogue import Catalogue
from core.clock import FixedClock
from core.errors import InputError
from core.runtime import Runtime
from core.uow import UnitOfWork, unit_of_work
from dialog.conversation import Claim, Conversation, WaitingEvent, ensure_conversation, get_conversation
from dialog.manager import act_and_store, decide
from dialog.messages import Choice, InboundMessage, Reply
from dialog.scene import Scene
from dialog.session import Session, session_from_json
from dialog.taps import tap_id
from dialog.understanding.llm import Model
from dialog.words import Understood, understand
from prompts.cases import Case
from prompts.instructions import Instructions
from tenants.resolve import Who, who_is

# A number of no country, and of no user.
_CUSTOMER = "99900000000"
_MOST_TURNS = 24
_MENUS_A_STEP = 2

_ACCOUNT = "SELECT id, kind FROM channel_accounts WHERE tenant_id = $1 AND active ORDER BY id LIMIT 1"
_ENDS = """
SELECT b.status, s.key AS service, a.variant, p.key AS staff, b.party_size,
    to_char(a.starts_at AT TIME ZONE $3, 'YYYY-MM-DD"T"HH24:MI') AS starts
FROM bookings b JOIN appointments a ON a.tenant_id = b.tenant_id AND a.booking_id = b.id
JOIN services s ON s.tenant_id = a.tenant_id AND s.id = a.service_id
JOIN staff p ON p.tenant_id = a.tenant_id AND p.id = a.staff_id
WHERE b.tenant_id = $1 AND b.customer_id = $2
UNION ALL
SELECT w.status, s.key, w.variant, p.key, w.party_size, w.from_date::text
FROM waitlist_entries w JOIN services s ON s.tenant_id = w.tenant_id AND s.id = w.service_id
LEFT JOIN staff p ON p.tenant_id = w.tenant_id AND p.id = w.staff_id
WHERE w.tenant_id = $1 AND w.customer_id = $2
ORDER BY 6, 2, 4
"""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`ends` are the customer's bookings and places in waiting lists; `source` is llm where a model was of use."""

    ends: Sequence[Mapping[str, Any]]
    turns: int
    source: str
    failure: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """What the customer wants next: says it, taps the first of `taps` that is offered, and says yes to a summary that
    names all of `agrees_to`. Without the latter there is no yes, and the step ends where nothing wanted is offered."""

    says: str = ""
    taps: Sequence[str] = ()
    agrees_to: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """`new_model` makes the model of the nth message in words; None where rules alone read."""

    runtime: Runtime
    catalogue: Catalogue
    instructions: Instructions
    new_model: Callable[[int], Model | None]


async def rehearse(stage: Stage, case: Case) -> Rehearsal:
    """Raises InputError where the tenant has no channel to be written to."""
    heard: list[Understood] = []
    failures: list[str | None] = []
    while True:
        standing = await _play(stage, case, heard)
        if standing.words is None:
            source = "llm" if any(understood.source == "llm" for understood in heard) else "rules"
            return Rehearsal(standing.ends, standing.turns, source, next(filter(None, failures), None))
        model = stage.new_model(len(heard))
        message = InboundMessage(0, "text", standing.words)
        heard.append(await _read(stage, case, message, standing.session, standing.language, model))
        failures.append(model.failure if model else None)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a dialog stands once all that was heard is acted on. `words` None: it is over."""

    words: str | None
    session: Session
    language: str
    turns: int
    ends: Sequence[Mapping[str, Any]]


class _NothingStays(Exception):
    def __init__(self, standing: _Standing) -> None:
        self.standing = standing


async def _play(stage: Stage, case: Case, heard: Sequence[Understood]) -> _Standing:
    then = replace(stage.runtime, clock=FixedClock(case.said_at))
    try:
        async with unit_of_work(then, stage.catalogue.tenant.id) as uow:
            raise _NothingStays(await _played(uow, stage, case, heard))
    except _NothingStays as over:
        return over.standing


async def _played(uow: UnitOfWork, stage: Stage, case: Case, heard: Sequence[Understood]) -> _Standing:
    play = await _open(uow, stage, case)
    unheard = list(heard)
    for step in (Step(**entry) for entry in case.script or ()):
        if step.says:
            if not unheard:
                return await play.standing(step.says)
            await play.take(InboundMessage(0, "text", step.says), unheard.pop(0))
        await play.pursue(step)
    return await play.standing(None)


async def _open(uow: UnitOfWork, stage: Stage, case: Case) -> "_Play":
    account = await uow.driver.fetchrow(_ACCOUNT, uow.tenant_id)
    if account is None:
        raise InputError([f"{case.name}: a dialog needs a channel, and the tenant has none"])
    conversation = await ensure_conversation(uow, account["id"], account["kind"], _CUSTOMER)
    who = await who_is(uow, account["id"], account["kind"], _CUSTOMER, display_name=None, phone=None)
    return _Play(uow, stage, case, who, replace(conversation, language=case.language))


@dataclass(slots=True)
class _Play:
    uow: UnitOfWork
    stage: Stage
    case: Case
    who: Who
    conversation: Conversation
    reply: Reply | None = None
    turns: int = 0

    @property
    def session(self) -> Session:
        return session_from_json(self.conversation.session, self.case.said_at)

    @property
    def language(self) -> str:
        return self.conversation.language or self.case.language

    async def pursue(self, step: Step) -> None:
        """Taps until the step is done, or leads no further."""
        menus = 0
        while self.turns < _MOST_TURNS:
            choice = self._wanted(step)
            if choice is None and step.agrees_to and menus < _MENUS_A_STEP:
                menus, choice = menus + 1, Choice(tap_id("menu"), "")
            if choice is None:
                return
            await self.take(InboundMessage(0, "choice", choice.label, choice_id=choice.id))
            if choice.id.startswith("yes"):
                return

    def _wanted(self, step: Step) -> Choice | None:
        text, offered = (self.reply.text, self.reply.choices) if self.reply else ("", ())
        yes = next((choice for choice in offered if choice.id.startswith("yes")), None)
        if yes is not None:
            is_meant = bool(step.agrees_to) and all(fact in text for fact in step.agrees_to)
            return yes if is_meant else None
        return next((c for wanted in step.taps for c in offered if c.label.startswith(wanted)), None)

    async def take(self, message: InboundMessage, understood: Understood | None = None) -> None:
        """One turn. A tap is read here: that asks nobody."""
        self.turns += 1
        if understood is None:
            understood = await _read(self.stage, self.case, message, self.session, self.language, None)
        scene = Scene(
            claim=Claim(self.conversation, (WaitingEvent(-self.turns, message.kind, {}, False, 0.0, None),)),
            messages=(message,),
            who=self.who,
            catalogue=self.stage.catalogue,
            instructions=self.stage.instructions,
            session=self.session,
            now=self.case.said_at,
            started_s=self.stage.runtime.clock.monotonic(),
        )
        self.reply = await act_and_store(self.uow, scene, understood, decide(scene, understood), None)
        after = await get_conversation(self.uow, self.conversation.id)
        assert after is not None
        self.conversation = after

    async def standing(self, words: str | None) -> _Standing:
        zone = self.stage.catalogue.tenant.timezone
        rows = await self.uow.driver.fetch(_ENDS, self.uow.tenant_id, self.who.customer_id, zone)
        ends = [{key: value for key, value in row.items() if value is not None} for row in rows]
        return _Standing(words, self.session, self.language, self.turns, ends)


async def _read(
    stage: Stage, case: Case, message: InboundMessage, session: Session, language: str, model: Model | None
) -> Understood:
    return await understand(
        [message],
        session,
        stage.catalogue,
        language=language,
        now=case.said_at,
        zone=stage.catalogue.tenant.zone,
        model=model,
        instructions=stage.instructions,
    )


def leaves(ends: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Whether each wanted row is there, as far as it says, and no other."""
    left = list(ends)
    for row in wanted:
        found = next((end for end in left if row.items() <= end.items()), None)
        if found is None:
            return False
        left.remove(found)
    return not left
