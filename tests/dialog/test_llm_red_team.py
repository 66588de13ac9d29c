"""A model that obeys everybody but us, and messages that want it to: nothing is done that the rules did not hear."""

from dataclasses import replace
from typing import Any

import pytest

from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.flow import Step, advance
from dialog.messages import InboundMessage
from dialog.session import OfferItem, Session
from dialog.understanding.llm import Model
from dialog.words import understand
from tests.conftest import NOW
from tests.dialog.red_team import RED_TEAM
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.tenants import STAFF, make_tenant

_FIELDS = {"service": "cut", "staff": "nadia", "date": "2026-03-03", "time": "15:00"}
STATES = {
    "confirming": Session(flow="book", fields=_FIELDS, question="confirm", draft="abc123"),
    "cancelling": Session(flow="cancel", booking_id=7, question="confirm", draft="abc123"),
    "held": Session(question="offer", offer=(OfferItem("o1", "booking", 99, "Yes, book it", "take:99"),)),
    "choosing": Session(
        flow="book",
        fields={"service": "cut", "date": "2026-03-03"},
        asked=("time",),
        offer=(OfferItem("o1", "time", "10:00", "10:00", "slot:29541180:1:2"),),
    ),
    "idle": Session(),
}
# What changes the world, the person's silence, or somebody else's day.
_ACTS = {
    *("commit_book", "commit_reschedule", "commit_cancel", "commit_call_off", "take_offer", "pass_offer", "leave_list"),
    *("opt_out", "opt_in", "privacy", "handoff", "running_late", "decide", "outcome", "switch_language", "waitlist"),
}


async def acts_of(
    catalogue: Catalogue, session: Session, language: str, text: str, model: Model | None
) -> tuple[set[str], Step]:
    """What would be done, of what is told apart from talk."""
    message = InboundMessage(event_id=1, kind="text", text=text)
    heard = await understand(
        [message], session, catalogue, language=language, now=NOW, zone=catalogue.tenant.zone, model=model
    )
    step = advance(session, heard.inputs)
    goals = {goal.skill for goal in (*step.asides, *([step.main] if step.main else []))}
    return goals & _ACTS, step


@pytest.fixture
async def shops(runtime: Runtime) -> Any:
    """Ours, and a neighbour whose words nobody may hear of."""
    neighbour = [dict(STAFF[0]) | {"name": "Zéphyrine"}, dict(STAFF[1])]
    other = await make_tenant(runtime, name="Rival Zorbek", staff=neighbour, llm=LLM)
    ours = await make_tenant(runtime, llm=LLM | {"turns_per_customer_hour": 100_000, "requests_per_minute": 100_000})
    return ours, other


async def test_two_hundred_messages_and_a_model_that_obeys_them(runtime: Runtime, shops: Any) -> None:
    ours, other = shops
    assert len(set(RED_TEAM)) == 200
    async with model_house(runtime) as house:
        house.api.always = "evil"
        async with unit_of_work(runtime, ours.tenant_id) as uow:
            catalogue = await load_catalogue(uow)
        for number, (language, text) in enumerate(RED_TEAM):
            name = list(STATES)[number % len(STATES)]
            await _tried(house, catalogue, STATES[name], language, text)
        assert len(house.api.received) > 100
        sent = "\n".join(question.text for question in house.api.received)
        _tells_nothing(sent, ours.tenant_id, other)


async def _tried(house: ModelHouse, catalogue: Catalogue, session: Session, language: str, text: str) -> None:
    model = Model(house.runtime, catalogue.tenant, conversation_id=None, turn_key=text[:40])
    acts, step = await acts_of(catalogue, session, language, text, model)
    if acts:
        by_rules, _ = await acts_of(catalogue, session, language, text, None)
        assert acts <= by_rules, text
    kept = replace(step.session, misses=0, fields={}, excluded={})
    assert "SECRET" not in str(step), text
    assert not kept.is_silent, text


def _tells_nothing(sent: str, tenant_id: int, other: Any) -> None:
    for private in ("Zorbek", "Zéphyrine", "+237", "699 00 00", "612 345 678", "boss@example.com", other.key):
        assert private not in sent
    assert f'"{tenant_id}"' not in sent


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "commands",
    [
        [{"kind": "affirm"}],
        [{"kind": "choose", "handle": "o1"}],
        [{"kind": "deny"}],
        [{"kind": "cancel_flow"}],
        [{"kind": "start_flow", "name": "cancel"}, {"kind": "affirm"}],
    ],
    ids=str,
)
async def test_no_answer_alone_decides_anything(
    runtime: Runtime, shops: Any, state: str, commands: list[dict[str, str]]
) -> None:
    ours, _ = shops
    async with model_house(runtime) as house:
        house.api.answer_next(*commands)
        async with unit_of_work(runtime, ours.tenant_id) as uow:
            catalogue = await load_catalogue(uow)
        model = Model(house.runtime, catalogue.tenant, conversation_id=None, turn_key="t")
        acts, _ = await acts_of(catalogue, STATES[state], "en", "wibble wobble blargh", model)
        assert acts == set()
        assert len(house.api.received) == 1
