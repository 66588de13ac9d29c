"""A skill reaches both readers: its synonyms and examples the rules, its words and its limits the model."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from core.uow import unit_of_work
from dialog.messages import InboundMessage
from dialog.session import Session
from dialog.understanding.llm import Model
from dialog.words import understand
from prompts.front_matter import hash_of
from prompts.instructions import Instructions, instructions_from
from prompts.versions import Kind, Text, builtin_texts
from tests.conftest import NOW
from tests.support.model import ModelHouse
from tests.support.tenants import TenantFixture

SLANG = """
[synonyms.service]
cut = ["shape up"]
[synonyms.staff]
nadia = ["the boss"]
"""
EXAMPLE = """
flows = ["book"]
commands = ["start_flow", "set_field"]
[[examples]]
says = "Bossier la tignasse demain"
commands = [
    { kind = "start_flow", name = "book" },
    { kind = "set_field", name = "service", value = "Braids", words = "la tignasse" },
    { kind = "set_field", name = "when", value = "tomorrow", words = "demain" },
]
"""


class Reader:
    def __init__(self, house: ModelHouse, catalogue: Catalogue) -> None:
        self.house, self.catalogue = house, catalogue
        self.model: Model | None = None

    def instructions(self, settings: str = "", words: str = "", *, without: Sequence[str] = ()) -> Instructions:
        """What comes with the product, without some skills, and one of the tenant's own."""
        own = f'+++\ntitle = "Ours"\n{settings}\n+++\n{words}\n'
        texts = [text for text in builtin_texts() if text.key not in without]
        return instructions_from([*texts, Text(Kind.SKILL, "ours", own, hash_of(own))], self.catalogue.tenant)

    async def reads(
        self, text: str, instructions: Instructions, *, asks: bool = False, session: Session | None = None
    ) -> list[dict[str, Any]]:
        tenant = self.catalogue.tenant
        self.model = Model(self.house.runtime, tenant, conversation_id=None, turn_key="t", instructions=instructions)
        understood = await understand(
            [InboundMessage(1, "text", text)],
            session or Session(),
            self.catalogue,
            language="en",
            now=NOW,
            zone=tenant.zone,
            model=self.model if asks else None,
            instructions=instructions,
        )
        said = [item.model_dump(mode="json") for item in understood.inputs if hasattr(item, "model_dump")]
        return [{key: value for key, value in command.items() if value is not None} for command in said]

    @property
    def told(self) -> dict[str, Any]:
        """What the model was last told of the business."""
        system = self.house.api.received[-1].body["messages"][0]["content"]
        told: dict[str, Any] = orjson.loads(system.rpartition("\n")[2])
        return told


@pytest.fixture
async def reader(house: ModelHouse, tenant: TenantFixture) -> Reader:
    async with unit_of_work(house.runtime, tenant.tenant_id) as uow:
        return Reader(house, await load_catalogue(uow))


async def test_the_rules_know_a_skills_synonyms(reader: Reader) -> None:
    text = "a shape up with the boss tomorrow please"
    said = await reader.reads(text, reader.instructions(SLANG))
    assert {"kind": "set_field", "field": "service", "value": "cut"} in said
    assert {"kind": "set_field", "field": "staff", "value": "nadia"} in said
    assert {"kind": "set_field", "field": "service", "value": "cut"} not in await reader.reads(
        text, reader.instructions()
    )


async def test_the_rules_know_a_skills_examples_whatever_the_day(reader: Reader) -> None:
    for text in ("bossier la tignasse demain", "Bossier la tignasse, demain !"):
        assert await reader.reads(text, reader.instructions(EXAMPLE), asks=True) == [
            {"kind": "start_flow", "flow": "book"},
            {"kind": "set_field", "field": "service", "value": "braids"},
            {"kind": "set_field", "field": "date", "value": "2026-03-03"},
        ]
    assert reader.house.api.received == []


async def test_an_example_does_not_change_what_is_heard_as_it_is(reader: Reader) -> None:
    overruled = EXAMPLE.replace("Bossier la tignasse demain", "STOP la tignasse demain")
    said = await reader.reads("STOP", reader.instructions(overruled.replace("STOP la tignasse demain", "STOP")))
    assert [command["kind"] for command in said] == ["opt_out"]


async def test_the_model_is_told_what_the_skills_say_as_data(reader: Reader) -> None:
    settings = 'do_not = ["No guessing."]\nknowledge = ["{business} has a garden."]\n'
    await reader.reads("the royal one, as ever", reader.instructions(settings, "We speak of {currency}."), asks=True)
    told, name = reader.told, reader.catalogue.tenant.name
    assert told["about"] == f"{name} is a business in beauty."
    assert "We speak of XAF." in told["guidance"]
    assert "No guessing." in told["never"]
    assert told["know"] == [f"{name} has a garden."]
    assert "not_allowed" not in told


async def test_a_command_that_no_skill_allows_is_dropped_whatever_the_model_says(reader: Reader) -> None:
    instructions = reader.instructions(without=["core.info", "core.changes"])
    reader.house.api.answer_next(
        {"kind": "ask_info", "name": "price", "value": None, "words": None, "handle": None},
        {"kind": "start_flow", "name": "cancel", "value": None, "words": None, "handle": None},
        {"kind": "start_flow", "name": "book", "value": None, "words": None, "handle": None},
    )
    said = await reader.reads("the royal one, as ever", instructions, asks=True)
    assert said == [{"kind": "start_flow", "flow": "book"}]
    assert {"ask_info", "which_booking", "list_bookings"} == set(reader.told["not_allowed"])


async def test_a_skill_can_keep_its_words_and_its_flows_from_the_model(reader: Reader) -> None:
    private = reader.instructions('llm = "off"\nflows = ["book"]', "Nobody else's business.")
    await reader.reads("the royal one, as ever", private, asks=True)
    assert "Nobody else's business." not in reader.told.get("guidance", [])
    asked = len(reader.house.api.received)
    await reader.reads("the royal one, as ever", private, asks=True, session=Session(flow="book", asked=("service",)))
    assert len(reader.house.api.received) == asked


async def test_skills_of_other_trades_and_skills_that_are_off_are_not_read(reader: Reader) -> None:
    for settings in ('verticals = ["medicine"]', "enabled = false"):
        assert "Secret." not in reader.instructions(settings, "Secret.").guidance


async def test_the_longest_skills_still_fit_the_budget(reader: Reader) -> None:
    facts = [f"The thing number {n} of which there is much to tell is round. {'x' * 120}" for n in range(20)]
    await reader.reads("the royal one", reader.instructions(f"knowledge = {orjson.dumps(facts).decode()}"), asks=True)
    calls = await reader.house.calls(reader.catalogue.tenant.id)
    assert (calls[-1]["prompt_tokens"] <= 2000, 0 < len(reader.told["know"]) < 20) == (True, True)
