"""When a model is asked, and what it is shown. NOW is Monday 2 March 2026, 9:00 in Douala."""

from typing import Any

import asyncpg
import orjson
import pytest
from aiohttp.test_utils import TestClient

from core.database import with_role
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog import commands as c
from dialog.understanding.llm import is_worth_asking
from dialog.understanding.state import ReadingState
from tests.dialog.unsure import UNSURE, phone_of, rules
from tests.support.model import LLM, ModelHouse
from tests.support.phone import Phone, query


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
