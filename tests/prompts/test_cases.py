"""Test cases from files and from turns that were taken, and what their runs tell."""

import asyncio
from datetime import timedelta

import pytest

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.evaluation import evaluate
from prompts.cases import Case, Run, cases_of
from tests.conftest import NOW
from tests.prompts.desk import Desk
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.phone import Phone, query
from tests.support.tenants import make_tenant

GREETING = [{"kind": "greet"}]


async def saved(phone: Phone) -> list[Case]:
    async with unit_of_work(phone.runtime, phone.tenant.tenant_id) as uow:
        return await cases_of(uow)


async def turns(phone: Phone) -> list[str]:
    rows = await query(phone.runtime, "SELECT id FROM turns WHERE tenant_id = $1 ORDER BY id", phone.tenant.tenant_id)
    return [str(row["id"]) for row in rows]


async def test_a_turn_becomes_a_case_with_where_it_stood_and_without_numbers_of_people(
    phone: Phone, desk: Desk
) -> None:
    await phone.writes("I want a haircut")
    await phone.writes("tomorrow, my number is +237 670 12 34 56 and my mail ada@mail.example")
    kept = await desk.runs("cases", "save", desk.tenant, (await turns(phone))[1], "--name", "by phone")
    assert kept.code == 0, kept.text
    (case,) = await saved(phone)
    assert (case.name, case.says) == ("by phone", "tomorrow, my number is <PHONE_2> and my mail <EMAIL_1>")
    assert (case.state["flow"], case.state["fields"]["service"], case.language) == ("book", "cut", "en")
    assert {"kind": "set_field", "field": "date", "value": "2026-03-03"} in case.commands
    assert not any(words in str(case) for words in ("670", "ada@", phone.address))
    again = await desk.runs("eval", desk.tenant)
    assert (again.code, "rules 1 of 1" in again.text) == (0, True)


async def test_a_turn_of_buttons_or_of_a_merchant_is_none_to_save(phone: Phone, desk: Desk) -> None:
    await phone.writes("menu")
    await phone.taps(phone.labels[0])
    merchant = Phone(phone.runtime, phone.client, phone.tenant, address=phone.tenant.merchants["awa"].wa_id)
    await merchant.writes("today")
    tapped, ordered = (await turns(phone))[-2:]
    assert "not of words alone" in (await desk.runs("cases", "save", desk.tenant, tapped)).text
    assert "no customer's turn" in (await desk.runs("cases", "save", desk.tenant, ordered)).text
    assert await saved(phone) == []


async def test_cases_are_added_replaced_listed_and_removed(phone: Phone, desk: Desk) -> None:
    await desk.adds_case("hello", "hello", GREETING)
    await desk.adds_case("hello", "good morning", GREETING)
    (case,) = await saved(phone)
    assert (case.says, case.language, case.said_at.date()) == ("good morning", "en", NOW.date())
    assert "hello · en · good morning" in (await desk.runs("cases", "list", desk.tenant)).text
    assert (await desk.runs("cases", "remove", desk.tenant, "hello")).code == 0
    assert "no test case 'hello'" in (await desk.runs("cases", "remove", desk.tenant, "hello")).text


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ('commands = [{ kind = "confirm" }]', "is no command"),
        ('commands = []\nstate = { wallet = "full" }', "state has no wallet"),
        ("commands = []\nstate = { offer = [{ thing = 1 }] }", "offer: "),
        ("commands = []\ntools = 1", "cases.1.tools: "),
        ("commands = [", "cases.toml: "),
    ],
)
async def test_a_bad_file_of_cases_is_refused_whole(phone: Phone, desk: Desk, more: str, fault: str) -> None:
    path = desk.folder / "cases.toml"
    path.write_text(f'[[cases]]\nname = "a"\nsays = "hi"\ncommands = []\n[[cases]]\nname = "b"\nsays = "hi"\n{more}\n')
    refused = await desk.runs("cases", "add", desk.tenant, str(path))
    assert (refused.code, fault in refused.text) == (1, True), refused.text
    assert await saved(phone) == []


async def test_a_case_is_not_green_when_the_model_could_not_answer(house: ModelHouse, desk: Desk) -> None:
    await desk.adds_case("riddle", "the royal one, as ever", [{"kind": "cannot_handle"}])
    assert (await desk.runs("eval", desk.tenant)).code == 0
    house.api.always = "refusal"
    failed = await desk.runs("eval", desk.tenant)
    assert (failed.code, "no answer: refusal" in failed.text) == (1, True), failed.text


async def test_a_case_passes_when_it_passes_each_time(house: ModelHouse, desk: Desk) -> None:
    await desk.adds_case("riddle", "the royal one, as ever", [{"kind": "cannot_handle"}])
    house.api.answer_next({"kind": "greet", "name": None, "value": None, "words": None, "handle": None})
    failed = await desk.runs("eval", desk.tenant, "--times", "3")
    assert (failed.code, "draft 2/3" in failed.text) == (1, True), failed.text


async def test_where_a_minutes_calls_are_used_up_the_next_ones_are_waited_for(
    runtime: Runtime, clock: FixedClock, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = await make_tenant(runtime, llm=LLM | {"requests_per_minute": 2})
    others = Desk(slow.key, desk.folder)
    for name in ("one", "two", "three"):
        await others.adds_case(name, f"the royal one, as ever, {name}", [{"kind": "cannot_handle"}])
    monkeypatch.setattr("dialog.evaluation.PAUSE_S", 0.01)

    async def time_goes_on() -> None:
        while True:
            await asyncio.sleep(0.01)
            clock.advance(timedelta(seconds=10))

    passing = asyncio.create_task(time_goes_on())
    async with model_house(runtime) as house:
        report = await evaluate(house.runtime, slow.tenant_id, author="Ada")
    passing.cancel()
    assert report.run_of("draft") == report.run_of("published") == Run(3, 3)


async def test_runs_are_paid_for_by_the_tenant_as_evaluation(house: ModelHouse, phone: Phone, desk: Desk) -> None:
    await desk.adds_case("riddle", "the royal one, as ever", [{"kind": "cannot_handle"}])
    await desk.runs("eval", desk.tenant)
    calls = await house.calls(phone.tenant.tenant_id)
    assert [(call["purpose"], call["status"]) for call in calls] == [("eval", "ok")] * 2
    await phone.writes("so my aunt quipped that this mane of mine would frighten geese")
    told = (await desk.runs("usage", desk.tenant)).text
    (asked,) = (await house.calls(phone.tenant.tenant_id))[2:]
    assert f"needed a model: 1 (100.0%), ${asked['cost_u'] / 10**6:.6f}".rstrip("0") + " each" in told
    assert f"test cases: 2 calls, ${sum(call['cost_u'] for call in calls) / 10**6:.6f}".rstrip("0") in told
