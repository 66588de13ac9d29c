"""Scripted dialogs with a gold end state: played against the real database, compared there, and gone again."""

import pytest

from core.runtime import Runtime
from core.uow import unit_of_work
from tests.prompts.desk import Desk
from tests.support.model import LLM, ModelHouse
from tests.support.phone import Phone, query
from tests.support.tenants import make_tenant

# A Monday to come on which nobody has booked.
SAID_AT = "2030-03-04T08:00:00Z"
TAPS = '["15:00", "Tue 5 Mar", "Anyone", "Haircut", "Book", "More"]'
BOOKED = '{ status = "confirmed", service = "cut", starts = "2030-03-05T15:00" }'
SLANG = "so my aunt quipped that this mane of mine would frighten geese, hence perhaps tmrw arvo"
_LEFT = (
    "bookings",
    "customers",
    "conversations",
    "turns",
    "outbox_messages",
    "reminders",
    "inbound_events",
    "occupancy",
)


def dialog(name: str, steps: str, ends: str) -> str:
    return f'[[dialogs]]\nname = "{name}"\nlanguage = "en"\nsaid_at = {SAID_AT}\nsteps = [{steps}]\nends = [{ends}]\n'


def booking(ends: str = BOOKED, says: str = SLANG) -> str:
    agrees = '["Haircut", "Tuesday 5 March 2030 at 15:00"]'
    return dialog("a haircut in slang", f'{{ says = "{says}", taps = {TAPS}, agrees_to = {agrees} }}', ends)


async def adds(desk: Desk, text: str) -> None:
    path = desk.folder / "dialogs.toml"
    path.write_text(text, encoding="utf-8")
    added = await desk.runs("cases", "add", desk.tenant, str(path))
    assert added.code == 0, added.text


async def rows_left(runtime: Runtime, tenant_id: int) -> dict[str, int]:
    counts = {}
    for table in _LEFT:
        (row,) = await query(runtime, f"SELECT count(*) AS n FROM {table} WHERE tenant_id = $1", tenant_id)
        counts[table] = row["n"]
    return counts


async def test_a_dialog_is_green_by_what_it_leaves_and_nothing_of_it_stays(
    house: ModelHouse, phone: Phone, desk: Desk
) -> None:
    await adds(desk, booking())
    told = await desk.runs("eval", desk.tenant)
    assert told.code == 0, told.text
    line = next(line for line in told.text.splitlines() if line.startswith("a haircut"))
    draft, published, rules = line.partition(": ")[2].split(" · ")
    assert draft.endswith("by the model")
    assert published == draft.replace("draft", "published")
    turns = [int(arm.split(" in ")[1].split()[0]) for arm in (draft, rules)]
    assert turns[0] < turns[1]
    assert rules.startswith("rules ok in")
    assert set((await rows_left(phone.runtime, phone.tenant.tenant_id)).values()) == {0}
    calls = await house.calls(phone.tenant.tenant_id)
    assert [(call["purpose"], call["status"]) for call in calls] == [("eval", "ok")] * 2


async def test_another_end_than_the_gold_one_is_red_and_told(phone: Phone, desk: Desk) -> None:
    await adds(desk, booking(BOOKED.replace("15:00", "16:00")))
    told = await desk.runs("eval", desk.tenant)
    assert (told.code, "1 of 1 test cases failed" in told.text) == (1, True)
    assert 'draft left [{"status":"confirmed","service":"cut"' in told.text
    assert 'expected [{"starts":"2030-03-05T16:00"' in told.text


async def test_a_booking_more_than_the_gold_ones_is_red_too(phone: Phone, desk: Desk) -> None:
    await adds(desk, booking(ends=""))
    assert (await desk.runs("eval", desk.tenant)).code == 1


async def test_a_dialog_of_several_steps_books_and_cancels(phone: Phone, desk: Desk) -> None:
    first = f'{{ says = "a haircut tomorrow at 3pm", taps = {TAPS}, agrees_to = ["15:00"] }}'
    second = '{ says = "cancel my haircut", taps = ["Haircut"], agrees_to = ["Haircut", "15:00"] }'
    await adds(desk, dialog("and off again", f"{first}, {second}", BOOKED.replace("confirmed", "cancelled")))
    told = await desk.runs("eval", desk.tenant)
    assert told.code == 0, told.text
    assert set((await rows_left(phone.runtime, phone.tenant.tenant_id)).values()) == {0}


async def test_pass_hat_k_is_how_likely_all_of_k_tries_pass(house: ModelHouse, desk: Desk) -> None:
    helpless = booking().replace('"Haircut", "Book", "More"]', '"More"]')
    await adds(desk, helpless + booking(says="a haircut tomorrow at 3pm").replace("in slang", "in plain words"))
    wrong = {"kind": "set_field", "name": "service", "value": "Braids", "words": "mane", "handle": None}
    house.api.answer_next({"kind": "start_flow", "name": "book", "value": None, "words": None, "handle": None}, wrong)
    told = await desk.runs("eval", desk.tenant, "--times", "4")
    assert (told.code, "a haircut in slang: draft 3/4" in told.text) == (1, True), told.text
    assert "pass^1: draft 87.5% · published 100.0% · rules 50.0%" in told.text
    assert "pass^4: draft 50.0% · published 100.0% · rules 50.0%" in told.text


async def test_a_dialog_keeps_a_draft_from_being_published(house: ModelHouse, desk: Desk) -> None:
    await adds(desk, booking(BOOKED.replace("15:00", "16:00")))
    shown = await desk.shown("core.booking")
    await desk.edits("core.booking", shown.replace("flows =", "knowledge = ['Manes are hair.']\nflows ="))
    assert (await desk.skill("test", "core.booking")).code == 1
    assert "1 of 1 test cases failed" in (await desk.skill("publish", "core.booking")).text
    await adds(desk, booking())
    assert (await desk.skill("test", "core.booking")).code == 0
    assert (await desk.skill("publish", "core.booking")).code == 0


@pytest.mark.parametrize("fault", ["hang", "prose", "401", "429", "500", "evil", "refusal"])
async def test_the_end_is_the_same_whatever_the_model_does(
    house: ModelHouse, phone: Phone, desk: Desk, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llm.gateway.DEADLINE_S", 0.3 if fault == "hang" else 6.0)
    house.api.always = fault
    await adds(desk, booking())
    told = await desk.runs("eval", desk.tenant)
    assert "draft left" not in told.text
    assert "rules ok" in told.text
    is_answered = fault == "evil"
    assert ("no answer" in told.text) is not is_answered


async def test_a_dialog_has_to_say_when_and_what(phone: Phone, desk: Desk) -> None:
    path = desk.folder / "dialogs.toml"
    for text, fault in (
        (booking().replace(f"said_at = {SAID_AT}\n", ""), "dialogs.0.said_at"),
        (booking(says=""), "the first step has to say something"),
        (booking('{ status = "done" }'), "dialogs.0.ends.0.status"),
        (booking().replace("steps = [{", "steps = [{ pays = 1, "), "dialogs.0.steps.0.pays"),
    ):
        path.write_text(text, encoding="utf-8")
        refused = await desk.runs("cases", "add", desk.tenant, str(path))
        assert (refused.code, fault in refused.text) == (1, True), refused.text


async def test_a_tenant_that_nobody_can_write_to_plays_no_dialogs(runtime: Runtime, desk: Desk) -> None:
    tenant = await make_tenant(runtime, llm=LLM)
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        await uow.driver.execute("UPDATE channel_accounts SET active = false")
    nowhere = Desk(tenant.key, desk.folder)
    await adds(nowhere, booking())
    assert "a dialog needs a channel" in (await nowhere.runs("eval", tenant.key)).text
