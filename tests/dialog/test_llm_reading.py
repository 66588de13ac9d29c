"""When a model is asked, what it is shown, and how its reading goes together with that of the rules.

NOW is Monday 2 March 2026, 9:00 in Douala. `UNSURE` is what no rule will ever be sure of.
"""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest
from aiohttp.test_utils import TestClient

from core.database import with_role
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog import commands as c
from dialog.understanding.llm import is_worth_asking, merged
from dialog.understanding.llm_commands import Reading
from dialog.understanding.state import Offered, ReadingState
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.phone import Phone, query
from tests.support.tenants import make_tenant

UNSURE = "so my aunt quipped that this mane of mine would frighten geese"


@pytest.fixture
async def house(runtime: Runtime) -> AsyncIterator[ModelHouse]:
    async with model_house(runtime) as house:
        yield house


async def phone_of(house: ModelHouse, client: "TestClient[Any, Any]", **changes: Any) -> Phone:
    tenant = await make_tenant(house.runtime, **({"languages": ["en", "fr"], "llm": LLM} | changes))
    return Phone(house.runtime, client, tenant, channel="telegram")


async def sources(phone: Phone) -> list[str]:
    rows = await query(
        phone.runtime, "SELECT source FROM turns WHERE tenant_id = $1 ORDER BY id", phone.tenant.tenant_id
    )
    return [row["source"] for row in rows]


class TestWhoIsAsked:
    async def test_what_the_rules_are_sure_of_never_reaches_a_model(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        await phone.writes("a haircut with Nadia tomorrow at 3pm")
        await phone.writes("yes please")
        await phone.writes("stop")
        assert house.api.received == []
        assert await sources(phone) == ["rules"] * 3

    async def test_buttons_never_reach_it(self, house: ModelHouse, client: "TestClient[Any, Any]") -> None:
        phone = await phone_of(house, client)
        await phone.taps_id("zzz:nonsense")
        await phone.taps_id("flow:book")
        assert house.api.received == []

    async def test_a_turn_asks_once_however_many_messages_it_has(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        await phone.writes(UNSURE, "every week I reckon", "blah wibble")
        assert len(house.api.received) == 1

    @pytest.mark.parametrize(
        ("changes", "is_asked"),
        [
            ({}, True),
            ({"llm": LLM | {"enabled": False}}, False),
            ({"vertical": "medicine"}, False),
            ({"vertical": "medicine", "llm": LLM | {"allow_medicine": True}}, True),
        ],
    )
    async def test_a_tenant_has_to_want_it_and_a_practice_expressly(
        self, house: ModelHouse, client: "TestClient[Any, Any]", changes: dict[str, Any], is_asked: bool
    ) -> None:
        phone = await phone_of(house, client, **changes)
        assert await phone.writes(UNSURE)
        assert bool(house.api.received) is is_asked

    async def test_merchants_are_read_by_the_rules_alone(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        phone.address = str(phone.tenant.merchants["awa"].telegram_user_id)
        await phone.writes(UNSURE)
        assert house.api.received == []

    async def test_nobody_is_asked_while_the_bot_is_silent(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        await phone.writes("stop")
        await phone.writes(UNSURE)
        assert house.api.received == []

    @pytest.mark.parametrize(("text", "is_worth"), [("ok", False), ("👍 12", False), ("!?", False), ("fringe", True)])
    def test_what_is_hardly_a_word_is_not_worth_it(self, text: str, is_worth: bool) -> None:
        assert is_worth_asking(text, rules(c.CannotHandle()), ReadingState()) is is_worth

    @pytest.mark.parametrize("command", [c.OptOut(), c.Handoff(), c.Privacy(request="delete"), c.RunningLate()])
    def test_a_stop_is_a_stop(self, command: c.Command) -> None:
        assert not is_worth_asking("whatever I wrote", rules(command), ReadingState())


class TestWhatItIsShown:
    async def test_names_state_and_words_but_nobodys_number(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        await phone.writes("a haircut with Nadia tomorrow please")
        await phone.writes(f"{UNSURE}, ring 699 00 00 01 or mail me@example.com")
        (question,) = house.api.received
        turn = orjson.loads(question.body["messages"][1]["content"])
        assert turn["message"].endswith("ring <PHONE_2> or mail <EMAIL_1>")
        assert (turn["doing"], turn["asked"], turn["today"]) == ("book", ["time"], "Monday 02 March 2026, 09:00")
        assert turn["filled"] == {"service": "Haircut", "staff": "Nadia", "date": "2026-03-03"}
        assert turn["offer"][0] == {"handle": "o1", "label": "09:00"}
        for private in (phone.address, "699", "example.com", "slot:", "Mireille", "Paul", phone.tenant.key):
            assert private not in question.text

    async def test_a_booking_is_shown_as_the_customer_sees_it(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        for when in ("tomorrow at 3pm", "Friday at 10"):
            await phone.writes(f"Haircut with Nadia {when}")
            await phone.taps("Yes")
        await phone.writes("cancel")
        await phone.writes(f"hm, {UNSURE}")
        turn = orjson.loads(house.api.received[-1].body["messages"][1]["content"])
        assert all(set(entry) == {"handle", "label"} for entry in turn["offer"])
        booking_ids = await query(phone.runtime, "SELECT id FROM bookings WHERE tenant_id = $1", phone.tenant.tenant_id)
        assert not {str(row["id"]) for row in booking_ids} & {entry["label"] for entry in turn["offer"]}

    async def test_the_beginning_is_alike_for_all_turns(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        await phone.writes(UNSURE)
        await phone.writes("wibble wobble")
        beginnings = {question.body["messages"][0]["content"] for question in house.api.received}
        schemas = {orjson.dumps(question.body["response_format"]) for question in house.api.received}
        assert (len(house.api.received), len(beginnings), len(schemas)) == (2, 1, 1)

    async def test_a_turn_costs_at_most_1500_tokens_of_input(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        await phone.writes(UNSURE)
        (call,) = await house.calls(phone.tenant.tenant_id)
        assert call["prompt_tokens"] <= 1500
        assert call["est_prompt_tokens"] <= 2000

    async def test_a_large_catalogue_is_cut_to_the_budget(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        service = {"duration_minutes": 30, "price": "1", "staff": ["nadia"]}
        many = [service | {"key": f"s{n}", "name": f"Treatment with a long name, number {n}"} for n in range(120)]
        phone = await phone_of(house, client, services=many)
        await phone.writes(UNSURE)
        (call,) = await house.calls(phone.tenant.tenant_id)
        assert call["prompt_tokens"] <= 2000
        assert "number 0" in house.api.received[0].text
        assert "number 119" not in house.api.received[0].text


def rules(*commands: c.Command) -> c.Interpretation:
    return c.Interpretation(commands=commands, language="en", source="rules", confidence="low")


def date_of(day: str) -> c.SetField:
    return c.SetField(field="date", value=day)


def together(
    ours: tuple[c.Command, ...],
    theirs: tuple[c.Command, ...],
    *,
    doubts: tuple[c.Alternative, ...] = (),
    **state: Any,
) -> c.Interpretation:
    return merged(rules(*ours), Reading(theirs, doubts), ReadingState(**state))


BOTH_DAYS = c.Clarify(
    between=(c.Alternative(field="date", value="2026-03-05"), c.Alternative(field="date", value="2026-03-06"))
)


class TestTogether:
    def test_the_models_reading_goes_first(self) -> None:
        service = c.SetField(field="service", value="cut")
        read = together((c.CannotHandle(),), (c.StartFlow(flow="book"), service))
        assert (read.commands, read.source, read.confidence) == ((c.StartFlow(flow="book"), service), "llm", "high")

    def test_our_values_stay_where_the_model_says_nothing_of_them(self) -> None:
        service = c.SetField(field="service", value="cut")
        assert together((date_of("2026-03-05"),), (service,)).commands == (service, date_of("2026-03-05"))

    def test_a_question_of_the_models_leaves_our_values_out(self) -> None:
        asks = c.AskInfo(topic="hours")
        assert together((date_of("2026-03-05"),), (asks,)).commands == (asks,)

    @pytest.mark.parametrize("talk", [c.Greet(), c.Thanks(), c.Chitchat(), c.Repeat(), c.CannotHandle(), c.Clarify()])
    def test_small_talk_does_not_drown_what_we_understood(self, talk: c.Command) -> None:
        assert together((date_of("2026-03-05"),), (talk,)).source == "rules"

    def test_nothing_that_holds_leaves_it_to_the_rules(self) -> None:
        assert together((c.CannotHandle(),), ()).source == "rules"

    def test_another_day_becomes_a_question(self) -> None:
        read = together((date_of("2026-03-05"),), (c.StartFlow(flow="book"), date_of("2026-03-06")))
        assert read.commands == (c.StartFlow(flow="book"), BOTH_DAYS)

    def test_another_time_becomes_a_question(self) -> None:
        ours, theirs = (c.SetField(field="time", value=value) for value in ("15:00", "03:00"))
        (asked,) = together((ours,), (theirs,), flow="book").commands
        assert asked == c.Clarify(
            between=(c.Alternative(field="time", value="03:00"), c.Alternative(field="time", value="15:00"))
        )

    def test_the_models_own_rendering_may_differ_too(self) -> None:
        doubt = c.Alternative(field="date", value="2026-03-05")
        assert together((), (date_of("2026-03-06"),), doubts=(doubt,)).commands == (BOTH_DAYS,)

    def test_a_choice_of_another_time_than_we_read_is_asked_about(self) -> None:
        offer = (Offered("o1", "time", "10:00", "10:00"),)
        ours = c.SetField(field="time", value="11:00")
        assert together((ours,), (c.Choose(handle="o1"),), flow="book", offer=offer).commands == (c.Clarify(),)

    def test_a_yes_is_one_where_the_rules_heard_it_too(self) -> None:
        service = c.CorrectField(field="service", value="cut")
        assert together((c.Affirm(),), (c.Repeat(), service)).commands == (c.Affirm(), service)
        assert together((c.Deny(),), (c.Repeat(), service)).commands == (c.Repeat(), service)


class TestInTheConversation:
    async def test_two_days_are_two_buttons(self, house: ModelHouse, client: "TestClient[Any, Any]") -> None:
        phone = await phone_of(house, client)
        house.api.answer_next(
            {"kind": "start_flow", "name": "book"},
            {"kind": "set_field", "name": "service", "value": "Haircut", "words": "mane"},
            {"kind": "set_field", "name": "when", "value": "thursday", "words": "Friday"},
        )
        assert "which day do you mean" in await phone.writes(f"{UNSURE}, Friday perhaps, or what")
        assert phone.labels == ["Thu 5 Mar", "Fri 6 Mar"]
        assert "Friday 6 March 2026" in await phone.taps("Fri 6 Mar")
        assert "these times" in await phone.taps("Nadia")

    async def test_two_times_are_two_buttons_and_words_pick_one(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        house.api.answer_next(
            {"kind": "start_flow", "name": "book"},
            {"kind": "set_field", "name": "service", "value": "Haircut", "words": "mane"},
            {"kind": "set_field", "name": "staff", "value": "Nadia", "words": "Nadia"},
            {"kind": "set_field", "name": "when", "value": "friday at 10:00", "words": "Friday at 15:00"},
        )
        assert "which time do you mean" in await phone.writes(f"{UNSURE}, Nadia, Friday at 15:00 perhaps")
        assert phone.labels == ["10:00", "15:00"]
        assert "Friday 6 March 2026 at 15:00" in await phone.writes("15:00")

    async def test_a_wish_for_a_person_is_offered_and_a_yes_takes_it(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        house.api.answer_next({"kind": "handoff"})
        assert "talk to a person?" in await phone.writes(UNSURE)
        told = "SELECT count(*) AS n FROM outbox_messages WHERE tenant_id = $1 AND kind = 'notice'"
        assert (await query(phone.runtime, told, phone.tenant.tenant_id))[0]["n"] == 0
        await phone.writes("yes")
        assert (await query(phone.runtime, told, phone.tenant.tenant_id))[0]["n"] == 1

    async def test_the_turn_and_its_call_are_found_together(
        self, house: ModelHouse, client: "TestClient[Any, Any]"
    ) -> None:
        phone = await phone_of(house, client)
        await phone.writes(UNSURE)
        (call,) = await house.calls(phone.tenant.tenant_id)
        (turn,) = await query(
            phone.runtime,
            "SELECT conversation_id, 'turn:' || conversation_id || ':' || inbound_ids[1] AS key FROM turns"
            " WHERE tenant_id = $1",
            phone.tenant.tenant_id,
        )
        assert (call["conversation_id"], call["turn_key"]) == (turn["conversation_id"], turn["key"])
        assert call["prompt_version"].startswith("interpret@")


async def test_no_transaction_is_open_while_the_model_is_asked(
    house: ModelHouse, client: "TestClient[Any, Any]", runtime: Runtime
) -> None:
    phone = await phone_of(house, client)
    seen: list[int] = []

    async def look() -> None:
        seen.append(await open_transactions(runtime))

    house.api.on_question = look
    await phone.writes(UNSURE)
    async with unit_of_work(runtime, phone.tenant.tenant_id):
        await look()
    assert seen == [0, 1]


async def open_transactions(runtime: Runtime) -> int:
    """Seen by the superuser: others are not shown what sessions do."""
    connection = await asyncpg.connect(with_role(runtime.database_url, "postgres"))
    try:
        sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
        return int(await connection.fetchval(sql))
    finally:
        await connection.close()
