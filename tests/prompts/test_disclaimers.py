"""What a customer has to have read before a yes: written in a skill, said by the program, never by a model."""

from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from core.runtime import Runtime
from tests.prompts.desk import Desk
from tests.support.model import ModelHouse
from tests.support.phone import Phone
from tests.support.tenants import make_tenant
from webhooks.app import create_app

GREETING = [{"kind": "greet"}]
PATCH_TEST, PATCH_TEST_FR = "Have a patch test done before.", "Faites un test cutané avant."
SKILL = f"""+++
title = "Before we begin"
disclaimers = [
    {{ services = ["braids"], text = {{ en = "{PATCH_TEST}", fr = "{PATCH_TEST_FR}" }} }},
    {{ flow = "reschedule", text = {{ en = "Moving, {{business}} may ask you why.", fr = "On demandera pourquoi." }} }},
    {{ flow = "cancel", text = {{ en = "A cancelled time goes to who waits.", fr = "Votre heure ira à d'autres." }} }},
]
+++
"""


async def publishes(desk: Desk, text: str) -> None:
    await desk.adds_case("hello", "hello", GREETING)
    for done in (
        await desk.edits("ours", text),
        await desk.skill("test", "ours"),
        await desk.skill("publish", "ours", "--why", "the law"),
    ):
        assert done.code == 0, done.text


async def test_it_stands_in_the_summary_of_its_services_and_its_flow(
    house: ModelHouse, phone: Phone, desk: Desk
) -> None:
    await publishes(desk, SKILL)
    assert PATCH_TEST not in await phone.writes("a haircut with Nadia tomorrow at 10:00")
    await phone.writes("menu")
    summary = await phone.writes("braids with Nadia tomorrow at 10:00")
    assert PATCH_TEST in summary
    assert summary.index(PATCH_TEST) < summary.rindex("?")
    await phone.taps("Yes")
    moving = await phone.writes("move it to Friday at 10:00")
    assert "may ask you why." in moving
    assert "{business}" not in moving
    assert PATCH_TEST not in moving
    await phone.writes("menu")
    assert "A cancelled time goes to who waits." in await phone.writes("cancel my braids")
    assert house.api.received == []


async def test_it_is_said_in_the_customers_language(phone: Phone, desk: Desk) -> None:
    await publishes(desk, SKILL)
    assert PATCH_TEST_FR in await phone.writes("je voudrais des tresses avec Nadia demain à 10h")


async def test_a_yes_to_a_summary_without_it_shows_it_first(phone: Phone, desk: Desk) -> None:
    await phone.writes("braids with Nadia tomorrow at 10:00")
    await publishes(desk, SKILL)
    assert PATCH_TEST in await phone.taps("Yes")
    assert "confirmed" in await phone.taps("Yes")


async def test_recurring_bookings_have_it_too(phone: Phone, desk: Desk) -> None:
    await publishes(desk, SKILL)
    assert PATCH_TEST in await phone.writes("braids with Nadia tomorrow at 10:00, every week, 3 times")


async def test_a_text_without_the_first_language_or_of_an_unknown_service_is_refused(desk: Desk, phone: Phone) -> None:
    refused = await desk.edits("ours", SKILL.replace('en = "A cancelled', 'es = "A cancelled'))
    assert (refused.code, "disclaimers[2]: there is no text in en" in refused.text) == (1, True)
    refused = await desk.edits("ours", SKILL.replace('["braids"]', '["perm"]'))
    assert "disclaimers[0]: the catalogue has no service 'perm'" in refused.text
    refused = await desk.edits("ours", SKILL.replace("patch test done", "patch test for $20"))
    assert "disclaimers[0]: a price" in refused.text


async def test_a_practice_says_from_the_first_day_that_it_advises_nobody_in_a_chat(
    house: ModelHouse, runtime: Runtime
) -> None:
    practice = await make_tenant(runtime, vertical="medicine", languages=["en", "fr"])
    client: TestClient[Any, Any]
    async with TestClient(TestServer(create_app(runtime))) as client:
        patient = Phone(house.runtime, client, practice)
        assert "no medical advice" in await patient.writes("a haircut with Nadia tomorrow at 10:00")
